"""An optimizer as the method of ``scipy.optimize.minimize``."""

import numpy as np
import pytest
from numpy.testing import assert_array_equal
from scipy.optimize import minimize, rosen, rosen_der

from adamlearn import SGD, Adam
from adamlearn.descent import descend
from adamlearn.landscapes import rosenbrock

START = np.array([-1.0, 2.0])
SHORT = {"maxiter": 20}


def quadratic(x, center=0.0):
    return ((x - center) ** 2).sum() / 2


def quadratic_gradient(x, center=0.0):
    return x - center


def test_finds_the_minimum_of_rosenbrock():
    result = minimize(rosen, START, jac=rosen_der, method=Adam(0.05), options={"maxiter": 20_000})
    assert (result.success, result.status) == (True, 0)
    assert result.message == "The gradient is within gtol."
    assert np.abs(result.jac).max() <= 1e-5
    np.testing.assert_allclose(result.x, 1, atol=1e-4)


def test_takes_the_steps_of_update(row):
    optimizer = row.make(learning_rate=1e-4)
    path = descend(optimizer, rosenbrock, START, 20)
    result = minimize(rosen, START, jac=rosen_der, method=optimizer, options=SHORT)
    np.testing.assert_allclose(result.x, path.positions[-1], rtol=1e-13)
    np.testing.assert_allclose(result.jac, path.gradients[-1], rtol=1e-11)


def test_result_at_maxiter():
    result = minimize(rosen, START, jac=rosen_der, method=Adam(), options=SHORT)
    assert (result.success, result.status, result.nit) == (False, 1, 20)
    assert result.message == "Stopped at maxiter before the gradient was within gtol."
    assert (result.nfev, result.njev) == (1, 21)
    assert result.fun == rosen(result.x)
    assert_array_equal(result.jac, rosen_der(result.x))


def test_leaves_optimizer_and_start_as_they_were():
    optimizer, start = Adam(0.1), START.copy()
    optimizer.update(np.ones(7), np.ones(7))
    first, second = (minimize(rosen, start, jac=rosen_der, method=optimizer, options=SHORT) for _ in range(2))
    assert_array_equal(first.x, second.x)
    assert optimizer.t == 1
    assert_array_equal(start, START)


def test_a_start_at_the_minimum_is_no_step():
    result = minimize(rosen, [1.0, 1.0], jac=rosen_der, method=Adam())
    assert (result.status, result.nit, result.njev) == (0, 0, 1)


@pytest.mark.parametrize("given", [{"tol": 0.07}, {"options": {"gtol": 0.07}}])
def test_tolerance_is_of_the_largest_component(given):
    """Half the distance a step: 1, 0.5, 0.25, 0.125, 0.0625."""
    result = minimize(quadratic, [1.0, -1.0], jac=quadratic_gradient, method=SGD(0.5), **given)
    assert (result.status, result.nit) == (0, 4)
    assert_array_equal(result.x, [0.0625, -0.0625])


def test_function_that_returns_its_gradient_too():
    both = minimize(lambda x: (rosen(x), rosen_der(x)), START, jac=True, method=Adam(), options=SHORT)
    apart = minimize(rosen, START, jac=rosen_der, method=Adam(), options=SHORT)
    assert_array_equal(both.x, apart.x)


def test_gradient_by_finite_differences():
    without = minimize(rosen, START, method=Adam(0.05), options=SHORT)
    given = minimize(rosen, START, jac=rosen_der, method=Adam(0.05), options=SHORT)
    np.testing.assert_allclose(without.x, given.x, rtol=1e-6)
    assert without.nfev == 21 * 3 + 1  # of two variables: the value at a point, and beside it twice


def test_arguments_of_the_function():
    result = minimize(quadratic, [1.0], args=(3.0,), jac=quadratic_gradient, method=SGD(0.5))
    assert result.success
    np.testing.assert_allclose([*result.x, result.fun], [3, 0], atol=1e-5)


def test_callback_of_positions():
    seen = []
    result = minimize(rosen, START, jac=rosen_der, method=Adam(), options=SHORT, callback=seen.append)
    assert_array_equal(seen, descend(Adam(), rosenbrock, START, 20).positions[1:])
    assert seen[-1] is not result.x


def test_callback_of_results():
    seen = []

    def callback(intermediate_result):
        seen.append((*intermediate_result.x, intermediate_result.fun))

    minimize(rosen, START, jac=rosen_der, method=Adam(), options=SHORT, callback=callback)
    path = descend(Adam(), rosenbrock, START, 20)
    np.testing.assert_allclose(seen, np.column_stack([path.positions, path.values])[1:], rtol=1e-14)


def test_a_callback_cannot_change_the_run():
    def spoil(x):
        x[:] = 100.0

    spoiled = minimize(rosen, START, jac=rosen_der, method=Adam(), options=SHORT, callback=spoil)
    assert_array_equal(spoiled.x, descend(Adam(), rosenbrock, START, 20).positions[-1])


def test_callback_that_stops():
    def stop_after_three(x, seen=[]):  # noqa: B006 (the count of the calls)
        seen.append(x)
        if len(seen) == 3:
            raise StopIteration

    result = minimize(rosen, START, jac=rosen_der, method=Adam(), callback=stop_after_three)
    assert (result.success, result.status, result.nit) == (False, 99, 3)
    assert result.message == "The callback stopped the run."


@pytest.mark.parametrize("learning_rate", [0.1, 1.0])  # the gradient's square overflows, the gradient does
def test_divergence_is_reported_with_the_last_finite_point(learning_rate):
    result = minimize(rosen, START, jac=rosen_der, method=SGD(learning_rate))
    assert (result.success, result.status) == (False, 2)
    assert result.message.startswith("Diverged")
    assert np.isfinite(result.x).all() and np.isfinite(result.jac**2).all() and np.isfinite(result.fun)
    assert result.nit > 0


def test_display_prints_the_message(capsys):
    minimize(rosen, START, jac=rosen_der, method=Adam(), options={"maxiter": 3, "disp": True})
    assert capsys.readouterr().out.startswith("Stopped at maxiter before the gradient was within gtol. f = ")


@pytest.mark.parametrize(
    "given", [{"bounds": [(0, 1), (0, 1)]}, {"constraints": {"type": "eq", "fun": lambda x: x.sum()}}]
)
def test_bounds_and_constraints_are_refused(given):
    with pytest.raises(ValueError, match=r"^bounds and constraints are not supported by this method"):
        minimize(rosen, START, jac=rosen_der, method=Adam(), **given)


def test_gradient_at_the_start_must_be_finite():
    with pytest.raises(ValueError, match=r"^grads is nan at index \(0,\); expected finite numbers$"):
        minimize(quadratic, START, jac=lambda x: np.full(2, np.nan), method=Adam())


def test_gradient_must_have_the_shape_of_the_start():
    with pytest.raises(ValueError, match=r"^grads has shape \(3,\); expected \(2,\)"):
        minimize(quadratic, START, jac=lambda x: np.ones(3), method=Adam())
