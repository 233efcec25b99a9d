"""Whole descents compiled: many points, all steps, the gradient beside the rule's two halves."""

from collections.abc import Callable, Mapping, Sequence
from functools import lru_cache
from typing import Any

import numba
import numpy as np
from numba.core.errors import NumbaError
from numpy.typing import ArrayLike

from adamlearn.engines.numba.frozen import frozen
from adamlearn.engines.numba.loops import first_line, halves, listed
from adamlearn.engines.numba.threads import in_threads
from adamlearn.engines.program import Program, is_number
from adamlearn.engines.reader import read_program
from adamlearn.hyperparameters import checked
from adamlearn.sources import name_of, parameter_names

BLOCK = 512  # points that are taken through a step together: their state stays in cache


def endpoints(
    rule: Callable[..., Any],
    hyperparameters: Mapping[str, Any],
    gradient: Callable[..., Any],
    start: ArrayLike,
    steps: int | Sequence[int] | np.ndarray,
    bounds: tuple[float, float],
    instead: Mapping[str, ArrayLike],
) -> np.ndarray:
    """As :func:`adamlearn.descent.endpoints`; ``instead`` are values in place of the optimizer's own."""
    marks = np.atleast_1d(np.asarray(steps))
    if marks.dtype.kind not in "iu" or marks.ndim > 1 or (np.diff(marks, prepend=0) < 0).any():
        raise ValueError(f"steps is {steps}; expected a whole number, or several that increase")
    unknown = sorted(instead.keys() - hyperparameters.keys())
    if unknown:
        raise TypeError(
            f"{unknown} are no hyperparameters of {name_of(rule)}, which has {[*hyperparameters]}"
        )
    given, last = {**hyperparameters, **instead}, int(marks.max(initial=0))
    schedules = {
        name: np.array([checked(name, value(t)) for t in range(1, last + 1)], float)
        for name, value in given.items()
        if callable(value)
    }
    values = {name: _values(name, value) for name, value in given.items() if name not in schedules}
    points = np.array(start, dtype=float)
    batch = np.broadcast_shapes(points.shape[1:], *(value.shape for value in values.values()))
    coordinates = [np.broadcast_to(coordinate, batch).flatten() for coordinate in points]
    columns = {name: np.broadcast_to(v, batch).flatten() for name, v in values.items() if v.size > 1}
    numbers = {name: v.item() for name, v in values.items() if v.size == 1}
    program = read_program(rule)
    outside = program.values()
    if not all(map(is_number, outside)):
        raise TypeError(f"{name_of(rule)} takes {outside} from outside; expected numbers")
    slope = frozen(gradient)
    _compare(gradient, slope, [x[:1] for x in coordinates])
    names = list(given), frozenset(columns), frozenset(schedules)
    text = run_text(rule, program, slope, len(points), *names)
    run, kept = compiled_run(text, slope), [np.empty((x.size, marks.size)) for x in coordinates]
    by_point = [*coordinates, *kept, *columns.values()]
    rest = [*numbers.values(), *schedules.values(), *map(float, outside), marks, *map(float, bounds)]
    try:
        in_threads(lambda part: run(*(array[part] for array in by_point), *rest), coordinates[0].size, 64)
    except ArithmeticError as error:
        raise type(error)(f"{name_of(rule)} has a number that is not finite at some step: {error}") from error
    except NumbaError as error:
        raise TypeError(f"{name_of(gradient)} cannot be compiled: {first_line(error)}") from error
    ends = np.moveaxis(np.reshape(kept, (len(points), *batch, marks.size)), -1, 0)
    return ends if np.ndim(steps) else ends[0]


def _values(name: str, value: ArrayLike) -> np.ndarray:
    """The values of a hyperparameter, checked."""
    values = np.asarray(value)
    if values.dtype.kind not in "fiu":
        raise TypeError(f"{name} is {value}; expected a number, an array of numbers, or a schedule")
    for extreme in (values.min(), values.max()) if values.size else ():
        checked(name, extreme)
    return values.astype(float)


def _compare(gradient: Callable[..., Any], slope: Callable[..., Any], point: list[np.ndarray]) -> None:
    """Refuse a compiled gradient that does not do at the first point what the function does."""
    if not point or not point[0].size:
        return
    arguments = [x.item() for x in point] + [1.0] * takes_step(slope)
    try:
        with np.errstate(all="ignore"):
            expected = [float(g) for g in gradient(*arguments)]
    except Exception:  # at this point it has nothing to say, or only to arrays
        return
    try:
        found = slope(*arguments)
    except NumbaError as error:
        raise TypeError(f"{name_of(gradient)} cannot be compiled: {first_line(error)}") from error
    if len(found) != len(expected) or len(found) != len(point):
        raise TypeError(f"{name_of(gradient)} returns {len(expected)} numbers; expected {len(point)}")
    if not np.allclose(found, expected, rtol=1e-6, atol=1e-9, equal_nan=True):
        raise TypeError(f"{name_of(gradient)} cannot be compiled: it gives {found} in place of {expected}")


def takes_step(slope: Any) -> bool:
    """Whether a compiled gradient has a parameter ``t``."""
    return "t" in parameter_names(slope.py_func)


@lru_cache
def compiled_run(text: str, slope: Callable[..., Any]) -> Callable[..., None]:
    namespace: dict[str, Any] = {"gradient": slope}
    exec(text, namespace)
    for name in ("finite", "reciprocal", "numbers"):
        namespace[name] = numba.njit(error_model="python", nogil=True)(namespace[name])
    namespace["element"] = numba.njit(error_model="numpy", nogil=True)(namespace["element"])
    return numba.njit(error_model="numpy", nogil=True)(namespace["run"])


def run_text(
    rule: Callable[..., Any],
    program: Program,
    slope: Callable[..., Any],
    coordinates: int,
    hyperparameters: list[str],
    arrays: frozenset[str],
    schedules: frozenset[str],
) -> str:
    """The text of a module whose ``run`` takes points through all steps, a block of them at a time.

    The inner loops are over the points of a block. What the step's number alone decides, such as
    ``beta2**t``, is computed once for the block; where hyperparameters are arrays, once for each point.
    """
    text, split, outside, slots = halves(rule, program, exact=True)  # errors add up over many steps
    xs = [f"x{i}" for i in range(coordinates)]
    h = {name: f"h{i}" for i, name in enumerate(hyperparameters)}
    columns = [*xs, *(f"kept_{x}" for x in xs), *(h[name] for name in hyperparameters if name in arrays)]
    scheduled = [h[name] for name in hyperparameters if name in schedules]
    numbers = [h[name] for name in hyperparameters if name not in arrays | schedules]
    constants = [f"c{i}" for i in range(len(outside))]
    given = [*(f"all_{name}" for name in columns), *numbers, *(f"all_{name}" for name in scheduled)]
    values = ", ".join(["t"] + [f"{h[name]}[k]" if name in arrays else h[name] for name in h] + constants)
    point = ", ".join([f"{x}[k]" for x in xs] + ["t"] * takes_step(slope))
    gradients = ", ".join(f"g_{x}[k]" for x in xs)
    step_numbers = f"({listed(split.names)}) = numbers({values})"
    lines = [f"def run({', '.join([*given, *constants])}, marks, low, high):"]
    lines += [f"    for start in range(0, all_x0.size, {BLOCK}):"]
    lines += [f"        {name} = all_{name}[start:start + {BLOCK}]" for name in columns]
    lines += [f"        {new}_{x} = np.zeros(x0.size)" for x in xs for new in ["g", *slots]]
    lines += ["        done = 0", "        for mark in range(marks.size):"]
    lines += ["            for step in range(done, marks[mark]):", "                t = step + 1.0"]
    lines += [f"                {name} = all_{name}[step]" for name in scheduled]
    lines += [f"                {step_numbers}"] * (not arrays)
    lines += ["                for k in range(x0.size):"]
    lines += [f"                    {gradients}, = gradient({point})"]
    for x in xs:
        state = [f"{slot}_{x}[k]" for slot in slots]
        lines += ["                for k in range(x0.size):"]
        lines += [f"                    {step_numbers}"] * bool(arrays)
        operands = ", ".join([f"{x}[k]", f"g_{x}[k]", *state, *split.names])
        lines += [f"                    {', '.join(['p', *state])}, = element({operands})"]
        lines += [f"                    {x}[k] = low if p < low else high if p > high else p"]
    lines += ["            done = marks[mark]"]
    lines += ["            for k in range(x0.size):"]
    lines += [f"                kept_{x}[k, mark] = {x}[k]" for x in xs]
    return "\n".join([text, "", "", *lines])
