"""What a rule's signature says: its slots and hyperparameters; and what values these may have."""

import inspect
import math
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from adamlearn.sources import name_of

Schedule = Callable[[int], float]


def read_rule(rule: Callable[..., Any]) -> tuple[tuple[str, ...], inspect.Signature]:
    """The names of a rule's slots, and the signature of its hyperparameters.

    Raises
    ------
    TypeError
        If it is not a rule: ``(p, g, *slots, t, *hyperparameters)``.

    Examples
    --------
    >>> from adamlearn import rules
    >>> from adamlearn.hyperparameters import read_rule
    >>> slots, hyperparameters = read_rule(rules.sgd)
    >>> slots, str(hyperparameters)
    (('velocity',), '(learning_rate=0.01, momentum=0.0)')
    """
    try:
        parameters = list(inspect.signature(rule).parameters.values())
    except (TypeError, ValueError):
        raise TypeError(f"{rule!r} is not a rule; expected a function with a signature") from None
    names = [parameter.name for parameter in parameters]
    plain = all(parameter.kind is parameter.POSITIONAL_OR_KEYWORD for parameter in parameters)
    if names[:2] != ["p", "g"] or "t" not in names or not plain:
        form = f"{name_of(rule)}({', '.join(map(str, parameters))})"
        raise TypeError(f"{form} is not a rule; expected (p, g, *slots, t, *hyperparameters)")
    t = names.index("t")
    if "rule" in names[2:t]:
        raise TypeError(f"{name_of(rule)} has a slot named rule, which has a meaning in a state_dict")
    return tuple(names[2:t]), inspect.Signature(parameters[t + 1 :])


def bind(name: str, signature: inspect.Signature, *args: Any, **kwargs: Any) -> inspect.BoundArguments:
    """Match arguments with hyperparameters; refuse in words what does not fit."""
    try:
        return signature.bind(*args, **kwargs)
    except TypeError as error:
        raise TypeError(f"{name}: {error}; its hyperparameters are {signature}") from None


def checked(name: str, value: Any) -> float:
    """A hyperparameter's value as a Python float (NumPy's would turn float32 arrays into float64).

    Raises
    ------
    TypeError
        If it is not a number.
    ValueError
        If it is negative or not finite, or one whose name starts with ``beta`` is outside [0, 1).

    Examples
    --------
    >>> import numpy as np
    >>> from adamlearn.hyperparameters import checked
    >>> checked("beta1", np.float32(0.5))
    0.5
    """
    try:
        finite = math.isfinite(value)  # unlike float(), it takes no strings
        number = float(value)
    except TypeError:
        kind = "; what differs by place is for by_place" if isinstance(value, dict) else ""
        raise TypeError(
            f"{name} is {value!r}; expected a number, or a schedule that returns one{kind}"
        ) from None
    except OverflowError:
        raise ValueError(f"{name} is too large for a float; expected a finite number, 0 or more") from None
    if not (finite and number >= 0):
        raise ValueError(f"{name} is {number}; expected a finite number, 0 or more")
    if name.startswith("beta") and number >= 1:
        raise ValueError(f"{name} is {number}; expected a number in [0, 1)")
    return number


def number_or_schedule(name: str, value: Any) -> Any:
    """A value for all steps, checked, or a schedule, whose values are checked when they come."""
    return value if callable(value) else checked(name, value)


def at_step(name: str, value: Any, t: int) -> float:
    """The value at step ``t``."""
    return checked(name, value(t)) if callable(value) else value


class Settings:
    """The hyperparameters of an optimizer, and what differs of them by place.

    Attributes
    ----------
    hyperparameters : dict
        Name to number or schedule, in the order of the rule's signature.
    by_place : callable or None
    constants : tuple of float
        Those of all steps at once where none is a schedule; else empty.
    """

    def __init__(self, hyperparameters: Mapping[str, Any], by_place: Callable[[str], Any] | None):
        if by_place is not None and not callable(by_place):
            raise TypeError(f"by_place is {by_place!r}; expected a function of the place")
        new = {name: number_or_schedule(name, value) for name, value in hyperparameters.items()}
        self.hyperparameters = new
        self.by_place = by_place
        self.constants = () if any(map(callable, new.values())) else tuple(new.values())
        self._differing: dict[str, dict[str, Any]] = {}  # by place, once it has been asked

    def values(self, places: Sequence[str], t: int) -> list[tuple[float, ...]]:
        """The values at step ``t``, for every place; a schedule's value is checked now."""
        common = self.constants or tuple(at_step(*item, t) for item in self.hyperparameters.items())
        if self.by_place is None:
            return [common] * len(places)
        names, found = list(self.hyperparameters), []
        for place in places:
            if place not in self._differing:
                self._differing[place] = self._asked(place)
            values = dict(zip(names, common, strict=True))
            for name, value in self._differing[place].items():
                values[name] = at_step(f"{name} at {place}", value, t)
            found.append(tuple(values.values()))
        return found

    def _asked(self, place: str) -> dict[str, Any]:
        """What ``by_place`` says of a place, checked."""
        assert self.by_place is not None
        given = self.by_place(place)
        if not isinstance(given, Mapping):
            raise TypeError(f"by_place({place!r}) returned {given!r}; expected a dict of hyperparameters")
        for name in given:
            if name not in self.hyperparameters:
                known = list(self.hyperparameters)
                raise TypeError(f"by_place({place!r}) has {name!r}; the hyperparameters are {known}")
        return {name: number_or_schedule(f"{name} at {place}", value) for name, value in given.items()}

    def __repr__(self) -> str:
        shown = [f"{name}={getattr(v, '__name__', repr(v))}" for name, v in self.hyperparameters.items()]
        if self.by_place is not None:
            shown.append(f"by_place={name_of(self.by_place)}")
        return ", ".join(shown)
