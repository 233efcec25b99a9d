"""An optimizer as the method of ``scipy.optimize.minimize``."""

import ast
import inspect
import subprocess
import sys

import numpy as np
import pytest
from numpy.testing import assert_array_equal
from scipy.optimize import Bounds, minimize, rosen, rosen_der

from adamlearn import SGD, Adam, scipy_method
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


def test_gradient_at_the_start_must_be_finite():
    with pytest.raises(ValueError, match=r"^grads is nan at index \(0,\); expected finite numbers$"):
        minimize(quadratic, START, jac=lambda x: np.full(2, np.nan), method=Adam())


def test_gradient_must_have_the_shape_of_the_start():
    with pytest.raises(ValueError, match=r"^grads has shape \(3,\); expected \(2,\)"):
        minimize(quadratic, START, jac=lambda x: np.ones(3), method=Adam())


@pytest.mark.parametrize(
    "bounds", [[(0, 1), (0, 1)], [(None, 1), (None, None)], Bounds(-np.inf, [1, np.inf])]
)
def test_bounds_are_refused(bounds):
    with pytest.raises(ValueError, match=r"^bounds and constraints are not supported by this method"):
        minimize(rosen, START, jac=rosen_der, method=Adam(), bounds=bounds)


@pytest.mark.parametrize("bounds", ["ab", [(0, 1, 2), (0, 1, 2)], [1, 2, 3], 7])
def test_bounds_that_are_none_of_scipys_are_refused_too(bounds):
    with pytest.raises(ValueError, match=r"^bounds and constraints are not supported by this method"):
        minimize(rosen, START, jac=rosen_der, method=Adam(), bounds=bounds)


def test_constraints_are_refused():
    with pytest.raises(ValueError, match=r"^bounds and constraints are not supported by this method"):
        constraints = {"type": "eq", "fun": lambda x: x.sum()}
        minimize(rosen, START, jac=rosen_der, method=Adam(), constraints=constraints)


OPEN = [[(None, None)] * 2, [(-np.inf, np.inf)] * 2, [(None, np.inf), (-np.inf, None)], [], Bounds(), None]


@pytest.mark.parametrize(
    "given", [{"bounds": b} for b in OPEN] + [{"constraints": c} for c in ((), [], {}, None)]
)
def test_bounds_that_bound_nothing_are_none(given):
    result = minimize(rosen, START, jac=rosen_der, method=Adam(), options=SHORT, **given)
    assert result.nit == 20


def test_gtol_comes_before_tol():
    result = minimize(
        quadratic, [1.0], jac=quadratic_gradient, method=SGD(0.5), tol=0.6, options={"gtol": 0.07}
    )
    assert_array_equal(result.x, [0.0625])


def test_maxiter_none_is_the_default():
    result = minimize(quadratic, [1.0], jac=quadratic_gradient, method=SGD(1e-9), options={"maxiter": None})
    assert (result.status, result.nit) == (1, 10_000)


SIZES = [1, 7, 30_000]  # of one element, on the short way, of several tiles


def path_of(size, **changed):
    """Every point that a run visits, its result, and the start, which the functions may try to change."""
    seen, x0 = [], np.linspace(-1.0, 1.0, size)
    given = {"fun": quadratic, "jac": quadratic_gradient, "callback": lambda x: None} | changed
    callback = given.pop("callback")

    def keep_and_call(x):
        seen.append(x.copy())
        callback(x)

    options = {"maxiter": 4, "gtol": 0.0}
    result = minimize(
        given.pop("fun"), x0, method=Adam(0.1), callback=keep_and_call, options=options, **given
    )
    assert_array_equal(x0, np.linspace(-1.0, 1.0, size))
    return [*seen, result.x, result.jac, result.fun]


def spoiling(function):
    """The same function, which leaves nothing of its argument."""

    def spoils(x, *args):
        value = np.array(function(x, *args))
        x[...] = np.nan
        return value

    return spoils


def reusing():
    """A gradient that is written into the same buffer every time."""
    buffer = {}

    def gradient(x):
        return np.add(x, 0, out=buffer.setdefault(x.shape, np.empty_like(x)))

    return gradient


def keeping(function, seen):
    def keeps(x):
        seen.append((x, x.copy()))
        return function(x)

    return keeps


@pytest.mark.parametrize("size", SIZES)
def test_functions_that_write_into_what_they_are_given_or_reuse_what_they_return_harm_nothing(size):
    kept = []
    for changed in (
        {"fun": spoiling(quadratic)},
        {"jac": spoiling(quadratic_gradient)},
        {"callback": spoiling(lambda x: 0.0)},
        {"jac": reusing()},
        {"jac": lambda x: x},
        {"fun": keeping(quadratic, kept), "jac": keeping(quadratic_gradient, kept)},
    ):
        for one, other in zip(path_of(size, **changed), path_of(size), strict=True):
            assert_array_equal(one, other)
    assert len(kept) == 6
    for array, copy in kept:
        assert_array_equal(array, copy)


@pytest.mark.parametrize("size", [1, 7])
def test_a_function_that_writes_into_what_it_is_given_harms_no_finite_differences(size):
    for one, other in zip(
        path_of(size, fun=spoiling(quadratic), jac=None), path_of(size, jac=None), strict=True
    ):
        assert_array_equal(one, other)


def test_an_argument_that_is_changed_in_place_is_as_before():
    def both(x):
        x -= 3
        return (x**2).sum() / 2, x

    result = minimize(both, [0.0], jac=True, method=SGD(0.5))
    np.testing.assert_allclose(result.x, [3], atol=1e-5)


def test_a_start_of_integers():
    result = minimize(quadratic, [4, -2], jac=quadratic_gradient, method=SGD(0.5))
    assert result.success and result.x.dtype == float
    assert Adam(0.1)(quadratic, np.array([4, -2]), jac=quadratic_gradient).success


REFUSED = {
    "complex value": ({"fun": lambda x: 1j}, "fun returned complex128; expected real numbers"),
    "no value": ({"fun": lambda x: None}, "fun returned None; expected real numbers"),
    "a word": ({"fun": lambda x: "low"}, "fun returned <U3; expected real numbers"),
    "many values": ({"fun": lambda x: x}, r"fun returned an array of shape \(2,\); expected one number"),
    "complex gradient": ({"jac": lambda x: x * 1j}, "jac returned complex128; expected real numbers"),
    "no gradient": ({"jac": lambda x: None}, "jac returned None; expected real numbers"),
    "masked gradient": (
        {"jac": lambda x: np.ma.array(x, mask=[0, 1])},
        "jac returned a masked array; expected a plain one",
    ),
    "complex start": ({"x0": [1j, 0]}, "x0 is complex128; expected real numbers"),
}


@pytest.mark.parametrize("name", REFUSED)
def test_what_is_no_real_number_is_refused_in_words(name):
    changed, message = REFUSED[name]
    given = {"fun": quadratic, "x0": START, "jac": quadratic_gradient} | changed
    with pytest.raises(TypeError, match=f"^{message}$"):
        minimize(**given, method=Adam())


def test_a_value_in_an_array_of_one_is_a_number():
    result = minimize(lambda x: x**2, [1.0], jac=lambda x: 2 * x, method=SGD(0.25))
    assert result.fun == result.x[0] ** 2 and isinstance(result.fun, float)


def test_the_method_knows_nothing_of_the_package():
    """It uses no more of an optimizer than ``clone`` and ``update``, and imports SciPy when it is called."""
    tree = ast.parse(inspect.getsource(scipy_method))
    names = [node.module or "" for node in ast.walk(tree) if isinstance(node, ast.ImportFrom)]
    names += [alias.name for node in ast.walk(tree) if isinstance(node, ast.Import) for alias in node.names]
    assert not any(name.startswith((".", "adamlearn")) for name in names)
    loads = "import adamlearn, sys; print('scipy' in sys.modules)"
    shown = subprocess.run([sys.executable, "-c", loads], capture_output=True, encoding="utf-8", check=True)
    assert shown.stdout == "False\n"


def test_the_class_as_method_is_refused_in_words():
    with pytest.raises(
        TypeError, match=r"^expected an optimizer such as Adam\(\); got the class: use method=Adam\(\)"
    ):
        minimize(lambda x: (x**2).sum(), [1.0], jac=lambda x: 2 * x, method=Adam)
