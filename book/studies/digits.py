"""The digits, and small networks for many seeds and rates, side by side."""

import numpy as np
from scipy.special import log_softmax
from sklearn.datasets import load_digits
from sklearn.model_selection import train_test_split

RATES = 10.0 ** np.arange(-3.25, -0.5, 0.25)
SIZES = {"test_size": 360}
X, y = load_digits(return_X_y=True)  # 1,797 images of 8 x 8 pixels
X_rest, X_test, y_rest, y_test = train_test_split(
    X / 16, y, stratify=y, random_state=0, **SIZES
)


def divided(seed):
    """Training and validation images, and their digits."""
    return train_test_split(
        X_rest, y_rest, stratify=y_rest, random_state=seed, **SIZES
    )


# A network of 64, 32 and 10 units for every seed and rate, all computed in
# one go; the last axis of w holds the 2,410 weights and biases of each.
def layers(w):
    W1, b1, W2, b2 = np.split(w, [2048, 2080, 2400], axis=-1)
    runs = w.shape[:-1]
    W1, W2 = W1.reshape(*runs, 64, 32), W2.reshape(*runs, 32, 10)
    return W1, b1[..., None, :], W2, b2[..., None, :]


def outputs(w, x):
    W1, b1, W2, b2 = layers(w)
    hidden = np.maximum(x @ W1 + b1, 0)
    return hidden, log_softmax(hidden @ W2 + b2, axis=-1)


def gradient(w, x, digits):
    hidden, logs = outputs(w, x)
    top = (np.exp(logs) - np.eye(10)[digits]) / x.shape[-2]
    below = top @ layers(w)[2].swapaxes(-1, -2) * (hidden > 0)
    parts = (
        x.swapaxes(-1, -2) @ below,
        below.sum(axis=-2),
        hidden.swapaxes(-1, -2) @ top,
        top.sum(axis=-2),
    )
    flat = [part.reshape(*w.shape[:-1], -1) for part in parts]
    return np.concatenate(flat, axis=-1)


def loss_and_error(w, x, digits):
    """Cross-entropy, and wrong answers in percent: a row for each seed."""
    _, logs = outputs(w, x)
    right = np.take_along_axis(logs, digits[..., None], axis=-1)
    wrong = logs.argmax(axis=-1) != digits
    return -right.mean(axis=(-2, -1)), 100 * wrong.mean(axis=-1)


def starts(seeds):
    """Weights of He's size and zero biases, the same for all rates."""
    w = np.zeros((len(seeds), len(RATES), 2410))
    for row, seed in zip(w, seeds, strict=True):
        draw = np.random.default_rng(seed).standard_normal
        row[:, :2048] = np.sqrt(2 / 64) * draw(2048)
        row[:, 2080:2400] = np.sqrt(2 / 32) * draw(320)
    return w


def batches(seeds, epochs, size=32):
    """Mini-batches of images and digits, for all seeds side by side."""
    sets = [divided(seed) for seed in seeds]
    draws = [np.random.default_rng((seed, 1)) for seed in seeds]
    count = len(sets[0][0])
    for _ in range(epochs):
        order = np.array([draw.permutation(count) for draw in draws])
        for k in range(0, count - size + 1, size):
            rows = order[:, k : k + size]
            x, digits = (
                np.array([s[part][r] for s, r in zip(sets, rows, strict=True)])
                for part in (0, 2)
            )
            yield x[:, None], digits[:, None]


def measured(w, seeds):
    """By name: the validation loss, the test loss and the test error."""
    sets = [divided(seed) for seed in seeds]
    x, digits = (np.array([s[part] for s in sets])[:, None] for part in (1, 3))
    test = np.broadcast_to(y_test, (len(seeds), 1, len(y_test)))
    loss, error = loss_and_error(w, X_test, test)
    validation, _ = loss_and_error(w, x, digits)
    return {"validation": validation, "loss": loss, "error": error}
