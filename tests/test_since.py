"""Chapter 15's own rules, and one of chapter 6: by each engine, in the page's MicroPython, and in Optax."""

import json
import os
import subprocess
from functools import cache

import numpy as np
import pytest
from _ext.explorables import PYTHON

from adamlearn import Optimizer
from adamlearn.explorables.portable import portable
from adamlearn.landscapes import LANDSCAPES
from tests import oracles
from tests.book_pages import functions
from tests.test_micropython import LOADER, NODE, TESTS

optax = oracles.optax
CLAIMS, CONVENTIONS = "book/15-one-line-more-claims", "book/15-one-line-more-conventions"
BOX = "book/06-adamw-box"
RULES = {
    BOX: ("cautious",),
    CLAIMS: ("adan", "cautious", "cautious_decay", "adopt_unclipped"),
    CONVENTIONS: ("adan", "adan_of_optax", "nadam_scheduled", "mars"),
}
OWN = [(page, name) for page, names in RULES.items() for name in names]
GRADIENTS = oracles.REGIMES["ordinary"][0][:300]


@pytest.fixture(scope="module")
def rules():
    """The rules by page and name."""
    return {
        (page, name): rule
        for page, names in RULES.items()
        for name, rule in zip(names, functions(page, *names), strict=True)
    }


@cache
def optax_adan(**settings):
    """Where Optax's Adan leads from zero, step by step."""
    transformation = optax.adan(0.01, **settings)
    p = np.zeros(GRADIENTS.shape[1])
    state, path = transformation.init(p), []
    for g in GRADIENTS:
        update, state = transformation.update(g, state, p)
        p = np.asarray(optax.apply_updates(p, update))
        path.append(p)
    return np.array(path)


def path_of(rule, gradients=GRADIENTS, engine="numpy", **hyperparameters):
    optimizer = Optimizer(rule, engine=engine, **hyperparameters)
    return oracles.positions(optimizer, np.zeros(gradients.shape[1]), True, gradients)


def apart(ours, theirs):
    return oracles.relative(ours - theirs, oracles.path_length(np.zeros(theirs.shape[1]), theirs))


def test_optax_adan_is_the_rule_with_the_small_factor(rules):
    ours = path_of(rules[CONVENTIONS, "adan_of_optax"], learning_rate=0.01)
    assert apart(ours, optax_adan()) <= oracles.TOLERANCE


def test_optax_adan_is_not_the_authors_rule(rules):
    ours = path_of(rules[CONVENTIONS, "adan"], learning_rate=0.01)
    assert apart(ours, optax_adan(eps_root=0.0)) > 0.1


def test_both_pages_have_the_same_adan(rules):
    np.testing.assert_array_equal(path_of(rules[CLAIMS, "adan"]), path_of(rules[CONVENTIONS, "adan"]))


def test_chapters_6_and_15_have_the_same_cautious_decay(rules):
    shared = {"learning_rate": 0.01, "weight_decay": 0.5}
    ours, box = rules[CLAIMS, "cautious_decay"], rules[BOX, "cautious"]
    assert apart(path_of(ours, **shared), path_of(box, **shared)) <= oracles.TOLERANCE
    # without a step the decay is on, as in the paper's mask
    at_zero = [rule(1.0, 0.0, 0.0, 0.0, 1, **shared)[0] for rule in (ours, box)]
    np.testing.assert_allclose(at_zero, 1 - 0.01 * 0.5)


@pytest.mark.parametrize("own", OWN, ids="/".join)
def test_numba_does_what_numpy_does(rules, own):
    numba = pytest.importorskip("numba")
    assert numba
    assert apart(path_of(rules[own], engine="numba"), path_of(rules[own])) <= oracles.TOLERANCE


def on_floats(rule, slots):
    """A function of gradients that runs anywhere; it stands for the loop of the page's worker."""

    def places(gradients):
        p, state, reached = 0.0, (0.0,) * slots, []
        for i in range(len(gradients)):
            p, *state = rule(p, gradients[i], *state, i + 1)
            reached.append(p)
        return reached

    return places


@pytest.fixture(scope="module")
def micropython(rules):
    for needed in (NODE, LOADER):
        if not needed.exists():
            missing = pytest.fail if os.environ.get("CI") else pytest.skip
            missing(f"no {needed}: `make book` installs it")
    gradients = GRADIENTS[:, 0].tolist()
    own = {
        "/".join(key): (portable(on_floats(rule, len(Optimizer(rule).slots))), [gradients])
        for key, rule in rules.items()
    }
    empty = {name: {} for name in ("rules", "settings", "functions")}
    points = {name: [] for name in LANDSCAPES}
    request = {**empty, "start": [], "gradients": [], "points": points, "own": own, "numbers": []}
    modules = [f"{place}={path}" for place, path in PYTHON.items()]
    command = [NODE, TESTS / "micropython.mjs", LOADER, *modules, TESTS / "micropython_program.py"]
    run = subprocess.run(command, input=json.dumps(request), capture_output=True, encoding="utf-8")
    assert run.returncode == 0, run.stderr
    return json.loads(run.stdout)["own"]


@pytest.mark.parametrize("own", OWN, ids="/".join)
def test_the_pages_python_does_what_numpy_does(rules, micropython, own):
    ours = path_of(rules[own], GRADIENTS[:, :1])
    assert apart(np.array(micropython["/".join(own)])[:, None], ours) <= oracles.TOLERANCE
