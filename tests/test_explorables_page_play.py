"""What playing in a page comes to: steps, strokes, goals, presets, the address, the anatomy of a step."""

import re
import urllib.parse

import numpy as np
import pytest

from adamlearn import SGD, Adam, AMSGrad
from adamlearn.descent import descend
from adamlearn.explorables import anatomy, landscape, trace
from adamlearn.explorables.goals import Goal
from adamlearn.explorables.portable import source_of
from adamlearn.landscapes import bowl, rosenbrock
from tests.explorable_pages import assert_same, columns, get, put, settle, site_of

GOAL = Goal("value", "<=", 0.2, hint="Longer steps.", next="And with half as many?")
PRESETS = {
    "Long steps": {"hyperparameters": {"Adam": {"learning_rate": 0.3}}, "shown": ["Adam"]},
    "On the bowl": {"function": "bowl"},
}
PHONE = {"has_touch": True, "is_mobile": True, "viewport": {"width": 390, "height": 844}}
STEPS = 120  # of the trace that is drawn: on a phone about two to five pixels


@pytest.fixture(scope="module")
def widgets():
    """Every explorable of the page, by the name that it has there."""
    spikes = [1.0] * 20 + [6.0] + [0.5] * 19
    return {
        "race": landscape(
            [rosenbrock, bowl(4.0)],
            [Adam(learning_rate=0.001), SGD(learning_rate=1e-5)],
            steps=60,
            question="Who wins?",
            goal=GOAL,
            presets=PRESETS,
        ),
        "spiked": trace([Adam(), AMSGrad()], spikes, steps=40),
        "hand": trace(
            [Adam()], ("constant", "drawn"), steps=STEPS, goal=Goal("longest step", ">=", 0.5, stream="drawn")
        ),
        "inside": anatomy("Adam", ("constant", "noisy"), steps=30),
    }


@pytest.fixture(scope="module")
def site(widgets, tmp_path_factory):
    """A page for each, and one with two, under a path prefix."""
    with site_of(tmp_path_factory.mktemp("site"), widgets, {"two": ("race", "hand")}) as address:
        yield address


def number(text):
    """A number as the page writes it."""
    return float(text.replace("\N{MINUS SIGN}", "-"))


# The step on show


@pytest.mark.parametrize(
    ("name", "plot", "first", "last"),
    [
        ("race", ".ex-losses > svg", 0, 60),
        ("hand", ".ex-gradients > svg", 1, STEPS),
        ("hand", ".ex-panel:not(.ex-gradients) > svg", 1, STEPS),
        ("spiked", ".ex-panel:not(.ex-gradients) > svg", 1, 40),
    ],
)
def test_a_click_in_a_plot_sets_the_step(open_page, name, plot, first, last):
    page = open_page(name)
    svg = page.locator(f"#{name} {plot}").first
    svg.scroll_into_view_if_needed()
    box, share = svg.bounding_box(), 0.25
    x = 44 + share * (
        box["width"] - 56
    )  # the axis begins 44 pixels from the left and ends 12 before the right
    page.mouse.click(box["x"] + x, box["y"] + 40)
    page.mouse.move(0, 0)
    slider = page.locator(f"#{name}").get_by_role("slider", name="step on show", exact=True)
    step = int(slider.input_value())
    assert step == pytest.approx(first + share * (last - first), abs=1)
    assert page.locator(f"#{name} .ex-transport .ex-at").inner_text() == f"step {step}"


@pytest.mark.parametrize(("name", "plot"), [("race", ".ex-losses > svg"), ("spiked", ".ex-panel > svg")])
def test_slider_cursor_and_table_tell_the_step_under_the_pointer(open_page, name, plot):
    page = open_page(name)
    figure = page.locator(f"#{name}")
    slider = figure.get_by_role("slider", name="step on show", exact=True)
    chosen = slider.input_value()
    svg = figure.locator(plot).first
    svg.hover()
    under = slider.input_value()
    assert under != chosen
    assert figure.locator(".ex-transport .ex-at").inner_text() == f"step {under}"
    middle = svg.bounding_box()["x"] + svg.bounding_box()["width"] / 2
    assert figure.locator(f"{plot} .ex-cursor").first.bounding_box()["x"] == pytest.approx(middle, abs=10)
    slider.press("ArrowRight")  # who sets the slider meanwhile has it
    assert int(slider.input_value()) == int(under) + 1
    page.mouse.move(0, 0)
    assert int(slider.input_value()) == int(under) + 1


@pytest.mark.parametrize(("name", "part"), [("race", ".ex-map"), ("hand", ".ex-pinned")])
def test_what_stays_in_view_on_a_phone_tells_the_step(open_page, name, part):
    page = open_page(name, **PHONE)
    told = page.locator(f"#{name} {part} .ex-pinned-step")
    page.locator(f"#{name}").get_by_role("slider", name="step on show", exact=True).fill("7")
    settle(page)
    assert told.is_visible() and told.inner_text() == "step 7"
    assert not open_page(name).locator(f"#{name} {part} .ex-pinned-step").is_visible()


def test_the_longest_step_so_far_is_told(open_page, widgets):
    page = open_page("spiked")
    slider = page.locator("#spiked").get_by_role("slider", name="step on show", exact=True)
    for at in (1, 20, 21, 22, 40):
        slider.fill(str(at))
        told = page.locator("#spiked .ex-longest span").all_inner_texts()
        assert len(told) == 2
        for words, (label, values) in zip(told, widgets["spiked"].values.items(), strict=True):
            size = np.abs(values["step"][:at])
            found = re.fullmatch(rf"{label}: longest step (\S+) at step (\d+)", words.strip())
            assert number(found[1]) == pytest.approx(size.max(), rel=5e-3)
            assert size[int(found[2]) - 1] == pytest.approx(size.max(), rel=1e-12)


# Strokes


def stroke_by_mouse(page, points):
    page.mouse.move(*points[0])
    page.mouse.down()
    for point in points[1:]:
        page.mouse.move(*point)
    page.mouse.up()


def stroke_by_finger(page, points):
    touch = page.context.new_cdp_session(page)
    for i, (x, y) in enumerate(points):
        kind = "touchMove" if i else "touchStart"
        touch.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": [{"x": x, "y": y}]})
        page.evaluate("new Promise(requestAnimationFrame)")  # one event each: fingers are fast
    touch.send("Input.dispatchTouchEvent", {"type": "touchEnd", "touchPoints": []})


@pytest.mark.parametrize(
    ("stroke", "options"),
    [(stroke_by_mouse, {}), (stroke_by_finger, PHONE)],
    ids=["mouse", "finger"],
)
@pytest.mark.parametrize("backwards", [False, True])
def test_a_stroke_leaves_no_step_out(open_page, stroke, options, backwards):
    """Four points of a fast hand, from the first step to the last: all between them is set, in line."""
    page = open_page("hand", **options)
    put(page, "hand", stream="drawn", settings={}, drawn=[0.0] * STEPS)
    plot = page.locator("#hand .ex-gradients svg")
    plot.scroll_into_view_if_needed()
    box, scrolled = plot.bounding_box(), page.evaluate("scrollY")
    ends = box["x"] + 44, box["x"] + box["width"] - 12
    heights = [box["y"] + share * box["height"] for share in (0.4, 0.32, 0.24, 0.16)]  # all above zero
    points = [*zip(np.linspace(*ends, 4), heights, strict=True)]
    stroke(page, points[::-1] if backwards else points)
    settle(page)
    drawn = np.array(get(page, "hand", "drawn"))
    assert drawn.size == STEPS and np.all(drawn > 0), np.flatnonzero(drawn <= 0) + 1
    assert np.all(np.diff(drawn) >= 0) and drawn[0] < drawn[-1]
    assert np.diff(drawn).max() < 0.1  # no jump: in line, not held
    np.testing.assert_array_equal(columns(page, "hand")["Adam", "g"], drawn)
    assert page.evaluate("scrollY") == scrolled


# Goals and presets


def set_rate(page, value):
    field = page.locator("#race").get_by_role("textbox", name="learning rate of Adam", exact=True)
    field.fill(value)
    page.keyboard.press("Enter")
    settle(page)


def test_the_goal_says_how_far_it_is_and_when_it_is_met(open_page):
    page = open_page("race")
    race = page.locator("#race")
    sign, following, live = (
        race.locator(".ex-sign"),
        race.locator(".ex-next"),
        race.locator(".ex-goal [role=status]"),
    )
    page.evaluate(
        """() => {
            window.said = [];
            new MutationObserver(([{ target }]) => said.push(target.textContent)).observe(
                document.querySelector("#race .ex-goal [role=status]"),
                { childList: true, characterData: true, subtree: true },
            );
        }"""
    )

    def shown():
        return float(race.locator(".ex-measured").inner_text().removeprefix("value "))

    assert f"goal: {GOAL.words}" in race.locator(".ex-score").inner_text()
    paths = [descend(rule, rosenbrock, rosenbrock.start, 60) for rule in (Adam(0.001), SGD(1e-5))]
    assert shown() == pytest.approx(min(path.values[-1] for path in paths), rel=5e-3)
    assert not sign.is_visible() and not following.is_visible() and live.text_content() == ""
    put(
        page, "race", function="bowl", start=[0.02, 0.0], hyperparameters=get(page, "race", "hyperparameters")
    )
    assert not race.locator(".ex-goal").is_visible()  # it was asked about another function
    assert "This was asked about rosenbrock." in race.locator(".ex-question").inner_text()
    put(page, "race", function="rosenbrock", start=[0.5, 0.5])
    assert not sign.is_visible() and descend(Adam(0.01), rosenbrock, (0.5, 0.5), 60).values[-1] < GOAL.value
    set_rate(page, "0.01")
    assert sign.is_visible() and "You have it." in race.locator(".ex-score").inner_text()
    assert following.inner_text() == GOAL.next
    assert live.text_content() == f"You have it. {GOAL.next}"
    put(page, "race", start=list(rosenbrock.start))
    assert not sign.is_visible() and following.is_visible()
    put(page, "race", start=[0.5, 0.5])
    assert sign.is_visible()
    assert page.evaluate("said") == [f"You have it. {GOAL.next}"]


def test_the_hint_comes_when_it_is_asked_for(open_page):
    page = open_page("race")
    button, hint = page.locator("#race").get_by_role("button", name="Hint"), page.locator("#race .ex-hint")
    assert button.get_attribute("aria-controls") == hint.get_attribute("id")
    assert not hint.is_visible() and button.get_attribute("aria-expanded") == "false"
    button.focus()
    page.keyboard.press("Enter")
    assert hint.inner_text() == GOAL.hint and button.get_attribute("aria-expanded") == "true"
    page.keyboard.press("Space")
    assert not hint.is_visible() and button.get_attribute("aria-expanded") == "false"


def test_presets_set_what_they_name_and_no_more(open_page):
    page = open_page("race")
    race = page.locator("#race")
    put(page, "race", start=[0.5, 0.5])
    assert race.get_by_role("group", name="Settings to try").get_by_role("button").count() == 2
    race.get_by_role("button", name="Long steps").click()
    settle(page)
    assert get(page, "race", "shown") == ["Adam"] and get(page, "race", "start") == [0.5, 0.5]
    hyperparameters = get(page, "race", "hyperparameters")
    assert hyperparameters["Adam"]["learning_rate"] == 0.3 and hyperparameters["Adam"]["beta1"] == 0.9
    assert hyperparameters["SGD"]["learning_rate"] == 1e-5
    expected = descend(Adam(0.3), rosenbrock, (0.5, 0.5), 60)
    assert_same(expected.values, columns(page, "race")["Adam", "value"])
    race.get_by_role("button", name="On the bowl").focus()
    page.keyboard.press("Enter")
    settle(page)
    place = bowl(4.0)
    assert get(page, "race", "start") == list(place.start)  # a function comes with its start
    assert_same(descend(Adam(0.3), place, place.start, 60).values, columns(page, "race")["Adam", "value"])


def test_a_goal_about_one_stream_counts_on_that_only(open_page):
    page = open_page("hand")
    goal, about = page.locator("#hand .ex-goal"), page.locator("#hand .ex-about")
    assert not goal.is_visible()  # constant gradients make a step of 1, and are not drawn
    page.locator("#hand").get_by_role("combobox", name="gradients").select_option("drawn")
    settle(page)
    assert goal.locator(".ex-sign").is_visible() and not about.is_visible()


# The address


def test_two_figures_of_a_page_are_both_in_the_address(open_page):
    page = open_page("two")
    race, hand = page.locator("#race"), page.locator("#hand")
    race.get_by_role("textbox", name="start x").fill("0.25")
    page.keyboard.press("Tab")
    hand.get_by_role("textbox", name="steps", exact=True).fill("33")
    page.keyboard.press("Enter")
    settle(page)
    page.wait_for_function("location.hash.includes('race?') && location.hash.includes('hand?')")
    linked = open_page("two", "#" + page.url.split("#")[1])
    page.reload()
    page.wait_for_function("document.querySelectorAll('.explorable[data-ready]').length === 2")
    for other in (page, linked):
        settle(other)
        assert get(other, "race", "start") == [0.25, rosenbrock.start[1]]
        assert get(other, "hand", "steps") == 33 and get(other, "race", "steps") == 60
        assert columns(other, "hand")["Adam", "g"].size == 33
        assert columns(other, "race")["Adam", "x"][0] == 0.25
    race.get_by_role("button", name="Reset").click()
    page.wait_for_function("!location.hash.includes('race?')")
    assert "hand?steps=33" in urllib.parse.unquote(page.url)  # what the other has is left


# The anatomy of a step


def bars(page):
    """Of each line of the first rule: its text, its number, and where its bar begins and ends, in halves."""
    rows = (
        page.locator("#inside .ex-lines")
        .first.locator("tbody tr")
        .evaluate_all(
            """rows => rows.map((row) => {
            const track = row.querySelector(".ex-track").getBoundingClientRect();
            const bar = row.querySelector(".ex-bar").getBoundingClientRect();
            const at = (x) => (2 * (x - track.left)) / track.width - 1;
            return [row.querySelector("code").textContent, row.querySelector(".ex-number").textContent,
                    at(bar.left), at(bar.right)];
        })"""
        )
    )
    return {text: (number(value), left, right) for text, value, left, right in rows}


def test_next_step_moves_the_bars(open_page, widgets):
    page = open_page("inside", reduced_motion="reduce")
    inside = page.locator("#inside")
    put(page, "inside", stream="noisy", settings={"mean": 0.0, "noise": 1.0, "seed": 3})
    widget = widgets["inside"]
    widget.stream, widget.settings = "noisy", {"mean": 0.0, "noise": 1.0, "seed": 3}
    values = widget.values["Adam"]
    for step in (1, 2, 3):
        assert inside.locator(".ex-transport .ex-at").inner_text() == f"step {step}"
        assert get(page, "inside", "at") == step
        found = bars(page)
        assert next(iter(found)) == "g" and next(reversed(found)) == "step / learning_rate"
        for text, (value, left, right) in found.items():
            quantity = "step" if text.startswith("step") else text.split()[0]
            exact, largest = values[quantity][step - 1], np.abs(values[quantity]).max()
            assert value == pytest.approx(exact, rel=6e-3, abs=1e-12), text
            assert [left, right] == pytest.approx(sorted([0, exact / largest]), abs=0.02), text
        inside.get_by_role("button", name="Next step").click()
    inside.get_by_role("button", name="Next step").focus()
    page.keyboard.press("Enter")
    assert get(page, "inside", "at") == 5
    page.wait_for_function("document.querySelector('#inside .ex-live').textContent.startsWith('Step 5.')")


def test_the_step_of_an_anatomy_is_in_the_address(open_page):
    page = open_page("inside")
    page.locator("#inside").get_by_role("textbox", name="steps", exact=True).fill("90")
    page.keyboard.press("Tab")
    settle(page)
    page.locator("#inside").get_by_role("slider", name="step on show", exact=True).fill("80")
    page.wait_for_function("location.hash.includes('at=80')")
    linked = open_page("inside", "#" + page.url.split("#")[1])
    assert get(linked, "inside", "steps") == 90 and get(linked, "inside", "at") == 80
    assert linked.locator("#inside .ex-transport .ex-at").inner_text() == "step 80"


def test_an_edited_rule_adds_its_lines(open_page):
    page = open_page("inside")
    text = source_of(Adam().rule).replace("    return", "    v = 4 * v\n    return")
    assert page.locator("#inside .ex-lines").count() == 1
    put(page, "inside", edited={"Adam": text})
    settle(page)
    assert get(page, "inside", "_problems") == {}
    tables = page.locator("#inside .ex-lines")
    assert [tables.nth(i).locator("caption").inner_text() for i in range(2)] == ["Adam", "Adam, edited"]
    lines = tables.nth(1).locator("code").all_inner_texts()
    assert "v = 4 * v" in lines and "v = 4 * v" not in tables.nth(0).locator("code").all_inner_texts()
    told = dict(zip(lines, tables.nth(1).locator(".ex-number").all_inner_texts(), strict=True))
    found = columns(page, "inside")
    assert number(told["v = 4 * v"]) == pytest.approx(found["Adam, edited", "v"][0], rel=6e-3)
    put(page, "inside", edited={})
    assert tables.count() == 1
