"""Memory is shared or it is not: an update gives what separate arrays would, or is refused."""

import copy

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.lib.stride_tricks import as_strided
from numpy.testing import assert_allclose, assert_array_equal

from adamlearn import SGD, Adam, Optimizer
from adamlearn.engines.arrays import TILE, first_overlap, repeats_itself

ENGINES = ["numpy", "numba"]


@st.composite
def views(draw):
    """A buffer's length, and views of it, each a start, a length and a stride."""
    parts = st.tuples(st.integers(0, 8), st.integers(1, 5), st.sampled_from([1, 2, 3, -1, -2]))
    return draw(st.lists(parts, min_size=2, max_size=4))


def view(buffer, part):
    start, length, stride = part
    first = start if stride > 0 else start + (length - 1) * -stride
    return buffer[first::stride][:length]


def places(part):
    start, length, stride = part
    return {start + i * abs(stride) for i in range(length)}


@pytest.mark.parametrize("engine", ENGINES)
@given(parts=views(), grads=views(), steps=st.integers(1, 3))
def test_views_of_one_buffer(engine, parts, grads, steps):
    """Parameters that are written, and gradients, anywhere in one buffer: as of copies, or refused."""
    buffer = np.arange(1.0, 30.0)
    params = [view(buffer, part) for part in parts]
    gradients = [view(buffer, (grads[i % len(grads)][0], len(p), 1)) for i, p in enumerate(params)]
    alone, optimizer = SGD(0.5, momentum=0.5), SGD(0.5, momentum=0.5, engine=engine)
    overlap = any(places(a) & places(b) for i, a in enumerate(parts) for b in parts[:i])
    for _ in range(steps):
        expected = alone.update(copy.deepcopy(params), copy.deepcopy(gradients))
        before = buffer.copy()
        if overlap:
            with pytest.raises(ValueError, match=r"^out\[\d\] shares memory with out\[\d\]"):
                optimizer.update(params, gradients, out=params)
            assert_array_equal(buffer, before)
            assert optimizer.t == 0
            return
        optimizer.update(params, gradients, out=params)
        for p, e in zip(params, expected, strict=True):
            assert_allclose(p, e, rtol=1e-12)


@pytest.mark.parametrize("engine", ENGINES)
@pytest.mark.parametrize("size", [4, 3 * TILE, 500_000])
@pytest.mark.parametrize("what", ["reversed", "shifted", "itself", "out is grads", "out overlaps params"])
def test_a_lone_array_and_a_view_of_it(engine, size, what):
    optimizer, expected = SGD(0.25, momentum=0.5, engine=engine), SGD(0.25, momentum=0.5)
    buffer = np.linspace(1, 2, size + 1)
    p = buffer[:-1]
    g = {"reversed": p[::-1], "shifted": buffer[1:], "itself": p}.get(what, np.linspace(-1, 1, size))
    out = {"out is grads": g, "out overlaps params": buffer[1:]}.get(what, p)
    for _ in range(3):
        e = expected.update(p.copy(), g.copy())
        assert optimizer.update(p, g, out=out) is out
        assert_allclose(out, e, rtol=1e-12)


@pytest.mark.parametrize("engine", ENGINES)
def test_simultaneous_steps(engine):
    """Each is the other's gradient: both are those of before the step."""
    p = {"x": np.array([1.0]), "y": np.array([2.0])}
    SGD(0.5, engine=engine).update(p, {"x": p["y"], "y": p["x"]}, out=p)
    assert (p["x"][0], p["y"][0]) == (0.0, 1.5)


@pytest.mark.parametrize("engine", ENGINES)
def test_tied_weights_are_refused_in_place_and_two_arrays_otherwise(engine):
    w, ones = np.zeros((2, 2)), np.ones((2, 2))
    with pytest.raises(
        ValueError, match=r"^out\[0\] shares memory with out\[1\]; expected an array of its own"
    ):
        SGD(1.0, engine=engine).update([w, w.T], [ones, ones], out=[w, w.T])
    assert not w.any()
    new = SGD(1.0, engine=engine).update([w, w.T], [ones, 2 * ones])
    assert [a[0, 0] for a in new] == [-1, -2]


def test_interleaved_columns_are_no_overlap():
    table = np.zeros((5, 4))
    columns = [table[:, i] for i in range(4)]
    for engine in ENGINES:
        SGD(1.0, engine=engine).update(columns, [np.ones(5)] * 4, out=columns)
    assert (table == -2).all()


def test_an_array_that_repeats_itself_is_refused():
    out = as_strided(np.zeros(4), (3, 2), (8, 8))
    with pytest.raises(ValueError, match=r"^out shares memory with itself"):
        SGD().update(out, np.ones((3, 2)), out=out)
    row = np.zeros(3)
    wide = as_strided(row, (2, 3), (0, 8))
    assert repeats_itself(wide) and repeats_itself(out)
    assert not repeats_itself(np.zeros((3, 4)).T[::2, ::-1])


@given(parts=views())
def test_overlaps_are_found_and_no_others(parts):
    buffer = np.zeros(40)
    found = first_overlap([view(buffer, part) for part in parts])
    overlaps = {(j, i) for i, a in enumerate(parts) for j, b in enumerate(parts[:i]) if places(a) & places(b)}
    assert found in overlaps if overlaps else found is None


@pytest.mark.parametrize("engine", ENGINES)
def test_foreign_memory(engine):
    """Two arrays over one buffer that NumPy knows nothing of: what they share is found all the same."""
    data = bytearray(np.arange(4.0).tobytes())
    p, g = np.frombuffer(data), np.frombuffer(data)[::-1]
    expected = p - 0.5 * g
    SGD(0.5, engine=engine).update(p, g, out=p)
    assert_array_equal(p, expected)


@pytest.mark.parametrize("engine", ENGINES)
@pytest.mark.parametrize("size", [2, 600, 2 * TILE])
def test_a_gradient_buffer_that_is_used_again(engine, size):
    """What an optimizer remembers is its own, even of a rule that hands the gradient on."""

    def delayed(p, g, last, t):
        return p - last, g

    optimizer, p, g = Optimizer(delayed, engine=engine), np.zeros(size), np.empty(size)
    for value in (1.0, 2.0, 4.0):
        g[:] = value
        p = optimizer.update(p, g)
    assert (p == -3).all()


@pytest.mark.parametrize("engine", ENGINES)
@pytest.mark.parametrize("size", [2, 600, 2 * TILE])
def test_a_rule_that_writes_into_what_it_is_given(engine, size):
    """Its operators in place work, on copies."""

    def l2(p, g, m, t, learning_rate=0.1, weight_decay=0.5):
        old = m
        g += weight_decay * p
        m *= 0.5
        m += g
        p -= learning_rate * (m + old)
        return p, m

    optimizer, p, g = Optimizer(l2, engine=engine), np.ones(size), np.ones(size)
    first = optimizer.update(p, g)
    second = optimizer.update(first, g)
    assert (p == 1).all() and (g == 1).all()
    assert_allclose(first, 0.85, rtol=1e-15)
    assert_allclose(second, 0.85 - 0.1 * (0.75 + 1 + 0.425 + 1.5), rtol=1e-15)


@pytest.mark.parametrize("engine", ENGINES)
def test_parameters_that_change_their_memory_between_steps(engine):
    """The arrays of the step before are known again; others are looked at anew."""
    optimizer, expected = Adam(0.1, engine=engine), Adam(0.1)
    p = {"a": np.ones(3), "b": np.ones(3)}
    grads = {"a": np.full(3, 2.0), "b": np.full(3, -1.0)}
    for step in range(6):
        if step == 2:
            p["a"] = p["a"].copy()
        if step == 4:
            p["b"] = np.concatenate([p["b"], p["b"]])[:3]
            grads["a"] = p["b"][::-1]
        e = expected.update(copy.deepcopy(p), copy.deepcopy(grads))
        optimizer.update(p, grads, out=p)
        assert_allclose(p["a"], e["a"], rtol=1e-12)
        assert_allclose(p["b"], e["b"], rtol=1e-12)
