"""What tells inputs apart is kept, or refused; settings by place, gradients that are None."""

import copy
import io
import pickle

import ml_dtypes
import numpy as np
import pytest
from numpy.testing import assert_allclose, assert_array_equal

from adamlearn import SGD, Adam, AdamW, AMSGrad, Optimizer
from adamlearn.schedules import Linear

ENGINES = ["numpy", "numba"]


class Labeled:
    """What pandas' objects have in common."""

    def __init__(self, values, index):
        self.values, self.index = np.array(values), index

    def __array__(self, dtype=None, copy=None):
        return self.values


@pytest.mark.parametrize("argument", ["params", "grads", "out"])
def test_masked_arrays_are_refused(argument):
    given = {"params": [np.zeros(3)], "grads": [np.ones(3)], "out": [np.zeros(3)]}
    given[argument] = [np.ma.array([1.0, 9e9, 1.0], mask=[0, 1, 0])]
    with pytest.raises(TypeError, match=rf"^{argument}\[0\] is a MaskedArray; expected a plain array"):
        SGD(1.0).update(**given)


def test_arrays_with_labels_are_refused():
    with pytest.raises(TypeError, match=r"^grads\['w'\] is a Labeled; expected a plain array"):
        SGD(1.0).update({"w": np.zeros(2)}, {"w": Labeled([1.0, 2.0], ["b", "a"])})
    with pytest.raises(TypeError, match=r"^params is a Labeled"):
        SGD(1.0).update(Labeled([1.0, 2.0], ["b", "a"]), np.zeros(2))


class Layer:
    def __repr__(self):
        return "Layer()"


def test_keys_that_print_alike_are_refused():
    a, b = Layer(), Layer()
    for tree in ({a: np.zeros(1), b: np.ones(1)}, [{a: np.zeros(1), b: np.ones(1)}]):
        with pytest.raises(ValueError, match=r"^params has two keys that print as .*\[Layer\(\)\]"):
            SGD(1.0).update(tree, tree)


def test_equal_keys_are_the_same_key():
    optimizer = Adam(0.1)
    p = optimizer.update(
        {"w": np.zeros(1), 0: np.ones(1)}, {np.str_("w"): np.ones(1), np.int64(0): np.ones(1)}
    )
    p = optimizer.update({np.str_("w"): p["w"], np.int64(0): p[0]}, {"w": np.ones(1), 0: np.ones(1)})
    assert [key for key in optimizer.state_dict() if key[0] == "m"] == ["m['w']", "m[0]"]


def test_the_order_of_keys_is_of_no_importance():
    params, grads = {"a": np.zeros(1), "b": np.zeros(1)}, {"b": np.ones(1), "a": np.full(1, 2.0)}
    optimizer = SGD(1.0, momentum=0.5)
    for _ in range(2):
        params = optimizer.update(params, grads)
    params = optimizer.update({"b": params["b"], "a": params["a"]}, grads)
    assert (params["a"][0], params["b"][0]) == (2 * params["b"][0], -1 - 1.5 - 1.75)
    assert list(params) == ["b", "a"]


def test_a_list_where_an_array_was():
    optimizer = SGD(1.0)
    optimizer.update(np.zeros(2), np.ones(2))
    with pytest.raises(ValueError, match=r"^params\[?"):
        optimizer.update([0.0, 0.0], [1.0, 1.0])
    with pytest.raises(ValueError, match=r"^grads"):
        SGD(1.0).update({"w": np.zeros(2)}, {"w": [1.0, 1.0]})


@pytest.mark.parametrize("engine", ENGINES)
@pytest.mark.parametrize("dtype", [">f8", ">f4", "f2", ml_dtypes.bfloat16, ml_dtypes.float8_e4m3fn])
@pytest.mark.parametrize("size", [3, 700, 20_000])
def test_any_floating_type(engine, dtype, size):
    """The state has float32 where the parameters have less, and this machine's byte order."""
    for native in (np.float32, np.float64):  # a loop that is compiled for others must not be in the way
        first = Adam(0.25, engine=engine)
        for _ in range(3):
            first.update(np.ones(size, native), np.ones(size, native))
    start = np.linspace(-1, 1, size).astype(dtype)
    grads = np.linspace(1, 2, size).astype(dtype)
    optimizer, p = Adam(0.25, engine=engine), start
    for t in range(3):
        p = optimizer.update(p, grads, out=None if t else p.copy())
    state = optimizer.state_dict()
    assert p.dtype == start.dtype
    assert state["m"].dtype == (np.float64 if np.dtype(dtype).itemsize == 8 else np.float32)
    assert state["m"].dtype.isnative
    expected, reference = start, Adam(0.25)
    for _ in range(3):
        wide = reference.update(expected.astype(state["m"].dtype), grads.astype(state["m"].dtype))
        expected = wide.astype(dtype)
    # Compiled, a quotient may be off by a last digit, and so may what it is rounded to.
    last = float(ml_dtypes.finfo(start.dtype.newbyteorder("=")).eps) if engine == "numba" else 0.0
    assert_allclose(p.astype(float), expected.astype(float), rtol=0, atol=2 * last)


def test_integers_of_few_bits_are_no_floats():
    with pytest.raises(TypeError, match=r"^params is of dtype int4"):
        Adam().update(np.ones(2, ml_dtypes.int4), np.ones(2))


def test_state_in_another_byte_order_is_taken_and_in_another_dtype_refused():
    optimizer = Adam()
    optimizer.load_state_dict({"t": 1, "m": np.ones(2, ">f8"), "v": np.ones(2, ">f8")})
    assert_array_equal(optimizer.update(np.ones(2), np.ones(2)), resumed(np.ones(2)))
    optimizer.load_state_dict({"t": 1, "m": np.ones(2, "f4"), "v": np.ones(2, "f4")})
    with pytest.raises(ValueError, match=r"^params is float64 of shape \(2,\); expected float32"):
        optimizer.update(np.ones(2), np.ones(2))


def resumed(ones):
    optimizer = Adam()
    optimizer.load_state_dict({"t": 1, "m": ones, "v": ones})
    return optimizer.update(ones, ones)


def test_the_state_of_another_rule_is_refused():
    optimizer = SGD(momentum=0.5)
    optimizer.update(np.ones(2), np.ones(2))
    file = io.BytesIO()
    np.savez(file, **optimizer.state_dict())
    from adamlearn import Nesterov

    file.seek(0)
    with (
        np.load(file) as archive,
        pytest.raises(ValueError, match=r"^state_dict\['rule'\] is 'sgd'; expected"),
    ):
        Nesterov().load_state_dict(archive)
    state = optimizer.state_dict()
    del state["rule"]  # as one that was written before rules had a name in it
    SGD().load_state_dict(state)


@pytest.mark.parametrize("tree", [{}, [], {"a": []}])
def test_an_optimizer_without_parameters_reloads_its_own_state(tree):
    optimizer = Adam()
    optimizer.update(tree, tree)
    again = Adam()
    again.load_state_dict(optimizer.state_dict())
    assert again.t == 1
    assert again.update(tree, tree) == tree
    with pytest.raises(ValueError, match=r"^params\['w'\] was not expected"):
        again.update({"w": np.ones(1)}, {"w": np.ones(1)})


# Attributes


@pytest.mark.parametrize("name", ["lr", "beta_1", "learning_rates", "weight_decay", "rule", "slots"])
def test_attributes_that_would_do_nothing(name):
    optimizer = Adam()
    with pytest.raises(AttributeError, match=name):
        setattr(optimizer, name, 0.5)


def test_a_subclass_may_have_attributes_of_its_own():
    class Counting(Adam):
        def __init__(self, *args, **kwargs):
            super().__init__(*args, **kwargs)
            self.calls = 0

    optimizer = Counting(0.5)
    optimizer.calls += 1
    assert (optimizer.calls, optimizer.learning_rate) == (1, 0.5)
    with pytest.raises(AttributeError):
        optimizer.rule = None


def test_the_engine_can_be_changed():
    here, there, p = AMSGrad(0.1), AMSGrad(0.1), np.ones(3)
    q = p
    for step in range(6):
        if step in (2, 4):
            there.engine = "numba" if step == 2 else "numpy"
        p, q = here.update(p, p), there.update(q, q)
    assert_allclose(p, q, rtol=1e-14)
    with pytest.raises(ValueError, match="engine is 'abacus'"):
        there.engine = "abacus"


def test_a_repr_shows_the_rule():
    def own(p, g, t, learning_rate=0.1):
        return (p - learning_rate * g,)

    assert repr(Optimizer(own, engine="numba")) == "Optimizer(own, learning_rate=0.1, engine='numba')"


def test_a_dict_as_a_hyperparameter():
    with pytest.raises(TypeError, match="what differs by place is for by_place"):
        AdamW(weight_decay={"W": 0.1, "b": 0.0})


# Settings that differ by place


def no_decay_on_biases(place):
    return {"weight_decay": 0.0} if place.endswith("['b']") else {}


def slow_body(place):
    return {"learning_rate": Linear(0.1, steps=4)} if "['body']" in place else {}


def layers():
    return {"body": {"W": np.ones((2, 2)), "b": np.ones(2)}, "head": {"W": np.ones(2), "b": np.ones(1)}}


@pytest.mark.parametrize("engine", ENGINES)
def test_no_decay_on_biases(engine):
    optimizer = AdamW(0.1, weight_decay=0.5, by_place=no_decay_on_biases, engine=engine)
    decayed, plain = AdamW(0.1, weight_decay=0.5), Adam(0.1)
    p, grads = layers(), layers()
    w, b = np.ones(2), np.ones(2)
    for _ in range(3):
        p = optimizer.update(p, grads)
        w, b = decayed.update(w, np.ones(2)), plain.update(b, np.ones(2))
    assert_allclose(p["head"]["W"], w, rtol=1e-14)
    assert_allclose(p["body"]["b"], b, rtol=1e-14)


@pytest.mark.parametrize("engine", ENGINES)
def test_a_schedule_for_a_part_and_settings_that_change(engine):
    optimizer = SGD(1.0, by_place=slow_body, engine=engine)
    p, grads, expected = layers(), layers(), {"body": 1.0, "head": 1.0}
    for t in range(1, 5):
        if t == 3:
            optimizer.learning_rate = 0.5
        p = optimizer.update(p, grads)
        expected["body"] -= Linear(0.1, steps=4)(t)
        expected["head"] -= 1.0 if t < 3 else 0.5
        assert_allclose(p["body"]["W"], expected["body"], rtol=1e-14)
        assert_allclose(p["head"]["b"], expected["head"], rtol=1e-14)


def test_settings_by_place_pickle_print_and_are_cloned():
    optimizer = AdamW(0.1, by_place=no_decay_on_biases)
    optimizer.update(layers(), layers())
    for other in (pickle.loads(pickle.dumps(optimizer)), copy.deepcopy(optimizer), copy.copy(optimizer)):
        assert_allclose(
            other.update(layers(), layers())["body"]["b"],
            copy.copy(optimizer).update(layers(), layers())["body"]["b"],
        )
    assert "by_place=no_decay_on_biases" in repr(optimizer.clone())


@pytest.mark.parametrize(
    ("by_place", "error", "message"),
    [
        (
            lambda place: {"decay": 0.1},
            TypeError,
            r"^by_place\(\"\['w'\]\"\) has 'decay'; the hyperparameters are",
        ),
        (lambda place: 0.1, TypeError, r"^by_place\(\"\['w'\]\"\) returned 0.1; expected a dict"),
        (
            lambda place: {"beta1": 1.5},
            ValueError,
            r"^beta1 at \['w'\] is 1.5; expected a number in \[0, 1\)",
        ),
        (lambda place: {"learning_rate": lambda t: -1.0}, ValueError, r"^learning_rate at \['w'\] is -1.0"),
        ({"w": {}}, TypeError, r"^by_place is \{'w': \{\}\}; expected a function of the place"),
    ],
)
def test_settings_by_place_are_checked(by_place, error, message):
    p = {"w": np.ones(2)}
    with pytest.raises(error, match=message):
        Adam(by_place=by_place).update(p, p, out=p)
    assert (p["w"] == 1).all()


# Gradients that are None


@pytest.mark.parametrize("engine", ENGINES)
@pytest.mark.parametrize("in_place", [False, True])
def test_an_array_without_a_gradient_is_left_alone(engine, in_place):
    """When it thaws, it is corrected for its own start; schedules follow the optimizer's steps."""
    rates = Linear(1.0, steps=10)
    optimizer = Adam(rates, engine=engine)
    always, late = Adam(rates), Adam(lambda t: rates(t + 2))
    p, a, b = [np.ones(2), np.ones(3)], np.ones(2), np.ones(3)
    for t in range(5):
        grads = [np.full(2, 1.0 + t), np.full(3, 3.0 - t) if t >= 2 else None]
        new = optimizer.update(p, grads, out=p if in_place else None)
        assert not np.shares_memory(new[1], p[1]) or in_place
        p = new
        a = always.update(a, grads[0])
        if t >= 2:
            b = late.update(b, grads[1])
        assert_allclose(p[0], a, rtol=1e-13)
        assert_allclose(p[1], b, rtol=1e-13)
    state = optimizer.state_dict()
    assert (state["t"], state["t[1]"]) == (5, 3)
    again = Adam(rates, engine=engine)
    again.load_state_dict(state)
    for one, other in zip(again.update(p, p), optimizer.update(p, p), strict=True):
        assert_array_equal(one, other)


@pytest.mark.parametrize("engine", ENGINES)
def test_a_lone_array_without_a_gradient(engine):
    optimizer, p = Adam(0.5, engine=engine), np.ones(2)
    for present in (True, True, False, True, False):
        p = optimizer.update(p, p if present else None)
    reference, expected = Adam(0.5), np.ones(2)
    for _ in range(3):
        expected = reference.update(expected, expected)
    assert_allclose(p, expected, rtol=1e-13)
    assert optimizer.t == 5
    assert optimizer.state_dict()["t[]"] == 3
    other = Adam(0.5, engine=engine)
    other.load_state_dict(optimizer.state_dict())
    assert_array_equal(other.update(p, p), optimizer.update(p, p))


def test_a_loaded_count_that_is_no_count_is_refused():
    with pytest.raises(ValueError, match=r"^state_dict\['t\[1\]'\] is -2"):
        Adam().load_state_dict({"t": 3, "t[1]": -2, "m[1]": np.ones(1), "v[1]": np.ones(1)})


def test_none_for_a_whole_part_is_refused():
    with pytest.raises(ValueError, match=r"^grads\['body'\]\['W'\] is missing"):
        SGD().update(layers(), layers() | {"body": None})
