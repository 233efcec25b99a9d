"""The anatomy of a step without a script: bars, and the same in words."""

from collections.abc import Mapping, Sequence

import matplotlib.pyplot as plt
import numpy as np
from matplotlib.figure import Figure

from adamlearn import plots
from adamlearn.explorables.png import png


def picture(lines: Sequence[tuple[str, str]], values: Mapping[str, np.ndarray], at: int, color: str) -> bytes:
    """A PNG of the rule's lines, each with the value that it gives its name at a step, as a bar."""
    with plt.rc_context():
        plots.use_style()
        figure = Figure(figsize=(6.4, 0.8 + 0.5 * len(lines)), layout="constrained")
        ax = figure.add_subplot()
        for row, (quantity, _) in enumerate(lines):
            largest = np.nanmax(np.abs(values[quantity]), initial=1e-300)
            ax.barh(row, values[quantity][at - 1] / largest, height=0.5, color=color)
        ax.set(xlim=(-1.05, 1.05), xticks=[], xlabel=f"step {at}")
        ax.set_yticks(range(len(lines)), [text for _, text in lines], family="monospace", fontsize=9)
        ax.axvline(0, color="#444444", linewidth=1)
        ax.invert_yaxis()
        ax.grid(False)
        return png(figure)


def words(label: str, lines: Sequence[tuple[str, str]], values: Mapping[str, np.ndarray], at: int) -> str:
    """The value of each line, in order."""
    told = [f"  {text}  # {values[quantity][at - 1]:.3g}" for quantity, text in lines]
    return "\n".join([f"{label}, step {at}", *told])
