"""What the chapter on fewer bits writes itself, against ml_dtypes, Optax and, where it is, PyTorch."""

import numpy as np
import pytest

from tests.book_pages import functions

FIRST, MEMORY, STATES = (f"book/18-fewer-bits{page}" for page in ("", "-memory", "-states"))


@pytest.fixture(scope="module")
def numbers():
    """Floats of all sizes and of both signs, with what is rounded up, down and halfway."""
    rng = np.random.default_rng(0)
    spread = rng.normal(size=20_000) * 10.0 ** rng.uniform(-30, 30, 20_000)
    halfway = (np.arange(128, 512) + 0.5) / 128
    return np.concatenate([spread, halfway, -halfway, [0.0, 1.0, -1.0]]).astype(np.float32)


def test_rounding_by_chance_reaches_the_two_neighbors_of_bfloat16(numbers):
    from ml_dtypes import bfloat16

    (stochastic,) = functions(FIRST, "stochastic")
    toward_zero = (numbers.view(np.uint32) & np.uint32(0xFFFF0000)).view(np.float32)
    away = np.nextafter(toward_zero.astype(bfloat16), (2 * numbers).astype(bfloat16)).astype(np.float32)
    exact = toward_zero == numbers
    for seed in range(5):
        rounded = stochastic(numbers, np.random.default_rng(seed))
        assert np.array_equal(rounded.astype(bfloat16).astype(np.float32), rounded)
        assert np.all((rounded == toward_zero) | (rounded == away))
        assert np.array_equal(rounded[exact], numbers[exact])


def test_rounding_by_chance_is_right_on_average():
    (stochastic,) = functions(FIRST, "stochastic")
    for x in (0.997, -0.3001, 1e-20, 12345.678):
        x = np.float32(x)
        draws = stochastic(np.full(200_000, x), np.random.default_rng(1)).astype(float)
        error = draws.std() / np.sqrt(draws.size)
        assert abs(draws.mean() - float(x)) < 5 * error


def test_the_explorables_grid_is_that_of_bfloat16():
    from ml_dtypes import bfloat16

    x = np.random.default_rng(0).uniform(0.5, 1, 10_000).astype(np.float32)
    huge = 1.5 * 2.0**52
    on_grid = (x.astype(float) * 256 + huge - huge) / 256
    assert np.array_equal(on_grid, x.astype(bfloat16).astype(float))


def path(step, start, gradients):
    """Where a function (p, g, t) leads."""
    p, found = start, []
    for t, g in enumerate(gradients, start=1):
        p = step(p, g, t)
        found.append(p)
    return np.array(found)


@pytest.fixture(scope="module")
def matrix():
    rng = np.random.default_rng(0)
    return 0.1 * rng.normal(size=(5, 3)), rng.normal(size=(200, 5, 3)) * rng.lognormal(size=(5, 3))


def of_the_page(start, gradients, rate, scaled=True):
    _, adafactor = functions(MEMORY, "rms", "adafactor")
    averages = [np.zeros(start.shape[0]), np.zeros(start.shape[1])]

    def step(p, g, t):
        p, *averages[:] = adafactor(p, g, *averages, t, learning_rate=rate(t), scaled=scaled)
        return p

    return path(step, start, gradients)


def difference(found, expected, start):
    return np.abs(found - expected).max() / np.abs(expected - start).max()


@pytest.mark.parametrize("scaled", [True, False])
def test_adafactor_is_that_of_optax(matrix, scaled):
    import jax
    import optax

    start, gradients = matrix

    def rate(t):
        return np.minimum(0.01, 1 / np.sqrt(t))

    with jax.enable_x64(True):
        rule = optax.adafactor(
            lambda count: jax.numpy.minimum(0.01, 1 / jax.numpy.sqrt(count + 1.0)),
            min_dim_size_to_factor=1,
            multiply_by_parameter_scale=scaled,
            decay_rate=jax.numpy.float64(0.8),
        )
        state, p, expected = rule.init(jax.numpy.array(start)), jax.numpy.array(start), []
        for g in gradients:
            updates, state = rule.update(jax.numpy.array(g), state, p)
            p = optax.apply_updates(p, updates)
            expected.append(np.array(p))
    found = of_the_page(start, gradients, rate, scaled)
    assert difference(found, np.array(expected), start) < 1e-6  # Optax computes t^-0.8 in float32


def test_optax_without_a_rate_steps_as_long_as_the_weights():
    """And the length of its step does not fall, where the gradients stay the same."""
    import jax.numpy as jnp
    import optax

    p, g = jnp.full((5, 3), 0.25), jnp.ones((5, 3))
    for rate, length in ((None, 0.25), (0.1, 0.025)):
        rule = optax.adafactor(rate)
        state = rule.init(p)
        for _ in range(10):
            updates, state = rule.update(g, state, p)
            assert np.allclose(updates, -length, rtol=1e-5)


def test_the_small_numbers_of_optax_and_torch():
    """Added to the square in one, a lower bound of the root in the other."""
    import jax
    import optax

    start, g = np.full((5, 3), 0.25), np.full((5, 3), 1e-18)
    with jax.enable_x64(True):
        rule = optax.adafactor(0.01, min_dim_size_to_factor=1)
        updates, _ = rule.update(
            jax.numpy.array(g), rule.init(jax.numpy.array(start)), jax.numpy.array(start)
        )
    assert np.allclose(updates, -0.01 * 0.25 * 1e-18 / np.sqrt(1e-36 + 1e-30), rtol=1e-6)
    torch = pytest.importorskip("torch")
    p = torch.nn.Parameter(torch.zeros(5, 3, dtype=torch.float64))
    p.grad = torch.tensor(g)
    torch.optim.Adafactor([p]).step()
    assert np.allclose(p.detach().numpy(), -0.01 * 0.001 * 1e-18 / np.finfo(float).eps, rtol=1e-6, atol=0)


def test_optax_factors_only_what_is_large():
    import jax.numpy as jnp
    import optax

    for shape, factored in (((64, 32), False), ((128, 127), False), ((128, 128), True)):
        state = optax.scale_by_factored_rms().init(jnp.zeros(shape))
        assert (state.v.size == 1) == factored
        assert (state.v_row.size > 1) == factored


def test_adafactor_is_that_of_torch(matrix):
    torch = pytest.importorskip("torch")
    start, gradients = matrix
    p = torch.nn.Parameter(torch.tensor(start))
    optimizer, expected = torch.optim.Adafactor([p], lr=0.3), []
    for g in gradients:
        p.grad = torch.tensor(g)
        optimizer.step()
        expected.append(p.detach().numpy().copy())
    found = of_the_page(start, gradients, lambda t: min(0.3, 1 / np.sqrt(t)))
    assert difference(found, np.array(expected), start) < 1e-12
    assert sum(x.numel() for x in optimizer.state[p].values()) == 5 + 3 + 1


def test_the_estimate_is_that_of_optax(matrix):
    import jax
    import optax

    (factored,) = functions(MEMORY, "factored")
    _, gradients = matrix
    g = gradients[0]
    with jax.enable_x64(True):
        rule = optax.scale_by_factored_rms(min_dim_size_to_factor=1)
        updates, _ = rule.update(jax.numpy.array(g), rule.init(jax.numpy.array(g)), jax.numpy.array(g))
    assert np.allclose(np.array(updates), g / np.sqrt(factored(g**2)), rtol=1e-12, atol=0)


def test_an_8_bit_code_gives_the_nearest_level():
    linear, dynamic, encode, decode = functions(STATES, "linear", "dynamic", "encode", "decode")
    x = np.random.default_rng(0).normal(size=1000) * np.repeat([1.0, 1e-6, 0.0, 50.0], 250)
    for code in (linear, dynamic):
        for signed, values in ((True, x), (False, x**2)):
            levels = code(signed)
            codes, scales = encode(values, levels)
            assert codes.dtype == np.uint8 and scales.dtype == np.float32 and len(scales) == 4
            back = decode(codes, scales, levels, len(values))
            scale = np.repeat(scales.astype(float), 256)[:1000]
            nearest = levels[np.abs(values[:, None] / np.where(scale, scale, 1)[:, None] - levels).argmin(1)]
            assert np.allclose(back, nearest * scale, rtol=1e-6, atol=1e-12)
