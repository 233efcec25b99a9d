"""An optimizer as a method of :func:`scipy.optimize.minimize`: SciPy's habits, the optimizer's steps."""

import inspect
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import ArrayLike

if TYPE_CHECKING:
    from scipy.optimize import OptimizeResult


_MESSAGES = {
    0: "The gradient is within gtol.",
    1: "Stopped at maxiter before the gradient was within gtol.",
    2: "Diverged: the gradient's square is not finite any more; x is the last point where it was.",
    99: "The callback stopped the run.",
}


def minimize(
    optimizer: Any,
    fun: Callable[..., Any],
    x0: ArrayLike,
    args: tuple[Any, ...] = (),
    *,
    jac: Callable[..., Any] | None = None,
    callback: Callable[..., Any] | None = None,
    maxiter: int | None = None,
    gtol: float | None = None,
    tol: float | None = None,
    disp: bool = False,
    bounds: Any = None,
    constraints: Any = (),
    hess: Any = None,
    hessp: Any = None,
) -> "OptimizeResult":
    """Minimize as :func:`scipy.optimize.minimize` does when an optimizer is its ``method``.

    Parameters
    ----------
    optimizer : Optimizer
        Stays as it is: the run is made by a clone of it.
    fun : callable
        As in SciPy, as the four that follow are. The functions are given copies, which they may change
        and keep; what they return is copied too.
    x0 : array_like
        Where to begin.
    args : tuple, optional
        What the functions are given beside the point.
    jac : callable, optional
        The gradient. Without it, it is taken by finite differences.
    callback : callable, optional
        Called after each update, in either of SciPy's forms.
    maxiter : int, default 10,000
        The most updates to make.
    gtol : float, default 1e-5
        Stop when no component of the gradient is larger.
    tol : float, optional
        SciPy's name for the tolerance of whatever method; ``gtol`` comes before it.
    disp : bool, default False
        Print the message at the end.
    bounds, constraints : optional
        Not supported: an error, unless they bound nothing.
    hess, hessp : callable, optional
        Not used.

    Returns
    -------
    OptimizeResult
        ``x, fun, jac, success, status, message, nit, nfev, njev``. Status 0: the gradient is
        within ``gtol``; 1: ``maxiter`` reached; 2: the square of the gradient is no longer finite
        (``x`` is the last point where it was); 99: the callback stopped the run.

    Raises
    ------
    TypeError
        If the start, a value or a gradient is not made of real numbers.
    ValueError
        If there are bounds or constraints, or the gradient at ``x0`` is not finite or does not
        have its shape.

    Examples
    --------
    >>> from scipy.optimize import minimize, rosen, rosen_der
    >>> from adamlearn import Adam
    >>> result = minimize(rosen, [-1.0, 2.0], jac=rosen_der, method=Adam(0.05), options={"maxiter": 20_000})
    >>> result.message
    'The gradient is within gtol.'
    >>> result.x.round(3)
    array([1., 1.])
    """
    from scipy.optimize import OptimizeResult, approx_fprime  # here, so that the package is imported quickly

    if not (_bound_nothing(bounds) and _are_none(constraints)):
        raise ValueError("bounds and constraints are not supported by this method; expected none")
    maxiter = 10_000 if maxiter is None else maxiter
    if gtol is None:
        gtol = 1e-5 if tol is None else tol
    counts = {"nfev": 0, "njev": 0}

    def value_at(x: np.ndarray) -> float:
        counts["nfev"] += 1
        value = real_array("fun returned", fun(x.copy(), *args))
        if value.size != 1:
            raise TypeError(f"fun returned an array of shape {value.shape}; expected one number")
        return value.item()

    def gradient_at(x: np.ndarray) -> np.ndarray:
        counts["njev"] += 1
        with np.errstate(over="ignore", invalid="ignore"):  # a divergence is reported, as status 2
            return real_array("jac returned", jac(x.copy(), *args) if jac else approx_fprime(x, value_at))

    report = _reporter(callback, value_at)
    optimizer = optimizer.clone()
    x = real_array("x0 is", x0)
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


def real_array(what: str, given: Any) -> np.ndarray:
    """A copy of what was given, as floats; refuse what would lose something by it.

    Parameters
    ----------
    what : str
        What it is, as the message begins: ``"fun returned"``.
    given : array_like of real numbers
        What came.

    Raises
    ------
    TypeError
        If it is complex, text, masked, or None.

    Examples
    --------
    >>> from adamlearn.scipy_method import real_array
    >>> real_array("x0 is", [1, 2])
    array([1., 2.])
    """
    if isinstance(given, np.ma.MaskedArray):
        raise TypeError(f"{what} a masked array; expected a plain one")
    array = np.array(given)
    if given is None or array.dtype.kind not in "biufO":
        shown = None if given is None else array.dtype
        raise TypeError(f"{what} {shown}; expected real numbers")
    return array.astype(float, copy=False)


def _are_none(given: Any) -> bool:
    """Whether there are none: None, or an empty list, tuple or dict."""
    return given is None or (hasattr(given, "__len__") and len(given) == 0)


def _bound_nothing(bounds: Any) -> bool:
    """Whether there are no bounds, or infinite ones; None in a pair is infinity to SciPy, NaN to NumPy."""
    if _are_none(bounds):
        return True
    try:
        low, high = (bounds.lb, bounds.ub) if hasattr(bounds, "lb") else zip(*bounds, strict=True)
        low, high = np.array(low, dtype=float), np.array(high, dtype=float)
    except (TypeError, ValueError):  # no pairs of numbers
        return False
    return bool((np.isnan(low) | (low == -np.inf)).all() and (np.isnan(high) | (high == np.inf)).all())


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
    from scipy.optimize import OptimizeResult

    if set(inspect.signature(callback).parameters) == {"intermediate_result"}:
        return lambda x: callback(intermediate_result=OptimizeResult(x=x.copy(), fun=value_at(x)))
    return lambda x: callback(x.copy())
