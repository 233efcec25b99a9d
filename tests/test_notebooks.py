"""The committed notebooks are in the form that ``make refresh`` writes, so nbval compares every cell."""

import re
from pathlib import Path

import nbformat
import pytest
from tools.refresh import normalize

BOOK = Path(__file__).parents[1] / "book"


@pytest.fixture(params=sorted(BOOK.glob("*.ipynb")), ids=lambda path: path.stem)
def text(request):
    return request.param.read_text(encoding="utf-8")


def test_stands_as_refresh_writes_it(text):
    notebook = normalize(nbformat.reads(text, as_version=4))
    nbformat.validate(notebook)
    assert text == nbformat.writes(notebook) + "\n"


def test_has_run_from_top_to_bottom(text):
    counts = [cell.execution_count for cell in code_cells(text) if cell.source.strip()]
    assert counts == list(range(1, len(counts) + 1))


def test_has_every_cell_compared(text):
    tags = {tag for cell in code_cells(text) for tag in cell.metadata.get("tags", [])}
    assert not tags & {"nbval-skip", "skip-execution"}


def test_names_nothing_of_one_machine_or_run(text):
    outputs = "\n".join(str(output) for cell in code_cells(text) for output in cell.outputs)
    found = re.findall(r"/(?:home|root|tmp|Users)/\S*|0x\w{6,}", outputs)
    assert found == []


def test_describes_every_figure(text):
    for cell in code_cells(text):
        if "remove-output" in (tags := cell.metadata.get("tags", [])) or "remove-cell" in tags:
            continue
        if figures(cell):
            shown = cell.metadata.get("mystnb", {})
            assert shown.get("figure", {}).keys() >= {"caption", "name"}, cell.source
            assert shown.get("image", {}).get("alt"), cell.source


def test_compares_what_every_figure_shows(text):
    for cell in code_cells(text):
        for figure in figures(cell):
            assert "\n" in figure, f"no more is known of a figure than its size:\n{cell.source}"


def figures(cell):
    """The texts of the figures that a cell shows."""
    texts = [output.get("data", {}).get("text/plain", "") for output in cell.outputs]
    return [text for text in texts if text.startswith("<Figure size")]


def code_cells(text):
    return [cell for cell in nbformat.reads(text, as_version=4).cells if cell.cell_type == "code"]
