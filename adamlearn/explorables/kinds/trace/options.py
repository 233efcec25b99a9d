"""The streams of gradients that a trace was asked for, described for the page."""

import inspect
from collections.abc import Mapping
from numbers import Real
from typing import Any

from adamlearn.explorables.options import own_name, plain
from adamlearn.explorables.portable import as_python, portable_or_none
from adamlearn.streams import STREAMS


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
        "function": {"reference": portable_or_none(stream)},
        "settings": settings,
        "python": {"lines": lines, "name": expression},
    }
