"""The explorables without a script: a picture, and the same in words."""

import io
from collections.abc import Mapping, Sequence
from typing import Any

import matplotlib.pyplot as plt
import numpy as np
from matplotlib.figure import Figure

from adamlearn import plots
from adamlearn.descent import Run
from adamlearn.explorables.options import lowest_value
from adamlearn.landscapes import Landscape

NAMES = {
    "g": "$g$",
    "m": "$m$",
    "v": "$v$",
    "s": "$s$",
    "r": "$r$",
    "p": "$\\theta$",
    "m_hat": "$\\hat m$",
    "v_hat": "$\\hat v$",
    "s_hat": "$\\hat s$",
    "v_max": "$\\hat v^{\\max}$",
    "step": "step / $\\eta$",
}


def landscape_picture(landscape: Landscape, runs: Mapping[str, Run], styles: Mapping[str, Any]) -> bytes:
    """A PNG of the paths over the map."""
    with plt.rc_context(), np.errstate(all="ignore"):
        plots.use_style()
        figure = Figure(figsize=(6.4, 5.6), layout="constrained")
        ax = figure.add_subplot()
        plots.contours(_where_finite(landscape), ax)
        for label, run in runs.items():
            x, y = run.positions[np.isfinite(run.values)].T
            color = styles[label]["color"]
            ax.plot(x, y, label=label, **styles[label])
            ax.plot(x[-1:], y[-1:], marker="o", color=color, markeredgecolor="#ffffff", zorder=3)
        if runs:
            plots.legend_below(ax)
        return _png(figure)


def _where_finite(landscape: Landscape) -> Landscape:
    """The landscape with holes where it is infinite, which no contour encloses."""

    def value(x, y):
        height = landscape.value(x, y)
        return np.where(np.isfinite(height), height, np.nan)

    return Landscape(
        landscape.name, value, landscape.gradient, landscape.minima, landscape.window, landscape.start
    )


def trace_picture(
    panels: Sequence[Sequence[str]], values: Mapping[str, Mapping[str, np.ndarray]], styles: Mapping[str, Any]
) -> bytes:
    """A PNG of the quantities over the steps, one panel above the other."""
    with plt.rc_context():
        plots.use_style()
        figure = Figure(figsize=(6.4, 1.0 + 1.4 * len(panels)), layout="constrained")
        axes = np.ravel(figure.subplots(len(panels), sharex=True))
        for ax, panel in zip(axes, panels, strict=True):
            for label, quantities in values.items():
                for quantity, line in zip(panel, ("-", "--", ":", "-."), strict=False):
                    if quantity in quantities:
                        style = styles[label] if len(panel) == 1 else {**styles[label], "linestyle": line}
                        steps = np.arange(1, len(quantities[quantity]) + 1)
                        ax.plot(steps, quantities[quantity], label=label, **style)
            ax.set_ylabel(", ".join(NAMES.get(quantity, quantity) for quantity in panel))
        axes[-1].set_xlabel("step")
        if len(values) > 1:
            handles, labels = axes[0].get_legend_handles_labels()
            figure.legend(handles, labels, loc="outside lower center", ncols=3)
        return _png(figure)


def landscape_words(landscape: Landscape, runs: Mapping[str, Run], start: Sequence[float]) -> str:
    """Where each path went, a line each."""
    lowest = lowest_value(landscape)
    lines = [f"{landscape.name} from ({start[0]:g}, {start[1]:g})"]
    for label, run in runs.items():
        steps = len(run.values) - 1
        if not np.isfinite(run.values[-1]):
            lines.append(f"  {label}: diverged at step {int(np.argmin(np.isfinite(run.values)))}")
        elif lowest is None:
            lines.append(f"  {label}: f = {run.values[-1]:.2g} after {steps} steps")
        else:
            end = run.positions[-1]
            distance = min(float(np.hypot(*(end - minimum))) for minimum in landscape.minima)
            lines.append(
                f"  {label}: f - f_min = {run.values[-1] - lowest:.2g}, "
                f"{distance:.2g} from the nearest minimum after {steps} steps"
            )
    return "\n".join(lines)


def trace_words(
    panels: Sequence[Sequence[str]], values: Mapping[str, Mapping[str, np.ndarray]], stream: str, steps: int
) -> str:
    """The last value of every quantity, a line per optimizer."""
    lines = [f"{stream} gradients, at step {steps}"]
    for label, quantities in values.items():
        shown = (quantity for panel in panels for quantity in panel if quantity in quantities)
        lines.append(f"  {label}: " + ", ".join(f"{name} = {quantities[name][-1]:.3g}" for name in shown))
    return "\n".join(lines)


def _png(figure: Figure) -> bytes:
    file = io.BytesIO()
    figure.savefig(file, format="png", dpi=150)
    return file.getvalue()
