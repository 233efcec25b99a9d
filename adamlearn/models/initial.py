"""The parameters that a model starts with: random weights, zero biases."""

import math
from collections.abc import Callable, Iterable, Sequence
from itertools import pairwise

import numpy as np
from numpy.typing import DTypeLike

from adamlearn.counts import check_count

Layer = dict[str, np.ndarray]
Scale = Callable[[int, int], float]


def he(fan_in: int, fan_out: int) -> float:
    """The standard deviation of weights that keeps the size of activations through relu layers.

    Parameters
    ----------
    fan_in, fan_out : int
        How many inputs each output of the layer sums over, and how many outputs each input reaches.

    Notes
    -----
    Source: He et al., "Delving deep into rectifiers", 2015, equation 10.

    Examples
    --------
    >>> from adamlearn.models import he
    >>> he(50, 10)
    0.2
    """
    return (2 / fan_in) ** 0.5


def glorot(fan_in: int, fan_out: int) -> float:
    """The standard deviation of weights that suits activations of slope 1 at zero, such as tanh.

    Parameters
    ----------
    fan_in, fan_out : int
        As for :func:`he`.

    Notes
    -----
    Source: Glorot & Bengio, "Understanding the difficulty of training deep feedforward neural
    networks", 2010, equation 12.

    Examples
    --------
    >>> from adamlearn.models import glorot
    >>> glorot(40, 10)
    0.2
    """
    return (2 / (fan_in + fan_out)) ** 0.5


def init_dense(
    inputs: int, outputs: int, rng: np.random.Generator, *, scale: Scale = he, dtype: DTypeLike = float
) -> Layer:
    """Draw a dense layer: normal weights of standard deviation ``scale(fan_in, fan_out)``, biases zero.

    Parameters
    ----------
    inputs, outputs : int
        How many numbers go in and come out.
    rng : np.random.Generator
        Where the weights are drawn from: ``np.random.default_rng(seed)``.
    scale : callable, default :func:`he`
        ``scale(fan_in, fan_out)``: :func:`he`, :func:`glorot`, or another.
    dtype : default float
        The dtype of ``W`` and ``b``, of floating-point numbers.

    Returns
    -------
    dict
        ``W`` of shape (inputs, outputs) and ``b`` of shape (outputs,).

    Raises
    ------
    TypeError
        If ``rng`` is no generator, ``scale`` no function of two numbers, or ``dtype`` of no floats.
    ValueError
        If a size is less than 1 or the scale is not finite.

    Examples
    --------
    >>> import numpy as np
    >>> from adamlearn.models import init_dense
    >>> layer = init_dense(3, 2, np.random.default_rng(0))
    >>> layer["W"].shape, layer["b"]
    ((3, 2), array([0., 0.]))
    """
    check_count("inputs", inputs)
    check_count("outputs", outputs)
    W = _normal((inputs, outputs), (inputs, outputs), rng, scale, dtype)
    return {"W": W, "b": np.zeros(outputs, dtype)}


def init_convolution(
    channels: int,
    filters: int,
    size: int,
    rng: np.random.Generator,
    *,
    scale: Scale = he,
    dtype: DTypeLike = float,
) -> Layer:
    """Draw a convolution of square kernels, ``size`` wide, over ``channels``, as :func:`init_dense` does.

    Parameters
    ----------
    channels, filters, size : int
        The size is in pixels.
    rng, scale, dtype : Generator, callable and dtype
        As for :func:`init_dense`.

    Returns
    -------
    dict
        ``W`` of shape (filters, channels, size, size) and ``b`` of shape (filters,).

    Raises
    ------
    TypeError, ValueError
        As :func:`init_dense` does.

    Examples
    --------
    >>> import numpy as np
    >>> from adamlearn.models import init_convolution
    >>> layer = init_convolution(1, 8, 3, np.random.default_rng(0))
    >>> layer["W"].shape, layer["b"].shape
    ((8, 1, 3, 3), (8,))
    """
    for name, count in (("channels", channels), ("filters", filters), ("size", size)):
        check_count(name, count)
    fans = channels * size**2, filters * size**2
    return {
        "W": _normal((filters, channels, size, size), fans, rng, scale, dtype),
        "b": np.zeros(filters, dtype),
    }


def init_perceptron(
    sizes: Sequence[int], rng: np.random.Generator, *, scale: Scale = he, dtype: DTypeLike = float
) -> list[Layer]:
    """Draw the dense layers between successive ``sizes``: the inputs, any hidden layers, the outputs.

    Parameters
    ----------
    sizes : sequence of int
        Two or more.
    rng, scale, dtype : Generator, callable and dtype
        As for :func:`init_dense`.

    Returns
    -------
    list of dict
        One layer fewer than there are sizes.

    Raises
    ------
    TypeError, ValueError
        If ``sizes`` is no sequence of at least two, and as :func:`init_dense` does.

    Examples
    --------
    >>> import numpy as np
    >>> from adamlearn.models import init_perceptron
    >>> [layer["W"].shape for layer in init_perceptron([64, 32, 10], np.random.default_rng(0))]
    [(64, 32), (32, 10)]
    """
    meaning = "the inputs, any hidden layers, the outputs"
    if not isinstance(sizes, Iterable):
        raise TypeError(f"sizes is {sizes!r}; expected a list: {meaning}")
    sizes = list(sizes)
    if len(sizes) < 2:
        raise ValueError(f"sizes is {sizes}; expected two or more: {meaning}")
    return [init_dense(*pair, rng, scale=scale, dtype=dtype) for pair in pairwise(sizes)]


def _normal(
    shape: tuple[int, ...], fans: tuple[int, int], rng: np.random.Generator, scale: Scale, dtype: DTypeLike
) -> np.ndarray:
    """Weights of standard deviation ``scale(*fans)``; refuse what cannot draw, scale or hold them."""
    if not hasattr(rng, "standard_normal"):
        raise TypeError(f"rng is {rng!r}; expected a random generator: np.random.default_rng(0)")
    if not callable(scale):
        raise TypeError(f"scale is {scale!r}; expected a function of fan_in and fan_out, such as he")
    if np.dtype(dtype).kind not in "fV":  # V: bfloat16 and its like
        raise TypeError(f"dtype is {np.dtype(dtype)}; expected one of floating-point numbers")
    deviation = scale(*fans)
    refusal = f"scale{fans} is {deviation!r}; expected a finite number"
    try:
        finite = math.isfinite(deviation)
    except TypeError:
        raise TypeError(refusal) from None
    if not finite:
        raise ValueError(refusal)
    return (deviation * rng.standard_normal(shape)).astype(dtype)
