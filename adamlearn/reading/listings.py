"""A rule's own text in a notebook, and what sets it apart from another's."""

import difflib
import inspect
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, repr=False)
class Listing:
    """Source text that a notebook shows highlighted and a terminal shows plain.

    Parameters
    ----------
    text : str
        What is shown.
    language : str
        What it is highlighted as, such as ``"python"`` or ``"diff"``.
    """

    text: str
    language: str

    def __repr__(self) -> str:
        return self.text

    def _repr_markdown_(self) -> str:
        return f"```{self.language}\n{self.text}\n```"


def source(*functions: Callable[..., Any]) -> Listing:
    """The text of functions as it stands in their files.

    Parameters
    ----------
    *functions : callable
        What is shown, in this order.

    Examples
    --------
    >>> from adamlearn import rules
    >>> from adamlearn.reading import source
    >>> source(rules.sgd)
    def sgd(p, g, velocity, t, learning_rate=1e-2, momentum=0.0):
        velocity = momentum * velocity + g
        return p - learning_rate * velocity, velocity
    """
    return Listing("\n\n\n".join(inspect.getsource(function).rstrip() for function in functions), "python")


def difference(rule: Callable[..., Any], other: Callable[..., Any]) -> Listing:
    """Every line of ``rule``, marked ``+`` where it differs from ``other``'s, whose line is marked ``-``.

    Parameters
    ----------
    rule, other : callable
        The rule that is shown, and the one that it is compared with.

    Examples
    --------
    >>> from adamlearn import rules
    >>> from adamlearn.reading import difference
    >>> print(str(difference(rules.adamw, rules.adam)).splitlines()[5])
    +    p = p - learning_rate * weight_decay * p
    """
    before, after = (inspect.getsource(function).splitlines() for function in (other, rule))
    lines = difflib.unified_diff(before, after, lineterm="", n=max(len(before), len(after)))
    return Listing("\n".join(list(lines)[3:]), "diff")  # after the two file names and the line numbers
