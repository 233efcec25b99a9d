"""A function compiled by Numba as it is at this moment, with all that it takes from outside.

Numba reads a function's own code, not its text, and takes the values of its globals and closures as
they are when it compiles. So a compiled function is kept under all that it was made of.
"""

import hashlib
import inspect
from collections.abc import Callable
from types import CellType, FunctionType, ModuleType
from typing import Any

import numba
import numpy as np

from adamlearn.engines.program import is_number
from adamlearn.sources import name_of

PLAIN = {"numpy", "math", "builtins"}  # modules that stay as they are
_KEPT: dict[Any, Callable[..., Any]] = {}


def frozen(function: Callable[..., Any]) -> Callable[..., Any]:
    """The compiled function, with the plain functions that it calls.

    Raises
    ------
    TypeError
        If it is no plain function, or uses what may change unseen, such as a list.

    Examples
    --------
    >>> from adamlearn.engines.numba.frozen import frozen
    >>> def slope(x):
    ...     return (2 * x,)
    >>> frozen(slope)(3.0)
    (6.0,)
    """
    key = _key(function, ())
    if key not in _KEPT:
        _KEPT[key] = _compiled(function)
    return _KEPT[key]


def _key(value: Any, within: tuple[Any, ...]) -> Any:
    """What decides what a value does, as far as a function that uses it is concerned."""
    if isinstance(value, FunctionType):
        if value.__code__ in within:
            raise TypeError(f"{value.__name__} cannot be compiled: it calls itself")
        if hasattr(value, "__wrapped__") and value.__code__.co_flags & inspect.CO_VARKEYWORDS:
            raise TypeError(f"{value.__name__} cannot be compiled: it is wrapped by another function")
        used = {name: _key(v, (*within, value.__code__)) for name, v in _uses(value).items()}
        return (
            value.__code__,
            _key(value.__defaults__, within),
            tuple(sorted(used.items(), key=lambda i: i[0])),
        )
    if isinstance(value, tuple):
        return tuple(_key(item, within) for item in value)
    if isinstance(value, np.ndarray) and value.dtype.kind in "biuf":
        return value.shape, value.dtype.str, hashlib.sha256(value.tobytes()).hexdigest()
    if value is None or is_number(value) or isinstance(value, str):
        return type(value), repr(value)
    if (
        isinstance(value, ModuleType)
        or isinstance(value, np.ufunc)
        or getattr(value, "__module__", "") in PLAIN
    ):
        return repr(value)
    if callable(value) and (getattr(value, "__module__", "") or "").split(".")[0] in (*PLAIN, "numba"):
        return id(value)
    raise TypeError(
        f"{value!r} cannot be compiled: it is a {type(value).__name__}, neither a number, an array of "
        "numbers, nor a plain function"
    )


def _uses(function: FunctionType) -> dict[str, Any]:
    """What a function takes from outside, by name: ``LIMIT``, ``settings.LIMIT``, a cell of its closure."""
    variables = inspect.getclosurevars(function)
    found = {**variables.globals, **variables.nonlocals}
    for name, module in list(found.items()):
        if isinstance(module, ModuleType) and module.__name__.split(".")[0] not in PLAIN:
            attributes = (attribute for attribute in function.__code__.co_names if hasattr(module, attribute))
            found |= {f"{name}.{attribute}": getattr(module, attribute) for attribute in attributes}
    return found


def _compiled(function: FunctionType | Any) -> Callable[..., Any]:
    if not isinstance(function, FunctionType):
        raise TypeError(
            f"{name_of(function)} cannot be compiled: it is a {type(function).__name__}, no function"
        )

    def inner(value: Any) -> Any:
        return frozen(value) if isinstance(value, FunctionType) else value

    names = {name: inner(value) for name, value in inspect.getclosurevars(function).globals.items()}
    cells = tuple(CellType(inner(cell.cell_contents)) for cell in function.__closure__ or ())
    copy = FunctionType(function.__code__, names, function.__name__, function.__defaults__, cells)
    return numba.njit(error_model="numpy", nogil=True)(copy)
