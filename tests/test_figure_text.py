"""The text of a figure: what it shows is in it, a change of it changes the text, an error of rounding not."""

import subprocess
import sys
from fractions import Fraction
from pathlib import Path

import numpy as np
import pytest
from matplotlib.figure import Figure
from numpy.random import default_rng

from adamlearn import figure_text
from adamlearn.figure_text import describe, number


def lines(draw, **options):
    """What is said of one pair of axes: a line for them, one for each thing drawn."""
    figure = Figure()
    ax = figure.subplots(**options)
    draw(ax)
    figure.draw_without_rendering()
    return describe(figure).splitlines()[1:]


def test_axes_have_titles_labels_scales_limits_ticks_and_a_legend():
    def draw(ax):
        ax.plot([1, 10], [1, 2], label="loss")
        ax.set_title("left", loc="left")
        ax.set(title="middle", xlabel="step\nor two", xscale="log", xlim=(1, 100), ylim=(0, 3))
        ax.set_yticks([1, 2], ["one", "two"])
        ax.invert_yaxis()
        ax.legend(title="kept")

    assert lines(draw)[0] == (
        'axes "left" "middle"; x "step or two" log 1 to 100; y 3 to 0 with ticks "one", "two"; '
        'legend "kept" of 1'
    )


def test_a_line_has_its_name_number_ends_box_and_mean():
    def draw(ax):
        ax.plot([1, 2, 3, 4], [2, 5, -1, 4], label="loss")

    text = '  line "loss": 4 points, (1, 2) to (4, 4), within (1, -1) to (4, 5), mean (2.5, 2.5)'
    assert lines(draw)[1:] == [text]


def test_what_is_missing_is_counted():
    assert "3 points, 1 of them missing" in lines(lambda ax: ax.plot([1, 2, 3], [1, np.nan, 2]))[1]
    masked = np.ma.masked_greater([1.0, 9.0, 2.0], 5)
    assert "1 of them missing, (1, 1) to (3, 2)" in lines(lambda ax: ax.plot([1, 2, 3], masked))[1]
    assert "none" in lines(lambda ax: ax.scatter([], []))[1]


def test_a_line_across_the_axes_is_at_one_number():
    assert "(-, 3) to (-, 3)" in lines(lambda ax: ax.axhline(3))[1]
    assert "(3, -) to (3, -)" in lines(lambda ax: ax.axvline(3))[1]


DRAWN = {
    "bars": (lambda ax, x: ax.bar(["a", "b", "c", "d"], [1, 2, x, 4], label="share"), 'patch "share"'),
    "errors": (lambda ax, x: ax.errorbar([1, 2], [1, 2], [0.1, x], label="mean"), 'shapes "mean"'),
    "points": (lambda ax, x: ax.scatter([1, 2, 3], [1, x, 2], c=[4, 5, 6]), "colors 3, 4 to 6"),
    "colors": (lambda ax, x: ax.scatter([1, 2], [1, 2], c=[4, x]), "points: 2 points"),
    "band": (lambda ax, x: ax.fill_between([1, 2, 3], [0, 0, 0], [1, x, 1]), "shapes: "),
    "span": (lambda ax, x: ax.axvspan(1, x), "patch: "),
    "image": (lambda ax, x: ax.imshow([[0, 1], [x, 0]]), "image: 2 by 2, 0 to 1"),
    "mesh": (lambda ax, x: ax.pcolormesh([[1, 2, x], [4, 5, 6]]), "mesh: 2 by 3, "),
    "place of a mesh": (lambda ax, x: ax.pcolormesh([0, 1, x], [0, 1], [[1, 2]]), "corners 6 points"),
    "contours": (lambda ax, x: ax.contour(np.eye(4), levels=[0.1, x]), "contours: levels 2, "),
    "filled": (lambda ax, x: ax.contourf(np.eye(4), levels=[0.1, x, 2]), "filled contours: levels 3"),
    "text": (lambda ax, x: ax.text(0.1, x, "here"), 'text "here" at (0.1, '),
    "note": (lambda ax, x: ax.annotate("here", (x, 2), (3, 3)), 'text "here" at ('),
    "word": (lambda ax, x: ax.text(0, 0, f"{x}"), 'text "0.7" at (0, 0)'),
}


@pytest.mark.parametrize(("draw", "words"), DRAWN.values(), ids=DRAWN)
def test_each_kind_is_summed_up_and_a_change_in_it_is_seen(draw, words):
    before, after = ("\n".join(lines(lambda ax, x=x: draw(ax, x))) for x in (0.7, 0.71))
    assert words in before
    assert before.partition("\n")[2] != after.partition("\n")[2]


def test_of_what_varies_from_machine_to_machine_no_number_is_said():
    def draw(ax, end, **limits):
        ax.plot([1, end], label="diverging", gid="varies")
        ax.plot([1, 2], label="steady")
        ax.set(**limits)

    one, other = (lines(lambda ax, end=end: draw(ax, end)) for end in (7.67, 8.73))
    assert one == other
    assert one[1:] == [
        '  line "diverging" that varies: 2 points',
        '  line "steady": 2 points, (0, 1) to (1, 2), mean (0.5, 1.5)',
    ]
    assert lines(lambda ax: draw(ax, 9, ylim=(0, 5)))[0] == "axes; x with limits that vary; y 0 to 5"
    assert lines(lambda ax: draw(ax, 9)) != lines(lambda ax: ax.plot([1, 2], label="steady"))


def test_the_bars_of_a_line_that_varies_vary():
    said = lines(lambda ax: ax.errorbar([1, 2], [3, 4], [1, 2], label="mean", gid="varies"))
    assert said[1:] == ['  shapes "mean" that varies: 4 points', '  line "mean" that varies: 2 points']


def test_a_mesh_that_varies_has_its_shape():
    assert lines(lambda ax: ax.pcolormesh(np.eye(3), gid="varies"))[1:] == ["  mesh that varies: 3 by 3"]


def test_many_without_a_name_are_summed_up_and_a_change_in_one_is_seen():
    before, after = (lines(lambda ax, x=x: ax.plot(np.eye(5) * x)) for x in (1, 1.1))
    assert len(before) == 2 and before[1].startswith("  5 times line: 25 points")
    assert before[1] != after[1]


def test_a_colorbar_is_its_label_scale_and_limits():
    figure = Figure()
    mesh = (ax := figure.subplots()).pcolormesh([[1, 2], [3, 4]])
    figure.colorbar(mesh, ax=ax, label="height")
    figure.colorbar(mesh, ax=ax, location="bottom", label="depth")
    assert describe(figure).splitlines()[3:] == ['colorbar "height" 1 to 4', 'colorbar "depth" 1 to 4']


def test_a_figure_has_its_own_texts_and_legend():
    figure = Figure()
    (line,) = figure.subplots().plot([1, 2])
    figure.suptitle("above all")
    figure.legend([line], ["loss"])
    assert describe(figure).splitlines()[1:3] == ['text "above all"', "legend of 1"]


@pytest.mark.parametrize("sign", [1, -1])
def test_what_differs_by_rounding_reads_the_same(sign):
    """Ties too, which stand where decimals of four digits end in a five."""
    ties = [float(Fraction(k, 16)) for k in range(1, 160)] + [k / 1000 for k in range(1005, 10_000, 10)]
    for value in [*ties, *default_rng(0).uniform(0.01, 100, 1000)]:
        near = {number(sign * value * (1 + error), 0) for error in (-1e-12, 0, 1e-12)}
        assert len(near) == 1, near


def test_what_cannot_be_seen_is_zero():
    assert "(0, 0) to (1, 1)" in lines(lambda ax: ax.plot([1e-17, 1], [-3e-16, 1]))[1]
    on_log = lines(lambda ax: (ax.plot([0, 1], [1e-9, 1]), ax.set_yscale("log")))[1]
    assert "(0, 1e-09) to (1, 1)" in on_log
    assert number(-1e-20, 1e-12) == "0"


def test_numbers_have_three_digits():
    values = (1234.5, 1e7, 0.00012345, -2.0, np.float32(0.1), np.nan)
    assert [number(value, 0) for value in values] == ["1230", "1e+07", "0.000123", "-2", "0.1", "-"]


def test_a_notebook_says_what_a_figure_shows_whatever_format_its_pictures_have():
    code = (
        "from IPython.core.interactiveshell import InteractiveShell\n"
        "from IPython.core.pylabtools import select_figure_formats\n"
        "from matplotlib.figure import Figure\n"
        "shell = InteractiveShell.instance()\n"
        "import adamlearn.plots\n"
        "select_figure_formats(shell, {'retina'})\n"
        "figure = Figure(); figure.subplots().plot([1, 2], label='loss')\n"
        "print(shell.display_formatter.format(figure)[0]['text/plain'])"
    )
    told = subprocess.run([sys.executable, "-c", code], check=True, capture_output=True, text=True).stdout
    assert 'line "loss": 2 points' in told


def test_it_needs_nothing_else_of_the_package():
    assert "adamlearn" not in Path(figure_text.__file__).read_text("utf-8")


UNUSUAL = {
    "nothing": lambda ax: None,
    "hidden": lambda ax: ax.plot([1, 2])[0].set_visible(False),
    "numbers as ticks": lambda ax: ax.set_xticks([1, 2], [2011, 2015]),
    "dates": lambda ax: ax.plot(np.array(["2026-01-01", "2026-01-02"], dtype="datetime64[D]"), [1, 2]),
    "booleans": lambda ax: ax.imshow(np.eye(3) > 0),
    "colors": lambda ax: ax.imshow(np.zeros((2, 2, 3))),
    "hexagons": lambda ax: ax.hexbin([1, 2, 3], [1, 2, 3], gridsize=4),
    "arrows": lambda ax: ax.quiver([1], [1], [1], [2]),
    "streams": lambda ax: ax.streamplot(np.arange(3), np.arange(3), np.ones((3, 3)), np.ones((3, 3))),
    "pie": lambda ax: ax.pie([1, 2, 3], labels=["a", "b", "c"]),
    "boxes": lambda ax: ax.boxplot([[1, 2, 3], [2, 3, 4]]),
    "violins": lambda ax: ax.violinplot([[1, 2, 3], [2, 3, 4]]),
    "stems": lambda ax: ax.stem([1, 2, 3]),
    "steps": lambda ax: ax.stairs([1, 2, 3]),
    "triangles": lambda ax: ax.tripcolor([0, 1, 0], [0, 0, 1], [1, 2, 3]),
    "table": lambda ax: ax.table([["1", "2"]]),
    "infinite": lambda ax: ax.scatter([1, np.inf], [1, 2]),
    "no finite value": lambda ax: ax.imshow(np.full((2, 2), np.nan)),
}


@pytest.mark.parametrize("draw", UNUSUAL.values(), ids=UNUSUAL)
def test_whatever_is_drawn_is_described(draw):
    assert lines(draw)[0].startswith("axes; x ")


@pytest.mark.parametrize("projection", ["polar", "3d"])
def test_other_projections_are_described(projection):
    said = lines(lambda ax: ax.plot([1, 2], [3, 4], label="loss"), subplot_kw={"projection": projection})
    assert said[1].startswith('  line "loss": 2 points')


def test_what_has_no_name_is_not_called_none():
    assert lines(lambda ax: ax.plot([1, 2])[0].set_label(None))[1].startswith("  line: ")
