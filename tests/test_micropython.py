"""The files ``rules.py``, ``landscapes.py``, ``streams.py`` in MicroPython, as they stand, against NumPy."""

import itertools
import json
import math
import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from _ext.explorables import PYTHON

import adamlearn
from adamlearn.descent import descend
from adamlearn.explorables.portable import portable
from adamlearn.landscapes import LANDSCAPES, rosenbrock
from adamlearn.streams import STREAMS
from tests import oracles
from tests.optimizers_table import TABLE

TESTS = Path(__file__).parent
PACKAGE = Path(adamlearn.__file__).parent
LOADER = (
    TESTS.parent / "book/assets/node_modules/@micropython/micropython-webassembly-pyscript/micropython.mjs"
)
NODE = Path(sys.executable).with_name("node")

START = [-1.5, 2.0]
GRADIENTS = np.random.default_rng(0).normal(size=(200, 2))
NUMBERS = [-math.inf, -2.5, -1.0, -0.0, 0.0, 0.5, 1.0, 3.0, math.inf, math.nan]
SETTINGS = {"worst": (0.9, 0.98, 150)}  # of the streams that need some
FUNCTIONS = {"sqrt": 1, "abs": 1, "sign": 1, "maximum": 2, "minimum": 2, "clip": 3}
POINTS = {name: np.random.default_rng(1).uniform(-3, 3, size=(100, 2)) for name in LANDSCAPES}


TWO, MANY, ON, HALF, LIMIT = 2.0, 2**70, True, np.float64(0.5), math.inf


def of_constants(x):
    """Numbers that JSON and JavaScript do not keep by themselves are among them."""
    return (MANY % 1000) * TWO + (ON is True) + HALF * min(x, LIMIT)


def of_defaults(x, factor=TWO * 3, limit=LIMIT, on=ON):
    return factor * min(x, limit) if on else 0.0


def factorial(n):
    return n * factorial(n - 1) if n > 1 else 1


def in_a_generator(x):
    return sum(TWO * part for part in (x, HALF))


OWN = {of_constants: [0.25], of_defaults: [0.25], factorial: [5], in_a_generator: [0.25]}


def hyperparameters(row):
    return row.defaults | {"learning_rate": 0.05 if row.scale_free else 1e-4}


@pytest.fixture(scope="module")
def micropython():
    """What the program says, of every rule and landscape at once."""
    for needed in (NODE, LOADER):
        if not needed.exists():
            missing = pytest.fail if os.environ.get("CI") else pytest.skip
            missing(f"no {needed}: `make book` installs it")
    modules = [f"{place}={path}" for place, path in PYTHON.items()]
    request = {
        "rules": {row.cls().rule.__name__: (len(row.cls().slots), hyperparameters(row)) for row in TABLE},
        "start": START,
        "gradients": GRADIENTS.tolist(),
        "points": {name: points.tolist() for name, points in POINTS.items()},
        "settings": {name: SETTINGS.get(name, ()) for name in STREAMS},
        "own": {f.__name__: (portable(f), arguments) for f, arguments in OWN.items()},
        "functions": FUNCTIONS,
        "numbers": list(map(repr, NUMBERS)),  # JSON has no infinity
    }
    command = [NODE, TESTS / "micropython.mjs", LOADER, *modules, TESTS / "micropython_program.py"]
    run = subprocess.run(command, input=json.dumps(request), capture_output=True, encoding="utf-8")
    assert run.returncode == 0, run.stderr
    return json.loads(run.stdout)


def test_path_on_rosenbrock(row, micropython):
    ours = descend(row.cls(**hyperparameters(row)), rosenbrock, START, 200).positions
    assert_same_path(micropython["paths"][row.cls().rule.__name__], ours)


def test_path_of_a_stream_of_gradients(row, micropython):
    ours = oracles.positions(row.cls(**hyperparameters(row)), np.array(START), True, GRADIENTS)
    assert_same_path(micropython["streams"][row.cls().rule.__name__], np.vstack([START, ours]))


def assert_same_path(theirs, ours):
    assert np.isfinite(ours).all()
    length = oracles.path_length(np.array(START), ours)
    assert oracles.relative(np.array(theirs) - ours, length) <= oracles.TOLERANCE


@pytest.mark.parametrize("name", LANDSCAPES)
def test_landscape(name, micropython):
    x, y = POINTS[name].T
    value, gradient = LANDSCAPES[name].value(x, y), np.transpose(LANDSCAPES[name].gradient(x, y))
    np.testing.assert_allclose(micropython["values"][name], value, rtol=1e-12)
    np.testing.assert_allclose(micropython["gradients"][name], gradient, rtol=1e-12)


@pytest.mark.parametrize("name", STREAMS)
def test_stream(name, micropython):
    ours = [STREAMS[name](t, *SETTINGS.get(name, ())) for t in range(1, 201)]
    np.testing.assert_allclose(micropython["fed"][name], ours, rtol=1e-12)


@pytest.mark.parametrize("function", OWN)
def test_own_function(function, micropython):
    assert micropython["own"][function.__name__] == function(*OWN[function])


def test_functions_of_the_pages_numpy_are_numpys(micropython):
    """For all choices of the numbers; the sign of a zero is left open, as NumPy leaves it for a maximum."""
    for name, count in FUNCTIONS.items():
        for arguments in itertools.product(NUMBERS, repeat=count):
            with np.errstate(invalid="ignore"):
                expected = getattr(np, name)(*arguments)
            found = micropython["functions"][f"{name}{arguments}"]
            if found == "ValueError":  # the page's loops take it for what NumPy says here: not a number
                assert math.isnan(expected), (name, arguments)
            else:
                np.testing.assert_equal(float(found) + 0.0, expected + 0.0, err_msg=f"{name}{arguments}")
