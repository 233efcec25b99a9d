"""Sphinx extension of the book: no stale output, no request to any other host, and no byte to no use."""

import hashlib
import importlib.metadata
import platform
import re
import shutil
import subprocess
import sys
from pathlib import Path

from PIL import Image
from sphinx.transforms.post_transforms.images import BaseImageConverter

ROOT = Path(__file__).parents[2]
BOOK = ROOT / "book"

ASSETS = BOOK / "assets"

VENDORED = ["LICENSE", "dist/katex.min.css", "dist/fonts/*.woff2"]  # what the pages load of KaTeX
UNUSED = ("thebe", "design")  # Jupyter Book puts their scripts and styles on every page


# What assistive technology would stumble over in the pages' own HTML.
MENDED = {
    '<summary aria-label="Toggle hidden content">': "<summary>",  # its text says more
    ' role="doc-biblioentry"': ' role="listitem"',  # deprecated, and no child of a list
    '<th class="head"><p></p></th>': "<td></td>",  # a table's empty corner heads nothing
}


PICTURE = re.compile(r'<img [^>]*src="[^"]*/_images/[0-9a-f]{32}\.avif"')


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

    The cache of executed notebooks looks at their cells only, so each state of the modules, of the
    data and of the installed versions gets a cache of its own; a new path has every page read again.
    Styles and scripts have the pages written again.
    """
    versions = sorted(f"{d.name} {d.version}" for d in importlib.metadata.distributions())
    modules = sorted([*(ROOT / "adamlearn").rglob("*.py"), *(BOOK / "measuring").glob("*.py")])
    state = fingerprint(*modules, BOOK / "data", also=[platform.python_version(), *versions])
    caches = Path(app.outdir).parent / ".jupyter_cache"
    for old in caches.glob("*"):
        if old.name != state:
            shutil.rmtree(old)
    config.nb_execution_cache_path = str(caches / state)
    config.html_context["assets"] = fingerprint(
        BOOK / "_static",
        BOOK / "_ext",
        BOOK / "_templates",
        *(file for file in ASSETS.iterdir() if file.is_file()),
    )


class ServePicturesAsAvif(BaseImageConverter):
    """Let the pages show figures as AVIF: a fifth of the bytes, and no difference to the eye."""

    default_priority = 250  # after those of Sphinx
    formats = ("html",)

    def match(self, node):
        return node["uri"].endswith(".png")

    def handle(self, node):
        source = Path(self.app.srcdir, node["uri"])
        name = hashlib.sha256(source.read_bytes()).hexdigest()[:32]
        target = Path(self.app.outdir).parent / ".avif" / f"{name}.avif"
        if not target.exists():
            target.parent.mkdir(exist_ok=True)
            partial = target.with_suffix(".partial")
            image = Image.open(source).convert("RGB")
            # Tuned for likeness (SSIM), thin lines stay sharper than by default at the same size.
            image.save(partial, "AVIF", quality=45, subsampling="4:4:4", speed=4, advanced={"tune": "ssim"})
            partial.replace(target)
        node["uri"] = str(target)
        node["candidates"] = {"*": str(target)}
        self.env.images.add_file(self.env.docname, str(target))


def drop_unused(app, pagename, templatename, context, doctree):
    for files in ("script_files", "css_files"):
        context[files] = [file for file in context[files] if not any(name in str(file) for name in UNUSED)]


def mend(app, pagename, templatename, context, doctree):
    body = context.get("body", "")
    for stumble, mended in MENDED.items():
        body = body.replace(stumble, mended)
    context["body"] = PICTURE.sub(lambda found: sized(found[0], Path(app.outdir).parent / ".avif"), body)


def sized(tag, folder):
    """A picture's tag with its size, so that nothing moves when it comes, and it comes when it is near."""
    width, height = Image.open(folder / tag.rpartition("/_images/")[2].partition('"')[0]).size
    return tag.replace("<img ", f'<img loading="lazy" width="{width}" height="{height}" ', 1)


def copy_vendored(folder):
    katex = ASSETS / "node_modules" / "katex"
    for source in (file for pattern in VENDORED for file in katex.glob(pattern)):
        target = folder / source.relative_to(katex)
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.copy2(source, target)


def lighten(app, exception):
    """Drop what no page uses of styles, scripts and fonts.

    Extensions copy some of these files anew at every build, Sphinx the others when it writes pages. What
    is new is kept whole; what was made of it is made again when it or a page has changed.
    """
    if exception or app.builder.format != "html":
        return
    html = Path(app.outdir)
    whole, light, stamp = (html.parent / name for name in (".whole", ".light", ".light/stamp"))
    copy_vendored(html / "_static" / "vendor" / "katex")
    files = {
        file.relative_to(html): file.read_bytes()
        for kind in ("css", "js", "woff2")
        for file in html.rglob(f"*.{kind}")
        if "explorables" not in file.parts and file.name != "searchindex.js"
    }
    for place, content in files.items():
        if not (light / place).exists() or (light / place).read_bytes() != content:
            write(whole / place, content)
    state = fingerprint(*sorted(html.rglob("*.html")), whole)
    if not stamp.exists() or stamp.read_text() != state:
        for place in files:
            write(html / place, (whole / place).read_bytes())
        node = Path(sys.executable).with_name("node")
        subprocess.run([node, ASSETS / "lighten.mjs", html], check=True)
        for place in files:
            write(light / place, (html / place).read_bytes())
        stamp.write_text(state)
    for place, content in files.items():
        if (light / place).read_bytes() != content:
            write(html / place, (light / place).read_bytes())


def write(path, content):
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content)


def setup(app):
    app.add_post_transform(ServePicturesAsAvif)
    app.connect("config-inited", notice_changes)
    app.connect("html-page-context", drop_unused, priority=900)
    app.connect("html-page-context", mend)
    app.connect("build-finished", lighten, priority=900)  # when all others have copied their files
    return {"parallel_read_safe": True, "parallel_write_safe": True}
