"""How a rule is applied to arrays. Every engine runs the rule's own text and writes where it is told.

An engine is called as ``engine(rule, p, g, slots, out, t, hyperparameters)``. ``out`` receives the
new parameter and may be ``p`` itself; the slots are changed in place.
"""

from collections.abc import Callable, Iterator, Sequence
from functools import cache
from typing import Any

import numpy as np

# Elements a tile holds. A rule makes about ten temporaries of one tile; at 8,192 doubles they
# stay in a second-level cache, where whole-array temporaries would each go out to memory and back.
TILE = 8192

# An element is read before it is written, so operands that are the same array need no copy.
_READ: Any = ["readonly", "overlap_assume_elementwise"]
_UPDATE: Any = ["readwrite", "overlap_assume_elementwise"]
_WRITE: Any = ["writeonly", "overlap_assume_elementwise"]


@cache
def state_dtype(dtype: np.dtype) -> np.dtype:
    """The type a rule computes and remembers in: the parameter's own, but float32 for float16.

    In float16 an epsilon of 1e-8 is zero, and so is the square of a gradient below 2e-4.
    """
    return np.result_type(dtype, np.float32)


def tiles(
    p: np.ndarray, g: np.ndarray, slots: Sequence[np.ndarray], out: np.ndarray
) -> Iterator[tuple[np.ndarray, ...]]:
    """Yield one-dimensional tiles of ``p, g, *slots, out``, whatever their layouts."""
    iterator = np.nditer(
        [p, g, *slots, out],
        flags=["external_loop", "buffered", "copy_if_overlap", "zerosize_ok"],
        op_flags=[_READ, _READ, *[_UPDATE] * len(slots), _WRITE],
        op_dtypes=[state_dtype(p.dtype)] * (3 + len(slots)),
        casting="same_kind",
        buffersize=TILE,
    )
    with iterator:
        yield from iterator


def numpy_engine(
    rule: Callable[..., Any],
    p: np.ndarray,
    g: np.ndarray,
    slots: Sequence[np.ndarray],
    out: np.ndarray,
    t: int,
    hyperparameters: dict[str, float],
) -> None:
    """Run the rule over NumPy arrays, tile by tile; a small array is one tile as it stands."""
    small = p.size <= TILE and p.dtype == g.dtype == state_dtype(p.dtype)
    for p_tile, g_tile, *targets in [(p, g, *slots, out)] if small else tiles(p, g, slots, out):
        returned = rule(p_tile, g_tile, *targets[:-1], t, **hyperparameters)
        if not isinstance(returned, tuple) or len(returned) != len(targets):
            count = f"{len(returned)} values" if isinstance(returned, tuple) else "no tuple"
            raise TypeError(f"{rule.__name__} returned {count}; expected {len(targets)}: p and its slots")
        # A slot that is handed on as it is would be overwritten before it is read.
        new_p, *new_slots = (new.copy() if any(new is old for old in targets) else new for new in returned)
        for target, new in zip(targets, [*new_slots, new_p], strict=True):
            target[...] = new


ENGINES = ("numpy", "numba")


def load_engine(name: str) -> Callable[..., None]:
    """The engine of that name; ``"numba"`` needs the extra ``fast``."""
    if name == "numpy":
        return numpy_engine
    if name == "numba":
        try:
            from adamlearn.compiled import numba_engine  # here, so that NumPy's needs no Numba
        except ModuleNotFoundError as error:
            if error.name != "numba":
                raise
            raise ModuleNotFoundError("engine='numba' needs Numba: pip install 'adamlearn[fast]'") from None
        return numba_engine
    raise ValueError(f"engine is {name!r}; expected one of {ENGINES}")
