"""What an explorable computes, over plain floats: the kernel calls it, and so does MicroPython in the page.

A kind has ``runs(figure, inputs)``, which yields a run for each optimizer that is switched on: its label,
the names of its columns and their length, the scene that it is part of, what else its numbers depend on,
and a function that fills them in, column by column.
"""

from array import array

NAN = float("nan")
# What NumPy computes as infinity or NaN, and plain floats refuse: the run has diverged.
REFUSED = (ZeroDivisionError, OverflowError, ValueError)
# Of those, what a text that a reader has written says wrong if it comes at the first step.
WRITTEN = (ZeroDivisionError, OverflowError)


def answer(runs, known, described):
    """The numbers of some runs, and the errors of those that failed.

    Parameters
    ----------
    runs : iterable of runs
        What a kind's ``runs(figure, inputs)`` yields.
    known : dict
        Kept from answer to answer: a run of which nothing has changed is not made again.
    described : callable
        What to say of an exception.

    Returns
    -------
    blocks : list of (label, columns, rows, numbers)
        Of a run that failed, the numbers that it last had in the same scene, if it had any.
    errors : dict
        Label to what went wrong, of the reader's own functions.
    """
    blocks, errors = [], {}
    for label, columns, rows, scene, depends, fill in runs:
        before = known.get(label)
        if before is None or before[0] != (scene, depends, columns):
            numbers, error = array("d", [NAN] * (rows * len(columns))), None
            try:
                fill(numbers)
            except Exception as failure:
                numbers, error = None, described(failure)
                if before is not None and before[0][0] == scene:
                    numbers, columns = before[1], before[0][2]
            before = known[label] = (scene, depends, columns), numbers, error
        if before[2]:
            errors[label] = before[2]
        if before[1] is not None:
            blocks.append((label, before[0][2], rows, before[1]))
    return blocks, errors


def optimizers(figure, inputs):
    """Those that are switched on, each with the values of its hyperparameters."""
    for optimizer in figure["optimizers"]:
        label = optimizer["label"]
        if label in inputs["shown"]:
            values = inputs["hyperparameters"][label]
            yield optimizer, [float(values[name]) for name in optimizer["names"]]


def named(things, name):
    """The one of that name."""
    for thing in things:
        if thing["name"] == name:
            return thing
    raise KeyError(name)
