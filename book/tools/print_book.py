"""Print the built book into one PDF: `python -m tools.print_book [--without-solutions]`.

Chromium prints the pages in the order of the contents, without their scripts, so that interactive figures
are the pictures that stand for them. The parts are put together here: contents with page numbers, outline,
links that stay in the book, a number at the foot of each page.
"""

import argparse
import html
import io
import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from playwright.sync_api import BrowserContext, Route, sync_playwright
from pypdf import PdfReader, PdfWriter
from tools.bound_pages import bind, number_pages

BUILD = Path(__file__).parents[2] / "_build"
SITE = "http://book.invalid/"  # answered from the folder of the built book
PAPER = {
    "format": "A4",
    "print_background": True,
    "scale": 0.8,  # so that a line of 79 characters of code fits
    "margin": {"top": "18mm", "bottom": "20mm", "left": "17mm", "right": "17mm"},
}
ENTRIES = """() => [...document.querySelectorAll("nav.bd-links p.caption, nav.bd-links a.internal")].map(
    (element) => ({ title: element.textContent.trim(), address: element.href?.split("#")[0] ?? "" }))"""
CONTENTS = """body { font: 11pt/1.5 sans-serif; } h1 { font-size: 28pt; margin: 12mm 0 2mm; }
    ul { list-style: none; padding: 0; margin-top: 12mm; } a { color: inherit; text-decoration: none; }
    li { display: flex; gap: 2mm; break-inside: avoid; }
    i { flex: 1; border-bottom: 1px dotted; margin: 1mm; }
    .part { font-weight: bold; margin-top: 5mm; break-after: avoid; }"""
LEAVE_OUT = "document.querySelectorAll('.solution').forEach((solution) => solution.remove())"


@dataclass
class Entry:
    """A line of the contents: a page of the book, or a part, which has no address."""

    title: str
    address: str
    first: int = 0


@contextmanager
def printer(folder: Path) -> Iterator[BrowserContext]:
    """A browser without scripts that finds the book's files at SITE and reaches nothing else."""
    chromium = os.environ.get("CHROMIUM") or shutil.which("chromium") or shutil.which("google-chrome")
    if not chromium:
        raise SystemExit("No Chromium to print with: none on PATH, and the variable CHROMIUM names none.")

    def answer(route: Route) -> None:
        path = folder / route.request.url.removeprefix(SITE).partition("?")[0].partition("#")[0]
        if route.request.url.startswith(SITE) and path.is_file():
            route.fulfill(path=path)
        else:
            route.abort()

    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium, args=["--no-sandbox", "--disable-gpu"])
        context = browser.new_context(java_script_enabled=False, color_scheme="light")
        context.route("**/*", answer)
        yield context
        browser.close()


def printed(context: BrowserContext, address: str, solutions: bool) -> PdfReader:
    """One page of the book on paper."""
    page = context.new_page()
    page.goto(address, wait_until="load")
    page.evaluate("document.documentElement.dataset.theme = 'light'")  # as the theme's script would
    if not solutions:
        page.evaluate(LEAVE_OUT)
    data = page.pdf(**PAPER)
    page.close()
    return PdfReader(io.BytesIO(data))


def entries(context: BrowserContext) -> list[Entry]:
    """The contents as the first page's sidebar has them, that page first."""
    page = context.new_page()
    page.goto(f"{SITE}book/index.html")
    found = [Entry(**entry) for entry in page.evaluate(ENTRIES)]
    page.close()
    if not any(entry.address for entry in found):
        raise SystemExit("The first page of the built book has no contents in its sidebar: run `make book`.")
    return found


def contents(context: BrowserContext, title: str, author: str, lines: list[Entry]) -> PdfReader:
    """The first pages: what the book is called, who wrote it, and where to find what."""
    rows = "".join(
        f'<li><a href="{html.escape(line.address)}">{html.escape(line.title)}</a><i></i>{line.first + 1}</li>'
        if line.address
        else f'<li class="part">{html.escape(line.title)}</li>'
        for line in lines
    )
    page = context.new_page()
    page.set_content(
        f"<!doctype html><style>{CONTENTS}</style><title>{html.escape(title)}</title>"
        f"<h1>{html.escape(title)}</h1><p>{html.escape(author)}</p><ul>{rows}</ul>"
    )
    data = page.pdf(**PAPER)
    page.close()
    return PdfReader(io.BytesIO(data))


def numbers(context: BrowserContext, count: int) -> PdfReader:
    """As many empty pages, each with its number at its foot."""
    feet = "".join(f"<div><span>{number}</span></div>" for number in range(1, count + 1))
    page = context.new_page()
    page.set_content(
        """<!doctype html><style>@page { size: A4; margin: 0; } body { margin: 0; }
        div { height: 297mm; position: relative; break-after: page; overflow: hidden; }
        div:last-child { break-after: avoid; }
        span { position: absolute; bottom: 9mm; width: 100%; text-align: center; font: 9pt sans-serif; }
        </style>"""
        + feet
    )
    data = page.pdf(prefer_css_page_size=True)
    page.close()
    return PdfReader(io.BytesIO(data))


def print_book(folder: Path, target: Path, title: str, author: str, *, solutions: bool = True) -> int:
    """Print the book that stands in a folder, and return the number of its pages."""
    with printer(folder) as context:
        lines = entries(context)
        chapters = {line.address: printed(context, line.address, solutions) for line in lines if line.address}
        first = len(contents(context, title, author, lines).pages)
        for line in lines:
            if line.address:
                line.first = first
                first += len(chapters[line.address].pages)
        writer = PdfWriter()
        bind(writer, contents(context, title, author, lines), chapters, lines, SITE)
        number_pages(writer, numbers(context, len(writer.pages)))
    writer.add_metadata({"/Title": title, "/Author": author})
    partial = target.with_suffix(".partial")
    writer.write(partial)
    partial.replace(target)
    return len(writer.pages)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--without-solutions", action="store_true", help="leave the exercises' solutions out")
    solutions = not parser.parse_args().without_solutions
    target = BUILD / "adamlearn.pdf"
    count = print_book(
        BUILD / "html", target, "The Adam family", "The adamlearn authors", solutions=solutions
    )
    print(f"The book's {count} pages are in {target}.")


if __name__ == "__main__":
    main()
