"""Run an optimizer on a function: keep its path, sweep its settings, or serve ``scipy.optimize.minimize``."""

import inspect
from collections.abc import Callable, Iterable, Mapping, Sequence
from concurrent.futures import Executor, as_completed
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import ArrayLike
from scipy.optimize import OptimizeResult, approx_fprime
from tqdm.auto import tqdm

from adamlearn.engines import load_engine
from adamlearn.landscapes import Landscape
from adamlearn.optimizers import Optimizer, checked, read_rule


@dataclass(frozen=True)
class Path:
    """What a descent went through. Index 0 is the start, index ``t`` is after ``t`` updates.

    Attributes
    ----------
    positions : array, shape (steps + 1, *shape of the start)
    values : array, shape (steps + 1,) + the batch's
        The function at each position.
    gradients : array, the shape of ``positions``
        The gradient at each position.
    """

    positions: np.ndarray
    values: np.ndarray
    gradients: np.ndarray

    @property
    def steps(self) -> np.ndarray:
        """The differences of successive positions, shape (steps, ...)."""
        return np.diff(self.positions, axis=0)


def descend(
    optimizer: Optimizer,
    function: Landscape | Callable[[np.ndarray], Any],
    start: ArrayLike,
    steps: int,
    *,
    gradient: Callable[[np.ndarray], Any] | None = None,
    progress: bool = False,
) -> Path:
    """Run an optimizer on a function and keep its path.

    Parameters
    ----------
    optimizer : Optimizer
        Stays as it is: the run is made by a clone of it, from a fresh state.
    function : Landscape or callable
        A landscape, or ``function(point)``; then ``gradient`` is needed.
    start : array_like
        Where to begin. For a landscape its first axis is (x, y), and further axes are a batch of
        starts that descend side by side, each as it would alone.
    steps : int
        The number of updates.
    gradient : callable, optional
        ``gradient(point)``, of the shape of ``point``.
    progress : bool, default False
        Show a progress bar.

    Returns
    -------
    Path
        Positions, values and gradients. From where the square of a point's gradient is no longer
        finite on, its path is NaN: it has diverged.

    Raises
    ------
    ValueError
        If the start of a landscape does not begin with an axis of 2.
    """
    value_at, gradient_at = _value_and_gradient(function, gradient)
    point = np.array(start, dtype=float)
    if isinstance(function, Landscape) and point.shape[:1] != (2,):
        raise ValueError(f"start has shape {point.shape}; expected (2, ...): x and y along the first axis")
    optimizer = optimizer.clone()
    positions = np.empty((steps + 1, *point.shape))
    gradients = np.empty_like(positions)
    values, lost = [], False
    batched = isinstance(function, Landscape)
    with np.errstate(over="ignore", invalid="ignore"):  # a divergence is recorded, as NaN
        for t in tqdm(range(steps + 1), disable=not progress):
            value, g = np.asarray(value_at(point), dtype=float), np.asarray(gradient_at(point), dtype=float)
            lost = lost | ~np.isfinite(g * g).all(axis=0 if batched else None) | ~np.isfinite(value)
            positions[t], gradients[t] = np.where(lost, np.nan, point), np.where(lost, np.nan, g)
            values.append(np.where(lost, np.nan, value))
            if t < steps:
                point = optimizer.update(point, np.where(lost, 0.0, g))
    return Path(positions, np.array(values), gradients)


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
    """
    load_engine("numba")
    from adamlearn import compiled

    marks = np.atleast_1d(np.asarray(steps))
    if marks.dtype.kind not in "iu" or marks.ndim > 1 or (np.diff(marks, prepend=0) < 0).any():
        raise ValueError(f"steps is {steps}; expected a whole number, or several that increase")
    known = {name: getattr(optimizer, name) for name in read_rule(optimizer.rule)[1].parameters}
    unknown = hyperparameters.keys() - known.keys()
    if unknown:
        raise TypeError(f"{sorted(unknown)} are no hyperparameters of {optimizer}")
    known |= hyperparameters
    last = int(marks.max(initial=0))
    schedules = {
        name: np.array([checked(name, value(t)) for t in range(1, last + 1)])
        for name, value in known.items()
        if callable(value)
    }
    values = {name: _values(name, value) for name, value in known.items() if name not in schedules}
    points = np.array(start, dtype=float)
    batch = np.broadcast_shapes(points.shape[1:], *(value.shape for value in values.values()))
    coordinates = [np.broadcast_to(coordinate, batch).flatten() for coordinate in points]
    columns = {
        name: value.ravel() if value.size == 1 else np.broadcast_to(value, batch).ravel()
        for name, value in values.items()
    }
    slope = gradient.gradient if isinstance(gradient, Landscape) else gradient
    kept = compiled.descents(optimizer.rule, slope, coordinates, marks, columns, schedules, bounds)
    ends = np.moveaxis(np.reshape(kept, (len(points), *batch, marks.size)), -1, 0)
    return ends if np.ndim(steps) else ends[0]


def _values(name: str, value: ArrayLike) -> np.ndarray:
    """The values of a hyperparameter, checked."""
    values = np.asarray(value)
    if values.dtype.kind not in "fiu":
        raise TypeError(f"{name} is {value}; expected a number, an array of numbers, or a schedule")
    for extreme in (values.min(), values.max()):
        checked(name, extreme)
    return values.astype(float)


def _value_and_gradient(
    function: Landscape | Callable[[np.ndarray], Any], gradient: Callable[[np.ndarray], Any] | None
) -> tuple[Callable[[np.ndarray], Any], Callable[[np.ndarray], Any]]:
    """Both as functions of one array."""
    if isinstance(function, Landscape):
        landscape = function
        return lambda point: landscape.value(*point), lambda point: landscape.gradient(*point)
    if gradient is None:
        raise TypeError("descend needs the gradient of a function that is not a Landscape: gradient=...")
    return function, gradient


def sweep(
    run: Callable[..., Any],
    settings: Iterable[Mapping[str, Any]],
    *,
    executor: Executor | None = None,
    progress: bool = False,
) -> list[Any]:
    """Call ``run(**setting)`` for every setting and return the results in the settings' order.

    Parameters
    ----------
    run : callable
        An executor of processes needs one that pickles: a function of a module.
    settings : iterable of dict
        The arguments of each call, such as ``sklearn.model_selection.ParameterGrid`` makes them.
    executor : concurrent.futures.Executor, optional
        Where the calls run: threads, processes, or a cluster (Dask's ``Client.get_executor()``).
        Without one they run here, one after the other.
    progress : bool, default False
        Show a progress bar.
    """
    settings = list(settings)
    if executor is None:
        return [run(**setting) for setting in tqdm(settings, disable=not progress)]
    futures = [executor.submit(run, **setting) for setting in settings]
    for _ in tqdm(as_completed(futures), total=len(futures), disable=not progress):
        pass
    return [future.result() for future in futures]


def minimize(
    optimizer: Optimizer,
    fun: Callable[..., Any],
    x0: ArrayLike,
    args: tuple[Any, ...] = (),
    *,
    jac: Callable[..., Any] | None = None,
    callback: Callable[..., Any] | None = None,
    maxiter: int = 10_000,
    gtol: float = 1e-5,
    tol: float | None = None,
    disp: bool = False,
    bounds: Any = None,
    constraints: Any = (),
    hess: Any = None,
    hessp: Any = None,
) -> OptimizeResult:
    """Minimize as :func:`scipy.optimize.minimize` does when an optimizer is its ``method``.

    Call it as ``minimize(f, x0, jac=grad, method=Adam(learning_rate=0.01), options={"maxiter": 5000})``.

    Parameters
    ----------
    optimizer : Optimizer
        Stays as it is: the run is made by a clone of it.
    fun, x0, args, jac, callback
        As in SciPy. Without ``jac`` the gradient is taken by finite differences.
    maxiter : int, default 10,000
        The most updates to make.
    gtol : float, default 1e-5
        Stop when no component of the gradient is larger; ``tol`` of SciPy's call sets it too.
    disp : bool, default False
        Print the message at the end.
    bounds, constraints
        Not supported: an error if given.
    hess, hessp
        Not used.

    Returns
    -------
    OptimizeResult
        ``x, fun, jac, success, status, message, nit, nfev, njev``. Status 0: the gradient is
        within ``gtol``; 1: ``maxiter`` reached; 2: the square of the gradient is no longer finite
        (``x`` is the last point where it was); 99: the callback stopped the run.

    Raises
    ------
    ValueError
        If there are bounds or constraints, or the gradient at ``x0`` is not finite or does not
        have its shape.
    """
    if bounds is not None or constraints:
        raise ValueError("bounds and constraints are not supported by this method; expected none")
    counts = {"nfev": 0, "njev": 0}

    def value_at(x: np.ndarray) -> float:
        counts["nfev"] += 1
        return np.asarray(fun(x, *args), dtype=float).item()

    def gradient_at(x: np.ndarray) -> np.ndarray:
        counts["njev"] += 1
        with np.errstate(over="ignore", invalid="ignore"):  # a divergence is reported, as status 2
            return np.asarray(jac(x, *args) if jac else approx_fprime(x, value_at), dtype=float)

    report = _reporter(callback, value_at)
    optimizer, gtol = optimizer.clone(), gtol if tol is None else tol
    x = np.array(x0, dtype=float)
    g, status, nit = gradient_at(x), 1, 0
    while status == 1 and nit < maxiter and not _within(g, gtol):
        new_x = optimizer.update(x, g)
        new_g = gradient_at(new_x)
        if not _has_finite_square(new_g):
            status = 2
            break
        x, g, nit = new_x, new_g, nit + 1
        try:
            report(x)
        except StopIteration:
            status = 99
    if status == 1 and _within(g, gtol):
        status = 0
    value = value_at(x)
    message = _MESSAGES[status]
    if disp:
        print(f"{message} f = {value:g} after {nit} iterations.")
    return OptimizeResult(
        x=x, fun=value, jac=g, success=status == 0, status=status, message=message, nit=nit, **counts
    )


_MESSAGES = {
    0: "The gradient is within gtol.",
    1: "Stopped at maxiter before the gradient was within gtol.",
    2: "Diverged: the gradient's square is not finite any more; x is the last point where it was.",
    99: "The callback stopped the run.",
}


def _within(g: np.ndarray, gtol: float) -> bool:
    return bool(np.abs(g).max(initial=0.0) <= gtol)


def _has_finite_square(g: np.ndarray) -> bool:
    with np.errstate(over="ignore"):
        return bool(np.isfinite(g * g).all())


def _reporter(
    callback: Callable[..., Any] | None, value_at: Callable[[np.ndarray], float]
) -> Callable[[np.ndarray], Any]:
    """The callback in either of SciPy's forms, ``callback(xk)`` or ``callback(intermediate_result=...)``."""
    if callback is None:
        return lambda x: None
    if set(inspect.signature(callback).parameters) == {"intermediate_result"}:
        return lambda x: callback(intermediate_result=OptimizeResult(x=x.copy(), fun=value_at(x)))
    return lambda x: callback(x.copy())
