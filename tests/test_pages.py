"""The built pages in Chromium, with every other host out of reach; ``make book`` comes first."""

import re
from pathlib import Path

import pytest

from tests.browser import axe_violations, own_host_page, served

HTML = Path(__file__).parents[1] / "_build" / "html"
PAGES = sorted(str(page.relative_to(HTML)) for page in HTML.rglob("*.html") if "_static" not in page.parts)

PROSE = """main => {
    const copy = main.cloneNode(true);
    copy.querySelectorAll("pre, code, script, .katex").forEach(element => element.remove());
    return copy.textContent;
}"""


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


def test_the_book_is_built():
    assert "book/index.html" in PAGES


@pytest.mark.parametrize("path", PAGES)
@pytest.mark.parametrize(("width", "scheme"), [(390, "light"), (1280, "dark")])
def test_page_is_whole(browser, site, path, width, scheme):
    options = {"viewport": {"width": width, "height": 844}, "color_scheme": scheme}
    with own_host_page(browser, site, **options) as (page, faults):
        page.goto(site + path, wait_until="networkidle")
        assert faults == []
        look_at(page, width)


def test_every_icon_of_the_styles_is_drawn(browser, site):
    with own_host_page(browser, site) as (page, _):
        page.goto(site + "book/index.html", wait_until="networkidle")
        found = page.evaluate(UNDRAWN)
        assert found["icons"] > 10
        assert found["undrawn"] == []


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

    if not page.locator(".explorable").count():  # those have a test of their own that waits for them
        assert axe_violations(page) == []
