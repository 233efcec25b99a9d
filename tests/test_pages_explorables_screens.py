"""The built book's explorables on screens and on a phone; ``make book`` comes first."""

import io

import numpy as np
import pytest
from matplotlib.image import imread

from tests.browser import own_host_page, served
from tests.explorable_pages import ADAM, DESK, MAP, PHONE, PLAYGROUND, READY, TRACE, settle
from tests.test_pages_explorables import HTML

ROSENBROCK = "book/08-comparison-rosenbrock"
CORRECTION = "#fig-adam-explore-correction-explorable"


@pytest.fixture(scope="module")
def site():
    with served(HTML.parent) as address:
        yield address + "html/"


# On a phone


@pytest.mark.parametrize(
    ("path", "figure", "part", "line"),
    [
        (PLAYGROUND, MAP, ".ex-map", ".ex-paths .ex-stroke"),
        (ROSENBROCK, ".explorable", ".ex-map", ".ex-paths .ex-stroke"),
        (PLAYGROUND, TRACE, ".ex-pinned", ".ex-pinned .ex-stroke"),
        (ADAM, CORRECTION, ".ex-pinned", ".ex-pinned .ex-stroke"),
        (ADAM, "#fig-adam-explore-anatomy-explorable", ".ex-pinned", ".ex-pinned .ex-bar"),
    ],
)
def test_what_changes_stays_in_view_on_a_phone(open_page, path, figure, part, line):
    """The slider that is farthest below, moved by a finger, is not covered, and what it changes is seen."""
    page = open_page(path, reduced_motion="reduce", **PHONE)
    slider = page.locator(f"{figure} .ex-controls .ex-slider input[type=range]:visible").last
    slider.scroll_into_view_if_needed()
    page.evaluate("y => scrollBy(0, y - 700)", slider.bounding_box()["y"])
    page.wait_for_timeout(100)

    def drawn():
        return page.locator(f"{figure} {line}").evaluate_all("all => all.map((line) => line.outerHTML)")

    def box_of(selector):
        return page.locator(f"{figure} {selector}").first.bounding_box()

    start, changing = slider.bounding_box(), box_of(part)
    far = page.locator(f"{figure} {part}").evaluate("e => e.closest('.ex-body').getBoundingClientRect().y")
    assert far < 0  # it would be out of view, if it did not stay
    before = drawn()
    page.touchscreen.tap(start["x"] + 0.3 * start["width"], start["y"] + start["height"] / 2)
    settle(page)
    after = box_of(part)
    assert before != drawn()
    assert after["y"] == pytest.approx(changing["y"], abs=1)
    assert after["y"] >= 0 and after["y"] + after["height"] < start["y"] < 844 - start["height"]
    assert after["height"] > 150
    top = "([x, y]) => document.elementFromPoint(x, y).closest('.ex-map, .ex-pinned') !== null"
    assert page.evaluate(top, [after["x"] + after["width"] / 2, after["y"] + after["height"] / 2])


def thumb_of(page, slider):
    """Where the thumb is, as it is painted: its color reaches farther up and down than the track's."""
    picture = imread(io.BytesIO(slider.screenshot()))[..., :3]
    scale = picture.shape[1] / slider.bounding_box()["width"]
    middle = picture.shape[0] // 2
    accent = np.array([0x00, 0x72, 0xB2]) / 255
    rows = picture[[middle - round(5 * scale), middle + round(5 * scale)]]
    painted = np.flatnonzero((np.abs(rows - accent).max(axis=-1) < 0.1).any(axis=0))
    assert painted.size > 4
    return slider.bounding_box()["x"] + (painted.min() + painted.max() + 1) / 2 / scale


@pytest.mark.parametrize("options", [PHONE, DESK], ids=["phone", "desk"])
@pytest.mark.parametrize(("figure", "plot"), [(MAP, ".ex-losses"), (TRACE, ".ex-panel")])
def test_the_thumb_is_where_the_cursor_is(open_page, figure, plot, options):
    page = open_page(PLAYGROUND, reduced_motion="reduce", color_scheme="light", **options)
    page.add_style_tag(content=".ex-map, .ex-pinned { position: static !important }")  # not over the slider
    slider = page.locator(figure).get_by_role("slider", name="step on show", exact=True)
    cursors = page.locator(f"{figure} {plot}:not([hidden]) .ex-cursor")
    last = int(slider.get_attribute("max"))
    for step in (int(slider.get_attribute("min")), last // 3, last):
        slider.fill(str(step))
        settle(page)
        lines = cursors.evaluate_all("all => all.map((path) => path.getBoundingClientRect().x)")
        assert lines and lines == pytest.approx([thumb_of(page, slider)] * len(lines), abs=2), step


@pytest.mark.parametrize("viewport", [(390, 844), (1280, 844), (1920, 1080)])
def test_nothing_in_view_moves_when_the_figures_come(browser, site, viewport):
    """What the browser itself counts as shifts, from the time on at which the figures' script arrives.

    The page has been loaded to its top and not been scrolled.
    """
    size = dict(zip(("width", "height"), viewport, strict=True))
    with own_host_page(browser, site, viewport=size) as (page, faults):
        page.add_init_script(
            """window.shifts = [];
            const told = ({ node }) => node?.className ?? node?.parentElement?.className ?? "";
            new PerformanceObserver((list) => {
                for (const entry of list.getEntries()) shifts.push([entry.value, ...entry.sources.map(told)]);
            }).observe({ type: "layout-shift", buffered: true });"""
        )
        held = []
        page.route("**/explorable.js*", lambda route: held.append(route))
        page.goto(f"{site}{PLAYGROUND}.html")
        page.wait_for_timeout(600)  # what else moves has moved
        page.evaluate("shifts.length = 0")
        for route in held:
            route.continue_()
        page.wait_for_function(READY)
        page.wait_for_timeout(300)
        shifts = page.evaluate("shifts")
        assert held and faults == []
        assert sum(shift[0] for shift in shifts) < 0.01, shifts


@pytest.mark.parametrize("path", [PLAYGROUND, ADAM])
def test_a_file_says_why_its_pictures_stand_still(browser, path):
    page = browser.new_page()
    page.goto((HTML / f"{path}.html").as_uri())
    figures = page.locator(".explorable")
    figures.locator("img").first.wait_for()
    for i in range(figures.count()):
        assert figures.nth(i).locator("img").is_visible()
        words = figures.nth(i).get_by_text("This picture stands still")
        assert words.count() == 1 and words.is_visible()
        assert "make serve" in words.inner_text()
    page.close()
