"""The functions that an explorable of paths was asked for, described for the page."""

import math
from collections.abc import Callable
from typing import Any

import numpy as np

from adamlearn import landscapes
from adamlearn.explorables.options import EDITED, own_name
from adamlearn.explorables.portable import DUALS, as_python, editable, portable_or_none, source_of
from adamlearn.landscapes import Landscape


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
    value = landscape.value
    of = landscape.name.removesuffix(EDITED) if landscape.name.endswith(EDITED) else None
    places = {
        "minima": tuple(tuple(map(float, minimum)) for minimum in landscape.minima),
        "window": tuple(map(float, landscape.window)),
        "start": tuple(map(float, landscape.start)),
    }
    return {
        "name": landscape.name,
        "value": {"reference": portable_or_none(value)},
        "gradient": {"reference": portable_or_none(landscape.gradient)},
        **(
            {"of": of, "text": source_of(landscape.value)}
            if of
            else {"edit": editable(landscape.value, DUALS)}
        ),
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
    if name.endswith(EDITED):
        return _edited_python(landscape, places)
    value_lines, value = as_python(landscape.value)
    gradient_lines, gradient = as_python(landscape.gradient)
    made = f"function = Landscape({name!r}, {value}, {gradient}, {places})"
    lines = ["from adamlearn.landscapes import Landscape", *value_lines, *gradient_lines, made]
    return {"lines": lines, "name": "function"}


def _edited_python(landscape: Landscape, places: str) -> dict[str, Any]:
    """An edited function, whose gradient is that of dual numbers."""
    lines, value = as_python(landscape.value)
    made = f"function = Landscape({landscape.name!r}, {value}, gradient_of({value}), {places})"
    imports = ["from adamlearn.dual import gradient_of", "from adamlearn.landscapes import Landscape"]
    return {"lines": [*imports, *lines, made], "name": "function"}
