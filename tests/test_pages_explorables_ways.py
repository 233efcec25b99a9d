"""The built book's explorables by keyboard, by phrases, and after a reload; ``make book`` comes first."""

import pytest

from tests.browser import axe_violations, own_host_page, served
from tests.explorable_pages import ADAM, DESK, MAP, PHONE, PLAYGROUND, READY, TRACE, settle
from tests.test_pages_explorables import HTML

NARROW = {"viewport": {"width": 390, "height": 844}}  # a feigned finger is gone before the page is left
CORRECTION = "fig-adam-explore-correction-explorable"


@pytest.fixture(scope="module")
def site():
    with served(HTML.parent) as address:
        yield address + "html/"


# Phrases of the text


PHRASES = [("at the first step", {"beta1": 0.9, "beta2": 0.9}), ("β₁ of 0", {"beta1": 0.0, "beta2": 0.999})]


@pytest.mark.parametrize("way", ["click", "Enter", "Space", "tap"])
def test_a_phrase_sets_its_figure(open_page, way):
    """Its hyperparameters and its step; the figure comes into view, and the page is not left."""
    page = open_page(ADAM, reduced_motion="reduce", **(PHONE if way == "tap" else DESK))
    figure = page.locator(f"#{CORRECTION}")
    slider = figure.get_by_role("slider", name="step on show", exact=True)
    for words, betas in PHRASES:
        slider.fill("30")
        phrase = page.locator("a.explorable-set", has_text=words)
        assert phrase.get_attribute("role") == "button"
        if way in ("click", "tap"):
            getattr(phrase, way)()
        else:
            phrase.focus()
            page.keyboard.press(way)
        page.wait_for_function(f"document.querySelector('#{CORRECTION} .ex-transport input').value === '1'")
        settle(page)
        hyperparameters = page.evaluate(
            f"document.getElementById('{CORRECTION}').model.get('hyperparameters')"
        )
        for label in ("corrected", "without"):
            assert {name: hyperparameters[label][name] for name in betas} == betas
        assert f"{CORRECTION}?" in page.url and page.url.count("#") == 1
        box, height = figure.bounding_box(), page.viewport_size["height"]
        assert box["y"] < height - 100 and box["y"] + box["height"] > 100


def test_a_phrase_leads_to_its_figure_without_a_script(browser, site):
    with own_host_page(browser, site, java_script_enabled=False, **DESK) as (page, _):
        page.goto(f"{site}{ADAM}.html")
        page.locator("a.explorable-set").first.click()
        assert page.url.endswith("#fig-adam-explore-correction")
        box = page.locator(f"#{CORRECTION}").bounding_box()
        assert -100 < box["y"] < 700
        assert page.locator(f"#{CORRECTION} img").is_visible()


# Coming back


def scrolled(page):
    """Where the reader is, when the page has come to rest."""
    return page.evaluate(
        """async () => {
            let [before, same] = [-1, 0];
            while (same < 5) {
                await new Promise((resume) => setTimeout(resume, 50));
                same = scrollY === before ? same + 1 : 0;
                before = scrollY;
            }
            return scrollY;
        }"""
    )


@pytest.mark.parametrize(
    ("path", "figure", "options"),
    [(PLAYGROUND, TRACE, NARROW), (PLAYGROUND, TRACE, DESK), (ADAM, f"#{CORRECTION}", DESK)],
    ids=["narrow", "playground", "chapter 1"],
)
def test_who_has_played_comes_back_to_where_they_were(open_page, site, path, figure, options):
    """A reload and Back return to the place, though the setting is in the address."""
    page = open_page(path, reduced_motion="reduce", **options)
    box = page.locator(figure).get_by_role("textbox", name="steps", exact=True)
    box.scroll_into_view_if_needed()
    box.fill("47")
    page.keyboard.press("Tab")
    page.wait_for_function("location.hash.includes('steps=47')")
    place = scrolled(page)
    assert place > 500

    def steps():
        page.wait_for_function(READY)
        return page.evaluate(f"document.querySelector('{figure}').model.get('steps')")

    page.wait_for_load_state("networkidle")  # leaving breaks off what is on its way
    page.reload()
    assert steps() == 47
    assert scrolled(page) == pytest.approx(place, abs=60)
    page.wait_for_load_state("networkidle")
    page.goto(site + "book/06-adamw.html", wait_until="networkidle")
    page.go_back()
    assert steps() == 47
    assert scrolled(page) == pytest.approx(place, abs=60)


# Without a mouse


def open_editor(page, figure):
    page.locator(figure).get_by_role("button", name="Edit the rule").focus()
    page.keyboard.press("Enter")
    page.wait_for_function(f"document.querySelector('{figure} .cm-content') === document.activeElement")


@pytest.mark.parametrize("options", [PHONE, DESK], ids=["390", "1280"])
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_axe_finds_nothing_with_the_editor_open(open_page, options, scheme):
    page = open_page(PLAYGROUND, reduced_motion="reduce", color_scheme=scheme, **options)
    open_editor(page, MAP)
    open_editor(page, TRACE)
    page.keyboard.type("# mine\n")
    page.keyboard.press("ArrowUp")
    settle(page)
    page.wait_for_timeout(400)
    assert page.evaluate("document.documentElement.scrollWidth") <= options["viewport"]["width"]
    assert axe_violations(page) == []


PLACE = (
    "(figure) => [...document.querySelector(figure).querySelectorAll('*')].indexOf(document.activeElement)"
)
IN_EDITOR = "document.activeElement.classList.contains('cm-content')"
MISSED = """([figure, reached]) => {
    const all = [...document.querySelector(figure).querySelectorAll("*")];
    const controls = all.filter((e) => e.matches("button, input, select, [tabindex='0'], .cm-content"));
    const visible = controls.filter((e) => !e.disabled && e.checkVisibility());
    return visible.filter((e) => !reached.includes(all.indexOf(e))).map((e) => e.outerHTML.slice(0, 100));
}"""


@pytest.mark.parametrize("figure", [MAP, TRACE])
def test_every_control_is_reached_and_left_by_keyboard(open_page, figure):
    """Tab goes through all controls and the editor; there it indents, and after Escape it leaves."""
    page = open_page(PLAYGROUND, reduced_motion="reduce", **DESK)
    open_editor(page, figure)
    page.keyboard.press("Escape")
    page.keyboard.press("Shift+Tab")
    assert not page.evaluate(IN_EDITOR)
    page.locator(figure).evaluate("element => { element.tabIndex = -1; element.focus(); }")
    reached, places = [], 150
    while -1 not in reached and len(reached) < places:
        page.keyboard.press("Tab")
        reached.append(page.evaluate(PLACE, figure))
        if page.evaluate(IN_EDITOR):
            page.keyboard.press("ArrowRight")  # an Escape before counts until another key
            page.keyboard.press("Tab")
            assert page.evaluate(IN_EDITOR)
            page.keyboard.press("Control+z")
            page.keyboard.press("Escape")
    assert 20 < len(reached) < places
    assert page.evaluate(MISSED, [figure, reached]) == []
    page.locator(figure).get_by_role("button", name="Close").focus()
    page.keyboard.press("Enter")
    assert not page.locator(f"{figure} .ex-edit").is_visible()
    assert page.evaluate("document.activeElement.textContent") == "Edit the rule"
