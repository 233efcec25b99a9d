"""Each piece of advice of the page on choosing has a link to what measured it, or is called a habit."""

import re

import pytest

from tests.book_pages import LISTED, cells, prose

PAGE = prose("book/choosing")
LINK = re.compile(r"\{(?:ref|numref|prf:ref)\}`(?:[^`<]*<)?([\w-]+)>?`")
ROWS = [row for row in re.findall(r"^\|.*\|$", PAGE, re.M) if not set(row) <= set("|- ")]
ADVICE = [
    row for row in ROWS if not re.search(rf"^{re.escape(row)}\n\|[-|]+\|$", PAGE, re.M)
]  # without the tables' heads


def named():
    """What can be linked to: labels of places and statements, and the names of figures."""
    found = set()
    for page in LISTED:
        found |= {cell["metadata"].get("mystnb", {}).get("figure", {}).get("name") for cell in cells(page)}
        for place, statement in re.findall(r"^\(([\w-]+)\)=|^:label: ([\w-]+)", prose(page), re.M):
            found.add(place or statement)
    return found


def test_there_is_advice():
    assert len(ADVICE) > 50


@pytest.mark.parametrize("row", ADVICE)
def test_advice_rests_on_a_section_or_is_a_habit(row):
    assert LINK.search(row) or "*habit*" in row


def test_what_it_links_to_exists():
    assert sorted(set(LINK.findall(PAGE)) - named()) == []
