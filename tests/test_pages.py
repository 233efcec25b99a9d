"""The built pages in Chromium, with every other host out of reach; ``make book`` comes first."""

import html
import json
import re
from pathlib import Path

import pytest

from tests.browser import axe_violations, own_host_page, scroll_through, served, weights
from tests.explorable_pages import DESK, PHONE, assert_in_place, look_at_explorables

HTML = Path(__file__).parents[1] / "_build" / "html"
PAGES = sorted(str(page.relative_to(HTML)) for page in HTML.rglob("*.html") if "_static" not in page.parts)

PROSE = """main => {
    const copy = main.cloneNode(true);
    copy.querySelectorAll("pre, code, script, .katex").forEach(element => element.remove());
    return copy.textContent;
}"""

# How far a page moves under its reader's eyes while it comes.
SHIFT = """window.shift = 0;
    new PerformanceObserver((list) => {
        for (const entry of list.getEntries()) window.shift += entry.hadRecentInput ? 0 : entry.value;
    }).observe({ type: "layout-shift", buffered: true });"""

CUT_ON_PAPER = """all => all.filter(({ scrollWidth, clientWidth }) => scrollWidth > clientWidth)
    .map(({ textContent }) => textContent)"""


# The icons that the styles name and the fonts that were kept for them do not draw.
UNDRAWN = r"""async () => {
    const rules = [...document.styleSheets].flatMap(({ cssRules }) => [...cssRules]);
    const decode = (_, code) => String.fromCodePoint(parseInt(code, 16));
    const styles = rules.map(({ cssText }) => cssText).join("").replace(/\\([0-9a-f]{4,5})\b/g, decode);
    const icons = [...new Set(styles.match(/\p{Private_Use}/gu))];
    const fonts = [...document.fonts].filter(({ family }) => family.includes("Awesome"));
    await Promise.all(fonts.map((font) => font.load()));
    const context = document.createElement("canvas").getContext("2d", { willReadFrequently: true });
    const drawn = ({ weight, family }, text) => {
        context.clearRect(0, 0, 60, 60);
        context.font = `${weight} 30px "${family}"`;
        context.fillText(text, 10, 40);
        return context.getImageData(0, 0, 60, 60).data.join();
    };
    const missing = "\u{f8fe}";  // drawn as every character that a font has not
    const undrawn = icons.filter((icon) =>
        fonts.every((font) => drawn(font, icon) === drawn(font, missing)));
    return { icons: icons.length, undrawn: undrawn.map((icon) => icon.codePointAt().toString(16)) };
}"""


@pytest.fixture(scope="module")
def site():
    with served(HTML) as address:
        yield address


@pytest.fixture(scope="module")
def deeper_site():
    with served(HTML.parent) as address:
        yield f"{address}{HTML.name}/"


def test_the_book_is_built():
    assert "book/index.html" in PAGES


@pytest.mark.parametrize("path", PAGES)
@pytest.mark.parametrize(
    ("scheme", "options", "widths"),
    [("light", PHONE, (390, 320)), ("dark", DESK, (1920, 1280, 1180, 1024, 768))],
    ids=["phone", "desk"],
)
def test_page_is_whole(browser, site, deeper_site, path, scheme, options, widths):
    """In all ways, once it is loaded: under a path prefix, but for 404.html, whose addresses have none."""
    root = site if path == "404.html" else deeper_site
    with own_host_page(browser, root, color_scheme=scheme, **options) as (page, faults):
        responses = []
        page.on("response", lambda response: responses.append(response))
        page.add_init_script(SHIFT)
        page.goto(root + path, wait_until="networkidle")
        page.wait_for_load_state()  # a busy machine may have read no more than half of it
        look_at_explorables(page)
        assert faults == []
        look_at(page, options["viewport"]["width"])
        assert page.evaluate("window.shift") < 0.05
        assert axe_violations(page) == []
        explorable = path != "index.html" and page.locator(".explorable").count() > 0  # that one leads on
        if explorable and options is DESK:
            assert_light(page, root, path, responses)
        page.emulate_media(media="print")
        assert page.locator("main pre").evaluate_all(CUT_ON_PAPER) == []
        page.emulate_media(media="screen")
        if explorable:
            assert_in_place(page, widths)
        assert faults == []


def assert_light(page, site, path, responses):
    """Over the wire, all included, less than 500 kB; the heaviest files say where it went if not."""
    scroll_through(page)
    sizes = weights(site, responses)
    heaviest = sorted(sizes.items(), key=lambda item: -item[1])[:15]
    print(f"\n{path}: {sum(sizes.values()) / 1000:.0f} kB")
    assert any(name.endswith("explorable.js") for name in sizes)
    assert sum(sizes.values()) < 500_000, heaviest


def test_every_icon_of_the_styles_is_drawn(browser, site):
    with own_host_page(browser, site) as (page, _):
        page.goto(site + "book/index.html", wait_until="networkidle")
        found = page.evaluate(UNDRAWN)
        assert found["icons"] > 10
        assert found["undrawn"] == []


FAINT = """<!doctype html><html lang="en"><title>Faint</title><main style="background: #fff"><h1>Faint</h1>
<style>main > :not(h1) { color: #aaa; background: #fff }</style>
<p id="words">No</p><p id="broken">x<br>y</p><p id="around">x<b style="color: #000">b</b>y</p>
<label id="label" for="field">Name</label><input id="field" value="b">
<select id="choice" aria-label="Choice"><option>c</option></select>
<div><template shadowrootmode="open"><p id="hidden-tree">Words</p></template></div></main></html>"""


def test_faint_text_is_found_in_every_kind_of_place(browser):
    page = browser.new_page()
    page.set_content(FAINT)
    found = {re.search(r' id="([^"]*)"', markup)[1] for rule, markup, _ in axe_violations(page)}
    assert found == set(re.findall(r' id="([^"]*)"', FAINT))
    page.close()


@pytest.mark.parametrize("path", [path for path in PAGES if path != "index.html"])  # that one leads on
def test_page_says_what_it_is_and_how_large_its_pictures_are(path):
    text = (HTML / path).read_text("utf-8")
    tags = [tag for tag in re.findall(r"<meta [^>]*>", text) if 'name="description"' in tag]
    (description,) = [html.unescape(re.search(r'content="([^"]*)"', tag)[1]) for tag in tags]
    assert 50 <= len(description) <= 160
    assert not re.search(r"[\\$`{}]", description), "markup stands in the description"
    pictures = re.findall(r"<img\b[^>]*>", text)
    assert [tag for tag in pictures if not re.search(r' width="[1-9]\d*" height="[1-9]\d*"', tag)] == []


OLD = json.loads((Path(__file__).parent / "old_addresses.json").read_text("utf-8"))


@pytest.mark.parametrize("path", OLD)
def test_the_address_of_a_section_leads_on_when_the_section_has_moved(path):
    """Links from elsewhere hold: each label that a page ever had is an anchor of it still."""
    anchors = set(re.findall(r' id="([^"]*)"', (HTML / path).read_text("utf-8")))
    assert [label for label in OLD[path] if label not in anchors] == []


LOOKS = """all => all.map((answer) => {
    const { borderLeft, borderTop, backgroundColor } = getComputedStyle(answer);
    const { color, fontWeight } = getComputedStyle(answer.firstElementChild);
    return [borderLeft, borderTop, backgroundColor, color, fontWeight].join();
})"""


def test_answers_look_alike_until_they_are_opened_and_a_key_opens_them(browser, site):
    with own_host_page(browser, site) as (page, faults):
        page.goto(site + "book/01-adam.html", wait_until="networkidle")
        answers = page.locator(".question > .admonition")
        assert answers.count() >= 9
        assert len(set(answers.evaluate_all(LOOKS))) == 1
        assert not any(verdict.is_visible() for verdict in answers.locator(".verdict").all())
        for kind, words in (("right", "✓ Right."), ("wrong", "✗ Not this one.")):
            answer = page.locator(f".question > .{kind}").first
            answer.locator("button").focus()
            page.keyboard.press("Enter")
            assert answer.locator(".verdict").is_visible()
            assert answer.locator(".verdict").inner_text() == words
        page.wait_for_timeout(400)
        assert len(set(answers.evaluate_all(LOOKS))) == 3
        assert faults == []


def test_answers_are_read_without_a_script(browser, site):
    with own_host_page(browser, site, java_script_enabled=False) as (page, _):
        page.goto(site + "book/01-adam.html")
        assert all(verdict.is_visible() for verdict in page.locator(".verdict").all())


def test_an_hour_of_the_course_has_time_for_its_reading():
    text = (HTML / "book/course.html").read_text("utf-8")
    rows = [re.findall(r"<td>(.*?)</td>", row, re.S) for row in re.findall(r"<tr.*?</tr>", text, re.S)]
    found = [int(re.sub(r"<[^>]*>", "", row[2])) for row in rows if len(row) == 5]
    assert len(found) == 18
    assert max(found) <= 45


def test_theorems_stand_in_their_index_by_title():
    text = (HTML / "prf-prf.html").read_text("utf-8")
    titles = [html.unescape(title) for title in re.findall(r'<code class="xref">([^<]*)</code>', text)]
    assert len(titles) > 10
    assert [title for title in titles if not re.match(r"[^a-z].* |[A-Z]", title)] == []


def test_every_missing_page_is_answered(browser, site):
    with own_host_page(browser, site) as (page, faults):
        page.route("**/none", lambda route: route.fulfill(path=HTML / "404.html"))
        page.goto(site + "not/here/none", wait_until="networkidle")
        assert faults == []
        page.locator("nav a.internal").first.click()
        page.wait_for_url(site + "book/*.html")


def look_at(page, width):
    formulas = page.locator(".math").count()
    typeset = page.locator(".math:has(.katex-html *):has(math *)").count()
    assert typeset == formulas, f"{formulas - typeset} formulas are not typeset"
    assert page.locator(".katex-error, merror").all_inner_texts() == []

    prose = page.locator("main").evaluate(PROSE)
    assert not re.search(r"\$\$|:::|\{[a-z:]+\}`", prose), "markup stands on the page as text"

    images = page.locator("main img")
    images.evaluate_all(  # they come when they are near: here all at once
        """all => Promise.all(all.map((image) => {
            image.loading = "eager";
            return image.decode().catch(() => null);
        }))"""
    )
    assert images.evaluate_all("all => all.filter(i => !i.alt || !i.naturalWidth).map(i => i.src)") == []

    needed = page.evaluate("document.documentElement.scrollWidth")
    assert needed <= width, f"the page is {needed} pixels wide on a screen of {width}"
