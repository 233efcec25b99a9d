"""Chromium for the tests that look at pages: no other host can be reached, and what goes wrong is noted."""

import gzip
import os
import shutil
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache, partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, Request, Response, Route, sync_playwright

CHROMIUM = os.environ.get("CHROMIUM") or shutil.which("chromium") or shutil.which("google-chrome")
AXE = Path(__file__).parents[1] / "book/assets/node_modules/axe-core/axe.min.js"
ARGUMENTS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]


class QuietHandler(SimpleHTTPRequestHandler):
    """Serves files and says nothing."""

    def log_message(self, format: str, *args: Any) -> None:
        pass


class ZippingHandler(QuietHandler):
    """Serves files gzipped, as a web host does."""

    def do_GET(self) -> None:
        path = Path(self.translate_path(self.path))
        if not path.is_file():
            return super().do_GET()
        body = gzip.compress(path.read_bytes())
        self.send_response(200)
        self.send_header("Content-Type", self.guess_type(str(path)))
        self.send_header("Content-Encoding", "gzip")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)


@contextmanager
def served(folder: Path, handler: type[QuietHandler] = QuietHandler) -> Iterator[str]:
    """The address at which a folder is served."""
    with ThreadingHTTPServer(("127.0.0.1", 0), partial(handler, directory=folder)) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}/"
        server.shutdown()


@contextmanager
def chromium() -> Iterator[Browser]:
    """A browser; without Chromium the test is skipped, and fails where CI is set."""
    if not CHROMIUM:
        missing = pytest.fail if os.environ.get("CI") else pytest.skip
        missing("no Chromium: none on PATH, and the variable CHROMIUM names none")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=ARGUMENTS)
        yield browser
        browser.close()


def wait_for(page: Page, expression: str, arg: Any = None, timeout: float = 30_000) -> None:
    """Wait until a script says yes. Playwright's own way needs eval in the page, which its policy refuses."""
    end = time.monotonic() + timeout / 1000
    while not page.evaluate(expression, arg):
        assert time.monotonic() < end, f"not true within {timeout / 1000:.0f} seconds: {expression}"
        page.wait_for_timeout(20)


def broken_off(request: Request) -> bool:
    """Whether a request failed since its page has been left."""
    return request.failure == "net::ERR_ABORTED"


@contextmanager
def own_host_page(browser: Browser, site: str, **options: Any) -> Iterator[tuple[Page, list[str]]]:
    """A page that reaches its own host only, and the list of what went wrong on it."""
    context: BrowserContext = browser.new_context(**options)
    page, faults = context.new_page(), []

    def own_host_only(route: Route) -> None:
        if route.request.url.startswith(site):
            route.continue_()
        else:
            faults.append(f"request to another host: {route.request.url}")
            route.abort()

    page.wait_for_function = partial(wait_for, page)
    context.route("**/*", own_host_only)
    page.on("requestfailed", lambda request: broken_off(request) or faults.append(f"failed: {request.url}"))
    page.on("response", lambda r: r.status >= 400 and faults.append(f"status {r.status}: {r.url}"))
    page.on("console", lambda message: message.type == "error" and faults.append(message.text))
    page.on("pageerror", lambda error: faults.append(str(error)))
    yield page, faults
    context.close()


# Contrast takes most of axe-core's time, and is never a fault where an element has no text of its own, or
# one character of it, as most of a formula's: these are marked and spared. What is in a shadow tree has no
# marks, and is looked at.
SPARE = """() => {
    const fields = ["INPUT", "SELECT", "TEXTAREA"];
    const text = ({ nodeName, nodeValue }) => ({ "#text": nodeValue, BR: " " })[nodeName] ?? "";
    const own = (element) => [...element.childNodes].map(text).join("").trim();
    for (const element of document.querySelectorAll("*")) {
        element.toggleAttribute("data-spared", !fields.includes(element.nodeName) && own(element).length < 2);
    }
    axe.configure({ rules: [{ id: "color-contrast", selector: ":not([data-spared])" }] });
}"""


def axe_violations(page: Page) -> list[tuple[str, str, str]]:
    """What axe-core finds on a whole page: its rule, the element and how to mend it."""
    page.evaluate(AXE.read_text("utf-8"))  # as a script of the page, its policy would refuse it
    page.evaluate(SPARE)
    # It would work out a selector for each element that it looks at.
    found = page.evaluate("axe.run(document, { resultTypes: ['violations'], selectors: false })")
    return [
        (v["id"], node["html"], node["failureSummary"]) for v in found["violations"] for node in v["nodes"]
    ]


def scroll_through(page: Page) -> None:
    """Scroll down to a page's end, and wait until what comes into view has come."""
    for _ in range(page.evaluate("Math.ceil(document.documentElement.scrollHeight / innerHeight)")):
        page.mouse.wheel(0, 900)
        page.wait_for_timeout(20)
    page.wait_for_load_state("networkidle")
    page.wait_for_timeout(500)


def weights(site: str, responses: list[Response]) -> dict[str, int]:
    """The bytes of each file that has come, gzipped where that makes it smaller."""
    return {r.url.removeprefix(site).split("?")[0]: bytes_sent(r.body()) for r in responses}


@cache  # many pages load the same files
def bytes_sent(body: bytes) -> int:
    return min(len(gzip.compress(body, 9)), len(body))


def weigh(browser: Browser, site: str, path: str) -> dict[str, int]:
    """What each file weighs that a page loads down to its end."""
    with own_host_page(browser, site, viewport={"width": 1280, "height": 900}) as (page, faults):
        responses = []
        page.on("response", lambda response: responses.append(response))
        page.goto(site + path, wait_until="networkidle")
        scroll_through(page)
        assert faults == [], faults
        return weights(site, responses)
