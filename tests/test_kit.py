"""The kit of the page "How this book is tested", in another book: its files as they stand, a toy notebook."""

import os
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

import nbformat
import pytest
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook

ROOT = Path(__file__).parents[1]
KIT = {
    "book/tools/refresh.py": "book/tools/refresh.py",
    "book/conftest.py": "book/conftest.py",
    "adamlearn/figure_text.py": "book/figure_text.py",
    "tests/test_notebooks.py": "tests/test_notebooks.py",
}
SETTINGS = "[pytest]\npythonpath = book\nfilterwarnings = error\n"
START = "import figure_text\nimport matplotlib.pyplot as plt\n\nfigure_text.register()"
NUMBER = "rate = 0.5\nprint(f'{rate**3:.3f}')"
CURVE = "plt.plot([rate**t for t in range(9)], label='what is left')\nplt.show()"
SHOWN = {"mystnb": {"figure": {"caption": "It falls.", "name": "falls"}, "image": {"alt": "A falling line."}}}


@pytest.fixture(scope="module")
def new_book(tmp_path_factory):
    """Another book: the kit's files, and a notebook that has not been run."""
    folder = tmp_path_factory.mktemp("new")
    for source, target in KIT.items():
        (folder / target).parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(ROOT / source, folder / target)
    (folder / "pytest.ini").write_text(SETTINGS, encoding="utf-8")
    cells = [new_code_cell(START), new_markdown_cell("A power."), new_code_cell(NUMBER)]
    write(folder, new_notebook(cells=[*cells, new_code_cell(CURVE, metadata=SHOWN)]))
    return folder


@pytest.fixture(scope="module")
def refreshed_once(new_book, tmp_path_factory):
    folder = copied(new_book, tmp_path_factory.mktemp("refreshed"))
    assert refresh(folder).endswith("toy.ipynb")
    return folder


@pytest.fixture
def book(new_book, tmp_path):
    """A copy of the new book."""
    return copied(new_book, tmp_path)


@pytest.fixture
def refreshed(refreshed_once, tmp_path):
    """A copy of the book after its first refresh."""
    return copied(refreshed_once, tmp_path)


def copied(book, folder):
    return Path(shutil.copytree(book, folder, dirs_exist_ok=True))


def write(book, notebook):
    nbformat.write(notebook, book / "book/toy.ipynb")


def read(book):
    return nbformat.read(book / "book/toy.ipynb", as_version=4)


def run(book, *command):
    """Run Python from another folder, with a backend that shows no figure; what it printed."""
    environment = os.environ | {"MPLBACKEND": "Agg", "PYTHONDONTWRITEBYTECODE": "1"}
    environment.pop("PYTHONPATH", None)
    return subprocess.run(
        [sys.executable, *command], cwd=book.parent, env=environment, stdout=subprocess.PIPE, text=True
    ).stdout


def refresh(book):
    return run(book, book / "book/tools/refresh.py").strip()


def failures(book):
    """Which tests failed: of the notebooks' form, and the cells that nbval compares."""
    said = run(book, "-m", "pytest", "-p", "no:cacheprovider", "--nbval", "-q", book)
    assert " passed" in said, said
    return [
        line.removeprefix("FAILED ").split(" - ")[0].split("/")[-1]
        for line in said.splitlines()
        if line.startswith("FAILED")
    ]


def test_another_book_is_refreshed_and_tested(refreshed):
    outputs = [cell.outputs for cell in read(refreshed).cells if cell.cell_type == "code"]
    assert outputs[1][0].text == "0.125\n"
    assert list(outputs[2][0].data) == ["text/plain"]
    assert 'line "what is left": 9 points, (0, 1) to (8, 0.00391)' in outputs[2][0].data["text/plain"]
    assert refresh(refreshed) == "Changed: nothing"
    assert failures(refreshed) == []


@pytest.mark.parametrize(
    ("cell", "old", "new", "failing"),
    [(2, "**3", "**2", 1), (3, "range(9)", "range(8)", 2), (3, "rate**t", "0.51**t", 2)],
    ids=["number", "length", "curve"],
)
def test_a_change_that_was_not_refreshed_is_found(refreshed, cell, old, new, failing):
    notebook = read(refreshed)
    notebook.cells[cell].source = notebook.cells[cell].source.replace(old, new)
    write(refreshed, notebook)
    assert failures(refreshed) == [f"toy.ipynb::Cell {failing}"]


def test_a_figure_without_a_caption_is_found(book):
    notebook = read(book)
    del notebook.cells[-1].metadata["mystnb"]["figure"]
    write(book, notebook)
    refresh(book)
    assert failures(book) == ["test_notebooks.py::test_describes_every_figure[toy]"]


@pytest.mark.parametrize("how", [signal.SIGINT, signal.SIGKILL])
def test_a_refresh_that_is_broken_off_leaves_the_notebook_and_the_next_one_succeeds(book, how):
    reached, go_on = book / "reached", book / "go-on"
    waiting = (
        "import time\nfrom pathlib import Path\n"
        f"Path({str(reached)!r}).touch()\n"
        f"while not Path({str(go_on)!r}).exists():\n    time.sleep(0.01)"
    )
    notebook = read(book)
    notebook.cells.append(new_code_cell(waiting))
    write(book, notebook)
    before = (book / "book/toy.ipynb").read_bytes()
    process = subprocess.Popen([sys.executable, book / "book/tools/refresh.py"], stderr=subprocess.DEVNULL)
    while not reached.exists():
        assert process.poll() is None
        time.sleep(0.01)
    process.send_signal(how)
    assert process.wait(timeout=60) != 0
    assert (book / "book/toy.ipynb").read_bytes() == before
    go_on.touch()
    assert refresh(book).endswith("toy.ipynb")
