"""Previews of what links lead to, on the built pages in Chromium; ``make book`` comes first."""

from pathlib import Path

import pytest

from tests.browser import axe_violations, own_host_page, served

HTML = Path(__file__).parents[1] / "_build" / "html"
PAGE = "book/01-adam-steps.html"
LINKS = {  # what leads to each kind of thing, and what its preview has of it
    "citation": ("a.reference.internal[href*='bibliography.html#']", "p"),
    "figure": ("a.reference.internal[href^='#fig-']", "figcaption"),
    "equation": ("a.reference.internal[href^='#equation']", ".eqno"),
    "theorem": ("a.reference.internal[href='#adam-longest']", ".admonition-title"),
    "word": ("a.reference.internal[href*='glossary.html#term']", "dt"),
}


@pytest.fixture(scope="module")
def site():
    with served(HTML.parent) as address:
        yield f"{address}{HTML.name}/"


@pytest.fixture
def page(browser, site):
    with own_host_page(browser, site, viewport={"width": 1280, "height": 800}) as (page, faults):
        page.goto(site + PAGE)
        page.wait_for_load_state("networkidle")
        yield page
        assert faults == []


def hover(page, kind):
    # some stand in folded proofs
    link = page.locator(f"article {LINKS[kind][0]}").locator("visible=true").first
    preview = page.locator("#preview")
    page.mouse.move(2, 2)
    preview.wait_for(state="hidden")  # that of another link
    link.scroll_into_view_if_needed()
    page.evaluate("new Promise((drawn) => requestAnimationFrame(() => requestAnimationFrame(drawn)))")
    link.hover()  # at rest: what moves under the pointer would close the preview
    preview.wait_for()
    return link, preview


@pytest.mark.parametrize("kind", LINKS)
def test_a_link_shows_what_it_leads_to(page, kind):
    link, preview = hover(page, kind)
    address = link.evaluate("(link) => link.href")
    shown = preview.locator(LINKS[kind][1]).first.text_content()
    page.goto(address)
    target = page.evaluate("document.getElementById(decodeURIComponent(location.hash.slice(1))).textContent")
    assert shown.strip() and "".join(shown.split())[:40] in "".join(target.split())


def test_a_section_s_link_shows_nothing(page):
    link = page.locator("article a.reference.internal[href$='#chapter-adam']").first
    link.scroll_into_view_if_needed()
    link.hover()
    page.wait_for_timeout(800)
    assert not page.locator("#preview").is_visible()


def test_the_pointer_may_go_over_to_the_preview_and_closes_it_by_leaving(page):
    link, preview = hover(page, "theorem")
    box, anchor = preview.bounding_box(), link.bounding_box()
    assert box["y"] >= anchor["y"] + anchor["height"] - 1 or box["y"] + box["height"] <= anchor["y"] + 1
    page.mouse.move(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2, steps=4)
    page.wait_for_timeout(600)
    assert preview.is_visible()
    page.mouse.move(2, 2)
    preview.wait_for(state="hidden")


def test_escape_closes_it(page):
    link, preview = hover(page, "citation")
    page.keyboard.press("Escape")
    assert not preview.is_visible()
    assert link.get_attribute("aria-describedby") is None


def test_the_keyboard_opens_it(page):
    link = page.locator(f"article {LINKS['figure'][0]}").first
    link.evaluate("""(link) => {
        const stops = [...document.querySelectorAll("article :is(a, button, summary, input)")];
        stops[stops.indexOf(link) - 1].focus();
    }""")
    while not link.evaluate("(link) => link === document.activeElement"):
        page.keyboard.press("Tab")
    page.locator("#preview").wait_for()
    assert link.get_attribute("aria-describedby") == "preview"
    page.keyboard.press("Escape")
    assert not page.locator("#preview").is_visible()
    assert link.evaluate("(link) => link === document.activeElement")


def test_a_finger_follows_the_link(browser, site):
    options = {"viewport": {"width": 390, "height": 844}, "has_touch": True}
    with own_host_page(browser, site, **options) as (page, faults):
        page.goto(site + PAGE, wait_until="networkidle")
        page.evaluate("addEventListener('toggle', ({ newState }) => (window.opened = newState), true)")
        link = page.locator(f"article {LINKS['figure'][0]}").first
        link.tap()
        page.wait_for_url("**#fig-*")
        page.wait_for_timeout(800)
        assert page.evaluate("window.opened") is None
        assert faults == []


@pytest.mark.parametrize(("width", "scheme"), [(390, "light"), (1280, "dark")])
def test_an_open_preview_is_accessible_and_fits(browser, site, width, scheme):
    with own_host_page(browser, site, viewport={"width": width, "height": 844}, color_scheme=scheme) as (
        page,
        _,
    ):
        page.goto(site + PAGE, wait_until="networkidle")
        for kind in ("theorem", "figure", "equation"):
            _, preview = hover(page, kind)
            box = preview.bounding_box()
            assert box["x"] >= 0 and box["x"] + box["width"] <= width
            assert box["y"] >= 0 and box["y"] + box["height"] <= 844
        assert axe_violations(page) == []


def test_without_a_server_a_page_shows_what_it_has_itself(browser):
    page = browser.new_page()
    page.goto((HTML / PAGE).as_uri())
    hover(page, "theorem")
    page.close()
