"""The bibliography: what is cited is listed, what is listed is cited, and no work is listed twice."""

import re
from collections import Counter

import pytest

from tests.book_pages import LISTED, ROOT, cells, prose

ENTRIES = re.findall(
    r"^@\w+\{([\w-]+),(.*?)^\}", (ROOT / "book/references.bib").read_text("utf-8"), re.M | re.S
)
CITED = re.compile(r"\{cite(?::\w+)?\}`([^`]+)`")


def text(page):
    """What a page says: its Markdown, and the captions of its figures."""
    return "\n".join([prose(page), *(str(cell["metadata"].get("mystnb", "")) for cell in cells(page))])


@pytest.fixture(scope="module")
def cited():
    return {
        key.strip(): page for page in LISTED for keys in CITED.findall(text(page)) for key in keys.split(",")
    }


def test_what_is_cited_is_listed(cited):
    listed = [key for key, _ in ENTRIES]
    assert {key: page for key, page in cited.items() if key not in listed} == {}


def test_what_is_listed_is_cited(cited):
    assert [key for key, _ in ENTRIES if key not in cited] == []


@pytest.mark.parametrize("field", ["title", "url", "doi"])
def test_no_work_is_listed_twice(field):
    found = [re.search(rf"^\s*{field}\s*=\s*\{{(.*)\}},?$", entry, re.M) for _, entry in ENTRIES]
    values = Counter(re.sub(r"[{}\W]", "", match[1]).lower() for match in found if match)
    assert [value for value, count in values.items() if count > 1] == []


@pytest.mark.parametrize(("key", "entry"), ENTRIES, ids=[key for key, _ in ENTRIES])
def test_an_entry_has_what_a_reader_looks_for(key, entry):
    fields = re.findall(r"^\s*(\w+)\s*=", entry, re.M)
    assert {"author", "title", "year"} <= set(fields)
    assert {"journal", "booktitle", "publisher", "howpublished", "url", "doi"} & set(fields)
