"""Sphinx extension of the book: each page as the theme makes it is mended before it is written.

Assistive technology meets nothing that it would stumble over, pictures have sizes, and styles, scripts and
fonts are the light ones.
"""

import re
from pathlib import Path

from sphinx.jinja2glue import BuiltinTemplateLoader

from light_files import lead_to_light
from pictures import sized

UNUSED = ("thebe", "design")  # Jupyter Book puts their scripts and styles on every page

# What assistive technology would stumble over.
MENDED = {
    '<summary aria-label="Toggle hidden content">': "<summary>",  # its text says more
    '<summary><span class="toctree-toggle"': '<summary aria-label="Pages below"><span class="toctree-toggle"',
    ' role="doc-biblioentry"': ' role="listitem"',  # deprecated, and no child of a list
    '<th class="head"><p></p></th>': "<td></td>",  # a table's empty corner heads nothing
}

# The letters of formulas, and the classes of what is set in them.
FONTS = {
    "Main-Regular": "katex",
    "Math-Italic": "mathnormal",
    "AMS-Regular": "mathbb|amsrm",
    "Size1-Regular": "size1|small-op",
    "Size2-Regular": "size2|large-op",
    "Size3-Regular": "size3",
    "Size4-Regular": "size4",
}


class MendedPages(BuiltinTemplateLoader):
    """Sphinx's own templates; what they make is mended."""

    def init(self, builder, theme=None, dirs=None):
        super().init(builder, theme, dirs)
        self.builder = builder

    def render(self, template, context):
        page = super().render(template, context)
        for stumble, mended in MENDED.items():
            page = page.replace(stumble, mended)
        return lead_to_light(early_fonts(sized(page, self.picture)))

    def picture(self, address):
        """The file of a picture; those of the chapters are copied when all pages are written."""
        sources = {f"{self.builder.imagedir}/{name}": source for source, name in self.builder.images.items()}
        if address in sources:
            return Path(self.builder.srcdir, sources[address])
        return Path(self.builder.outdir, address)


def early_fonts(page):
    """A page that asks for the letters of its formulas first: late ones would move the lines round them."""
    folder = re.search(r'href="([^"]*/katex/dist/)katex\.', page)
    used = [
        name for name, classes in FONTS.items() if folder and re.search(rf'class="[^"]*({classes})\b', page)
    ]
    links = [
        f'<link rel="preload" href="{folder[1]}fonts/KaTeX_{name}.woff2" as="font" crossorigin />'
        for name in used
    ]
    return page.replace("<link ", "\n".join([*links, "<link "]), 1)


def drop_unused(app, pagename, templatename, context, doctree):
    for files in ("script_files", "css_files"):
        context[files] = [file for file in context[files] if not any(name in str(file) for name in UNUSED)]


def mend_pages(app, config):
    config.template_bridge = f"{__name__}.{MendedPages.__name__}"


def setup(app):
    app.connect("config-inited", mend_pages)
    app.connect("html-page-context", drop_unused, priority=900)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
