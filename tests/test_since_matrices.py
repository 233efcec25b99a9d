"""Chapter 17's functions of matrices, as its pages show them, beside Optax's and PyTorch's."""

import jax
import jax.numpy as jnp
import numpy as np
import optax
import pytest
from optax.contrib._muon import orthogonalize_via_newton_schulz

from adamlearn import rules
from tests.book_pages import cells, functions

jax.config.update("jax_enable_x64", True)  # of the whole process, as the oracles have it

PAGES = [f"book/17-where-the-form-ends{tail}" for tail in ("", "-matrices", "-practice")]
COEFFICIENTS = (3.4445, -4.7750, 2.0315)
SHAPES = [(6, 9), (9, 6), (8, 8)]


NAMES = ("orthogonal", "muon", "soap")
FUNCTIONS = dict(zip(NAMES, functions(PAGES[0], *NAMES), strict=True))


def gradients(shape, steps=20, seed=0):
    rng = np.random.default_rng(seed)
    return rng.normal(size=shape), rng.normal(size=(steps, *shape))


def our_run(start, stream, rate, beta=0.95):
    W, M = start, np.zeros_like(start)
    for G in stream:
        W, M = FUNCTIONS["muon"](W, G, M, rate, beta)
    return W


def optax_run(optimizer, start, stream):
    params, state = jnp.asarray(start), optimizer.init(jnp.asarray(start))
    step = jax.jit(optimizer.update)
    for G in stream:
        updates, state = step(jnp.asarray(G), state, params)
        params = optax.apply_updates(params, updates)
    return np.asarray(params)


@pytest.mark.parametrize("page", PAGES[1:])
def test_the_pages_show_the_same_functions(page):
    texts = {}
    for each in (PAGES[0], page):
        source = "\n\n".join("".join(c["source"]) for c in cells(each) if c["cell_type"] == "code")
        for name in ("orthogonal", "muon", "soap"):
            if f"def {name}(" in source:
                text = source.split(f"def {name}(")[1].split("\n\n")[0]
                texts.setdefault(name, set()).add(text)
    assert len(texts) == 3 and {name: len(found) for name, found in texts.items()} == dict.fromkeys(texts, 1)


@pytest.mark.parametrize("shape", SHAPES)
def test_the_loop_is_optaxs(shape):
    G, _ = gradients(shape)
    expected = orthogonalize_via_newton_schulz(jnp.asarray(G), jnp.asarray(COEFFICIENTS), eps=1e-7)
    np.testing.assert_allclose(FUNCTIONS["orthogonal"](G), expected, rtol=0, atol=1e-12)


@pytest.mark.parametrize("steps", [1, 5, 7])
def test_the_loop_maps_singular_values_and_keeps_directions(steps):
    G, _ = gradients((5, 7))
    U, s, Vt = np.linalg.svd(G, full_matrices=False)
    s = s / (np.linalg.norm(G) + 1e-7)
    a, b, c = COEFFICIENTS
    for _ in range(steps):
        s = a * s + b * s**3 + c * s**5
    np.testing.assert_allclose(FUNCTIONS["orthogonal"](G, steps), U * s @ Vt, rtol=0, atol=1e-12)


def test_the_loop_takes_many_matrices_at_once():
    stack = np.random.default_rng(0).normal(size=(2, 3, 4, 6))
    together = FUNCTIONS["orthogonal"](stack)
    for place in np.ndindex(2, 3):
        np.testing.assert_allclose(together[place], FUNCTIONS["orthogonal"](stack[place]), rtol=0, atol=1e-13)


@pytest.mark.parametrize("shape", SHAPES)
def test_muon_is_optaxs_but_for_the_correction_of_the_first_steps(shape):
    """A long average first: Optax's corrections are then one, and the directions the same."""
    start, stream = gradients(shape, 600)
    factor = np.sqrt(max(1, shape[1] / shape[0]))
    optimizer = optax.contrib.muon(1e-3, eps=1e-7)
    ours, theirs = our_run(start, stream, 1e-3 * factor), optax_run(optimizer, start, stream)
    late = [our_run(start, stream[:k], 1e-3 * factor) for k in (590,)]
    assert np.abs(ours - theirs).max() > 1e-6  # what the first steps leave
    state = optimizer.init(jnp.asarray(start))
    advance = jax.jit(optimizer.update)
    for G in stream[:590]:
        _, state = advance(jnp.asarray(G), state, jnp.asarray(start))
    update, _ = optimizer.update(jnp.asarray(stream[590]), state, jnp.asarray(start))
    step = our_run(start, stream[:591], 1e-3 * factor) - late[0]
    np.testing.assert_allclose(step, update, rtol=0, atol=1e-12)


def test_optaxs_correction_is_another_mixture():
    """As the page on practice says: in the second step the directions differ by some degrees."""
    start, stream = gradients((16, 16), 2)
    optimizer = optax.contrib.muon(1.0, eps=1e-7)
    two, one = optax_run(optimizer, start, stream), optax_run(optimizer, start, stream[:1])
    M = 0.05 * stream[0]
    ahead = 0.95 * M / (1 - 0.95**2)
    M = 0.95 * M + 0.05 * stream[1]
    ahead = 0.95 * M / (1 - 0.95**3) + 0.05 * stream[1] / (1 - 0.95**2)
    np.testing.assert_allclose(one - two, FUNCTIONS["orthogonal"](ahead), rtol=0, atol=1e-10)
    plain = FUNCTIONS["orthogonal"](0.95 * M + 0.05 * stream[1])
    assert np.abs(one - two - plain).max() > 0.01


@pytest.mark.parametrize("shape", SHAPES)
@pytest.mark.parametrize("factor", ["original", "match_rms_adamw"])
def test_muon_is_pytorchs(shape, factor, monkeypatch):
    """With its bfloat16 taken away; with it, to the two digits or three that it has."""
    torch = pytest.importorskip("torch")
    scale = np.sqrt(max(1, shape[0] / shape[1])) if factor == "original" else 0.2 * np.sqrt(max(shape))
    start, stream = gradients(shape)

    def run():
        parameter = torch.nn.Parameter(torch.tensor(start))
        optimizer = torch.optim.Muon([parameter], lr=0.01, weight_decay=0.0, adjust_lr_fn=factor)
        for G in stream:
            parameter.grad = torch.tensor(G)
            optimizer.step()
        return parameter.detach().numpy()

    ours = our_run(start, stream, 0.01 * scale)
    short = np.abs(run() - ours).max()
    assert 1e-5 < short < 0.02 * scale
    monkeypatch.setattr(torch.Tensor, "bfloat16", lambda tensor: tensor.clone())
    # PyTorch divides by the size, and the page by the size and 1e-7 more
    np.testing.assert_allclose(run(), ours, rtol=0, atol=1e-6)


def test_pytorch_refuses_what_is_not_a_matrix():
    torch = pytest.importorskip("torch")
    with pytest.raises(ValueError, match="2D"):
        torch.optim.Muon([torch.nn.Parameter(torch.zeros(3))])


def test_soap_with_axes_that_stay_is_adam():
    """One row and one column: there is nothing to turn, and the first gradient moves nothing."""
    start, stream = gradients((1, 1), 50)
    W, zero, one = start, np.zeros((1, 1)), np.ones((1, 1))
    p, m, v, slots = start, zero, zero, (zero, zero, zero, zero, one, one)
    for t, G in enumerate(stream, start=1):
        W, slots = FUNCTIONS["soap"](W, G, slots, t, 0.01)
        if t > 1:
            p, m, v = rules.adam(p, G, m, v, t - 1, 0.01, 0.95, 0.95)
    np.testing.assert_allclose(W, p, rtol=0, atol=1e-13)


def test_soap_turned_back_is_adam_on_the_turned_gradients():
    start, stream = gradients((4, 6), 8)
    zero = np.zeros((4, 6))
    slots = (zero, zero, np.zeros((4, 4)), np.zeros((6, 6)), np.eye(4), np.eye(6))
    W, slots = FUNCTIONS["soap"](start, stream[0], slots, 1, 0.01)
    assert W is start
    p, m, v = zero, zero, zero
    for t, G in enumerate(stream[1:], start=2):
        W, slots = FUNCTIONS["soap"](W, G, slots, t, 0.01)
        *_, Q_L, Q_R = slots
        p, m, v = rules.adam(p, Q_L.T @ G @ Q_R, m, v, t - 1, 0.01, 0.95, 0.95)
    np.testing.assert_allclose(W - start, Q_L @ p @ Q_R.T, rtol=0, atol=1e-12)
