"""The landscapes against finite differences, against SciPy, and against what they say of themselves."""

import numpy as np
import pytest
from numpy.testing import assert_allclose, assert_array_equal
from scipy.optimize import check_grad, minimize, rosen, rosen_der
from scipy.stats import multivariate_normal

from adamlearn import landscapes

ALL = {
    **landscapes.LANDSCAPES,
    "steep bowl, turned": landscapes.bowl(condition_number=30, angle=0.4),
    "round bowl": landscapes.bowl(condition_number=1),
}
every = pytest.mark.parametrize("landscape", ALL.values(), ids=ALL)


def points_of(landscape, count=200):
    """Points in the window, x and y along the first axis."""
    x_min, x_max, y_min, y_max = landscape.window
    return np.random.default_rng(0).uniform([[x_min], [y_min]], [[x_max], [y_max]], size=(2, count))


@every
def test_gradient_is_that_of_the_value(landscape):
    points = points_of(landscape)
    largest = np.abs(landscape.gradient(*points)).max()
    for point in points.T:
        error = check_grad(lambda p: landscape.value(*p), lambda p: landscape.gradient(*p), point)
        assert error < 1e-5 * largest


@every
def test_arrays_are_points_one_by_one(landscape):
    points = points_of(landscape)
    values, gradients = landscape.value(*points), np.array(landscape.gradient(*points))
    assert values.shape == (200,) and gradients.shape == (2, 200)
    one_by_one = [(landscape.value(x, y), *landscape.gradient(x, y)) for x, y in points.T.tolist()]
    assert_allclose(np.vstack([values, gradients]).T, one_by_one, rtol=1e-12, atol=1e-12)
    square = points.reshape(2, 10, 20)
    assert_array_equal(landscape.value(*square), values.reshape(10, 20))
    assert_array_equal(landscape.gradient(*square), gradients.reshape(2, 10, 20))


@every
def test_minima_are_lower_than_what_is_around_them(landscape):
    angle = np.linspace(0, 2 * np.pi, 60)
    for x, y in landscape.minima:
        for radius in (1e-3, 1e-2):
            around = landscape.value(x + radius * np.cos(angle), y + radius * np.sin(angle))
            assert (around > landscape.value(x, y)).all()


@every
def test_gradient_is_zero_at_the_minima(landscape):
    largest = np.abs(landscape.gradient(*points_of(landscape))).max()
    assert_allclose([landscape.gradient(*minimum) for minimum in landscape.minima], 0, atol=1e-14 * largest)


@every
def test_first_minimum_is_the_lowest_and_as_low_as_scipy_gets(landscape):
    lowest = landscape.value(*landscape.minima[0])
    assert lowest <= min(landscape.value(*minimum) for minimum in landscape.minima)
    for point in points_of(landscape, 10).T:
        found = minimize(lambda p: landscape.value(*p), point, method="Nelder-Mead")
        assert found.fun >= lowest - 1e-12


@pytest.mark.parametrize("name", ["bowl", "rosenbrock", "beale", "himmelblau", "saddle", "mixture"])
def test_every_minimum_in_the_window_is_known(name):
    """Of the smooth ones; Rastrigin's are as many as its waves."""
    landscape = ALL[name]
    for point in points_of(landscape, 30).T:
        found = minimize(lambda p: landscape.value(*p), point, jac=lambda p: np.array(landscape.gradient(*p)))
        distances = np.linalg.norm(np.array(landscape.minima) - found.x, axis=1)
        assert distances.min() < 1e-3 or not inside(landscape, *found.x)


def inside(landscape, x, y):
    x_min, x_max, y_min, y_max = landscape.window
    return x_min < x < x_max and y_min < y < y_max


@every
def test_window_shows_the_start_and_the_minima(landscape):
    assert inside(landscape, *landscape.start)
    assert all(inside(landscape, *minimum) for minimum in landscape.minima)


@every
def test_start_is_somewhere_to_leave(landscape):
    assert np.linalg.norm(landscape.gradient(*landscape.start)) > 1e-3


def test_names_are_the_keys():
    assert all(name == landscape.name for name, landscape in landscapes.LANDSCAPES.items())
    assert repr(landscapes.beale) == "Landscape('beale')"


def test_rosenbrock_is_scipys():
    points = points_of(landscapes.rosenbrock)
    assert_allclose(landscapes.rosenbrock.value(*points), rosen(points), rtol=1e-14)
    assert_allclose(landscapes.rosenbrock.gradient(*points), rosen_der(points), rtol=1e-12)


def test_mixture_is_minus_scipys_density():
    points, covariance = points_of(landscapes.mixture).T, np.array([[1, 0.5], [0.5, 1]])
    densities = np.array([multivariate_normal(mean, covariance).pdf(points) / 4 for mean in landscapes.MEANS])
    assert_allclose(landscapes.mixture.value(*points.T), -densities.sum(axis=0), rtol=1e-13)
    pulls = np.array([(points - mean) @ np.linalg.inv(covariance) for mean in landscapes.MEANS])
    expected = (densities[:, :, None] * pulls).sum(axis=0)
    assert_allclose(np.transpose(landscapes.mixture.gradient(*points.T)), expected, rtol=1e-12, atol=1e-17)


@pytest.mark.parametrize(("condition_number", "angle"), [(10, 0), (100, 0.3), (2.5, -1)])
def test_bowls_curvatures_are_1_and_its_condition_number(condition_number, angle):
    gradient = landscapes.bowl(condition_number, angle).gradient
    flat, steep = np.array([np.cos(angle), np.sin(angle)]), np.array([-np.sin(angle), np.cos(angle)])
    assert_allclose(gradient(*flat), flat, atol=1e-13)
    assert_allclose(gradient(*steep), condition_number * steep, rtol=1e-13)


def test_absolute_has_a_gradient_of_zero_on_its_kinks():
    assert landscapes.absolute.gradient(0.0, -2.0) == (0.0, -1.0)


def test_saddle_has_a_saddle_at_the_origin():
    value = landscapes.saddle.value
    assert landscapes.saddle.gradient(0.0, 0.0) == (0.0, 0.0)
    assert value(0.0, 0.1) < value(0.0, 0.0) < value(0.1, 0.0)
