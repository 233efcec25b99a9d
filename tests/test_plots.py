"""The figures: what is drawn is what was run, each optimizer in its own color and line."""

from itertools import combinations

import matplotlib
import matplotlib.pyplot as plt
import numpy as np
import pytest
from matplotlib.colors import to_rgb
from numpy.testing import assert_array_equal
from studies.colors import VISIONS, distance, linear, place

from adamlearn import SGD, Adam, Optimizer, plots
from adamlearn.descent import descend
from adamlearn.landscapes import LANDSCAPES, beale


@pytest.fixture
def ax():
    with matplotlib.rc_context():
        plots.use_style()
        figure, ax = plt.subplots()
        yield ax
        figure.canvas.draw()  # with warnings as errors
        plt.close(figure)


@pytest.fixture(scope="module")
def runs():
    optimizers = {"Adam": Adam(0.05), "SGD": SGD(0.005), "diverging": SGD(10.0)}
    return {name: descend(optimizer, beale, beale.start, 40) for name, optimizer in optimizers.items()}


def lines(ax):
    """What is drawn under the names in the legend."""
    names = [text.get_text() for text in ax.get_legend().get_texts()]
    drawn = {line.get_label(): line for line in ax.lines}
    return {name: drawn[name] for name in names}


@pytest.mark.parametrize("landscape", LANDSCAPES.values(), ids=LANDSCAPES)
def test_contours_fill_the_window_and_mark_the_minima(ax, landscape):
    plots.contours(landscape, ax, resolution=41)
    assert (*ax.get_xlim(), *ax.get_ylim()) == landscape.window
    (stars,) = ax.lines
    assert_array_equal(stars.get_xydata(), landscape.minima)


def test_paths_are_the_positions(ax, runs):
    plots.paths(beale, runs, ax)
    assert list(lines(ax)) == list(runs)
    for name, line in lines(ax).items():
        assert_array_equal(line.get_xydata(), runs[name].positions)


def test_losses_are_the_values_over_the_lowest(ax, runs):
    plots.losses(runs, 0.0, ax)
    assert ax.get_yscale() == "log"
    for name, line in lines(ax).items():
        assert_array_equal(line.get_ydata(), runs[name].values)


def test_every_optimizer_has_a_style_of_its_own(row):
    assert plots.style(row.name) == plots.style(row.cls()) == plots.STYLES[row.name]
    others = [style for name, style in plots.STYLES.items() if name != row.name]
    assert plots.style(row.name) not in others
    assert to_rgb(plots.style(row.name)["color"]) not in [to_rgb(other["color"]) for other in others]


def test_a_readers_own_optimizer_has_a_style_too(ax):
    own = Optimizer(lambda p, g, t: (p - g,))
    assert plots.style(own) == plots.style("my own")
    ax.plot([0, 1], **plots.style(own))
    assert plots.style(own) not in plots.STYLES.values()


def test_colors_stand_out_from_white(row):
    """By 2 to 1, as the Web Content Accessibility Guidelines measure it; a dark page inverts its figures."""
    assert 1.05 / (luminance(plots.style(row.name)["color"]) + 0.05) > 2


def luminance(color):
    return linear(np.array(to_rgb(color))) @ [0.2126, 0.7152, 0.0722]


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize("vision", VISIONS)
def test_each_two_optimizers_are_told_apart(vision, theme):
    """By their colors or else by their dashes, of all; so of those that some figure draws together."""

    def alike(one, other):
        styles = [plots.style(name) for name in (one, other)]
        apart = distance(*(style["color"] for style in styles), vision, theme == "dark")
        return apart < 0.06 and not dashes_differ(*(style["linestyle"] for style in styles))

    assert [pair for pair in combinations(plots.STYLES, 2) if alike(*pair)] == []


def dashes_differ(*linestyles):
    """In how many strokes come before they repeat, or by more than 2 to 1 in the longest stroke or gap."""
    one, other = ([] if style == "-" else list(style[1]) for style in linestyles)
    if len(one) != len(other):
        return True
    longest = [(max(a[start::2]), max(b[start::2])) for a, b in [(one, other)] if a for start in (0, 1)]
    return any(max(pair) > 2 * min(pair) for pair in longest)


def test_dashes_that_differ_little_are_alike():
    assert not dashes_differ("-", "-")
    assert not dashes_differ((0, (1, 1)), (0, (2, 2)))
    assert dashes_differ((0, (1, 1)), (0, (1, 3)))
    assert dashes_differ((0, (5, 1.5)), "-")
    assert dashes_differ((0, (5, 1.5)), (0, (5, 1.5, 1, 1.5)))


def test_a_legend_shows_a_line_s_dashes_once_at_least():
    with matplotlib.rc_context():
        plots.use_style()
        length = 2.2 * plt.rcParams["font.size"] / plt.rcParams["lines.linewidth"]  # of a legend's line
    periods = {name: sum(s["linestyle"][1]) for name, s in plots.STYLES.items() if s["linestyle"] != "-"}
    assert {name: period for name, period in periods.items() if period > length} == {}


def test_a_color_is_measured_as_ottosson_does():
    """White is at lightness 1 without hue; his page gives pure red's place."""
    assert np.allclose(place("#ffffff"), [1, 0, 0], atol=1e-4)
    assert np.allclose(place("#ff0000"), [0.628, 0.225, 0.126], atol=1e-3)
    assert np.allclose(place("#ffffff", dark=True), [0, 0, 0], atol=1e-4)
