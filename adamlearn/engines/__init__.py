"""How a rule is applied to arrays. Every engine runs the rule's own text."""

from collections.abc import Callable
from typing import Any

from adamlearn.engines.numpy import NumpyEngine

ENGINES = ("numpy", "numba")


def load_engine(name: str) -> Callable[[Callable[..., Any], int], Any]:
    """The class of the engine of that name; ``"numba"`` needs the extra ``fast``.

    Raises
    ------
    ModuleNotFoundError
        If Numba is not installed.
    ValueError
        If there is no engine of that name.
    """
    if name == "numpy":
        return NumpyEngine
    if name != "numba":
        raise ValueError(f"engine is {name!r}; expected one of {ENGINES}")
    try:
        from adamlearn.engines.numba import NumbaEngine  # here, so that NumPy's needs no Numba
    except ModuleNotFoundError as error:
        if (error.name or "").split(".")[0] != "numba":
            raise
        raise ModuleNotFoundError("engine='numba' needs Numba: pip install 'adamlearn[fast]'") from None
    return NumbaEngine
