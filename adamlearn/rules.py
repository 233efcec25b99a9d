"""The update rules: each one pure function of one element, written as its paper writes it.

A rule takes a parameter ``p`` and its gradient ``g``, then its state (the *slots*: the names
between ``g`` and ``t``, all zero at the start), then the step number ``t`` (1, 2, ...), then its
hyperparameters. It returns the new ``p`` and the new slots, in that order.

The text runs unchanged over NumPy arrays, compiled by Numba, and over plain floats in
MicroPython, so a rule keeps to arithmetic, ``if`` on numbers that do not depend on the element,
and ``np.sqrt``, ``np.abs``, ``np.maximum``, ``np.minimum``, ``np.clip``, ``np.sign``.
"""

import numpy as np


def sgd(p, g, velocity, t, learning_rate=1e-2, momentum=0.0):
    velocity = momentum * velocity + g
    return p - learning_rate * velocity, velocity


def nesterov(p, g, velocity, t, learning_rate=1e-2, momentum=0.9):
    velocity = momentum * velocity + g
    return p - learning_rate * (g + momentum * velocity), velocity


def adagrad(p, g, v, t, learning_rate=1e-2, epsilon=1e-7):
    v = v + g**2
    return p - learning_rate * g / np.sqrt(v + epsilon), v


def rmsprop(p, g, v, t, learning_rate=1e-3, beta2=0.9, epsilon=1e-8):
    v = beta2 * v + (1 - beta2) * g**2
    return p - learning_rate * g / (np.sqrt(v) + epsilon), v


def adam(p, g, m, v, t,
        learning_rate=1e-3, beta1=0.9, beta2=0.999, epsilon=1e-8):
    m = beta1 * m + (1 - beta1) * g
    v = beta2 * v + (1 - beta2) * g**2
    m_hat = m / (1 - beta1**t)
    v_hat = v / (1 - beta2**t)
    return p - learning_rate * m_hat / (np.sqrt(v_hat) + epsilon), m, v


def adamw(p, g, m, v, t,
        learning_rate=1e-3, beta1=0.9, beta2=0.999, epsilon=1e-8,
        weight_decay=1e-2):
    p = p - learning_rate * weight_decay * p
    m = beta1 * m + (1 - beta1) * g
    v = beta2 * v + (1 - beta2) * g**2
    m_hat = m / (1 - beta1**t)
    v_hat = v / (1 - beta2**t)
    return p - learning_rate * m_hat / (np.sqrt(v_hat) + epsilon), m, v


def amsgrad(p, g, m, v, v_max, t,
        learning_rate=1e-3, beta1=0.9, beta2=0.999, epsilon=1e-8):
    m = beta1 * m + (1 - beta1) * g
    v = beta2 * v + (1 - beta2) * g**2
    m_hat = m / (1 - beta1**t)
    v_hat = v / (1 - beta2**t)
    v_max = np.maximum(v_max, v_hat)
    return p - learning_rate * m_hat / (np.sqrt(v_max) + epsilon), m, v, v_max


def radam(p, g, m, v, t,
        learning_rate=1e-3, beta1=0.9, beta2=0.999, epsilon=1e-8):
    m = beta1 * m + (1 - beta1) * g
    v = beta2 * v + (1 - beta2) * g**2
    m_hat = m / (1 - beta1**t)
    v_hat = v / (1 - beta2**t)
    r = rectifier(t, beta2)
    step = r * m_hat / (np.sqrt(v_hat) + epsilon) if r > 0 else m_hat
    return p - learning_rate * step, m, v


def rectifier(t, beta2):
    """RAdam's r_t; 0 where the variance that it is made from has no value."""
    rho_inf = 2 / (1 - beta2) - 1
    rho = rho_inf - 2 * t * beta2**t / (1 - beta2**t)
    if rho <= 4:
        return 0.0
    return ((rho - 4) * (rho - 2) * rho_inf
            / ((rho_inf - 4) * (rho_inf - 2) * rho)) ** 0.5


def adabelief(p, g, m, s, t,
        learning_rate=1e-3, beta1=0.9, beta2=0.999, epsilon=1e-16):
    m = beta1 * m + (1 - beta1) * g
    s = beta2 * s + (1 - beta2) * (g - m) ** 2 + epsilon
    m_hat = m / (1 - beta1**t)
    s_hat = s / (1 - beta2**t)
    return p - learning_rate * m_hat / (np.sqrt(s_hat) + epsilon), m, s


def nadam(p, g, m, v, t,
        learning_rate=1e-3, beta1=0.9, beta2=0.999, epsilon=1e-8):
    m = beta1 * m + (1 - beta1) * g
    v = beta2 * v + (1 - beta2) * g**2
    m_hat = m / (1 - beta1 ** (t + 1))
    g_hat = g / (1 - beta1**t)
    v_hat = v / (1 - beta2**t)
    ahead = beta1 * m_hat + (1 - beta1) * g_hat
    return p - learning_rate * ahead / (np.sqrt(v_hat) + epsilon), m, v


def adamax(p, g, m, u, t,
        learning_rate=2e-3, beta1=0.9, beta2=0.999, epsilon=1e-8):
    m = beta1 * m + (1 - beta1) * g
    u = np.maximum(beta2 * u, np.abs(g) + epsilon)
    m_hat = m / (1 - beta1**t)
    return p - learning_rate * m_hat / u, m, u


def lion(p, g, m, t,
        learning_rate=1e-4, beta1=0.9, beta2=0.99, weight_decay=0.0):
    p = p - learning_rate * weight_decay * p
    step = np.sign(beta1 * m + (1 - beta1) * g)
    m = beta2 * m + (1 - beta2) * g
    return p - learning_rate * step, m


def adopt(p, g, m, v, t,
        learning_rate=1e-3, beta1=0.9, beta2=0.9999, epsilon=1e-6):
    v = v if t > 1 else g**2
    bound = (t - 1) ** 0.25
    step = np.clip(g / np.maximum(np.sqrt(v), epsilon), -bound, bound)
    m = beta1 * m + (1 - beta1) * step
    v = beta2 * v + (1 - beta2) * g**2
    return p - learning_rate * m, m, v


def ademamix(p, g, m, m_slow, v, t,
        learning_rate=1e-3, beta1=0.9, beta2=0.999, beta3=0.9999,
        alpha=5.0, epsilon=1e-8, weight_decay=0.0):
    p = p - learning_rate * weight_decay * p
    m = beta1 * m + (1 - beta1) * g
    m_slow = beta3 * m_slow + (1 - beta3) * g
    v = beta2 * v + (1 - beta2) * g**2
    m_hat = m / (1 - beta1**t)
    v_hat = v / (1 - beta2**t)
    mixed = m_hat + alpha * m_slow
    return p - learning_rate * mixed / (np.sqrt(v_hat) + epsilon), m, m_slow, v
