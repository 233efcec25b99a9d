"""A refused update changes nothing, and says where, what came and what was expected."""

import copy
import re

import numpy as np
import pytest
from numpy.testing import assert_equal

from adamlearn import ADOPT, Adam, AdEMAMix, Lion, Optimizer, rules

PARAMS = {"layers": [{"W": np.ones((2, 3)), "b": np.ones(3)}]}
GRADS = {"layers": [{"W": np.full((2, 3), 0.5), "b": np.full(3, -2.0)}]}
B = "['layers'][0]['b']"

FLOATING = (
    "expected a floating-point array (an integer one cannot take a fractional step: use .astype(float))"
)
REAL = "expected an array of real numbers"
FINITE = "at index (1,); expected finite numbers"
OUT = "expected float64 of shape (3,)"


def with_b(b):
    return {"layers": [{"W": np.ones((2, 3)), "b": b}]}


def one_is(value):
    return np.array([1.0, value, 1.0])


def read_only():
    array = np.ones(3)
    array.flags.writeable = False
    return array


def refuses(optimizer, error, message, params=PARAMS, grads=GRADS, out=None):
    """Assert that an update is refused with that message and leaves everything as it was."""
    before = copy.deepcopy((params, grads, out, optimizer.state_dict()))
    with pytest.raises(error, match=f"^{re.escape(message)}$"):
        optimizer.update(params, grads, out=out)
    assert_equal((params, grads, out, optimizer.state_dict()), before)


def after(updates, optimizer):
    for _ in range(updates):
        optimizer.update(PARAMS, GRADS)
    return optimizer


# What stands at B in params, grads or out, and what the message says of it.
REFUSED = {
    "integer params": ("params", np.ones(3, "i8"), TypeError, f"is of dtype int64; {FLOATING}"),
    "boolean params": ("params", np.ones(3, "?"), TypeError, f"is of dtype bool; {FLOATING}"),
    "complex params": ("params", np.ones(3, "c16"), TypeError, f"is of dtype complex128; {FLOATING}"),
    "object params": ("params", np.ones(3, "O"), TypeError, f"is of dtype object; {FLOATING}"),
    "string params": ("params", "one", TypeError, f"is of dtype <U3; {FLOATING}"),
    "None in params": ("params", None, TypeError, f"is of type NoneType; {FLOATING}"),
    "complex grads": ("grads", np.ones(3, "c16"), TypeError, f"is of dtype complex128; {REAL}"),
    "boolean grads": ("grads", np.ones(3, "?"), TypeError, f"is of dtype bool; {REAL}"),
    "string grads": ("grads", "one", TypeError, f"is of dtype <U3; {REAL}"),
    "no array in grads": ("grads", frozenset(), TypeError, f"is of type frozenset; {REAL}"),
    "nan": ("grads", one_is(np.nan), ValueError, f"is nan {FINITE}"),
    "inf": ("grads", one_is(np.inf), ValueError, f"is inf {FINITE}"),
    "-inf": ("grads", one_is(-np.inf), ValueError, f"is -inf {FINITE}"),
    "other shape": ("grads", np.ones(4), ValueError, f"has shape (4,); expected (3,), as params{B}"),
    "shape that fits": ("grads", np.ones(1), ValueError, f"has shape (1,); expected (3,), as params{B}"),
    "out of other dtype": ("out", np.ones(3, "f4"), ValueError, f"is float32 of shape (3,); {OUT}"),
    "out of other shape": ("out", np.ones(1), ValueError, f"is float64 of shape (1,); {OUT}"),
    "read-only out": ("out", read_only(), ValueError, "is read-only; expected an array that can be written"),
    "out is no array": ("out", 1.0, TypeError, "is a float; expected a float64 array"),
}


@pytest.mark.parametrize("updates", [0, 2])
@pytest.mark.parametrize(("argument", "b", "error", "message"), REFUSED.values(), ids=REFUSED)
def test_refused_array(argument, b, error, message, updates):
    given = {"out": with_b(np.zeros(3)), argument: with_b(b)}
    refuses(after(updates, Adam()), error, f"{argument}{B} {message}", **given)


WITHOUT_B = {"layers": [{"W": np.ones((2, 3))}]}
LATE = {**PARAMS, "late": np.ones(1)}


@pytest.mark.parametrize("argument", ["grads", "out"])
def test_other_places_than_those_of_params(row, argument):
    missing = f"{argument}{B} is missing; expected an array there, as in params"
    refuses(row.cls(), ValueError, missing, **{argument: WITHOUT_B})
    too_many = f"{argument}['late'] was not expected: params has no array there"
    refuses(row.cls(), ValueError, too_many, **{argument: LATE})


BEFORE = "expected float64 of shape (3,), as in the updates before"
CHANGED = {
    "late key": (LATE, "['late'] was not expected: the state after 2 updates has no array there"),
    "missing key": (
        WITHOUT_B,
        f"{B} is missing; expected an array there, as in the state after 2 updates",
    ),
    "other shape": (with_b(np.ones(4)), f"{B} is float64 of shape (4,); {BEFORE}"),
    "other dtype": (with_b(np.ones(3, "f4")), f"{B} is float32 of shape (3,); {BEFORE}"),
}


@pytest.mark.parametrize(("params", "message"), CHANGED.values(), ids=CHANGED)
def test_params_that_are_not_those_of_before(row, params, message):
    refuses(after(2, row.cls()), ValueError, f"params{message}", params, params, copy.deepcopy(params))


@pytest.mark.parametrize("size", [3, 100_000])
@pytest.mark.parametrize("dtype", ["f2", "f4", "f8", "longdouble"])
@pytest.mark.parametrize("bad", [np.nan, np.inf, -np.inf])
def test_what_is_not_finite_is_found_at_any_size(size, dtype, bad):
    grads = np.full(size, 1e4, dtype)  # whose squares overflow in float16
    grads[-1] = bad
    message = f"grads is {bad} at index ({size - 1},); expected finite numbers"
    refuses(Adam(), ValueError, message, np.ones(size, dtype), grads)


def test_a_gradient_that_is_infinite_in_the_parameters_precision():
    message = "grads is inf at index (1,); expected finite numbers"
    refuses(Adam(), ValueError, message, np.ones(2, "f4"), np.array([1.0, 1e300]))


def one_array(**changes):
    """The arguments of an update in place of a lone array, with changes."""
    array = np.ones(3)
    return {"params": array, "grads": np.full(3, 0.5), "out": array} | changes


LONE = {
    "nan": ({"grads": one_is(np.nan)}, ValueError, "grads is nan at index (1,); expected finite numbers"),
    "other shape": ({"grads": np.ones(4)}, ValueError, "grads has shape (4,); expected (3,), as params"),
    "other dimensions": (
        {"grads": np.ones((3, 1))},
        ValueError,
        "grads has shape (3, 1); expected (3,), as params",
    ),
    "complex": ({"grads": np.ones(3, "c16")}, TypeError, f"grads is of dtype complex128; {REAL}"),
    "no array": ({"grads": frozenset()}, TypeError, f"grads is of type frozenset; {REAL}"),
    "other out": (
        {"out": np.ones(1)},
        ValueError,
        "out is float64 of shape (1,); expected float64 of shape (3,)",
    ),
    "read-only": (
        dict.fromkeys(["params", "out"], read_only()),
        ValueError,
        "out is read-only; expected an array that can be written",
    ),
    "another size": (
        dict.fromkeys(["params", "grads", "out"], np.ones(4)),
        ValueError,
        "params is float64 of shape (4,); expected float64 of shape (3,), as in the updates before",
    ),
    "another precision": (
        dict.fromkeys(["params", "grads", "out"], np.ones(3, "f4")),
        ValueError,
        "params is float32 of shape (3,); expected float64 of shape (3,), as in the updates before",
    ),
}


@pytest.mark.parametrize("engine", ["numpy", "numba"])
@pytest.mark.parametrize(("changes", "error", "message"), LONE.values(), ids=LONE)
def test_refused_after_two_steps_of_a_lone_array(engine, changes, error, message):
    """From the second step on these have a way of their own."""
    optimizer = Adam(engine=engine)
    for _ in range(2):
        optimizer.update(**one_array())
    given = one_array(**changes)
    refuses(optimizer, error, message, given["params"], given["grads"], given["out"])


def test_a_rule_that_fails_on_a_lone_array_fails_in_its_own_words():
    def rule(p, g, m, t, learning_rate=0.1):
        if t > 2:
            raise ArithmeticError("no third step")
        return p - learning_rate * g, m + g

    optimizer = Optimizer(rule)
    for _ in range(2):
        optimizer.update(**one_array())
    refuses(optimizer, ArithmeticError, "no third step", **one_array())


def test_place_of_a_lone_number():
    refuses(Adam(), ValueError, "grads is nan; expected finite numbers", 1.0, np.nan)


def test_large_finite_gradients_are_not_refused(row):
    grads = np.full(100_000, 1e153)
    grads[:2] = np.finfo(float).max, -np.finfo(float).max  # the sum of squares is infinite, no gradient is
    with np.errstate(over="ignore", invalid="ignore"):
        row.cls().update(np.zeros(100_000), grads)


# Hyperparameters

BAD_VALUES = {
    "negative": (-0.1, ValueError, "{name} is -0.1; expected a finite number, 0 or more"),
    "nan": (np.nan, ValueError, "{name} is nan; expected a finite number, 0 or more"),
    "infinite": (np.inf, ValueError, "{name} is inf; expected a finite number, 0 or more"),
    "string": ("0.1", TypeError, "{name} is '0.1'; expected a number, or a schedule that returns one"),
    "None": (None, TypeError, "{name} is None; expected a number, or a schedule that returns one"),
    "complex": (0.1j, TypeError, "{name} is 0.1j; expected a number, or a schedule that returns one"),
    "list": ([0.1], TypeError, "{name} is [0.1]; expected a number, or a schedule that returns one"),
}


@pytest.mark.parametrize(("value", "error", "message"), BAD_VALUES.values(), ids=BAD_VALUES)
def test_bad_hyperparameter(row, value, error, message):
    """To the class, set by hand, or from a schedule in the third step."""
    for name in row.defaults:
        expected = message.format(name=name)
        with pytest.raises(error, match=f"^{re.escape(expected)}$"):
            row.cls(**{name: value})
        optimizer = row.cls()
        with pytest.raises(error, match=f"^{re.escape(expected)}$"):
            setattr(optimizer, name, value)
        assert getattr(optimizer, name) == row.defaults[name]
        scheduled = row.cls(**{name: lambda t, name=name: value if t == 3 else row.defaults[name]})
        refuses(after(2, scheduled), error, expected, out=copy.deepcopy(PARAMS))


@pytest.mark.parametrize("value", [1, 1.5])
def test_betas_are_below_1(row, value):
    for name in row.defaults:
        if name.startswith("beta"):
            with pytest.raises(
                ValueError, match=rf"^{name} is {float(value)}; expected a number in \[0, 1\)$"
            ):
                row.cls(**{name: value})


def test_unknown_hyperparameter(row):
    message = (
        f"{row.name}: got an unexpected keyword argument 'beta_1'; its hyperparameters are (learning_rate="
    )
    with pytest.raises(TypeError, match=f"^{re.escape(message)}"):
        row.cls(beta_1=0.9)


def test_too_many_hyperparameters(row):
    message = f"{row.name}: too many positional arguments; its hyperparameters are (learning_rate="
    with pytest.raises(TypeError, match=f"^{re.escape(message)}"):
        row.cls(*row.defaults.values(), 0.5)


def test_hyperparameter_given_twice(row):
    with pytest.raises(TypeError, match=rf"^{row.name}: multiple values for argument 'learning_rate'"):
        row.cls(0.1, learning_rate=0.1)


def test_missing_hyperparameter():
    with pytest.raises(TypeError, match=r"^needs: missing a required argument: 'learning_rate'"):

        def needs(p, g, t, learning_rate):
            return (p - learning_rate * g,)

        Optimizer(needs)


def test_unknown_engine(row):
    with pytest.raises(ValueError, match=r"^engine is 'abacus'; expected one of"):
        row.cls(engine="abacus")


# Rules

NO_RULES = {
    "no t": lambda p, g, learning_rate=0.1: (p,),
    "no g": lambda p, t: (p,),
    "other order": lambda g, p, t: (p,),
    "nothing": lambda: (),
}


@pytest.mark.parametrize("rule", NO_RULES.values(), ids=NO_RULES)
def test_not_a_rule(rule):
    with pytest.raises(TypeError, match=r"is not a rule; expected \(p, g, \*slots, t, \*hyperparameters\)$"):
        Optimizer(rule)


WRONG_RETURNS = {
    "a slot less": (lambda p, m: (p,), "1 values; expected 2: p and its slots"),
    "a slot more": (lambda p, m: (p, m, m), "3 values; expected 2: p and its slots"),
    "an array": (lambda p, m: p, "no tuple; expected 2: p and its slots"),
    "nothing": (lambda p, m: None, "no tuple; expected 2: p and its slots"),
}


@pytest.mark.parametrize("good_steps", [0, 2])
@pytest.mark.parametrize(("returned", "message"), WRONG_RETURNS.values(), ids=WRONG_RETURNS)
def test_rule_that_returns_something_else(returned, message, good_steps):
    def rule(p, g, m, t):
        return (p - g, m + g) if t <= good_steps else returned(p - g, m + g)

    optimizer = after(good_steps, Optimizer(rule))
    refuses(optimizer, TypeError, f"rule returned {message}", out=copy.deepcopy(PARAMS))


# States

STATE = {"t": 2, "m['W']": np.ones(3), "v['W']": np.ones(3)}
FLOATS = "expected floats of shape (3,)"
BAD_STATES = {
    "no t": ({"m['W']": 1.0}, "state_dict has no 't'; it has [\"m['W']\"]"),
    "negative t": (
        STATE | {"t": -1},
        "state_dict['t'] is -1; expected the number of updates made, 0 or more",
    ),
    "missing slot": ({"t": 2, "m['W']": np.ones(3)}, "state_dict has no 'v', a slot of adam"),
    "missing place": (
        STATE | {"m['b']": np.ones(3)},
        "v['b'] is missing; expected an array there, as in m",
    ),
    "late place": (STATE | {"v['b']": np.ones(3)}, "v['b'] was not expected: m has no array there"),
    "unknown slot": (
        STATE | {"v_max['W']": np.ones(3)},
        "state_dict[\"v_max['W']\"] is no slot of adam, which has ('m', 'v')",
    ),
    "other shape": (
        STATE | {"v['W']": np.ones(4)},
        f"state_dict[\"v['W']\"] is float64 of shape (4,); {FLOATS}",
    ),
    "integers": (
        STATE | {"v['W']": np.ones(3, "i8")},
        f"state_dict[\"v['W']\"] is int64 of shape (3,); {FLOATS}",
    ),
}


@pytest.mark.parametrize(("state_dict", "message"), BAD_STATES.values(), ids=BAD_STATES)
def test_refused_state_leaves_the_optimizer_as_it_was(state_dict, message):
    optimizer = after(2, Adam())
    before = optimizer.state_dict()
    with pytest.raises(ValueError, match=f"^{re.escape(message)}$"):
        optimizer.load_state_dict(state_dict)
    assert_equal(optimizer.state_dict(), before)


def test_a_loaded_state_must_fit_the_parameters():
    optimizer = Adam()
    optimizer.load_state_dict(STATE)
    message = "params['W'] is missing; expected an array there, as in the state after 2 updates"
    refuses(optimizer, ValueError, message)


def test_state_of_another_rule():
    with pytest.raises(ValueError, match=r"^state_dict has no 'v_max', a slot of amsgrad$"):
        Optimizer(rules.amsgrad).load_state_dict(STATE)


def test_out_with_one_array_at_two_places_is_refused(row):
    shared = np.ones(3)
    optimizer = row.cls()
    with pytest.raises(ValueError, match=r"^out\[0\] shares memory with out\[1\]"):
        optimizer.update([shared, shared], [np.ones(3), np.ones(3)], out=[shared, shared])
    assert optimizer.t == 0
    assert (shared == 1).all()


def test_a_number_too_large_for_a_float_is_refused():
    with pytest.raises(ValueError, match="learning_rate is too large"):
        Adam(learning_rate=10**400)


def test_a_fractional_step_number_is_refused(row):
    optimizer = row.cls()
    optimizer.update(np.ones(2), np.ones(2))
    with pytest.raises(ValueError, match=r"state_dict\['t'\] is 2.7"):
        optimizer.load_state_dict(optimizer.state_dict() | {"t": 2.7})
    assert optimizer.t == 1


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (lambda: Lion(beta2=1), "beta2 is 1.0; expected a number in [0, 1)"),
        (lambda: AdEMAMix(alpha=-1), "alpha is -1.0; expected a finite number, 0 or more"),
        (lambda: AdEMAMix(beta3=1), "beta3 is 1.0; expected a number in [0, 1)"),
        (lambda: AdEMAMix(beta3=np.nan), "beta3 is nan; expected a finite number"),
        (lambda: ADOPT(epsilon=np.inf), "epsilon is inf; expected a finite number"),
    ],
)
def test_hyperparameters_of_the_new_rules_are_checked_as_the_others(make, message):
    with pytest.raises(ValueError, match=re.escape(message)):
        make()


def test_a_schedule_of_alpha_or_beta3_is_checked_at_its_step():
    for optimizer in (AdEMAMix(alpha=lambda t: 2 - t), AdEMAMix(beta3=lambda t: t / 3)):
        p = np.ones(1)
        for _ in range(2):
            p = optimizer.update(p, p)
        with pytest.raises(ValueError, match=r"alpha is -1|beta3 is 1\.0"):
            optimizer.update(p, p)
        assert optimizer.t == 2
