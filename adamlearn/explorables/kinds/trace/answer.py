"""What goes on inside the rules under a stream of gradients, as plain floats."""

from adamlearn.explorables.answer import NAN, REFUSED, WRITTEN, named, optimizers


def runs(figure, inputs):
    """The quantities of each optimizer that is switched on."""
    stream, steps = named(figure["streams"], inputs["stream"]), inputs["steps"]
    by_hand = stream["name"] == "drawn"
    gradients = drawn(inputs["drawn"]) if by_hand else stream["function"]
    settings = {} if by_hand else inputs["settings"]
    scene = [stream["name"], sorted(settings.items()), list(inputs["drawn"]) if by_hand else None, steps]
    wanted = ["g"]
    for panel in figure["panels"]:
        wanted += [quantity for quantity in panel if quantity not in wanted]
    for optimizer, values in optimizers(figure, inputs):
        columns = [quantity for quantity in wanted if quantity in optimizer["quantities"]]

        def fill(out, optimizer=optimizer, values=values, columns=columns):
            place = figure["start"], figure["bounds"]
            trace(optimizer, values, gradients, settings, place, steps, columns, out)

        yield optimizer["label"], columns, steps, scene, [optimizer.get("text"), values], fill


def trace(optimizer, values, stream, settings, place, steps, columns, out):
    """Feed a stream of gradients to a rule that also returns its named values; a column per quantity.

    ``g`` is the gradient, ``p`` the parameter after the step, and ``step`` the way it went down over
    the learning rate. With bounds the parameter is put back between them after each step. A
    setting of the stream that is None takes the value of the hyperparameter, or of ``p``. An edited
    rule has floats only: of whole numbers ``9**t**3`` would be computed to its last digit.
    """
    rule, edited, (p, bounds) = optimizer["rule"], "text" in optimizer, place
    state = (0.0,) * optimizer["slots"]
    known = dict(zip(optimizer["names"], values))  # noqa: B905 (MicroPython's zip has no strict)
    named_values = {}
    for name, setting in settings.items():
        if setting is None and name != "p" and name not in known:
            raise TypeError(f"the stream depends on {name}, which this rule does not have")
    for row in range(steps):
        t = row + 1
        known["p"] = p
        arguments = {name: known[name] if setting is None else setting for name, setting in settings.items()}
        if named_values is not None:
            g = float(stream(t, **arguments))
            try:
                (after, *state), named_values = rule(p, g, *state, float(t) if edited else t, *values)
                named_values["g"] = g
                if "learning_rate" in known:
                    named_values["step"] = (p - after) / known["learning_rate"]
                p = named_values["p"] = after if bounds is None else min(max(after, bounds[0]), bounds[1])
                if p * 0 != 0:
                    named_values = None
            except REFUSED as error:
                if t == 1 and edited and isinstance(error, WRITTEN):
                    raise  # and no divergence
                named_values = None
        if named_values is not None:
            for k, quantity in enumerate(columns):
                out[k * steps + row] = float(named_values.get(quantity, NAN))


def drawn(values):
    """The stream of given gradients; zero after the last."""
    return lambda t: values[t - 1] if t <= len(values) else 0.0
