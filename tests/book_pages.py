"""The pages of the book as their files have them: which there are, their cells and their text."""

import json
from pathlib import Path

import yaml

ROOT = Path(__file__).parents[1]
TOC = yaml.safe_load((ROOT / "_toc.yml").read_text("utf-8"))
ENTRIES = {part["caption"]: part["chapters"] for part in TOC["parts"]}
SECTIONS = {
    entry["file"]: [section["file"] for section in entry.get("sections", ())]
    for entries in ENTRIES.values()
    for entry in entries
}
LISTED = [TOC["root"], *(page for first, deeper in SECTIONS.items() for page in (first, *deeper))]
NOTEBOOKS = [page for page in LISTED if (ROOT / f"{page}.ipynb").exists()]


def cells(page):
    """The cells of a page, of which one in Markdown has none."""
    if page not in NOTEBOOKS:
        return []
    return json.loads((ROOT / f"{page}.ipynb").read_text("utf-8"))["cells"]


def prose(page):
    """The text of a page, which may be a notebook or Markdown."""
    if page not in NOTEBOOKS:
        return (ROOT / f"{page}.md").read_text("utf-8")
    return "\n".join("".join(cell["source"]) for cell in cells(page) if cell["cell_type"] == "markdown")
