"""What nbval has run is what the build shows: in another folder, with a notebook of two cells."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import nbformat
import pytest
from jupyter_cache import get_cache
from nbformat.v4 import new_code_cell, new_notebook

ROOT = Path(__file__).parents[1]
FILES = (
    "tools/keep_runs.py",
    "tools/refresh.py",
    "_ext/execution_cache.py",
    "_ext/fingerprint.py",
    "conftest.py",
)
CELLS = "import matplotlib.pyplot as plt\nplt.plot([1, 2])\nplt.show()", "1 + 1"


def python(folder, *command):
    environment = os.environ | {"PYTHONPATH": str(folder / "book"), "PYTHONDONTWRITEBYTECODE": "1"}
    return subprocess.run(
        [sys.executable, *command], cwd=folder, env=environment, stdout=subprocess.PIPE
    ).returncode


@pytest.fixture(scope="module")
def refreshed(tmp_path_factory):
    """A book of one notebook that has been run."""
    folder = tmp_path_factory.mktemp("book")
    for name in FILES:
        (folder / "book" / name).parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(ROOT / "book" / name, folder / "book" / name)
    cells = [new_code_cell(source) for source in CELLS]
    nbformat.write(new_notebook(cells=cells), folder / "book/toy.ipynb")
    assert python(folder, "book/tools/refresh.py") == 0
    return folder


@pytest.fixture
def book(refreshed, tmp_path):
    return Path(shutil.copytree(refreshed, tmp_path / "copy"))


def run_nbval(book, *options):
    """Run its notebook as `make test` does; what nbval answered, and the notebooks that were kept."""
    code = python(book, "-m", "pytest", "-q", "-p", "tools.keep_runs", "--nbval", "book", *options)
    return code, list(book.glob("_build/.jupyter_cache/*/tested/*.ipynb"))


def test_what_passed_is_in_the_cache_with_its_picture(book, monkeypatch):
    monkeypatch.syspath_prepend(str(ROOT / "book/_ext"))
    import run_ahead

    code, [kept] = run_nbval(book)
    cache = get_cache(kept.parents[1])
    assert code == 0
    assert not run_ahead.is_cached(cache, book / "book/toy.ipynb")
    run_ahead.take_tested(cache, kept.parent)
    assert not kept.exists()
    _, executed = cache.merge_match_into_notebook(run_ahead.read(book / "book/toy.ipynb"))
    (picture,), (result,) = (cell.outputs for cell in executed.cells)
    assert picture.data["image/png"].startswith("iVBOR")
    assert (result.data["text/plain"], result.execution_count) == ("2", 2)


def test_what_failed_is_not_kept(book):
    notebook = nbformat.read(book / "book/toy.ipynb", as_version=4)
    notebook.cells[1].source = "1 + 2"
    nbformat.write(notebook, book / "book/toy.ipynb")
    assert run_nbval(book) == (1, [])


def test_what_was_run_in_part_is_not_kept(book):
    assert run_nbval(book, "-k", "0") == (0, [])


FIRST_GLUE = """import sys
from myst_nb import glue
glue("name", "1", display=False)
sys.exit(("lark" in sys.modules) + 2 * ("jsonschema" not in sys.modules))"""


STARTS = """import subprocess, sys
from tools.refresh import lighten_kernels
{before}
sys.exit(subprocess.run([sys.executable, "-c", sys.argv[1]]).returncode)"""


@pytest.mark.parametrize(("before", "lark"), [("", 1), ("lighten_kernels()", 0)])
def test_where_kernels_are_light_the_first_glue_compiles_no_grammar(before, lark):
    assert python(ROOT, "-c", STARTS.format(before=before), FIRST_GLUE) == lark
