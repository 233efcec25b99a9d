"""All that the rules have names for, under a stream of gradients, as plain floats."""

from adamlearn.explorables.kinds.trace import answer


def runs(figure, inputs):
    """All quantities of each optimizer that is switched on."""
    everything = [optimizer["quantities"] for optimizer in figure["optimizers"]]
    return answer.runs(dict(figure, panels=everything), inputs)
