"""Two-variable functions to descend: value, gradient, minima, a window to look at and a start.

Values and gradients take two numbers, or two arrays of them, and keep to what runs over NumPy
arrays, under Numba and in MicroPython: arithmetic and ``np.sqrt / abs / sign / exp / sin / cos``.
"""

import numpy as np


class Landscape:
    """A function of two variables, and where to look at it.

    Parameters
    ----------
    name : str
        What figures call it.
    value : callable
        ``value(x, y)``.
    gradient : callable
        ``gradient(x, y)`` returns the two partial derivatives.
    minima : sequence of (x, y)
        The known local minima, the lowest first.
    window : (x_min, x_max, y_min, y_max)
        The part of the plane that shows its character.
    start : (x, y)
        A start from which the descent is worth watching.

    Examples
    --------
    >>> from adamlearn.landscapes import rosenbrock
    >>> rosenbrock.value(1.0, 1.0), rosenbrock.gradient(0.0, 0.0)
    (0.0, (-2.0, 0.0))
    """

    def __init__(self, name, value, gradient, minima, window, start):
        self.name = name
        self.value = value
        self.gradient = gradient
        self.minima = minima
        self.window = window
        self.start = start

    def __repr__(self):
        return f"Landscape({self.name!r})"


def bowl(condition_number=10.0, angle=0.0):
    """A quadratic bowl with curvatures 1 and ``condition_number``, turned by ``angle`` in radians.

    At angle 0 the steep direction is y. Its minimum is 0, at the origin.

    Parameters
    ----------
    condition_number : float, default 10
        The ratio of the two curvatures.
    angle : float, default 0
        The direction of the curvature 1, in radians from the x axis.

    Returns
    -------
    Landscape
        The bowl.

    Examples
    --------
    >>> from adamlearn.landscapes import bowl
    >>> bowl(condition_number=4.0).gradient(1.0, 1.0)
    (1.0, 4.0)
    """
    c, s = float(np.cos(angle)), float(np.sin(angle))
    k = float(condition_number)
    xx, xy, yy = c * c + k * s * s, (1 - k) * c * s, s * s + k * c * c

    def value(x, y):
        return (xx * x**2 + 2 * xy * x * y + yy * y**2) / 2

    def gradient(x, y):
        return xx * x + xy * y, xy * x + yy * y

    return Landscape(
        name="bowl",
        value=value,
        gradient=gradient,
        minima=((0.0, 0.0),),
        window=(-3.0, 3.0, -3.0, 3.0),
        start=(-2.5, 2.0),
    )


def _rosenbrock(x, y):
    return (1 - x) ** 2 + 100 * (y - x**2) ** 2


def _rosenbrock_gradient(x, y):
    return 2 * (x - 1) - 400 * x * (y - x**2), 200 * (y - x**2)


rosenbrock = Landscape(
    name="rosenbrock",
    value=_rosenbrock,
    gradient=_rosenbrock_gradient,
    minima=((1.0, 1.0),),
    window=(-2.0, 2.0, -1.0, 3.0),
    start=(-1.5, 2.0),
)


def _beale(x, y):
    return (1.5 - x + x * y) ** 2 + (2.25 - x + x * y**2) ** 2 + (2.625 - x + x * y**3) ** 2


def _beale_gradient(x, y):
    a, b, c = 1.5 - x + x * y, 2.25 - x + x * y**2, 2.625 - x + x * y**3
    return (
        2 * (a * (y - 1) + b * (y**2 - 1) + c * (y**3 - 1)),
        2 * x * (a + 2 * b * y + 3 * c * y**2),
    )


beale = Landscape(
    name="beale",
    value=_beale,
    gradient=_beale_gradient,
    minima=((3.0, 0.5),),
    window=(-4.5, 4.5, -4.5, 4.5),
    start=(1.0, 1.5),
)


def _himmelblau(x, y):
    return (x**2 + y - 11) ** 2 + (x + y**2 - 7) ** 2


def _himmelblau_gradient(x, y):
    a, b = x**2 + y - 11, x + y**2 - 7
    return 4 * a * x + 2 * b, 2 * a + 4 * b * y


himmelblau = Landscape(
    name="himmelblau",
    value=_himmelblau,
    gradient=_himmelblau_gradient,
    minima=(
        (3.0, 2.0),
        (-2.805118086952745, 3.131312518250573),
        (-3.779310253377747, -3.2831859912861696),
        (3.5844283403304917, -1.8481265269644036),
    ),
    window=(-5.0, 5.0, -5.0, 5.0),
    start=(0.0, -0.5),
)


def _rastrigin(x, y):
    return 20 + x**2 - 10 * np.cos(2 * np.pi * x) + y**2 - 10 * np.cos(2 * np.pi * y)


def _rastrigin_gradient(x, y):
    return (
        2 * x + 20 * np.pi * np.sin(2 * np.pi * x),
        2 * y + 20 * np.pi * np.sin(2 * np.pi * y),
    )


rastrigin = Landscape(
    name="rastrigin",
    value=_rastrigin,
    gradient=_rastrigin_gradient,
    minima=((0.0, 0.0),),
    window=(-5.0, 5.0, -5.0, 5.0),
    start=(-3.3, 2.4),
)


def _saddle(x, y):
    return x**2 / 2 + y**4 / 4 - y**2 / 2


def _saddle_gradient(x, y):
    return x, y**3 - y


saddle = Landscape(
    name="saddle",
    value=_saddle,
    gradient=_saddle_gradient,
    minima=((0.0, 1.0), (0.0, -1.0)),
    window=(-2.0, 2.0, -1.8, 1.8),
    start=(-1.5, 0.01),
)


def _absolute(x, y):
    return np.abs(x) + np.abs(y)


def _absolute_gradient(x, y):
    return np.sign(x), np.sign(y)


absolute = Landscape(
    name="absolute",
    value=_absolute,
    gradient=_absolute_gradient,
    minima=((0.0, 0.0),),
    window=(-3.0, 3.0, -3.0, 3.0),
    start=(-2.5, 1.0),
)


MEANS = ((-2.0, -2.0), (2.0, 2.0), (-2.0, 2.0), (2.0, -2.0))


def _mixture(x, y):
    """Minus the density of four Gaussians of weight 1/4 and covariance [[1, 1/2], [1/2, 1]]."""
    total = _hill(x, y, -2.0, -2.0) + _hill(x, y, 2.0, 2.0) + _hill(x, y, -2.0, 2.0) + _hill(x, y, 2.0, -2.0)
    return -total / (4 * np.pi * 3**0.5)


def _hill(x, y, a, b):
    dx, dy = x - a, y - b
    return np.exp((dx * dy - dx**2 - dy**2) / 1.5)


def _mixture_gradient(x, y):
    total_x, total_y = 0.0, 0.0
    for a, b in MEANS:
        dx, dy = x - a, y - b
        density = np.exp((dx * dy - dx**2 - dy**2) / 1.5)
        total_x = total_x + density * (2 * dx - dy)
        total_y = total_y + density * (2 * dy - dx)
    scale = 4 * np.pi * 3**0.5 * 1.5
    return total_x / scale, total_y / scale


mixture = Landscape(
    name="mixture",
    value=_mixture,
    gradient=_mixture_gradient,
    minima=(
        (-1.9998134010075967, -1.9998134010075967),
        (1.9998134010075967, 1.9998134010075967),
        (-1.999906698329304, 1.999906698329304),
        (1.999906698329304, -1.999906698329304),
    ),
    window=(-4.0, 4.0, -4.0, 4.0),
    start=(0.5, -0.3),
)


LANDSCAPES = {
    landscape.name: landscape
    for landscape in (bowl(), rosenbrock, beale, himmelblau, rastrigin, saddle, absolute, mixture)
}
