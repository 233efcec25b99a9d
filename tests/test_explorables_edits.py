"""What a reader's text becomes in the kernel: a rule beside the original, a function to choose, or words."""

import functools
from pathlib import Path

import numpy as np
import pytest
import traitlets

from adamlearn import SGD, Adam, Optimizer, explorables, plots, rules
from adamlearn.descent import descend
from adamlearn.explorables import Goal, anatomy, goals, landscape, trace
from adamlearn.explorables.edits import function_of
from adamlearn.explorables.portable import source_of
from adamlearn.landscapes import Landscape, bowl, rosenbrock

WITH_MOMENTUM = """\
def sgd(p, g, velocity, average, t, learning_rate=0.01, momentum=0.9, share=0.5):
    velocity = momentum * velocity + g
    average = share * average + (1 - share) * velocity
    return p - learning_rate * average, velocity, average
"""


@pytest.fixture
def figure():
    return landscape([rosenbrock, bowl(4.0)], [SGD(0.002, momentum=0.5), "Adam"], steps=50)


def momentum_rule():
    return function_of(WITH_MOMENTUM, {})


def assert_same_run(found, optimizer, function, start):
    expected = descend(optimizer, function, start, 50)
    np.testing.assert_allclose(found.positions, expected.positions, rtol=1e-9, atol=1e-9)


def test_an_edited_rule_is_drawn_beside_the_original(figure):
    before = figure.paths["SGD"]
    figure.edited = {"SGD": WITH_MOMENTUM}
    assert figure.shown == ["SGD", "Adam", "SGD, edited"] and figure._problems == {}
    assert figure.hyperparameters["SGD, edited"] == {
        "learning_rate": 0.002,  # as it is set, for the text has not changed it
        "momentum": 0.9,  # the text's
        "share": 0.5,
    }
    assert_same_run(
        figure.paths["SGD, edited"],
        Optimizer(momentum_rule(), learning_rate=0.002),
        rosenbrock,
        rosenbrock.start,
    )
    np.testing.assert_array_equal(figure.paths["SGD"].positions, before.positions)
    described = {o["label"]: o for o in figure.figure["optimizers"]}
    assert described["SGD, edited"]["of"] == "SGD" and described["SGD, edited"]["text"] == WITH_MOMENTUM
    assert described["SGD, edited"]["color"] != described["SGD"]["color"]
    figure.hyperparameters["SGD, edited"]["share"] = 0.0
    assert_same_run(
        figure.paths["SGD, edited"],
        Optimizer(momentum_rule(), learning_rate=0.002, share=0.0),
        rosenbrock,
        rosenbrock.start,
    )


def test_back_to_the_original(figure):
    state = figure.figure, figure.shown, dict(figure.hyperparameters)
    figure.edited = {"SGD": WITH_MOMENTUM, "rosenbrock": source_of(rosenbrock.value)}
    figure.function = "rosenbrock, edited"
    figure.edited = {}
    assert (figure.figure, figure.shown, dict(figure.hyperparameters)) == state
    assert figure.function == "rosenbrock" and set(figure.paths) == {"SGD", "Adam"}


@pytest.mark.parametrize(
    ("text", "words"),
    [
        (WITH_MOMENTUM.replace("velocity + g", "velocity + "), "line 2: invalid syntax"),
        (WITH_MOMENTUM.replace("+ g", "+ missing"), "line 2: TypeError: sgd: `missing` cannot be compiled"),
        (
            WITH_MOMENTUM.replace("return", "while True:\n        pass\n    return"),
            "line 4: TypeError: sgd: `while",
        ),
        (WITH_MOMENTUM + "import js\n", "TypeError: expected one function, from its `def`"),
        ("def sgd(p, g, t, learning_rate=print(1)):\n    return (p,)\n", "line 1: the default `print(1)`"),
        ("@staticmethod\n" + WITH_MOMENTUM, "TypeError: expected one function"),
        ("", "TypeError: expected one function"),
        (WITH_MOMENTUM.replace("average, velocity, average", "average"), "ValueError"),
        ("def sgd(x, t):\n    return x\n", "TypeError: sgd"),
        (
            WITH_MOMENTUM.replace("+ g", "+ np.max(g)"),
            "line 2: TypeError: sgd: `np.max(g)` cannot be compiled",
        ),
        (WITH_MOMENTUM.replace("+ g", "+ __import__('os').getpid()"), "line 2: TypeError"),
        (WITH_MOMENTUM.replace("+ g", "+ open('/etc/passwd')"), "line 2: TypeError"),
        (WITH_MOMENTUM.replace("+ g", "+ ().__class__.__bases__"), "line 2: TypeError"),
        (WITH_MOMENTUM.replace("+ g", "+ len([0] * 10**9)"), "line 2: TypeError"),
        (WITH_MOMENTUM.replace("    average =", "    later += 1\n    average ="), "line 3: TypeError"),
    ],
)
def test_a_text_that_is_no_rule_is_said_so_and_the_last_good_one_stays(figure, text, words):
    figure.edited = {"SGD": WITH_MOMENTUM}
    kept = figure.paths["SGD, edited"].positions
    figure.edited = {"SGD": text}
    said = figure._problems.get("SGD") or figure._result["errors"]["SGD, edited"]
    assert words in said
    np.testing.assert_array_equal(figure.paths["SGD, edited"].positions, kept)


def test_an_error_names_its_line_and_the_last_good_path_stays(figure):
    figure.edited = {"SGD": WITH_MOMENTUM}
    kept = figure.paths["SGD, edited"].positions
    figure.edited = {"SGD": WITH_MOMENTUM.replace("+ g", "+ g * (1 / 0)")}
    assert figure._result["errors"] == {"SGD, edited": "line 2: ZeroDivisionError: float division by zero"}
    np.testing.assert_array_equal(figure.paths["SGD, edited"].positions, kept)
    figure.edited = {"SGD": WITH_MOMENTUM.replace("+ g", "- g")}
    assert figure._result["errors"] == {}
    assert figure.paths["SGD, edited"].values[-1] != kept[-1, 0]


def test_a_text_has_floats_only(figure):
    """Of whole numbers a power such as 9**9**9 would be computed for hours, to its last digit."""
    for whole, floats in [("2**60 + 1 - 2**60", "0.0"), ("t**t + t // t - t**t", "(1.0 if t < 14 else 0.0)")]:
        paths = []
        for factor in (whole, floats):
            figure.edited = {"SGD": WITH_MOMENTUM.replace("+ g", f"+ g * ({factor})")}
            assert figure._problems == figure._result["errors"] == {}
            paths.append(figure.paths["SGD, edited"].positions)
        np.testing.assert_array_equal(*paths)
    figure.edited = {"SGD": WITH_MOMENTUM.replace("+ g", "+ g * 9**9**9")}
    assert figure._result["errors"]["SGD, edited"].startswith("line 2: OverflowError")
    inside = trace("SGD", "constant", steps=50)
    inside.edited = {"SGD": source_of(rules.sgd).replace("+ g", "+ g * (2**60 + 1 - 2**60)")}
    np.testing.assert_array_equal(inside.values["SGD, edited"]["step"], 0.0)


def test_an_edited_function_has_the_gradient_of_its_text(figure):
    text = source_of(bowl(4.0).value).replace("/ 2", "/ 2 + np.exp(-x) * np.sin(y)")
    figure.edited = {"bowl": text}
    figure.function = "bowl, edited"

    def value(x, y):
        return (x**2 + 4 * y**2) / 2 + np.exp(-x) * np.sin(y)

    def gradient(x, y):
        return x - np.exp(-x) * np.sin(y), 4 * y + np.exp(-x) * np.cos(y)

    edited = Landscape("it", value, gradient, (), (), ())
    for label, optimizer in {"SGD": SGD(0.002, momentum=0.5), "Adam": Adam()}.items():
        assert_same_run(figure.paths[label], optimizer, edited, figure.start)
    figure.edited = {"bowl": text.replace("np.sin(y)", "np.sin(z)")}
    assert "line 2" in figure._problems["bowl"] and figure.function == "bowl, edited"


def test_a_traced_rule_is_edited():
    figure = trace(["Adam", "RAdam"], "constant", ("m", "r", "step"), steps=12)
    text = source_of(rules.radam).replace("if r > 0", "if r > 0.5")
    assert text != source_of(rules.radam)
    figure.edited = {"RAdam": text}
    np.testing.assert_array_equal(figure.values["RAdam, edited"]["r"], figure.values["RAdam"]["r"])
    first = figure.values["RAdam"]["step"] - figure.values["RAdam, edited"]["step"]
    assert np.abs(first[:3]).max() == 0 and np.abs(first[-1]) > 0


@pytest.mark.parametrize(
    ("edited", "words"),
    [
        ({"Muon": "def muon(): ..."}, "edited has 'Muon'; expected some of"),
        ({"SGD": 3}, r"edited\['SGD'\] is int; expected text"),
    ],
)
def test_refuses_what_is_not_a_text_of_the_figure(figure, edited, words):
    with pytest.raises(traitlets.TraitError, match=words):
        figure.edited = edited
    assert figure.edited == {}


def test_the_editor_is_handed_over_when_it_is_asked_for(figure, monkeypatch):
    sent = []
    monkeypatch.setattr(figure, "send", sent.append)
    figure._handle_custom_msg("editor", [])
    figure._handle_custom_msg("something", [])
    assert len(sent) == 1 and "openEditor" in sent[0]["editor"]


# Hyperparameters that are set where they stand


def test_an_inner_value_is_set_or_refused(figure):
    figure.hyperparameters["Adam"]["learning_rate"] = 0.25
    assert_same_run(figure.paths["Adam"], Adam(0.25), rosenbrock, rosenbrock.start)
    with pytest.raises(traitlets.TraitError, match="beta1 is 2"):
        figure.hyperparameters["Adam"]["beta1"] = 2
    figure.hyperparameters["SGD"] = {"learning_rate": 0.5, "momentum": 0.0}
    assert figure.hyperparameters["SGD"]["learning_rate"] == 0.5
    for change in (
        functools.partial(figure.hyperparameters["Adam"].update, beta1=0.5),
        figure.hyperparameters["Adam"].clear,
        lambda: figure.hyperparameters.pop("Adam"),
    ):
        with pytest.raises(TypeError, match="set one value"):
            change()
    assert figure.hyperparameters["Adam"]["beta1"] == 0.9


# Goals, presets, and the anatomy of a step


def test_a_goal_and_presets_are_described_for_the_page():
    goal = Goal("steps to the target", "<=", 50, hint="Faster.", next="And now?")
    presets = {"slow": {"steps": 20, "hyperparameters": {"Adam": {"learning_rate": 1e-3}}}}
    figure = landscape(rosenbrock, goal=goal, presets=presets).figure
    assert figure["goal"] == {
        "measure": "steps to the target",
        "relation": "<=",
        "value": 50.0,
        "hint": "Faster.",
        "next": "And now?",
        "of": "",
        "stream": "",
        "words": "at most 50",
    }
    assert figure["presets"] == [{"name": "slow", "set": presets["slow"]}]
    assert trace().figure["goal"] is None and trace().figure["presets"] == []


@pytest.mark.parametrize(
    ("make", "words"),
    [
        (lambda: Goal("beauty", ">=", 1), "measure is 'beauty'; expected one of"),
        (lambda: Goal("distance", ">", 1), "relation is '>'; expected one of"),
        (lambda: trace(goal=Goal("diverged", "=", 1, stream="wild")), "goal has the stream 'wild'"),
        (lambda: trace(presets={"a": {"start": 1}}), r"presets\['a'\] sets 'start'; expected some of"),
    ],
)
def test_refuses_a_goal_or_preset_that_the_page_does_not_know(make, words):
    with pytest.raises(ValueError, match=words):
        make()


def test_every_measure_is_one_that_a_view_has():
    folder = Path(explorables.__file__).parent / "kinds"
    views = "".join(path.read_text(encoding="utf-8") for path in folder.glob("*/*.js"))
    for measure in goals.MEASURES:
        assert f'"{measure}": ' in views or f"    {measure}: " in views, measure


def test_the_lines_of_a_step_and_their_values():
    figure = anatomy(Adam(beta1=0.5), [2.0, -2.0], steps=4, at=2)
    assert figure.values["Adam"]["m"].tolist()[:2] == [1.0, -0.5]
    assert "m = beta1 * m + (1 - beta1) * g  # -0.5" in repr(figure)
    assert "step / learning_rate" in repr(figure)
    data, _ = figure._repr_mimebundle_()
    assert {"text/html", "image/png"} <= data.keys()
    figure.at = 1
    assert "m = beta1 * m + (1 - beta1) * g  # 1" in repr(figure)
    with pytest.raises(traitlets.TraitError, match="at is 5; expected 1 to 4, a step"):
        figure.at = 5
    assert figure.at == 1


def test_the_lines_of_an_edited_rule_are_its_own():
    figure = anatomy(SGD(), "constant", steps=3)
    figure.edited = {"SGD": WITH_MOMENTUM}
    assert "average" in figure.values["SGD, edited"]


# Styles of a reader's own rules


def test_own_rules_have_styles_of_their_own():
    drawn = plots.styles(["Adam", *map(str, range(8))])
    assert drawn["Adam"] == plots.STYLES["Adam"]
    assert len({(style["color"], style["linestyle"]) for style in drawn.values()}) == 9
    named = {style["color"] for style in plots.STYLES.values()}
    assert all(plots.own_style(number)["color"] not in named for number in range(8))


# What went wrong once


@pytest.mark.parametrize(
    "text",
    [
        f"def r(x, y):\n    return x * 1{'0' * 400}\n",
        f"def r(x, y):\n    return {'x + ' * 900}x\n",
        "def r(x):\n    return x\n",
    ],
    ids=["a number that no float holds", "a long sum", "another number of parameters"],
)
def test_whatever_a_text_is_the_figure_lives_on(figure, text):
    figure.edited = {"rosenbrock": text}
    assert "rosenbrock" in figure._problems
    figure.steps = 7
    assert len(figure.paths["SGD"].values) == 8


def test_a_hyperparameter_has_no_name_that_every_optimizer_has(figure):
    figure.edited = {"SGD": "def sgd(p, g, t, slots=0.1):\n    return (p - slots * g,)\n"}
    assert "slots is a name that every optimizer has" in figure._problems["SGD"]
    figure.steps = 7
    assert len(figure.paths["SGD"].values) == 8


def test_a_function_that_observes_may_set_an_input(figure):
    figure.observe(lambda change: setattr(figure, "steps", 12), "paths")
    figure.start = (0.0, 0.0)
    assert figure._result["rows"] == 13 and len(figure.paths["SGD"].values) == 13


def test_a_start_is_finite():
    with pytest.raises(ValueError, match="expected finite numbers"):
        landscape(rosenbrock, start=(float("nan"), 1.0))
    with pytest.raises(ValueError, match="does not end in"):
        landscape(rosenbrock, {"Adam, edited": Adam()})
