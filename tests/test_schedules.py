"""The schedules: their ends, Optax's namesakes, and their use as hyperparameters."""

import copy
import doctest
import math
import pickle
import re

import numpy as np
import optax
import pytest

from adamlearn import Adam, schedules
from adamlearn.schedules import Cosine, Exponential, InverseSquareRoot, Linear, Warmup

# Each with Optax's form of it. Optax counts from 0, and a step is numbered from 1.
PEERS = {
    Linear(0.3, steps=7, end=0.1): optax.linear_schedule(0.3, 0.1, 7),
    Linear(0.3, steps=1): optax.linear_schedule(0.3, 0.0, 1),
    Cosine(0.3, steps=7, end=0.03): optax.cosine_decay_schedule(0.3, 7, alpha=0.1),
    Exponential(0.3, steps=7, factor=0.5): optax.exponential_decay(0.3, 7, 0.5),
    Warmup(5, then=0.3): optax.linear_schedule(0.06, 0.3, 4),
    Warmup(5, then=Cosine(0.3, steps=7)): optax.join_schedules(
        [optax.linear_schedule(0.06, 0.3, 4), optax.cosine_decay_schedule(0.3, 7)], [5]
    ),
}
EVERY = [*PEERS, InverseSquareRoot(0.3), Warmup(5, then=InverseSquareRoot(0.3, steps=5))]


@pytest.mark.parametrize("schedule", PEERS, ids=repr)
def test_a_schedule_is_optaxs(schedule):
    ours = [schedule(t) for t in range(1, 21)]
    theirs = [float(PEERS[schedule](count)) for count in range(20)]
    np.testing.assert_allclose(ours, theirs, rtol=1e-6, atol=1e-8)  # Optax's are float32 here


@pytest.mark.parametrize("decay", [Linear(0.3, 10, 0.1), Cosine(0.3, 10, 0.1)], ids=repr)
def test_a_decay_has_its_ends(decay):
    values = [decay(t) for t in range(1, 21)]
    assert values[0] == pytest.approx(0.3, rel=1e-15)
    assert (np.diff(values[:11]) < 0).all()
    assert values[9] > 0.1 and values[10:] == pytest.approx([0.1] * 10, rel=1e-15)


def test_the_middle_of_a_decay():
    assert Linear(0.4, 10, 0.2)(6) == pytest.approx(0.3)
    assert Cosine(0.4, 10, 0.2)(6) == pytest.approx(0.3)
    assert Cosine(0.4, 12)(5) == pytest.approx(0.3)  # a third of the way: (1 + cos 60°) / 2 = 3/4
    assert Exponential(0.4, 10, 0.25)(6) == pytest.approx(0.2)
    assert InverseSquareRoot(0.4)(4) == pytest.approx(0.2)
    assert InverseSquareRoot(0.4, steps=10)(31) == pytest.approx(0.2)


@pytest.mark.parametrize("then", [0.3, Cosine(0.3, 20), InverseSquareRoot(0.3)], ids=repr)
def test_a_warmup_rises_evenly_then_hands_over(then):
    schedule = Warmup(4, then)
    assert [schedule(t) for t in range(1, 5)] == pytest.approx([0.075, 0.15, 0.225, 0.3], rel=1e-15)
    follow = then if callable(then) else lambda t: then
    assert [schedule(t) for t in range(5, 30)] == [follow(t) for t in range(1, 26)]


def test_warmups_and_decays_nest():
    assert Warmup(2, Warmup(2, 1.0))(1) == pytest.approx(0.25)
    assert Warmup(1, 0.3)(1) == 0.3


@pytest.mark.parametrize("schedule", EVERY, ids=repr)
def test_schedules_are_values(schedule):
    for twin in (pickle.loads(pickle.dumps(schedule)), copy.deepcopy(schedule), eval(repr(schedule))):
        assert twin == schedule and [twin(t) for t in range(1, 20)] == [schedule(t) for t in range(1, 20)]
    with pytest.raises(AttributeError):
        schedule.steps = 3


@pytest.mark.parametrize("schedule", EVERY, ids=repr)
def test_an_optimizer_with_a_schedule_takes_the_value_of_each_step(schedule):
    by_schedule, by_hand = Adam(learning_rate=schedule), Adam()
    p = q = np.array([1.0, -2.0])
    for t, g in enumerate(np.random.default_rng(0).standard_normal((20, 2)), start=1):
        by_hand.learning_rate = schedule(t)
        p, q = by_schedule.update(p, g), by_hand.update(q, g)
        np.testing.assert_array_equal(p, q)
    assert repr(schedule) in repr(by_schedule)


MAKE = {  # with a number of steps
    "Linear": lambda steps: Linear(0.1, steps),
    "Cosine": lambda steps: Cosine(0.1, steps),
    "Exponential": lambda steps: Exponential(0.1, steps, 0.5),
    "InverseSquareRoot": lambda steps: InverseSquareRoot(0.1, steps),
    "Warmup": lambda steps: Warmup(steps, 0.1),
}


@pytest.mark.parametrize("name", MAKE)
def test_steps_are_a_whole_number(name):
    for steps in (0, -3, 2.5, 1e3, "10", None, [5], math.nan):
        error = ValueError if isinstance(steps, int) else TypeError
        with pytest.raises(
            error, match=f"^steps is {re.escape(repr(steps))}; expected a whole number, 1 or more$"
        ):
            MAKE[name](steps)
    assert MAKE[name](np.int64(3)) == MAKE[name](3)


NUMBERS = {  # with one number
    "start of Linear": lambda value: Linear(value, 5),
    "start of Cosine": lambda value: Cosine(value, 5),
    "start of Exponential": lambda value: Exponential(value, 5, 0.5),
    "start of InverseSquareRoot": InverseSquareRoot,
    "end of Linear": lambda value: Linear(0.1, 5, value),
    "end of Cosine": lambda value: Cosine(0.1, 5, value),
    "factor of Exponential": lambda value: Exponential(0.1, 5, value),
    "then of Warmup": lambda value: Warmup(5, value),
}


@pytest.mark.parametrize("name", NUMBERS)
def test_numbers_are_finite_and_not_negative(name):
    word = name.split()[0]
    for value in (-0.1, math.nan, math.inf):
        with pytest.raises(ValueError, match=f"^{word} is {value}; expected a finite number, 0 or more$"):
            NUMBERS[name](value)
    other = ", or a schedule" if word == "then" else ""
    for value in ("0.1", None, 1j, [0.1]):
        with pytest.raises(
            TypeError, match=f"^{word} is {re.escape(repr(value))}; expected a number{other}$"
        ):
            NUMBERS[name](value)
    with pytest.raises(ValueError, match=f"^{word} is too large for a float"):
        NUMBERS[name](10**400)
    NUMBERS[name](np.float32(0.0)), NUMBERS[name](1)


def test_the_number_of_a_decay_is_no_schedule():
    with pytest.raises(TypeError, match=r"^start is Linear\(.*\); expected a number$"):
        Linear(Linear(0.1, 5), 5)  # type: ignore[arg-type]


def test_the_examples():
    tests = doctest.DocTestFinder().find(schedules)
    assert {test.name.split(".")[-1] for test in tests if test.examples} >= MAKE.keys()
    assert doctest.testmod(schedules).failed == 0
