"""The built pages in Chromium, with every other host out of reach; ``make book`` comes first."""

import re
from pathlib import Path

import pytest

from tests.browser import chromium, own_host_page, served

HTML = Path(__file__).parents[1] / "_build" / "html"
PAGES = sorted(str(page.relative_to(HTML)) for page in HTML.rglob("*.html") if "_static" not in page.parts)

PROSE = """main => {
    const copy = main.cloneNode(true);
    copy.querySelectorAll("pre, code, script, .katex").forEach(element => element.remove());
    return copy.textContent;
}"""


@pytest.fixture(scope="module")
def site():
    with served(HTML) as address:
        yield address


@pytest.fixture(scope="module")
def browser():
    with chromium() as browser:
        yield browser


@pytest.fixture
def phone(browser, site):
    """A page 390 pixels wide that reaches its own host only, and the list of what went wrong on it."""
    with own_host_page(browser, site, viewport={"width": 390, "height": 844}) as page_and_faults:
        yield page_and_faults


def test_the_book_is_built():
    assert "book/index.html" in PAGES


@pytest.mark.parametrize("path", PAGES)
def test_page_is_whole(phone, site, path):
    page, faults = phone
    page.goto(site + path, wait_until="networkidle")
    assert faults == []

    formulas = page.locator(".math").count()
    typeset = page.locator(".math:has(.katex-html *):has(math *)").count()
    assert typeset == formulas, f"{formulas - typeset} formulas are not typeset"
    assert page.locator(".katex-error, merror").all_inner_texts() == []

    prose = page.locator("main").evaluate(PROSE)
    assert not re.search(r"\$\$|:::|\{[a-z:]+\}`", prose), "markup stands on the page as text"

    images = page.locator("main img")
    assert images.evaluate_all("all => all.filter(i => !i.alt || !i.naturalWidth).map(i => i.src)") == []

    width = page.evaluate("document.documentElement.scrollWidth")
    assert width <= 390, f"the page is {width} pixels wide on a phone"
