"""Sphinx extension of the book: the pages load styles, scripts and fonts without what no page uses.

Sphinx and its extensions write these files into ``_static``. They stay there as they are; what is made of
them stands in ``_light``, in the same places, and the pages lead there.
"""

import re
import shutil
import subprocess
import sys
from pathlib import Path

from fingerprint import BOOK, fingerprint

ASSETS = BOOK / "assets"
KINDS = ("css", "js", "woff2")
OWN = "explorables"  # these files are built light
STATIC = re.compile(rf'(?<=["/])_static(?=/(?!{OWN}/)[^"?]+\.(?:{"|".join(KINDS)})\b)')


def notice_changes(app, config):
    """Put what Sphinx does not watch into the configuration, which it does: pages are written again."""
    config.html_context["assets"] = fingerprint(
        BOOK / "_static",
        BOOK / "_ext",
        BOOK / "_templates",
        *(file for file in ASSETS.iterdir() if file.is_file()),
    )


def lead_to_light(page: str) -> str:
    """A page that loads the light files in the place of the whole ones."""
    return STATIC.sub("_light", page)


def lighten(app, exception):
    """Make the light files, unless they are already made of the present pages and whole files."""
    if exception or app.builder.format != "html":
        return
    html = Path(app.outdir)
    static, light = html / "_static", html / "_light"
    whole = sorted(file for kind in KINDS for file in static.rglob(f"*.{kind}"))
    whole = [file for file in whole if OWN not in file.relative_to(static).parts]
    state = fingerprint(
        *whole, *sorted(html.rglob("*.html")), root=html, also=[fingerprint(ASSETS / "lighten.mjs")]
    )
    made = light / "made-of.txt"
    if made.exists() and made.read_text(encoding="utf-8") == state:
        return
    shutil.rmtree(light, ignore_errors=True)
    for file in whole:
        copy = light / file.relative_to(static)
        copy.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(file, copy)
    node = Path(sys.executable).with_name("node")
    subprocess.run([node, ASSETS / "lighten.mjs", html, light], check=True)
    made.write_text(state, encoding="utf-8")  # last: what was broken off is made again


def setup(app):
    app.connect("config-inited", notice_changes)
    app.connect("build-finished", lighten, priority=900)  # when all others have copied their files
    return {"parallel_read_safe": True, "parallel_write_safe": True}
