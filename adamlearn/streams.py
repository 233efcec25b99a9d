"""Gradient streams: what a rule is fed when a trace shows how it responds.

A stream is a function of the step number ``t`` (1, 2, ...) and of settings with their defaults.
A setting that has the name of a hyperparameter (``beta1``) takes the rule's own value, and one
named ``p`` the parameter's. The functions run unchanged in MicroPython, where the book's pages
call them, so they keep to arithmetic and ``math``.
"""

import math


def constant(t, size=1.0):
    """The same gradient at every step.

    Parameters
    ----------
    t : int
        The step number.
    size : float, default 1
        The gradient.

    Examples
    --------
    >>> from adamlearn.streams import constant
    >>> [constant(t, size=2.0) for t in (1, 2)]
    [2.0, 2.0]
    """
    return size


def alternating(t, size=1.0):
    """A gradient that changes sign at every step.

    Parameters
    ----------
    t : int
        The step number.
    size : float, default 1
        The first gradient.

    Examples
    --------
    >>> from adamlearn.streams import alternating
    >>> [alternating(t) for t in (1, 2, 3)]
    [1.0, -1.0, 1.0]
    """
    return size if t % 2 else -size


def noisy(t, mean=1.0, noise=1.0, seed=0):
    """A mean and normal noise, which is the same whenever the step and the seed are.

    Parameters
    ----------
    t : int
        The step number.
    mean : float, default 1
        The gradient without the noise.
    noise : float, default 1
        The standard deviation.
    seed : int, default 0
        Another seed, another noise.

    Examples
    --------
    >>> from adamlearn.streams import noisy
    >>> noisy(1) == noisy(1), noisy(1) == noisy(1, seed=1), noisy(1, noise=0.0)
    (True, False, 1.0)
    """
    return mean + noise * _normal(t, seed)


def sparse(t, size=1.0, every=20):
    """Zero but for one gradient in ``every``.

    Parameters
    ----------
    t : int
        The step number.
    size : float, default 1
        The gradient that is not zero.
    every : int, default 20
        The number of steps from one such gradient to the next; the first step has one.

    Examples
    --------
    >>> from adamlearn.streams import sparse
    >>> [sparse(t, every=2) for t in (1, 2, 3)]
    [1.0, 0.0, 1.0]
    """
    return size if (t - 1) % every == 0 else 0.0


def spike(t, size=100.0, at=20):
    """One gradient of ``size`` among gradients of 1.

    Parameters
    ----------
    t : int
        The step number.
    size : float, default 100
        The gradient at the step ``at``.
    at : int, default 20
        The step that has it.

    Examples
    --------
    >>> from adamlearn.streams import spike
    >>> [spike(t, at=2) for t in (1, 2, 3)]
    [1.0, 100.0, 1.0]
    """
    return size if t == at else 1.0


def periodic(t, large=4.0, period=3):
    """Once in a period ``large``, and -1 at the other steps.

    Source: Reddi, Kale & Kumar, "On the convergence of Adam and beyond", 2018, theorem 1, where
    the period is 3 and the gradients are those of a linear loss on [-1, 1].

    Parameters
    ----------
    t : int
        The step number.
    large : float, default 4
        The gradient at the first step of each period.
    period : int, default 3
        The number of steps.

    Examples
    --------
    >>> from adamlearn.streams import periodic
    >>> [periodic(t) for t in (1, 2, 3, 4)]
    [4.0, -1.0, -1.0, 4.0]
    """
    return large if (t - 1) % period == 0 else -1.0


def worst(t, beta1, beta2, at=60):
    """Growing towards step ``at`` so that Adam's step there is as long as it can be, then zero.

    Each gradient is ``beta1 / beta2`` of the next one: by the Cauchy-Schwarz inequality no other
    stream makes the ratio of the first moment to the root of the second larger.

    Parameters
    ----------
    t : int
        The step number.
    beta1, beta2 : float
        Those of the rule.
    at : int, default 60
        The step of the last gradient, which is 1.

    Examples
    --------
    >>> from adamlearn.streams import worst
    >>> [worst(t, 0.5, 1.0, at=2) for t in (1, 2, 3)]
    [0.5, 1.0, 0.0]
    """
    return (beta1 / beta2) ** (at - t) if t <= at else 0.0


def _normal(t, seed):
    """A standard normal number that depends on ``t`` and ``seed`` alone (Box and Muller's form)."""
    angle = 2 * math.pi * _uniform(2 * t + 1_000_003 * int(seed))
    return math.sqrt(-2 * math.log(_uniform(2 * t + 1 + 1_000_003 * int(seed)))) * math.cos(angle)


def _uniform(k):
    """Scramble an integer into (0, 1): two rounds of multiplying and folding its 32 bits."""
    for _ in range(2):
        k = ((k >> 16) ^ k) * 0x45D9F3B % 2**32
    return (((k >> 16) ^ k) + 0.5) / 2**32


STREAMS = {
    stream.__name__: stream for stream in (constant, alternating, noisy, sparse, spike, periodic, worst)
}
