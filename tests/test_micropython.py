"""The files ``rules.py`` and ``landscapes.py`` in MicroPython, as they stand, against NumPy: to 1e-12."""

import importlib.util
import itertools
import json
import math
import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

import adamlearn
from adamlearn.descent import descend
from adamlearn.landscapes import LANDSCAPES, rosenbrock
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
POINTS = {name: np.random.default_rng(1).uniform(-3, 3, size=(100, 2)) for name in LANDSCAPES}


def hyperparameters(row):
    return row.defaults | {"learning_rate": 0.05 if row.scale_free else 1e-4}


@pytest.fixture(scope="module")
def micropython():
    """What the program says, of every rule and landscape at once."""
    for needed in (NODE, LOADER):
        if not needed.exists():
            missing = pytest.fail if os.environ.get("CI") else pytest.skip
            missing(f"no {needed}: `make book` installs it")
    modules = [PACKAGE / "explorables/micropython/numpy.py", PACKAGE / "rules.py", PACKAGE / "landscapes.py"]
    request = {
        "rules": {row.cls().rule.__name__: (len(row.cls().slots), hyperparameters(row)) for row in TABLE},
        "start": START,
        "gradients": GRADIENTS.tolist(),
        "points": {name: points.tolist() for name, points in POINTS.items()},
    }
    command = [NODE, TESTS / "micropython.mjs", LOADER, *modules, TESTS / "micropython_program.py"]
    run = subprocess.run(command, input=json.dumps(request), capture_output=True, text=True)
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


NUMBERS = [-math.inf, -2.5, -1.0, -0.0, 0.0, 0.5, 1.0, 3.0, math.inf, math.nan]


@pytest.mark.parametrize("name", ["maximum", "minimum", "sign", "clip", "abs"])
def test_functions_of_the_pages_numpy_are_numpys(name):
    """Over every number and pair of numbers; where one is not a number, so is the result."""
    spec = importlib.util.spec_from_file_location("page_numpy", PACKAGE / "explorables/micropython/numpy.py")
    page = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(page)
    count = {"maximum": 2, "minimum": 2, "clip": 3}.get(name, 1)
    for arguments in itertools.product(NUMBERS, repeat=count):
        found, expected = getattr(page, name)(*arguments), getattr(np, name)(*arguments)
        np.testing.assert_equal(
            abs(found) if found == 0 else found, abs(expected) if expected == 0 else expected
        )
