"""The explorable of one step: the rule's lines, each with what it makes of the gradient."""

from collections.abc import Mapping
from typing import Any

import traitlets

from adamlearn.explorables.goals import Goal
from adamlearn.explorables.kinds.anatomy import answer, still
from adamlearn.explorables.kinds.trace.options import read_streams
from adamlearn.explorables.kinds.trace.widget import TraceExplorable
from adamlearn.explorables.options import Choice, read_optimizers
from adamlearn.explorables.traced import named_lines
from adamlearn.explorables.widget import ADAM, INPUT
from adamlearn.streams import STREAMS


class AnatomyExplorable(TraceExplorable):
    """The lines of a rule and their values; made by :func:`anatomy`.

    Attributes
    ----------
    at : int
        The step on show.
    values : dict
        Label to name to array, step 1 first, of all that the rule has names for.
    stream, settings, drawn, steps, hyperparameters, shown, edited
        As in a trace; each may be observed and set.
    """

    at = traitlets.Int(1).tag(**INPUT)

    kind = answer

    @traitlets.validate("at")
    def _check_at(self, proposal: Any) -> int:
        if not 1 <= proposal["value"] <= self.steps:
            raise traitlets.TraitError(f"at is {proposal['value']}; expected 1 to {self.steps}, a step")
        return proposal["value"]

    @traitlets.observe("steps")
    def _keep_within(self, change: Any) -> None:
        self.at = min(self.at, self.steps)

    def _lines(self) -> tuple[str, list[tuple[str, str]]]:
        """The first rule that is switched on, and its lines, each with the quantity that it gives a value."""
        label = self.shown[0]
        rule = self._entries[label].optimizer.rule
        return label, [("g", "g"), *named_lines(rule), ("step", "step / learning_rate")]

    def _words(self) -> str:
        label, lines = self._lines()
        return still.words(label, lines, self.values[label], self.at)

    def _picture(self) -> bytes:
        label, lines = self._lines()
        return still.picture(lines, self.values[label], self.at, self._entries[label].style["color"])


def anatomy(
    optimizer: Choice = ADAM,
    stream: Any = (*STREAMS, "drawn"),
    *,
    steps: int = 60,
    at: int = 1,
    settings: Mapping[str, float] | None = None,
    question: str = "",
    goal: Goal | None = None,
    presets: Mapping[str, Mapping[str, Any]] | None = None,
) -> AnatomyExplorable:
    """One step of a rule, line by line: the reader pushes it step by step.

    Parameters
    ----------
    optimizer : optimizer, class, name of a class, or rule
        What is fed.
    stream : name in ``streams.STREAMS``, function, or gradients; or several
        As of :func:`adamlearn.explorables.trace`.
    steps : int, default 60
        The number of updates that can be looked at.
    at : int, default 1
        The step on show at first.
    settings : dict, optional
        The streams' settings where they are not to be the defaults.
    question : str
        What the reader is to find out by playing.
    goal : adamlearn.explorables.goals.Goal, optional
        When it has been found out; the figure says so.
    presets : dict, optional
        Settings that the reader may begin from: a name to the inputs that it sets.

    Returns
    -------
    AnatomyExplorable
        A widget whose ``at`` and other inputs can be read, observed and set, and whose ``values`` can
        be read and observed.

    Raises
    ------
    FileNotFoundError
        If the widget's script has not been built.
    TypeError, ValueError
        If an argument is not as described; the message names it.
    """
    entries = read_optimizers(optimizer)
    return AnatomyExplorable(
        read_streams(stream),
        [["g"], ["step"]],
        entries,
        start=0.0,
        bounds=None,
        steps=steps,
        at=at,
        settings=settings or {},
        shown=None,
        question=question,
        goal=goal,
        presets=presets,
        log=[],
    )
