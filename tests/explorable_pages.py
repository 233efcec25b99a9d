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


# What stands too wide, on each other, or is cut off; in words, for the message.
LAYOUT = """(width) => {
    const found = [];
    const seen = (box) => box.checkVisibility({ visibilityProperty: true }) && box.clientWidth > 1;
    const words = (element) => element.textContent.trim().slice(0, 30);
    const shape = (element) => element.getBoundingClientRect();
    const inks = (element) => {
        const range = document.createRange();
        range.selectNodeContents(element);
        const all = [...range.getClientRects(), ...[...element.querySelectorAll("input")].map(shape)];
        return all.filter(({ width, height }) => width > 0.5 && height > 0.5);
    };
    const meet = (a, b) =>
        Math.min(a.right, b.right) - Math.max(a.left, b.left) > -1 &&
        Math.min(a.bottom, b.bottom) - Math.max(a.top, b.top) > 0.5;
    const leaves = (ink, box) =>
        ink.left < box.left - 0.5 || ink.right > box.right + 0.5 || ink.bottom > box.bottom + 1.5;
    const wide = document.documentElement.scrollWidth;
    if (wide > width) found.push(`the page is ${wide} wide`);  // a phone's innerWidth would grow along
    for (const ex of document.querySelectorAll(".ex")) {
        const boxes = [...ex.querySelectorAll("*")].filter((e) => !e.closest("svg, .ex-hidden, .ex-live"));
        for (const box of boxes.filter(seen)) {
            const scrolls = ["auto", "scroll"].includes(getComputedStyle(box).overflowX);
            const [inside, outside] = [box.scrollWidth, box.clientWidth];
            if (scrolls && inside > outside) found.push(`${box.className}: ${inside} in ${outside}`);
        }
        for (const row of ex.querySelectorAll("tr")) {
            const cells = [...row.children].filter(seen).map((cell) => [cell, inks(cell)]);
            cells.forEach(([one, ours], i) => {
                for (const [other, theirs] of cells.slice(i + 1)) {
                    const both = ours.some((a) => theirs.some((b) => meet(a, b)));
                    if (both) found.push(`${words(one)} meets ${words(other)}`);
                }
            });
        }
        for (const head of [...ex.querySelectorAll("th")].filter(seen)) {
            const within = [shape(head), shape(head.closest(".ex-table"))];
            const cut = inks(head).some((ink) => within.some((box) => leaves(ink, box)));
            if (cut) found.push(`cut off: ${words(head)}`);
        }
        for (const range of [...ex.querySelectorAll("input[type=range]")].filter(seen)) {
            const long = shape(range).width;
            if (long < 140) found.push(`${long} pixels: ${range.getAttribute("aria-label")}`);
        }
    }
    return [...new Set(found)];
}"""


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


def assert_in_place(page, widths):
    """Nothing scrolls sideways, names and numbers of a table do not meet, sliders are long enough to set."""
    assert page.locator(".ex-sign:visible").count() == 0  # no goal is met before something has been done
    assert page.locator(".ex table").count() > 0 and page.locator(".ex input[type=range]").count() > 0
    found = {}
    for width in widths:
        page.set_viewport_size({"width": width, "height": 900})
        page.wait_for_timeout(150)
        settle(page)
        found[width] = page.evaluate(LAYOUT, width)
    assert not any(found.values()), found


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
