"""What the book's extensions make of a site: with a repository and without, built once and again."""

import re
from pathlib import Path

import pytest

from tests.browser import own_host_page, served
from tests.small_site import build, set_remote, write_sources

PAGES = ("index.html", "deep/chapter.html", "deep/notes.html")
URL = "https://github.com/somebody/some-book"
SITE = "https://somebody.github.io/some-book/"
NOTEBOOK = "somebody/some-book/{}gh-pages{}notebooks/chapter.ipynb"
COLAB = "https://colab.research.google.com/github/" + NOTEBOOK.format("blob/", "/")
BINDER = "https://mybinder.org/v2/gh/" + NOTEBOOK.format("", "?urlpath=lab/tree/")


@pytest.fixture(scope="module")
def known(tmp_path_factory):
    """A site whose checkout has a remote, as its Pages serve it: under a prefix."""
    folder = tmp_path_factory.mktemp("known")
    write_sources(folder)
    set_remote(folder, "git@github.com:somebody/some-book.git")
    html = build(folder)
    (html.parent / "some-book").symlink_to(html)
    return html


@pytest.fixture(scope="module")
def unknown(tmp_path_factory):
    folder = tmp_path_factory.mktemp("unknown")
    write_sources(folder)
    return build(folder)


def links(page: Path) -> set[str]:
    return set(re.findall(r'href="([^"#]+)', page.read_text("utf-8")))


def description(page: Path) -> str:
    tags = [
        tag for tag in re.findall(r"<meta [^>]*>", page.read_text("utf-8")) if 'name="description"' in tag
    ]
    (content,) = [re.search(r'content="([^"]*)"', tag)[1] for tag in tags]
    return content


def test_buttons_of_a_known_repository(known):
    for name in PAGES:
        source = name.replace(".html", ".ipynb" if "chapter" in name else ".md")
        assert {URL, f"{URL}/edit/trunk/{source}"} <= links(known / name)
        assert any(link.startswith(f"{URL}/issues/new?") for link in links(known / name))
    assert {COLAB, BINDER, "../notebooks/chapter.ipynb"} <= links(known / "deep/chapter.html")


def test_pages_that_are_no_chapters_have_no_notebook(known):
    for name in ("index.html", "deep/notes.html", "genindex.html", "404.html"):
        found = {link for link in links(known / name) if re.search(r"colab|binder|\.ipynb", link)}
        assert found - {"deep/chapter.html"} == set()


def test_no_address_where_no_repository_is_known(unknown):
    for page in unknown.rglob("*.html"):
        text = page.read_text("utf-8")
        assert not re.search(r'colab|binder|github\.(com|io)|rel="canonical"|property="og:', text)
    assert not (unknown / "sitemap.xml").exists()
    assert "../notebooks/chapter.ipynb" in links(unknown / "deep/chapter.html")


def test_canonical_address_social_tags_and_sitemap(known):
    sitemap = (known / "sitemap.xml").read_text()
    for name in PAGES:
        text = (known / name).read_text("utf-8")
        assert f'<link rel="canonical" href="{SITE}{name}" />' in text
        assert f'<meta property="og:url" content="{SITE}{name}" />' in text
        assert f'<meta property="og:description" content="{description(known / name)}" />' in text
        assert f"<loc>{SITE}{name}</loc>" in sitemap
    assert "404" not in sitemap


def test_a_page_says_what_it_is(unknown):
    assert description(unknown / "index.html") == (
        "Its first sentence is long enough to describe it, and the second has a formula. "
        "The third is plain again."
    )
    assert description(unknown / "deep/notes.html").startswith("What these notes hold")


def test_a_page_that_does_not_say_what_it_is_fails(tmp_path):
    write_sources(tmp_path)
    (tmp_path / "deep/notes.md").write_text("# Notes\n\nToo short.\n")
    with pytest.raises(
        AssertionError, match=r"deep/notes.*'Too short.' has 10 characters; expected 50 to 160"
    ):
        build(tmp_path)


def test_pictures_have_their_sizes(unknown):
    text = (unknown / "index.html").read_text("utf-8")
    assert re.search(r'<img loading="lazy" width="30" height="40"[^>]*square\.svg', text)
    assert re.search(r'<img loading="lazy" width="50" height="20"[^>]*\.avif', text)


def test_theorems_stand_in_their_index_by_title(unknown):
    text = (unknown / "prf-prf.html").read_text("utf-8")
    assert re.search(r'href="deep/chapter\.html#well"><code[^>]*>All is well</code></a>', text)
    assert "(A chapter)" in text


def test_the_old_address_of_a_section_leads_to_the_new_one(unknown):
    text = (unknown / "deep/notes.html").read_text("utf-8")
    anchor, address, title = re.search(
        r'<span id="([^"]*)"><a [^>]*href="([^"]*)"[^>]*><span[^>]*>([^<]*)', text
    ).groups()
    assert (anchor, address, title) == ("a-part", "chapter.html#a-part", "A part of it")


def test_a_page_says_how_long_it_takes_and_another_adds_up(unknown):
    text = (unknown / "deep/chapter.html").read_text("utf-8")
    assert '<p class="reading-time">About 5 minutes to read, exercises aside.</p>' in text
    text = re.sub(r"<[^>]*>", "", (unknown / "deep/notes.html").read_text("utf-8"))
    assert "That page takes 5 minutes, both 10." in text


def test_an_answer_begins_with_its_verdict(unknown):
    text = re.sub(r"\s+", " ", (unknown / "deep/chapter.html").read_text("utf-8"))
    assert '<p><strong class="verdict">✗ Not this one.</strong> It was proved above.</p>' in text
    assert '<p><strong class="verdict">✓ Right.</strong></p>' in text


def test_a_question_without_a_right_answer_fails(tmp_path):
    write_sources(tmp_path)
    page = tmp_path / "deep/chapter.ipynb"
    page.write_text(page.read_text().replace("dropdown right", "dropdown wrong"))
    with pytest.raises(AssertionError, match="one that is right"):
        build(tmp_path)


def test_light_files_are_made_beside_whole_ones(tmp_path):
    """Their inputs stay as they are, a second build changes nothing, and a page's new need is met."""
    write_sources(tmp_path)
    html = build(tmp_path)
    source = (tmp_path / "own/own.css").read_text()
    light, whole = html / "_light/own.css", html / "_static/own.css"
    assert whole.read_text() == source
    assert "navy" in light.read_text() and "never-on-a-page" not in light.read_text()
    before = {file: file.stat().st_mtime_ns for file in (html / "_light").rglob("*")}
    build(tmp_path)
    assert {file: file.stat().st_mtime_ns for file in (html / "_light").rglob("*")} == before
    with (tmp_path / "index.md").open("a") as page:
        page.write('\n<p class="never-on-a-page">Now it is.</p>\n')
    build(tmp_path)
    assert "never-on-a-page" in light.read_text()
    assert whole.read_text() == source


@pytest.mark.parametrize("path", ["none.html", "deep/none.html", "very/deep/down/none"])
def test_a_missing_page_is_answered_under_the_prefix(browser, known, path):
    with served(known.parent) as address, own_host_page(browser, address) as (page, faults):
        page.route(f"**/{path}", lambda route: route.fulfill(path=known / "404.html"))
        page.goto(f"{address}some-book/{path}", wait_until="networkidle")
        assert faults == []
        assert page.locator("article h1").inner_text() == "Page not found"
        assert (
            page.locator("article h1").evaluate("title => getComputedStyle(title).color") == "rgb(0, 0, 128)"
        )
        page.locator("nav a", has_text="A chapter").first.click()
        page.wait_for_url(f"{address}some-book/deep/chapter.html")
