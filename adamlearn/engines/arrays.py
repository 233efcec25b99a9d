"""Arrays as every engine meets them: their types, their pieces, and the memory that they share."""

from collections.abc import Iterable, Iterator, Sequence
from functools import cache
from typing import Any

import numpy as np

Arrays = Sequence[np.ndarray]

# Elements a tile holds. A rule makes about ten temporaries of one tile; at 8,192 doubles they
# stay in a second-level cache, where whole-array temporaries would each go out to memory and back.
TILE = 8192

_READ: Any = ["readonly"]
_WRITE: Any = ["writeonly"]


@cache
def is_floating(dtype: np.dtype) -> bool:
    """Whether numbers of that type have fractions: NumPy's floats, and bfloat16 and its like of ml_dtypes."""
    if dtype.kind != "V" or dtype.type is np.void:
        return dtype.kind == "f"
    try:
        return float(dtype.type(0.5)) == 0.5 and np.result_type(dtype, np.float32) == np.float32
    except (TypeError, ValueError):
        return False


@cache
def state_dtype(dtype: np.dtype) -> np.dtype:
    """The type a rule computes and remembers in: the parameter's own, but float32 for shorter ones.

    In float16 an epsilon of 1e-8 is zero, and so is the square of a gradient below 2e-4.
    """
    return np.result_type(dtype, np.float32)


def flat(arrays: Arrays, dtype: np.dtype) -> bool:
    """Whether the arrays are the same stretch of elements, one after the other."""
    rows = columns = True
    for array in arrays:
        flags = array.flags
        rows, columns = rows and flags.c_contiguous, columns and flags.f_contiguous
        if array.dtype != dtype or not (rows or columns) or not flags.aligned:
            return False
    return True


def tiles(read: Arrays, written: Arrays) -> Iterator[tuple[np.ndarray, ...]]:
    """Yield one-dimensional tiles of the arrays to read, then of those to write, whatever their layouts."""
    dtype = state_dtype(read[0].dtype)
    if flat([*read, *written], dtype):
        arrays = [array.ravel(order="K") for array in (*read, *written)]
        for start in range(0, arrays[0].size, TILE):
            yield tuple(array[start : start + TILE] for array in arrays)
        return
    iterator = np.nditer(  # type: ignore[call-overload]
        [*read, *written],
        flags=["external_loop", "buffered", "zerosize_ok"],
        op_flags=[*[_READ] * len(read), *[_WRITE] * len(written)],
        op_dtypes=[dtype] * (len(read) + len(written)),
        casting="unsafe",  # what may be cast has been decided before
        buffersize=TILE,
    )
    with iterator:
        yield from iterator


class NotFinite(Exception):
    """A gradient has an element that is not finite; in which array, the caller finds out."""


def all_finite(g: np.ndarray) -> bool:
    """Whether every element is finite, without a temporary as large as ``g`` in the usual case."""
    if g.dtype.kind == "V":
        g = g.astype(np.float32)
    if g.size > TILE:
        with np.errstate(over="ignore", invalid="ignore"):
            if np.isfinite(g.sum()):  # a finite sum has only finite terms
                return True
    return bool(np.isfinite(g).all())


def owner(array: np.ndarray) -> Any:
    """The array, or other object, whose memory an array is a view of."""
    base: Any = array
    while isinstance(base, np.ndarray) and base.base is not None:
        base = base.base
    return base


def share_memory(a: np.ndarray, b: np.ndarray) -> bool:
    """Whether two arrays have an element in common; interleaved ones have none."""
    try:
        return np.shares_memory(a, b, max_work=10_000)  # type: ignore[arg-type]
    except np.exceptions.TooHardError:
        return True


def filled(array: np.ndarray, value: Any) -> np.ndarray:
    array[...] = value
    return array


def apart(array: np.ndarray, others: Iterable[np.ndarray]) -> np.ndarray:
    """The array, or a copy of it if it shares memory with one of the others, all of which are written."""
    return array.copy() if any(share_memory(array, other) for other in others) else array


def first_overlap(arrays: Arrays) -> tuple[int, int] | None:
    """The places of two arrays that share memory, or of one that shares it with itself; None if none do."""
    bounds = sorted(
        (*np.lib.array_utils.byte_bounds(array), i) for i, array in enumerate(arrays) if array.size
    )
    reaching: list[tuple[int, int]] = []  # those whose memory may go on: where it ends, and which
    for low, high, i in bounds:
        if repeats_itself(arrays[i]):
            return i, i
        reaching = [(end, j) for end, j in reaching if end > low]
        for _, j in reaching:
            if share_memory(arrays[i], arrays[j]):
                return min(i, j), max(i, j)
        reaching.append((high, i))
    return None


def repeats_itself(array: np.ndarray) -> bool:
    """Whether two elements of an array are one place in memory, as in one that was broadcast."""
    sides = sorted((abs(stride), n) for stride, n in zip(array.strides, array.shape, strict=True) if n > 1)
    reach = array.itemsize
    for stride, n in sides:
        if stride < reach:
            break
        reach += stride * (n - 1)
    else:
        return False
    offsets = np.zeros(1, np.intp)
    for stride, n in sides:
        offsets = np.add.outer(offsets, stride * np.arange(n)).ravel()
    return bool(np.diff(np.sort(offsets)).min(initial=array.itemsize) < array.itemsize)
