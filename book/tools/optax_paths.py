"""Write where Optax's optimizers lead, book/data/optax.npz: `python book/tools/optax_paths.py`.

Chapters 2 and 6 compare with these numbers, so that who runs them needs no JAX. The gradients are the
chapters' own; each asserts its agreement with the file, and a test computes the file anew.
"""

from pathlib import Path

import jax
import numpy as np
import optax

jax.config.update("jax_enable_x64", True)

FILE = Path(__file__).parents[1] / "data" / "optax.npz"


def path(transformation, start, gradients):
    """The parameters after each step, in double precision."""

    def step(carry, g):
        p, state = carry
        updates, state = transformation.update(g, state, p)
        p = optax.apply_updates(p, updates)
        return (p, state), p

    start = jax.numpy.asarray(start)
    return np.asarray(jax.lax.scan(step, (start, transformation.init(start)), gradients)[1])


def regimes():
    """The five kinds of gradients of chapter 2."""
    rng = np.random.default_rng(0)
    ordinary = rng.normal(size=(1000, 8))
    return {
        "ordinary": ordinary,
        "sparse": np.where(rng.random(ordinary.shape) < 0.02, ordinary, 0.0),
        "delayed": np.where(np.arange(1000)[:, None] < 100, 0.0, ordinary),
        "tiny": 1e-30 * ordinary,
        "huge": 1e10 * ordinary,
    }


def paths():
    """All that the file holds: name to numbers."""
    found = {}
    for name, gradients in regimes().items():
        found[f"adam {name}"] = path(optax.adam(0.01), np.zeros(8), gradients)
        found[f"nadam {name}"] = path(optax.nadam(0.01), np.zeros(8), gradients)
    noise = np.random.default_rng(0).standard_normal((1000, 400))  # chapter 6
    found["adamw end"] = path(optax.adamw(1e-3, weight_decay=0.01), np.ones(400), noise)[-1]
    return found


if __name__ == "__main__":
    np.savez_compressed(FILE, **paths())
