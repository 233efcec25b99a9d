"""Dense layers, activations, and the perceptron that is made of them."""

from collections.abc import Sequence
from typing import Any

import numpy as np

from adamlearn.models.checks import check_layer, check_layers
from adamlearn.models.checks import check_shape as _check_shape
from adamlearn.models.initial import Layer
from adamlearn.models.losses import Loss


def dense(layer: Layer, x: np.ndarray) -> np.ndarray:
    """``x @ W + b``.

    Parameters
    ----------
    layer : dict
        ``W`` of shape (inputs, outputs), ``b`` of shape (outputs,).
    x : array, shape (n, inputs)
        What goes in, a row for each example.

    Returns
    -------
    array, shape (n, outputs)
        What comes out.

    Raises
    ------
    TypeError, ValueError
        If the layer or ``x`` is something else, or has another shape.

    Examples
    --------
    >>> import numpy as np
    >>> from adamlearn.models import dense
    >>> dense({"W": np.array([[1.0], [2.0]]), "b": np.array([0.5])}, np.array([[3.0, 4.0]]))
    array([[11.5]])
    """
    check_layer("layer", layer)
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

    Examples
    --------
    >>> import numpy as np
    >>> from adamlearn.models import dense_backward
    >>> layer = {"W": np.array([[1.0], [2.0]]), "b": np.array([0.5])}
    >>> grads, grad_x = dense_backward(layer, np.array([[3.0, 4.0]]), np.array([[10.0]]))
    >>> grads["W"].tolist(), grads["b"].tolist(), grad_x.tolist()
    ([[30.0], [40.0]], [10.0], [[10.0, 20.0]])
    """
    inputs, outputs = layer["W"].shape
    _check_shape("x", x, ("n", inputs))
    _check_shape("grad", grad, (len(x), outputs))
    return {"W": x.T @ grad, "b": grad.sum(axis=0)}, grad @ layer["W"].T


def relu(z: np.ndarray) -> np.ndarray:
    """``max(z, 0)``, element by element.

    Parameters
    ----------
    z : array
        Of any shape.

    Examples
    --------
    >>> import numpy as np
    >>> from adamlearn.models import relu
    >>> relu(np.array([-1.0, 2.0]))
    array([0., 2.])
    """
    return np.maximum(z, 0)


def relu_backward(a: np.ndarray, grad: np.ndarray) -> np.ndarray:
    """The gradient with respect to z where ``a = relu(z)``; at z = 0, the kink, it is zero.

    Parameters
    ----------
    a, grad : array
        The activations, and the gradient with respect to them, of one shape.

    Examples
    --------
    >>> import numpy as np
    >>> from adamlearn.models import relu_backward
    >>> relu_backward(np.array([0.0, 2.0]), np.array([3.0, 3.0]))
    array([0., 3.])
    """
    return grad * (a > 0)


def tanh_backward(a: np.ndarray, grad: np.ndarray) -> np.ndarray:
    """The gradient with respect to z where ``a = np.tanh(z)``.

    Parameters
    ----------
    a, grad : array
        As for :func:`relu_backward`.

    Examples
    --------
    >>> import numpy as np
    >>> from adamlearn.models import tanh_backward
    >>> tanh_backward(np.array([0.0, 0.5]), np.array([1.0, 1.0]))
    array([1.  , 0.75])
    """
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
        What goes in, a row for each example.
    activation : {"relu", "tanh"}
        What stands between the layers. The last layer has none: its outputs are logits, or the
        predictions of a regression.

    Returns
    -------
    array, shape (n, outputs)
        What comes out.

    Raises
    ------
    TypeError, ValueError
        If ``params`` is no list of layers that fit together, ``x`` has another shape, or the
        activation is unknown.

    Examples
    --------
    >>> import numpy as np
    >>> from adamlearn.models import init_perceptron, perceptron
    >>> params = init_perceptron([3, 5, 2], np.random.default_rng(0))
    >>> perceptron(params, np.zeros((4, 3))).shape
    (4, 2)
    """
    inputs = _layer_inputs(params, x, activation)
    return dense(params[-1], inputs[-1])


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
    TypeError, ValueError
        If ``params`` is no list of layers that fit together, ``x`` or ``y`` has another shape, or
        the activation is unknown.

    Examples
    --------
    >>> import numpy as np
    >>> from adamlearn.models import init_perceptron, loss_and_grads, softmax_cross_entropy
    >>> params = init_perceptron([3, 5, 2], np.random.default_rng(0))
    >>> value, grads = loss_and_grads(params, np.zeros((4, 3)), [0, 1, 0, 1], softmax_cross_entropy)
    >>> round(value, 3), grads[1]["W"].shape
    (0.693, (5, 2))
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
    check_layers(params)
    function, _ = ACTIVATIONS[activation]
    inputs = [x]
    for layer in params[:-1]:
        inputs.append(function(dense(layer, inputs[-1])))
    return inputs
