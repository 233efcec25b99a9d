"""The built pages' policy in Chromium: what it refuses; ``make book`` comes first."""

from pathlib import Path

import pytest
from _ext.policy import META, pages_of

from tests.browser import served

HTML = Path(__file__).parents[1] / "_build" / "html"
# Ways in which a page may reach another host or run what is not its own; each says what became of it.
TRIED = {
    "fetch": "fetch(other).then(() => 'reached', () => 'not reached')",
    "image": """new Promise((resolve) => {
        const image = new Image();
        image.onload = () => resolve('reached');
        image.onerror = () => resolve('not reached');
        image.src = other;
    })""",
    "script": """new Promise((resolve) => {
        const script = document.createElement('script');
        script.onload = () => resolve('reached');
        script.onerror = () => resolve('not reached');
        script.src = other;
        document.head.append(script);
    })""",
    "inline": """new Promise((resolve) => {
        const script = document.createElement('script');
        script.textContent = 'document.body.dataset.ran = ""';
        document.head.append(script);
        resolve('ran' in document.body.dataset ? 'reached' : 'not reached');
    })""",
}
OTHER = "http://other.example/"
ANSWERS = {  # of the other host, which lets every page read them
    "fetch": ("text/plain", "words"),
    "image": ("image/svg+xml", '<svg xmlns="http://www.w3.org/2000/svg" width="1" height="1"/>'),
    "script": ("text/javascript", ""),
}


def answer(route):
    kind, body = ANSWERS[route.request.url.removeprefix(OTHER)]
    route.fulfill(content_type=kind, body=body, headers={"Access-Control-Allow-Origin": "*"})


def reaches(browser, page_file, way):
    """Whether a page, served as a site, gets what it tries to get."""
    with served(page_file.parent) as site:
        page = browser.new_page()
        page.route(f"{OTHER}*", answer)
        page.goto(site + page_file.name)
        result = page.evaluate(f"(other) => {TRIED[way]}", OTHER + way)
        page.close()
    return result == "reached"


@pytest.fixture(scope="module")
def without_policy(tmp_path_factory):
    page = tmp_path_factory.mktemp("site") / "faq.html"
    page.write_text(META.sub("", (HTML / "book/faq.html").read_text("utf-8")), "utf-8")
    return page


@pytest.mark.parametrize("way", TRIED)
def test_a_page_reaches_no_other_host(browser, way, without_policy):
    assert reaches(browser, without_policy, way), "without the policy it should, or this tests nothing"
    assert not reaches(browser, HTML / "book/faq.html", way)


def test_each_page_has_its_policy():
    pages = [page for page in pages_of(HTML) if "<body" in page.read_text("utf-8")]
    assert len(pages) > 20
    assert [page for page in pages if not META.search(page.read_text("utf-8"))] == []
