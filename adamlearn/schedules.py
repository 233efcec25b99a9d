"""Schedules: hyperparameters that change from step to step, as functions of the step number, 1 for the first.

Any optimizer takes one in place of a number: ``Adam(learning_rate=Cosine(0.01, steps=1000))``. A
decay begins with its full value at step 1 and would reach its end at step ``steps + 1``, so that no
step of a run of ``steps`` is spent at zero. Schedules are values: they compare, print and pickle.
"""

import math
from dataclasses import dataclass
from typing import Any

from adamlearn.counts import check_count
from adamlearn.hyperparameters import Schedule, checked


@dataclass(frozen=True)
class Linear:
    """Decay along a straight line, from ``start`` at step 1 to ``end`` after ``steps`` steps, and stay.

    Parameters
    ----------
    start : float
        The value at step 1.
    steps : int
        How many steps the decay takes.
    end : float, default 0
        The value after them.

    Raises
    ------
    TypeError
        If ``steps`` is not a whole number, or ``start`` or ``end`` is not a number.
    ValueError
        If ``steps`` is less than 1, or ``start`` or ``end`` is negative or not finite.

    Examples
    --------
    >>> from adamlearn.schedules import Linear
    >>> schedule = Linear(1.0, steps=4)
    >>> [schedule(t) for t in range(1, 7)]
    [1.0, 0.75, 0.5, 0.25, 0.0, 0.0]
    """

    start: float
    steps: int
    end: float = 0.0

    def __post_init__(self) -> None:
        check_count("steps", self.steps)
        _check_number("start", self.start)
        _check_number("end", self.end)

    def __call__(self, t: int) -> float:
        return self.end + (self.start - self.end) * (1 - _elapsed(t, self.steps))


@dataclass(frozen=True)
class Cosine:
    """Decay along half a cosine, from ``start`` at step 1 to ``end`` after ``steps`` steps, and stay.

    Parameters
    ----------
    start : float
        The value at step 1.
    steps : int
        How many steps the decay takes.
    end : float, default 0
        The value after them.

    Raises
    ------
    TypeError
        If ``steps`` is not a whole number, or ``start`` or ``end`` is not a number.
    ValueError
        If ``steps`` is less than 1, or ``start`` or ``end`` is negative or not finite.

    Notes
    -----
    Source: Loshchilov & Hutter, "SGDR: stochastic gradient descent with warm restarts", 2017,
    equation 5, without restarts.

    Examples
    --------
    >>> from adamlearn.schedules import Cosine
    >>> schedule = Cosine(1.0, steps=4)
    >>> [round(schedule(t), 3) for t in range(1, 7)]
    [1.0, 0.854, 0.5, 0.146, 0.0, 0.0]
    """

    start: float
    steps: int
    end: float = 0.0

    def __post_init__(self) -> None:
        check_count("steps", self.steps)
        _check_number("start", self.start)
        _check_number("end", self.end)

    def __call__(self, t: int) -> float:
        return self.end + (self.start - self.end) * (1 + math.cos(math.pi * _elapsed(t, self.steps))) / 2


@dataclass(frozen=True)
class Exponential:
    """Decay by the same ``factor`` in every ``steps`` steps, from ``start`` at step 1.

    Parameters
    ----------
    start : float
        The value at step 1.
    steps : int
        How many steps it takes to be multiplied by ``factor`` once.
    factor : float
        What the value is multiplied by in ``steps`` steps: less than 1 for a decay.

    Raises
    ------
    TypeError
        If ``steps`` is not a whole number, or ``start`` or ``factor`` is not a number.
    ValueError
        If ``steps`` is less than 1, or ``start`` or ``factor`` is negative or not finite.

    Examples
    --------
    >>> from adamlearn.schedules import Exponential
    >>> schedule = Exponential(1.0, steps=2, factor=0.25)
    >>> [schedule(t) for t in range(1, 6)]
    [1.0, 0.5, 0.25, 0.125, 0.0625]
    """

    start: float
    steps: int
    factor: float

    def __post_init__(self) -> None:
        check_count("steps", self.steps)
        _check_number("start", self.start)
        _check_number("factor", self.factor)

    def __call__(self, t: int) -> float:
        return self.start * self.factor ** ((t - 1) / self.steps)


@dataclass(frozen=True)
class InverseSquareRoot:
    """Decay as ``start / sqrt(t)``, or slower: as ``start / sqrt(1 + (t - 1) / steps)``.

    Parameters
    ----------
    start : float
        The value at step 1.
    steps : int, default 1
        How many steps the squared divisor takes to grow by 1.

    Raises
    ------
    TypeError
        If ``steps`` is not a whole number, or ``start`` is not a number.
    ValueError
        If ``steps`` is less than 1, or ``start`` is negative or not finite.

    Notes
    -----
    ``start / sqrt(t)`` is the rate of the regret bounds: Kingma & Ba, "Adam: a method for
    stochastic optimization", 2015, theorem 4.1.

    Examples
    --------
    >>> from adamlearn.schedules import InverseSquareRoot
    >>> [InverseSquareRoot(1.0)(t) for t in (1, 4, 16)]
    [1.0, 0.5, 0.25]
    """

    start: float
    steps: int = 1

    def __post_init__(self) -> None:
        check_count("steps", self.steps)
        _check_number("start", self.start)

    def __call__(self, t: int) -> float:
        return self.start / math.sqrt(1 + (t - 1) / self.steps)


@dataclass(frozen=True)
class Warmup:
    """Rise in ``steps`` equal steps to where another schedule starts, then follow it from its step 1.

    Parameters
    ----------
    steps : int
        The first step has ``1 / steps`` of the full value, the step ``steps`` all of it.
    then : float or callable
        The value to hold, or the schedule to follow.

    Raises
    ------
    TypeError
        If ``steps`` is not a whole number, or ``then``, if it is no schedule, is not a number.
    ValueError
        If ``steps`` is less than 1, or ``then``, if it is no schedule, is negative or not finite.

    Examples
    --------
    >>> from adamlearn.schedules import Linear, Warmup
    >>> schedule = Warmup(2, then=Linear(1.0, steps=4))
    >>> [schedule(t) for t in range(1, 8)]
    [0.5, 1.0, 1.0, 0.75, 0.5, 0.25, 0.0]
    """

    steps: int
    then: float | Schedule

    def __post_init__(self) -> None:
        check_count("steps", self.steps)
        if not callable(self.then):
            _check_number("then", self.then, ", or a schedule")

    def __call__(self, t: int) -> float:
        if t <= self.steps:
            return t / self.steps * self._follow(1)
        return self._follow(t - self.steps)

    def _follow(self, t: int) -> float:
        return self.then(t) if callable(self.then) else self.then


def _elapsed(t: int, steps: int) -> float:
    """The share of the steps that lie behind: 0 at step 1, 1 after ``steps`` steps and ever after."""
    return min((t - 1) / steps, 1.0)


def _check_number(name: str, value: Any, also: str = "") -> None:
    """Refuse what no hyperparameter may be; ``also`` says what would be taken beside a number."""
    try:
        checked(name, value)
    except TypeError:
        raise TypeError(f"{name} is {value!r}; expected a number{also}") from None
