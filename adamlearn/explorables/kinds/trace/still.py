"""A trace without a script: a picture, and the same in words."""

from collections.abc import Mapping, Sequence
from typing import Any

import matplotlib.pyplot as plt
import numpy as np
from matplotlib.figure import Figure

from adamlearn import plots
from adamlearn.explorables.names import NAMES
from adamlearn.explorables.png import png


def picture(
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
            names = (NAMES[quantity].math if quantity in NAMES else quantity for quantity in panel)
            ax.set_ylabel(", ".join(names))
        axes[-1].set_xlabel("step")
        if len(values) > 1:
            handles, labels = axes[0].get_legend_handles_labels()
            figure.legend(handles, labels, loc="outside lower center", ncols=3)
        return png(figure)


def words(
    panels: Sequence[Sequence[str]], values: Mapping[str, Mapping[str, np.ndarray]], stream: str, steps: int
) -> str:
    """The last value of every quantity, a line per optimizer."""
    lines = [f"{stream} gradients, at step {steps}"]
    for label, quantities in values.items():
        shown = (quantity for panel in panels for quantity in panel if quantity in quantities)
        lines.append(f"  {label}: " + ", ".join(f"{name} = {quantities[name][-1]:.3g}" for name in shown))
    return "\n".join(lines)
