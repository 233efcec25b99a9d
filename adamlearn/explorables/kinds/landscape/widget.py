"""The explorable of paths over a map of a function of two variables."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

import numpy as np
import traitlets
from numpy.typing import ArrayLike

from adamlearn.descent import Run
from adamlearn.dual import gradient_of
from adamlearn.explorables.answer import answer as answers
from adamlearn.explorables.edits import edited_landscape, in_floats, why
from adamlearn.explorables.goals import Goal
from adamlearn.explorables.kinds.landscape import answer, still
from adamlearn.explorables.kinds.landscape.options import described_landscape, read_landscapes
from adamlearn.explorables.options import EDITED, Choice, Entry, read_optimizers
from adamlearn.explorables.widget import ADAM, INPUT, Explorable
from adamlearn.landscapes import Landscape

GRID = 96  # points along each side of the map


class LandscapeExplorable(Explorable):
    """Paths over a map; made by :func:`landscape`.

    Attributes
    ----------
    function : str
        The name of the landscape on show.
    start : tuple of float
        Where the paths begin.
    paths : dict
        Label to :class:`adamlearn.descent.Run`, of the optimizers that are switched on.
    steps, hyperparameters, shown, edited
        As in every explorable; each may be observed and set. ``edited`` may also have the name of a
        landscape: what its text says is one more to choose.
    """

    function = traitlets.Unicode().tag(**INPUT)
    start = traitlets.Tuple(traitlets.Float(), traitlets.Float()).tag(**INPUT)
    paths = traitlets.Dict()
    _grid = traitlets.Bytes().tag(sync=True)

    kind = answer

    def __init__(self, functions: dict[str, Landscape], start: Any, entries: list[Entry], **traits: Any):
        self._functions = self._originals = functions
        self._map: dict[str, Any] = {}
        first = next(iter(functions.values()))
        figure = {
            "functions": [described_landscape(function) for function in functions.values()],
            "grid": GRID,
            "tolerance": float(traits.pop("tolerance")),
        }
        start = tuple(map(float, first.start if start is None else start))
        if not np.isfinite([*start, figure["tolerance"]]).all():
            raise ValueError(f"start is {start}, tolerance {figure['tolerance']}; expected finite numbers")
        super().__init__(entries, figure, function=first.name, start=start, **traits)

    @traitlets.validate("function")
    def _check_function(self, proposal: Any) -> str:
        known = [*self._functions]
        if proposal["value"] not in known:
            raise traitlets.TraitError(f"function is {proposal['value']!r}; expected one of {known}")
        return proposal["value"]

    @traitlets.observe("function")
    def _draw_map(self, change: Any) -> None:
        if change["old"]:
            self.start = tuple(map(float, self._functions[self.function].start))

    def _editable(self) -> list[str]:
        return [*super()._editable(), *self._originals]

    def _edited_figure(self, problems: dict[str, str]) -> dict[str, Any]:
        functions = {landscape.name: landscape for landscape in self._originals.values()}
        for name in set(functions) & set(self.edited):
            made = self._functions.get(name + EDITED)
            try:
                made = edited_landscape(functions[name], self.edited[name])
            except Exception as error:  # whatever the text is
                problems[name] = why(error)
            if made is not None:
                functions[made.name] = made
        gone = self.function not in functions
        self._functions = functions
        if gone:
            self.function = self.function.removesuffix(EDITED)
        return {"functions": [described_landscape(function) for function in functions.values()]}

    def _live(self) -> dict[str, Any]:
        functions = []
        for described, function in zip(self.figure["functions"], self._functions.values(), strict=True):
            value, gradient = function.value, function.gradient
            if "text" in described:  # a reader's
                value = in_floats(value)
                gradient = gradient_of(value)
            functions.append({**described, "value": value, "gradient": gradient})
        return {**super()._live(), "functions": functions}

    def _run(self) -> None:
        super()._run()
        with np.errstate(all="ignore"):
            [(_, _, _, heights)], _ = answers(answer.heights(self._live(), self._inputs()), self._map, str)
        self._grid = np.asarray(heights, "<f8").tobytes()

    def _keep(self, found: dict[str, dict[str, np.ndarray]]) -> None:
        self.paths = {
            label: Run(
                np.stack([columns["x"], columns["y"]], axis=1),
                columns["value"],
                np.stack([columns["of_x"], columns["of_y"]], axis=1),
            )
            for label, columns in found.items()
        }

    def _words(self) -> str:
        return still.words(self._functions[self.function], self.paths, self.start)

    def _picture(self) -> bytes:
        styles = {label: entry.style for label, entry in self._entries.items()}
        return still.picture(self._functions[self.function], self.paths, styles)


def landscape(
    function: str | Landscape | Callable[..., Any] | Iterable[str | Landscape | Callable[..., Any]],
    optimizers: Choice | Iterable[Choice] | Mapping[str, Choice] = ADAM,
    *,
    start: ArrayLike | None = None,
    steps: int = 200,
    shown: Sequence[str] | None = None,
    question: str = "",
    goal: Goal | None = None,
    presets: Mapping[str, Mapping[str, Any]] | None = None,
    tolerance: float = 1e-3,
    gradient: Callable[..., Any] | None = None,
    minima: Sequence[tuple[float, float]] = (),
    window: tuple[float, float, float, float] = (-3.0, 3.0, -3.0, 3.0),
) -> LandscapeExplorable:
    """Optimizers on a function of two variables, with a start to drag and settings to slide.

    Parameters
    ----------
    function : Landscape, name in ``landscapes.LANDSCAPES``, or callable; or several of them
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
    goal : adamlearn.explorables.goals.Goal, optional
        When it has been found out; the figure says so.
    presets : dict, optional
        Settings that the reader may begin from: a name to the inputs that it sets, such as
        ``{"no memory": {"hyperparameters": {"Adam": {"beta1": 0.0}}}}``.
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
        functions,
        start,
        entries,
        question=question,
        goal=goal,
        presets=presets,
        steps=steps,
        shown=shown,
        tolerance=tolerance,
    )
