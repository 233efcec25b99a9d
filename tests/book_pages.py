"""The pages of the book as their files have them: which there are, their cells and their text."""

import ast
import json
import linecache
from pathlib import Path

import numpy as np
import yaml

from adamlearn import rules

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


def functions(page, *names):
    """Functions of a page, as its first cells that define them have them; their text can be read."""
    texts = {}
    for cell in cells(page):
        text = "".join(cell["source"])
        for node in ast.parse(text).body if cell["cell_type"] == "code" else ():
            if isinstance(node, ast.FunctionDef) and node.name in names:
                texts.setdefault(node.name, ast.get_source_segment(text, node))
    text, file = "\n\n\n".join(texts.values()), f"<{page}: {', '.join(names)}>"
    linecache.cache[file] = len(text), None, text.splitlines(keepends=True), file
    found = {"np": np, "rules": rules, "__name__": page}
    exec(compile(text, file, "exec"), found)
    return [found[name] for name in names]
