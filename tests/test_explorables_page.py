"""The explorables in a page, with MicroPython: what they compute, how they answer to hand and keyboard."""

import itertools
import re

import numpy as np
import pytest

from adamlearn import SGD, Adam, AMSGrad
from adamlearn.descent import descend
from adamlearn.explorables import landscape, trace
from adamlearn.landscapes import LANDSCAPES, rosenbrock
from adamlearn.streams import STREAMS
from tests.browser import AXE
from tests.explorable_pages import assert_same, columns, get, put, settle, site_of
from tests.optimizers_table import TABLE

MINUS = "\N{MINUS SIGN}"
# Slow enough for no path to swing about a minimum, where a last bit soon decides which way it goes.
SLOW = {"SGD": 1e-4, "Nesterov": 1e-4, "RMSProp": 5e-4}
EVERY = {row.name: row.make(learning_rate=SLOW.get(row.name, 0.01)) for row in TABLE}


def falling(x, y):
    """Without a lowest value, and without a value at all where x is 1."""
    return 1 / (1 - x) - y


def half_sign(p, g, t, learning_rate=0.1, share=0.5):
    """A reader's own rule."""
    return (p - learning_rate * (share * np.sign(g) + (1 - share) * g),)


def breaking(p, g, t, learning_rate=0.01):
    """A reader's rule with a mistake."""
    return (p - learning_rate * (g if t < 5 else missing),)  # noqa: F821


@pytest.fixture(scope="module")
def widgets():
    """Every explorable of the page, by the name that it has there."""
    return {
        "every": landscape(LANDSCAPES.values(), EVERY),
        "race": landscape(
            rosenbrock, [Adam(learning_rate=0.1), SGD(learning_rate=0.001)], question="Who wins?"
        ),
        "own": landscape(falling, [half_sign, Adam(learning_rate=0.1)], start=(-1.0, 0.0), steps=50),
        "broken": landscape(rosenbrock, ["Adam", breaking]),
        "streams": trace(list(EVERY.values()), quantities=["m", "v", "v_hat", "r", "step", "p"], steps=200),
        "bound": trace([Adam(), AMSGrad()], question="How far?", bounds=(-0.01, 0.02)),
    }


@pytest.fixture(scope="module")
def site(widgets, tmp_path_factory):
    """A page for each, and one with two, under a path prefix."""
    with site_of(tmp_path_factory.mktemp("site"), widgets, {"two": ("race", "bound")}) as address:
        yield address


@pytest.mark.parametrize("name", LANDSCAPES)
def test_paths_are_those_of_numpy(kept_page, name):
    page = kept_page("every")
    put(page, "every", function=name, start=list(LANDSCAPES[name].start))
    found = columns(page, "every")
    for label, optimizer in EVERY.items():
        path = descend(optimizer, LANDSCAPES[name], LANDSCAPES[name].start, 200)
        assert_same(path.positions.T, [found[label, "x"], found[label, "y"]])
        assert_same(path.values, found[label, "value"])


@pytest.mark.parametrize("name", STREAMS)
def test_traces_are_those_of_numpy(kept_page, widgets, name):
    page, widget = kept_page("streams"), widgets["streams"]
    widget.stream = name
    put(page, "streams", stream=name, settings=widget.settings)
    found = columns(page, "streams")
    assert found.keys() == {(label, q) for label, values in widget.values.items() for q in values}
    for label, values in widget.values.items():
        for quantity, ours in values.items():
            assert_same(ours, found[label, quantity])


def test_own_rule_and_function(open_page, widgets):
    found = columns(open_page("own"), "own")
    for label, path in widgets["own"].paths.items():
        assert_same(path.values, found[label, "value"])


def test_error_in_an_own_rule_is_named(open_page, widgets):
    page = open_page("broken")
    assert "NameError" in widgets["broken"]._result["errors"]["breaking"]
    assert "breaking: line 3: NameError" in page.locator("#broken .ex-notice").inner_text()
    assert {label for label, _ in columns(page, "broken")} == {"Adam"}


def test_start_follows_the_mouse(open_page):
    page = open_page("race")
    ring = page.locator("#race .ex-ring")
    ring.scroll_into_view_if_needed()
    box = ring.bounding_box()
    x, y = box["x"] + box["width"] / 2, box["y"] + box["height"] / 2
    page.mouse.move(x, y)
    page.mouse.down()
    page.mouse.move(x + 60, y + 40, steps=4)
    page.mouse.up()
    settle(page)
    start = get(page, "race", "start")
    assert start[0] > rosenbrock.start[0] and start[1] < rosenbrock.start[1]
    for label, optimizer in {"Adam": Adam(learning_rate=0.1), "SGD": SGD(learning_rate=0.001)}.items():
        path = descend(optimizer, rosenbrock, start, 200)
        assert_same(path.values, columns(page, "race")[label, "value"])


def test_start_follows_a_finger(open_page):
    page = open_page("race", has_touch=True, is_mobile=True, viewport={"width": 390, "height": 844})
    page.locator("#race .ex-map").scroll_into_view_if_needed()
    box = page.locator("#race .ex-map").bounding_box()
    page.touchscreen.tap(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
    settle(page)
    moved = get(page, "race", "start")
    assert moved != list(rosenbrock.start) and all(
        abs(a - b) < 0.2 for a, b in zip(moved, (0, 1), strict=True)
    )


def test_finger_scrolls_over_the_map(open_page):
    page = open_page("race", has_touch=True, is_mobile=True, viewport={"width": 390, "height": 600})
    box = page.locator("#race .ex-map").bounding_box()
    x, y = box["x"] + box["width"] / 2, box["y"] + box["height"] / 2
    touch = page.context.new_cdp_session(page)
    for i in range(10):
        points = [{"x": x, "y": y - 12 * i}]
        touch.send(
            "Input.dispatchTouchEvent", {"type": "touchMove" if i else "touchStart", "touchPoints": points}
        )
        settle(page)
    touch.send("Input.dispatchTouchEvent", {"type": "touchEnd", "touchPoints": []})
    page.wait_for_function("scrollY > 50")
    assert get(page, "race", "start") == list(rosenbrock.start)


def test_start_follows_the_arrow_keys(open_page):
    page = open_page("race")
    handle = page.locator("#race .ex-start")
    handle.focus()
    page.keyboard.press("ArrowRight")
    page.keyboard.press("Shift+ArrowDown")
    settle(page)
    assert get(page, "race", "start") == [-1.46, 1.6]
    assert handle.get_attribute("aria-valuetext") == f"x {MINUS}1.46, y 1.6"
    assert columns(page, "race")["Adam", "x"][0] == -1.46


def test_sliders_from_the_keyboard(open_page):
    page = open_page("race")
    page.locator("#race").get_by_role("slider", name="learning rate", exact=True).focus()
    page.keyboard.press("ArrowRight")
    settle(page)
    rates = {label: values["learning_rate"] for label, values in get(page, "race", "hyperparameters").items()}
    assert rates["Adam"] == rates["SGD"] and rates["Adam"] not in (0.1, 0.001)  # all that are shown
    page.locator("#race").get_by_label("settings of").select_option("SGD")
    page.locator("#race").get_by_role("textbox", name="learning rate", exact=True).fill("0.002")
    page.keyboard.press("Enter")
    settle(page)
    assert get(page, "race", "hyperparameters")["SGD"]["learning_rate"] == 0.002
    assert get(page, "race", "hyperparameters")["Adam"]["learning_rate"] == rates["Adam"]
    assert not page.locator("#race").get_by_role("slider", name="beta 1").is_visible()  # SGD has none


def test_optimizers_are_switched_off_and_on(open_page):
    page = open_page("race")
    box = page.locator("#race").get_by_role("checkbox", name="SGD")
    box.focus()
    page.keyboard.press("Space")
    settle(page)
    assert get(page, "race", "shown") == ["Adam"]
    assert page.locator("#race .ex-paths .ex-line").count() == 1
    page.keyboard.press("Space")
    settle(page)
    assert get(page, "race", "shown") == ["Adam", "SGD"]


def test_steps_are_played_and_shown_one_by_one(open_page):
    page = open_page("race")
    race = page.locator("#race")
    race.get_by_role("button", name="One step back").click()
    assert race.locator(".ex-at").inner_text() == "step 199"
    race.get_by_role("slider", name="step on show").fill("3")
    path = descend(Adam(learning_rate=0.1), rosenbrock, rosenbrock.start, 200)
    shown = float(race.locator("tbody tr").first.locator("td").first.inner_text())
    assert shown == pytest.approx(path.values[3], rel=5e-3)
    race.get_by_role("button", name="Play").click()
    page.wait_for_timeout(500)
    race.get_by_role("button", name="Pause").click()
    assert 3 < int(race.locator(".ex-at").inner_text().split()[1]) < 100


@pytest.mark.parametrize(
    ("name", "panel", "first"), [("race", ".ex-losses svg", 0), ("bound", ".ex-panel svg", 1)]
)
def test_step_under_the_pointer_is_told(open_page, name, panel, first):
    page = open_page(name)
    svg, told = page.locator(f"#{name} {panel}").first, page.locator(f"#{name} .ex-transport .ex-at")
    last = told.inner_text()
    svg.hover()
    share = (svg.bounding_box()["width"] / 2 - 44) / (svg.bounding_box()["width"] - 56)
    step = int(told.inner_text().removeprefix("step "))
    assert step == pytest.approx(first + share * (int(last.removeprefix("step ")) - first), abs=1)
    page.mouse.move(0, 0)
    assert told.inner_text() == last


def test_motion_is_reduced_on_request(open_page):
    page = open_page("race", reduced_motion="reduce")
    page.clock.install(time="2026-01-01")
    page.clock.pause_at("2026-01-02")
    race = page.locator("#race")
    race.get_by_role("button", name="Play").click()
    for milliseconds, step in [(0, 0), (699, 0), (1, 20), (700, 40)]:
        page.clock.run_for(milliseconds)
        assert race.locator(".ex-at").inner_text() == f"step {step}"


def test_setting_is_in_the_address(open_page):
    page = open_page("every")
    assert "#" not in page.url  # nothing has been changed
    put(page, "every", function="beale", start=[1.25, -0.5], steps=60, shown=["SGD", "Adam"])
    hyperparameters = get(page, "every", "hyperparameters")
    hyperparameters["SGD"]["learning_rate"] = 0.003
    hyperparameters["Adam"]["beta2"] = 0.99
    put(page, "every", hyperparameters=hyperparameters)
    page.wait_for_function("location.hash.startsWith('#every?')")
    page.wait_for_timeout(400)
    linked = open_page("every", "#" + page.url.split("#")[1])
    for trait in ("function", "start", "steps", "shown", "hyperparameters"):
        assert get(linked, "every", trait) == get(page, "every", trait)
    assert columns(linked, "every").keys() == columns(page, "every").keys()
    linked.locator("#every").get_by_role("button", name="Reset").click()
    linked.wait_for_function("!location.hash.includes('=')")
    assert get(linked, "every", "function") == "bowl"


def test_link_sets_its_own_figure_only(open_page):
    page = open_page("two", "#bound?steps=30")
    settle(page)
    assert get(page, "bound", "steps") == 30
    assert get(page, "race", "steps") == 200


def test_drawn_stream_is_in_the_address(open_page):
    page = open_page("bound")
    page.locator("#bound").get_by_label("gradients", exact=True).select_option("drawn")
    settle(page)
    panel = page.locator("#bound .ex-panel svg").first
    panel.scroll_into_view_if_needed()
    box = panel.bounding_box()
    page.mouse.move(box["x"] + 100, box["y"] + 20)
    page.mouse.down()
    page.mouse.move(box["x"] + 160, box["y"] + 70, steps=10)
    page.mouse.up()
    settle(page)
    drawn = get(page, "bound", "drawn")
    assert len(set(drawn)) > 3
    np.testing.assert_array_equal(columns(page, "bound")["Adam", "g"], drawn)
    page.wait_for_timeout(500)
    assert get(open_page("bound", "#" + page.url.split("#")[1]), "bound", "drawn") == drawn


def test_drawn_from_the_keyboard(open_page):
    page = open_page("bound")
    bound = page.locator("#bound")
    bound.get_by_label("gradients", exact=True).select_option("drawn")
    bound.get_by_role("slider", name="step on show", exact=True).fill("7")
    bound.get_by_role("textbox", name="g at this step").fill("-2.5")
    page.keyboard.press("Enter")
    settle(page)
    assert columns(page, "bound")["Adam", "g"][6] == -2.5


@pytest.mark.parametrize(
    ("query", "words"),
    [
        ("Adam.beta2=1.5", "beta2 is 1.5; expected a number in [0, 1)"),
        ("Adam.learning_rate=fast", "learning_rate is NaN; expected a finite number, 0 or more"),
        ("start=1", "start is “1”; expected two numbers"),
        ("steps=1e9", "steps is 1000000000; expected a whole number from 1 to 5000"),
        ("shown=Muon", "there is no optimizer “Muon”"),
        ("function=hill", "function is “hill”; expected one of rosenbrock"),
        ("speed=2", "“speed” is not a setting of this figure"),
    ],
)
def test_bad_link_is_named(open_page, query, words):
    page = open_page("race", f"#race?{query}&SGD.learning_rate=0.002")
    settle(page)
    assert words in page.locator("#race .ex-notice").inner_text()
    assert get(page, "race", "hyperparameters")["SGD"]["learning_rate"] == 0.002  # the rest is used
    assert get(page, "race", "steps") == 200


@pytest.mark.parametrize(
    ("name", "text", "words"),
    [
        ("β₁", "1.5", "beta1 is 1.5; expected a number in [0, 1)"),
        ("learning rate", "-1", "learning_rate is -1; expected a finite number, 0 or more"),
        ("learning rate", "fast", "learning rate is “fast”; expected a number"),
        ("steps", "2.5", "steps is 2.5; expected a whole number from 1 to 5000"),
        ("start x", "", "start x is “”; expected a number"),
    ],
)
def test_bad_entry_is_named(open_page, name, text, words):
    page = open_page("race")
    before = columns(page, "race")
    field = page.locator("#race").get_by_role("textbox", name=name, exact=True)
    field.fill(text)
    page.keyboard.press("Tab")
    settle(page)
    assert words in page.locator("#race").inner_text()
    assert field.get_attribute("aria-invalid") is not None
    for column, values in columns(page, "race").items():
        np.testing.assert_array_equal(values, before[column])


def test_divergence_and_leaving_are_named(open_page):
    page = open_page("race", "#race?SGD.learning_rate=10&Adam.learning_rate=5")
    rows = page.locator("#race tbody tr")
    run = descend(SGD(learning_rate=10.0), rosenbrock, rosenbrock.start, 200)
    lost = int(np.argmax(~np.isfinite(run.values)))
    assert f"diverged at step {lost}" in rows.nth(1).inner_text()
    page.wait_for_function("document.querySelector('#race .ex-live').textContent.includes('outside the map')")
    assert f"SGD: diverged at step {lost}" in page.locator("#race .ex-live").inner_text()
    assert page.locator("#race .ex-end").nth(1).get_attribute("d").startswith("M-5")  # a cross
    beside = "row => getComputedStyle(row.querySelector('td'), '::after').content"
    assert [rows.nth(i).evaluate(beside) for i in range(2)] == ['"off the map"', "none"]


@pytest.mark.parametrize("fragment", ["", "#race?Adam.learning_rate=5&SGD.learning_rate=0.0025"])
def test_lines_are_the_paths_and_end_at_the_border(open_page, fragment):
    page = open_page("race", fragment)
    settle(page)
    size = float(page.locator("#race .ex-paths > svg").get_attribute("width"))
    x_min, x_max, y_min, y_max = rosenbrock.window
    found = columns(page, "race")
    for i, label in enumerate(("Adam", "SGD")):
        d = page.locator("#race .ex-paths .ex-stroke").nth(i).get_attribute("d")
        drawn = np.array([pair.split(",") for pair in re.split("[ML]", d)[1:]], dtype=float)
        assert drawn.min() > -25 and drawn.max() < size + 25
        x = (found[label, "x"] - x_min) / (x_max - x_min) * size
        y = (y_max - found[label, "y"]) / (y_max - y_min) * size
        inside = (np.abs(x / size - 0.5) < 0.5) & (np.abs(y / size - 0.5) < 0.5)
        distance = np.hypot(x[inside, None] - drawn[:, 0], y[inside, None] - drawn[:, 1]).min(axis=1)
        assert inside.any() and distance.max() < 1


@pytest.mark.parametrize("fragment", ["", "#race?Adam.beta1=0.99&start=0.5,2&SGD.momentum=0.5"])
def test_copied_python_makes_the_same_run(open_page, fragment):
    page = open_page("race", fragment, permissions=["clipboard-read", "clipboard-write"])
    settle(page)
    page.locator("#race").get_by_role("button", name="Copy as Python").click()
    page.get_by_text("Python copied").wait_for()
    names = {}
    exec(page.evaluate("navigator.clipboard.readText()"), names)
    for label, run in names["runs"].items():
        assert_same(run.values, columns(page, "race")[label, "value"])


def test_copied_python_makes_the_same_trace(open_page, widgets):
    page = open_page("streams", permissions=["clipboard-read", "clipboard-write"])
    for stream in [*STREAMS, "drawn"]:
        settings = {} if stream == "drawn" else widgets["streams"]._described[stream]["settings"]
        put(page, "streams", stream=stream, settings=settings, drawn=[1.0, -2.0, 0.25])
        page.evaluate("navigator.clipboard.writeText('')")
        page.locator("#streams").get_by_role("button", name="Copy as Python").click()
        page.wait_for_function("navigator.clipboard.readText().then((text) => text !== '')")
        names = {}
        exec(page.evaluate("navigator.clipboard.readText()"), names)
        traced = columns(page, "streams")
        assert names["positions"].keys() == {label for label, _ in traced}
        for label, positions in names["positions"].items():
            assert_same(np.array(positions[1:]), traced[label, "p"])


def test_copied_python_has_the_own_rule(open_page, widgets):
    page = open_page("own", permissions=["clipboard-read", "clipboard-write"])
    page.locator("#own").get_by_role("button", name="Copy as Python").click()
    page.get_by_text("Python copied").wait_for()
    names = {}
    exec(page.evaluate("navigator.clipboard.readText()"), names)
    for label, run in names["runs"].items():
        assert_same(widgets["own"].paths[label].values, run.values)


@pytest.mark.parametrize("width", [1280, 390])
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_axe_finds_nothing(open_page, width, scheme):
    page = open_page("two", viewport={"width": width, "height": 900}, color_scheme=scheme)
    page.wait_for_timeout(400)  # until it has faded in
    page.evaluate(AXE.read_text("utf-8"))  # as a script of the page, its policy would refuse it
    rules = ["wcag2a", "wcag2aa", "wcag21aa", "wcag22aa", "best-practice"]
    options = {"runOnly": rules, "resultTypes": ["violations"], "selectors": False}
    violations = page.evaluate("(options) => axe.run(options)", options)
    found = [(v["id"], node["html"][:120]) for v in violations["violations"] for node in v["nodes"]]
    assert found == []
    assert page.evaluate("document.documentElement.scrollWidth") <= width


def test_nothing_overlaps_in_print(open_page):
    """On paper a page is laid out anew, but no script runs to fit the figures."""
    page = open_page("race", color_scheme="dark")
    page.evaluate(
        """() => {
            const { style } = document.querySelector("#race .ex-paths");
            style.width = `${document.querySelector("#race .ex-paths").getAttribute("width")}px`;
        }"""
    )
    wide = page.locator("#race .ex-paths").bounding_box()["width"]
    page.emulate_media(media="print")
    page.set_viewport_size({"width": 700, "height": 900})
    boxes = [
        page.locator(f"#race {part}").bounding_box() for part in (".ex-paths", ".ex-table", ".ex-losses")
    ]
    assert boxes[0]["width"] == wide > 350
    for above, below in itertools.pairwise(boxes):
        assert above["y"] + above["height"] <= below["y"]
    ink = page.locator("#race .ex-question").evaluate("element => getComputedStyle(element).color")
    assert ink == "rgb(34, 34, 34)"
    assert not page.locator("#race").get_by_role("button", name="Reset").is_visible()


def test_every_control_is_reached_by_tab(open_page):
    page = open_page("race")
    page.locator("#race .ex-start").focus()
    reached = set()
    for _ in range(60):
        reached.add(
            page.evaluate("document.activeElement.getAttribute('aria-label') ?? document.activeElement.id")
        )
        page.keyboard.press("Tab")
        if not page.evaluate("document.activeElement.closest('#race') !== null"):
            break
    wanted = page.locator("#race").locator("input, select, button, [tabindex='0']")
    visible = [wanted.nth(i) for i in range(wanted.count()) if wanted.nth(i).is_visible()]
    names = {w.evaluate("element => element.getAttribute('aria-label') ?? element.id") for w in visible}
    assert names <= reached


def test_words_for_a_screen_reader(open_page):
    page = open_page("race")
    page.locator("#race .ex-start").focus()
    page.keyboard.press("ArrowRight")
    page.wait_for_function("document.querySelector('#race .ex-live').textContent !== ''")
    words = page.locator("#race .ex-live").inner_text()
    assert re.search(
        rf"rosenbrock, from x {MINUS}1.46, y 2\. Adam: [\d.]+ above the lowest value, [\d.]+ from", words
    )
