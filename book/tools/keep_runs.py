"""pytest plugin: a notebook that nbval has run and found as it was is not run again for the book.

`PYTHONPATH=book pytest -p tools.keep_runs --nbval book` keeps what the notebooks showed, pictures and all, in
the cache of the next build. A notebook of which a cell failed or was left out is not kept.
"""

import sys
from pathlib import Path

import nbformat
import pytest
from nbval.plugin import IPyNbCell
from tools.refresh import lighten_kernels, write_whole

BOOK = Path(__file__).parents[1]
sys.path.append(str(BOOK / "_ext"))  # Sphinx finds the extensions there, and they each other

from execution_cache import cache_folder, tested_folder  # noqa: E402

BUILD = BOOK.parent / "_build"
FOLDER = pytest.StashKey[Path]()  # of the session: where notebooks are kept
PASSED = pytest.StashKey[set[str]]()  # of a notebook: the cells that passed


def pytest_configure(config):
    lighten_kernels()
    config.stash[FOLDER] = tested_folder(cache_folder(BUILD))


@pytest.hookimpl(wrapper=True)
def pytest_runtest_call(item):
    result = yield  # what fails here raises
    if isinstance(item, IPyNbCell):
        keep(item, item.config.stash[FOLDER])
    return result


def keep(item, folder):
    """Put a cell's outputs into its notebook, and write the notebook if that was its last."""
    notebook, cell = item.parent.nb, item.cell
    cell.outputs = item.test_outputs
    for output in cell.outputs:
        if output.output_type == "execute_result":
            output.execution_count = cell.execution_count  # nbval's kernel does not count
    passed = item.parent.stash.setdefault(PASSED, set())
    passed.add(cell.id)
    if passed == {cell.id for cell in notebook.cells if cell.cell_type == "code"}:
        folder.mkdir(parents=True, exist_ok=True)
        write_whole(folder / item.path.name, nbformat.writes(notebook))
