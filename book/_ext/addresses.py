"""Sphinx extension of the book: buttons, canonical addresses, sitemap and social tags of a known repository.

A checkout without one has none of them. What does not depend on it is the button that downloads a chapter's
notebook, which stands beside the pages.
"""

import sys
from pathlib import Path, PurePosixPath
from urllib.parse import quote, urlsplit

sys.path.append(str(Path(__file__).parents[1]))  # Sphinx finds the extensions, not the book's other folders

from tools.repository import repository

BRANCH_OF_THE_SITE = "gh-pages"
LAUNCHERS = {
    "Colab": (
        "https://colab.research.google.com/github/{owner}/{name}/blob/{branch}/{path}",
        "logo_colab.png",
    ),
    "Binder": (
        "https://mybinder.org/v2/gh/{owner}/{name}/{branch}?urlpath=lab/tree/{path}",
        "logo_binder.svg",
    ),
}


def notebook(app, pagename):
    """Where the site has the notebook of a page for its readers; None for a page that is no chapter."""
    source = app.env.doc2path(pagename) if pagename in app.env.found_docs else ""
    if not source.endswith(".ipynb") or pagename == app.config.root_doc:
        return None
    return f"notebooks/{PurePosixPath(pagename).name}.ipynb"


def download_the_notebook(app, pagename, templatename, context, doctree):
    """The source of a chapter is for its authors; its readers get the notebook that is made for them."""
    if path := notebook(app, pagename):
        for group in context["header_buttons"]:
            for button in group.get("buttons", []):
                if button["label"] == "download-source-button":
                    button |= {"url": context["pathto"](path, 1), "tooltip": "Download the notebook"}


def launch_the_notebook(place):
    """What adds the buttons that open a chapter's notebook in the services that run it."""

    def add_buttons(app, pagename, templatename, context, doctree):
        if path := notebook(app, pagename):
            parts = {
                "owner": place.owner,
                "name": place.name,
                "branch": BRANCH_OF_THE_SITE,
                "path": quote(path),
            }
            buttons = [
                {
                    "type": "link",
                    "text": service,
                    "tooltip": f"Open the notebook in {service}",
                    "icon": f"_static/images/{icon}",
                    "url": address.format(**parts),
                    "label": f"launch-{service.lower()}-button",
                }
                for service, (address, icon) in LAUNCHERS.items()
            ]
            group = {"type": "group", "tooltip": "Run this notebook", "icon": "fas fa-rocket"}
            context["header_buttons"].append({**group, "buttons": buttons, "label": "launch-buttons"})

    return add_buttons


def tell_addresses(place):
    """What hands a repository's addresses to the theme and to the other extensions."""

    def configure(app, config):
        config.html_theme_options = {
            **config.html_theme_options,
            "repository_url": place.url,
            "repository_branch": place.branch,
            "use_repository_button": True,
            "use_issues_button": True,
            "use_edit_page_button": True,
        }
        config.html_baseurl = config.ogp_site_url = place.site
        config.ogp_site_name = config.html_title
        config.ogp_social_cards = {"enable": False}
        config.ogp_enable_meta_description = False  # each page has one already
        config.sitemap_url_scheme = "{link}"
        config.sitemap_excludes = ["404.html", "search.html"]
        config.notfound_urls_prefix = urlsplit(place.site).path

    return configure


def setup(app):
    app.connect("html-page-context", download_the_notebook, priority=502)  # after the theme's buttons
    if place := repository(Path(app.srcdir)):
        app.setup_extension("sphinx_sitemap")
        app.setup_extension("sphinxext.opengraph")
        app.connect("config-inited", tell_addresses(place))
        app.connect("html-page-context", launch_the_notebook(place), priority=502)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
