"""How a rule is applied to arrays. Every engine runs the rule's own text and writes where it is told.

An engine is called as ``engine(rule, p, g, slots, out, t, hyperparameters)``. ``out`` receives the
new parameter and may be ``p`` itself; the slots are changed in place.
"""

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

# Elements a tile holds. A rule makes about ten temporaries of one tile; at 8,192 doubles they
# stay in a second-level cache, where whole-array temporaries would each go out to memory and back.
TILE = 8192

# An element is read before it is written, so operands that are the same array need no copy.
_READ: Any = ["readonly", "overlap_assume_elementwise"]
_UPDATE: Any = ["readwrite", "overlap_assume_elementwise"]
_WRITE: Any = ["writeonly", "overlap_assume_elementwise"]


def state_dtype(p: np.ndarray) -> np.dtype:
    """The type a rule computes and remembers in: the parameter's own, but float32 for float16.

    In float16 an epsilon of 1e-8 is zero, and so is the square of a gradient below 2e-4.
    """
    return np.result_type(p.dtype, np.float32)


def numpy_engine(
    rule: Callable[..., Any],
    p: np.ndarray,
    g: np.ndarray,
    slots: Sequence[np.ndarray],
    out: np.ndarray,
    t: int,
    hyperparameters: dict[str, float],
) -> None:
    """Run the rule tile by tile: ``np.nditer`` hands out one-dimensional tiles of any layout."""
    tiles = np.nditer(
        [p, g, *slots, out],
        flags=["external_loop", "buffered", "copy_if_overlap", "zerosize_ok"],
        op_flags=[_READ, _READ, *[_UPDATE] * len(slots), _WRITE],
        op_dtypes=[state_dtype(p)] * (3 + len(slots)),
        casting="same_kind",
        buffersize=TILE,
    )
    with tiles:
        for p_tile, g_tile, *targets in tiles:
            new_p, *new_slots = rule(p_tile, g_tile, *targets[:-1], t, **hyperparameters)
            for target, new in zip(targets, [*new_slots, new_p], strict=True):
                target[...] = new


# Other engines join here, under the name that ``Optimizer(engine=...)`` takes.
ENGINES: dict[str, Callable[..., None]] = {"numpy": numpy_engine}
