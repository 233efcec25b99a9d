"""Sphinx extension: the index that Pagefind makes of the built pages, and the dialog that searches it.

The theme's own search page stays as it is: it serves where a script cannot be loaded as a module.
"""

import shutil
import subprocess
import sys
from pathlib import Path

MAKE_INDEX = Path(__file__).parents[1] / "assets" / "search" / "index.mjs"


def index_of(app):
    return Path(app.outdir, "pagefind")


def drop_old(app):
    """An index is never older than the pages: what a build that is broken off leaves has none."""
    shutil.rmtree(index_of(app), ignore_errors=True)


def make_index(app, exception):
    if exception or app.builder.format != "html":
        return
    node = Path(sys.executable).with_name("node")
    subprocess.run([node, MAKE_INDEX, app.outdir, index_of(app)], check=True)


def setup(app):
    app.add_css_file("search/search.css")
    app.add_js_file("search/search.js", type="module")
    app.connect("builder-inited", drop_old)
    app.connect("build-finished", make_index, priority=950)  # of pages as they are served
    return {"parallel_read_safe": True, "parallel_write_safe": True}
