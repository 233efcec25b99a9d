"""The explorables' Python side: what is asked for, what is computed, what is written down for the page."""

import functools
import importlib
import json
import math
import re
import runpy
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
import traitlets
from _ext import explorables as served_explorables
from docutils import nodes
from docutils.utils import new_document
from scipy.signal import lfilter
from sphinx.errors import ExtensionError

from adamlearn import (
    SGD,
    AdaBelief,
    Adam,
    AdamW,
    AMSGrad,
    Optimizer,
    RAdam,
    RMSProp,
    landscapes,
    plots,
    rules,
    streams,
)
from adamlearn.descent import descend
from adamlearn.explorables import landscape, trace, widget
from adamlearn.explorables.kinds.landscape import answer as landscape_answer
from adamlearn.explorables.portable import NotPortableError, as_python, portable
from adamlearn.explorables.traced import traced, traced_source
from adamlearn.landscapes import LANDSCAPES, Landscape, beale, bowl, rosenbrock
from tests.optimizers_table import TABLE

FACTOR = 0.5


def half_step(p, g, t, learning_rate=0.1):
    return (p - FACTOR * learning_rate * g,)


def canyon(x, y):
    return x**2 / 20 + (y - x / 2) ** 2


def branching(p, g, m, t, learning_rate=0.1):
    m = 0.5 * m + g  # a comment, and "ε" beyond ASCII
    if t == 1:
        only_here = 2 * m
        return p - learning_rate * only_here, m
    step = m + g
    return (
        p - learning_rate * step,
        m,
    )


# What is asked for


def test_optimizers_in_every_form():
    asked = ["AMSGrad", RMSProp, Adam(learning_rate=0.1), half_step]
    found = landscape(rosenbrock, asked)
    assert found.shown == ["AMSGrad", "RMSProp", "Adam", "half_step"]
    assert found.hyperparameters["Adam"]["learning_rate"] == 0.1
    assert found.hyperparameters["half_step"] == {"learning_rate": 0.1}
    assert landscape(rosenbrock, "Adam").shown == ["Adam"]
    assert landscape(rosenbrock, {"slow": Adam(1e-4), "fast": Adam(1e-2)}).shown == ["slow", "fast"]
    assert landscape(rosenbrock, asked, shown=["Adam"]).paths.keys() == {"Adam"}


def test_every_named_optimizer_can_be_asked_for_by_its_name():
    """Its text can be edited, its dashes are drawn, and the page can run it."""
    names = [row.name for row in TABLE]
    described = landscape(rosenbrock, names).figure["optimizers"]
    assert [optimizer["label"] for optimizer in described] == names
    for optimizer, row in zip(described, TABLE, strict=True):
        assert optimizer["defaults"] == row.defaults
        assert optimizer["edit"]["text"].startswith(f"def {row.cls.named_rule.__name__}(")
        assert optimizer["rule"]["reference"] is not None
        assert bool(optimizer["dash"]) == (plots.style(row.name)["linestyle"] != "-")


def test_styles_are_the_plots_own_and_differ():
    asked = {
        "Adam": Adam(),
        "RAdam": RAdam(),
        "Adam, slow": Adam(1e-4),
        **{str(i): half_step for i in range(12)},
    }
    described = landscape(rosenbrock, asked).figure["optimizers"]
    for name in ("Adam", "RAdam"):
        found = next(optimizer for optimizer in described if optimizer["label"] == name)
        assert found["color"] == plots.STYLES[name]["color"]
    assert len({(o["color"], tuple(o["dash"])) for o in described}) == len(asked)


@pytest.mark.parametrize(
    ("optimizers", "error", "words"),
    [
        ("Muon", ValueError, "optimizers has 'Muon'; expected the name of a class such as 'Adam'"),
        ("Optimizer", ValueError, "expected the name of a class"),
        ([], ValueError, "optimizers is empty; expected at least one"),
        ([Adam(), Adam(0.1)], ValueError, "optimizers has Adam twice; expected a dict, label to optimizer"),
        ([canyon], TypeError, r"canyon\(x, y\) is not a rule"),
        (
            Adam(learning_rate=lambda t: 1 / t),
            TypeError,
            "learning_rate of Adam.* is a schedule; expected a number",
        ),
    ],
)
def test_refuses_optimizers(optimizers, error, words):
    with pytest.raises(error, match=words):
        landscape(rosenbrock, optimizers)


@pytest.mark.parametrize(
    ("arguments", "error", "words"),
    [
        ({"function": 3}, TypeError, "not iterable"),
        ({"function": [3]}, TypeError, "function is 3; expected a Landscape or a function of x and y"),
        ({"function": []}, ValueError, "function is empty; expected at least one landscape"),
        ({"function": [bowl(), bowl(5)]}, ValueError, "two functions are named 'bowl'"),
        ({"function": beale, "steps": 0}, traitlets.TraitError, "steps is 0; expected 1 to 5000"),
        ({"function": beale, "shown": ["SGD"]}, traitlets.TraitError, "shown has 'SGD'; expected labels of"),
        ({"function": beale, "start": (1, 2, 3)}, traitlets.TraitError, "start"),
    ],
)
def test_refuses_what_is_not_a_landscape(arguments, error, words):
    with pytest.raises(error, match=words):
        landscape(**arguments)


def test_refuses_unknown_streams():
    with pytest.raises(ValueError, match=r"stream has 'pink'; expected one of \['constant'"):
        trace("Adam", "pink")


def test_says_how_to_build_what_is_missing(monkeypatch, tmp_path):
    monkeypatch.setattr(widget, "SCRIPT", tmp_path / "explorable.js")
    with pytest.raises(FileNotFoundError, match="is missing: `pip install` of the package builds it"):
        landscape(rosenbrock)


def test_says_when_the_loader_is_another(monkeypatch, tmp_path):
    (tmp_path / "micropython.mjs").write_text("export async function loadMicroPython() {}", "utf-8")
    monkeypatch.setattr(served_explorables, "LOADER", tmp_path / "micropython.mjs")
    with pytest.raises(ExtensionError, match=r"micropython.mjs has no 'export default .*; expected it there"):
        served_explorables.loader()


# What is computed


def test_paths_are_those_of_descend(row):
    optimizer = row.make(learning_rate=1e-3)
    figure = landscape(beale, {"it": optimizer}, start=(1.0, 0.5), steps=30)
    expected = descend(optimizer, beale, (1.0, 0.5), 30)
    for column in ("positions", "values", "gradients"):
        ours, theirs = getattr(figure.paths["it"], column), getattr(expected, column)
        np.testing.assert_allclose(ours, theirs, rtol=1e-10, atol=1e-12)
    assert optimizer.t == 0


def test_traits_follow_one_another():
    figure = landscape([rosenbrock, beale], Adam(learning_rate=0.1), steps=20)
    changes = []
    figure.observe(lambda change: changes.append(change["name"]), "paths")
    figure.start = (0.5, 0.5)
    figure.hyperparameters = {"Adam": {**figure.hyperparameters["Adam"], "beta1": 0.5}}
    expected = descend(Adam(0.1, beta1=0.5), rosenbrock, (0.5, 0.5), 20)
    np.testing.assert_allclose(figure.paths["Adam"].values, expected.values, rtol=1e-9)
    figure.function = "beale"
    assert figure.start == beale.start
    np.testing.assert_array_equal(figure.paths["Adam"].positions[0], beale.start)
    figure.shown = []
    assert figure.paths == {} and changes == ["paths"] * len(changes) and len(changes) >= 4


@pytest.mark.parametrize(
    ("name", "value", "words"),
    [
        ("function", "hill", "function is 'hill'; expected one of"),
        ("steps", 10**6, "steps is 1000000; expected 1 to 5000"),
        ("shown", ["Muon"], "shown has 'Muon'"),
        ("hyperparameters", {}, r"hyperparameters has \[\]; expected \['Adam'\]"),
        ("hyperparameters", {"Adam": {"speed": 1}}, r"hyperparameters\['Adam'\] has \['speed'\]; expected"),
        (
            "hyperparameters",
            {"Adam": {"learning_rate": 1.0, "beta1": 1.5, "beta2": 0.9, "epsilon": 0.0}},
            r"beta1 is 1.5; expected a number in \[0, 1\)",
        ),
    ],
)
def test_refused_trait_changes_nothing(name, value, words):
    figure = landscape(rosenbrock, "Adam")
    before, paths = getattr(figure, name), figure.paths
    with pytest.raises(traitlets.TraitError, match=words):
        setattr(figure, name, value)
    assert getattr(figure, name) == before and figure.paths is paths


def test_plain_function_gets_a_gradient_and_a_window():
    figure = landscape(canyon, SGD(0.1), window=(-2, 2, -1, 1), minima=[(0, 0)], steps=100)
    assert figure.start == pytest.approx((-1.2, 0.6))
    slope = Landscape("", canyon, lambda x, y: (x / 10 - (y - x / 2), 2 * y - x), (), (), ())
    expected = descend(SGD(0.1), slope, figure.start, 100)
    np.testing.assert_allclose(figure.paths["SGD"].positions, expected.positions, atol=1e-8)


def test_error_of_an_own_rule_is_kept_apart():
    def failing(p, g, t, learning_rate=0.1):
        return (p - learning_rate * g / (missing if t > 3 else 1),)  # noqa: F821

    figure = landscape(rosenbrock, [failing, Adam()])
    assert figure.paths.keys() == {"Adam"}
    assert figure._result["errors"] == {"failing": "NameError: name 'missing' is not defined"}
    traced_figure = trace([failing, Adam()])
    assert traced_figure.values.keys() == {"Adam"}
    assert "missing" in traced_figure._result["errors"]["failing"]


def test_divergence_is_told_in_words():
    figure = landscape(rosenbrock, SGD(learning_rate=1.0))
    lost = int(np.argmax(~np.isfinite(figure.paths["SGD"].values)))
    assert f"SGD: diverged at step {lost}" in repr(figure)


# What a trace is


def test_trace_shows_the_rules_own_names():
    figure = trace([Adam(), RAdam(), AdaBelief()], "noisy", [("m", "m_hat"), "v_hat", "s", "r", "step"])
    shown = {label: {*values} for label, values in figure.values.items()}
    assert shown == {
        "Adam": {"g", "m", "m_hat", "v_hat", "step"},
        "RAdam": {"g", "m", "m_hat", "v_hat", "r", "step"},
        "AdaBelief": {"g", "m", "m_hat", "s", "step"},
    }


def test_traced_averages_are_the_filters():
    values = trace(Adam(beta1=0.8, beta2=0.95), "noisy", ["m", "m_hat", "v", "v_hat", "step"]).values["Adam"]
    g, t = values["g"], np.arange(1, 101)
    m, v = lfilter([0.2], [1, -0.8], g), lfilter([0.05], [1, -0.95], g**2)
    np.testing.assert_allclose(values["m"], m, rtol=1e-12)
    np.testing.assert_allclose(values["m_hat"], m / (1 - 0.8**t), rtol=1e-12)
    np.testing.assert_allclose(values["v_hat"], v / (1 - 0.95**t), rtol=1e-12)
    np.testing.assert_allclose(values["step"], values["m_hat"] / (np.sqrt(values["v_hat"]) + 1e-8), rtol=1e-9)


def test_traced_r_is_the_rectifier():
    figure = trace(RAdam(), "constant", ["r"], steps=300)
    np.testing.assert_array_equal(
        figure.values["RAdam"]["r"], [rules.rectifier(t, 0.999) for t in range(1, 301)]
    )


def test_trace_follows_the_optimizer(row):
    optimizer = row.make(learning_rate=0.01)
    figure = trace({"it": optimizer}, "noisy", ["p"], start=0.5, steps=50)
    p, optimizer = np.array(0.5), optimizer.clone()
    for t, traced_p in enumerate(figure.values["it"]["p"], start=1):
        p = optimizer.update(p, np.array(streams.noisy(t)))
        assert traced_p == pytest.approx(p, rel=1e-12)


def test_trace_stays_between_its_bounds():
    figure = trace(SGD(learning_rate=1.0), "alternating", ["p", "step"], bounds=(-0.25, 0.5), steps=6)
    np.testing.assert_array_equal(figure.values["SGD"]["p"], [-0.25, 0.5] * 3)
    np.testing.assert_array_equal(figure.values["SGD"]["step"], [1, -1] * 3)


def test_stream_may_depend_on_the_parameter_and_the_rule():
    def steep(t, p, beta2, curvature=3.0):
        return curvature * p * beta2

    figure = trace(Adam(beta2=0.5), steep, ["p"], start=2.0, settings={"curvature": 4.0})
    assert figure.values["Adam"]["g"][0] == 4.0 * 2.0 * 0.5
    assert "TypeError: the stream depends on beta2" in trace(SGD(), steep)._result["errors"]["SGD"]


def test_drawn_gradients():
    figure = trace(SGD(learning_rate=1.0), [1.0, -2.0], ["p"], steps=4)
    np.testing.assert_array_equal(figure.values["SGD"]["g"], [1, -2, 0, 0])
    figure.drawn = [0.0, 0.0, 3.0]
    np.testing.assert_array_equal(figure.values["SGD"]["p"], [0, 0, -3, -3])


def test_worst_stream_has_the_longest_step():
    """It reaches the supremum that the Cauchy-Schwarz inequality gives."""
    beta1, beta2, at = 0.9, 0.98, 120
    step = trace(
        Adam(beta1=beta1, beta2=beta2, epsilon=0.0), "worst", ["step"], settings={"at": at}, steps=at
    )
    r = beta1**2 / beta2
    square = (1 - beta1) ** 2 / ((1 - beta2) * (1 - r)) * (1 - r**at) * (1 - beta2**at) / (1 - beta1**at) ** 2
    assert step.values["Adam"]["step"][-1] == pytest.approx(np.sqrt(square), rel=1e-12)


def test_noise_is_normal_and_its_own_for_each_seed():
    noise = np.array([[streams.noisy(t, 0.0, 1.0, seed) for t in range(1, 2001)] for seed in range(5)])
    assert abs(noise.mean()) < 0.03 and abs(noise.std() - 1) < 0.03
    assert np.abs(np.corrcoef(noise) - np.eye(5)).max() < 0.1


# What is written down


def test_names_of_the_package_go_by_name():
    assert portable(rules.radam) == "adamlearn.rules:radam"
    assert portable(rosenbrock.gradient) == "adamlearn.landscapes:_rosenbrock_gradient"
    assert portable(streams.worst) == "adamlearn.streams:worst"


def test_own_functions_go_as_source_with_what_they_name():
    found = portable(half_step)
    assert found["source"].startswith("def half_step(") and found["names"] == {"FACTOR": 0.5}
    steep = portable(bowl(50.0).value)
    assert steep["names"] == {"xx": 1.0, "xy": 0.0, "yy": 50.0}


def test_what_cannot_be_written_down():
    table = {"a": 1.0}

    def looks_up(x, y):
        return table["a"] * x

    with pytest.raises(NotPortableError, match="table is dict; expected a number, a function, or one of"):
        portable(looks_up)
    with pytest.raises(NotPortableError, match="a lambda has no text of its own"):
        portable(lambda x, y: x)
    figure = landscape(looks_up, "Adam")  # the kernel can run it all the same
    assert figure.figure["functions"][0]["value"] == {"reference": None}
    assert np.isfinite(figure.paths["Adam"].values).all()


@pytest.mark.parametrize("rule", [*(row.cls().rule for row in TABLE), branching, half_step])
def test_traced_rule_is_the_rule(rule):
    source = traced_source(rule)
    slots = rule.__code__.co_varnames.index("t") - 2
    for t in (1, 2, 7):
        state = np.random.default_rng(t).uniform(0.1, 1, slots + 2)
        result, named = traced(rule)(*state, t)
        assert result == rule(*state, t)
        assert {"p", "g"} <= named.keys()
    kept = [line for line in source.splitlines() if not re.search(r'return|{"p"', line)]
    assert {*kept} <= {line for line in Path(rule.__code__.co_filename).read_text("utf-8").splitlines()}


@pytest.mark.parametrize("function", [half_step, canyon, rules.radam, rosenbrock.value, bowl(5.0).gradient])
def test_python_that_is_copied_defines_the_function(function, tmp_path):
    lines, expression = as_python(function)
    (tmp_path / "copied.py").write_text("\n".join([*lines, f"it = {expression}"]), encoding="utf-8")
    it = runpy.run_path(str(tmp_path / "copied.py"))["it"]
    arguments = (0.3, 0.4, *[0.5] * (it.__code__.co_argcount - 2 - len(it.__defaults__ or ())))
    assert it(*arguments) == function(*arguments)


# What a notebook keeps


def test_words_picture_and_state():
    figure = landscape(rosenbrock, [Adam(learning_rate=0.1)], question="Is 1 < 2?")
    data, _ = figure._repr_mimebundle_()
    assert data.keys() == {"text/plain", "text/html", "image/png", "application/vnd.jupyter.widget-view+json"}
    assert data["text/plain"] == repr(figure)
    assert re.fullmatch(
        r"rosenbrock from \(-1.5, 2\)\n  Adam: f - f_min = \S+, \S+ from the nearest minimum after 200 steps",
        data["text/plain"],
    )
    assert "<p>Is 1 &lt; 2?</p>" in data["text/html"]
    again, _ = landscape(rosenbrock, [Adam(learning_rate=0.1)], question="Is 1 < 2?")._repr_mimebundle_()
    assert again["text/html"] == data["text/html"]


@pytest.mark.parametrize("make", [lambda: landscape(LANDSCAPES.values(), [half_step, AdamW()]), trace])
def test_state_is_plain_json(make):
    text = make()._repr_mimebundle_()[0]["text/html"]
    assert json.dumps(make().figure) == json.dumps(json.loads(json.dumps(make().figure)))
    assert "NaN" not in text and "Infinity" not in text


def test_figures_of_what_diverges_are_drawn():
    for figure in (landscape(rosenbrock, SGD(learning_rate=1.0)), trace(SGD(learning_rate=1e300), [1e300])):
        assert figure._repr_mimebundle_()[0]["image/png"]


def test_rules_and_named_classes_are_one():
    ours = landscape(landscapes.saddle, {"a": Optimizer(rules.amsgrad, learning_rate=0.1), "b": AMSGrad(0.1)})
    np.testing.assert_array_equal(ours.paths["a"].positions, ours.paths["b"].positions)


def test_a_landscape_by_its_name():
    assert landscape("beale").function == "beale"
    with pytest.raises(ValueError, match=r"^function is 'nowhere'; expected one of \['bowl', 'rosenbrock'"):
        landscape("nowhere")


def test_an_unknown_quantity_is_named():
    with pytest.raises(ValueError, match=r"^quantities has 'nope'; expected some of \['g', 'step', 'p', 'm'"):
        trace(quantities=("nope",))


@pytest.mark.parametrize(
    "function",
    [
        lambda x, y: math.sin(x) + y**2,
        lambda x, y: x**2 if x > 0 else y**2,
        lambda x, y: np.sqrt(1 - min(x, 1.0)) + y**2,
        lambda x, y: math.log(x) + y**2,
    ],
    ids=["math", "if", "min", "in half the window"],
)
def test_a_function_of_one_point_is_shown(function):
    data, _ = landscape(function, minima=np.array([[1, 0]]), start=(np.float64(0.5), 1))._repr_mimebundle_()
    assert {"application/vnd.jupyter.widget-view+json", "image/png"} <= data.keys()


def test_a_picture_that_fails_does_not_take_the_figure_along(monkeypatch):
    figure = landscape(rosenbrock)
    monkeypatch.setattr(type(figure), "_picture", lambda self: 1 / 0)
    data, _ = figure._repr_mimebundle_()
    assert "image/png" not in data and "text/html" in data


def test_a_traced_rule_sees_what_it_takes_from_outside_at_the_call():
    limit = 1.0

    def rule(p, g, t, learning_rate=1.0):
        step = np.minimum(g, limit)
        return (p - learning_rate * step,)

    run = traced(rule)
    for limit in (1.0, 0.25):
        assert run(0.0, 5.0, 1)[1]["step"] == limit


# What runs is what the function does


class Hill:
    """An object that is called."""

    def __call__(self, x, y):
        return x**2 + y**2


class Step:
    """A rule that is an object."""

    def __call__(self, p, g, t, learning_rate=0.1):
        return (p - learning_rate * g,)


@functools.wraps(rules.sgd)
def doubled(p, g, *rest):
    return rules.sgd(p, 2 * g, *rest)


@pytest.mark.parametrize(
    ("rule", "words"),
    [
        (doubled, "sgd is wrapped"),
        (lambda p, g, t, learning_rate=0.1: (p - learning_rate * g,), "a lambda has no text of its own"),
        (Step(), "is a Step; expected a function"),
        (functools.partial(half_step), "is a partial; expected a function"),
    ],
)
def test_a_rule_without_text_of_its_own_is_not_traced(rule, words):
    with pytest.raises(TypeError, match=words):
        trace(rule, quantities=("p",))
    with pytest.raises(NotPortableError, match=words):
        portable(rule)
    figure = landscape(rosenbrock, {"it": Optimizer(rule, learning_rate=0.001)})  # the kernel needs no text
    assert figure.figure["optimizers"][0]["rule"] == {"reference": None}
    assert np.isfinite(figure.paths["it"].values).all()


def test_a_rule_whose_file_has_changed_is_not_traced(tmp_path, monkeypatch):
    text = "def plain_step(p, g, t, learning_rate=1.0):\n    return (p - learning_rate * g,)\n"
    (tmp_path / "edited_rules.py").write_text(text, "utf-8")
    monkeypatch.syspath_prepend(tmp_path)
    rule = importlib.import_module("edited_rules").plain_step
    changed = text.replace("learning_rate * g", "100 * learning_rate * g")
    (tmp_path / "edited_rules.py").write_text(changed, "utf-8")
    with pytest.raises(TypeError, match="plain_step is not what its source says"):
        trace(rule, quantities=("p",))
    assert landscape(rosenbrock, rule).figure["optimizers"][0]["rule"] == {"reference": None}


def test_what_was_put_into_a_module_of_the_package_does_not_go_by_its_name(monkeypatch):
    def _rosenbrock(x, y):
        return x + y

    monkeypatch.setattr(landscapes, "_rosenbrock", _rosenbrock)
    assert isinstance(portable(_rosenbrock), dict)


def test_functions_and_rules_that_are_objects_have_the_names_of_their_classes():
    figure = landscape([Hill(), functools.partial(canyon)], [Step(), functools.partial(half_step)])
    assert figure.function == "Hill" and figure.shown == ["Step", "partial"]
    assert np.isfinite(figure.paths["Step"].values).all()


@pytest.mark.parametrize("value", [np.ones(2), [1.0], (1.0,), {1.0}, np.float32(0.1), np.int64(2), "a", None])
def test_what_is_not_a_plain_number_is_not_written_down(value):
    def scaled(x, y):
        return value * x

    with pytest.raises(NotPortableError, match=f"value is {type(value).__name__}; expected a number"):
        portable(scaled)


def test_numbers_keep_their_types():
    one, on, half, many, limit = 1, True, np.float64(0.5), 2**70, math.inf

    def named(x, y):
        return one, on, half, many, limit

    found = portable(named)
    assert {name: type(found["names"][name]) for name in ("one", "on", "half")} == {
        "one": int,
        "on": bool,
        "half": float,
    }
    json.dumps(found, allow_nan=False)
    names = {}
    exec("\n".join(as_python(named)[0]), names)
    assert names["named"](0, 0) == named(0, 0)


def test_defaults_are_those_that_the_function_has():
    rate = 0.25

    def rule(p, g, t, learning_rate=rate, share=0.5):
        step = share * g
        return (p - learning_rate * step,)

    assert "(p, g, t, learning_rate=0.25, share=0.5)" in portable(rule)["source"]
    assert "(p, g, t, learning_rate=0.25, share=0.5)" in portable(rule, source=traced_source(rule))["source"]
    figure = trace(rule, "constant", ("p", "step"), steps=2)
    np.testing.assert_array_equal(figure.values["rule"]["p"], [-0.125, -0.25])

    def table(x, y, seen=[]):  # noqa: B006
        return x

    with pytest.raises(NotPortableError, match="the default of seen is list; expected a number"):
        portable(table)


def test_a_function_that_changes_what_is_not_its_own_is_not_written_down():
    calls = 0

    def counted(x, y):
        nonlocal calls
        calls += 1
        return x

    with pytest.raises(NotPortableError, match="counted changes calls, which is not its own"):
        portable(counted)


def test_functions_that_call_each_other_are_not_written_down():
    def even(n):
        return n == 0 or odd(n - 1)

    def odd(n):
        return n != 0 and even(n - 1)

    with pytest.raises(NotPortableError, match="even calls itself by way of another function"):
        portable(even)


def test_a_name_without_a_value_is_not_written_down():
    def early(x, y):
        return later * x

    with pytest.raises(NotPortableError, match="later has no value yet"):
        portable(early)
    later = 1.0
    assert portable(early)["names"] == {"later": later}


def test_a_function_and_a_generator_inside_a_rule_are_left_alone():
    def rule(p, g, m, t, learning_rate=0.1):
        def mean(a, b):
            return 0.9 * a + 0.1 * b

        later: float
        m, twice = mean(m, g), sum(w * g for w in (1, 1))
        step = m + 0 * twice
        later = learning_rate
        return p - later * step, m

    result, named = traced(rule)(1.0, 2.0, 3.0, 1)
    assert result == rule(1.0, 2.0, 3.0, 1)
    assert named == {"p": 1.0, "g": 2.0, "m": result[1], "twice": 4.0, "step": result[1], "later": 0.1}


def test_a_rule_in_place_alters_nothing_of_the_callers():
    def in_place(p, g, m, t, learning_rate=0.1):
        m *= 0.5
        m += g
        g *= 100
        p -= learning_rate * m
        return p, m

    gradients, bounds = [1.0, -2.0, 4.0], np.array([-1.0, 1.0])
    figure = trace([in_place, SGD(momentum=0.5)], gradients, ("p", "m"), bounds=bounds, steps=3)
    np.testing.assert_array_equal(figure.values["in_place"]["g"], gradients)
    assert gradients == [1.0, -2.0, 4.0] and figure.drawn == gradients and bounds.tolist() == [-1.0, 1.0]
    np.testing.assert_array_equal(figure.values["in_place"]["m"], [1.0, -1.5, 3.25])
    path = landscape(beale, in_place, start=(start := np.array([1.0, 0.5]))).paths["in_place"]
    assert path.positions[0].tolist() == start.tolist() == [1.0, 0.5]


# What NumPy's numbers and failing functions do to a figure


def test_numbers_of_numpy_are_taken():
    figure = landscape(
        Landscape(
            "it", canyon, None, np.zeros((1, 2), int), np.array([-1, 1, -1, 1], "f4"), np.ones(2, "f4")
        ),
        tolerance=np.float32(0.5),
        steps=np.int64(3),
        start=np.array([1, 0]),
    )
    traced_figure = trace(
        stream="spike", settings={"at": np.int64(2)}, start=np.float32(0.5), bounds=np.array([0, 1])
    )
    assert traced_figure.values["Adam"]["g"][1] == 100.0
    traced_figure.settings = {"at": np.int64(3), "size": np.float32(2)}
    for made in (figure, traced_figure):
        json.dumps([getattr(made, name) for name in ("figure", *made.inputs)], allow_nan=False)
    assert "((0.0, 0.0),), (-1.0, 1.0, -1.0, 1.0), (1.0, 1.0))" in str(
        figure.figure["functions"][0]["python"]
    )


@pytest.mark.parametrize(
    "function",
    [lambda x, y: x**0.5 + y**2, lambda x, y: np.log(x) + y**2, lambda x, y: 1 / math.log(abs(x))],
    ids=["complex", "minus infinity", "no value"],
)
def test_a_function_without_a_value_at_its_minimum_is_shown(function):
    figure = landscape(function, minima=[(0, 0)], start=(0.5, 0.5), steps=3)
    json.dumps(figure.figure, allow_nan=False)
    data, _ = figure._repr_mimebundle_()
    assert {"text/html", "image/png"} <= data.keys()


def test_a_map_has_holes_where_there_is_no_value():
    def some(x, y):
        return {-1.0: x**0.5, 0.0: math.inf, 1.0: 2.0}[x] + (None if y > 0 else 0)

    out, place = np.full(9, math.nan), {"name": "it", "value": some, "window": (-1.0, 1.0, -1.0, 1.0)}
    [(*_, fill)] = landscape_answer.heights({"functions": [place], "grid": 3}, {"function": "it"})
    fill(out)
    np.testing.assert_array_equal(out, [math.nan, math.nan, 2.0] * 2 + [math.nan] * 3)


def test_a_page_without_a_picture_has_the_words():
    output = new_document("page")
    output.settings.env = None
    forms = [nodes.container(mime_type="text/html"), nodes.container(mime_type="text/plain")]
    forms[0] += nodes.raw("", '<div class="explorable" data-explorable="{}"><pre>words</pre></div>')
    output += nodes.container("", *forms, nb_element="mime_bundle")
    served_explorables.MountExplorables(output).run()
    assert [node.astext() for node in output.findall(nodes.raw)] == [
        '<div class="explorable" data-explorable="{}" id="explorable-1"><noscript>',
        "<pre>words</pre></noscript></div>",
    ]


# Where the streams stand


def test_streams_are_imported_from_where_they_stood_too():
    from adamlearn.explorables.streams import STREAMS, noisy

    assert noisy is streams.noisy and STREAMS is streams.STREAMS
    assert as_python(noisy) == (["from adamlearn.streams import noisy"], "noisy")


def test_streams_need_no_widgets():
    code = "import sys; sys.modules['anywidget'] = None; from adamlearn.streams import noisy; noisy(1)"
    subprocess.run([sys.executable, "-c", code], check=True)
