"""The rules of PyTorch and Keras where they differ from ours, for those who must repeat a run."""

import numpy as np
from adamlearn.rules import rectifier


def keras_sgd(p, g, velocity, t, learning_rate=1e-2, momentum=0.0):
    velocity = momentum * velocity - learning_rate * g
    return p + velocity, velocity


def keras_nesterov(p, g, velocity, t, learning_rate=1e-2, momentum=0.9):
    velocity = momentum * velocity - learning_rate * g
    return p + momentum * velocity - learning_rate * g, velocity


def torch_adagrad(p, g, v, t, learning_rate=1e-2, epsilon=1e-10):
    v = v + g**2
    return p - learning_rate * g / (np.sqrt(v) + epsilon), v


def keras_rmsprop(p, g, v, t, learning_rate=1e-3, beta2=0.9, epsilon=1e-7):
    v = beta2 * v + (1 - beta2) * g**2
    return p - learning_rate * g / np.sqrt(v + epsilon), v


def keras_adam(p, g, m, v, t, learning_rate=1e-3, beta1=0.9, beta2=0.999, epsilon=1e-7):
    m = beta1 * m + (1 - beta1) * g
    v = beta2 * v + (1 - beta2) * g**2
    rate = learning_rate * np.sqrt(1 - beta2**t) / (1 - beta1**t)
    return p - rate * m / (np.sqrt(v) + epsilon), m, v


def keras_adamw(p, g, m, v, t, learning_rate=1e-3, beta1=0.9, beta2=0.999, epsilon=1e-7, weight_decay=4e-3):
    p = p - learning_rate * weight_decay * p
    m = beta1 * m + (1 - beta1) * g
    v = beta2 * v + (1 - beta2) * g**2
    rate = learning_rate * np.sqrt(1 - beta2**t) / (1 - beta1**t)
    return p - rate * m / (np.sqrt(v) + epsilon), m, v


def torch_amsgrad(p, g, m, v, v_max, t, learning_rate=1e-3, beta1=0.9, beta2=0.999, epsilon=1e-8):
    m = beta1 * m + (1 - beta1) * g
    v = beta2 * v + (1 - beta2) * g**2
    m_hat = m / (1 - beta1**t)
    v_max = np.maximum(v_max, v)
    return p - learning_rate * m_hat / (np.sqrt(v_max / (1 - beta2**t)) + epsilon), m, v, v_max


def keras_amsgrad(p, g, m, v, v_max, t, learning_rate=1e-3, beta1=0.9, beta2=0.999, epsilon=1e-7):
    m = beta1 * m + (1 - beta1) * g
    v = beta2 * v + (1 - beta2) * g**2
    v_max = np.maximum(v_max, v)
    rate = learning_rate * np.sqrt(1 - beta2**t) / (1 - beta1**t)
    return p - rate * m / (np.sqrt(v_max) + epsilon), m, v, v_max


def torch_radam(p, g, m, v, t, learning_rate=1e-3, beta1=0.9, beta2=0.999, epsilon=1e-8):
    m = beta1 * m + (1 - beta1) * g
    v = beta2 * v + (1 - beta2) * g**2
    m_hat = m / (1 - beta1**t)
    rho_inf = 2 / (1 - beta2) - 1
    rho = rho_inf - 2 * t * beta2**t / (1 - beta2**t)
    if rho > 5:
        rate = rectifier(t, beta2) * np.sqrt(1 - beta2**t)
        return p - learning_rate * rate * m_hat / (np.sqrt(v) + epsilon), m, v
    return p - learning_rate * m_hat, m, v


def growing_nadam(
    p, g, m, v, faded, t, learning_rate=1e-3, beta1=0.9, beta2=0.999, epsilon=1e-7, momentum_decay=1.0
):
    beta = beta1 * (1 - 0.96 ** (t * momentum_decay) / 2)
    beta_next = beta1 * (1 - 0.96 ** ((t + 1) * momentum_decay) / 2)
    faded = 1 - (1 - faded) * beta  # 1 minus the product of the betas so far
    faded_next = 1 - (1 - faded) * beta_next
    m = beta1 * m + (1 - beta1) * g
    v = beta2 * v + (1 - beta2) * g**2
    ahead = beta_next * m / faded_next + (1 - beta) * g / faded
    return p - learning_rate * ahead / (np.sqrt(v / (1 - beta2**t)) + epsilon), m, v, faded


def keras_adamax(p, g, m, u, t, learning_rate=1e-3, beta1=0.9, beta2=0.999, epsilon=1e-7):
    m = beta1 * m + (1 - beta1) * g
    u = np.maximum(beta2 * u, np.abs(g))
    return p - learning_rate * (m / (1 - beta1**t)) / (u + epsilon), m, u
