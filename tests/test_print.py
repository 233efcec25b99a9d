"""The book's PDF, made of a book of three small pages."""

import pytest
from pypdf import PdfReader
from tools.print_book import print_book

from tests.browser import CHROMIUM, chromium

PAGE = """<!doctype html><nav class="bd-links"><a class="internal" href="index.html">Start</a>
<p class="caption">First part</p><a class="internal" href="one.html">1. One</a>
<a class="internal" href="two.html">2. Two</a></nav><main>{}</main>"""
PAGES = {
    "index": '<a href="two.html#end">to the end</a> <a href="gone.html">to nowhere</a>',
    "one": '<a href="#place">down</a><p style="break-before: page">More</p><h2 id="place">Place one</h2>'
    '<a href="https://example.org/">out</a>',
    "two": '<a href="#place">down</a><h2 id="place">Place two</h2>'
    '<p style="break-before: page" id="end">End</p><a href="#end">here</a>'
    '<div class="solution">The answer</div><script>document.body.remove()</script>',
}


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    if not CHROMIUM:
        with chromium():
            pass  # it says why the test is skipped, or fails in CI
    folder = tmp_path_factory.mktemp("html")
    (folder / "book").mkdir()
    for name, text in PAGES.items():
        (folder / f"book/{name}.html").write_text(PAGE.format(text))
    return folder


@pytest.fixture(scope="module")
def book(folder):
    print_book(folder, folder / "book.pdf", "A title", "An author")
    return PdfReader(folder / "book.pdf")


def targets(book, number):
    """Where the links of a page lead: to pages of the book, or to addresses."""
    links = [link.get_object() for link in book.pages[number].get("/Annots", ())]
    pages = [page.indirect_reference for page in book.pages]
    return [
        pages.index(link.raw_get("/Dest")[0]) if "/Dest" in link else link["/A"]["/URI"] for link in links
    ]


def test_pages_follow_the_contents_and_are_numbered(book):
    texts = [page.extract_text() for page in book.pages]
    assert len(texts) == 6  # contents, start, one (two pages), two (two pages)
    for number, (text, words) in enumerate(
        zip(texts, ["A title", "to the end", "down", "Place one", "Place two", "End"], strict=True), start=1
    ):
        assert words in text
        assert text.split()[-1] == str(number)
    assert ["1. One 3", "2. Two 5"] == [
        " ".join(line.split()) for line in texts[0].splitlines() if line[0] in "12"
    ][:2]


def test_outline_has_parts_and_chapters(book):
    start, part, chapters = book.outline
    assert (start.title, part.title) == ("Start", "First part")
    assert [(c.title, book.get_destination_page_number(c)) for c in chapters] == [
        ("1. One", 2),
        ("2. Two", 4),
    ]


def test_links_lead_to_the_books_own_pages(book):
    assert targets(book, 0) == [1, 2, 4]
    assert set(targets(book, 1)) == {1, 2, 4, 5}  # its sidebar and its text; the link to nowhere is gone
    assert 3 in targets(book, 2), "the place of the same name in its own chapter"
    assert targets(book, 3) == ["https://example.org/"]
    assert targets(book, 5) == [5]


def test_solutions_are_left_out_where_asked(folder, book):
    assert "The answer" in book.pages[5].extract_text()
    print_book(folder, folder / "without.pdf", "A title", "An author", solutions=False)
    without = PdfReader(folder / "without.pdf")
    assert len(without.pages) == 6
    assert "The answer" not in "".join(page.extract_text() for page in without.pages)
