"""Pages with explorables for the tests: served under a path prefix, opened, set and read."""

from contextlib import contextmanager

import numpy as np
from _ext.explorables import serve_into
from _ext.policy import with_policy

from tests.browser import own_host_page, served

READY = "[...document.querySelectorAll('.explorable')].every((element) => 'ready' in element.dataset)"
PHONE = {"viewport": {"width": 390, "height": 844}, "has_touch": True, "is_mobile": True}
DESK = {"viewport": {"width": 1280, "height": 844}}
# In the built book: two pages, and the figures of the first.
PLAYGROUND, ADAM = "book/playground", "book/01-adam"
MAP = "#fig-playground-landscape-explorable"
TRACE = "#fig-playground-trace-explorable"
HEAD = """<!doctype html><html lang="en"><head><meta charset="utf-8"><title>Explorables</title>
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark"><style>body { background: Canvas; }</style>
<link rel="stylesheet" href="_static/explorables/explorable.css">
<script type="module" src="_static/explorables/page.js"></script></head><body><main><h1>Explorables</h1>"""


@contextmanager
def site_of(folder, widgets, together=None):
    """The address of a page for each widget, by its name there; and of pages with several."""
    serve_into(folder / "deep/prefix/_static/explorables")
    html = {name: widget._repr_mimebundle_()[0]["text/html"] for name, widget in widgets.items()}
    named = {name: text.replace("<div ", f'<div id="{name}" ', 1) for name, text in html.items()}
    several = {page: "".join(named[name] for name in names) for page, names in (together or {}).items()}
    for name, body in {**named, **several}.items():
        page = with_policy(f"{HEAD}{body}</main></body></html>")
        (folder / f"deep/prefix/{name}.html").write_text(page, "utf-8")
    with served(folder) as address:
        yield address + "deep/prefix/"


@contextmanager
def opener(browser, site):
    """A function that opens a page, with a fragment and options of the browser; nothing may go wrong."""
    opened = []

    def open_it(name, fragment="", **options):
        context = own_host_page(browser, site, **{"viewport": {"width": 1280, "height": 900}} | options)
        page, faults = context.__enter__()
        opened.append((context, faults))
        page.goto(f"{site}{name}.html{fragment}")
        page.wait_for_function(READY)
        return page

    yield open_it
    for context, faults in opened:
        context.__exit__(None, None, None)
        assert faults == []


def look_at_explorables(page):
    """Wait until all that a page has are drawn, and see that none complains."""
    page.wait_for_function(READY)
    explorables = page.locator(".explorable")
    for i in range(explorables.count()):
        assert explorables.nth(i).locator(".ex-stroke[d], .ex-bar").count() > 0
        assert explorables.nth(i).locator(".ex-notice").inner_text() == ""
    if explorables.count():
        page.wait_for_timeout(400)  # until they have faded in


def settle(page):
    """Wait until what was set has been computed and drawn."""
    page.evaluate(
        """async () => {
            const frame = () => new Promise(requestAnimationFrame);
            await frame();
            for (const { model } of document.querySelectorAll(".explorable")) await model?.answered;
            await frame();
        }"""
    )


def get(page, name, trait):
    return page.evaluate(f"document.getElementById('{name}').model.get('{trait}')")


def put(page, name, **values):
    page.evaluate(
        """([name, values]) => {
            const { model } = document.getElementById(name);
            for (const [key, value] of Object.entries(values)) model.set(key, value);
            model.save_changes();
        }""",
        [name, values],
    )
    settle(page)


def columns(page, name):
    """What the page has computed: (label, quantity) to array."""
    result = page.evaluate(
        f"""(() => {{
            const {{ columns, rows, data }} = document.getElementById('{name}').model.get('_result');
            return {{ columns, rows, data: [...data].map((x) => (Number.isFinite(x) ? x : null)) }};
        }})()"""
    )
    data = np.array(result["data"], dtype=float).reshape(-1, result["rows"])
    return {tuple(column): values for column, values in zip(result["columns"], data, strict=True)}


def assert_same(ours, theirs):
    np.testing.assert_allclose(theirs, ours, rtol=1e-9, atol=1e-9 * np.nanmax(np.abs(ours), initial=1e-300))
