"""The newer rules, each as its paper or its authors' program has it and as libraries have it.

Unlike ours they may take the whole array: a mean, a norm or a product of matrices is of all of its elements.
"""

import numpy as np
from adamlearn.rules import adamw, ademamix, lion, nadam
from measuring.framework_rules import growing_nadam

__all__ = ["adamw", "ademamix", "growing_nadam", "lion", "nadam"]  # what is measured as it is elsewhere


def rms(x):
    return np.sqrt(np.mean(x**2))


def adan(p, g, m, d, n, last, t, learning_rate=1e-3, beta1=0.98, beta2=0.92, beta3=0.99, epsilon=1e-8):
    change = g - last if t > 1 else 0 * g
    m = beta1 * m + (1 - beta1) * g
    d = beta2 * d + (1 - beta2) * change
    n = beta3 * n + (1 - beta3) * (g + beta2 * change) ** 2
    ahead = m / (1 - beta1**t) + beta2 * d / (1 - beta2**t)
    return p - learning_rate * ahead / (np.sqrt(n / (1 - beta3**t)) + epsilon), m, d, n, g


def optax_adan(p, g, m, d, n, last, t, learning_rate=1e-3, beta1=0.98, beta2=0.92, beta3=0.99, epsilon=1e-8):
    change = g - last if t > 1 else 0 * g
    m = beta1 * m + (1 - beta1) * g
    d = beta2 * d + (1 - beta2) * change
    n = beta3 * n + (1 - beta3) * (g + (1 - beta2) * change) ** 2
    ahead = m / (1 - beta1**t) + (1 - beta2) * d / (1 - beta2**t)
    return p - learning_rate * ahead / (np.sqrt(n / (1 - beta3**t)) + epsilon), m, d, n, g


def late_adan(p, g, m, d, n, last, t, learning_rate=1e-3, beta1=0.98, beta2=0.92, beta3=0.99, epsilon=1e-8):
    if t == 1:  # the first gradient is only kept; the corrections count it all the same
        return p, m, d, n, g
    change = g - last
    m = beta1 * m + (1 - beta1) * g
    d = beta2 * d + (1 - beta2) * change
    n = beta3 * n + (1 - beta3) * (g + beta2 * change) ** 2
    ahead = m / (1 - beta1**t) + beta2 * d / (1 - beta2**t)
    return p - learning_rate * ahead / (np.sqrt(n / (1 - beta3**t)) + epsilon), m, d, n, g


def cautious_adamw(
    p, g, m, v, t, learning_rate=1e-3, beta1=0.9, beta2=0.999, epsilon=1e-8, weight_decay=1e-2
):
    p = p - learning_rate * weight_decay * p
    m = beta1 * m + (1 - beta1) * g
    v = beta2 * v + (1 - beta2) * g**2
    mask = m * g > 0
    step = m * mask / max(np.mean(mask), 1e-3)  # over all elements
    return p - learning_rate * step / (1 - beta1**t) / (np.sqrt(v / (1 - beta2**t)) + epsilon), m, v


def early_cautious_adamw(
    p, g, m, v, t, learning_rate=1e-3, beta1=0.9, beta2=0.999, epsilon=1e-6, weight_decay=0.0
):
    p = p - learning_rate * weight_decay * p
    m = beta1 * m + (1 - beta1) * g
    v = beta2 * v + (1 - beta2) * g**2
    mask = m * g > 0
    step = m * mask / max(np.mean(mask), 1e-3)
    rate = learning_rate * np.sqrt(1 - beta2**t) / (1 - beta1**t)  # epsilon before the correction
    return p - rate * step / (np.sqrt(v) + epsilon), m, v


def cautious_lion(p, g, m, t, learning_rate=1e-4, beta1=0.9, beta2=0.99, weight_decay=0.0):
    p = p - learning_rate * weight_decay * p
    step = np.sign(beta1 * m + (1 - beta1) * g)
    mask = step * g > 0
    m = beta2 * m + (1 - beta2) * g
    return p - learning_rate * step * mask / max(np.mean(mask), 1e-3), m


def counted_cautious_lion(p, g, m, t, learning_rate=1e-4, beta1=0.9, beta2=0.99, weight_decay=0.0):
    p = p - learning_rate * weight_decay * p
    step = np.sign(beta1 * m + (1 - beta1) * g)
    mask = step * g > 0
    m = beta2 * m + (1 - beta2) * g
    return p - learning_rate * step * mask * (np.size(g) / (np.sum(mask) + 1)), m  # one more than there are


def schedule_free(
    p, g, v, d, total, t, learning_rate=2.5e-3, beta1=0.9, beta2=0.999, epsilon=1e-8, warmup=0, weight_decay=0
):
    rate = learning_rate * min(t / warmup, 1) if warmup else learning_rate
    total = total + rate**2  # the largest rate so far, squared
    share = rate**2 / total
    v = beta2 * v + (1 - beta2) * g**2
    u = g / (np.sqrt(v / (1 - beta2**t)) + epsilon) + weight_decay * p
    z = p + d - rate * u
    p = (1 - share) * p + share * (p + d) + rate * (beta1 * (1 - share) - 1) * u
    return p, v, z - p, total


def optax_schedule_free(
    p, g, v, d, total, t, learning_rate=2.5e-3, beta1=0.9, beta2=0.999, epsilon=1e-8, warmup=0
):
    rate = learning_rate * min((t - 1) / warmup, 1) if warmup else learning_rate
    weight = (learning_rate * min(t / warmup, 1) if warmup else learning_rate) ** 2  # of the step after it
    total = total + weight
    share = weight / total
    v = beta2 * v + (1 - beta2) * g**2
    u = g / (np.sqrt(v / (1 - beta2**t)) + epsilon)
    z = p + d - rate * u
    p = (1 - share) * p + share * (p + d) + rate * (beta1 * (1 - share) - 1) * u
    return p, v, z - p, total


def keras_schedule_free(
    p, g, v, z, t, learning_rate=2.5e-3, beta1=0.9, beta2=0.999, epsilon=1e-8, warmup=0, weight_decay=0.0
):
    z = z if t > 1 else p
    p = p - learning_rate * weight_decay * p  # z does not decay, and the rate is that after the warm-up
    rate = learning_rate * min(t / warmup, 1) if warmup else learning_rate
    v = beta2 * v + (1 - beta2) * g**2
    x = (p - (1 - beta1) * z) / beta1
    z = z - rate * g / (np.sqrt(v / (1 - beta2**t)) + epsilon)
    x = (1 - 1 / t) * x + z / t  # all steps weigh the same
    return (1 - beta1) * z + beta1 * x, v, z


def prodigy(
    p, g, m, v, s, start, numerator, grown, t, learning_rate=1.0, beta1=0.9, beta2=0.999, epsilon=1e-8,
    d0=1e-6, correct=False
):  # fmt: skip
    start = start if t > 1 else p
    d = d0 + grown
    rate = d * learning_rate
    if correct:
        rate = rate * np.sqrt(1 - beta2**t) / (1 - beta1**t)
    numerator = np.sqrt(beta2) * numerator + d / d0 * rate * np.sum(g * (start - p))
    s = np.sqrt(beta2) * s + d / d0 * rate * g
    m = beta1 * m + (1 - beta1) * d * g
    v = beta2 * v + (1 - beta2) * (d * g) ** 2
    d = max(d, numerator / np.sum(np.abs(s)))
    return p - rate * m / (np.sqrt(v) + d * epsilon), m, v, s, start, numerator, d - d0


def adopt(p, g, m, v, t, learning_rate=1e-3, beta1=0.9, beta2=0.9999, epsilon=1e-6, power=0.25):
    if t == 1:
        return p, m, g**2
    bound = (t - 1) ** power
    m = beta1 * m + (1 - beta1) * np.clip(g / np.maximum(np.sqrt(v), epsilon), -bound, bound)
    return p - learning_rate * m, m, beta2 * v + (1 - beta2) * g**2


def mars(
    p, g, m, v, last, t, learning_rate=3e-3, beta1=0.95, beta2=0.99, epsilon=1e-8, gamma=0.025, wait=False
):
    change = 0 * g if wait and t == 1 else g - last  # before the first gradient stands 0, or nothing
    c = g + gamma * beta1 / (1 - beta1) * change
    c = c / max(np.linalg.norm(c), 1)  # over all elements
    m = beta1 * m + (1 - beta1) * c
    v = beta2 * v + (1 - beta2) * c**2
    return p - learning_rate * m / (1 - beta1**t) / (np.sqrt(v / (1 - beta2**t)) + epsilon), m, v, g


def orthogonalized(x, epsilon=1e-7):
    """Five steps of Muon's Newton-Schulz iteration."""
    wide = x.T if len(x) > len(x.T) else x
    wide = wide / (np.linalg.norm(wide) + epsilon)
    for _ in range(5):
        gram = wide @ wide.T
        wide = 3.4445 * wide + (-4.7750 * gram + 2.0315 * gram @ gram) @ wide
    return wide.T if len(x) > len(x.T) else wide


def muon(p, g, m, t, learning_rate=1e-3, beta1=0.95, weight_decay=0.0):
    m = beta1 * m + (1 - beta1) * g
    scale = np.sqrt(max(1, len(p) / len(p.T)))
    step = orthogonalized(beta1 * m + (1 - beta1) * g)
    return (1 - learning_rate * weight_decay) * p - learning_rate * scale * step, m


def matched_muon(p, g, m, t, learning_rate=1e-3, beta1=0.95, weight_decay=0.0):
    m = beta1 * m + (1 - beta1) * g
    scale = 0.2 * np.sqrt(max(p.shape))  # a step's RMS is about Adam's
    step = orthogonalized(beta1 * m + (1 - beta1) * g)
    return (1 - learning_rate * weight_decay) * p - learning_rate * scale * step, m


def optax_muon(p, g, m, t, learning_rate=1e-3, beta1=0.95):
    m = beta1 * m + (1 - beta1) * g
    ahead = beta1 * m / (1 - beta1 ** (t + 1)) + (1 - beta1) * g / (1 - beta1**t)
    scale = np.sqrt(max(1, len(p.T) / len(p)))  # rows go in, columns come out
    return p - learning_rate * scale * orthogonalized(ahead, 1e-8), m


def adafactor(p, g, r, c, t, learning_rate=1e-2, epsilon=1e-30, least=1e-3):
    beta2 = 1 - t**-0.8
    r = beta2 * r + (1 - beta2) * np.mean(g**2 + epsilon, axis=1, keepdims=True)
    c = beta2 * c + (1 - beta2) * np.mean(g**2 + epsilon, axis=0, keepdims=True)
    u = g / np.sqrt(r * c / np.mean(r))
    rate = max(least, rms(p)) * min(learning_rate, t**-0.5)
    return p - rate * u / max(1, rms(u)), r, c


def optax_adafactor(p, g, v, t, learning_rate=1e-2, epsilon=1e-30, least=1e-3):
    beta2 = 1 - t**-0.8
    v = beta2 * v + (1 - beta2) * (g**2 + epsilon)  # a whole second moment: the matrix is small
    u = g / np.sqrt(v)
    return p - learning_rate * max(least, rms(p)) * u / max(1, rms(u)), v


def lamb(p, g, m, v, t, learning_rate=1e-3, beta1=0.9, beta2=0.999, epsilon=1e-6, clip=np.inf):
    g = g / max(np.linalg.norm(g) / clip, 1)
    m = beta1 * m + (1 - beta1) * g
    v = beta2 * v + (1 - beta2) * g**2
    u = m / (1 - beta1**t) / (np.sqrt(v / (1 - beta2**t)) + epsilon)
    ratio = np.linalg.norm(p) / np.linalg.norm(u)
    return p - learning_rate * ratio * u, m, v
