"""Schedules: hyperparameters that change from step to step, as functions of the step number, 1 for the first.

Any optimizer takes one in place of a number: ``Adam(learning_rate=Cosine(0.01, steps=1000))``. A
decay begins with its full value at step 1 and would reach its end at step ``steps + 1``, so that no
step of a run of ``steps`` is spent at zero. Schedules are values: they compare, print and pickle.
"""

import math
from dataclasses import dataclass

from adamlearn.optimizers import Schedule


@dataclass(frozen=True)
class Linear:
    """Decay along a straight line, from ``start`` at step 1 to ``end`` after ``steps`` steps, and stay.

    Parameters
    ----------
    start : float
    steps : int
    end : float, default 0

    Raises
    ------
    ValueError
        If ``steps`` is less than 1.
    """

    start: float
    steps: int
    end: float = 0.0

    def __post_init__(self) -> None:
        _check_steps(self.steps)

    def __call__(self, t: int) -> float:
        return self.end + (self.start - self.end) * (1 - _elapsed(t, self.steps))


@dataclass(frozen=True)
class Cosine:
    """Decay along half a cosine, from ``start`` at step 1 to ``end`` after ``steps`` steps, and stay.

    Parameters
    ----------
    start : float
    steps : int
    end : float, default 0

    Raises
    ------
    ValueError
        If ``steps`` is less than 1.

    Notes
    -----
    Source: Loshchilov & Hutter, "SGDR: stochastic gradient descent with warm restarts", 2017,
    equation 5, without restarts.
    """

    start: float
    steps: int
    end: float = 0.0

    def __post_init__(self) -> None:
        _check_steps(self.steps)

    def __call__(self, t: int) -> float:
        return self.end + (self.start - self.end) * (1 + math.cos(math.pi * _elapsed(t, self.steps))) / 2


@dataclass(frozen=True)
class Exponential:
    """Decay by the same ``factor`` in every ``steps`` steps, from ``start`` at step 1.

    Parameters
    ----------
    start : float
    steps : int
    factor : float

    Raises
    ------
    ValueError
        If ``steps`` is less than 1.
    """

    start: float
    steps: int
    factor: float

    def __post_init__(self) -> None:
        _check_steps(self.steps)

    def __call__(self, t: int) -> float:
        return self.start * self.factor ** ((t - 1) / self.steps)


@dataclass(frozen=True)
class InverseSquareRoot:
    """Decay as ``start / sqrt(t)``, or slower: as ``start / sqrt(1 + (t - 1) / steps)``.

    Parameters
    ----------
    start : float
    steps : int, default 1
        How many steps the squared divisor takes to grow by 1.

    Raises
    ------
    ValueError
        If ``steps`` is less than 1.

    Notes
    -----
    ``start / sqrt(t)`` is the rate of the regret bounds: Kingma & Ba, "Adam: a method for
    stochastic optimization", 2015, theorem 4.1.
    """

    start: float
    steps: int = 1

    def __post_init__(self) -> None:
        _check_steps(self.steps)

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
    ValueError
        If ``steps`` is less than 1.

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
        _check_steps(self.steps)

    def __call__(self, t: int) -> float:
        if t <= self.steps:
            return t / self.steps * self._follow(1)
        return self._follow(t - self.steps)

    def _follow(self, t: int) -> float:
        return self.then(t) if callable(self.then) else self.then


def _elapsed(t: int, steps: int) -> float:
    """The share of the steps that lie behind: 0 at step 1, 1 after ``steps`` steps and ever after."""
    return min((t - 1) / steps, 1.0)


def _check_steps(steps: int) -> None:
    if steps < 1:
        raise ValueError(f"steps is {steps}; expected at least 1")
