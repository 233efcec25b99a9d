"""Dual numbers: the gradients of the landscapes and of functions of every operator, against JAX's."""

import math

import jax
import numpy as np
import pytest

from adamlearn import dual
from adamlearn.dual import Dual, gradient_of
from adamlearn.explorables.edits import over_duals
from adamlearn.explorables.kinds.landscape.options import described_landscape
from adamlearn.explorables.portable import outside
from adamlearn.landscapes import LANDSCAPES

jax.config.update("jax_enable_x64", True)

# Each with NumPy's name for the functions; JAX's NumPy or the dual numbers stand for it.
FUNCTIONS = {
    "sums": lambda np, x, y: +x - -y + (2 - x) + (y - 3),
    "products": lambda np, x, y: 3 * x * y * 0.5 * x,
    "quotients": lambda np, x, y: x / y + 2 / x + y / 4,
    "powers": lambda np, x, y: x**3 + x**-1.5 + y**0 + 2**y,
    "powers of both": lambda np, x, y: abs(x) ** y,
    "remainders": lambda np, x, y: x % 0.7 + 5 % y + x // 0.3,
    "exp, log": lambda np, x, y: np.exp(-x * y) + np.log(x + y),
    "roots": lambda np, x, y: np.sqrt(x * x + y),
    "circle": lambda np, x, y: np.sin(3 * x) * np.cos(y) + np.tan(x),
    "tanh": lambda np, x, y: np.tanh(x - 2 * y),
    "corners": lambda np, x, y: np.abs(x - y) + np.maximum(x, y) + np.minimum(x * y, 1.0),
    "clip": lambda np, x, y: np.clip(x, 0.5, 1.2) * y + np.clip(y, 0.1, 9.0),
    "sign": lambda np, x, y: np.sign(x - 1) * y,
}
POINTS = np.random.default_rng(0).uniform(0.3, 2.0, size=(40, 2))


@pytest.mark.parametrize("name", FUNCTIONS)
def test_gradient_is_that_of_jax(name):
    def of(numpy):
        return lambda x, y: FUNCTIONS[name](numpy, x, y)

    for x, y in POINTS.tolist():
        expected = jax.grad(of(jax.numpy), argnums=(0, 1))(x, y)
        np.testing.assert_allclose(gradient_of(of(dual))(x, y), expected, rtol=1e-12, atol=1e-12)
        assert of(dual)(x, y) == pytest.approx(float(of(jax.numpy)(x, y)), rel=1e-12)


@pytest.mark.parametrize("landscape", LANDSCAPES.values(), ids=LANDSCAPES)
def test_gradient_is_that_of_the_landscape(landscape):
    function = over_duals({"f": landscape.value})["f"]
    for x, y in np.random.default_rng(1).uniform(-2, 2, size=(40, 2)).tolist():
        np.testing.assert_allclose(
            gradient_of(function)(x, y), landscape.gradient(x, y), rtol=1e-9, atol=1e-9
        )


def test_comparisons_are_those_of_the_values():
    x = Dual(2.0, 1.0)
    assert x > 1 and x >= 2 and x < Dual(3.0) and x <= 2 and x == 2.0 and x != 3 and 1 < x
    assert repr(-x) == "Dual(-2.0, -1.0, -0.0)"


def test_a_function_that_is_flat_has_no_slope():
    assert gradient_of(lambda x, y: 3.0)(1.0, 2.0) == (0.0, 0.0)
    assert gradient_of(lambda x, y: x**0 + 0 * y)(0.0, 0.0) == (0.0, 0.0)


def test_what_has_no_number_is_an_error_as_for_plain_floats():
    for function in (lambda x, y: 1 / x, lambda x, y: dual.log(x), lambda x, y: dual.sqrt(y - 1)):
        with pytest.raises((ZeroDivisionError, ValueError)):
            gradient_of(function)(0.0, 0.0)
    assert math.isnan(dual.sign(math.nan)) and dual.sign(-3.0) == -1.0


def test_the_page_has_the_functions_over_dual_numbers():
    edit = described_landscape(LANDSCAPES["mixture"])["edit"]
    assert edit["names"]["np"] == "adamlearn.dual:"
    assert "numpy" not in str(edit["names"])
    assert outside(LANDSCAPES["mixture"].value)
