"""Sphinx extension of the book: KaTeX typesets the formulas at build, as HTML to see and MathML to hear."""

import functools
import json
import shutil
import subprocess
import sys
from pathlib import Path

from docutils import nodes
from sphinx.util import logging
from sphinx.util.math import get_node_equation_number

ASSETS = Path(__file__).parents[1] / "assets"
TYPESET = ASSETS / "typeset.mjs"
SERVED = ["LICENSE", "dist/katex.min.css", "dist/fonts/*.woff2"]  # what the pages load of KaTeX

logger = logging.getLogger(__name__)


@functools.cache
def katex():
    """One process for the whole build; it ends with it."""
    node = Path(sys.executable).with_name("node")
    return subprocess.Popen(
        [node, TYPESET], stdin=subprocess.PIPE, stdout=subprocess.PIPE, encoding="utf-8", bufsize=1
    )


def typeset(node, display):
    """The HTML of a formula; what KaTeX refuses is a warning that names its place."""
    process = katex()
    process.stdin.write(json.dumps({"tex": node.astext(), "display": display}) + "\n")
    answer = json.loads(process.stdout.readline())
    if "error" in answer:
        logger.warning("%s", answer["error"], location=node)
    return answer.get("html", "")


def visit_inline(self, node):
    self.body.append(self.starttag(node, "span", "", CLASS="math notranslate nohighlight"))
    self.body.append(typeset(node, display=False) + "</span>")
    raise nodes.SkipNode


def visit_block(self, node):
    self.body.append(self.starttag(node, "div", "", CLASS="math notranslate nohighlight"))
    if node["number"]:
        self.body.append(f'<span class="eqno">({get_node_equation_number(self, node)})')
        self.add_permalink_ref(node, "Link to this equation")
        self.body.append("</span>")
    # The theme's own scrolling box: where it scrolls, its script lets the keyboard reach it.
    formula = typeset(node, display=True)
    self.body.append(f'<div class="pst-scrollable-table-container">{formula}</div></div>')
    raise nodes.SkipNode


def copy_served(app, exception):
    if exception or app.builder.format != "html":
        return
    katex = ASSETS / "node_modules" / "katex"
    for source in (file for pattern in SERVED for file in katex.glob(pattern)):
        target = Path(app.outdir, "_static", "vendor", "katex", source.relative_to(katex))
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.copy2(source, target)


def setup(app):
    app.add_html_math_renderer("katex", (visit_inline, None), (visit_block, None))
    app.connect("build-finished", copy_served)
    return {"parallel_read_safe": True, "parallel_write_safe": False}
