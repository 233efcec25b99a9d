"""Gradients cut to size: the same as Optax does it, at every size, and nothing lost."""

import jax
import numpy as np
import optax
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from numpy.testing import assert_allclose, assert_array_equal

from adamlearn.clipping import clip_by_global_norm, clip_by_value

jax.config.update("jax_enable_x64", True)  # of the whole process, as the oracles have it
any_size = st.floats(-1e300, 1e300)
limits = st.floats(0, 1e300)
grads = st.fixed_dictionaries(
    {"W": arrays(float, (2, 3), elements=any_size), "b": arrays(float, 2, elements=any_size)}
)


@given(grads=grads, limit=limits)
def test_by_value_bounds_each_element_and_changes_no_other(grads, limit):
    clipped = clip_by_value(grads, limit)
    for name, g in grads.items():
        assert (np.abs(clipped[name]) <= limit).all()
        assert_array_equal(clipped[name][np.abs(g) <= limit], g[np.abs(g) <= limit])


@given(grads=grads, limit=limits)
def test_by_norm_bounds_the_norm_and_keeps_the_direction(grads, limit):
    everything = np.concatenate([g.ravel() for g in grads.values()]).astype(np.longdouble)
    clipped = np.concatenate([g.ravel() for g in clip_by_global_norm(grads, limit).values()])
    norm = np.sqrt((everything**2).sum())
    expected = everything * min(1, np.longdouble(limit) / norm) if norm else everything
    # An element that is less than 1e-290 of the largest may lose digits.
    assert_allclose(clipped, expected.astype(float), rtol=1e-12, atol=max(1e-300, 1e-290 * limit))


@pytest.mark.parametrize("limit", [0.1, 1.0, 100.0])
def test_both_are_optaxs(limit):
    rng = np.random.default_rng(0)
    grads = {"W": rng.normal(size=(4, 3)), "b": [rng.normal(size=3)]}
    for ours, theirs in (
        (clip_by_value(grads, limit), optax.clip(limit)),
        (clip_by_global_norm(grads, limit), optax.clip_by_global_norm(limit)),
    ):
        expected, _ = theirs.update(grads, theirs.init(grads))
        assert_allclose(ours["W"], expected["W"], rtol=1e-6)
        assert_allclose(ours["b"][0], expected["b"][0], rtol=1e-6)


@pytest.mark.parametrize("clip", [clip_by_value, clip_by_global_norm])
def test_what_came_stays_and_none_stays_none(clip):
    grads = (np.array([3.0, 4.0], np.float32), None, [np.array(12.0)])
    clipped = clip(grads, 1.0)
    assert (clipped[0].dtype, clipped[1], clipped[2][0].shape) == (np.float32, None, ())
    assert_array_equal(grads[0], [3, 4])
    assert not np.shares_memory(clip(grads, 100.0)[0], grads[0])


@pytest.mark.parametrize("clip", [clip_by_value, clip_by_global_norm])
@pytest.mark.parametrize(
    ("grads", "limit", "error", "message"),
    [
        ({"W": np.array([1.0, np.nan])}, 1.0, ValueError, r"^grads\['W'\] is nan at index \(1,\)"),
        ([np.array([1, 2])], 1.0, TypeError, r"^grads\[0\] is of dtype int64; expected an array of floats"),
        (np.ma.array([1.0], mask=[True]), 1.0, TypeError, "^grads is a MaskedArray"),
        (np.ones(1), -1.0, ValueError, r"^max_\w+ is -1.0; expected a finite number, 0 or more"),
        (np.ones(1), None, TypeError, r"^max_\w+ is None; expected a number"),
    ],
)
def test_refused_in_words(clip, grads, limit, error, message):
    with pytest.raises(error, match=message):
        clip(grads, limit)
