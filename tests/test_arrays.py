"""Parameters of every nesting, dtype and layout: what comes back is like what came in, a step on."""

from collections import namedtuple

import numpy as np
import pytest
from numpy.testing import assert_array_equal, assert_equal

from adamlearn import Adam
from adamlearn.engines.arrays import TILE

Layer = namedtuple("Layer", "W b")


def numbers(shape, seed=0):
    return np.random.default_rng(seed).normal(size=shape)


def two_steps(row, params, grads):
    """The second step is the one where a wrong state shows."""
    optimizer = row.cls()
    return optimizer.update(optimizer.update(params, grads), grads)


NESTINGS = {
    "list": lambda W, b: [W, b],
    "tuple": lambda W, b: (W, b),
    "dict": lambda W, b: {"W": W, "b": b},
    "named tuple": Layer,
    "network": lambda W, b: {"layers": [{"W": W}, (b,)], 0: [], "none": {}},
}


@pytest.mark.parametrize("nest", NESTINGS.values(), ids=NESTINGS)
def test_a_nesting_is_its_arrays_side_by_side(row, nest):
    params, grads = (numbers((2, 3)), numbers(3, 1)), (numbers((2, 3), 2), numbers(3, 3))
    alone = nest(*(two_steps(row, p, g) for p, g in zip(params, grads, strict=True)))
    together = two_steps(row, nest(*params), nest(*grads))
    assert_equal(together, alone)
    assert repr(together) == repr(alone)  # the same containers


def test_plain_numbers_are_arrays_of_no_dimension(row):
    params, grads = numbers(3), numbers(3, 1)
    scalars = two_steps(row, params.tolist(), grads.tolist())
    assert [(type(p), p.shape) for p in scalars] == [(np.ndarray, ())] * 3
    assert_array_equal(scalars, two_steps(row, params, grads))


def test_pure_update_changes_neither_params_nor_grads(row):
    params, grads = numbers(5), numbers(5, 1)
    updated = row.cls().update(params, grads)
    assert not np.shares_memory(updated, params)
    assert_array_equal(params, numbers(5))
    assert_array_equal(grads, numbers(5, 1))


@pytest.mark.parametrize("size", [5, TILE + 5])
@pytest.mark.parametrize("to", ["params", "grads", "other", "reversed params"])
def test_out_receives_what_the_pure_update_returns(row, to, size):
    params, grads = numbers(size), numbers(size, 1)
    expected = two_steps(row, params, grads)
    optimizer = row.cls()
    params = optimizer.update(params, grads)
    out = {"params": params, "grads": grads, "other": np.empty(size), "reversed params": params[::-1]}[to]
    assert optimizer.update(params, grads, out=out) is out
    assert_array_equal(out, expected)


def test_out_may_be_a_nesting(row):
    params, grads = {"W": [numbers(3)]}, {"W": [numbers(3, 1)]}
    array, expected = params["W"][0], row.cls().update(params, grads)
    assert row.cls().update(params, grads, out=params) is params
    assert params["W"][0] is array
    assert_equal(params, expected)


@pytest.mark.parametrize("dtype", ["f2", "f4", ">f4", "f8", ">f8", "longdouble"])
def test_dtype_is_kept_whatever_the_gradients(row, dtype):
    params, grads = numbers(5).astype(dtype), np.arange(5)
    expected = two_steps(row, params, grads.astype(dtype))
    assert expected.dtype == params.dtype
    for grad_dtype in ["f4", "f8", "i8", "u1"]:
        updated = two_steps(row, params, grads.astype(grad_dtype))
        assert updated.dtype == params.dtype
        assert_array_equal(updated, expected)


@pytest.mark.parametrize(
    ("dtype", "state"),
    [("f2", "f4"), ("f4", "f4"), (">f4", "f4"), ("f8", "f8"), (">f8", "f8"), ("longdouble", "longdouble")],
)
def test_state_has_the_precision_of_the_parameters_but_float32_for_float16(row, dtype, state):
    optimizer = row.cls()
    optimizer.update(numbers(5).astype(dtype), numbers(5, 1))
    assert {optimizer.state_dict()[slot].dtype for slot in optimizer.slots} == {np.dtype(state)}


def test_float32_is_float64_to_its_last_digits(row):
    double = two_steps(row, numbers(50), numbers(50, 1))
    single = two_steps(row, numbers(50).astype("f4"), numbers(50, 1).astype("f4"))
    np.testing.assert_allclose(single, double, rtol=0, atol=4 * np.finfo("f4").eps)


def test_float16_is_updated_in_float32(row):
    params, grads = numbers(50).astype(np.float16), (1e-4 * numbers(50, 1)).astype(np.float16)
    once = row.cls().update(params.astype(np.float32), grads)
    assert_array_equal(row.cls().update(params, grads), once.astype(np.float16))


LAYOUTS = {
    "C": lambda a: a,
    "Fortran": np.asfortranarray,
    "transposed": lambda a: a.transpose(1, 2, 0),
    "strided": lambda a: a[:, ::2, 1:],
    "reversed": lambda a: a[::-1, :, ::-1],
    "broadcast": lambda a: np.broadcast_to(a[0], (4, 6, 5)),
    "no dimension": lambda a: a[0, 0, 0, ...],
    "empty": lambda a: a[:0],
    "tiles": lambda a: np.tile(a, (TILE // 40, 1, 1)),
    "tiles, strided": lambda a: np.tile(a, (TILE // 20, 1, 1))[::-1, ::2],
}


@pytest.mark.parametrize("layout", LAYOUTS.values(), ids=LAYOUTS)
def test_layout_is_kept(row, layout):
    params, grads = layout(numbers((4, 6, 5))), numbers((4, 6, 5), 1)
    updated = two_steps(row, params, layout(grads))
    assert updated.shape == params.shape
    assert updated.strides == np.empty_like(params).strides
    plain = two_steps(row, params.flatten(), layout(grads).flatten())  # C order, one dimension
    assert_array_equal(updated.flatten(), plain)


def test_layouts_of_params_and_gradients_may_differ(row):
    params, grads = numbers((4, 6)), numbers((4, 6), 1)
    mixed = two_steps(row, np.asfortranarray(params), grads[::-1].copy()[::-1])
    assert mixed.flags.f_contiguous
    assert_array_equal(mixed, two_steps(row, params, grads))


def test_an_array_of_many_tiles_is_its_elements_one_by_one(row):
    """Around the edges of the tiles too."""
    params, grads = numbers(2 * TILE + 3), numbers(2 * TILE + 3, 1)
    whole = two_steps(row, params, grads)
    for i in [0, 1, TILE - 1, TILE, 2 * TILE - 1, 2 * TILE, 2 * TILE + 2]:
        assert_array_equal(whole[i], two_steps(row, params[i], grads[i]))


@pytest.mark.parametrize("engine", ["numpy", "numba"])
@pytest.mark.parametrize("dtype", ["f4", "f8"])
@pytest.mark.parametrize("in_place", [False, True])
def test_steps_of_a_lone_array_are_those_of_one_in_a_nesting(row, engine, dtype, in_place):
    """To the last bit, though from the second step on a lone array has a way of its own."""
    lone, nested = row.cls(engine=engine), row.cls(engine=engine)
    alone, inside = numbers(5).astype(dtype), {"W": numbers(5).astype(dtype)}
    for step in range(8):
        if step == 4:
            lone.learning_rate = nested.learning_rate = 0.3
        if step == 6:
            lone.learning_rate = nested.learning_rate = lambda t: 1 / t
        grads = numbers(5, step).astype(dtype)
        alone = lone.update(alone, grads, out=alone if in_place else None)
        inside = nested.update(inside, {"W": grads}, out=inside if in_place else None)
        assert_array_equal(alone, inside["W"])
    assert lone.t == nested.t == 8


@pytest.mark.parametrize("engine", ["numpy", "numba"])
@pytest.mark.parametrize("size", [3, 800_000])
def test_unchecked_a_nan_spoils_its_own_element_only(row, engine, size):
    grads = np.ones(size)
    expected = two_steps(row, np.zeros(size), grads)
    grads[1] = np.nan
    optimizer, params = row.cls(engine=engine), np.zeros(size)
    for _ in range(2):
        optimizer.update(params, grads, out=params, check_finite=False)
    assert np.isnan(params[1])
    np.testing.assert_allclose(np.delete(params, 1), np.delete(expected, 1), rtol=1e-15)


def test_no_parameters_are_no_error():
    optimizer = Adam()
    assert optimizer.update({}, {}) == {}
    assert optimizer.update([], []) == []
    assert optimizer.t == 2
