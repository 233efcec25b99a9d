"""The page of reproductions: it has what the chapters found, all of it, and changes with it."""

import ast
import json
import re
import shutil
import sys
from pathlib import Path

import pytest
from sphinx.application import Sphinx
from sphinx.errors import ExtensionError
from sphinx.util.docutils import docutils_namespace

ROOT = Path(__file__).parents[1]
BOOK = ROOT / "book"
sys.path.append(str(BOOK / "_ext"))

import reproductions  # noqa: E402
from reproductions import PLAN, PREFIX, VERDICTS, Result, glued, overview, read  # noqa: E402

RECORD = "application/papermill.record/text/plain"


@pytest.fixture(scope="module")
def parts():
    return read(BOOK)


@pytest.fixture(scope="module")
def results(parts):
    return [result for results in parts.values() for result in results]


@pytest.fixture
def copy(tmp_path):
    """What the page is made of, in a folder of its own."""
    for file in (BOOK / PLAN, BOOK / "reproductions.md", BOOK / "references.bib"):
        shutil.copy(file, tmp_path)
    for file in BOOK.glob("*.ipynb"):
        if PREFIX in file.read_text("utf-8"):
            shutil.copy(file, tmp_path)
    return tmp_path


def change(folder, name, value):
    """Have the notebooks of a folder say that a cell has glued something else."""
    changed = 0
    for file in folder.glob("*.ipynb"):
        if f'"{name}"' not in (text := file.read_text("utf-8")):
            continue
        notebook = json.loads(text)
        for output in (output for cell in notebook["cells"] for output in cell.get("outputs", [])):
            if output.get("metadata", {}).get("scrapbook", {}).get("name") == name:
                output["data"][RECORD] = repr(value)
                changed += 1
        file.write_text(json.dumps(notebook), encoding="utf-8")
    assert changed == 1


def page(folder, monkeypatch):
    """The text of the page that is made of a folder."""
    monkeypatch.setattr(reproductions, "BOOK", folder)
    settings = {
        "extensions": ["myst_parser", "sphinxcontrib.bibtex", "reproductions"],
        "myst_enable_extensions": ["deflist", "dollarmath", "colon_fence"],
        "bibtex_bibfiles": ["references.bib"],
        "include_patterns": ["reproductions.md"],
        "root_doc": "reproductions",
    }
    with docutils_namespace():
        build = folder / "_build"
        app = Sphinx(folder, None, build, build, "dummy", settings, status=None, warning=None)
        app.build()
        return app.env.get_doctree("reproductions").astext()


def made(held):
    return Result("a", "A", "key2020", "section 1", "Set up.", ["It is."] * len(held), "So.", "q", held)


@pytest.mark.parametrize(
    ("held", "verdict"),
    [
        ([True], "reproduced"),
        ([True, True], "reproduced"),
        ([False, True], "reproduced in part"),
        ([True, False, False], "reproduced in part"),
        ([False], "did not reproduce"),
        ([False, False], "did not reproduce"),
    ],
)
def test_a_verdict_follows_from_what_held(held, verdict):
    assert made(held).verdict == verdict


def test_each_verdict_is_one_of_the_three_and_each_occurs(results):
    assert {result.verdict for result in results} == set(VERDICTS)
    assert len(results) >= 22


def test_every_glued_value_is_on_the_page(results):
    plan = (BOOK / PLAN).read_text("utf-8")
    used = set()
    for block in plan.split("\n[[")[1:]:
        name = PREFIX + re.search('^name = "(.*)"', block, re.M)[1]
        used |= {name} | {f"{name}-{word}" for word in re.findall("<([a-z0-9-]+)>", block)}
    assert used == set(glued(BOOK))
    assert len({result.name for result in results}) == len(results)


def test_every_section_is_in_the_notebook_that_ran_it(results):
    for result in results:
        (notebook,) = [
            file.read_text("utf-8")
            for file in BOOK.glob("*.ipynb")
            if f'"name": "{PREFIX}{result.name}"' in file.read_text("utf-8")
        ]
        label = re.escape(result.section)
        assert re.search(rf'"\({label}\)=|:label: {label}\\n', notebook), result.name


def test_every_paper_is_in_the_bibliography(results):
    keys = set(re.findall(r"^@\w+\{(\w+),", (BOOK / "references.bib").read_text("utf-8"), re.M))
    assert {result.paper for result in results} <= keys


def test_every_part_is_on_the_page(parts):
    text = (BOOK / "reproductions.md").read_text("utf-8")
    assert re.findall(r"```\{reproductions\} ?(\w*)", text) == ["", *parts]


def test_no_condition_is_a_constant():
    """A verdict that cannot change says nothing: each list is computed."""
    for file in BOOK.glob("*.ipynb"):
        for cell in json.loads(file.read_text("utf-8"))["cells"]:
            source = "".join(cell["source"])
            if cell["cell_type"] != "code" or PREFIX not in source:
                continue
            for node in ast.walk(ast.parse(source)):
                if isinstance(node, ast.List):
                    assert not any(
                        isinstance(item, ast.Constant) and item.value in (True, False) for item in node.elts
                    )


def test_the_counts_are_those_of_the_entries(results):
    counts = [int(n) for n in re.findall(r"\*\*\D+, (\d+):\*\*", overview(results))]
    assert counts == [sum(r.verdict == verdict for r in results) for verdict in VERDICTS]
    assert sum(counts) == len(results)


def test_what_changes_in_a_chapter_changes_on_the_page(copy, monkeypatch):
    before = page(copy, monkeypatch)
    assert "Reproduced. balles2018dissecting" in re.sub(r"[\[\]]", "", before)
    change(copy, f"{PREFIX}damped-sign", [False])
    change(copy, f"{PREFIX}damped-sign-apart", "0.321")
    after = page(copy, monkeypatch)
    assert "0.321 learning rates" in after and "0.321" not in before
    assert "Did not reproduce. balles2018dissecting" in re.sub(r"[\[\]]", "", after)
    (few, more) = (int(re.search(r"Did not reproduce, (\d+)", text)[1]) for text in (before, after))
    assert more == few + 1


@pytest.mark.parametrize(
    ("name", "value", "fault"),
    [
        ("damped-sign", [], "is \\[\\]; expected True or False for each of 1 statements"),
        ("damped-sign", [True, True], "is \\[True, True\\]; expected True or False for each of 1"),
        ("damped-sign", "yes", "is yes; expected True or False"),
        ("step-bound", [1, 0], "is \\[1, 0\\]; expected True or False for each of 2"),
    ],
)
def test_an_answer_of_another_form_stops_the_build(copy, name, value, fault):
    change(copy, PREFIX + name, value)
    with pytest.raises(ExtensionError, match=f"reproductions.toml, {name}: {PREFIX}{name} {fault}"):
        read(copy)


@pytest.mark.parametrize("name", ["damped-sign", "damped-sign-apart"])
def test_a_missing_value_stops_the_build_and_is_named(copy, monkeypatch, name):
    file = copy / "01-adam-steps.ipynb"
    file.write_text(file.read_text("utf-8").replace(f'"name": "{PREFIX}{name}"', '"name": "else"'), "utf-8")
    with pytest.raises(
        ExtensionError, match=f"damped-sign: no notebook has a cell that glues {PREFIX}{name}$"
    ):
        page(copy, monkeypatch)


def test_a_value_that_is_glued_twice_stops_the_build(copy):
    shutil.copy(copy / "01-adam-steps.ipynb", copy / "zz.ipynb")
    with pytest.raises(ExtensionError, match=f"zz.ipynb: {PREFIX}.* is glued twice"):
        read(copy)
