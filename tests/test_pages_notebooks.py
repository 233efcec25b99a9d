"""Every reader notebook as built: nothing unresolved, code to the letter; ``make notebooks`` comes first."""

import re
from pathlib import Path

import nbformat
import pytest

ROOT = Path(__file__).parents[1]
BOOK = ROOT / "book"
BUILT = ROOT / "_build" / "notebooks"
CHAPTERS = sorted(path.name for path in BOOK.glob("*.ipynb"))
LARGEST = 2_000_000  # bytes

UNRESOLVED = {
    "role": r"\{[a-z][\w:.-]*\}`",
    "directive": r"^[\s>]*(?:`{3,}|:{3,}|~{3,})\s*\{",
    "fence of colons": r"^[\s>]*:{3,}",
    "option": r"^[\s>]*:(?:label|class|name|nonumber|width|alt):",
    "target": r"^\([\w-]+\)=",
    "equation label": r"\$\$[ \t]*\([\w-]+\)[ \t]*$",
    "missing": r"\?\?|unknown|undefined label",
}


@pytest.fixture(params=CHAPTERS, ids=lambda name: name.removesuffix(".ipynb"))
def chapter(request):
    return request.param


def read(path):
    return nbformat.read(path, as_version=4)


def code(notebook):
    return [cell for cell in notebook.cells if cell.cell_type == "code"]


def texts(notebook):
    return [cell.source for cell in notebook.cells if cell.cell_type == "markdown"]


def prose(text):
    """A text without its code, its formulas and the addresses of its links."""
    text = re.sub(r"^`{3,}[^{\n]*\n.*?^`{3,}$", "", text, flags=re.DOTALL | re.MULTILINE)
    text = re.sub(r"(?<!\})`[^`]*`", "", text)
    return re.sub(r"\]\([^)\s]*\)+", "]", text)


def labels():
    """Every name that the book's sources give to a place, and every key of the bibliography."""
    source = "\n".join(text for path in BOOK.glob("*.ipynb") for text in texts(read(path)))
    named = re.findall(r"^\(([\w-]+)\)=|^:label: ([\w-]+)|\$\$ \(([\w-]+)\)", source, re.MULTILINE)
    figures = [
        cell.metadata.get("mystnb", {}).get("figure", {}).get("name", "")
        for path in BOOK.glob("*.ipynb")
        for cell in code(read(path))
    ]
    keys = re.findall(
        r"^@\w+\{([\w-]+),", (BOOK / "references.bib").read_text(encoding="utf-8"), re.MULTILINE
    )
    return {name for names in named for name in names if "-" in name} | {*figures, *keys} - {""}


NAMES = labels()


def editions(chapter):
    places = [f"solutions/{chapter}", f"exercises/{chapter}"]
    alone = f"solutions/{chapter.removesuffix('.ipynb')}-solutions.ipynb"
    return [BUILT / place for place in [*places, alone] if place != alone or (BUILT / alone).exists()]


def test_nothing_is_unresolved(chapter):
    for path in editions(chapter):
        for text in map(prose, texts(read(path))):
            found = {kind: re.findall(pattern, text, re.MULTILINE) for kind, pattern in UNRESOLVED.items()}
            found["name"] = sorted(NAMES & set(re.findall(r"[\w-]+", text)))
            assert not any(found.values()), f"{path}: {found}\n{text}"


def test_a_phrase_that_sets_a_figure_keeps_its_words(chapter):
    phrases = re.findall(r"\{set\}`([^<`]+) <", "\n".join(texts(read(BOOK / chapter))))
    built = "\n".join(texts(read(BUILT / "solutions" / chapter)))
    assert [phrase for phrase in phrases if phrase not in built] == []


def test_code_is_the_chapters_to_the_letter(chapter):
    source = {cell.id: cell.source for cell in code(read(BOOK / chapter))}
    _, *built = code(read(BUILT / "solutions" / chapter))
    assert [(cell.id, cell.source) for cell in built] == list(source.items())
    for path in editions(chapter)[1:]:
        _, *built = code(read(path))
        assert all(source[cell.id] == cell.source for cell in built)


def test_exercises_come_without_their_solutions(chapter):
    solved, inside = [], False
    for cell in read(BOOK / chapter).cells:
        if cell.cell_type == "code":
            solved += [cell.id] if inside else []
        else:
            inside = (cell.source.rfind("{solution-start}") > cell.source.rfind("{solution-end}")) or (
                inside and "{solution-end}" not in cell.source
            )
    built = read(BUILT / "exercises" / chapter)
    expected = [cell.id for cell in code(read(BOOK / chapter)) if cell.id not in solved]
    assert [cell.id for cell in code(built)][1:] == expected
    assert not any("Solution of" in text for text in texts(built))
    with_them = read(BUILT / "solutions" / chapter)
    closed = [cell for cell in code(with_them) if cell.id in solved]
    assert all(cell.metadata.jupyter == {"source_hidden": True, "outputs_hidden": True} for cell in closed)


def test_form_size_and_pictures(chapter):
    for path in editions(chapter):
        assert path.stat().st_size < LARGEST
        notebook = read(path)
        nbformat.validate(notebook)
        outputs = [output for cell in code(notebook) for output in cell.outputs if "data" in output]
        for output in outputs:
            assert not [kind for kind in output.data if "widget" in kind or "papermill" in kind]
            if "<Figure size" in output.data.get("text/plain", "") or "image/png" in output.data:
                shown = output.metadata["image/png"]
                assert shown["width"] <= 640 and shown["alt"]


def test_links_lead_to_notebooks_that_are_there(chapter):
    for path in editions(chapter):
        found = re.findall(r"\]\((?!https?:|mailto:)([^)#\s]+)", "\n".join(texts(read(path))))
        assert [name for name in found if not (path.parent / name).exists()] == []


def test_what_a_chapter_reads_travels_along():
    for edition in ("solutions", "exercises"):
        for file in (*BOOK.glob("measuring/*.py"), *BOOK.glob("studies/*.py"), *BOOK.glob("data/*")):
            assert (BUILT / edition / file.relative_to(BOOK)).read_bytes() == file.read_bytes()
