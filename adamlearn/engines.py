"""How a rule is applied to arrays. Every engine runs the rule's own text and writes where it is told."""

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

Arrays = Sequence[np.ndarray]


@cache
def state_dtype(dtype: np.dtype) -> np.dtype:
    """The type a rule computes and remembers in: the parameter's own, but float32 for float16.

    In float16 an epsilon of 1e-8 is zero, and so is the square of a gradient below 2e-4.
    """
    return np.result_type(dtype, np.float32)


def tiles(p: np.ndarray, g: np.ndarray, slots: Arrays, out: np.ndarray) -> Iterator[tuple[np.ndarray, ...]]:
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


def all_finite(g: np.ndarray) -> bool:
    """Whether every element is finite, without a temporary as large as ``g`` in the usual case."""
    if g.size > TILE:
        with np.errstate(over="ignore", invalid="ignore"):
            if np.isfinite(g.sum()):  # a finite sum has only finite terms
                return True
    return bool(np.isfinite(g).all())


class NumpyEngine:
    """A rule over NumPy arrays, tile by tile.

    Parameters
    ----------
    rule : callable
    slots : int
        How many it has.
    """

    def __init__(self, rule: Callable[..., Any], slots: int):
        self.rule = rule
        self.slots = slots

    all_finite = staticmethod(all_finite)

    def takes_whole(self, p: np.ndarray) -> bool:
        """Whether arrays like ``p``, of the dtype of the state, are one tile for :meth:`into`."""
        return p.size <= TILE

    def into(self, check: bool, out: np.ndarray, p: np.ndarray, g: np.ndarray, *rest: Any) -> bool:
        """Call the rule with ``p, g, *rest``; write what it returns to ``out`` and to the slots in ``rest``.

        False, with nothing done, if shapes or dtypes differ or a check finds ``g`` not finite.
        """
        targets = (out, *rest[: self.slots])
        like = targets[-1]
        if not (
            p.shape == g.shape == out.shape == like.shape and p.dtype == g.dtype == out.dtype == like.dtype
        ):
            return False
        if check and not all_finite(g):
            return False
        returned = self.rule(p, g, *rest)
        if not isinstance(returned, tuple) or len(returned) != len(targets):
            count = f"{len(returned)} values" if isinstance(returned, tuple) else "no tuple"
            raise TypeError(
                f"{self.rule.__name__} returned {count}; expected {len(targets)}: p and its slots"
            )
        # A slot that is handed on as it is would be overwritten before it is read.
        old = set(map(id, targets))
        new = [array.copy() if id(array) in old else array for array in returned]
        for target, array in zip(targets, new, strict=True):
            target[...] = array
        return True

    def in_place(self, check: bool, p: np.ndarray, g: np.ndarray, *rest: Any) -> bool:
        """As :meth:`into`, with ``p`` itself receiving the result."""
        return self.into(check, p, p, g, *rest)

    def step(
        self, p: np.ndarray, g: np.ndarray, slots: Arrays, out: np.ndarray, t: int, values: Sequence[float]
    ) -> None:
        """Take a step with arrays of any size, layout and dtype; ``out`` may be ``p``."""
        small = p.size <= TILE and p.dtype == g.dtype == state_dtype(p.dtype)
        for p_tile, g_tile, *slot_tiles, out_tile in (
            [(p, g, *slots, out)] if small else tiles(p, g, slots, out)
        ):
            self.into(False, out_tile, p_tile, g_tile, *slot_tiles, t, *values)


ENGINES = ("numpy", "numba")


def load_engine(name: str) -> Callable[[Callable[..., Any], int], Any]:
    """The class of the engine of that name; ``"numba"`` needs the extra ``fast``."""
    if name == "numpy":
        return NumpyEngine
    if name == "numba":
        try:
            from adamlearn.compiled import NumbaEngine  # here, so that NumPy's needs no Numba
        except ModuleNotFoundError as error:
            if error.name != "numba":
                raise
            raise ModuleNotFoundError("engine='numba' needs Numba: pip install 'adamlearn[fast]'") from None
        return NumbaEngine
    raise ValueError(f"engine is {name!r}; expected one of {ENGINES}")
