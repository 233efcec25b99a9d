"""Chapter 16's own rules, taken from its cells, do what Optax and the authors' packages do."""

import jax
import jax.numpy as jnp
import numpy as np
import optax
import pytest
from measuring import convention_rules
from optax.contrib import prodigy, schedule_free_adamw, schedule_free_eval_params

from adamlearn import Optimizer
from tests.book_pages import functions

jax.config.update("jax_enable_x64", True)

FIRST, AVERAGES, DISTANCE = (f"book/16-where-to-stand{page}" for page in ("", "-averages", "-distance"))
STEPS, ELEMENTS = 400, 16
RNG = np.random.default_rng(0)
NOISE, START = RNG.normal(size=(STEPS, ELEMENTS)), RNG.normal(size=ELEMENTS)
CURVATURES = np.geomspace(0.01, 1, ELEMENTS)


def warmed():
    """The rule with a warm-up."""
    return functions(AVERAGES, "schedule_free_warm")[0]


def gradient(p, t):
    return CURVATURES * (p - 1) + NOISE[t - 1]


def optax_path(transform, steps=STEPS):
    """The parameters after each step, and the last state."""
    p, path = jnp.asarray(START), []
    state, update = transform.init(p), jax.jit(transform.update)
    for t in range(1, steps + 1):
        updates, state = update(jnp.asarray(gradient(np.asarray(p), t)), state, p)
        p = optax.apply_updates(p, updates)
        path.append(np.asarray(p))
    return np.array(path), state


def our_path(optimizer):
    p, path = START, []
    for t in range(1, STEPS + 1):
        p = optimizer.update(p, gradient(p, t))
        path.append(p)
    return np.array(path)


@pytest.mark.parametrize("page", [FIRST, AVERAGES])
@pytest.mark.parametrize("engine", ["numpy", "numba"])
@pytest.mark.parametrize(
    "settings", [{}, {"beta1": 0.5, "beta2": 0.95}, {"learning_rate": 0.1, "epsilon": 0.3}]
)
def test_schedule_free_is_optaxs_at_a_constant_rate(page, engine, settings):
    optimizer = Optimizer(functions(page, "schedule_free")[0], engine=engine, **settings)
    names = {"learning_rate": "learning_rate", "beta1": "b1", "beta2": "b2", "epsilon": "eps"}
    theirs, state = optax_path(schedule_free_adamw(**{names[k]: value for k, value in settings.items()}))
    ours = our_path(optimizer)
    np.testing.assert_allclose(ours, theirs, rtol=0, atol=1e-12)
    beta1, d = optimizer.beta1, optimizer.state_dict()["d"]
    x = schedule_free_eval_params(state, jnp.asarray(theirs[-1]))
    np.testing.assert_allclose(ours[-1] - (1 - beta1) / beta1 * d, x, rtol=0, atol=1e-12)


def test_optax_warms_up_with_the_official_weights_and_a_rate_that_is_one_step_late():
    official = warmed()

    def late(p, g, v, d, t, learning_rate=0.05, warmup=50.0):
        """The official rule, with z moved by the rate of the step before."""
        share = min(t / warmup, 1.0)
        ratio = min((t - 1) / warmup, 1.0) / share
        x_old, z_old = p - 0.1 / 0.9 * d, p + d
        y, v, d = official(p, g, v, d, t, learning_rate, warmup)
        z = z_old + ratio * (y + d - z_old)
        k = min(t, warmup)
        weights = k * (k + 1) * (2 * k + 1) / (6 * warmup**2) + (t - k)
        x = x_old + share**2 / weights * (z - x_old)
        y = 0.9 * x + 0.1 * z
        return y, v, z - y

    theirs, _ = optax_path(schedule_free_adamw(0.05, warmup_steps=50))
    # Optax's schedule divides whole numbers in float32
    np.testing.assert_allclose(our_path(Optimizer(late)), theirs, rtol=0, atol=1e-6)
    plain = our_path(Optimizer(official, learning_rate=0.05, warmup=50.0))
    assert abs(plain - theirs).max() > 1e-3


def test_decay_in_schedule_free_is_optaxs():
    rule = warmed()
    ours = our_path(Optimizer(rule, learning_rate=0.05, warmup=1.0, weight_decay=0.1))
    theirs, _ = optax_path(schedule_free_adamw(0.05, weight_decay=0.1))
    np.testing.assert_allclose(ours, theirs, rtol=0, atol=1e-12)


@pytest.mark.parametrize("settings", [{"warmup": 50.0}, {"warmup": 1.0, "weight_decay": 0.1}])
def test_schedule_free_with_warmup_and_decay_is_the_authors(settings):
    """The rule that `test_conventions` holds against their package, where that is installed."""
    ours = Optimizer(warmed(), **settings)
    theirs = Optimizer(convention_rules.schedule_free, **settings)
    np.testing.assert_allclose(our_path(ours), our_path(theirs), rtol=0, atol=1e-12)


def test_schedule_free_is_the_authors_package():
    torch, schedulefree = pytest.importorskip("torch"), pytest.importorskip("schedulefree")
    rule = warmed()
    p = torch.tensor(START, requires_grad=True)
    theirs = schedulefree.AdamWScheduleFree([p], lr=0.05, warmup_steps=50, weight_decay=0.1)
    theirs.train()
    path = []
    for t in range(1, STEPS + 1):
        p.grad = torch.from_numpy(gradient(p.detach().numpy(), t))
        theirs.step()
        path.append(p.detach().numpy().copy())
    ours = our_path(Optimizer(rule, learning_rate=0.05, warmup=50.0, weight_decay=0.1))
    np.testing.assert_allclose(ours, path, rtol=0, atol=1e-12)


def test_prodigy_is_optaxs():
    (ours_to,) = functions(DISTANCE, "prodigy")
    ours, estimates = ours_to(gradient, START, STEPS)
    theirs, state = optax_path(prodigy())
    np.testing.assert_allclose(ours[1:], theirs, rtol=1e-12, atol=1e-12)
    np.testing.assert_allclose(estimates[-1], state.estim_lr, rtol=1e-12)
