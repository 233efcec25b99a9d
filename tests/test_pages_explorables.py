"""The explorables in the built book, under a path prefix; ``make book`` comes first.

That they are drawn, and what they weigh, is seen where each page is looked at: in test_pages.
"""

from pathlib import Path

import pytest

from tests.browser import own_host_page, served

HTML = Path(__file__).parents[1] / "_build" / "html"
DOCUMENTS = sorted(page for page in HTML.rglob("*.html") if "_static" not in page.parts)
EXPLORABLE = [
    str(page.relative_to(HTML)) for page in DOCUMENTS if "data-explorable=" in page.read_text("utf-8")
]


@pytest.fixture(scope="module")
def site():
    with served(HTML.parent) as address:
        yield address + "html/"


def test_the_playground_is_there():
    assert "book/playground.html" in EXPLORABLE
    assert len(EXPLORABLE) > 10


@pytest.mark.parametrize("path", EXPLORABLE)
def test_pictures_and_words_without_a_script(browser, site, path):
    with own_host_page(browser, site, java_script_enabled=False) as (page, _):
        page.goto(site + path)
        explorables = page.locator(".explorable")
        for i in range(explorables.count()):
            picture = explorables.nth(i).locator("img")
            assert picture.is_visible() and picture.get_attribute("alt")
            assert picture.bounding_box()["width"] > 300
            assert explorables.nth(i).locator("pre").inner_text()


def test_other_pages_pay_nothing(browser, site):
    others = [page for page in DOCUMENTS if str(page.relative_to(HTML)) not in EXPLORABLE]
    assert others
    for page in others:
        assert "_static/explorables" not in page.read_text("utf-8")


def test_a_link_opens_its_figure(browser, site):
    """The fragment is the figure's name and a setting; the page goes there."""
    with own_host_page(browser, site, viewport={"width": 1280, "height": 800}) as (page, faults):
        page.goto(site + "book/playground.html", wait_until="networkidle")
        name = page.locator(".explorable").nth(1).get_attribute("id")
        page.goto("about:blank")
        page.goto(site + f"book/playground.html#{name}?steps=40&Adam.beta1=0.5")
        page.wait_for_selector(f"#{name}[data-ready]")
        page.wait_for_function("scrollY > 100")
        assert page.evaluate(f"document.getElementById('{name}').model.get('steps')") == 40
        assert faults == []
