"""The explorable of paths over a map of a function of two variables."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

import numpy as np
import traitlets
from numpy.typing import ArrayLike

from adamlearn.descent import descend
from adamlearn.explorables import engine, stills
from adamlearn.explorables.options import (
    Choice,
    Entry,
    described_landscape,
    read_landscapes,
    read_optimizers,
)
from adamlearn.explorables.widget import ADAM, GRID, MOST_STEPS, Explorable
from adamlearn.landscapes import Landscape


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
            "tolerance": float(traits.pop("tolerance")),
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


def landscape(
    function: str | Landscape | Callable[..., Any] | Iterable[str | Landscape | Callable[..., Any]],
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
