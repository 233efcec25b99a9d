"""Sphinx extension of the book: no stale output, and no request to any other host."""

import hashlib
import importlib.metadata
import platform
import shutil
from pathlib import Path

ROOT = Path(__file__).parents[2]
BOOK = ROOT / "book"

# Files and folders of the npm packages that the pages load, by their place under _static/vendor.
VENDORED = {
    "mathjax/LICENSE": "mathjax/LICENSE",
    "mathjax/tex-mml-chtml.js": "mathjax/es5/tex-mml-chtml.js",
    "mathjax/input/tex/extensions": "mathjax/es5/input/tex/extensions",
    "mathjax/output/chtml/fonts/woff-v2": "mathjax/es5/output/chtml/fonts/woff-v2",
}


def fingerprint(*paths, also=()):
    """Hash the contents of files and folders, and some strings."""
    digest = hashlib.sha256("\n".join(also).encode())
    for path in paths:
        for file in sorted(path.rglob("*")) if path.is_dir() else [path]:
            if file.is_file() and "__pycache__" not in file.parts:
                digest.update(str(file.relative_to(ROOT)).encode() + b"\n" + file.read_bytes())
    return digest.hexdigest()[:16]


def notice_changes(app, config):
    """Put what Sphinx and the notebook cache do not watch into the configuration, which they do.

    The cache of executed notebooks looks at their cells only, so each state of the package, of the
    data and of the installed versions gets a cache of its own; a new path has every page read again.
    Styles and scripts have the pages written again.
    """
    versions = sorted(f"{d.name} {d.version}" for d in importlib.metadata.distributions())
    package = sorted((ROOT / "adamlearn").rglob("*.py"))
    state = fingerprint(*package, BOOK / "data", also=[platform.python_version(), *versions])
    caches = Path(app.outdir).parent / ".jupyter_cache"
    for old in caches.glob("*"):
        if old.name != state:
            shutil.rmtree(old)
    config.nb_execution_cache_path = str(caches / state)
    config.html_context["assets"] = fingerprint(
        BOOK / "_static", BOOK / "_ext", BOOK / "assets" / "package-lock.json"
    )


def drop_thebe(app, pagename, templatename, context, doctree):
    """Jupyter Book puts thebe's script on every page: from another host, and to no use here."""
    for files in ("script_files", "css_files"):
        context[files] = [file for file in context[files] if "thebe" not in str(file)]


def copy_vendored(app, exception):
    """Copy what the pages load from the npm packages."""
    if exception or app.builder.format != "html":
        return
    for target, source in VENDORED.items():
        source = BOOK / "assets" / "node_modules" / source
        target = Path(app.outdir, "_static", "vendor", target)
        target.parent.mkdir(parents=True, exist_ok=True)
        if source.is_dir():
            shutil.copytree(source, target, dirs_exist_ok=True)
        else:
            shutil.copy2(source, target)


def setup(app):
    app.connect("config-inited", notice_changes)
    app.connect("html-page-context", drop_thebe, priority=900)
    app.connect("build-finished", copy_vendored)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
