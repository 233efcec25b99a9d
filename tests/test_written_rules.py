"""Whatever rule Hypothesis writes, all that runs it does what the rule does when Python calls it."""

import json
import os
import subprocess
from pathlib import Path

import numpy as np
import pytest
from hypothesis import HealthCheck, Phase, assume, given, seed, settings
from hypothesis import strategies as st

pytest.importorskip("numba")

from adamlearn import Optimizer
from adamlearn.descent import endpoints
from adamlearn.engines import split
from adamlearn.engines.numba import loops
from adamlearn.engines.numba.loops import generated
from adamlearn.engines.reader import read_program
from adamlearn.hyperparameters import read_rule
from tests.rule_writer import written_rules
from tests.test_micropython import LOADER, NODE, PACKAGE

STEPS = 4
RNG = np.random.default_rng(0)
START, GRADIENTS = RNG.normal(size=5), RNG.normal(size=(STEPS, 5))
QUIET = [HealthCheck.too_slow, HealthCheck.data_too_large, HealthCheck.large_base_example]


def run(rule, start=START, gradients=GRADIENTS, engine="numpy"):
    """Where each step leads, and the slots in the end; an error as its class."""
    optimizer, p, path = Optimizer(rule, engine=engine), start, []
    with np.errstate(all="ignore"):
        for g in gradients:
            p = optimizer.update(p, g)
            path.append(p)
    return np.array([*path, *optimizer._state[""]])


def run_text(rule):
    """The same by the text that is compiled, which Python can run as well."""
    namespace = {}
    exec(generated(rule), namespace)
    outside = read_program(rule).values()
    optimizer = Optimizer(rule)
    slots = [np.zeros(START.size) for _ in optimizer.slots]
    p, clock, path = START.copy(), np.zeros(1, np.int64), []
    values = [*optimizer._settings.constants, *outside]
    with np.errstate(all="ignore"):
        for g in GRADIENTS:
            namespace["in_place"](1, p, g, *slots, clock, *values)
            path.append(p.copy())
    return np.array([*path, *slots])


def outcome(call, *errors):
    """What a call returns, or the class of what it raises."""
    try:
        return call()
    except errors as error:
        return type(error)


def assert_same(found, expected, rule):
    """To rounding; where a rule makes much of the last digit of its operands, nothing can be said."""
    size = np.abs(expected, where=np.isfinite(expected), out=np.zeros_like(expected)).max()
    if not np.allclose(found, expected, rtol=1e-9, atol=1e-9 * size, equal_nan=True):
        nearby = run(rule, START * (1 + 1e-12), GRADIENTS * (1 - 1e-12))
        assume(np.allclose(nearby, expected, rtol=1e-7, atol=1e-7 * size, equal_nan=True))
        np.testing.assert_allclose(found, expected, rtol=1e-9, atol=1e-9 * size)


@settings(max_examples=300, suppress_health_check=QUIET)
@given(written=written_rules())
def test_the_two_halves_of_a_rule_are_the_rule(written):
    expected = outcome(lambda: run(written.rule), ArithmeticError)
    found = outcome(lambda: run_text(written.rule), ArithmeticError)
    if isinstance(found, type):
        return  # its numbers are for the rule itself
    assert not isinstance(expected, type)
    assert_same(found, expected, written.rule)


FAULTS = {
    "merged in the wrong branch": (
        "then if kinds[0] == NUMBER else otherwise",
        "otherwise if kinds[0] == NUMBER else then",
    ),
    "not merged": ("if set(kinds) == {NUMBER, ELEMENT}:", "if False:"),
    "kinds of one branch in the other": ("after, self.kinds = self.kinds, before", "after = self.kinds"),
    "numbers of a branch not preset": (
        "if self.branch:\n            self.sometimes",
        "if False:\n            self.sometimes",
    ),
    "a truth is no number": ("ast.Constant(1.0), ast.Constant(0.0)", "ast.Constant(1.0), ast.Constant(1.0)"),
    "a quotient by a reciprocal": ("ast.Mult(), self.number(inverse)", "ast.Div(), self.number(inverse)"),
}


@pytest.mark.parametrize(("right", "wrong"), FAULTS.values(), ids=FAULTS)
def test_a_fault_in_the_splitter_is_caught(right, wrong, monkeypatch):
    """By the test above, which finds a rule that tells."""
    text = Path(split.__file__).read_text(encoding="utf-8")
    assert right in text
    faulty = {"__name__": "faulty"}
    exec(text.replace(right, wrong), faulty)
    monkeypatch.setattr(loops, "Split", faulty["Split"])
    check = test_the_two_halves_of_a_rule_are_the_rule.hypothesis.inner_test

    @seed(0)
    @settings(max_examples=300, phases=[Phase.generate], suppress_health_check=QUIET, database=None)
    @given(written=written_rules())
    def hunt(written):
        check(written)

    with pytest.raises(Exception, match=r"."):  # whatever the fault leads to
        hunt()


@settings(max_examples=25, suppress_health_check=QUIET)
@given(written=written_rules())
def test_a_compiled_rule_is_the_rule(written):
    expected = outcome(lambda: run(written.rule), ArithmeticError)
    found = outcome(lambda: run(written.rule, engine="numba"), ArithmeticError)
    if isinstance(expected, type):
        assert found is expected
    else:
        assert_same(found, expected, written.rule)


def slope(x, y):
    """The gradient of a function of two numbers that is nowhere steep."""
    return x / (1 + x * x) + 0.3, y / 2 - 0.1


def descent(rule, start):
    """The path of a point, step by step, as :func:`endpoints` goes it."""
    optimizer, p, path = Optimizer(rule), np.array(start), []
    with np.errstate(all="ignore"):
        for _ in range(STEPS):
            p = optimizer.update(p, np.array(slope(*p)))
            path.append(p)
    return np.array(path)


@settings(max_examples=10, suppress_health_check=QUIET)
@given(written=written_rules())
def test_endpoints_are_the_rules(written):
    start = (1.5, -0.5)
    expected = outcome(lambda: descent(written.rule, start), ArithmeticError, ValueError)
    assume(not isinstance(expected, type))  # a rule that leads to infinity has no gradient there
    marks = np.arange(1, STEPS + 1)
    found = outcome(lambda: endpoints(Optimizer(written.rule), slope, start, marks), ArithmeticError)
    assume(not isinstance(found, type))  # numbers that are for the rule itself
    size = np.abs(expected).max()
    if not np.allclose(found, expected, rtol=1e-9, atol=1e-9 * size):
        nearby = descent(written.rule, np.multiply(start, 1 + 1e-12))
        assume(np.allclose(nearby, expected, rtol=1e-7, atol=1e-7 * size))
        np.testing.assert_allclose(found, expected, rtol=1e-9, atol=1e-9 * size)


PROGRAM = """
import json
with open("/request.json", encoding="utf-8") as file:
    request = json.load(file)
paths = []
for text, slots in request["rules"]:
    namespace = {}
    exec(text, namespace)
    rule = namespace["make"](0.3)
    path = []
    for start, gradients in zip(request["start"], request["gradients"]):
        state = [start] + [0.0] * slots
        try:
            for t, g in enumerate(gradients):
                state = rule(state[0], g, *state[1:], t + 1)
                path.append(float(state[0]))
        except (ArithmeticError, ValueError):
            path = None
            break
    paths.append(path)
print(json.dumps(paths))
"""


@settings(max_examples=10, suppress_health_check=QUIET)
@given(several=st.lists(written_rules(portable=True), min_size=10, max_size=10))
def test_the_pages_python_runs_the_rule(tmp_path_factory, several):
    if not LOADER.exists():
        (pytest.fail if os.environ.get("CI") else pytest.skip)(f"no {LOADER}: `make book` installs it")
    program = tmp_path_factory.mktemp("page") / "program.py"
    program.write_text(PROGRAM, "utf-8")
    rules = [(written.text, len(read_rule(written.rule)[0])) for written in several]
    request = {"rules": rules, "start": START.tolist(), "gradients": GRADIENTS.T.tolist()}
    command = [NODE, Path(__file__).with_name("micropython.mjs"), LOADER]
    command += [PACKAGE / "explorables/page/numpy.py", program]
    ran = subprocess.run(command, input=json.dumps(request), capture_output=True, encoding="utf-8")
    assert ran.returncode == 0, ran.stderr
    for written, path in zip(several, json.loads(ran.stdout), strict=True):
        expected = outcome(lambda rule=written.rule: run(rule)[:STEPS].T.ravel(), ArithmeticError)
        if path is not None and not isinstance(expected, type) and np.isfinite(expected).all():
            assert_same_path(np.array(path), expected, written.rule)


def assert_same_path(found, expected, rule):
    size = np.abs(expected).max()
    if not np.allclose(found, expected, rtol=1e-9, atol=1e-9 * size):
        nearby = run(rule, START * (1 + 1e-12), GRADIENTS * (1 - 1e-12))[:STEPS].T.ravel()
        assume(np.allclose(nearby, expected, rtol=1e-7, atol=1e-7 * size))
        np.testing.assert_allclose(found, expected, rtol=1e-9, atol=1e-9 * size)
