"""What a model refuses, in words: the name, what came, what was expected."""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np


def check_shape(name: str, array: Any, expected: tuple[int | str, ...]) -> None:
    """Refuse an array of another shape than expected; a name in it stands for any length.

    Raises
    ------
    TypeError
        If it is no plain NumPy array.
    ValueError
        If it has another shape.

    Examples
    --------
    >>> import numpy as np
    >>> from adamlearn.models.checks import check_shape
    >>> check_shape("x", np.ones((2, 3)), ("n", 4))
    Traceback (most recent call last):
    ValueError: x has shape (2, 3); expected (n, 4)
    """
    if not isinstance(array, np.ndarray) or isinstance(array, np.ma.MaskedArray):
        raise TypeError(f"{name} is a {type(array).__name__}; expected an array of shape {_shown(expected)}")
    fits = array.ndim == len(expected)
    for length, given in zip(expected, array.shape, strict=False):
        fits = fits and (length == given or isinstance(length, str))
    if not fits:
        raise ValueError(f"{name} has shape {array.shape}; expected {_shown(expected)}")


def _shown(shape: tuple[int | str, ...]) -> str:
    """A shape as Python prints it, its names without quotes."""
    return f"({', '.join(map(str, shape))}{',' if len(shape) == 1 else ''})"


def check_layer(name: str, layer: Any) -> None:
    """Refuse what is no dense layer: ``W`` of shape (inputs, outputs), ``b`` of shape (outputs,).

    Raises
    ------
    TypeError
        If it is no dict of arrays.
    ValueError
        If ``W`` or ``b`` is missing or has another shape.

    Examples
    --------
    >>> from adamlearn.models.checks import check_layer
    >>> check_layer("params[0]", {"w": 1, "b": 2})
    Traceback (most recent call last):
    ValueError: params[0] has the keys ['w', 'b']; expected 'W' and 'b'
    """
    if not isinstance(layer, Mapping):
        raise TypeError(f"{name} is a {type(layer).__name__}; expected a dict of 'W' and 'b'")
    if "W" not in layer or "b" not in layer:
        raise ValueError(f"{name} has the keys {list(layer)}; expected 'W' and 'b'")
    check_shape(f"{name}['W']", layer["W"], ("inputs", "outputs"))
    check_shape(f"{name}['b']", layer["b"], layer["W"].shape[1:])


def check_layers(params: Any) -> None:
    """Refuse what is no list of dense layers, each with as many inputs as the one before has outputs.

    Raises
    ------
    TypeError
        If it is no list, or a layer is no dict of arrays.
    ValueError
        If there is no layer, or one does not fit.

    Examples
    --------
    >>> from adamlearn.models.checks import check_layers
    >>> check_layers({"W": 1, "b": 2})
    Traceback (most recent call last):
    TypeError: params is a dict; expected a list of layers, such as [layer]
    """
    if not isinstance(params, Sequence):
        raise TypeError(f"params is a {type(params).__name__}; expected a list of layers, such as [layer]")
    if not params:
        raise ValueError("params is empty; expected at least one layer")
    for i, layer in enumerate(params):
        check_layer(f"params[{i}]", layer)
        if i > 0 and len(layer["W"]) != (outputs := len(params[i - 1]["b"])):
            raise ValueError(
                f"params[{i}]['W'] has shape {layer['W'].shape}; expected ({outputs}, outputs), "
                f"as params[{i - 1}] has {outputs} outputs"
            )
