"""The explorable of what goes on inside a rule, step by step, under a stream of gradients."""

from collections.abc import Iterable, Mapping, Sequence
from itertools import chain
from typing import Any

import numpy as np
import traitlets

from adamlearn import optimizers as optimizers_module
from adamlearn.explorables.goals import Goal
from adamlearn.explorables.kinds.trace import answer, still
from adamlearn.explorables.kinds.trace.options import described_stream, read_streams
from adamlearn.explorables.options import Choice, Entry, plain, read_optimizers
from adamlearn.explorables.traced import traced_names
from adamlearn.explorables.widget import ADAM, INPUT, Explorable
from adamlearn.streams import STREAMS


class TraceExplorable(Explorable):
    """Quantities over the steps; made by :func:`trace`.

    Attributes
    ----------
    stream : str
        The name of the stream of gradients.
    settings : dict
        The stream's own settings.
    drawn : list of float
        The gradients of the stream ``"drawn"``.
    values : dict
        Label to quantity to array, step 1 first.
    steps, hyperparameters, shown, edited
        As in every explorable; each may be observed and set.
    """

    stream = traitlets.Unicode().tag(**INPUT)
    settings = traitlets.Dict().tag(**INPUT)
    drawn = traitlets.List(traitlets.Float()).tag(**INPUT)
    values = traitlets.Dict()

    kind = answer
    traced = True

    def __init__(self, streams: dict[str, Any], panels: list[list[str]], entries: list[Entry], **traits: Any):
        self._streams = streams
        settings = traits.pop("settings")
        self._described = {name: described_stream(name, stream, settings) for name, stream in streams.items()}
        first = next(iter(streams))
        figure = {
            "streams": list(self._described.values()),
            "panels": panels,
            "log": traits.pop("log"),
            "start": traits.pop("start"),
            "bounds": traits.pop("bounds"),
        }
        goal: Goal | None = traits["goal"]
        if goal and goal.stream and goal.stream not in streams:
            raise ValueError(f"goal has the stream {goal.stream!r}; expected one of {[*streams]}")
        settings, drawn = self._described[first]["settings"], streams.get("drawn", [])
        super().__init__(entries, figure, stream=first, settings=settings, drawn=drawn, **traits)

    @traitlets.validate("stream")
    def _check_stream(self, proposal: Any) -> str:
        known = [*self._streams]
        if proposal["value"] not in known:
            raise traitlets.TraitError(f"stream is {proposal['value']!r}; expected one of {known}")
        return proposal["value"]

    @traitlets.validate("settings")
    def _check_settings(self, proposal: Any) -> dict[str, Any]:
        usual = self._described.get(self.stream, {"settings": {}})["settings"]
        return usual | {name: plain(value) for name, value in proposal["value"].items()}

    @traitlets.observe("stream")
    def _reset_settings(self, change: Any) -> None:
        if change["old"]:
            self.settings = self._described[self.stream]["settings"]

    def _live(self) -> dict[str, Any]:
        streams = [
            {**described, "function": stream}
            for described, stream in zip(self.figure["streams"], self._streams.values(), strict=True)
        ]
        return {**super()._live(), "streams": streams}

    def _keep(self, found: dict[str, dict[str, np.ndarray]]) -> None:
        self.values = found

    def _words(self) -> str:
        return still.words(self.figure["panels"], self.values, self.stream, self.steps)

    def _picture(self) -> bytes:
        styles = {label: entry.style for label, entry in self._entries.items()}
        return still.picture([["g"], *self.figure["panels"]], self.values, styles)


def trace(
    optimizers: Choice | Iterable[Choice] | Mapping[str, Choice] = ADAM,
    stream: Any = (*STREAMS, "drawn"),
    quantities: Sequence[str | Sequence[str]] = (("m", "m_hat"), ("v", "v_hat"), "step"),
    *,
    start: float = 0.0,
    bounds: tuple[float, float] | None = None,
    steps: int = 100,
    settings: Mapping[str, float] | None = None,
    shown: Sequence[str] | None = None,
    question: str = "",
    goal: Goal | None = None,
    presets: Mapping[str, Mapping[str, Any]] | None = None,
    log: Sequence[str] = (),
) -> TraceExplorable:
    """What goes on inside the rules, step by step, under a stream of gradients.

    Parameters
    ----------
    optimizers : optimizer, class, name of a class, or rule; several of them; or a dict of them by label
        What is fed.
    stream : name in ``streams.STREAMS``, function, or gradients; or several
        Of several the reader chooses. A function is ``stream(t, **settings)``, as those in
        :mod:`adamlearn.streams`. Gradients can be changed by hand; ``"drawn"`` begins
        with none.
    quantities : sequence of names, or of sequences of names
        A panel each. A name is one that the rule's own text uses (``"m"``, ``"v_hat"``, ``"r"``),
        or ``"p"``, the parameter after the step; ``"g"``, the gradient; ``"step"``, the step over
        the learning rate, positive where it goes down.
    start : float, default 0
        The parameter before the first step.
    bounds : (low, high), optional
        Between which the parameter is put back after each step.
    steps : int, default 100
        The number of updates.
    settings : dict, optional
        The streams' settings where they are not to be the defaults.
    shown : sequence of str, optional
        The labels of the optimizers that are switched on at first; all if left out.
    question : str
        What the reader is to find out by playing.
    goal : adamlearn.explorables.goals.Goal, optional
        When it has been found out; the figure says so.
    presets : dict, optional
        Settings that the reader may begin from: a name to the inputs that it sets, such as
        ``{"no memory": {"hyperparameters": {"Adam": {"beta1": 0.0}}}}``.
    log : sequence of names
        Quantities whose panel begins with a logarithmic axis.

    Returns
    -------
    TraceExplorable
        A widget whose ``stream``, ``settings``, ``drawn``, ``steps``, ``hyperparameters``,
        ``shown`` and ``values`` can be read and observed, and all but the last set.

    Raises
    ------
    FileNotFoundError
        If the widget's script has not been built.
    TypeError, ValueError
        If an argument is not as described; the message names it.
    """
    panels = [[panel] if isinstance(panel, str) else list(panel) for panel in quantities]
    entries = read_optimizers(optimizers)
    # Of several rules each has its own names, and those of the book's rules are asked of any.
    named = [cls.named_rule for cls in vars(optimizers_module).values() if hasattr(cls, "named_rule")]
    asked = [entry.optimizer.rule for entry in entries] + named
    known = dict.fromkeys(["g", "step", *chain.from_iterable(map(traced_names, asked))])
    for quantity in chain.from_iterable(panels):
        if quantity not in known:
            raise ValueError(f"quantities has {quantity!r}; expected some of {[*known]}")
    return TraceExplorable(
        read_streams(stream),
        panels,
        entries,
        start=float(start),
        bounds=None if bounds is None else [float(bounds[0]), float(bounds[1])],
        steps=steps,
        settings=settings or {},
        shown=shown,
        question=question,
        goal=goal,
        presets=presets,
        log=list(log),
    )
