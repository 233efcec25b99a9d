"""What an explorable is made of, described so that the page can show it, run it and write it down."""

import inspect
import math
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from itertools import chain, count
from numbers import Real
from typing import Any

import numpy as np

import adamlearn
from adamlearn import landscapes, plots
from adamlearn.explorables.portable import as_python, portable_or_none, traced_names, traced_source
from adamlearn.hyperparameters import read_rule
from adamlearn.landscapes import Landscape
from adamlearn.optimizer import Optimizer
from adamlearn.plots import STYLES
from adamlearn.streams import STREAMS

Choice = str | Optimizer | type[Optimizer] | Callable[..., Any]


@dataclass(frozen=True)
class Entry:
    """One optimizer of an explorable.

    Attributes
    ----------
    label : str
        Its name in the figure.
    optimizer : Optimizer
        As it was given.
    style : dict
        Its colour and line style, as keywords for Matplotlib.
    """

    label: str
    optimizer: Optimizer
    style: dict[str, Any]

    @property
    def hyperparameters(self) -> dict[str, float]:
        """Their values at the start, in the order of the rule's signature."""
        _, signature = read_rule(self.optimizer.rule)
        return {name: getattr(self.optimizer, name) for name in signature.parameters}

    def with_values(self, hyperparameters: Mapping[str, float]) -> Optimizer:
        """The optimizer with other hyperparameters and no memory."""
        optimizer = self.optimizer.clone()
        for name, value in hyperparameters.items():
            setattr(optimizer, name, value)
        return optimizer

    def described(self, traced: bool) -> dict[str, Any]:
        """For the page: the rule, what it takes, how it is drawn and how it is written in Python."""
        rule = self.optimizer.rule
        slots, signature = read_rule(rule)
        defaults = {name: plain(p.default) for name, p in signature.parameters.items() if finite(p.default)}
        line = self.style["linestyle"]
        return {
            "label": self.label,
            "rule": portable_or_none(rule, traced_source(rule) if traced else None),
            "slots": len(slots),
            "names": list(signature.parameters),
            "defaults": defaults,
            "quantities": list(dict.fromkeys([*traced_names(rule), "step"])) if traced else [],
            "color": self.style["color"],
            "dash": [2 * length for length in line[1]] if isinstance(line, tuple) else [],
            "python": self._python(),
        }

    def _python(self) -> dict[str, Any]:
        name = type(self.optimizer).__name__
        if getattr(adamlearn, name, None) is type(self.optimizer) and name != "Optimizer":
            return {"lines": [f"from adamlearn import {name}"], "call": f"{name}("}
        lines, expression = as_python(self.optimizer.rule)
        return {"lines": ["from adamlearn import Optimizer", *lines], "call": f"Optimizer({expression}, "}


def plain(value: Any) -> Any:
    """A number of NumPy's as Python's; what else there is as it is."""
    return value.item() if isinstance(value, np.generic) else value


def finite(value: Any) -> bool:
    """Whether it is a number that JSON can carry."""
    return isinstance(value, Real) and math.isfinite(value)


def read_optimizers(optimizers: Choice | Iterable[Choice] | Mapping[str, Choice]) -> list[Entry]:
    """The optimizers that an explorable was asked for, each with a label and a style of its own.

    Raises
    ------
    TypeError, ValueError
        If one is neither an optimizer, a class, a name of one, nor a rule; or two have one label.
    """
    chosen: dict[str, Optimizer] = {}
    if isinstance(optimizers, Mapping):
        chosen = {str(label): _optimizer(choice) for label, choice in optimizers.items()}
    else:
        several: Any = optimizers
        if isinstance(optimizers, str | Optimizer) or callable(optimizers):
            several = [optimizers]
        for choice in several:
            optimizer = _optimizer(choice)
            label = own_name(optimizer.rule if type(optimizer) is Optimizer else type(optimizer))
            if label in chosen:
                raise ValueError(f"optimizers has {label} twice; expected a dict, label to optimizer")
            chosen[label] = optimizer
    if not chosen:
        raise ValueError("optimizers is empty; expected at least one")
    return [Entry(label, chosen[label], style) for label, style in _styles(chosen).items()]


def own_name(value: Any) -> str:
    """The name of a function or a class, or that of an object's class."""
    return getattr(value, "__name__", type(value).__name__)


def _optimizer(choice: Any) -> Optimizer:
    """An optimizer from itself, its class, its name or a rule."""
    if isinstance(choice, str):
        named = getattr(adamlearn, choice, None)
        if not (isinstance(named, type) and issubclass(named, Optimizer) and named is not Optimizer):
            raise ValueError(f"optimizers has {choice!r}; expected the name of a class such as 'Adam'")
        return named()  # type: ignore[call-arg]
    if isinstance(choice, type) and issubclass(choice, Optimizer):
        return choice()  # type: ignore[call-arg]
    if not isinstance(choice, Optimizer):
        choice = Optimizer(choice)  # refuses what is not a rule
    for name in read_rule(choice.rule)[1].parameters:
        if callable(getattr(choice, name)):
            raise TypeError(f"{name} of {choice!r} is a schedule; expected a number, which a slider can set")
    return choice


def _styles(optimizers: Mapping[str, Optimizer]) -> dict[str, dict[str, Any]]:
    """The fixed style of each named optimizer; for what has none, or shares one, a style still free."""
    styles: dict[str, dict[str, Any]] = {}
    taken = set()
    for label, optimizer in optimizers.items():
        for name in (label, type(optimizer).__name__):
            if name in STYLES and name not in taken:
                styles[label] = STYLES[name]
                taken.add(name)
                break
    own = {**plots.style(""), "linestyle": (0, (3, 1, 1, 1))}
    others = [own, *(style for name, style in reversed(STYLES.items()) if name not in taken)]
    free = chain(others, ({"color": "#777777", "linestyle": (0, (n, 2))} for n in count(2)))
    return {label: styles.get(label) or next(free) for label in optimizers}


def read_landscapes(functions: Any, **of_callables: Any) -> dict[str, Landscape]:
    """The landscapes by name; a plain callable becomes one by what ``of_callables`` says of it.

    Raises
    ------
    TypeError, ValueError
        If one is neither a landscape nor callable, or two have one name.
    """
    if isinstance(functions, str | Landscape) or callable(functions):
        functions = [functions]
    found: dict[str, Landscape] = {}
    for function in functions:
        if isinstance(function, str):
            function = _named(function)
        if not isinstance(function, Landscape):
            function = _landscape(function, **of_callables)
        if function.name in found:
            raise ValueError(f"two functions are named {function.name!r}; expected names that differ")
        found[function.name] = function
    if not found:
        raise ValueError("function is empty; expected at least one landscape")
    return found


def _named(name: str) -> Landscape:
    if name not in landscapes.LANDSCAPES:
        raise ValueError(f"function is {name!r}; expected one of {[*landscapes.LANDSCAPES]}")
    return landscapes.LANDSCAPES[name]


def _landscape(value: Any, gradient: Any, minima: Any, window: Any, start: Any) -> Landscape:
    """A landscape of a plain function of x and y."""
    if not callable(value):
        raise TypeError(f"function is {value!r}; expected a Landscape or a function of x and y")
    x_min, x_max, y_min, y_max = window = tuple(map(float, window))
    if start is None:
        start = (x_min + 0.2 * (x_max - x_min), y_min + 0.8 * (y_max - y_min))
    gradient = gradient or central_differences(value)
    minima = tuple((float(x), float(y)) for x, y in minima)
    return Landscape(own_name(value), value, gradient, minima, window, tuple(map(float, start)))


def central_differences(value: Callable[..., Any]) -> Callable[..., Any]:
    """The gradient of a function of two variables, to about ten digits."""
    h = float(np.cbrt(np.finfo(float).eps))

    def gradient(x, y):
        return (value(x + h, y) - value(x - h, y)) / (2 * h), (value(x, y + h) - value(x, y - h)) / (2 * h)

    return gradient


def lowest_value(landscape: Landscape) -> float | None:
    """The lowest value at the known minima, if there is one."""
    found = []
    with np.errstate(all="ignore"):
        for minimum in landscape.minima:
            try:
                found.append(float(landscape.value(*minimum)))
            except Exception:  # of the user's own function: it has no value there
                pass
    return min(filter(math.isfinite, found), default=None)


def described_landscape(landscape: Landscape) -> dict[str, Any]:
    """For the page: the function and its gradient, where to look at it, and how it is written in Python."""
    places = {
        "minima": tuple(tuple(map(float, minimum)) for minimum in landscape.minima),
        "window": tuple(map(float, landscape.window)),
        "start": tuple(map(float, landscape.start)),
    }
    return {
        "name": landscape.name,
        "value": portable_or_none(landscape.value),
        "gradient": portable_or_none(landscape.gradient),
        "window": list(places["window"]),
        "minima": list(map(list, places["minima"])),
        "lowest": lowest_value(landscape),
        "start": list(places["start"]),
        "python": _python(landscape, ", ".join(map(repr, places.values()))),
    }


def _python(landscape: Landscape, places: str) -> dict[str, Any]:
    name = landscape.name
    if getattr(landscapes, name, None) is landscape:
        return {"lines": [f"from adamlearn.landscapes import {name}"], "name": name}
    if landscapes.LANDSCAPES.get(name) is landscape:
        return {"lines": ["from adamlearn.landscapes import LANDSCAPES"], "name": f'LANDSCAPES["{name}"]'}
    value_lines, value = as_python(landscape.value)
    gradient_lines, gradient = as_python(landscape.gradient)
    made = f"function = Landscape({name!r}, {value}, {gradient}, {places})"
    lines = ["from adamlearn.landscapes import Landscape", *value_lines, *gradient_lines, made]
    return {"lines": lines, "name": "function"}


def read_streams(stream: Any) -> dict[str, Any]:
    """The streams by name: functions, and under ``"drawn"`` given gradients.

    Raises
    ------
    TypeError, ValueError
        If one is neither a name in ``adamlearn.streams.STREAMS``, a function of the
        step number, nor gradients.
    """
    if isinstance(stream, str) or callable(stream) or isinstance(stream[0], Real):
        stream = [stream]
    found: dict[str, Any] = {}
    for choice in stream:
        if isinstance(choice, str):
            if choice not in STREAMS and choice != "drawn":
                raise ValueError(f"stream has {choice!r}; expected one of {[*STREAMS, 'drawn']}")
            found[choice] = STREAMS.get(choice, [])
        elif callable(choice):
            found[own_name(choice)] = choice
        else:
            found["drawn"] = [float(g) for g in choice]
    return found


def described_stream(name: str, stream: Any, given: Mapping[str, float]) -> dict[str, Any]:
    """For the page: the function, its settings (None: the rule's own value), how it is written in Python."""
    if not callable(stream):
        return {"name": name, "function": None, "settings": {}, "python": None}
    parameters = list(inspect.signature(stream).parameters.values())[1:]
    settings = {p.name: None if p.default is p.empty else given.get(p.name, p.default) for p in parameters}
    settings = {name: plain(value) for name, value in settings.items()}
    lines, expression = as_python(stream)
    return {
        "name": name,
        "function": portable_or_none(stream),
        "settings": settings,
        "python": {"lines": lines, "name": expression},
    }
