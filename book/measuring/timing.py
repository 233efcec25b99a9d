"""How steps are timed, and what both benchmarks time: bench.py and ladder.py stand on this module."""

import os
import statistics
import time
from concurrent.futures import ThreadPoolExecutor
from itertools import pairwise

import numba
import numpy as np

ROUNDS = 9
SECONDS = 0.02  # the least that one turn of an implementation lasts
LONG = 3_200_000  # bytes of an array that is worth a second thread
POOL = ThreadPoolExecutor()


def turn(step, calls):
    """Seconds of a call of ``step``: the mean of so many calls, one after the other."""
    begin = time.perf_counter()
    for _ in range(calls):
        step()
    return (time.perf_counter() - begin) / calls


def in_turn(steps, rounds=ROUNDS):
    """Quartiles of each step's seconds; the steps take turns, so that what else runs falls on all."""
    calls = {}
    for name, step in steps.items():
        turn(step, 2)  # compiles, allocates
        calls[name] = max(1, round(SECONDS / turn(step, 1)))
    seconds = {name: [] for name in steps}
    for _ in range(rounds):
        for name, step in steps.items():
            seconds[name].append(turn(step, calls[name]))
    quartiles = {name: statistics.quantiles(values, n=4) for name, values in seconds.items()}
    return {
        name: dict(zip(("low", "median", "high"), found, strict=True)) for name, found in quartiles.items()
    }


class SlideAdam:
    """The class of the second slide, as it stands there but for its layout."""

    def __init__(self, learning_rate=0.001, beta1=0.9, beta2=0.999, epsilon=1e-8):
        self.learning_rate, self.beta1, self.beta2, self.epsilon = learning_rate, beta1, beta2, epsilon
        self.m, self.v, self.t = None, None, 0

    def update(self, params, grads):
        if self.m is None:
            self.m, self.v = np.zeros(params.shape), np.zeros(params.shape)
        self.t += 1
        self.m = self.beta1 * self.m + (1 - self.beta1) * grads
        self.v = self.beta2 * self.v + (1 - self.beta2) * np.square(grads)
        m_hat = self.m / (1 - self.beta1**self.t)
        v_hat = self.v / (1 - self.beta2**self.t)
        params -= self.learning_rate * m_hat / (np.sqrt(v_hat) + self.epsilon)
        return params


def seven_streams(p, g, m, v):
    """Read p, g, m, v, write p, m, v, and do next to no arithmetic."""
    for i in range(p.size):
        p[i] += g[i]
        m[i] += g[i]
        v[i] += g[i]


def seven_streams_step(p, g):
    """Seven streams over arrays as large as ``p``, as a step without arguments; ``p`` stays as it is."""
    loop = numba.njit(nogil=True, error_model="numpy")(seven_streams)
    arrays = [p.copy(), g, np.zeros_like(p), np.zeros_like(p)]
    return lambda: in_threads(loop, arrays)


def cores():
    """How many cores this process may use; on macOS and Windows, which do not tell, how many there are."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count()


def in_threads(loop, arrays):
    """A loop over equal parts of long arrays, a thread for each core."""
    threads = cores() if arrays[0].nbytes > LONG else 1
    bounds = [arrays[0].size * part // threads for part in range(threads + 1)]
    parts = [slice(*pair) for pair in pairwise(bounds)]
    list(map_in_threads(lambda part: loop(*(array[part] for array in arrays)), parts))


def map_in_threads(work, items):
    """As ``map``, a thread for each item if there are several."""
    return POOL.map(work, items) if len(items) > 1 else map(work, items)
