"""The loops of the explorables, over plain floats: for CPython and, in the page, MicroPython.

The numbers go into ``out``, column by column from ``offset`` on. What NumPy computes as infinity or
NaN and plain floats refuse is one thing here: the run has diverged, and the rest of it is NaN.
"""

NAN = float("nan")
REFUSED = (ZeroDivisionError, OverflowError, ValueError)


def descend(rule, slots, hyperparameters, value, gradient, start, steps, out, offset):
    """Run a rule on a function of two variables: the columns x, y and the value, each ``steps + 1`` long."""
    rows = steps + 1
    x, y = start
    of_x = of_y = (0.0,) * slots
    t = 0
    try:
        while t < rows:
            height = value(x, y)
            gx, gy = gradient(x, y)
            if (gx * gx + gy * gy + height) * 0 != 0:
                break
            i = offset + t
            out[i], out[i + rows], out[i + 2 * rows] = x, y, height
            t += 1
            x, *of_x = rule(x, gx, *of_x, t, *hyperparameters)
            y, *of_y = rule(y, gy, *of_y, t, *hyperparameters)
    except REFUSED:
        pass
    for i in range(offset + t, offset + rows):
        out[i] = out[i + rows] = out[i + 2 * rows] = NAN


def trace(rule, slots, names, values, stream, settings, start, bounds, steps, quantities, out, offset):
    """Feed a stream of gradients to a rule that also returns its named values; a column per quantity.

    ``g`` is the gradient, ``p`` the parameter after the step, and ``step`` the way it went down over
    the learning rate. With ``bounds`` the parameter is put back between them after each step. A
    setting of the stream that is None takes the value of the hyperparameter, or of ``p``.
    """
    p, state = start, (0.0,) * slots
    known = dict(zip(names, values))  # noqa: B905 (MicroPython's zip has no strict)
    named = {}
    for name, setting in settings.items():
        if setting is None and name != "p" and name not in known:
            raise TypeError(f"the stream depends on {name}, which this rule does not have")
    for row in range(steps):
        t = row + 1
        known["p"] = p
        arguments = {name: known[name] if setting is None else setting for name, setting in settings.items()}
        if named is not None:
            g = float(stream(t, **arguments))
            try:
                (after, *state), named = rule(p, g, *state, t, *values)
                named["g"] = g
                named["step"] = (p - after) / known["learning_rate"]
                p = named["p"] = after if bounds is None else min(max(after, bounds[0]), bounds[1])
                if p * 0 != 0:
                    named = None
            except REFUSED:
                named = None
        for k, quantity in enumerate(quantities):
            out[offset + k * steps + row] = NAN if named is None else float(named.get(quantity, NAN))


def drawn(values):
    """The stream of given gradients; zero after the last."""
    return lambda t: values[t - 1] if t <= len(values) else 0.0


def grid(value, window, n, out, offset):
    """The value at ``n`` by ``n`` points of a window, row by row from the lowest y."""
    x_min, x_max, y_min, y_max = window
    for j in range(n):
        y = y_min + (y_max - y_min) * j / (n - 1)
        for i in range(n):
            try:
                height = value(x_min + (x_max - x_min) * i / (n - 1), y)
                out[offset] = height if height * 0 == 0 else NAN
            except Exception:  # of the user's own function: the map has a hole there
                out[offset] = NAN
            offset += 1
