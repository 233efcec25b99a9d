"""What holds for every stream of gradients; Hypothesis looks for one where it does not."""

import numpy as np
import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from numpy.testing import assert_allclose, assert_array_equal

from adamlearn import Adam, AdamW, AMSGrad, rules
from tests.optimizers_table import TABLE

any_size = st.floats(-1e100, 1e100)  # with zeros, and what is zero once it is squared
moderate = st.floats(1e-20, 1e20) | st.floats(-1e20, -1e-20)


def streams(elements=any_size):
    """Gradients for some steps and elements, shape (steps, elements)."""
    return arrays(float, st.tuples(st.integers(1, 20), st.integers(1, 6)), elements=elements)


def run(optimizer, p, gradients):
    for g in gradients:
        p = optimizer.update(p, g)
    return p


@given(start=arrays(float, 5, elements=any_size), steps=st.integers(1, 5))
def test_zero_gradients_move_nothing(row, start, steps):
    optimizer = row.make(weight_decay=0.0)
    assert_array_equal(run(optimizer, start, np.zeros((steps, 5))), start)


@given(gradients=streams())
def test_opposite_gradients_lead_to_the_opposite_place(row, gradients):
    start = np.linspace(-1, 1, gradients.shape[1])
    there, back = run(row.cls(), start, gradients), run(row.cls(), -start, -gradients)
    assert_array_equal(there, -back)


@pytest.mark.parametrize("row", [row for row in TABLE if row.scale_free], ids=lambda row: row.name)
@given(gradients=streams(moderate), exponent=st.integers(-100, 100))
def test_the_scale_of_gradients_cancels_to_the_bit(row, gradients, exponent):
    start = np.linspace(-1, 1, gradients.shape[1])
    plain = run(row.make(**row.settings, epsilon=0.0), start, gradients)
    scaled = run(row.make(**row.settings, epsilon=0.0), start, gradients * 2.0**exponent)
    assert_array_equal(plain, scaled)


@given(gradients=streams(), data=st.data())
def test_elements_do_not_know_of_each_other(row, gradients, data):
    size = gradients.shape[1]
    start, order = np.linspace(-1, 1, size), data.draw(st.permutations(range(size)))
    together = run(row.cls(), start[order].reshape(size, 1), gradients[:, order].reshape(-1, size, 1))
    alone = [run(row.cls(), start[i], gradients[:, i]) for i in order]
    assert_array_equal(together[:, 0], alone)


@given(gradients=streams())
def test_adamw_without_decay_is_adam_to_the_bit(gradients):
    start = np.linspace(-1, 1, gradients.shape[1])
    assert_array_equal(run(AdamW(weight_decay=0.0), start, gradients), run(Adam(), start, gradients))


def largest_step(t, beta1=0.9, beta2=0.999):
    """The most that Adam's t-th step can be of its learning rate.

    By Cauchy and Schwarz, with the weights of both sums written over one another::

        (sum beta1^(t-i) g_i)^2 <= sum (beta1^2 / beta2)^(t-i) * sum beta2^(t-i) g_i^2

    where the last sum is v, but for its factor. Equality needs g_i in proportion to (beta1/beta2)^(t-i).
    """
    q = beta1**2 / beta2
    bound = (1 - beta1) / np.sqrt(1 - beta2) * np.sqrt((1 - q**t) / (1 - q))
    return bound * np.sqrt(1 - beta2**t) / (1 - beta1**t)


betas = st.sampled_from([(0.9, 0.999), (0.8, 0.95), (0.5, 0.5), (0.0, 0.9), (0.9, 0.99)])


@given(gradients=streams(), betas=betas)
@example(gradients=np.array([[0.0]] * 19 + [[1.0]]), betas=(0.9, 0.999))
def test_no_step_of_adam_exceeds_the_bound(gradients, betas):
    optimizer, origin = Adam(1.0, *betas), np.zeros(gradients.shape[1])
    for g in gradients:
        step = np.abs(optimizer.update(origin, g))
        assert (step <= largest_step(optimizer.t, *betas) * (1 + 1e-14)).all()


@pytest.mark.parametrize("t", [1, 2, 10, 1000, 20_000])
def test_rising_gradients_reach_the_bound(t):
    gradients = (0.9 / 0.999) ** np.arange(t - 1, -1, -1.0)
    optimizer = Adam(1.0, epsilon=0.0)
    first = max(0, t - 1000)  # the gradients before are zero, or as good as that
    optimizer.load_state_dict({"t": first, "m": np.zeros(1), "v": np.zeros(1)})
    run(optimizer, np.zeros(1), gradients[first:-1, None])
    assert_allclose(-optimizer.update(np.zeros(1), gradients[-1:]), largest_step(t), rtol=1e-12)


def test_the_bound_is_7_27_learning_rates():
    assert_allclose([largest_step(20_000), largest_step(10**7)], 7.2703, atol=5e-5)


@given(gradients=streams())
def test_amsgrads_rate_never_increases(gradients):
    optimizer, rate = AMSGrad(1.0), np.inf
    for g in gradients:
        step = -optimizer.update(np.zeros_like(g), g)
        state = optimizer.state_dict()
        new_rate = 1 / (np.sqrt(state["v_max"]) + optimizer.epsilon)
        m_hat = state["m"] / (1 - optimizer.beta1**optimizer.t)
        assert_allclose(step, new_rate * m_hat, rtol=1e-14, atol=1e-290)  # below, m has fewer digits
        assert (new_rate <= rate).all()
        rate = new_rate


@pytest.mark.parametrize("beta2", [0.61, 0.9, 0.99, 0.999, 0.9999])
def test_radams_rectifier_rises_from_0_to_1(beta2):
    r = np.array([rules.rectifier(t, beta2) for t in [*range(1, 10_000), 10**6, 10**7]])
    assert r[0] == 0 and r[-1] == 1
    assert ((r >= 0) & (r <= 1)).all()
    assert (np.diff(r) >= -1.2e-16).all()  # one rounding


@pytest.mark.parametrize("beta2", [0.0, 0.5, 0.6])
def test_radam_never_adapts_with_a_short_memory(beta2):
    assert not any(rules.rectifier(t, beta2) for t in range(1, 1000))
