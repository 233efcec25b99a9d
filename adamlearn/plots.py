"""The figures: one color and one line style per optimizer, throughout."""

import itertools
from collections.abc import Iterable, Mapping
from typing import Any

import matplotlib.pyplot as plt
import numpy as np
from matplotlib.axes import Axes

from adamlearn import figure_text
from adamlearn.descent import Run
from adamlearn.landscapes import Landscape
from adamlearn.optimizer import Optimizer

figure_text.register()  # so that a notebook says what each of its figures shows

# After Okabe and Ito's palette. Each two are told apart by their dashes or by their colors, under the
# common color deficiencies and in both themes; by color alone they are not (tests/test_plots.py).
STYLES: dict[str, dict[str, Any]] = {
    "Adam": {"color": "#0072B2", "linestyle": "-"},
    "AdamW": {"color": "#D55E00", "linestyle": (0, (5, 1.5))},
    "AMSGrad": {"color": "#009E73", "linestyle": (0, (5, 1.5, 1, 1.5))},
    "RAdam": {"color": "#CC79A7", "linestyle": (0, (1, 1))},
    "AdaBelief": {"color": "#E69F00", "linestyle": (0, (9, 2))},
    "SGD": {"color": "#444444", "linestyle": "-"},
    "Nesterov": {"color": "#888888", "linestyle": (0, (5, 1.5))},
    "AdaGrad": {"color": "#56B4E9", "linestyle": (0, (1, 3))},
    "RMSProp": {"color": "#8C6510", "linestyle": (0, (5, 1.5, 1, 1.5))},
    "NAdam": {"color": "#A855F7", "linestyle": (0, (5, 1.5, 1, 1.5, 1, 1.5))},
    "AdaMax": {"color": "#00666B", "linestyle": (0, (3, 4))},
    "Lion": {"color": "#FF2D55", "linestyle": (0, (7, 1.5, 3, 1.5))},
    "ADOPT": {"color": "#7D8A00", "linestyle": (0, (1, 1, 1, 3.5))},
    "AdEMAMix": {"color": "#3311BB", "linestyle": (0, (6, 1, 1, 1, 1, 1, 1, 1))},
}


# Of a reader's own rules.
OWN_COLORS = ("#A0307A", "#5B3FA8", "#7A1F1F", "#2F6B3A")


def use_style() -> None:
    """Set Matplotlib up as the book's figures are: a readable size on a phone, no frame, a light grid."""
    plt.rcParams.update(
        {
            "figure.figsize": (6.4, 3.8),
            "figure.dpi": 200,
            "figure.constrained_layout.use": True,
            "font.size": 12,
            "axes.spines.top": False,
            "axes.spines.right": False,
            "axes.grid": True,
            "grid.color": "#dddddd",
            "grid.linewidth": 0.6,
            "lines.linewidth": 2,
            "legend.frameon": False,
            "image.cmap": "cividis",
        }
    )


def style(optimizer: str | Optimizer) -> dict[str, Any]:
    """The color and line style of an optimizer, or of its name, as keywords for ``plot``.

    Parameters
    ----------
    optimizer : str or Optimizer
        Another name than those of the package's classes has the first of :func:`own_style`.
    """
    name = optimizer if isinstance(optimizer, str) else type(optimizer).__name__
    return STYLES.get(name) or own_style(0)


def styles(labels: Iterable[str]) -> dict[str, dict[str, Any]]:
    """The style of each of several labels: those of a reader's own rules differ too.

    Parameters
    ----------
    labels : iterable of str
        Names of the package's classes, or others.
    """
    own = itertools.count()
    return {label: STYLES.get(label) or own_style(next(own)) for label in labels}


def own_style(number: int) -> dict[str, Any]:
    """A style that no named optimizer has; the first few differ in color, all in their dashes.

    Parameters
    ----------
    number : int
        The number of the style, from 0.
    """
    dashes = number // len(OWN_COLORS)
    return {
        "color": OWN_COLORS[number % len(OWN_COLORS)],
        "linestyle": (0, (3, 1, *(1, 1) * (1 + dashes))),
    }


def contours(landscape: Landscape, ax: Axes, *, resolution: int = 201) -> None:
    """Draw a landscape in its window: contours that enclose equal shares of its window, and its minima."""
    x_min, x_max, y_min, y_max = landscape.window
    x, y = np.meshgrid(np.linspace(x_min, x_max, resolution), np.linspace(y_min, y_max, resolution))
    height = heights(landscape, x, y)
    levels = np.unique(np.nanquantile(height, np.linspace(0, 1, 21)))  # bands of equal area show every slope
    shades = plt.get_cmap("bone_r")(np.linspace(0.02, 0.36, len(levels) - 1))
    ax.contourf(x, y, height, levels=levels, colors=shades[::-1])
    ax.contour(x, y, height, levels=levels, colors="#ffffff", linewidths=0.4)
    minima = np.transpose(landscape.minima)
    ax.plot(*minima, linestyle="none", marker="*", markersize=11, color="#000000", markerfacecolor="#ffffff")
    ax.set(xlim=(x_min, x_max), ylim=(y_min, y_max), xlabel="$x$", ylabel="$y$")
    ax.grid(False)


def heights(landscape: Landscape, x: np.ndarray, y: np.ndarray) -> np.ndarray:
    """The function at many points; NaN where it has no value. Point by point if it does not take arrays.

    Parameters
    ----------
    landscape : Landscape
        The function.
    x, y : array
        The coordinates, of one shape.
    """
    try:
        height = np.asarray(landscape.value(x, y), dtype=float)
        if height.shape == x.shape:
            return np.where(np.isfinite(height), height, np.nan)  # which no contour encloses
    except (TypeError, ValueError):
        pass
    height = np.full(x.shape, np.nan)
    for place in np.ndindex(x.shape):
        try:
            height[place] = landscape.value(float(x[place]), float(y[place]))
        except (ArithmeticError, ValueError):
            pass
    return height


def paths(landscape: Landscape, runs: Mapping[str, Run], ax: Axes) -> None:
    """Draw the paths of several optimizers, by name, over a landscape; a dot marks each end.

    Parameters
    ----------
    landscape : Landscape
        What was descended.
    runs : dict of Run
        The runs by the optimizers' names; each has one start.
    ax : matplotlib.axes.Axes
        Where to draw.
    """
    contours(landscape, ax)
    for name, drawn in styles(runs).items():
        x, y = runs[name].positions.T
        ax.plot(x, y, label=name, **drawn)
        ax.plot(x[-1], y[-1], marker="o", color=drawn["color"], markeredgecolor="#ffffff", zorder=3)
    legend_below(ax)


def losses(runs: Mapping[str, Run], lowest: float, ax: Axes) -> None:
    """Draw how far each run's value is above the lowest value, on a logarithmic axis.

    Parameters
    ----------
    runs : dict of Run
        The runs by the optimizers' names; each has one start.
    lowest : float
        The lowest value of the function.
    ax : matplotlib.axes.Axes
        Where to draw.
    """
    for name, drawn in styles(runs).items():
        ax.plot(runs[name].values - lowest, label=name, **drawn)
    ax.set(yscale="log", xlabel="step", ylabel="$f - f_{\\min}$")
    legend_below(ax)


def legend_below(ax: Axes) -> None:
    """Put the legend under the axes, where it covers nothing.

    Parameters
    ----------
    ax : matplotlib.axes.Axes
        What it explains.
    """
    ax.legend(loc="upper center", bbox_to_anchor=(0.5, -0.16), ncols=3, columnspacing=1.2, handlelength=2.2)
