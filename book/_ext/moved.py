"""Sphinx extension of the book: where a section has moved to another page, its old address leads on.

The role ``{moved}`label` `` stands on the page that had the section: a link to it, where its old anchor was.
"""

from docutils import nodes
from sphinx import addnodes


def moved(name, rawtext, text, lineno, inliner, options=None, content=None):
    """A link to a label, which has the label's own name for its anchor."""
    reference = addnodes.pending_xref(
        "",
        nodes.inline(text, text, classes=["xref", "std", "std-ref"]),
        refdomain="std",
        reftype="ref",
        reftarget=text,
        refexplicit=False,
        refwarn=True,
        refdoc=inliner.document.settings.env.docname,
    )
    return [nodes.inline("", "", reference, ids=[text])], []


def setup(app):
    app.add_role("moved", moved)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
