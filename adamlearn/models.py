"""Models with exact backward passes: linear regression, a perceptron of any depth, convolution, losses.

A layer is a dict of its weights ``W`` and biases ``b``; a model's parameters are any nesting of
layers, which one optimizer takes whole. A layer's function takes the layer and its input; its
backward function takes the gradient of the loss with respect to the output as well, and returns
the gradients with respect to the layer and to the input. Arrays keep the dtype that they have.
"""

from collections.abc import Callable, Sequence
from itertools import pairwise
from typing import Any

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view
from numpy.typing import DTypeLike
from scipy.special import expit, log_expit, log_softmax

Layer = dict[str, np.ndarray]
Scale = Callable[[int, int], float]
Loss = Callable[[np.ndarray, Any], tuple[float, np.ndarray]]


def he(fan_in: int, fan_out: int) -> float:
    """The standard deviation of weights that keeps the size of activations through relu layers.

    Parameters
    ----------
    fan_in, fan_out : int
        How many inputs each output of the layer sums over, and how many outputs each input reaches.

    Notes
    -----
    Source: He et al., "Delving deep into rectifiers", 2015, equation 10.
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
    """
    return (2 / (fan_in + fan_out)) ** 0.5


def init_dense(
    inputs: int, outputs: int, rng: np.random.Generator, *, scale: Scale = he, dtype: DTypeLike = float
) -> Layer:
    """Draw a dense layer: normal weights of standard deviation ``scale(fan_in, fan_out)``, biases zero.

    Returns
    -------
    dict
        ``W`` of shape (inputs, outputs) and ``b`` of shape (outputs,).
    """
    W = scale(inputs, outputs) * rng.standard_normal((inputs, outputs))
    return {"W": W.astype(dtype), "b": np.zeros(outputs, dtype)}


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

    Returns
    -------
    dict
        ``W`` of shape (filters, channels, size, size) and ``b`` of shape (filters,).
    """
    W = scale(channels * size**2, filters * size**2) * rng.standard_normal((filters, channels, size, size))
    return {"W": W.astype(dtype), "b": np.zeros(filters, dtype)}


def init_perceptron(
    sizes: Sequence[int], rng: np.random.Generator, *, scale: Scale = he, dtype: DTypeLike = float
) -> list[Layer]:
    """Draw the dense layers between successive ``sizes``: the inputs, any hidden layers, the outputs."""
    return [init_dense(*pair, rng, scale=scale, dtype=dtype) for pair in pairwise(sizes)]


def dense(layer: Layer, x: np.ndarray) -> np.ndarray:
    """``x @ W + b``.

    Parameters
    ----------
    layer : dict
        ``W`` of shape (inputs, outputs), ``b`` of shape (outputs,).
    x : array, shape (n, inputs)

    Returns
    -------
    array, shape (n, outputs)

    Raises
    ------
    ValueError
        If ``x`` has another shape.
    """
    _check_shape("x", x, ("n", len(layer["W"])))
    return x @ layer["W"] + layer["b"]


def dense_backward(layer: Layer, x: np.ndarray, grad: np.ndarray) -> tuple[Layer, np.ndarray]:
    """The gradients of the loss with respect to a dense layer and to its input ``x``.

    Parameters
    ----------
    layer, x
        As for :func:`dense`.
    grad : array, shape (n, outputs)
        The gradient with respect to the layer's output.

    Returns
    -------
    (dict, array)
        The gradients of ``W`` and ``b``, and that of ``x``, in their shapes.

    Raises
    ------
    ValueError
        If ``x`` or ``grad`` has another shape.
    """
    inputs, outputs = layer["W"].shape
    _check_shape("x", x, ("n", inputs))
    _check_shape("grad", grad, (len(x), outputs))
    return {"W": x.T @ grad, "b": grad.sum(axis=0)}, grad @ layer["W"].T


def relu(z: np.ndarray) -> np.ndarray:
    """``max(z, 0)``, element by element."""
    return np.maximum(z, 0)


def relu_backward(a: np.ndarray, grad: np.ndarray) -> np.ndarray:
    """The gradient with respect to z where ``a = relu(z)``; at z = 0, the kink, it is zero."""
    return grad * (a > 0)


def tanh_backward(a: np.ndarray, grad: np.ndarray) -> np.ndarray:
    """The gradient with respect to z where ``a = np.tanh(z)``."""
    return grad * (1 - a**2)


# An activation and its backward function, which needs no more than the activation's output.
ACTIVATIONS = {"relu": (relu, relu_backward), "tanh": (np.tanh, tanh_backward)}


def perceptron(params: Sequence[Layer], x: np.ndarray, *, activation: str = "relu") -> np.ndarray:
    """The outputs of a multilayer perceptron; of a linear model, if there is one layer.

    Parameters
    ----------
    params : list of dict
        The dense layers, as :func:`init_perceptron` draws them.
    x : array, shape (n, inputs)
    activation : {"relu", "tanh"}
        What stands between the layers. The last layer has none: its outputs are logits, or the
        predictions of a regression.

    Returns
    -------
    array, shape (n, outputs)

    Raises
    ------
    ValueError
        If ``x`` has another shape or the activation is unknown.
    """
    return dense(params[-1], _layer_inputs(params, x, activation)[-1])


def loss_and_grads(
    params: Sequence[Layer], x: np.ndarray, y: Any, loss: Loss, *, activation: str = "relu"
) -> tuple[float, list[Layer]]:
    """A perceptron's loss on a batch, and the loss's gradient with respect to every parameter.

    Parameters
    ----------
    params, x, activation
        As for :func:`perceptron`.
    y : array
        The targets, as ``loss`` takes them.
    loss : callable
        :func:`softmax_cross_entropy`, :func:`binary_cross_entropy`, :func:`mean_squared_error`, or
        any function of outputs and targets that returns the loss and its gradient with respect to
        the outputs.

    Returns
    -------
    (float, list of dict)
        The gradients are nested as ``params`` are.

    Raises
    ------
    ValueError
        If ``x`` or ``y`` has another shape or the activation is unknown.
    """
    inputs = _layer_inputs(params, x, activation)
    value, grad = loss(dense(params[-1], inputs[-1]), y)
    _, activation_backward = ACTIVATIONS[activation]
    grads: list[Layer] = []
    for i in reversed(range(len(params))):
        layer_grads, grad = dense_backward(params[i], inputs[i], grad)
        grads.insert(0, layer_grads)
        if i > 0:
            grad = activation_backward(inputs[i], grad)
    return value, grads


def _layer_inputs(params: Sequence[Layer], x: np.ndarray, activation: str) -> list[np.ndarray]:
    """What goes into each layer: ``x``, then the activations."""
    if activation not in ACTIVATIONS:
        raise ValueError(f"activation is {activation!r}; expected one of {sorted(ACTIVATIONS)}")
    function, _ = ACTIVATIONS[activation]
    inputs = [x]
    for layer in params[:-1]:
        inputs.append(function(dense(layer, inputs[-1])))
    return inputs


def mean_squared_error(outputs: np.ndarray, y: np.ndarray) -> tuple[float, np.ndarray]:
    """The mean over all elements of ``(outputs - y)**2``, and its gradient.

    Parameters
    ----------
    outputs : array
    y : array
        Of the shape of ``outputs``, and not just of one that broadcasts to it.

    Returns
    -------
    (float, array)
        The loss, and its gradient with respect to ``outputs``.

    Raises
    ------
    ValueError
        If ``y`` has another shape.
    """
    y = np.asarray(y, dtype=outputs.dtype)
    _check_shape("y", y, outputs.shape)
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
    ValueError
        If ``y`` has another shape.
    """
    y = np.asarray(y, dtype=logits.dtype)
    _check_shape("y", y, logits.shape)
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
    ValueError
        If ``labels`` has another shape or dtype, or a label is no class.
    """
    labels = np.asarray(labels)
    _check_shape("logits", logits, ("n", "classes"))
    n, classes = logits.shape
    _check_shape("labels", labels, (n,))
    if labels.dtype.kind not in "iu":
        raise ValueError(f"labels is of dtype {labels.dtype}; expected integers")
    if n and not 0 <= labels.min() <= labels.max() < classes:
        raise ValueError(f"labels run from {labels.min()} to {labels.max()}; expected 0 to {classes - 1}")
    log_probabilities = log_softmax(logits, axis=1)
    rows = np.arange(n)
    grad = np.exp(log_probabilities)
    grad[rows, labels] -= 1
    return float(-np.mean(log_probabilities[rows, labels])), grad / n


def convolution(layer: Layer, x: np.ndarray) -> np.ndarray:
    """Every filter at every place where it fits whole, as networks mean it: the kernel is not flipped.

    Parameters
    ----------
    layer : dict
        ``W`` of shape (filters, channels, rows, columns), ``b`` of shape (filters,).
    x : array, shape (n, channels, height, width)

    Returns
    -------
    array, shape (n, filters, height - rows + 1, width - columns + 1)

    Raises
    ------
    ValueError
        If ``x`` has another shape or is smaller than a filter.
    """
    W, b = layer["W"], layer["b"]
    windows = _windows(W, x)
    out = W.reshape(len(W), -1) @ windows
    out += b[:, None]
    return out.reshape(len(x), len(W), *_output_shape(W, x))


def convolution_backward(layer: Layer, x: np.ndarray, grad: np.ndarray) -> tuple[Layer, np.ndarray]:
    """The gradients of the loss with respect to a convolution and to its input ``x``.

    Parameters
    ----------
    layer, x
        As for :func:`convolution`.
    grad : array, shape (n, filters, height - rows + 1, width - columns + 1)
        The gradient with respect to the layer's output.

    Returns
    -------
    (dict, array)
        The gradients of ``W`` and ``b``, and that of ``x``, in their shapes.

    Raises
    ------
    ValueError
        If ``x`` or ``grad`` has another shape.
    """
    W = layer["W"]
    filters, channels, rows, columns = W.shape
    windows = _windows(W, x)
    height, width = _output_shape(W, x)
    _check_shape("grad", grad, (len(x), filters, height, width))
    flat = grad.reshape(len(x), filters, height * width)
    grad_W = (flat @ windows.transpose(0, 2, 1)).sum(axis=0)
    grad_x = np.zeros_like(x)
    for i in range(rows):  # an input counts once for every place of the kernel that reads it
        for j in range(columns):
            part = W[:, :, i, j].T @ flat
            grad_x[:, :, i : i + height, j : j + width] += part.reshape(-1, channels, height, width)
    return {"W": grad_W.reshape(W.shape), "b": flat.sum(axis=(0, 2))}, grad_x


def _output_shape(W: np.ndarray, x: np.ndarray) -> tuple[int, int]:
    """Height and width of a convolution's output."""
    return x.shape[2] - W.shape[2] + 1, x.shape[3] - W.shape[3] + 1


def _windows(W: np.ndarray, x: np.ndarray) -> np.ndarray:
    """What the filters see, one column for each place: shape (n, channels * rows * columns, places)."""
    _, channels, rows, columns = W.shape
    _check_shape("x", x, ("n", channels, "height", "width"))
    height, width = _output_shape(W, x)
    if height < 1 or width < 1:
        raise ValueError(f"x has shape {x.shape}; expected images of at least {rows} x {columns}")
    windows = sliding_window_view(x, (rows, columns), axis=(2, 3))  # type: ignore[call-overload]
    windows = windows.transpose(0, 1, 4, 5, 2, 3)  # kernel before places, so that places lie side by side
    return windows.reshape(len(x), channels * rows * columns, height * width)


def max_pool(x: np.ndarray, size: int = 2) -> np.ndarray:
    """The largest element of each square of ``size`` x ``size``; the squares do not overlap.

    Parameters
    ----------
    x : array, shape (n, channels, height, width)
        Height and width are multiples of ``size``.

    Returns
    -------
    array, shape (n, channels, height / size, width / size)

    Raises
    ------
    ValueError
        If ``x`` has another shape.
    """
    return _squares(x, size).max(axis=-1)


def max_pool_backward(x: np.ndarray, grad: np.ndarray, size: int = 2) -> np.ndarray:
    """The gradient of the loss with respect to ``x``: each square's goes to its largest element.

    Parameters
    ----------
    x, size
        As for :func:`max_pool`.
    grad : array, shape (n, channels, height / size, width / size)
        The gradient with respect to the output.

    Returns
    -------
    array, of the shape of ``x``
        Where elements are equal, the first in reading order has the gradient.

    Raises
    ------
    ValueError
        If ``x`` or ``grad`` has another shape.
    """
    squares = _squares(x, size)
    _check_shape("grad", grad, squares.shape[:-1])
    grad_squares = np.zeros_like(squares)
    largest = squares.argmax(axis=-1)[..., None]
    np.put_along_axis(grad_squares, largest, grad[..., None], axis=-1)
    n, channels, height, width = grad.shape
    grad_x = grad_squares.reshape(n, channels, height, width, size, size).swapaxes(3, 4)
    return grad_x.reshape(x.shape)


def _squares(x: np.ndarray, size: int) -> np.ndarray:
    """Each square's elements side by side: shape (n, channels, height / size, width / size, size**2)."""
    if x.ndim != 4 or x.shape[2] % size or x.shape[3] % size:
        raise ValueError(
            f"x has shape {x.shape}; expected (n, channels, height, width), the last two multiples of {size}"
        )
    n, channels, height, width = x.shape
    squares = x.reshape(n, channels, height // size, size, width // size, size).swapaxes(3, 4)
    return squares.reshape(n, channels, height // size, width // size, size**2)


def _check_shape(name: str, array: np.ndarray, expected: tuple[int | str, ...]) -> None:
    """Refuse an array of another shape than expected; a name in it stands for any length."""
    fits = array.ndim == len(expected) and all(
        isinstance(length, str) or length == given
        for length, given in zip(expected, array.shape, strict=True)
    )
    if not fits:
        shown = ", ".join(map(str, expected)) + ("," if len(expected) == 1 else "")
        raise ValueError(f"{name} has shape {array.shape}; expected ({shown})")
