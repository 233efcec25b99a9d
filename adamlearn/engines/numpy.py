"""A rule over NumPy arrays, tile by tile. New arrays first; what was there is replaced when all are made."""

import math
from collections import deque
from collections.abc import Callable, Iterable, Sequence
from itertools import starmap
from operator import call, setitem
from types import EllipsisType
from typing import Any

import numpy as np

from adamlearn.engines.arrays import TILE, Arrays, NotFinite, all_finite, filled, state_dtype, tiles
from adamlearn.engines.operand import Operand
from adamlearn.engines.packs import PACKED, Done, Job, Pack, adopted, packs_of
from adamlearn.engines.reader import read_program
from adamlearn.engines.split import Split
from adamlearn.sources import name_of

Call = tuple[Any, ...]  # a function and its arguments
ShortWay = Callable[[bool, np.ndarray, np.ndarray, np.ndarray | None], np.ndarray | None]
ALL: EllipsisType = ...

# Elements up to which new arrays cost less than copies into old ones: their memory is at hand.
SMALL = 2048


def run_all(calls: Iterable[Call]) -> None:
    """Make the calls, which all are of compiled functions, as one: no interrupt comes between them.

    Python looks for signals between its own instructions, and here it executes none.
    """
    deque(starmap(call, calls), maxlen=0)


class NumpyEngine:
    """A rule over NumPy arrays.

    Parameters
    ----------
    rule : callable
    slots : int
        How many it has.
    """

    def __init__(self, rule: Callable[..., Any], slots: int):
        self.rule = rule
        self.slots = slots
        self._read: tuple[Any, Callable[[], bool] | None] = None, None
        # Of every larger array, its slots of the step before: room for those of the next.
        self._room: dict[str, list[Any]] = {}
        self._packs: dict[Any, Pack] = {}
        self._scratch: dict[np.dtype, Arrays] = {}

    def __reduce__(self) -> tuple[type, tuple[Callable[..., Any], int]]:
        return type(self), (self.rule, self.slots)

    def check(self, p: np.ndarray) -> None:
        """Refuse parameters that this engine has no arithmetic for: none."""

    def all_finite(self, g: np.ndarray) -> bool:
        """Whether every element is finite."""
        if g.dtype.char in "fd" and g.size <= PACKED and g.flags.forc:
            flat = g if g.ndim == 1 else g.ravel(order="K")
            # A sum of squares is quick, and finite only of finite numbers; a longer one BLAS would spread.
            parts = [flat] if g.size <= TILE else [flat[i : i + TILE] for i in range(0, g.size, TILE)]
            if math.isfinite(sum([part.dot(part) for part in parts])):
                return True
        return all_finite(g)

    def short_way(
        self, state: dict[str, Arrays], clock: np.ndarray, values: tuple[float, ...]
    ) -> ShortWay | None:
        """A function that takes the next steps of a small lone array, as the long way does.

        It makes the same checks, and returns None, with nothing done, where one of them fails.
        """
        like = state[""][0] if state[""] else None
        if like is None or like.size > SMALL:
            return None

        def take(check: bool, p: np.ndarray, g: np.ndarray, out: np.ndarray | None) -> np.ndarray | None:
            if not (
                p.shape == g.shape == like.shape
                and p.dtype == g.dtype == like.dtype
                and p.flags.forc
                and (out is None or (out is p and p.flags.writeable))
                and (not check or self.all_finite(g))
            ):
                return None
            t = int(clock[0]) + 1
            result, new = self.small(self.known(), False, ("", p, g, state[""], None, t, values))
            calls: list[Call] = [(setitem, state, "", new), (setitem, clock, 0, t)]
            if out is not None:
                calls.append((setitem, out, ALL, result))
                result = out
            run_all(calls)
            return result

        return take

    def steps(self, jobs: Sequence[Job], finite: bool) -> list[Done]:
        """What a step makes of arrays of any size, layout and dtype.

        All that it makes is new, and what was handed in is as it was, so it has no calls left to
        make but one: to keep the old slots as room for the slots of the step after.

        Raises
        ------
        NotFinite
            If ``finite``, and a gradient is not; each is looked at where it is in cache, before the rule.
        """
        known = self.known()
        if not known or len(jobs) < 2:
            return [self.alone(known, finite, job) for job in jobs]
        done: list[Done] = []
        for numbers in packs_of(jobs):
            several = [jobs[i] for i in numbers]
            if len(several) == 1:
                done.append(self.alone(known, finite, several[0]))
            else:
                done += self.together(finite, several)
        return done

    def alone(self, known: bool, finite: bool, job: Job) -> Done:
        """The step of one array."""
        if job[1].size > SMALL:
            return self.large(known, finite, job)
        return (*self.small(known, finite, job), ())

    def together(self, finite: bool, jobs: Sequence[Job]) -> list[Done]:
        """The step of several small arrays as of one."""
        key = tuple([(job[0], job[1].shape, job[1].dtype) for job in jobs])
        if key not in self._packs:
            dtype = jobs[0][1].dtype
            if dtype not in self._scratch:
                self._scratch[dtype] = [np.empty(PACKED, dtype) for _ in range(2)]
            self._packs[key] = Pack(jobs, self._scratch[dtype])
        _, _, _, _, _, t, values = jobs[0]
        return self._packs[key].step(jobs, lambda a: self.call(True, finite, a[0], a[1], a[2:], t, values))

    def small(self, known: bool, finite: bool, job: Job) -> tuple[np.ndarray, Arrays]:
        """The step of a small array: what the rule returns is taken as it is."""
        _, given, g, slots, _, t, values = job
        p = given.astype(state_dtype(given.dtype), copy=False)
        returned = self.call(known, finite, p, g, slots, t, values)
        # What is handed on as it came stays the caller's, or another slot's: it is copied.
        taken = {id(p), id(g)}
        result, *new = [adopted(x, s, taken) for x, s in zip(returned, (p, *slots), strict=True)]
        if result.strides != given.strides or p is not given:
            result = filled(np.empty_like(given), result)
        return result, tuple(new)

    def large(self, known: bool, finite: bool, job: Job) -> Done:
        """The step of a larger one, tile by tile; what the rule returns is copied from the cache."""
        place, p, g, slots, out, t, values = job
        room: list[Any] = self._room.get(place) or [None] * (1 + self.slots)
        room = [
            array if array is not None and alike(array, like) else np.empty_like(like)
            for array, like in zip(room, (p, *slots), strict=True)
        ]
        if p.size <= TILE and p.dtype == g.dtype == room[-1].dtype:
            fill(room, self.call(known, finite, p, g, slots, t, values))
        else:
            read = 2 + len(slots)
            for tile in tiles([p, g, *slots], room):
                fill(tile[read:], self.call(known, finite, tile[0], tile[1], tile[2:read], t, values))
        kept = [None if out is None else room[0], *slots]  # a result that is handed out is not ours any more
        return room[0], tuple(room[1:]), [(setitem, self._room, place, kept)]

    def commit(self, calls: Iterable[Call]) -> None:
        """Make an update happen, when nothing can fail any more."""
        run_all(calls)

    def call(
        self,
        known: bool,
        finite: bool,
        p: np.ndarray,
        g: np.ndarray,
        slots: Arrays,
        t: int,
        values: Sequence[float],
    ) -> tuple[Any, ...]:
        """What the rule returns for a tile, checked to be of the tile's shape."""
        if finite and not self.all_finite(g):
            raise NotFinite
        if known:
            returned = self.rule(p, g, *slots, t, *values)
        else:
            operands = [Operand(array.copy()) for array in (p, g, *slots)]
            returned = self.rule(*operands, t, *values)
            if isinstance(returned, tuple):
                returned = tuple(x._array.copy() if isinstance(x, Operand) else x for x in returned)
        count = 1 + self.slots
        if not isinstance(returned, tuple) or len(returned) != count:
            came = f"{len(returned)} values" if isinstance(returned, tuple) else "no tuple"
            raise TypeError(f"{name_of(self.rule)} returned {came}; expected {count}: p and its slots")
        for x in returned:
            if type(x) is not np.ndarray or x.shape != p.shape or x.dtype != p.dtype:
                self._check_returned(x, p)
        return returned

    def _check_returned(self, x: Any, p: np.ndarray) -> None:
        array = np.asarray(x)
        if array.dtype.kind not in "fiub":
            raise TypeError(f"{name_of(self.rule)} returned {array.dtype}; expected real numbers")
        if array.ndim and array.shape != p.shape:
            raise ValueError(
                f"{name_of(self.rule)} returned an array of shape {array.shape}; expected {p.shape}"
            )

    def known(self) -> bool:
        """Whether the rule's text, as it runs now, says nothing that is not of one element."""
        code, (read, holds) = getattr(self.rule, "__code__", None), self._read
        if code is None or code is not read or (holds and not holds()):
            self._read = code, self._proof()
        return self._read[1] is not None

    def _proof(self) -> Callable[[], bool] | None:
        """What tells whether the proof still holds; None where there is none."""
        try:
            program = read_program(self.rule)
            Split(name_of(self.rule), program, program.parameters[: 2 + self.slots])
        except TypeError:
            return None
        return None if program.in_place else program.holds


def alike(a: np.ndarray, b: np.ndarray) -> bool:
    return a.shape == b.shape and a.dtype == b.dtype and a.strides == b.strides


def fill(arrays: Arrays, values: Iterable[Any]) -> None:
    for array, value in zip(arrays, values, strict=True):
        array[...] = value
