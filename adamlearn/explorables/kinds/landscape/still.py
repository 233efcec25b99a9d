"""A landscape without a script: a picture, and the same in words."""

from collections.abc import Mapping, Sequence
from typing import Any

import matplotlib.pyplot as plt
import numpy as np
from matplotlib.figure import Figure

from adamlearn import plots
from adamlearn.descent import Run
from adamlearn.explorables.kinds.landscape.options import lowest_value
from adamlearn.explorables.png import png
from adamlearn.landscapes import Landscape


def picture(landscape: Landscape, runs: Mapping[str, Run], styles: Mapping[str, Any]) -> bytes:
    """A PNG of the paths over the map."""
    with plt.rc_context(), np.errstate(all="ignore"):
        plots.use_style()
        figure = Figure(figsize=(6.4, 5.6), layout="constrained")
        ax = figure.add_subplot()
        plots.contours(landscape, ax)
        for label, run in runs.items():
            x, y = run.positions[np.isfinite(run.values)].T
            color = styles[label]["color"]
            ax.plot(x, y, label=label, **styles[label])
            ax.plot(x[-1:], y[-1:], marker="o", color=color, markeredgecolor="#ffffff", zorder=3)
        if runs:
            plots.legend_below(ax)
        return png(figure)


def words(landscape: Landscape, runs: Mapping[str, Run], start: Sequence[float]) -> str:
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
