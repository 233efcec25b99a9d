"""A network of 49 weights on 20 points, and its exact derivatives."""

import numpy as np

UNITS, POINTS = 16, np.linspace(-1, 1, 20)
TARGET = 8 * POINTS**4 - 8 * POINTS**2 + 1  # goes up and down, up and down


def layers(P):
    """Activations and errors; a row of P holds a network's 49 weights."""
    w, b, a, c = np.split(P[:, None], [UNITS, 2 * UNITS, 3 * UNITS], axis=2)
    T = np.tanh(POINTS[:, None] * w + b)
    return a, T, (T * a).sum(axis=2) + c[..., 0] - TARGET


def jacobian(a, T):
    """How the outputs change with the weights."""
    s, x = (1 - T**2) * a, POINTS[:, None]
    return np.concatenate([x * s, s, T, np.ones_like(T[..., :1])], axis=2)


def gradients(P):
    a, T, error = layers(P)
    return np.einsum("rn,rnp->rp", error, jacobian(a, T)) / len(POINTS)


def hessians(P):
    a, T, error = layers(P)
    J = jacobian(a, T)
    H = np.swapaxes(J, 1, 2) @ J
    x, slope, i = POINTS[:, None], 1 - T**2, np.arange(UNITS)
    bent, error = -2 * T * slope * a, error[..., None]
    for first, second, each in (
        (0, 0, bent * x * x),
        (0, 1, bent * x),
        (1, 1, bent),
        (0, 2, slope * x),
        (1, 2, slope),
    ):
        rows, columns = first * UNITS + i, second * UNITS + i
        H[:, rows, columns] += (error * each).sum(axis=1)
        if first != second:
            H[:, columns, rows] += (error * each).sum(axis=1)
    return H / len(POINTS)


def start(seed):
    rng, zeros = np.random.default_rng(seed), np.zeros(UNITS)
    w, a = rng.standard_normal((2, UNITS))
    return np.concatenate([w, zeros, a / np.sqrt(UNITS), [0.0]])
