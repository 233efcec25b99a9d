"""The digits, and networks with a learning rate each, side by side.

The last axis of ``w`` holds all weights and biases of a network, and the axis
before it counts the learning rates. Images are (images, 8, 8).
"""

from concurrent.futures import ThreadPoolExecutor
from functools import reduce
from itertools import pairwise

import matplotlib.pyplot as plt
import numpy as np
from adamlearn import plots
from numpy.lib.stride_tricks import sliding_window_view
from scipy.special import log_softmax
from scipy.stats import sem

from studies.digits import X_rest, X_test, divided

BATCH = 32
LOOKS = {
    "Adam": plots.style("Adam") | {"marker": "o"},
    "warm-up": plots.style("Adam")
    | {"linestyle": (0, (5, 1.5)), "marker": "^"},
    "RAdam": plots.style("RAdam") | {"marker": "s"},
}
X_train, X_val, y_train, y_val = divided(seed=0)
x_rest, x_test, x_train, x_val = (
    X.reshape(-1, 8, 8) for X in (X_rest, X_test, X_train, X_val)
)


class Network:
    """Layers by the shapes of their weights, (outputs, inputs of each)."""

    def __init__(self, shapes):
        self.shapes = shapes
        self.sizes = [n for k, c in shapes for n in (k * c, k)]

    def start(self, rng):
        """Weights of He's size, and zero biases."""
        return np.concatenate(
            [
                part
                for k, c in self.shapes
                for part in (
                    (2 / c) ** 0.5 * rng.standard_normal(k * c),
                    np.zeros(k),
                )
            ]
        )

    def layers(self, w):
        """The weights and the biases of each layer, cut from w."""
        parts = np.split(w, np.cumsum(self.sizes)[:-1], axis=-1)
        return [
            (W.reshape(*w.shape[:-1], *shape), b[..., None])
            for W, b, shape in zip(
                parts[::2], parts[1::2], self.shapes, strict=True
            )
        ]

    def logits(self, w, x):
        """An array (networks, 10, images)."""
        return self.forward(w, x)[-1]

    def score(self, w, x, digits):
        """Each network's cross-entropy, and its right answers in percent."""
        logs = log_softmax(self.logits(w, x), axis=-2)
        losses = -logs[..., digits, np.arange(len(x))].mean(axis=-1)
        return losses, 100 * np.mean(logs.argmax(axis=-2) == digits, axis=-1)

    def losses_and_gradient(self, w, x, digits):
        """The mean cross-entropy of each network, and its gradient."""
        *seen, out = self.forward(w, x)
        logs = log_softmax(out, axis=-2)
        losses = -logs[..., digits, np.arange(len(x))].mean(axis=-1)
        grad = (np.exp(logs) - np.eye(10)[:, digits]) / len(x)
        return losses, self.backward(w, seen, grad)


class Perceptron(Network):
    """64 pixels, hidden units with ReLU, and 10 outputs."""

    def __init__(self, hidden):
        super().__init__([(hidden, 64), (10, hidden)])

    def forward(self, w, x):
        (W1, b1), (W2, b2) = self.layers(w)
        pixels = x.reshape(len(x), -1).T
        hidden = np.maximum(W1 @ pixels + b1, 0)
        return pixels, hidden, W2 @ hidden + b2

    def backward(self, w, seen, top):
        pixels, hidden = seen
        _, (W2, _) = self.layers(w)
        below = W2.swapaxes(-1, -2) @ top * (hidden > 0)
        return joined(
            [
                (below @ pixels.T, below),
                (top @ hidden.swapaxes(-1, -2), top),
            ]
        )


class Convolutions(Network):
    """Convolutions of 3 x 3 with ReLU, a pooling after the first, 10 outputs.

    Inside, arrays are (networks, channels, height, width, images).
    """

    def __init__(self, *filters):
        self.filters = filters
        convolutions = [(k, 9 * c) for c, k in pairwise((1, *filters))]
        super().__init__([*convolutions, (10, 16 * filters[-1])])

    def forward(self, w, x):
        *convolutions, (W, b) = self.layers(w)
        seen, a = [], np.moveaxis(x, 0, -1)[None, None]
        for i, (kernels, biases) in enumerate(convolutions):
            size = a.shape[-3:]
            columns = windows(a)
            z = kernels @ columns
            z += biases
            z = z.reshape(*z.shape[:-1], *size)
            # ReLU after the pooling: the same numbers, for a quarter of them
            a = np.maximum(reduce(np.maximum, squares(z)) if i == 0 else z, 0)
            seen.append((columns, z, a))
        flat = a.reshape(len(w), -1, len(x))
        return *seen, flat, W @ flat + b

    def backward(self, w, seen, top):
        *convolutions, (W, _) = self.layers(w)
        *seen, flat = seen
        grads = [(top @ flat.swapaxes(-1, -2), top)]
        below = W.swapaxes(-1, -2) @ top
        below = below.reshape(len(w), -1, 4, 4, top.shape[-1])
        for i in reversed(range(len(convolutions))):
            columns, z, a = seen[i]
            below *= a > 0
            if i == 0:
                below = to_the_largest(z, a, below)
            flat = below.reshape(*z.shape[:2], -1)
            grads.insert(0, (flat @ columns.swapaxes(-1, -2), flat))
            if i > 0:
                flat = convolutions[i][0].swapaxes(-1, -2) @ flat
                below = added_up(flat, z.shape[-3:])
        return joined(grads)

    def dead(self, w, x, layer=-1):
        """How many filters of a layer answer to none of the images."""
        *seen, _, _ = self.forward(w, x)
        return np.sum(seen[layer][-1].max(axis=(-3, -2, -1)) == 0, axis=-1)


def joined(grads):
    flat = [
        part
        for W, b in grads
        for part in (W.reshape(*W.shape[:-2], -1), b.sum(axis=-1))
    ]
    return np.concatenate(flat, axis=-1)


def windows(a):
    """The windows of 3 x 3 pixels, one in a column, with a frame of zeros."""
    *nets, height, width, images = a.shape
    framed = np.zeros((*nets, height + 2, width + 2, images))
    framed[:, :, 1:-1, 1:-1] = a
    view = sliding_window_view(framed, (3, 3), axis=(2, 3))
    view = np.moveaxis(view, (-2, -1), (2, 3))
    return view.reshape(len(a), 9 * a.shape[1], -1)


def added_up(columns, size):
    """The columns' numbers, added up at the pixels that they stand for."""
    height, width, images = size
    parts = columns.reshape(len(columns), -1, 3, 3, *size)
    framed = np.zeros((*parts.shape[:2], height + 2, width + 2, images))
    for i in range(3):
        for j in range(3):
            place = framed[:, :, i : i + height, j : j + width]
            place += parts[:, :, i, j]
    return framed[:, :, 1:-1, 1:-1]


def squares(a):
    """The four numbers of each block of 2 x 2, as four views."""
    return [a[..., i::2, j::2, :] for i in (0, 1) for j in (0, 1)]


def to_the_largest(z, largest, grad):
    """The gradient of a pooled number goes to the first of the largest."""
    spread = np.empty_like(z)
    for part, place in zip(squares(z), squares(spread), strict=True):
        np.multiply(grad, part == largest, out=place)
        grad -= place
    return spread


def jittered(x, rng):
    """Each image moved by up to one pixel down or up, right or left."""
    images, height, width = x.shape
    framed = np.zeros((images, height + 2, width + 2))
    framed[:, 1:-1, 1:-1] = x
    places = sliding_window_view(framed, (height, width), axis=(1, 2))
    return places[np.arange(images), *rng.integers(0, 3, (2, images))]


def batches(seed, epochs, x, digits):
    """Mini-batches of moved images; the seed decides order and moves."""
    rng = np.random.default_rng((seed, 1))
    for _ in range(epochs):
        order = rng.permutation(len(x))
        for rows in np.array_split(order, len(x) // BATCH):
            yield jittered(x[rows], rng), digits[rows]


def train(
    network,
    rule,
    rates,
    seed,
    epochs=3,
    schedule=lambda t: 1.0,
    x=x_train,
    digits=y_train,
    factor=1.0,
):
    """One start with several rates: the last weights, and all losses.

    The schedule and the gradient's factor multiply what they are named by.
    """
    w = network.start(np.random.default_rng(seed))
    w = np.tile(w, (len(rates), 1))
    m, v, losses = np.zeros_like(w), np.zeros_like(w), []
    rates = np.array(rates)[:, None]
    for t, batch in enumerate(batches(seed, epochs, x, digits), start=1):
        loss, g = network.losses_and_gradient(w, *batch)
        w, m, v = rule(w, factor * g, m, v, t, schedule(t) * rates)
        losses.append(loss)
    return w, np.array(losses)


def trained(network, seeds, **settings):
    """The runs of several seeds: their weights, and their losses."""
    with ThreadPoolExecutor(2) as executor:
        runs = executor.map(
            lambda seed: train(network, seed=seed, **settings), seeds
        )
        weights, losses = zip(*runs, strict=True)
    return np.array(weights), np.array(losses)


def draw_valleys(rates, losses, **more):
    """Each rule's mean loss, and its standard error, over the rates."""
    _, ax = plt.subplots(figsize=(5.6, 3.6))
    for i, (name, look) in enumerate(LOOKS.items()):
        ax.errorbar(
            np.array(rates) * 1.04 ** (i - 1),  # side by side
            losses[name].mean(axis=0),
            sem(losses[name], axis=0),
            label=name,
            capsize=3,
            elinewidth=1,
            **look,
            **more,
        )
    ax.axhline(np.log(10), color="#999999", linewidth=1)
    ax.set(xscale="log", yscale="log", xlabel="learning rate")
    ax.minorticks_off()
    plots.legend_below(ax)
    return ax
