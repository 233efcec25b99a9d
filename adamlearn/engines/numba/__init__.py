"""A rule compiled by Numba, over arrays of any layout, in threads where there is enough to do."""

import warnings
from collections.abc import Callable, Iterable, Sequence
from typing import Any

import numpy as np
from numba.core.errors import NumbaError

from adamlearn.engines.arrays import Arrays, NotFinite, all_finite, filled, flat, state_dtype
from adamlearn.engines.numba.loops import Loops, compiled_loops, first_line, generated
from adamlearn.engines.numba.threads import LOOKED_AT, SHARE, in_a_thread, in_threads
from adamlearn.engines.numpy import Call, Done, Job, NumpyEngine, ShortWay, run_all
from adamlearn.engines.program import Program, is_number
from adamlearn.engines.reader import read_program
from adamlearn.sources import name_of


class NumbaEngine:
    """A rule compiled.

    Its loops write where they are told: what may fail must have failed before they begin, and operands
    must not share memory with what is written, unless they are the same array.

    Parameters
    ----------
    rule : callable
    slots : int
        How many it has.
    """

    def __init__(self, rule: Callable[..., Any], slots: int):
        self.rule = rule
        self.slots = slots
        self.itself = NumpyEngine(rule, slots)  # for what is not for loops
        self._read: tuple[Any, Program, Loops] | None = None
        # By place the parameters and slots of the step before, and both as loops take them.
        self._plans: dict[str, tuple[np.ndarray, Arrays, Arrays, np.dtype]] = {}

    def __reduce__(self) -> tuple[type, tuple[Callable[..., Any], int]]:
        return type(self), (self.rule, self.slots)  # compiled loops do not pickle

    def loops(self) -> tuple[Loops, tuple[float, ...]]:
        """The loops of the rule as it is now, and the numbers that it takes from outside now.

        Raises
        ------
        TypeError
            If it cannot be compiled; the message says why.
        """
        code, read = getattr(self.rule, "__code__", None), self._read
        if read is None or code is not read[0] or not read[1].holds():
            read = self._read = (code, *self._compiled())
        outside = read[1].values()
        if outside:
            if not all(map(is_number, outside)):
                raise TypeError(f"{name_of(self.rule)} takes {outside} from outside; expected numbers")
            outside = tuple(map(float, outside))
        return read[2], outside

    def _compiled(self) -> tuple[Program, Loops]:
        try:
            program = read_program(self.rule)
            return program, compiled_loops(generated(self.rule, program))
        except TypeError as error:
            reason = str(error)
            if "cannot be compiled" not in reason:
                reason = f"{name_of(self.rule)} cannot be compiled: {reason}"
            raise TypeError(f"engine='numba': {reason}") from None

    def check(self, p: np.ndarray) -> None:
        """Refuse parameters that there are no loops for, and a rule that cannot be compiled."""
        if state_dtype(p.dtype).char not in "fd":
            raise TypeError(f"engine='numba' has no {p.dtype}; expected float16, float32 or float64")
        self.loops()

    def _all_finite(self, compiled: Loops, g: np.ndarray) -> bool:
        """Whether every element is finite."""
        char, flags = g.dtype.char, g.flags
        if char not in "fd" or not flags.aligned:
            return all_finite(g)
        flat = g if g.ndim == 1 else g.ravel(order="K")
        if ("all_finite", char, flags.writeable) not in compiled.ready:
            compiled.make_ready("all_finite", [flat], ())
        if g.nbytes < 2 * LOOKED_AT:
            return compiled.all_finite(flat)
        share = LOOKED_AT // g.itemsize
        return all(in_threads(lambda part: compiled.all_finite(flat[part]), g.size, share))

    def short_way(
        self, state: dict[str, Arrays], clock: np.ndarray, values: tuple[float, ...]
    ) -> ShortWay | None:
        """A function that takes the next steps of a small lone array, each in one call of a compiled loop.

        That they have memory of their own is seen to here, sizes and the rest by the loop itself, before
        it begins; arrays of other types it does not take, and it counts the step.
        """
        compiled, outside = self.loops()
        if outside or not state[""] or state[""][0].nbytes >= 2 * SHARE:
            return None
        assert self._read is not None
        holds = self._read[1].holds
        # Those that have been compiled: they take arrays of the types that they know, and raise at others.
        into, in_place = (
            getattr(compiled, n) if n in compiled.compiled else None for n in ("into", "in_place")
        )
        rest = (*state[""], clock, *values)

        def take(check: bool, p: np.ndarray, g: np.ndarray, out: np.ndarray | None) -> np.ndarray | None:
            if p.base is not None or g.base is not None or not holds():
                return None
            try:
                if out is p and in_place:
                    return p if in_place(2 if check else 1, p, g, *rest) else None
                if out is None and into:
                    out = np.empty_like(p)
                    return out if into(2 if check else 1, out, p, g, *rest) else None
            except (ArithmeticError, TypeError, NumbaError):
                pass  # numbers for the rule itself, or arrays that are not like those before
            return None

        return take

    def steps(self, jobs: Sequence[Job], finite: bool) -> list[Done]:
        """What a step makes of arrays of any size, layout and dtype.

        Where they are as loops take them, ``out`` and the slots themselves, with the calls that fill them.

        Raises
        ------
        NotFinite
            If ``finite``, and a gradient is not: all have been looked at when the first call is made.
        """
        compiled, outside = self.loops()
        look, ready = compiled.all_finite, compiled.ready
        plans: dict[str, Any] = self._plans
        now: Any = None
        done = []
        for job in jobs:
            place, p, g, slots, out, t, own = job
            if now is None or now[0] != t or now[1] is not own:
                now = t, own, self._moment(compiled, t, (*own, *outside))
            plan = plans.get(place, (None,))
            planned = plan[0] is p is out and plan[1] is slots and now[2] is not None
            if planned and g.strides == p.strides and g.flags.behaved and g.dtype == plan[3]:
                clock, values = now[2]
                flat_g = g if g.ndim == 1 else g.ravel(order="K")
                known = ("all_finite", plan[3].char, True) in ready
                if finite and not (look(flat_g) if known else self._all_finite(compiled, g)):
                    raise NotFinite
                call = compiled.in_place, 0, plan[2][0], flat_g, *plan[2][1:], clock, *values
                done.append((p, slots, (call,)))
            else:
                if finite and not self._all_finite(compiled, g):
                    raise NotFinite
                if now[2] is None:
                    done += self.itself.steps([job], False)
                else:
                    done.append(self._planned(compiled, job, *now[2]))
        return done

    def _moment(self, compiled: Loops, t: int, values: tuple[float, ...]) -> Any:
        """The clock and the numbers of a step for the loops; None where the rule itself is to take it."""
        if "regular" not in compiled.compiled:
            self.make_ready(compiled, "regular", (), values)
        try:
            compiled.regular(float(t), *values)
        except ArithmeticError:
            return None
        return np.array([t - 1]), values

    def _planned(self, compiled: Loops, job: Job, clock: np.ndarray, values: tuple[float, ...]) -> Done:
        """The step of arrays that are not those of the step before; of small ones a plan is kept."""
        place, p, g, slots, out, _, own = job
        result, dtype = np.empty_like(p) if out is None else out, state_dtype(p.dtype)
        if not flat([p, g, *slots, result], dtype):
            return self._with_copies(compiled, job, clock, values)
        name, operands = ("in_place", (p, g, *slots)) if result is p else ("into", (result, p, g, *slots))
        arrays = [array.ravel(order="K") for array in operands]
        self.make_ready(compiled, name, arrays, values)
        self._compare(compiled, dtype, values, own)
        if p.nbytes >= 2 * SHARE:
            return result, slots, [(spread, getattr(compiled, name), arrays, clock, values)]
        if result is p:
            self._plans[place] = p, slots, (arrays[0], *arrays[2:]), dtype
        return result, slots, [(getattr(compiled, name), 0, *arrays, clock, *values)]

    def _with_copies(self, compiled: Loops, job: Job, clock: np.ndarray, values: tuple[float, ...]) -> Done:
        """The step of arrays of any other layout or dtype, with copies that have those of the slots."""
        _, p, g, slots, _, _, own = job
        like = np.empty_like(slots[0] if slots else p, dtype=state_dtype(p.dtype))
        new = [filled(np.empty_like(like), array) for array in (p, g, *slots)]
        arrays = [array.ravel(order="K") for array in new]
        self.make_ready(compiled, "in_place", arrays, values)
        self._compare(compiled, like.dtype, values, own)
        compiled.in_place(0, *arrays, clock, *values)
        return filled(np.empty_like(p), new[0]), tuple(new[2:]), ()

    def make_ready(self, compiled: Loops, name: str, arrays: Arrays, values: tuple[float, ...]) -> None:
        """Compile what the step needs."""
        try:
            with warnings.catch_warnings():
                warnings.simplefilter("ignore")
                compiled.make_ready(name, arrays, values)
        except NumbaError as error:
            raise TypeError(
                f"engine='numba': {name_of(self.rule)} cannot be compiled: {first_line(error)}"
            ) from error

    def _compare(
        self, compiled: Loops, dtype: np.dtype, values: tuple[float, ...], own: tuple[float, ...]
    ) -> None:
        """Refuse loops that do not do what the rule does when Python calls it; once is enough."""
        key = self.rule.__code__, dtype.char
        if key in compiled.compared:
            return
        rng = np.random.default_rng(0)
        arrays = [rng.normal(size=7).astype(dtype) for _ in range(2 + self.slots)]
        arrays[2:] = [np.abs(slot) for slot in arrays[2:]]
        for t in (1, 2, 7, 1000):
            here = [array.copy() for array in arrays]
            try:
                self.make_ready(compiled, "in_place", here, values)
                compiled.in_place(0, *here, np.array([t - 1]), *values)
            except ArithmeticError:
                continue
            with np.errstate(all="ignore"):
                [there] = self.itself.steps([("", arrays[0], arrays[1], arrays[2:], None, t, own)], False)
            for x, y in zip([here[0], *here[2:]], [there[0], *there[1]], strict=True):
                size = np.abs(y, where=np.isfinite(y), out=np.zeros_like(y)).max()
                tolerance = np.finfo(dtype).eps ** 0.5
                if not np.allclose(x, y, rtol=tolerance, atol=tolerance * size, equal_nan=True):
                    raise TypeError(
                        f"engine='numba': {name_of(self.rule)} cannot be compiled: its loop gives {x} where "
                        f"the rule gives {y} (step {t} of p = {arrays[0]})"
                    )
        compiled.compared.add(key)

    def commit(self, calls: Iterable[Call]) -> None:
        """Make an update happen; an interrupt waits for its end."""
        calls = list(calls)
        if any(call[0] is spread for call in calls):
            in_a_thread(lambda: run_all(calls))
        else:
            run_all(calls)


def spread(loop: Callable[..., Any], arrays: Arrays, clock: np.ndarray, values: tuple[float, ...]) -> None:
    """A loop over long arrays, in threads."""
    share = SHARE // arrays[0].itemsize
    in_threads(
        lambda part: loop(0, *(array[part] for array in arrays), clock, *values), arrays[0].size, share
    )
