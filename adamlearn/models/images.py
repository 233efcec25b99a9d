"""Layers of images, arrays of shape (n, channels, height, width): convolution and pooling."""

from typing import Any

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view

from adamlearn.counts import check_count
from adamlearn.models.checks import check_shape
from adamlearn.models.initial import Layer


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
    TypeError
        If ``x`` is not floating-point: the gradient with respect to it has its dtype.
    ValueError
        If ``x`` has another shape or is smaller than a filter.

    Examples
    --------
    >>> import numpy as np
    >>> from adamlearn.models import convolution
    >>> step = {"W": np.array([[[[-1.0, 1.0]]]]), "b": np.zeros(1)}  # what a pixel adds to its left neighbor
    >>> convolution(step, np.array([[[[0.0, 0.0, 5.0, 5.0]]]]))
    array([[[[0., 5., 0.]]]])
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
    TypeError
        If ``x`` or ``grad`` is not floating-point.
    ValueError
        If ``x`` or ``grad`` has another shape.

    Examples
    --------
    >>> import numpy as np
    >>> from adamlearn.models import convolution_backward
    >>> step = {"W": np.array([[[[-1.0, 1.0]]]]), "b": np.zeros(1)}
    >>> x = np.array([[[[0.0, 0.0, 5.0, 5.0]]]])
    >>> grads, grad_x = convolution_backward(step, x, np.array([[[[1.0, 0.0, 0.0]]]]))
    >>> grads["W"].tolist(), grads["b"].tolist(), grad_x.tolist()
    ([[[[0.0, 0.0]]]], [1.0], [[[[-1.0, 1.0, 0.0, 0.0]]]])
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


def _check_shape(name: str, array: Any, expected: tuple[int | str, ...]) -> None:
    """Refuse another shape, and whole numbers: a gradient in them would lose its fractions."""
    check_shape(name, array, expected)
    if array.dtype.kind in "biu":
        raise TypeError(
            f"{name} is of dtype {array.dtype}; expected floating-point numbers: {name}.astype(float)"
        )


def max_pool(x: np.ndarray, size: int = 2) -> np.ndarray:
    """The largest element of each square of ``size`` x ``size``; the squares do not overlap.

    Parameters
    ----------
    x : array, shape (n, channels, height, width)
        Height and width are multiples of ``size``.
    size : int, default 2
        In pixels.

    Returns
    -------
    array, shape (n, channels, height / size, width / size)
        The largest elements.

    Raises
    ------
    TypeError, ValueError
        If ``x`` is no array or has another shape, or ``size`` is no whole number of at least 1.

    Examples
    --------
    >>> import numpy as np
    >>> from adamlearn.models import max_pool
    >>> max_pool(np.array([[[[1.0, 2.0, 7.0, 6.0], [4.0, 3.0, 5.0, 8.0]]]]))
    array([[[[4., 8.]]]])
    """
    return _squares(x, size).max(axis=-1)


def max_pool_backward(x: np.ndarray, grad: np.ndarray, size: int = 2) -> np.ndarray:
    """The gradient of the loss with respect to ``x``: each square's goes to its largest element.

    Parameters
    ----------
    x : array, shape (n, channels, height, width)
        As for :func:`max_pool`.
    grad : array, shape (n, channels, height / size, width / size)
        The gradient with respect to the output.
    size : int, default 2
        As for :func:`max_pool`.

    Returns
    -------
    array, of the shape of ``x`` and the dtype of ``grad``
        Where elements are equal, the first in reading order has the gradient.

    Raises
    ------
    TypeError, ValueError
        If ``x`` or ``grad`` is no array or has another shape, or ``size`` is no whole number.

    Examples
    --------
    >>> import numpy as np
    >>> from adamlearn.models import max_pool_backward
    >>> x = np.array([[[[1.0, 2.0, 7.0, 6.0], [4.0, 3.0, 5.0, 8.0]]]])
    >>> max_pool_backward(x, np.array([[[[10.0, 20.0]]]]))
    array([[[[ 0.,  0.,  0.,  0.],
             [10.,  0.,  0., 20.]]]])
    """
    squares = _squares(x, size)
    check_shape("grad", grad, squares.shape[:-1])
    grad_squares = np.zeros(squares.shape, grad.dtype)
    largest = squares.argmax(axis=-1)[..., None]
    np.put_along_axis(grad_squares, largest, grad[..., None], axis=-1)
    n, channels, height, width = grad.shape
    grad_x = grad_squares.reshape(n, channels, height, width, size, size).swapaxes(3, 4)
    return grad_x.reshape(x.shape)


def _squares(x: np.ndarray, size: int) -> np.ndarray:
    """Each square's elements side by side: shape (n, channels, height / size, width / size, size**2)."""
    check_count("size", size)
    check_shape("x", x, ("n", "channels", "height", "width"))
    if x.shape[2] % size or x.shape[3] % size:
        raise ValueError(
            f"x has shape {x.shape}; expected (n, channels, height, width), the last two multiples of {size}"
        )
    n, channels, height, width = x.shape
    squares = x.reshape(n, channels, height // size, size, width // size, size).swapaxes(3, 4)
    return squares.reshape(n, channels, height // size, width // size, size**2)
