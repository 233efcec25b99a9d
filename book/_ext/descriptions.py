"""Sphinx extension of the book: each page says in a sentence or two what it is, for those who list pages.

These are the page's first sentences, as many as fit, those with formulas left out; a page without such
sentences says it in its front matter, as MyST's ``html_meta``.
"""

import html
import re

from docutils import nodes
from sphinx.util import logging

SHORTEST, LONGEST = 50, 160
FORMULA = "\0"
SENTENCES = re.compile(r"(?<=[.?!])[\u201d\u2019\"]?\s+(?=[A-Z\u201c])")

# What Sphinx makes without a source.
MADE = {
    "404": "There is no page at this address. From here the book's contents and its search lead on.",
    "genindex": "The index of the book: classes, functions, parameters and attributes of the package.",
    "prf-prf": "The theorems, propositions, lemmas and algorithms of the book, by their titles and numbers.",
    "py-modindex": "The modules of the package adamlearn, with links to their place in the reference.",
    "search": "Search the book on the Adam optimizer and its family: chapters, questions, and the package.",
}

logger = logging.getLogger(__name__)


def words(node):
    """The text of a node as a reader says it, with a sign where a formula stands."""
    if isinstance(node, nodes.math):
        return FORMULA
    if isinstance(node, nodes.Text):
        return str(node)
    return "".join(words(child) for child in node.children)


def first_sentences(doctree):
    """As many of a page's first sentences as fit; one that is too long alone is cut between words."""
    text = ""
    for paragraph in doctree.findall(nodes.paragraph):
        if not isinstance(paragraph.parent, nodes.section):
            continue
        for sentence in SENTENCES.split(" ".join(words(paragraph).split())):
            if FORMULA in sentence:
                continue
            if len(longer := f"{text} {sentence}".strip()) <= LONGEST:
                text = longer
            elif len(text) >= SHORTEST:
                return text
            else:
                return longer[: LONGEST - 1].rpartition(" ")[0].rstrip(",;:") + "\u2026"
    return text


def written(doctree):
    """What the page itself says in its front matter."""
    return next((m["content"] for m in doctree.findall(nodes.meta) if m.get("name") == "description"), "")


def describe(app, pagename, templatename, context, doctree):
    if doctree is None:
        description = MADE.get(pagename, "")
    else:
        description = written(doctree) or first_sentences(doctree)
    if not SHORTEST <= len(description) <= LONGEST:
        logger.warning(
            "the description %r has %d characters; expected %d to %d, from the first sentences or "
            "`myst: html_meta: description` in the front matter",
            description, len(description), SHORTEST, LONGEST, location=pagename,
        )  # fmt: skip
    if doctree is None or not written(doctree):
        context["metatags"] = (
            context.get("metatags", "") + f'<meta name="description" content="{html.escape(description)}" />'
        )
    context["meta"] = {**(context.get("meta") or {}), "og:description": html.escape(description)}


def setup(app):
    app.connect("html-page-context", describe, priority=400)  # before social tags take it over
    return {"parallel_read_safe": True, "parallel_write_safe": True}
