"""The built pages in Chromium, with every other host out of reach; ``make book`` comes first."""

import os
import re
import shutil
import threading
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest
from playwright.sync_api import sync_playwright

HTML = Path(__file__).parents[1] / "_build" / "html"
PAGES = sorted(str(page.relative_to(HTML)) for page in HTML.rglob("*.html") if "_static" not in page.parts)
CHROMIUM = os.environ.get("CHROMIUM") or shutil.which("chromium") or shutil.which("google-chrome")
ARGUMENTS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]

PROSE = """main => {
    const copy = main.cloneNode(true);
    copy.querySelectorAll("pre, code, script, mjx-container").forEach(element => element.remove());
    return copy.textContent;
}"""


class QuietHandler(SimpleHTTPRequestHandler):
    def log_message(self, format, *args):
        pass


@pytest.fixture(scope="module")
def site():
    with ThreadingHTTPServer(("127.0.0.1", 0), partial(QuietHandler, directory=HTML)) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}/"
        server.shutdown()


@pytest.fixture(scope="module")
def browser():
    if not CHROMIUM:
        missing = pytest.fail if os.environ.get("CI") else pytest.skip
        missing("no Chromium: none on PATH, and the variable CHROMIUM names none")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=ARGUMENTS)
        yield browser
        browser.close()


@pytest.fixture
def phone(browser, site):
    """A page 390 pixels wide that reaches its own host only, and the list of what went wrong on it."""
    context = browser.new_context(viewport={"width": 390, "height": 844})
    page, faults = context.new_page(), []

    def own_host_only(route):
        if route.request.url.startswith(site):
            route.continue_()
        else:
            faults.append(f"request to another host: {route.request.url}")
            route.abort()

    context.route("**/*", own_host_only)
    page.on("requestfailed", lambda request: faults.append(f"failed: {request.url}"))
    page.on("response", lambda r: r.status >= 400 and faults.append(f"status {r.status}: {r.url}"))
    page.on("console", lambda message: message.type == "error" and faults.append(message.text))
    page.on("pageerror", lambda error: faults.append(str(error)))
    yield page, faults
    context.close()


def test_the_book_is_built():
    assert "book/index.html" in PAGES


@pytest.mark.parametrize("path", PAGES)
def test_page_is_whole(phone, site, path):
    page, faults = phone
    page.goto(site + path, wait_until="networkidle")
    page.wait_for_function("!window.MathJax || MathJax.startup?.promise?.then(() => true)")
    assert faults == []

    formulas = page.locator(".math").count()
    typeset = page.locator(".math:has(mjx-container)").count()
    assert typeset == formulas, f"{formulas - typeset} formulas are not typeset"
    assert page.locator("mjx-merror").all_inner_texts() == []

    prose = page.locator("main").evaluate(PROSE)
    assert not re.search(r"\$\$|:::|\{[a-z:]+\}`", prose), "markup stands on the page as text"

    images = page.locator("main img")
    assert images.evaluate_all("all => all.filter(i => !i.alt || !i.naturalWidth).map(i => i.src)") == []

    width = page.evaluate("document.documentElement.scrollWidth")
    assert width <= 390, f"the page is {width} pixels wide on a phone"
