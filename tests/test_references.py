"""The bibliography: what is cited is listed, what is listed is cited, and no work is listed twice."""

import json
import re
from collections import Counter
from pathlib import Path

import pytest
import yaml

ROOT = Path(__file__).parents[1]
ENTRIES = re.findall(
    r"^@\w+\{([\w-]+),(.*?)^\}", (ROOT / "book/references.bib").read_text("utf-8"), re.M | re.S
)
CITED = re.compile(r"\{cite(?::\w+)?\}`([^`]+)`")


def pages():
    """The files of the contents, without their suffix."""
    contents = yaml.safe_load((ROOT / "_toc.yml").read_text("utf-8"))
    chapters = [chapter for part in contents["parts"] for chapter in part["chapters"]]
    sections = [section for chapter in chapters for section in chapter.get("sections", [])]
    return [contents["root"], *(entry["file"] for entry in chapters + sections)]


def text(page):
    """What a page says: its Markdown, and the captions of its figures."""
    if (file := ROOT / f"{page}.md").exists():
        return file.read_text("utf-8")
    cells = json.loads((ROOT / f"{page}.ipynb").read_text("utf-8"))["cells"]
    captions = [str(cell["metadata"].get("mystnb", "")) for cell in cells]
    return "\n".join(
        ["".join(cell["source"]) for cell in cells if cell["cell_type"] == "markdown"] + captions
    )


@pytest.fixture(scope="module")
def cited():
    return {
        key.strip(): page for page in pages() for keys in CITED.findall(text(page)) for key in keys.split(",")
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
