"""Sphinx extension of the book: how long a page takes to read, counted as it is built.

The box "Before you start" of a page says it, and whether the page is a first reading or a deeper one; so do
the notebooks for readers. The role ``{minutes}`01-adam 01-adam-steps` `` is the sum for these pages.
"""

import math
import re

from docutils import nodes
from sphinx.transforms.post_transforms import SphinxPostTransform
from sphinx.util import logging
from sphinx.util.docutils import SphinxRole

logger = logging.getLogger(__name__)

WORDS_A_MINUTE = 200
WORDS_A_LINE = 5  # for a line of code that the page shows, and for one of a formula that stands alone
TO = 5  # minutes
FOLDED = {"hide-input", "hide-cell", "remove-input", "remove-cell"}


def weight(node: nodes.Node) -> int:
    """The words of a node, solutions and folded code left out; lines of code and formulas as some words."""
    if node.__class__.__name__ == "solution_node" or isinstance(node, nodes.comment | nodes.raw):
        return 0
    if getattr(node, "attributes", {}).get("nb_element") == "cell_code":
        return (
            0 if FOLDED & set(node["cell_metadata"].get("tags", [])) else WORDS_A_LINE * lines_of_code(node)
        )
    if isinstance(node, nodes.literal_block | nodes.math_block):
        return WORDS_A_LINE * lines(node)
    if isinstance(node, nodes.math):
        return 1
    if isinstance(node, nodes.Text):
        return len(re.findall(r"\w[\w'\u2019-]*", node.astext()))
    return sum(map(weight, node.children))


def lines(node: nodes.Node) -> int:
    return sum(bool(line.strip()) for line in node.astext().splitlines())


def lines_of_code(cell: nodes.Node) -> int:
    return sum(
        lines(block)
        for part in cell.children
        if part.get("nb_element") == "cell_code_source"
        for block in part.findall(nodes.literal_block)
    )


def minutes(doctree: nodes.document) -> int:
    """How long the reading takes, to five minutes, exercises without the time that it takes to solve them."""
    return max(TO, TO * math.floor(weight(doctree) / WORDS_A_MINUTE / TO + 0.5))


def kind(env, docname: str) -> str:
    """Whether a page is a first reading or a deeper one, by its place in the contents."""
    root = env.config.root_doc
    if any(docname in below for page, below in env.toctree_includes.items() if page != root):
        return "Deeper page"
    return "First reading" if docname != root and env.toctree_includes.get(docname) else ""


def said(env, docname: str) -> str:
    """Such as *First reading: about 15 minutes to read, exercises aside.*"""
    opening = f"{page}: about" if (page := kind(env, docname)) else "About"
    return f"{opening} {env.metadata[docname]['minutes']} minutes to read, exercises aside."


def count(app, doctree):
    app.env.metadata[app.env.docname]["minutes"] = minutes(doctree)


class SayTheTime(SphinxPostTransform):
    """A line at the end of the box; the notebooks for readers say it at their head."""

    formats = ("html",)
    default_priority = 5

    def run(self, **kwargs):
        for box in self.document.findall(nodes.admonition):
            if "objectives" in box["classes"]:
                line = said(self.env, self.env.docname)
                box += nodes.paragraph("", "", nodes.Text(line), classes=["reading-time"])


class Minutes(SphinxRole):
    def run(self):
        self.env.metadata[self.env.docname]["adds_minutes"] = True
        return [nodes.inline("", self.text, classes=["minutes"])], []


class SumMinutes(SphinxPostTransform):
    default_priority = 5

    def run(self, **kwargs):
        folder = self.env.docname.rpartition("/")[0]
        for node in self.document.findall(nodes.inline):
            if node["classes"] != ["minutes"]:
                continue
            pages = [f"{folder}/{name}".lstrip("/") for name in node.astext().split()]
            for page in set(pages) - self.env.found_docs:
                logger.warning("{minutes}`%s`: the book has no page %r", node.astext(), page, location=node)
            total = sum(self.env.metadata[page]["minutes"] for page in pages if page in self.env.found_docs)
            node.children = [nodes.Text(f"{total}")]


def write_again(app, env):
    """Where a page takes another time than before, those that state the minutes of others are written."""
    now = {name: env.metadata[name]["minutes"] for name in env.found_docs}
    before, env.minutes_told = getattr(env, "minutes_told", None), now
    return [name for name in now if "adds_minutes" in env.metadata[name]] if now != before else []


def setup(app):
    app.add_role("minutes", Minutes())
    app.add_post_transform(SayTheTime)
    app.add_post_transform(SumMinutes)
    app.connect("doctree-read", count)
    app.connect("env-updated", write_again)
    return {"parallel_read_safe": True, "parallel_write_safe": True, "env_version": 2}
