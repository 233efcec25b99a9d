"""Run an optimizer on a function: keep its path, or where it ends; sweep its settings."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import ArrayLike
from tqdm.auto import tqdm

from adamlearn.counts import check_count
from adamlearn.engines import load_engine
from adamlearn.hyperparameters import read_rule
from adamlearn.landscapes import Landscape
from adamlearn.optimizer import Optimizer
from adamlearn.scipy_method import real_array
from adamlearn.sweeps import SweepError as SweepError
from adamlearn.sweeps import sweep as sweep


@dataclass(frozen=True)
class Run:
    """What a descent went through. Index 0 is the start, index ``t`` is after ``t`` updates.

    Parameters
    ----------
    positions : array, shape (steps + 1, *shape of the start)
        The points.
    values : array, shape (steps + 1, *shape of the batch)
        The function at each position.
    gradients : array, the shape of ``positions``
        The gradient at each position.

    Examples
    --------
    >>> from adamlearn import SGD
    >>> from adamlearn.descent import descend
    >>> from adamlearn.landscapes import bowl
    >>> run = descend(SGD(0.5), bowl(1.0), (4, 2), steps=2)
    >>> run.values.tolist(), run.steps.tolist()
    ([10.0, 2.5, 0.625], [[-2.0, -1.0], [-1.0, -0.5]])
    """

    positions: np.ndarray
    values: np.ndarray
    gradients: np.ndarray

    @property
    def steps(self) -> np.ndarray:
        """The difference that each update made to the position, one row fewer than ``positions``."""
        return np.diff(self.positions, axis=0)


def descend(
    optimizer: Optimizer,
    function: Landscape | Callable[[np.ndarray], Any],
    start: ArrayLike,
    steps: int,
    *,
    gradient: Callable[[np.ndarray], Any] | None = None,
    progress: bool = False,
) -> Run:
    """Run an optimizer on a function and keep its path.

    Parameters
    ----------
    optimizer : Optimizer
        Stays as it is: the run is made by a clone of it, from a fresh state.
    function : Landscape or callable
        A landscape, or ``function(point)``, which returns one number; then ``gradient`` is needed.
    start : array_like
        Where to begin; the run is in float64. For a landscape its first axis is (x, y), and further
        axes are a batch of starts that descend side by side, each as it would alone.
    steps : int
        The number of updates.
    gradient : callable, optional
        ``gradient(point)``, of the shape of ``point``. The functions are given copies, which they
        may change and keep; what they return is copied too.
    progress : bool, default False
        Show a progress bar.

    Returns
    -------
    Run
        Positions, values and gradients. From where the square of a point's gradient is no longer
        finite on, its path is NaN: it has diverged.

    Raises
    ------
    TypeError
        If the start, a value or a gradient is not made of real numbers, or a gradient is missing.
    ValueError
        If the start of a landscape does not begin with an axis of 2, or a value or a gradient has
        a wrong shape.

    Examples
    --------
    >>> from adamlearn import Adam
    >>> from adamlearn.descent import descend
    >>> descend(Adam(0.1), lambda p: p @ p, [1.0, -3.0], 2, gradient=lambda p: 2 * p).positions.round(3)
    array([[ 1. , -3. ],
           [ 0.9, -2.9],
           [ 0.8, -2.8]])
    """
    steps = check_count("steps", steps, least=0)
    point = real_array("start is", start)
    batched = isinstance(function, Landscape)
    if batched and point.shape[:1] != (2,):
        raise ValueError(f"start has shape {point.shape}; expected (2, ...): x and y along the first axis")
    value_at, gradient_at = _value_and_gradient(function, gradient)
    optimizer = optimizer.clone()
    positions = np.empty((steps + 1, *point.shape))
    gradients = np.empty_like(positions)
    values, lost = [], False
    with np.errstate(over="ignore", invalid="ignore"):  # a divergence is recorded, as NaN
        for t in tqdm(range(steps + 1), disable=not progress):
            value, g = value_at(point), gradient_at(point)
            if g.shape != point.shape:
                raise ValueError(f"gradient has shape {g.shape}; expected {point.shape}, as start")
            lost = lost | ~np.isfinite(g * g).all(axis=0 if batched else None) | ~np.isfinite(value)
            positions[t], gradients[t] = np.where(lost, np.nan, point), np.where(lost, np.nan, g)
            values.append(np.where(lost, np.nan, value))
            if t < steps:
                point = optimizer.update(point, np.where(lost, 0.0, g))
    return Run(positions, np.array(values), gradients)


def _value_and_gradient(
    function: Landscape | Callable[[np.ndarray], Any], gradient: Callable[[np.ndarray], Any] | None
) -> tuple[Callable[[np.ndarray], np.ndarray], Callable[[np.ndarray], np.ndarray]]:
    """Both as functions of one array: they get a copy of it, and what they return is copied and checked."""
    if isinstance(function, Landscape):
        value, slope = function.value, function.gradient
        return (
            lambda point: _filled("function", value(*point.copy()), point.shape[1:]),
            lambda point: np.stack(
                [_filled("gradient", part, point.shape[1:]) for part in slope(*point.copy())]
            ),
        )
    if gradient is None:
        raise TypeError("descend needs the gradient of a function that is not a Landscape: gradient=...")
    return (
        lambda point: _filled("function", function(point.copy()), ()),
        lambda point: real_array("gradient returned", gradient(point.copy())),
    )


def _filled(name: str, given: Any, shape: tuple[int, ...]) -> np.ndarray:
    """An array of the batch's shape; one number is that of every point."""
    values = real_array(f"{name} returned", given)
    if values.size == 1:
        return np.full(shape, values.item())
    if values.shape != shape:
        raise ValueError(f"{name} returned shape {values.shape}; expected {shape or 'one number'}")
    return values


def endpoints(
    optimizer: Optimizer,
    gradient: Landscape | Callable[..., Any],
    start: ArrayLike,
    steps: int | Sequence[int] | np.ndarray,
    *,
    bounds: tuple[float, float] = (-np.inf, np.inf),
    **hyperparameters: ArrayLike,
) -> np.ndarray:
    """Where many descents end, compiled whole: for maps of starts and of hyperparameters, and long runs.

    Parameters
    ----------
    optimizer : Optimizer
        Its rule and hyperparameters. It stays as it is.
    gradient : Landscape or callable
        A landscape, or ``gradient(x, ...)`` that takes as many numbers as there are coordinates,
        and the step number too if it has a parameter ``t``, and returns a tuple of derivatives.
        Numba must be able to compile it.
    start : array_like, shape (coordinates, ...)
        The coordinates along the first axis; the further axes are a batch.
    steps : int, or increasing sequence of int
        The number of updates; of several numbers, the points are returned after each.
    bounds : (low, high), default none
        After each update the coordinates are brought back between these: projected descent.
    **hyperparameters : array_like
        Values in place of the optimizer's. Each broadcasts with the batch.

    Returns
    -------
    array, shape (coordinates, *batch), or (len(steps), coordinates, *batch)
        The batch is that of ``start`` and the hyperparameters broadcast together. A point whose
        gradient overflowed is not finite.

    Raises
    ------
    ModuleNotFoundError
        If Numba (the extra ``fast``) is not installed.
    TypeError, ValueError
        If a hyperparameter is unknown or out of range, or ``steps`` are not whole and increasing.

    Notes
    -----
    Gradients are not checked at each step, as :meth:`.Optimizer.update` does: a descent that
    diverges here ends in infinities or NaN.

    Examples
    --------
    >>> from adamlearn import SGD
    >>> from adamlearn.descent import endpoints
    >>> from adamlearn.landscapes import bowl
    >>> endpoints(SGD(learning_rate=0.5), bowl(condition_number=1.0), (1.0, 2.0), 2)
    array([0.25, 0.5 ])
    """
    load_engine("numba")
    from adamlearn.engines.numba import descents  # here, so that a run step by step needs no Numba

    slope = gradient.gradient if isinstance(gradient, Landscape) else gradient
    known = {name: getattr(optimizer, name) for name in read_rule(optimizer.rule)[1].parameters}
    return descents.endpoints(optimizer.rule, known, slope, start, steps, bounds, hyperparameters)
