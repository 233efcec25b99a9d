"""Losses: of outputs and targets, they return the loss and its gradient with respect to the outputs."""

from collections.abc import Callable
from typing import Any

import numpy as np
from scipy.special import expit, log_expit, log_softmax

from adamlearn.models.checks import check_shape

Loss = Callable[[np.ndarray, Any], tuple[float, np.ndarray]]


def mean_squared_error(outputs: np.ndarray, y: np.ndarray) -> tuple[float, np.ndarray]:
    """The mean over all elements of ``(outputs - y)**2``, and its gradient.

    Parameters
    ----------
    outputs : array
        Whole numbers are taken as floats.
    y : array
        Of the shape of ``outputs``, and not just of one that broadcasts to it.

    Returns
    -------
    (float, array)
        The loss, in the square of the unit of ``y``, and its gradient with respect to ``outputs``.

    Raises
    ------
    TypeError
        If an array is masked or not of real numbers.
    ValueError
        If ``y`` has another shape or is not finite, or there is no element.

    Examples
    --------
    >>> import numpy as np
    >>> from adamlearn.models import mean_squared_error
    >>> mean_squared_error(np.array([1.0, 2.0]), np.array([1.0, 4.0]))
    (2.0, array([ 0., -2.]))
    """
    outputs = _outputs("outputs", outputs)
    y = _targets(y, outputs, np.isfinite, f"finite {outputs.dtype} numbers")
    error = outputs - y
    return float(np.mean(error**2)), 2 * error / outputs.size


def binary_cross_entropy(logits: np.ndarray, y: np.ndarray) -> tuple[float, np.ndarray]:
    """The mean over all elements of ``-y log(s) - (1 - y) log(1 - s)``, where s is the logit's sigmoid.

    Parameters
    ----------
    logits : array
        Of any size: neither the loss nor its gradient overflows.
    y : array
        Zeros and ones, or probabilities, of the shape of ``logits``.

    Returns
    -------
    (float, array)
        The loss in nats, and its gradient with respect to ``logits``.

    Raises
    ------
    TypeError
        If an array is masked or not of real numbers.
    ValueError
        If ``y`` has another shape or a label outside [0, 1], or there is no element.

    Examples
    --------
    >>> import numpy as np
    >>> from adamlearn.models import binary_cross_entropy
    >>> value, grad = binary_cross_entropy(np.array([0.0, 0.0]), np.array([0, 1]))
    >>> round(value, 3), grad
    (0.693, array([ 0.25, -0.25]))
    """
    logits = _outputs("logits", logits)
    y = _targets(y, logits, lambda y: (y >= 0) & (y <= 1), "labels in [0, 1]")
    value = -np.mean(y * log_expit(logits) + (1 - y) * log_expit(-logits))
    return float(value), (expit(logits) - y) / logits.size


def softmax_cross_entropy(logits: np.ndarray, labels: np.ndarray) -> tuple[float, np.ndarray]:
    """The mean over rows of ``-log`` of the probability that softmax gives to the row's label.

    Parameters
    ----------
    logits : array, shape (n, classes)
        Of any size: neither the loss nor its gradient overflows.
    labels : array of int, shape (n,)
        The number of each row's class, from 0.

    Returns
    -------
    (float, array)
        The loss in nats, and its gradient with respect to ``logits``.

    Raises
    ------
    TypeError
        If an array is masked, or ``logits`` not of real numbers.
    ValueError
        If ``labels`` has another shape or dtype, or a label is no class, or there is no row.

    Examples
    --------
    >>> import numpy as np
    >>> from adamlearn.models import softmax_cross_entropy
    >>> value, grad = softmax_cross_entropy(np.zeros((1, 4)), np.array([2]))
    >>> round(value, 3), grad
    (1.386, array([[ 0.25,  0.25, -0.75,  0.25]]))
    """
    logits, labels = _outputs("logits", logits), _plain("labels", labels)
    check_shape("logits", logits, ("n", "classes"))
    n, classes = logits.shape
    check_shape("labels", labels, (n,))
    if labels.dtype.kind not in "iu":
        raise ValueError(f"labels is of dtype {labels.dtype}; expected integers")
    if not 0 <= labels.min() <= labels.max() < classes:
        raise ValueError(f"labels run from {labels.min()} to {labels.max()}; expected 0 to {classes - 1}")
    log_probabilities = log_softmax(logits, axis=1)
    rows = np.arange(n)
    grad = np.exp(log_probabilities)
    grad[rows, labels] -= 1
    return float(-np.mean(log_probabilities[rows, labels])), grad / n


def _outputs(name: str, given: Any) -> np.ndarray:
    """What a model puts out, as floats; there is no mean of nothing."""
    outputs = _floats(name, given)
    if not outputs.size:
        raise ValueError(f"{name} has shape {outputs.shape}; expected at least one element")
    return outputs


def _targets(
    given: Any, outputs: np.ndarray, allowed: Callable[[np.ndarray], np.ndarray], expected: str
) -> np.ndarray:
    """The targets in the dtype of the outputs; refuse another shape, and name the first not allowed."""
    given = _floats("y", given)
    check_shape("y", given, outputs.shape)
    y = given
    if given.dtype != outputs.dtype:
        with np.errstate(over="ignore"):  # what is too large for the dtype becomes infinite and is refused
            y = given.astype(outputs.dtype)
    fine = allowed(y)
    if not fine.all():
        index = tuple(map(int, np.argwhere(~fine)[0]))
        where = f" at index {index}" if index else ""
        raise ValueError(f"y is {given[index]}{where}; expected {expected}")
    return y


def _floats(name: str, given: Any) -> np.ndarray:
    """An array of real numbers, whole ones as floats."""
    array = _plain(name, given)
    if array.dtype.kind in "biu":
        return array.astype(float)
    if array.dtype.kind not in "fV":  # V: bfloat16 and its like
        raise TypeError(f"{name} is of dtype {array.dtype}; expected real numbers")
    return array


def _plain(name: str, given: Any) -> np.ndarray:
    """An array that is not masked."""
    if isinstance(given, np.ma.MaskedArray):
        raise TypeError(f"{name} is a MaskedArray; expected a plain array")
    return np.asarray(given)
