"""Sphinx extension of the book: the explorables in its pages, and the files that they load."""

import hashlib
import html
import json
import shutil
from pathlib import Path

from docutils import nodes
from sphinx.errors import ExtensionError
from sphinx.transforms.post_transforms import SphinxPostTransform
from sphinx.util.docutils import SphinxRole

ROOT = Path(__file__).parents[2]
PACKAGE = ROOT / "adamlearn"
EXPLORABLES = PACKAGE / "explorables"
MICROPYTHON = ROOT / "book/assets/node_modules/@micropython/micropython-webassembly-pyscript"
FETCHED = ("worker.js", "micropython.js", "micropython.wasm", "python.json")  # by page.js, at once
MARK = '<div class="explorable" '

# What the pages load: scripts as they are, and the Python files that MicroPython imports, in one file.
SERVED = [
    *(
        EXPLORABLES / "built" / name
        for name in ("page.js", "explorable.js", "explorable.css", "editor.js", "LICENSES.txt")
    ),
    EXPLORABLES / "page/worker.js",
    MICROPYTHON / "micropython.wasm",
]
LOADER = MICROPYTHON / "micropython.mjs"
OF_THE_PACKAGE = [
    *(PACKAGE / f"{name}.py" for name in ("rules", "landscapes", "streams", "dual")),
    EXPLORABLES / "answer.py",
    *sorted(EXPLORABLES.glob("kinds/*/answer.py")),
]
PYTHON = {str(path.relative_to(ROOT)): path for path in OF_THE_PACKAGE} | {
    name: EXPLORABLES / "page" / name for name in ("main.py", "numpy.py")
}


# What is changed in MicroPython's loader. A worker of a frame without an origin takes no modules, so
# it becomes a part of a plain script. And at each call between the two languages it compares its copy
# of the table of functions with the original: nothing changes that table here, and the comparing takes
# half of a run's time.
CHANGED = {
    "export default _createMicroPythonModule;export async function": "async function",
    "import.meta.url": "self.location.href",
    ',assert(wasmTable.get(funcPtr)==func,"JavaScript-side Wasm function table mirror is out of date!")': "",
}

# Where the script cannot be loaded, as from a file without a server, the pictures take their places.
STILLS = (
    "window.addEventListener('load', () => document.querySelectorAll('.explorable noscript')"
    ".forEach((still) => (still.outerHTML = still.textContent"
    " + '<p>This picture stands still, since no script could be loaded: a browser loads none from a file. "
    "From a server, such as make serve starts, it can be played with.</p>')))"
)


class MountExplorables(SphinxPostTransform):
    """Turn an explorable's output into its mount; without a script its picture and words stand there."""

    formats = ("html",)
    default_priority = 3  # before myst-nb takes one form of each output

    def run(self, **kwargs):
        bundles = [n for n in self.document.findall(nodes.container) if n.get("nb_element") == "mime_bundle"]
        number = 0
        for bundle in bundles:
            forms = {form["mime_type"]: form.children for form in bundle.children}
            shown = forms.get("text/html", [])
            if shown and shown[0].astext().startswith(MARK):
                number += 1
                images = forms.get("image/png", [])  # none where the picture failed
                bundle.replace_self(self.mount(shown[0].astext(), images, bundle, number))

    @staticmethod
    def mount(output, images, bundle, number):
        """The output's own division, with a name for links; the rest of it for want of a script."""
        name = f"explorable-{number}"
        if isinstance(bundle.parent, nodes.figure) and bundle.parent["ids"]:
            name = f"{bundle.parent['ids'][0]}-explorable"
        opening, _, rest = output.partition(">")
        question, mark, words = rest.removesuffix("</div>").partition("<pre>")
        for image in images:
            image["alt"] = image.get("alt") or "The paths or quantities that the text below describes."
        return [
            nodes.raw("", f'{opening} id="{name}"><noscript>{question}', format="html"),
            *images,
            nodes.raw("", f"{mark}{words}</noscript></div>", format="html"),
        ]


class SetFigure(SphinxRole):
    """A phrase that sets a figure: ``{set}`set beta2 to 0.9 <fig-correction?Adam.beta2=0.9&at=12>```.

    What stands behind the figure's name is a link's query, and ``at`` the step to look at. Without a
    script the phrase leads to the figure.
    """

    def run(self):
        text, _, target = self.text.removesuffix(">").rpartition("<")
        name, mark, query = target.partition("?")
        if not (text and mark and query):
            raise ExtensionError(f"{{set}}`{self.text}`: expected `words <figure?name=value&...>`")
        link = (
            f'<a class="explorable-set" href="#{name}" data-figure="{name}-explorable" '
            f'data-query="{html.escape(query)}">{html.escape(text.strip())}</a>'
        )
        return [nodes.raw("", link, format="html", words=text.strip())], []


def has_explorable(doctree):
    return doctree is not None and any(MARK in raw.astext() for raw in doctree.findall(nodes.raw))


def digest():
    """A name for the present state of all that the pages load, so that no browser keeps an old part of it."""
    return hashlib.sha256(
        b"".join(path.read_bytes() for path in [*SERVED, LOADER, *PYTHON.values()])
    ).hexdigest()[:12]


def notice_changes(app, config):
    """Have the pages written again when a script changes."""
    for path in [*SERVED, LOADER]:
        if not path.exists():
            raise ExtensionError(f"{path} is missing: `make widgets` fetches and builds what the pages load")
    config.html_context["explorables"] = digest()


def load_on_page(app, pagename, templatename, context, doctree):
    """Load the script where there is something to mount; drop the state that ipywidgets saves in a page."""
    context["script_files"] = [
        file
        for file in context["script_files"]
        if getattr(file, "attributes", {}).get("type") != "application/vnd.jupyter.widget-state+json"
    ]
    if has_explorable(doctree):
        at = {
            name: context["pathto"](f"_static/explorables/{name}", 1)
            + f"?v={app.config.html_context['explorables']}"
            for name in ("explorable.css", "page.js", "explorable.js", *FETCHED)
        }
        context["metatags"] += (
            f'<link rel="stylesheet" href="{at["explorable.css"]}" />'
            f'<script type="module" src="{at["page.js"]}" onerror="{STILLS}"></script>'
            f'<link rel="modulepreload" href="{at["explorable.js"]}" />'
        )
        for name in FETCHED:
            context["metatags"] += (
                f'<link rel="preload" as="fetch" fetchpriority="high" crossorigin href="{at[name]}" />'
            )


def loader():
    """MicroPython's loader as the pages' workers take it."""
    text = LOADER.read_text(encoding="utf-8")
    for old, new in CHANGED.items():
        if old not in text:
            raise ExtensionError(f"{LOADER} has no {old!r}; expected it there, to be {new!r}")
        text = text.replace(old, new)
    return f"const micropython = (async () => {{{text}\nreturn loadMicroPython; }})();\n"


def serve_into(folder):
    """Put all that the pages load into a folder."""
    folder.mkdir(parents=True, exist_ok=True)
    for path in SERVED:
        shutil.copy2(path, folder)
    (folder / "micropython.js").write_text(loader(), encoding="utf-8")
    files = {name: path.read_text(encoding="utf-8") for name, path in PYTHON.items()}
    (folder / "python.json").write_text(json.dumps(files), encoding="utf-8")


def copy_served(app, exception):
    if not exception and app.builder.format == "html":
        serve_into(Path(app.outdir, "_static", "explorables"))


def setup(app):
    app.add_role("set", SetFigure())
    app.add_post_transform(MountExplorables)
    app.connect("config-inited", notice_changes)
    app.connect("html-page-context", load_on_page, priority=900)
    app.connect("build-finished", copy_served)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
