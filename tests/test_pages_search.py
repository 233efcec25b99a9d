"""The search of the built book in Chromium, under a path prefix; ``make book`` comes first."""

from pathlib import Path

import pytest

from tests.browser import axe_violations, own_host_page, served

HTML = Path(__file__).parents[1] / "_build" / "html"
PAGE = "book/05-training.html"


@pytest.fixture(scope="module")
def site():
    with served(HTML.parent) as address:
        yield f"{address}{HTML.name}/"


def ask(page, query):
    """Type a query into the dialog, and return what was found: titles, addresses, texts."""
    if not page.locator("#pst-search-dialog").is_visible():
        page.keyboard.press("Control+k")
    status = page.locator(".search-results [role=status]")
    page.locator("#pst-search-dialog input").fill("")
    page.wait_for_function("document.querySelector('.search-results [role=status]').textContent === ''")
    page.keyboard.insert_text(query)
    status.filter(has_text="book").wait_for()
    return page.locator(".search-results li a").evaluate_all(
        """all => all.map((link) => {
            const [title, , text] = [...link.children].map(({ textContent }) => textContent);
            return { title, text, url: link.href };
        })"""
    )


@pytest.fixture(scope="module")
def searching(browser, site):
    with own_host_page(browser, site, viewport={"width": 1280, "height": 900}) as (page, faults):
        page.goto(site + PAGE, wait_until="networkidle")
        yield page
        assert faults == []


@pytest.mark.parametrize(
    ("query", "words"),
    [
        ("epsilon", "epsilon"),
        ("bias correction", "bias correction"),
        ("warm-up", "warm-up"),
        ("β2", "beta2"),
        ("why does the loss spike", "Why does the loss spike?"),
    ],
)
def test_a_question_or_a_section_comes_first(browser, site, searching, query, words):
    found = ask(searching, query)[:3]
    print(query, *(f"{place['title']}: {place['url']}" for place in found), sep="\n  ")
    assert words in found[0]["title"] and found[0]["title"].endswith("?")
    page = browser.new_page()
    for place in found:
        page.goto(place["url"])
        name = page.evaluate("decodeURIComponent(location.hash.slice(1))")
        assert page.url.startswith(site)
        assert not name or page.evaluate("(name) => Boolean(document.getElementById(name))", name)
    page.close()


@pytest.mark.parametrize(
    ("typed", "meant"), [("β2", "beta2"), ("β₂", "beta2"), ("ε", "epsilon"), ("λ", "lambda")]
)
def test_a_symbol_finds_what_its_name_finds(searching, typed, meant):
    assert ask(searching, typed) == ask(searching, meant) != []


def test_a_word_too_many_does_not_empty_the_list(searching):
    assert ask(searching, "why does my loss spike zzyzx")[0]["title"] == "Why does the loss spike?"


@pytest.mark.parametrize("query", ["adam", "beta2", "theorem", "gradient"])
def test_excerpts_are_readable(searching, query):
    """No TeX, no formula twice, no code: the words of the text, and symbols by their names."""
    for place in ask(searching, query):
        assert not set(place["text"]) & set("\\{}\u200b\u2061βϵεηθ"), place


def test_the_keyboard_goes_through_the_results(browser, site):
    with own_host_page(browser, site) as (page, faults):
        page.goto(site + PAGE, wait_until="networkidle")
        found = ask(page, "epsilon")
        page.keyboard.press("ArrowDown")
        page.keyboard.press("ArrowDown")
        assert page.evaluate("document.activeElement.href") == found[1]["url"]
        page.keyboard.press("ArrowUp")
        page.keyboard.press("ArrowUp")
        assert page.evaluate("document.activeElement.type") == "search"
        page.keyboard.press("Enter")
        page.wait_for_url(found[0]["url"])
        page.keyboard.press("Control+k")
        page.keyboard.press("Escape")
        assert not page.locator("#pst-search-dialog").is_visible()
        assert faults == []


@pytest.mark.parametrize(("width", "scheme"), [(390, "light"), (1280, "dark")])
def test_results_are_accessible_and_fit(browser, site, width, scheme):
    with own_host_page(browser, site, viewport={"width": width, "height": 844}, color_scheme=scheme) as (
        page,
        faults,
    ):
        page.goto(site + PAGE, wait_until="networkidle")
        assert len(ask(page, "epsilon")) == 10
        box = page.locator(".search-results").bounding_box()
        assert box["x"] >= 0 and box["x"] + box["width"] <= width and box["y"] + box["height"] <= 844
        page.locator(".search-results li a").last.focus()
        assert page.locator(".search-results li a").last.bounding_box()["y"] < 844
        assert axe_violations(page) == []
        assert faults == []


def test_the_theme_s_page_searches_where_no_module_can_be_loaded(browser):
    page = browser.new_page()
    page.goto((HTML / PAGE).as_uri())
    page.keyboard.press("Control+k")
    page.keyboard.insert_text("warm-up")
    page.keyboard.press("Enter")
    page.wait_for_url("**/search.html?q=warm-up")
    page.locator("#search-results li a").first.wait_for()
    page.close()
