"""What an explorable is made of, described so that the page can show it, run it and write it down."""

import math
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from numbers import Real
from typing import Any

import numpy as np

import adamlearn
from adamlearn import plots
from adamlearn.explorables.portable import as_python, editable, portable_or_none, source_of
from adamlearn.explorables.traced import traced, traced_names, traced_source
from adamlearn.hyperparameters import read_rule
from adamlearn.optimizer import Optimizer
from adamlearn.plots import STYLES

EDITED = ", edited"  # ends the name of what a reader has made of something
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
        Its color and line style, as keywords for Matplotlib.
    of : str, optional
        Of an edited rule: the label of that whose text it was.
    """

    label: str
    optimizer: Optimizer
    style: dict[str, Any]
    of: str | None = None

    @property
    def hyperparameters(self) -> dict[str, float]:
        """Their values at the start, in the order of the rule's signature."""
        _, signature = read_rule(self.optimizer.rule)
        return {name: getattr(self.optimizer, name) for name in signature.parameters}

    @property
    def defaults(self) -> dict[str, float]:
        """The values that the rule's own text gives them."""
        _, signature = read_rule(self.optimizer.rule)
        return {name: plain(p.default) for name, p in signature.parameters.items() if finite(p.default)}

    def function(self, traces: bool) -> Callable[..., Any]:
        """The rule; or that which also returns the values that it has names for."""
        return traced(self.optimizer.rule) if traces else self.optimizer.rule

    def described(self, traces: bool) -> dict[str, Any]:
        """For the page: the rule, what it takes, how it is drawn and how it is written in Python."""
        rule = self.optimizer.rule
        slots, signature = read_rule(rule)
        return {
            "label": self.label,
            **({"of": self.of, "text": source_of(rule)} if self.of else {"edit": editable(rule)}),
            "rule": {"reference": portable_or_none(rule, traced_source(rule) if traces else None)},
            "slots": len(slots),
            "names": list(signature.parameters),
            "defaults": self.defaults,
            "quantities": list(dict.fromkeys([*traced_names(rule), "step"])) if traces else [],
            **drawn(self.style),
            "python": self._python(),
        }

    def _python(self) -> dict[str, Any]:
        name = type(self.optimizer).__name__
        if getattr(adamlearn, name, None) is type(self.optimizer) and name != "Optimizer":
            return {"lines": [f"from adamlearn import {name}"], "call": f"{name}("}
        lines, expression = as_python(self.optimizer.rule)
        return {"lines": ["from adamlearn import Optimizer", *lines], "call": f"Optimizer({expression}, "}


def drawn(style: Mapping[str, Any]) -> dict[str, Any]:
    """Its color, and its dashes in pixels of a page."""
    line = style["linestyle"]
    return {"color": style["color"], "dash": [2 * n for n in line[1]] if isinstance(line, tuple) else []}


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
    for label in chosen:
        if label.endswith(EDITED):
            raise ValueError(f"optimizers has {label!r}; expected a label that does not end in {EDITED!r}")
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
    """The fixed style of each named optimizer, by its label or its class; one of their own for the others."""
    names: dict[str, str] = {}
    for label, optimizer in optimizers.items():
        known = (name for name in (label, type(optimizer).__name__) if name in STYLES)
        names[label] = next((name for name in known if name not in names.values()), label)
    return {label: style for label, style in zip(names, plots.styles(names.values()).values(), strict=True)}
