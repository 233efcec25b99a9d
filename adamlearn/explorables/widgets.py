"""The two explorables as widgets: what is set comes from the page or from Python, the kernel computes."""

import base64
import html
import json
from collections.abc import Callable, Iterable, Mapping, Sequence
from itertools import chain
from pathlib import Path as File
from typing import Any

import anywidget
import numpy as np
import traitlets
from numpy.typing import ArrayLike

from adamlearn.descent import descend
from adamlearn.explorables import engine, stills
from adamlearn.explorables.options import (
    Choice,
    Entry,
    described_landscape,
    described_stream,
    read_landscapes,
    read_optimizers,
    read_streams,
)
from adamlearn.explorables.portable import traced
from adamlearn.explorables.streams import STREAMS
from adamlearn.landscapes import Landscape
from adamlearn.optimizers import Adam, checked

HERE = File(__file__).parent
SCRIPT, STYLE = HERE / "explorable.js", HERE / "explorable.css"
GRID = 96  # points along each side of the map
MOST_STEPS = 5000
ADAM = Adam(learning_rate=0.1)


class Explorable(anywidget.AnyWidget):
    """What both kinds share.

    Attributes
    ----------
    kind : str
        ``"landscape"`` or ``"trace"``.
    steps : int
        The number of updates.
    hyperparameters : dict
        Label to name to value.
    shown : list of str
        The labels of the optimizers that are switched on.
    """

    kind = traitlets.Unicode().tag(sync=True)
    figure = traitlets.Dict().tag(sync=True)
    steps = traitlets.Int().tag(sync=True)
    hyperparameters = traitlets.Dict().tag(sync=True)
    shown = traitlets.List(traitlets.Unicode()).tag(sync=True)
    _result = traitlets.Dict().tag(sync=True)

    inputs: tuple[str, ...] = ("steps", "hyperparameters", "shown")

    def __init__(self, entries: list[Entry], **traits: Any):
        if not SCRIPT.exists():
            raise FileNotFoundError(
                f"{SCRIPT} is missing: it is built from src/ by `make widgets` in a clone of the repository"
            )
        self._esm = SCRIPT.read_text(encoding="utf-8")
        self._css = STYLE.read_text(encoding="utf-8")
        self._entries = {entry.label: entry for entry in entries}
        self._computed: Any = None
        hyperparameters = {label: entry.hyperparameters for label, entry in self._entries.items()}
        shown = traits.pop("shown")
        shown = list(self._entries) if shown is None else list(shown)
        super().__init__(hyperparameters=hyperparameters, shown=shown, **traits)
        self.observe(lambda change: self._compute(), names=list(self.inputs))
        self._compute()

    @traitlets.validate("steps")
    def _check_steps(self, proposal: Any) -> int:
        if not 1 <= proposal["value"] <= MOST_STEPS:
            raise traitlets.TraitError(f"steps is {proposal['value']}; expected 1 to {MOST_STEPS}")
        return proposal["value"]

    @traitlets.validate("hyperparameters")
    def _check_hyperparameters(self, proposal: Any) -> dict[str, dict[str, float]]:
        values = proposal["value"]
        if values.keys() != self._entries.keys():
            raise traitlets.TraitError(f"hyperparameters has {[*values]}; expected {[*self._entries]}")
        for label, entry in self._entries.items():
            given, expected = [*values[label]], [*entry.hyperparameters]
            if set(given) != set(expected):
                raise traitlets.TraitError(f"hyperparameters[{label!r}] has {given}; expected {expected}")
        try:
            return {
                label: {name: checked(name, values[label][name]) for name in entry.hyperparameters}
                for label, entry in self._entries.items()
            }
        except (TypeError, ValueError) as error:
            raise traitlets.TraitError(str(error)) from None

    @traitlets.validate("shown")
    def _check_shown(self, proposal: Any) -> list[str]:
        for label in proposal["value"]:
            if label not in self._entries:
                raise traitlets.TraitError(f"shown has {label!r}; expected labels of {[*self._entries]}")
        return [label for label in self._entries if label in proposal["value"]]

    def _compute(self) -> None:
        """Run what is switched on, once for each state of the inputs."""
        state = repr([getattr(self, name) for name in self.inputs])
        if state != self._computed:
            self._computed = state
            self._run()

    def _run(self) -> None:
        raise NotImplementedError

    def _publish(
        self, columns: Mapping[tuple[str, str], np.ndarray], rows: int, errors: dict[str, str]
    ) -> None:
        """Hand the numbers to the page: a layout, and the columns one after the other as doubles."""
        data = np.concatenate([*columns.values(), np.empty(0)]).astype("<f8").tobytes()
        self._result = {"columns": [list(c) for c in columns], "rows": rows, "errors": errors, "data": data}

    def __repr__(self) -> str:
        return self._words()

    def _repr_mimebundle_(self, **kwargs: Any) -> Any:
        """The widget; where there is none, a picture and words; for the book's pages all that they need."""
        data, metadata = super()._repr_mimebundle_(**kwargs)  # type: ignore[misc]
        state = {name: getattr(self, name) for name in ("kind", "figure", *self.inputs)}
        question = f"<p>{html.escape(self.figure['question'])}</p>" if self.figure["question"] else ""
        data["text/html"] = (
            f'<div class="explorable" data-explorable="{html.escape(json.dumps(state))}">'
            f"{question}<pre>{html.escape(self._words())}</pre></div>"
        )
        data["image/png"] = base64.b64encode(self._picture()).decode()
        return data, metadata

    def _words(self) -> str:
        raise NotImplementedError

    def _picture(self) -> bytes:
        raise NotImplementedError


class LandscapeExplorable(Explorable):
    """Paths over a map; made by :func:`landscape`.

    Attributes
    ----------
    function : str
        The name of the landscape on show.
    start : tuple of float
        Where the paths begin.
    paths : dict
        Label to :class:`adamlearn.descent.Path`, of the optimizers that are switched on.
    steps, hyperparameters, shown
        As in every explorable; each may be observed and set.
    """

    function = traitlets.Unicode().tag(sync=True)
    start = traitlets.Tuple(traitlets.Float(), traitlets.Float()).tag(sync=True)
    paths = traitlets.Dict()
    _grid = traitlets.Bytes().tag(sync=True)

    inputs = ("function", "start", "steps", "hyperparameters", "shown")

    def __init__(self, functions: dict[str, Landscape], start: Any, entries: list[Entry], **traits: Any):
        self._functions = functions
        first = next(iter(functions.values()))
        figure = {
            "question": traits.pop("question"),
            "functions": [described_landscape(function) for function in functions.values()],
            "optimizers": [entry.described(traced=False) for entry in entries],
            "grid": GRID,
            "most_steps": MOST_STEPS,
            "tolerance": traits.pop("tolerance"),
        }
        start = tuple(map(float, first.start if start is None else start))
        super().__init__(entries, kind="landscape", figure=figure, function=first.name, start=start, **traits)

    @traitlets.validate("function")
    def _check_function(self, proposal: Any) -> str:
        known = [*self._functions]
        if proposal["value"] not in known:
            raise traitlets.TraitError(f"function is {proposal['value']!r}; expected one of {known}")
        return proposal["value"]

    @traitlets.observe("function")
    def _draw_map(self, change: Any) -> None:
        landscape = self._functions[self.function]
        if change["old"]:
            self.start = tuple(map(float, landscape.start))
        height = np.empty(GRID * GRID)
        with np.errstate(all="ignore"):
            engine.grid(landscape.value, landscape.window, GRID, height, 0)
        self._grid = height.astype("<f8").tobytes()

    def _run(self) -> None:
        landscape, paths, errors = self._functions[self.function], {}, {}
        for label in self.shown:
            optimizer = self._entries[label].with_values(self.hyperparameters[label])
            try:
                paths[label] = descend(optimizer, landscape, self.start, self.steps)
            except Exception as error:  # of the user's own function or rule: shown where it happened
                errors[label] = f"{type(error).__name__}: {error}"
        columns = {}
        for label, path in paths.items():
            columns |= {(label, "x"): path.positions[:, 0], (label, "y"): path.positions[:, 1]}
            columns[label, "value"] = path.values
        self.paths = paths
        self._publish(columns, self.steps + 1, errors)

    def _words(self) -> str:
        return stills.landscape_words(self._functions[self.function], self.paths, self.start)

    def _picture(self) -> bytes:
        styles = {label: entry.style for label, entry in self._entries.items()}
        return stills.landscape_picture(self._functions[self.function], self.paths, styles)


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


def landscape(
    function: Landscape | Callable[..., Any] | Iterable[Landscape | Callable[..., Any]],
    optimizers: Choice | Iterable[Choice] | Mapping[str, Choice] = ADAM,
    *,
    start: ArrayLike | None = None,
    steps: int = 200,
    shown: Sequence[str] | None = None,
    question: str = "",
    tolerance: float = 1e-3,
    gradient: Callable[..., Any] | None = None,
    minima: Sequence[tuple[float, float]] = (),
    window: tuple[float, float, float, float] = (-3.0, 3.0, -3.0, 3.0),
) -> LandscapeExplorable:
    """Optimizers on a function of two variables, with a start to drag and settings to slide.

    Parameters
    ----------
    function : Landscape or callable, or several of them
        What to descend; of several the reader chooses. A callable is ``function(x, y)``.
    optimizers : optimizer, class, name of a class, or rule; several of them; or a dict of them by label
        What descends. A reader's own rule needs no class.
    start : (x, y), optional
        Where the paths begin; the function's own start if left out.
    steps : int, default 200
        The number of updates.
    shown : sequence of str, optional
        The labels of the optimizers that are switched on at first; all if left out.
    question : str
        What the reader is to find out by playing.
    tolerance : float, default 1e-3
        The distance from the lowest value whose step is reported.
    gradient : callable, optional
        Of a callable: ``gradient(x, y)`` returns the two partial derivatives. If left out, they
        are central differences.
    minima : sequence of (x, y)
        Of a callable: the known minima, the lowest first.
    window : (x_min, x_max, y_min, y_max)
        Of a callable: the part of the plane to show.

    Returns
    -------
    LandscapeExplorable
        A widget whose ``function``, ``start``, ``steps``, ``hyperparameters``, ``shown`` and
        ``paths`` can be read and observed, and all but the last set.

    Raises
    ------
    FileNotFoundError
        If the widget's script has not been built.
    TypeError, ValueError
        If an argument is not as described; the message names it.
    """
    functions = read_landscapes(function, gradient=gradient, minima=minima, window=window, start=start)
    entries = read_optimizers(optimizers)
    return LandscapeExplorable(
        functions, start, entries, question=question, steps=steps, shown=shown, tolerance=tolerance
    )


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
        :mod:`adamlearn.explorables.streams`. Gradients can be changed by hand; ``"drawn"`` begins
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
    return TraceExplorable(
        read_streams(stream),
        panels,
        read_optimizers(optimizers),
        start=float(start),
        bounds=bounds and [float(bounds[0]), float(bounds[1])],
        steps=steps,
        settings=settings or {},
        shown=shown,
        question=question,
        log=list(log),
    )
