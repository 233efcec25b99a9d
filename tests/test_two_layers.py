"""Chapters in two layers: a first reading that is short and complete, and deeper pages below it."""

import re

import pytest

from tests.book_pages import ENTRIES, NOTEBOOKS, SECTIONS, cells, prose

FOLDED = {"hide-input", "remove-input", "remove-cell", "hide-cell"}
COLUMN = 79  # the characters that fit into the column of a page
APPENDIX = {entry["file"] for entry in ENTRIES["Appendix"]}
CONTENTS = [page for first, deeper in SECTIONS.items() if first not in APPENDIX for page in (first, *deeper)]
CHAPTERS = {
    first: deeper for first, deeper in SECTIONS.items() if deeper and re.match(r"book/(\d\d-|speed$)", first)
}
MIRRORS = [first for first in CHAPTERS if re.match(r"book/(0\d|1[0-4])-", first)]  # a slide each
DEEPER = {page for deeper in CHAPTERS.values() for page in deeper}
ASKING = [page for page in CONTENTS if re.match(r"book/(primer|\d\d-|speed)", page) and page not in DEEPER]


QUESTION = re.compile(r"^::::\{admonition\} Question: ([^\n]*)\n:class: question\n\n(.*?)^::::$", re.M | re.S)
ANSWER = re.compile(r"^:::\{admonition\} ([^\n]*)\n:class: dropdown (right|wrong)\n(.*?)^:::$", re.M | re.S)


def shown(page):
    """The code cells that a page does not fold, those of solutions left out."""
    gated = False
    for cell in cells(page):
        text = "".join(cell["source"])
        if cell["cell_type"] == "markdown":
            gates = re.findall(r"\{(?:exercise|solution)-(start|end)\}", text)
            gated = gates[-1] == "start" if gates else gated
        elif not gated and not FOLDED & set(cell["metadata"].get("tags", [])):
            yield text


def printed(page):
    """What the cells of a page print, and the listings that they show."""
    for cell in cells(page):
        for output in (
            cell.get("outputs", []) if "remove-cell" not in cell["metadata"].get("tags", []) else []
        ):
            data = output.get("data", {})
            if not data.keys() & {"text/html", "text/latex", "image/png"}:
                text = "".join(output.get("text", data.get("text/markdown", data.get("text/plain", ""))))
                if not text.startswith("<Figure"):
                    yield text


@pytest.mark.parametrize("page", NOTEBOOKS)
def test_what_is_shown_fits_the_column(page):
    lines = [line for text in (*shown(page), *printed(page)) for line in text.splitlines()]
    assert [line for line in lines if len(line) > COLUMN and not line.startswith("|")] == []


@pytest.mark.parametrize("page", CHAPTERS)
def test_a_first_reading_is_short(page):
    text = re.sub(r"(`{3,})\{solution-start\}.*?\{solution-end\}", "", prose(page), flags=re.S)
    text = re.sub(r"(`{3,})\{exercise.*?\n\1\s*\n", "", text + "\n", flags=re.S)
    text = QUESTION.sub("", text)
    assert len(text.split()) < 2300
    assert sum(text.count("\n") + 1 for text in shown(page)) <= 150


@pytest.mark.parametrize("page", MIRRORS)
def test_a_first_reading_shows_its_slide(page):
    assert re.search(rf"\{{admonition\}} Slide {int(page[5:7])}\b", prose(page))


@pytest.mark.parametrize("page", CHAPTERS)
def test_a_first_reading_has_three_exercises_and_says_how_hard_they_are(page):
    titles = re.findall(r"\{exercise(?:-start)?\} (.*)", prose(page))
    assert len(titles) == 3
    assert all(re.search(r" · (easy|middling|hard)$", title) for title in titles)


@pytest.mark.parametrize("page", CONTENTS)
def test_exercises_say_how_hard_they_are(page):
    titles = re.findall(r"\{exercise(?:-start)?\} (.*)", prose(page))
    assert all(re.search(r" · (easy|middling|hard)$", title) for title in titles)


@pytest.mark.parametrize("page", CONTENTS)
def test_a_page_says_what_it_needs_and_gives(page):
    first, *_ = prose(page).split("## ")
    assert ":class: objectives" in first
    boxes = re.findall(
        r"^:::\{admonition\} Before you start\n:class: objectives\n(.*?)^:::$", prose(page), re.M | re.S
    )
    assert len(boxes) == 1
    assert re.search(r"^- \*\*You need\*\* .*^- \*\*Afterwards you can\*\* ", boxes[0], re.M | re.S)


@pytest.mark.parametrize("page", ASKING)
def test_a_first_reading_asks_and_each_answer_says_why(page):
    text = prose(page)
    questions = QUESTION.findall(text)
    assert len(questions) >= 3
    assert len(questions) == len(re.findall(r":class: question\b", text)), (
        "a line is empty below `:class: question`"
    )
    places = set()
    for question, rest in questions:
        answers = ANSWER.findall(rest)
        assert len(answers) == rest.count("{admonition}"), question
        assert 2 <= len(answers) <= 4
        kinds = [kind for _, kind, _ in answers]
        assert kinds.count("right") == 1, question
        assert all(len(why.split()) >= 5 for _, _, why in answers), question
        places.add(kinds.index("right"))
    assert len(places) > 1, "the right answer always stands in the same place"


def test_no_answer_stands_in_a_solution():
    for page in ASKING:
        text = re.sub(r"\{solution-start\}.*?\{solution-end\}", "", prose(page), flags=re.S)
        assert len(QUESTION.findall(text)) == len(QUESTION.findall(prose(page)))
