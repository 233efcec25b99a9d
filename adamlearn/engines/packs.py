"""Small arrays taken together: a rule of one element cannot tell, and NumPy is called once for all."""

from collections.abc import Callable, Sequence
from operator import setitem
from typing import Any

import numpy as np

from adamlearn.engines.arrays import TILE, Arrays, filled

# What one array of an update brings: its place, p, g, slots, out or None, the number of its step, and the
# hyperparameters. What becomes of it: the new p and slots, which are filled when the calls have been made.
Job = tuple[str, np.ndarray, np.ndarray, Arrays, np.ndarray | None, int, tuple[float, ...]]
Done = tuple[np.ndarray, Arrays, Sequence[Any]]
# The most elements of a pack. Of fewer the calls cost more than the cache saves, and in arrays of 256 kB and
# more NumPy computes in place what it can: with half as many the step of a network lasts a fifteenth longer.
PACKED = 8 * TILE


def packs_of(jobs: Sequence[Job]) -> list[list[int]]:
    """The numbers of the jobs that can be taken together, in packs of their order; each job is in one."""
    packs: list[list[int]] = []
    room, before = 0, None
    for i, (_, p, g, _, _, t, values) in enumerate(jobs):
        like = (p.dtype, t, values) if p.size <= TILE and p.dtype == g.dtype else None
        if like is None or like != before or p.size > room:
            packs.append([])
            room, before = PACKED, like
        packs[-1].append(i)
        room -= p.size
    return packs


class Pack:
    """Several small arrays, whose slots stand one after the other.

    Parameters
    ----------
    jobs : sequence of Job
        Of arrays of one dtype.
    scratch : list of two arrays of that dtype
        Where the parameters and the gradient are put together; all packs share it, so that it stays in cache.
    """

    def __init__(self, jobs: Sequence[Job], scratch: Arrays):
        ends = np.cumsum([job[1].size for job in jobs]).tolist()
        self.parts = [slice(*ends) for ends in zip([0, *ends], ends, strict=False)]
        self.read = [array[: ends[-1]] for array in scratch]
        self.state: list[list[np.ndarray]] = [[]]  # in a list, so that one call replaces all
        shapes = [job[1].shape for job in jobs]
        self.slots = [PackedSlots(self.state, *place) for place in zip(self.parts, shapes, strict=True)]

    def step(self, jobs: Sequence[Job], call: Callable[[list[np.ndarray]], Sequence[Any]]) -> list[Done]:
        """The step of all of them; ``call`` returns what the rule does of ``p, g, *slots``."""
        p, g = self.read
        operands = [put_together([job[1] for job in jobs], p), put_together([job[2] for job in jobs], g)]
        if all(job[3] is slots for job, slots in zip(jobs, self.slots, strict=True)):
            operands += self.state[0]
        else:
            operands += map(put_together, zip(*(job[3] for job in jobs), strict=True))
        # What is handed on as it came stays scratch, or another slot's: it is copied.
        taken = set(map(id, operands))
        result, *new = [adopted(x, p, taken) for x in call(operands)]
        done: list[Done] = []
        for job, part, slots in zip(jobs, self.parts, self.slots, strict=True):
            own = result[part].reshape(job[1].shape)
            done.append((own if job[4] is not None else filled(np.empty_like(job[1]), own), slots, ()))
        done[0] = *done[0][:2], [(setitem, self.state, 0, new)]
        return done


class PackedSlots(Sequence[np.ndarray]):
    """The slots of one array of a pack, as they are now: views, cut when they are asked for."""

    def __init__(self, state: list[list[np.ndarray]], part: slice, shape: tuple[int, ...]):
        self._state, self._part, self._shape = state, part, shape

    def __len__(self) -> int:
        return len(self._state[0])

    def __getitem__(self, number: Any) -> Any:
        return self._state[0][number][self._part].reshape(self._shape)


def put_together(arrays: Arrays, out: np.ndarray | None = None) -> np.ndarray:
    return np.concatenate([array.reshape(-1) for array in arrays], out=out)


def adopted(x: Any, like: np.ndarray, taken: set[int]) -> np.ndarray:
    """An array that a rule returned, as one of our own."""
    if type(x) is np.ndarray and x.base is None and id(x) not in taken:
        if x.dtype == like.dtype and x.shape == like.shape:
            taken.add(id(x))
            return x
    return filled(np.empty_like(like), x)
