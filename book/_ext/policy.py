"""Sphinx extension: the Content-Security-Policy of each page, which loads from its own host and no other.

Scripts in a page's own text run if the policy has their hash, so a foreign one does not. KaTeX and the
widgets set styles on elements, which no hash covers: styles in the text are allowed.
"""

import base64
import hashlib
import html
import re
from pathlib import Path

from sphinx.errors import ExtensionError

SANDBOX = Path(__file__).parents[2] / "adamlearn" / "explorables" / "page" / "sandbox.js"

HEAD = re.compile(r"<head>")
META = re.compile(r'\s*<meta http-equiv="Content-Security-Policy"[^>]*>')
SCRIPT = re.compile(r"""<script\b((?:[^>"']|"[^"]*"|'[^']*')*)>(.*?)</script>""", re.DOTALL)
HANDLER = re.compile(r"""\son[a-z]+=(?:"([^"]*)"|'([^']*)')""")
EXPLORABLES = "explorables/page.js"


def source_hash(script):
    """What a policy calls a script."""
    return f"'sha256-{base64.b64encode(hashlib.sha256(script.encode()).digest()).decode()}'"


def inline_scripts(page):
    """The scripts that stand in a page's text: elements, and what its elements do when something happens."""
    yield from (text for attributes, text in SCRIPT.findall(page) if "src=" not in attributes and text)
    without_scripts = SCRIPT.sub(lambda found: f"<script{found[1]}>", page)
    yield from (html.unescape(double or single) for double, single in HANDLER.findall(without_scripts))


def sandbox_script():
    """The script of the frame in which the explorables' Python runs: the frame has its page's policy too."""
    found = SCRIPT.search(SANDBOX.read_text(encoding="utf-8"))
    if not found:
        raise ExtensionError(f"{SANDBOX} has no <script>; expected that of the frame, to allow it")
    return found[2]


def policy(page):
    """The policy for a page's text."""
    scripts = list(inline_scripts(page))
    blobs = ""
    if EXPLORABLES in page:
        scripts.append(sandbox_script())
        blobs = " blob:"  # the worker in the frame, and the machine code that it reads
    hashes = sorted(set(map(source_hash, scripts)))
    return "; ".join(
        [
            "default-src 'self'",
            f"script-src 'self' 'wasm-unsafe-eval' 'unsafe-hashes' {' '.join(hashes)}",
            "style-src 'self' 'unsafe-inline'",
            "img-src 'self' data:",
            f"connect-src 'self'{blobs}",
            f"worker-src 'self'{blobs}",
            "object-src 'none'",
            "base-uri 'none'",
            "form-action 'self'",
        ]
    )


def with_policy(page):
    """A page's text with its policy, before all that the policy is for."""
    page = META.sub("", page)
    return HEAD.sub(
        lambda head: f'{head[0]}\n    <meta http-equiv="Content-Security-Policy" content="{policy(page)}" />',
        page,
        count=1,
    )


def pages_of(folder):
    """The pages of a built book; the theme leaves its templates among its static files."""
    return [path for path in folder.rglob("*.html") if "_static" not in path.relative_to(folder).parts]


def write_policies(app, exception):
    if exception or app.builder.format != "html":
        return
    for path in pages_of(Path(app.outdir)):
        page = path.read_text(encoding="utf-8")
        if (changed := with_policy(page)) != page:
            path.write_text(changed, encoding="utf-8")


def setup(app):
    app.connect("build-finished", write_policies, priority=800)  # before what reads the finished pages
    return {"parallel_read_safe": True, "parallel_write_safe": True}
