"""What a Matplotlib figure shows, in a few lines of text: its axes, and what is drawn in each.

A picture cannot be compared by its bytes, since another machine draws it in others; these lines can.
:func:`register` makes them the ``text/plain`` of every figure that a notebook shows. The module needs
Matplotlib and nothing else of this package, so that another book can take it.
"""

from collections.abc import Iterator
from itertools import groupby
from typing import Any

import numpy as np
from matplotlib.artist import Artist
from matplotlib.axes import Axes
from matplotlib.axis import Axis
from matplotlib.category import StrCategoryFormatter
from matplotlib.collections import Collection, PathCollection, QuadMesh
from matplotlib.container import Container
from matplotlib.contour import ContourSet
from matplotlib.figure import Figure
from matplotlib.image import AxesImage
from matplotlib.legend import Legend
from matplotlib.lines import Line2D
from matplotlib.text import Annotation, Text
from matplotlib.ticker import FixedFormatter, FuncFormatter

DIGITS = 3
# Results that should be equal differ in their last bits from one processor to another. A tie, such as
# 0.3125, would be rounded this way here and that way there; moved by this factor, it is not.
OFF_TIES = 1 + 1e-7
# What is smaller than this share of the largest number on an axis cannot be seen there, or is an error
# of rounding.
SMALLEST, SMALLEST_ON_LOG = 1e-5, 1e-12
# The ``gid`` of an artist whose numbers are not the same on every machine, such as those of a diverging run.
VARIES = "varies"
APART = 3  # of artists of one kind and name that follow each other, more than these are summed up


def register() -> None:
    """Have IPython, where it runs, show the description of a figure as its text."""

    def pretty(figure: Figure, printer: Any, cycle: bool) -> None:
        printer.text(describe(figure))

    # The method that IPython asks for. What is registered for the class it drops when it sets up pictures.
    setattr(Figure, "_repr_pretty_", pretty)  # noqa: B010 (to a type checker the class has none)


def describe(figure: Figure) -> str:
    """Say what a figure shows.

    Parameters
    ----------
    figure : matplotlib.figure.Figure

    Returns
    -------
    str
        What ``repr`` says of the figure; then for each of its axes a line with titles, labels, scales and
        limits, and under it one for each thing drawn: its kind, its name, how many points it has, the
        first and the last of them, the corners of the box around them, and their mean. Numbers have
        three digits; a dash stands for a coordinate that is not in the units of the axis. Of what was
        drawn with ``gid="varies"`` only the size is said, and no limits of an axis that chose them with it.

    Examples
    --------
    >>> from matplotlib.figure import Figure
    >>> figure = Figure()
    >>> ax = figure.subplots()
    >>> line = ax.plot([4, 1, 0.25], label="loss")
    >>> _ = ax.set(xlabel="step", yscale="log")
    >>> print(describe(figure))
    <Figure size 640x480 with 1 Axes>
    axes; x "step" -0.1 to 2.1; y log 0.218 to 4.59
      line "loss": 3 points, (0, 4) to (2, 0.25), within (0, 0.25) to (2, 4), mean (1, 1.75)
    """
    lines = [repr(figure), *(f"text {quoted(text.get_text())}" for text in figure.texts)]
    lines += [described(legend) for legend in figure.legends]
    for ax in figure.axes:
        lines.append(head(ax))
        if not is_colorbar(ax):
            lines += [f"  {line}" for line in drawn(ax)]
    return "\n".join(lines)


def head(ax: Axes) -> str:
    """The line that says what the axes are."""
    if is_colorbar(ax):
        horizontal = ax.xaxis.get_label_text() or len(ax.get_xticks())
        return f"colorbar {span(ax.xaxis if horizontal else ax.yaxis)}"
    titles = [title for loc in ("left", "center", "right") if (title := ax.get_title(loc))]
    parts = [" ".join(["axes", *map(quoted, titles)]), f"x {span(ax.xaxis)}", f"y {span(ax.yaxis)}"]
    legend = ax.get_legend()
    return "; ".join([*parts, *([described(legend)] if legend else [])])


def is_colorbar(ax: Axes) -> bool:
    return ax.get_label() == "<colorbar>"  # so Matplotlib names them


def span(axis: Axis) -> str:
    """An axis's label, scale, limits, and the ticks that were given words."""
    label, scale, formatter = axis.get_label_text(), axis.get_scale(), axis.get_major_formatter()
    words = [quoted(label)] if label else []
    words += [scale] if scale != "linear" else []
    low, high = (number(limit, smallest(axis)) for limit in sorted(axis.get_view_interval()))
    limits = f"{high} to {low}" if axis.get_inverted() else f"{low} to {high}"
    words += [limits] if not limits_vary(axis) else ["with limits that vary"]
    if isinstance(formatter, FixedFormatter | FuncFormatter | StrCategoryFormatter):
        ticks = formatter.format_ticks(list(axis.get_majorticklocs()))
        words += [f"with ticks {', '.join(map(quoted, ticks))}"] if any(ticks) else []
    return " ".join(words)


def limits_vary(axis: Axis) -> bool:
    """Whether an axis scaled itself to what varies."""
    ax = axis.axes
    if axis is ax.xaxis:
        scaled_itself, shared = ax.get_autoscalex_on(), ax.get_shared_x_axes()
    else:
        scaled_itself, shared = ax.get_autoscaley_on(), ax.get_shared_y_axes()
    return scaled_itself and any(varying(one) for one in shared.get_siblings(ax))


def varying(ax: Axes) -> set[Any]:
    """The artists whose numbers are not the same on every machine; the bars of such a line are too."""
    wholes = [container.get_children() for container in ax.containers]
    found = {artist for artist in ax.get_children() if artist.get_gid() == VARIES}
    return found | {part for parts in wholes if found & set(parts) for part in parts}


def described(legend: Legend) -> str:
    """A legend's title and how many names it has; the names are those of what is drawn."""
    title = legend.get_title().get_text()
    return " ".join(["legend", *([quoted(title)] if title else []), f"of {len(legend.get_texts())}"])


def drawn(ax: Axes) -> Iterator[str]:
    """A line for each thing drawn in the axes, or for several of a kind that have the same name or none."""
    names: dict[Any, str] = {
        part: label_of(container) for container in ax.containers for part in container.get_children()
    }
    varied = varying(ax)
    artists = [*ax.images, *ax.collections, *ax.patches, *ax.lines, *ax.texts]
    for (called, varies), group in groupby(artists, lambda a: (kind(a) + name(a, names), a in varied)):
        found = [artist for artist in group if artist.get_visible()]
        if varies:
            yield from (f"{called} that varies{size(artist, ax)}" for artist in found)
        elif len(found) <= APART:
            yield from (f"{called}{details(artist, ax)}" for artist in found)
        elif called == "text":
            yield f"{len(found)} times text: {', '.join(quoted(text.get_text()) for text in found)}"
        else:
            yield f"{len(found)} times {called}: {summary(np.vstack([places(a, ax) for a in found]), ax)}"


def kind(artist: Artist) -> str:
    """What an artist is called here."""
    match artist:
        case ContourSet():
            return "filled contours" if artist.filled else "contours"
        case QuadMesh():
            return "mesh"
        case PathCollection():
            return "points"
        case Collection():
            return "shapes"
        case AxesImage():
            return "image"
        case Line2D():
            return "line"
        case Text():
            return "text"
    return "patch"


def label_of(part: Artist | Container) -> str:
    """A label; older versions of Matplotlib have None where there is none."""
    return str(part.get_label() or "")


def name(artist: Artist, names: dict[Any, str]) -> str:
    """An artist's name, quoted, after a space; empty if it has none but what Matplotlib gave it."""
    label = label_of(artist)
    label = names.get(artist, label) if label.startswith("_") or not label else label
    return f" {quoted(label)}" if label and not label.startswith("_") else ""


def details(artist: Any, ax: Axes) -> str:
    """What stands behind an artist's kind and name."""
    match artist:
        case Text():
            return f" {quoted(artist.get_text())} at {summary(places(artist, ax), ax)}"
        case ContourSet():
            return f": levels {values(artist.levels)}"
        case QuadMesh():
            corners = summary(np.reshape(artist.get_coordinates(), (-1, 2)), ax)
            return f": {values(artist.get_array())}; corners {corners}"
        case AxesImage():
            return f": {values(artist.get_array())}"
    text = f": {summary(places(artist, ax), ax)}"
    colors = artist.get_array() if isinstance(artist, PathCollection) else None
    return text if colors is None else f"{text}; colors {values(colors)}"


def size(artist: Any, ax: Axes) -> str:
    """How much is drawn, whatever its numbers."""
    match artist:
        case Text() | ContourSet():
            return ""
        case QuadMesh() | AxesImage():
            return f": {' by '.join(map(str, np.asarray(artist.get_array()).shape))}"
    return f": {len(places(artist, ax))} points"


def places(artist: Any, ax: Axes) -> np.ndarray:
    """The points that an artist goes through; NaN for coordinates that are not in the units of the axes."""
    match artist:
        case Line2D():
            points, transform = artist.get_xydata(), artist.get_transform()
        case PathCollection():
            points, transform = artist.get_offsets(), artist.get_offset_transform()
        case Collection():
            points, transform = [path.vertices for path in artist.get_paths()], artist.get_transform()
            points = np.vstack([np.empty((0, 2)), *points])
        case Annotation():
            points, transform = artist.xy, ax.transData
        case Text():
            points, transform = artist.get_position(), artist.get_transform()
        case _:
            points = artist.get_patch_transform().transform(artist.get_path().vertices)
            transform = artist.get_data_transform()
    points = np.reshape(np.ma.filled(np.ma.asarray(points, dtype=float), np.nan), (-1, 2))
    return np.where(transform.contains_branch_seperately(ax.transData), points, np.nan)


def summary(points: np.ndarray, ax: Axes) -> str:
    """How many points, the first and the last, the box that they fill if it is another, and their mean."""
    if len(points) < 2:
        return pair(points[0], ax) if len(points) else "none"
    columns = [column[np.isfinite(column)] for column in points.T]
    low, high, mean = ([f(c) if len(c) else np.nan for c in columns] for f in (np.min, np.max, np.mean))
    ends, box = (f"{pair(a, ax)} to {pair(b, ax)}" for a, b in ((points[0], points[-1]), (low, high)))
    in_data = np.isfinite(points).any(axis=0)
    missing = np.count_nonzero(~np.isfinite(points[:, in_data]).all(axis=1))
    return ", ".join(
        [
            f"{len(points)} points",
            *([f"{missing} of them missing"] if missing else []),
            ends,
            *([f"within {box}"] if box != ends else []),
            f"mean {pair(mean, ax)}",
        ]
    )


def pair(point: Any, ax: Axes) -> str:
    x, y = (number(value, smallest(axis)) for value, axis in zip(point, (ax.xaxis, ax.yaxis), strict=True))
    return f"({x}, {y})"


def smallest(axis: Axis) -> float:
    share = SMALLEST if axis.get_scale() == "linear" else SMALLEST_ON_LOG
    return share * np.abs(axis.get_view_interval()).max()


def values(array: Any) -> str:
    """The shape, the extremes and the mean of an array."""
    array = np.ma.filled(np.ma.asarray(array, dtype=float), np.nan)
    shape, finite = " by ".join(map(str, array.shape)), array[np.isfinite(array)]
    if not finite.size:
        return f"{shape}, none finite"
    least = SMALLEST * np.abs(finite).max()
    low, high, mean = (number(f(finite), least) for f in (np.min, np.max, np.mean))
    return f"{shape}, {low} to {high}, mean {mean}"


def number(value: float, least: float) -> str:
    """A number with three digits; zero if it is less than what counts, a dash if there is none."""
    if np.isnan(value):
        return "-"
    if abs(value) < least:
        return "0"
    return f"{float(f'{value * OFF_TIES:.{DIGITS}g}') + 0.0:g}"


def quoted(text: object) -> str:
    return f'"{" ".join(str(text).split())}"'
