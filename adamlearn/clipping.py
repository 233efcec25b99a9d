"""Gradients cut to size before an update, as pure functions of any nesting of them."""

import math
from collections.abc import Callable, Iterator
from typing import Any

import numpy as np

from adamlearn.hyperparameters import checked
from adamlearn.trees import Tree, array_of, leaves, not_finite, rebuild


def clip_by_value(grads: Tree, max_value: float) -> Any:
    """Every element brought between ``-max_value`` and ``max_value``.

    Parameters
    ----------
    grads : float array, or any nesting of lists, tuples and dicts of them
        They stay as they are. None in place of an array stays None.
    max_value : float
        0 or more, in the unit of the gradients.

    Returns
    -------
    the same nesting
        The clipped gradients, in their shapes and dtypes.

    Raises
    ------
    TypeError, ValueError
        If ``max_value`` is not a finite number, 0 or more, or a gradient not real and finite; the
        message names the place.

    Examples
    --------
    >>> import numpy as np
    >>> from adamlearn.clipping import clip_by_value
    >>> clip_by_value({"W": np.array([3.0, -0.5])}, 1.0)
    {'W': array([ 1. , -0.5])}
    """
    limit = checked("max_value", max_value)
    return _mapped(grads, _checked(grads), lambda g: np.clip(g, -limit, limit))


def clip_by_global_norm(grads: Tree, max_norm: float) -> Any:
    """All gradients times one factor, so that the root of the sum of their squares is at most ``max_norm``.

    Parameters
    ----------
    grads : float array, or any nesting of lists, tuples and dicts of them
        They stay as they are. None in place of an array stays None.
    max_norm : float
        0 or more, in the unit of the gradients.

    Returns
    -------
    the same nesting
        The gradients in their shapes and dtypes; equal to what came if their norm is not larger.

    Raises
    ------
    TypeError, ValueError
        As for :func:`clip_by_value`.

    Notes
    -----
    Unlike clipping by value it keeps the direction. Source: Pascanu, Mikolov & Bengio, "On the
    difficulty of training recurrent neural networks", 2013, algorithm 1.

    Examples
    --------
    >>> import numpy as np
    >>> from adamlearn.clipping import clip_by_global_norm
    >>> clip_by_global_norm([np.array([3.0]), np.array([4.0])], 1.0)
    [array([0.6]), array([0.8])]
    """
    limit, found = checked("max_norm", max_norm), _checked(grads)
    # In units of the largest, in which no square is too large or too small for a float.
    largest = max((float(np.abs(g).max(initial=0.0)) for g in found if g is not None), default=0.0)
    in_units = [None if g is None or not largest else np.divide(g, largest, dtype=np.float64) for g in found]
    norm = math.sqrt(sum(float((g * g).sum()) for g in in_units if g is not None))
    if not largest or norm <= limit / largest:
        return _mapped(grads, found, np.copy)
    return _mapped(grads, in_units, lambda g: g * (limit / norm))


def _checked(grads: Tree) -> list[np.ndarray | None]:
    """The gradients as arrays, in order; refuse what is not real and finite."""
    found: list[np.ndarray | None] = []
    for place, leaf in leaves(grads):
        if leaf is None:
            found.append(None)
            continue
        g = array_of(f"grads{place}", leaf)
        if g.dtype.kind != "f":
            raise TypeError(f"grads{place} is of dtype {g.dtype}; expected an array of floats")
        if not np.isfinite(g).all():
            raise not_finite(f"grads{place}", g)
        found.append(g)
    return found


def _mapped(grads: Tree, found: list[np.ndarray | None], change: Callable[[np.ndarray], np.ndarray]) -> Any:
    """The nesting with what becomes of its leaves, in their own dtypes."""
    dtypes = (None if leaf is None else array_of("", leaf).dtype for _, leaf in leaves(grads))
    pairs = zip(found, dtypes, strict=True)
    changed: Iterator[Any] = (None if g is None else np.asarray(change(g), dtype) for g, dtype in pairs)
    return rebuild(grads, changed)
