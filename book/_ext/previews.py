"""Sphinx extension: previews of what links lead to. Their script reads the pages; nothing is made here."""


def setup(app):
    app.add_css_file("previews/previews.css")
    app.add_js_file("previews/previews.js", defer="defer")
    return {"parallel_read_safe": True, "parallel_write_safe": True}
