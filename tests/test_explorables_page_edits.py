"""The reader edits a rule in the page: what is drawn, said, linked and copied; there is no way out."""

import re
import urllib.parse

import numpy as np
import pytest

from adamlearn import SGD, Adam, Optimizer, RAdam
from adamlearn.descent import descend
from adamlearn.explorables import landscape, trace
from adamlearn.explorables.edits import function_of
from adamlearn.explorables.portable import source_of
from adamlearn.landscapes import Landscape, bowl, rosenbrock
from tests.browser import QuietHandler, axe_violations
from tests.explorable_pages import assert_same, columns, get, put, settle, site_of

SGD_TEXT = source_of(SGD().rule)
MOMENTUM = """\
def sgd(p, g, velocity, average, t, learning_rate=1e-2, share=0.5):
    velocity = share * velocity + g
    average = share * average + (1 - share) * velocity
    return p - learning_rate * average, velocity, average
"""
TURNED = SGD_TEXT.replace("p - learning_rate", "p + learning_rate")
RATE = 0.001


@pytest.fixture(scope="module")
def site(tmp_path_factory):
    widgets = {
        "race": landscape([rosenbrock, bowl(4.0)], [Adam(0.1), SGD(RATE)], question="Who wins?", steps=60),
        "inside": trace([RAdam(), SGD()], quantities=["r", "velocity", "step"], steps=60),
    }
    with site_of(tmp_path_factory.mktemp("site"), widgets) as address:
        yield address


def edit(page, name, texts):
    put(page, name, edited=texts)
    settle(page)


def run_of(text, function=rosenbrock, **hyperparameters):
    rule = Optimizer(function_of(text, {"np": np}), **hyperparameters)
    return descend(rule, function, function.start, 60)


def said(page, name):
    return {**get(page, name, "_problems"), **get(page, name, "_result")["errors"]}


# What an edited rule does


@pytest.mark.parametrize("text", [MOMENTUM, TURNED], ids=["momentum is added", "a sign is turned"])
def test_an_edited_rule_runs_beside_the_original(open_page, text):
    page = open_page("race")
    before = columns(page, "race")
    edit(page, "race", {"SGD": text})
    found = columns(page, "race")
    assert said(page, "race") == {} and get(page, "race", "shown") == ["Adam", "SGD", "SGD, edited"]
    assert_same(run_of(text, learning_rate=RATE).positions.T, [found["SGD, edited", axis] for axis in "xy"])
    for column, values in before.items():
        np.testing.assert_array_equal(found[column], values)
    assert page.locator("#race .ex-paths .ex-line").count() == 3


def test_a_new_hyperparameter_has_a_slider(open_page):
    page = open_page("race")
    race = page.locator("#race")
    assert race.get_by_role("textbox", name="share", exact=True).count() == 0
    edit(page, "race", {"SGD": MOMENTUM})
    race.get_by_role("textbox", name="share", exact=True).fill("0.25")
    page.keyboard.press("Enter")
    settle(page)
    found = columns(page, "race")["SGD, edited", "value"]
    assert_same(run_of(MOMENTUM, learning_rate=RATE, share=0.25).values, found)
    edit(page, "race", {})
    assert not race.get_by_role("textbox", name="share", exact=True).is_visible()


@pytest.mark.parametrize(
    ("text", "line"),
    [
        (SGD_TEXT.replace("+ g", "+ g * (1 / 0)"), "line 2"),
        (SGD_TEXT.replace("+ g", "+ g)"), "line 2"),
        (SGD_TEXT.replace("+ g", "+ missing"), "line 2"),
        (SGD_TEXT.replace("    return", "    while True:\n        pass\n    return"), "line 3"),
        (SGD_TEXT.replace(", velocity\n", "\n"), "line 3"),
    ],
    ids=["1/0", "syntax", "a missing name", "while True", "too few values"],
)
def test_what_is_wrong_is_said_with_its_line_and_the_last_good_path_stays(kept_page, text, line):
    page = kept_page("race")
    edit(page, "race", {"SGD": MOMENTUM})
    assert said(page, "race") == {}
    good = columns(page, "race")["SGD, edited", "value"]
    edit(page, "race", {"SGD": text})
    assert any(line in message for message in said(page, "race").values()), said(page, "race")
    np.testing.assert_array_equal(columns(page, "race")["SGD, edited", "value"], good)
    edit(page, "race", {"SGD": TURNED})
    assert said(page, "race") == {}


def test_an_edited_function_is_descended_by_its_own_gradient(open_page):
    text = source_of(bowl(4.0).value).replace("/ 2", "/ 2 + np.exp(-x) * np.sin(y)")
    page = open_page("race")
    edit(page, "race", {"bowl": text})
    put(page, "race", function="bowl, edited", start=[-2.0, 1.0])
    settle(page)
    assert said(page, "race") == {}

    def value(x, y):
        return (x**2 + 4 * y**2) / 2 + np.exp(-x) * np.sin(y)

    def gradient(x, y):
        return x - np.exp(-x) * np.sin(y), 4 * y + np.exp(-x) * np.cos(y)

    expected = descend(Adam(0.1), Landscape("it", value, gradient, (), (), ()), (-2.0, 1.0), 60)
    assert_same(expected.values, columns(page, "race")["Adam", "value"])
    edit(page, "race", {})
    assert get(page, "race", "function") == "bowl"


def test_a_traced_rule_is_edited(open_page):
    text = source_of(RAdam().rule).replace("if r > 0 ", "if r > 0.1 ")
    page = open_page("inside")
    put(page, "inside", stream="noisy", settings={"mean": 1.0, "noise": 1.0, "seed": 0})
    edit(page, "inside", {"RAdam": text})
    figure = trace([RAdam(), SGD()], quantities=["r", "velocity", "step"], steps=60)
    figure.stream, figure.edited = "noisy", {"RAdam": text}
    found = columns(page, "inside")
    for quantity, ours in figure.values["RAdam, edited"].items():
        assert_same(ours, found["RAdam, edited", quantity])


# By hand: the editor


def open_editor(page):
    """The race, and the editor with the text of SGD that has been opened in it."""
    race = page.locator("#race")
    race.get_by_role("button", name="Edit the rule").click()
    race.get_by_label("edit", exact=True).select_option("SGD")
    editor = race.get_by_role("textbox", name="Text of the rule SGD")
    editor.wait_for()
    return race, editor


def test_the_editor_edits_by_keyboard_and_undoes(open_page):
    page = open_page("race")
    race, editor = open_editor(page)
    assert page.evaluate("document.activeElement.closest('.cm-editor') !== null")
    editor.fill(TURNED)
    page.wait_for_function("document.getElementById('race').model.get('shown').length === 3")
    settle(page)
    assert_same(run_of(TURNED, learning_rate=RATE).values, columns(page, "race")["SGD, edited", "value"])
    changed = race.locator(".ex-edit").inner_text()
    assert "-    return p - learning_rate" in changed and "+    return p + learning_rate" in changed
    assert axe_violations(page) == []
    editor.fill(TURNED.replace("+ g", "+ missing"))
    race.get_by_role("alert").filter(has_text="line 2").first.wait_for()
    race.get_by_role("button", name="Back to the book's rule").click()
    page.wait_for_function("document.getElementById('race').model.get('shown').length === 2")
    assert get(page, "race", "edited") == {}


# The link and the copy


def link_with(texts, **more):
    return "#race?" + urllib.parse.urlencode({f"edit.{label}": text for label, text in texts.items()} | more)


def test_the_link_shows_the_text_and_runs_it_when_the_reader_says_so(open_page):
    page = open_page("race")
    edit(page, "race", {"SGD": MOMENTUM})
    hyperparameters = get(page, "race", "hyperparameters")
    hyperparameters["SGD, edited"]["share"] = 0.75
    put(page, "race", hyperparameters=hyperparameters, start=[0.5, 1.5])
    page.wait_for_function("location.hash.includes('edit.SGD')")
    page.wait_for_timeout(400)
    linked = open_page("race", "#" + page.url.split("#")[1])
    settle(linked)
    assert get(linked, "race", "edited") == {} and get(linked, "race", "shown") == ["Adam", "SGD"]
    panel = linked.locator("#race .ex-unread")
    assert "average = share * average" in panel.inner_text()
    assert axe_violations(linked) == []
    panel.get_by_role("button", name="Run").click()
    linked.wait_for_function("document.getElementById('race').model.get('shown').length === 3")
    settle(linked)
    settle(linked)
    ours, theirs = columns(page, "race"), columns(linked, "race")
    assert ours.keys() == theirs.keys()
    for column, values in ours.items():
        np.testing.assert_array_equal(theirs[column], values)


def test_the_copied_python_makes_the_same_runs(open_page):
    page = open_page("race", permissions=["clipboard-read", "clipboard-write"])
    edit(page, "race", {"SGD": MOMENTUM, "Adam": source_of(Adam().rule).replace("g**2", "abs(g)**1.5")})
    page.locator("#race").get_by_role("button", name="Copy as Python").click()
    page.get_by_text("Python copied").wait_for()
    names = {}
    exec(page.evaluate("navigator.clipboard.readText()"), names)
    assert len(names["runs"]) == 4
    for label, run in names["runs"].items():
        assert_same(run.values, columns(page, "race")[label, "value"])


def test_the_copied_python_of_an_edited_function_makes_the_same_runs(open_page):
    page = open_page("race", permissions=["clipboard-read", "clipboard-write"])
    edit(page, "race", {"bowl": source_of(bowl(4.0).value).replace("/ 2", "/ 2 + np.exp(-x) * np.sin(y)")})
    put(page, "race", function="bowl, edited")
    settle(page)
    page.locator("#race").get_by_role("button", name="Copy as Python").click()
    page.get_by_text("Python copied").wait_for()
    names = {}
    exec(page.evaluate("navigator.clipboard.readText()"), names)
    for label, run in names["runs"].items():
        assert_same(run.values, columns(page, "race")[label, "value"])


# No way out

BODY = "def sgd(p, g, velocity, t, learning_rate=0.01):\n    {}\n    return p - learning_rate * g, velocity\n"
REFUSED = {
    "import js": "import js",
    "from js": "from js import fetch",
    "jsffi": "import jsffi",
    "__import__": "x = __import__('js')",
    "attribute chain": "x = ().__class__.__mro__",
    "through np": "x = np.__class__",
    "through a string": "x = ''.join",
    "exec": "exec('import js')",
    "eval": "x = eval('1')",
    "open": "x = open('/main.py')",
    "globals": "x = globals()",
    "an endless loop": "while True: pass",
    "a list": "x = [0] * 10**9",
    "a lambda": "x = (lambda: 1)()",
    "another function": "def q(): pass",
}


@pytest.mark.parametrize("attack", REFUSED)
def test_an_attack_is_refused_before_it_runs(kept_page, attack):
    page = kept_page("race")
    edit(page, "race", {})
    assert said(page, "race") == {}
    edit(page, "race", {"SGD": BODY.format(REFUSED[attack])})
    assert "line 2" in get(page, "race", "_problems")["SGD"]
    assert get(page, "race", "shown") == ["Adam", "SGD"]


@pytest.mark.parametrize("default", ["print(1)", "(9).__class__", "[1]"])
def test_a_default_is_a_number(kept_page, default):
    page = kept_page("race")
    edit(page, "race", {})
    assert said(page, "race") == {}
    edit(page, "race", {"SGD": BODY.format("pass").replace("0.01", default)})
    assert "line 1" in get(page, "race", "_problems")["SGD"]


def test_what_takes_too_long_is_ended_and_the_figure_goes_on(open_page):
    page = open_page("race")
    edit(page, "race", {"SGD": MOMENTUM})
    good = columns(page, "race")["SGD, edited", "value"]
    edit(page, "race", {"SGD": BODY.format("velocity = 0 * g + 9**9**9")})
    assert "stopped after 3 seconds" in get(page, "race", "_problems")["SGD"]
    put(page, "race", start=[0.5, 0.5])
    put(page, "race", start=list(rosenbrock.start))
    np.testing.assert_allclose(columns(page, "race")["SGD, edited", "value"], good)
    edit(page, "race", {"SGD": TURNED})
    assert said(page, "race") == {}


def test_a_link_that_looks_like_the_books_own_rule_waits_for_the_reader(open_page):
    disguised = SGD_TEXT.replace("    velocity =", "    import js\n    velocity =")
    page = open_page("race", link_with({"SGD": disguised}))
    settle(page)
    assert get(page, "race", "edited") == {}
    assert "import js" in page.locator("#race .ex-unread").inner_text()
    page.locator("#race .ex-unread").get_by_role("button", name="Run").click()
    settle(page)
    assert "line 2" in get(page, "race", "_problems")["SGD"]


def test_a_link_cannot_set_the_text_of_what_is_not_there(open_page):
    page = open_page("race", link_with({"Muon": MOMENTUM}))
    settle(page)
    assert "Muon" in page.locator("#race .ex-notice").inner_text()
    assert page.locator("#race .ex-unread").is_hidden()


# Python that has got past the grammar, as if it had a hole: handed to the worker as a figure's reference.
# What it tries; a promise is followed to its end.
INSIDE = {
    "fetch": "js.fetch('SITErace.html?stolen').then(reached, refused)",
    "XMLHttpRequest": "r = js.XMLHttpRequest.new(); r.open('GET', 'SITErace.html?stolen', False); r.send()",
    "importScripts": "js.importScripts('SITE_static/explorables/worker.js?stolen')",
    "WebSocket": "js.WebSocket.new('SITErace.html?stolen'.replace('http', 'ws')).onopen = reached",
    "an event source": "js.EventSource.new('SITErace.html?stolen').onopen = reached",
    "another worker": "js.Worker.new('SITE_static/explorables/worker.js?stolen')",
    "IndexedDB": "js.indexedDB.open('it')",
    "caches": "js.caches.open('it').then(reached, refused)",
    "the document": "js.document.title",
    "the parent": "js.parent.document",
    "storage": "js.localStorage.getItem('it')",
    "eval": "js.eval('1')",
}
SIGNATURE = "def sgd(p, g, velocity, t, learning_rate=0.01, momentum=0.0):"
TRY = f"""{SIGNATURE}
    import js
    def reached(*rest):
        js.said = "reached"
    def refused(*rest):
        js.said = "refused"
    js.said = "running"
    try:
        {{}}
        js.said = "reached" if js.said == "running" and {{}} else js.said
    except Exception as error:
        js.said = "refused"
    return p, velocity
"""
TELL = f"{SIGNATURE}\n    import js\n    raise KeyError(js.said)\n"
ASK = """async ([figure, text]) => {
    const { model } = document.getElementById("race");
    const given = Object.fromEntries(model.inputs.map((name) => [name, model.get(name)]));
    const optimizers = figure.optimizers.filter(({ label }) => label === "SGD");
    Object.assign(optimizers[0], { text, rule: { reference: { source: text, name: "sgd", names: {} } } });
    await model.sandbox.show(99, { ...figure, optimizers }, 3000);
    try {
        return (await model.sandbox.ask(99, { ...given, steps: 1 }, "runs", 3000)).errors.SGD ?? "";
    } catch (error) {
        return error.message; // what JavaScript refuses, Python does not catch
    }
}"""


def outcome_of(page, attack, site):
    """What Python in the worker came to: reached, refused, or still on its way."""
    figure, later = get(page, "race", "figure"), "reached" in INSIDE[attack]
    text = TRY.format(INSIDE[attack].replace("SITE", site), not later)
    if refused := page.evaluate(ASK, [figure, text]):
        return refused
    page.wait_for_timeout(400)
    return page.evaluate(ASK, [figure, TELL]).split("KeyError: ")[1]


@pytest.fixture
def served_paths(monkeypatch):
    """What the server has been asked for."""
    paths, get_file = [], QuietHandler.do_GET

    def noted(self):
        paths.append(self.path)
        get_file(self)

    monkeypatch.setattr(QuietHandler, "do_GET", noted)
    return paths


@pytest.mark.parametrize("attack", INSIDE)
def test_the_sandbox_reaches_nothing(browser, site, served_paths, attack):
    """No request leaves the worker, and nothing of the page can be read or changed from it."""
    page = browser.new_page()
    page.goto(f"{site}race.html")
    page.wait_for_selector("[data-ready]")
    said = outcome_of(page, attack, site)
    assert said != "reached" and [path for path in served_paths if "stolen" in path] == []
    assert page.title() == "Explorables"
    page.close()


def test_without_the_sandbox_much_is_reached(browser, site, served_paths):
    """The attacks are real: where the frame has the page's origin and no policy of its own, they arrive."""
    page = browser.new_page()

    def without(route):
        script = route.fetch().text()
        open_frame = script.replace('"sandbox","allow-scripts"', '"data-none",""')
        opened = re.sub(
            r'content="\$\{\w+\}"',
            "content=\"default-src * blob: 'unsafe-inline' 'unsafe-eval'\"",
            open_frame,
        )
        assert opened != open_frame != script
        route.fulfill(body=opened, content_type="text/javascript")

    page.route("**/page.js*", without)
    page.goto(f"{site}race.html")
    page.wait_for_selector("[data-ready]")
    said = {attack: outcome_of(page, attack, site) for attack in INSIDE}
    reached = {attack for attack, words in said.items() if words == "reached"}
    assert {"fetch", "XMLHttpRequest", "importScripts", "another worker", "IndexedDB"} <= reached, said
    assert len([path for path in served_paths if "stolen" in path]) >= 5
    page.close()


# What went wrong once


def test_a_good_text_does_not_wait_for_the_fate_of_a_bad_one(open_page):
    page = open_page("race")
    page.evaluate(
        """([slow, good]) => {
            const { model } = document.getElementById("race");
            model.set("edited", { SGD: slow });
            model.save_changes();
            setTimeout(() => {
                model.set("edited", { SGD: good });
                model.save_changes();
            }, 500);
        }""",
        [BODY.format("velocity = 0 * g + 9**9**9"), TURNED],
    )
    page.wait_for_timeout(700)
    settle(page)
    page.wait_for_function("document.getElementById('race').model.get('shown').length === 3")
    settle(page)
    assert said(page, "race") == {}
    assert_same(run_of(TURNED, learning_rate=RATE).values, columns(page, "race")["SGD, edited", "value"])


def test_what_becomes_slow_later_is_taken_back(open_page):
    page = open_page("race")
    put(page, "race", steps=4)
    edit(page, "race", {"SGD": BODY.format("velocity = 0 * (1 if t < 9 else 9) ** 9**9")})
    assert said(page, "race") == {}
    put(page, "race", steps=60)
    assert "stopped after 3 seconds" in get(page, "race", "_problems")["SGD"]
    assert get(page, "race", "steps") == 4
    put(page, "race", start=[0.5, 0.5])
    assert columns(page, "race")["Adam", "x"][0] == 0.5


def test_reset_takes_back_what_is_being_written(open_page):
    page = open_page("race")
    race, editor = open_editor(page)
    editor.fill(TURNED)
    race.get_by_role("button", name="Reset").click()
    page.wait_for_timeout(500)
    settle(page)
    assert get(page, "race", "edited") == {}
    assert "p - learning_rate" in editor.inner_text()


def test_whole_numbers_are_floats_to_a_rule(open_page):
    page = open_page("race")
    put(page, "race", start=[3, -2])
    edit(page, "race", {"SGD": SGD_TEXT.replace("1e-2", "1")})
    assert said(page, "race") == {}
