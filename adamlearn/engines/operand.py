"""What a rule is handed whose text does not vouch for it: an element's stand-in that refuses to be an array.

A rule is one element's. Over arrays a sum, a norm or a shape would be that of a tile, and differ with the
tile's size. A rule whose text can be read as a program (:mod:`adamlearn.engines.program`) cannot say such
things; any other gets operands that answer to arithmetic and NumPy's functions of one element alone.
"""

from collections.abc import Callable
from typing import Any, NoReturn

import numpy as np
from numpy.lib.mixins import NDArrayOperatorsMixin

# NumPy's functions that are no ufuncs, and yet of one element.
ELEMENTWISE = {np.where, np.clip, np.copy, np.zeros_like, np.ones_like, np.full_like, np.empty_like} | {
    np.nan_to_num,
    np.isclose,
    np.select,
    np.piecewise,
    np.round,
    np.sinc,
    np.real,
}


class Operand(NDArrayOperatorsMixin):
    """A copy of a tile that can be computed with, element by element, and changed in place."""

    def __init__(self, array: np.ndarray):
        self._array = array

    @property
    def dtype(self) -> np.dtype:
        return self._array.dtype

    def __array_ufunc__(
        self, ufunc: np.ufunc, method: str, *inputs: Any, out: Any = (), **kwargs: Any
    ) -> Any:
        if method != "__call__" or ufunc.signature is not None:
            refuse(f"np.{ufunc.__name__}" + f".{method}" * (method != "__call__"))
        targets = tuple(None if target is None else inside(target) for target in out)
        result = ufunc(*map(inside, inputs), **({"out": targets} if out else {}), **kwargs)
        if out:
            return out[0] if len(out) == 1 else out
        return wrapped(result)

    def __array_function__(
        self, function: Callable[..., Any], types: Any, args: Any, kwargs: dict[str, Any]
    ) -> Any:
        if function not in ELEMENTWISE:
            refuse(f"np.{function.__name__}")
        return wrapped(function(*plain(args), **{name: plain(value) for name, value in kwargs.items()}))

    def clip(self, *args: Any, **kwargs: Any) -> Any:
        return np.clip(self, *args, **kwargs)

    def copy(self) -> "Operand":
        return Operand(self._array.copy())

    def __copy__(self) -> "Operand":
        return self.copy()

    def __getattr__(self, name: str) -> NoReturn:
        if name.startswith("__"):  # what Python and NumPy ask of any object
            raise AttributeError(name)
        refuse(f".{name}")

    def __array__(self, *args: Any, **kwargs: Any) -> NoReturn:
        refuse("a plain array of it")

    def __bool__(self) -> NoReturn:
        refuse("`if`, `and` or `or`")

    def __float__(self) -> NoReturn:
        refuse("float()")

    def __int__(self) -> NoReturn:
        refuse("int()")

    def __len__(self) -> NoReturn:
        refuse("len()")

    def __iter__(self) -> NoReturn:
        refuse("a loop")

    def __getitem__(self, index: Any) -> NoReturn:
        refuse("an index")

    def __setitem__(self, index: Any, value: Any) -> None:
        if index is not Ellipsis and index != slice(None):
            refuse("an index")
        self._array[...] = inside(value)


# ``m += g`` makes a new value, as it does of a number: another name of the old one keeps it.
for _name in ("add", "sub", "mul", "truediv", "floordiv", "mod", "pow", "and", "or", "xor"):
    setattr(Operand, f"__i{_name}__", getattr(NDArrayOperatorsMixin, f"__{_name}__"))


def refuse(what: str) -> NoReturn:
    raise TypeError(
        f"a rule is of one element, and {what} is not; expected arithmetic, np.where and the like, "
        "or NumPy's functions of one element"
    )


def inside(value: Any) -> Any:
    """What to compute with: an operand's array, or a number."""
    if isinstance(value, Operand):
        return value._array
    if np.ndim(value):
        refuse("an array from outside")
    return value


def plain(value: Any) -> Any:
    """As :func:`inside`, within lists and tuples too."""
    if isinstance(value, list | tuple):
        return type(value)(map(plain, value))
    return inside(value) if isinstance(value, Operand | np.ndarray) else value


def wrapped(result: Any) -> Any:
    if isinstance(result, tuple):
        return tuple(map(wrapped, result))
    return Operand(result) if isinstance(result, np.ndarray) and result.ndim else result
