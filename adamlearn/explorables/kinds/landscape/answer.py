"""Paths over a landscape, as plain floats."""

from adamlearn.explorables.answer import NAN, REFUSED, WRITTEN, named, optimizers

COLUMNS = ["x", "y", "value", "of_x", "of_y"]  # the last two are the gradient


def runs(figure, inputs):
    """A path for each optimizer that is switched on."""
    function, start, steps = inputs["function"], list(inputs["start"]), inputs["steps"]
    place = named(figure["functions"], function)
    scene = [function, place.get("text"), start, steps]
    for optimizer, values in optimizers(figure, inputs):

        def fill(out, optimizer=optimizer, values=values):
            descend(optimizer, values, place, start, steps, out)

        yield optimizer["label"], COLUMNS, steps + 1, scene, [optimizer.get("text"), values], fill


def descend(optimizer, hyperparameters, function, start, steps, out):
    """Run a rule on a function of two variables: each of the columns is ``steps + 1`` long.

    What is left of a run that has diverged stays NaN. An edited rule has floats only, as in a trace.
    """
    rule, slots, edited = optimizer["rule"], optimizer["slots"], "text" in optimizer
    value, gradient = function["value"], function["gradient"]
    rows = steps + 1
    x, y = float(start[0]), float(start[1])  # from the page whole numbers come as such
    of_x = of_y = (0.0,) * slots
    t = 0
    try:
        while t < rows:
            height = value(x, y)
            gx, gy = gradient(x, y)
            if (gx * gx + gy * gy + height) * 0 != 0:
                break
            out[t], out[t + rows], out[t + 2 * rows] = x, y, height
            out[t + 3 * rows], out[t + 4 * rows] = gx, gy
            t += 1
            if t < rows:
                at = float(t) if edited else t
                x, *of_x = rule(x, gx, *of_x, at, *hyperparameters)
                y, *of_y = rule(y, gy, *of_y, at, *hyperparameters)
    except REFUSED as error:
        if t <= 1 and edited and isinstance(error, WRITTEN):
            raise  # and no divergence


def heights(figure, inputs):
    """The map: the value at ``grid`` by ``grid`` points of the window, row by row from the lowest y."""
    place, n = named(figure["functions"], inputs["function"]), figure["grid"]

    def fill(out):
        x_min, x_max, y_min, y_max = place["window"]
        for j in range(n):
            y = y_min + (y_max - y_min) * j / (n - 1)
            for i in range(n):
                try:
                    height = place["value"](x_min + (x_max - x_min) * i / (n - 1), y)
                    out[j * n + i] = height if height * 0 == 0 else NAN
                except Exception:  # of the reader's own function: the map has a hole there
                    pass

    return [("", ["height"], n * n, inputs["function"], place.get("text"), fill)]
