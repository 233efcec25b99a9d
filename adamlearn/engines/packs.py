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
PACKED = 4 * TILE  # the most elements of a pack; half as many cost the step of a network a tenth more


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
    """The state of several small arrays, one after the other, twice: as it is, and as it will be.

    Parameters
    ----------
    jobs : sequence of Job
        Of arrays of one dtype.
    scratch : list of two arrays of that dtype
        Where the parameters and the gradient are put together; all packs share it, so that it stays in cache.
    """

    def __init__(self, jobs: Sequence[Job], scratch: Arrays):
        like = jobs[0][1]
        ends = np.cumsum([job[1].size for job in jobs]).tolist()
        self.parts = [slice(*ends) for ends in zip([0, *ends], ends, strict=False)]
        shapes = [job[1].shape for job in jobs]
        count = 1 + len(jobs[0][3])
        self.read = [array[: ends[-1]] for array in scratch]
        self.result = np.empty(ends[-1], like.dtype)
        self.sides = [[np.empty(ends[-1], like.dtype) for _ in range(1, count)] for _ in range(2)]
        self.side = [0]  # the side that has the state as it is

        def cut(array: np.ndarray) -> list[np.ndarray]:
            return [array[part].reshape(shape) for part, shape in zip(self.parts, shapes, strict=True)]

        self.results = cut(self.result)
        self.slots: list[list[Arrays]] = [list(zip(*map(cut, side), strict=True)) for side in self.sides]

    def step(self, jobs: Sequence[Job], call: Callable[[list[np.ndarray]], Sequence[Any]]) -> list[Done]:
        """The step of all of them; ``call`` returns what the rule does of ``p, g, *slots``."""
        now, then = self.side[0], 1 - self.side[0]
        operands = [*self.read, *self.sides[now]]
        own = all(job[3] is slots for job, slots in zip(jobs, self.slots[now], strict=True))
        columns: list[list[Any]] = [[job[k] for job in jobs] for k in (1, 2)]
        if not own:
            columns += [list(slots) for slots in zip(*(job[3] for job in jobs), strict=True)]
        for operand, arrays in zip(operands, columns, strict=False):
            np.concatenate([array.reshape(-1) for array in arrays], out=operand)
        for target, value in zip([self.result, *self.sides[then]], call(operands), strict=True):
            target[...] = value
        done: list[Done] = []
        for job, result, slots in zip(jobs, self.results, self.slots[then], strict=True):
            if job[4] is None:
                result = filled(np.empty_like(job[1]), result)
            done.append((result, slots, ()))
        done[0] = *done[0][:2], [(setitem, self.side, 0, then)]
        return done
