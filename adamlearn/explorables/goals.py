"""What the reader of an explorable is to reach, and settings to begin from, as the page takes them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

# What a goal may measure: first of paths over a map, then of the quantities of a trace.
MEASURES = {
    "steps to the target": "of the optimizer that is the first within the tolerance",
    "distance": "of the nearest end of a path from a minimum",
    "value": "above the lowest, at the end of the best path",
    "minimum": "the number, from 1, of the minimum that the first path ends nearest to",
    "minima reached": "how many minima there are that a path ends nearest to",
    "diverged": "how many optimizers diverge",
    "longest step": "over the learning rate, of any optimizer",
    "shortest first step": "over the learning rate, of any optimizer",
    "shortest last step": "over the learning rate, of any optimizer",
    "ratio of the last steps": "of the longest to the shortest",
    "distance between the ends": "of the highest last parameter from the lowest",
    "highest end": "the highest last parameter",
    "farthest parameter": "from zero, at any step of any optimizer",
    "plain steps": "how many steps have an r of zero",
}
RELATIONS = {">=": "at least", "<=": "at most", "=": ""}


@dataclass(frozen=True)
class Goal:
    """What the reader is to reach by playing; the figure says when it is reached.

    Parameters
    ----------
    measure : str
        One of ``MEASURES``, such as ``"steps to the target"`` in a landscape, ``"longest step"`` in a trace.
    relation : str
        ``">="``, ``"<="`` or ``"="``.
    value : float
        What the measure is compared with.
    hint : str, optional
        For the reader who asks for it.
    next : str, optional
        The question that follows when the goal has been reached.
    of : str, optional
        The label of the optimizer that is measured; all that are shown if left out.
    stream : str, optional
        In a trace: the gradients that the question is about; any if left out.

    Raises
    ------
    ValueError
        If the measure or the relation is another.

    Examples
    --------
    >>> from adamlearn.explorables.goals import Goal
    >>> Goal("longest step", ">=", 7).words
    'at least 7'
    """

    measure: str
    relation: str
    value: float
    hint: str = ""
    next: str = ""
    of: str = ""
    stream: str = ""

    def __post_init__(self) -> None:
        for name, known in (("measure", MEASURES), ("relation", RELATIONS)):
            if getattr(self, name) not in known:
                raise ValueError(f"{name} is {getattr(self, name)!r}; expected one of {[*known]}")

    @property
    def words(self) -> str:
        """The goal as the figure says it."""
        return f"{RELATIONS[self.relation]} {self.value:g}".strip().replace("-", "\N{MINUS SIGN}")

    def described(self) -> dict[str, Any]:
        """For the page."""
        return {**vars(self), "value": float(self.value), "words": self.words}


def described_presets(
    presets: Mapping[str, Mapping[str, Any]] | None, inputs: Sequence[str]
) -> list[dict[str, Any]]:
    """Settings to begin from, by name: of each, the inputs that it sets.

    Raises
    ------
    ValueError
        If one sets what is no input.
    """
    for name, setting in (presets or {}).items():
        for given in setting:
            if given not in inputs:
                raise ValueError(f"presets[{name!r}] sets {given!r}; expected some of {[*inputs]}")
    return [{"name": name, "set": dict(setting)} for name, setting in (presets or {}).items()]
