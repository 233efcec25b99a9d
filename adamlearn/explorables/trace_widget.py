"""The explorable of what goes on inside a rule, step by step, under a stream of gradients."""

from collections.abc import Iterable, Mapping, Sequence
from itertools import chain
from typing import Any

import numpy as np
import traitlets

from adamlearn import optimizers as optimizers_module
from adamlearn.explorables import engine, stills
from adamlearn.explorables.options import (
    Choice,
    Entry,
    described_stream,
    plain,
    read_optimizers,
    read_streams,
)
from adamlearn.explorables.portable import traced, traced_names
from adamlearn.explorables.widget import ADAM, MOST_STEPS, Explorable
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
    steps, hyperparameters, shown
        As in every explorable; each may be observed and set.
    """

    stream = traitlets.Unicode().tag(sync=True)
    settings = traitlets.Dict().tag(sync=True)
    drawn = traitlets.List(traitlets.Float()).tag(sync=True)
    values = traitlets.Dict()

    inputs = ("stream", "settings", "drawn", "steps", "hyperparameters", "shown")

    def __init__(self, streams: dict[str, Any], panels: list[list[str]], entries: list[Entry], **traits: Any):
        self._streams = streams
        settings = traits.pop("settings")
        self._described = {name: described_stream(name, stream, settings) for name, stream in streams.items()}
        self._traced = {entry.label: traced(entry.optimizer.rule) for entry in entries}
        self._panels = panels
        self._start, self._bounds = traits.pop("start"), traits.pop("bounds")
        figure = {
            "question": traits.pop("question"),
            "streams": list(self._described.values()),
            "optimizers": [entry.described(traced=True) for entry in entries],
            "panels": panels,
            "log": traits.pop("log"),
            "start": self._start,
            "bounds": self._bounds,
            "most_steps": MOST_STEPS,
        }
        first = next(iter(streams))
        settings = self._described[first]["settings"]
        drawn = streams.get("drawn", [])
        super().__init__(
            entries, kind="trace", figure=figure, stream=first, settings=settings, drawn=drawn, **traits
        )

    @traitlets.validate("stream")
    def _check_stream(self, proposal: Any) -> str:
        known = [*self._streams]
        if proposal["value"] not in known:
            raise traitlets.TraitError(f"stream is {proposal['value']!r}; expected one of {known}")
        return proposal["value"]

    @traitlets.validate("settings")
    def _check_settings(self, proposal: Any) -> dict[str, Any]:
        return {name: plain(value) for name, value in proposal["value"].items()}

    @traitlets.observe("stream")
    def _reset_settings(self, change: Any) -> None:
        if change["old"]:
            self.settings = self._described[self.stream]["settings"]

    def _run(self) -> None:
        stream = engine.drawn(self.drawn) if self.stream == "drawn" else self._streams[self.stream]
        settings = {} if self.stream == "drawn" else self.settings
        wanted = dict.fromkeys(["g", *chain.from_iterable(self._panels)])
        values, columns, errors = {}, {}, {}
        for described in self.figure["optimizers"]:
            label = described["label"]
            if label not in self.shown:
                continue
            quantities = [quantity for quantity in wanted if quantity in described["quantities"]]
            out = np.full(len(quantities) * self.steps, np.nan)
            hyperparameters = self.hyperparameters[label]
            try:
                with np.errstate(all="ignore"):
                    engine.trace(
                        self._traced[label],
                        described["slots"],
                        list(hyperparameters),
                        list(hyperparameters.values()),
                        stream,
                        settings,
                        self._start,
                        self._bounds,
                        self.steps,
                        quantities,
                        out,
                        0,
                    )
            except Exception as error:  # of the user's own stream or rule: shown where it happened
                errors[label] = f"{type(error).__name__}: {error}"
                continue
            values[label] = dict(zip(quantities, out.reshape(len(quantities), self.steps), strict=True))
            columns |= {(label, quantity): column for quantity, column in values[label].items()}
        self.values = values
        self._publish(columns, self.steps, errors)

    def _words(self) -> str:
        return stills.trace_words(self._panels, self.values, self.stream, self.steps)

    def _picture(self) -> bytes:
        styles = {label: entry.style for label, entry in self._entries.items()}
        return stills.trace_picture([["g"], *self._panels], self.values, styles)


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
        log=list(log),
    )
