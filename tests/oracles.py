"""Compare an optimizer with the same rule in Optax, in float64; ``python -m tests.oracles`` prints the table.

Two runs of 1,000 steps are compared, at every step and element. In the *path*, each step starts where
the last one ended, and the two positions may differ by so much of the distance from the origin plus the
way gone. In the *steps*, each one starts at the origin, so none is rounded away against a large position,
and the two may differ by so much of the way gone in the last ten steps: one step can be a small difference
of large moments, ten in a row are not.
"""

from collections.abc import Callable, Iterator
from functools import cache
from typing import Any

import jax
import numpy as np
import optax

from adamlearn import Optimizer
from tests.optimizers_table import TABLE, Row

jax.config.update("jax_enable_x64", True)

STEPS, ELEMENTS = 1000, 32
TOLERANCE = 1e-12


def _regimes() -> dict[str, tuple[np.ndarray, float]]:
    """Streams of gradients, shape (steps, elements), and the scale of each."""
    rng = np.random.default_rng(0)
    ordinary = rng.normal(size=(STEPS, ELEMENTS))
    return {
        "ordinary": (ordinary, 1.0),
        "sparse": (ordinary * (rng.random(ordinary.shape) < 0.02), 1.0),
        "all-zero start": (ordinary * (np.arange(STEPS) >= 100)[:, None], 1.0),
        "tiny": (ordinary * 1e-30, 1e-30),
        "huge": (ordinary * 1e10, 1e10),
    }


REGIMES = _regimes()
START = np.random.default_rng(1).normal(size=ELEMENTS) * (np.arange(ELEMENTS) % 2)  # every other one is 0


def worst_difference(row: Row, regime: str, make: Callable[..., Optimizer] | None = None) -> float:
    """The worst relative difference from the oracle over all settings, of the row's class or of ``make``."""
    return max(differences(row, regime, make or row.cls))


def differences(row: Row, regime: str, make: Callable[..., Optimizer]) -> Iterator[float]:
    """The worst relative difference for each setting, for the path and for the steps."""
    gradients, scale = REGIMES[regime]
    for hyperparameters in settings(row, scale):
        for start, moving in ((START, True), (np.zeros(ELEMENTS), False)):
            theirs = oracle(row, regime, start, moving, hyperparameters)
            ours = positions(make(**hyperparameters), start, moving, gradients)
            yield relative(ours - theirs, path_length(start, theirs) if moving else window_length(theirs))


def settings(row: Row, scale: float) -> Iterator[dict[str, float]]:
    """The defaults and the row's own settings; each with its epsilon, and with those that weigh in.

    Beside gradients of 1e-30 the default epsilon is all there is, and beside 1e10 it is nothing; a tenth
    of their scale, or of its square where it is added under the root, shows the place of every term.
    """
    for base in (row.defaults, row.defaults | row.settings):
        yield base
        if "epsilon" in base:
            yield base | {"epsilon": 0.1 * scale}
            yield base | {"epsilon": 0.1 * scale**2}


def positions(optimizer: Optimizer, start: np.ndarray, moving: bool, gradients: np.ndarray) -> np.ndarray:
    """Where each step leads, from where the last one led or, when not moving, from the start."""
    p, reached = start, []
    for g in gradients:
        reached.append(optimizer.update(p, g))
        p = reached[-1] if moving else start
    return np.array(reached)


def oracle(
    row: Row, regime: str, start: np.ndarray, moving: bool, hyperparameters: dict[str, float]
) -> np.ndarray:
    """What :func:`positions` is for Optax."""
    return np.asarray(_scan(row)(start, float(moving), REGIMES[regime][0], hyperparameters))


@cache
def _scan(row: Row) -> Callable[..., jax.Array]:
    """The oracle's run, compiled once for all regimes and settings."""

    def run(start: Any, moving: Any, gradients: Any, hyperparameters: dict[str, Any]) -> Any:
        transformation = row.oracle(**hyperparameters)

        def step(carry: Any, g: Any) -> Any:
            p, state = carry
            update, state = transformation.update(g, state, p)
            reached = optax.apply_updates(p, update)
            return (jax.numpy.where(moving, reached, start), state), reached

        return jax.lax.scan(step, (start, transformation.init(start)), gradients)[1]

    return jax.jit(run)


def path_length(start: np.ndarray, path: np.ndarray) -> np.ndarray:
    """The distance of the start from the origin, and the way gone from there, after each step."""
    return np.abs(start) + np.abs(np.diff(path, axis=0, prepend=start[None])).cumsum(axis=0)


def window_length(steps: np.ndarray, window: int = 10) -> np.ndarray:
    """The way gone in the last ten steps, after each step."""
    padded = np.pad(np.abs(steps), ((window - 1, 0), (0, 0)))
    return np.lib.stride_tricks.sliding_window_view(padded, window, axis=0).sum(axis=-1)


def relative(difference: np.ndarray, length: np.ndarray) -> float:
    """The largest difference for its length; infinite where there is one without any length, or a NaN."""
    differs = difference != 0
    with np.errstate(divide="ignore"):
        ratios = np.abs(difference[differs]) / length[differs]
    return float(np.where(np.isnan(ratios), np.inf, ratios).max(initial=0.0))


def main() -> None:
    """Print the oracle table."""
    print(f"Worst relative difference over {STEPS:,} steps")
    print(f"{'class':10} {'oracle':42}" + "".join(f"{regime:>15}" for regime in REGIMES))
    for row in TABLE:
        worst = "".join(f"{worst_difference(row, regime):15.1e}" for regime in REGIMES)
        print(f"{row.name:10} {'optax.' + row.oracle_name:42}{worst}")


if __name__ == "__main__":
    main()
