"""Wrong rules, each one edit away from the right one: the comparison with the oracles must catch them all."""

import inspect
from functools import partial

import numpy as np
import pytest

from adamlearn import Optimizer, rules
from tests import oracles
from tests.optimizers_table import TABLE

M = "m = beta1 * m + (1 - beta1) * g"
V = "v = beta2 * v + (1 - beta2) * g**2"
ROOT = "(np.sqrt(v_hat) + epsilon)"

# Edits of the text that the rules with Adam's moments share.
FIRST = [
    ("p - learning_rate * ", "p + learning_rate * "),
    (M, "m = beta1 * m + g"),
    (M, "m = (1 - beta1) * m + beta1 * g"),
    (M, "m = beta2 * m + (1 - beta2) * g"),
    (M, "m = beta1 * m + (1 - beta1) * g**3"),
]
MOMENTS = [
    *FIRST,
    ("m_hat = m / (1 - beta1**t)", "m_hat = m"),
    ("m_hat = m / (1 - beta1**t)", "m_hat = m / (1 - beta1 * t)"),
    ("m_hat = m / (1 - beta1**t)", "m_hat = m / (1 - beta1 ** (t + 1))"),
    ("m_hat = m / (1 - beta1**t)", "m_hat = g"),
]
SECOND = [
    (V, "v = beta2 * v + g**2"),
    (V, "v = (1 - beta2) * v + beta2 * g**2"),
    (V, "v = beta1 * v + (1 - beta1) * g**2"),
    (V, "v = beta2 * v + (1 - beta2) * np.abs(g)"),
    (V, "v = beta2 * v + (1 - beta2) * (g - m) ** 2"),
    ("v_hat = v / (1 - beta2**t)", "v_hat = v"),
    ("v_hat = v / (1 - beta2**t)", "v_hat = v / (1 - beta1**t)"),
]
ADAM = MOMENTS + SECOND
ADAMS_ROOT = [
    (ROOT, "np.sqrt(v_hat + epsilon)"),
    (ROOT, "(np.sqrt(v_hat + epsilon**2))"),
    (ROOT, "(np.sqrt(v_hat) + epsilon / (1 - beta2**t) ** 0.5)"),
    (ROOT, "np.sqrt(v_hat)"),
    (ROOT, "(v_hat + epsilon)"),
    (ROOT, "np.maximum(np.sqrt(v_hat), epsilon)"),
]
DECAY = "p = p - learning_rate * weight_decay * p"
DECAYS = [
    (DECAY, "p = p + learning_rate * weight_decay * p"),
    (DECAY, "p = p - weight_decay * p"),
    (DECAY, "g = g + weight_decay * p"),
    (DECAY, "p = p - learning_rate * weight_decay * np.sign(p)"),
    (DECAY, "p = p - learning_rate**2 * weight_decay * p"),
    (DECAY, "pass"),
]
BELIEF = "s = beta2 * s + (1 - beta2) * (g - m) ** 2 + epsilon"
AHEAD = "ahead = beta1 * m_hat + (1 - beta1) * g_hat"
LARGEST = "u = np.maximum(beta2 * u, np.abs(g) + epsilon)"
MIX = "np.sign(beta1 * m + (1 - beta1) * g)"
KEPT = "m = beta2 * m + (1 - beta2) * g"
BEFORE = "v = v if t > 1 else g**2"
DIVISOR = "np.maximum(np.sqrt(v), epsilon)"
CLIPPED = f"np.clip(g / {DIVISOR}, -bound, bound)"
OF_STEPS = "m = beta1 * m + (1 - beta1) * step"
SLOW = "m_slow = beta3 * m_slow + (1 - beta3) * g"
MIXED = "mixed = m_hat + alpha * m_slow"
RECTIFIED = "step = r * m_hat / (np.sqrt(v_hat) + epsilon) if r > 0 else m_hat"

MUTANTS = {
    "sgd": [
        ("p - learning_rate", "p + learning_rate"),
        ("momentum * velocity + g", "momentum * velocity - g"),
        ("momentum * velocity + g", "momentum * velocity + (1 - momentum) * g"),
        ("momentum * velocity + g", "velocity + g"),
        ("momentum * velocity + g", "momentum * velocity + learning_rate * g"),
        ("learning_rate * velocity,", "learning_rate * g,"),
        (", velocity\n", ", g\n"),
    ],
    "nesterov": [
        ("p - learning_rate", "p + learning_rate"),
        ("(g + momentum * velocity)", "velocity"),
        ("(g + momentum * velocity)", "(g + velocity)"),
        ("(g + momentum * velocity)", "(g - momentum * velocity)"),
        ("velocity = momentum * velocity + g", "velocity = momentum * (velocity + g)"),
        ("velocity = momentum * velocity + g", "velocity = momentum * velocity + (1 - momentum) * g"),
    ],
    "adagrad": [
        ("p - learning_rate", "p + learning_rate"),
        ("v = v + g**2", "v = g**2"),
        ("v = v + g**2", "v = v + np.abs(g)"),
        ("v = v + g**2", "v = np.maximum(v, g**2)"),
        ("np.sqrt(v + epsilon)", "(np.sqrt(v) + epsilon)"),
        ("np.sqrt(v + epsilon)", "np.sqrt(v)"),
        ("np.sqrt(v + epsilon)", "(v + epsilon)"),
        ("np.sqrt(v + epsilon)", "np.sqrt(v / t + epsilon)"),
    ],
    "rmsprop": [
        ("p - learning_rate", "p + learning_rate"),
        (V, "v = beta2 * v + g**2"),
        (V, "v = (1 - beta2) * v + beta2 * g**2"),
        (V, "v = beta2 * v + (1 - beta2) * np.abs(g)"),
        ("(np.sqrt(v) + epsilon)", "np.sqrt(v + epsilon)"),
        ("(np.sqrt(v) + epsilon)", "np.sqrt(v)"),
        ("(np.sqrt(v) + epsilon)", "(v + epsilon)"),
        ("(np.sqrt(v) + epsilon)", "(np.sqrt(v / (1 - beta2**t)) + epsilon)"),
    ],
    "adam": ADAM + ADAMS_ROOT,
    "adamw": [
        *ADAM[1:],
        *ADAMS_ROOT,
        *DECAYS,
        ("p - learning_rate * m_hat", "p + learning_rate * m_hat"),
    ],
    "amsgrad": [
        *ADAM,
        ("np.maximum(v_max, v_hat)", "np.maximum(v_max, v)"),
        ("np.maximum(v_max, v_hat)", "np.maximum(v_max, v) / (1 - beta2**t)"),
        ("np.maximum(v_max, v_hat)", "v_hat"),
        ("np.maximum(v_max, v_hat)", "v_max + v_hat"),
        ("(np.sqrt(v_max) + epsilon)", "(np.sqrt(v_hat) + epsilon)"),
        ("(np.sqrt(v_max) + epsilon)", "np.sqrt(v_max + epsilon)"),
        ("m, v, v_max\n", "m, v_max, v_max\n"),
        ("m, v, v_max\n", "m, v, v_hat\n"),
    ],
    "radam": [
        *ADAM,
        *ADAMS_ROOT,
        (RECTIFIED, "step = m_hat / (np.sqrt(v_hat) + epsilon) if r > 0 else m_hat"),
        (RECTIFIED, "step = r * m_hat / (np.sqrt(v_hat) + epsilon)"),
        (RECTIFIED, "step = r * m_hat / (np.sqrt(v_hat) + epsilon) if r > 0 else m"),
        (RECTIFIED, "step = r * m_hat / (np.sqrt(v_hat) + epsilon) if r > 0 else 0 * m"),
        (RECTIFIED, "step = r**2 * m_hat / (np.sqrt(v_hat) + epsilon) if r > 0 else m_hat"),
        ("if rho <= 4:", "if rho <= 5:"),
        ("if rho <= 4:", "if rho <= 7:"),
        ("2 / (1 - beta2) - 1", "2 / (1 - beta2) + 1"),
        ("2 / (1 - beta2) - 1", "2 / (1 - beta2)"),
        ("2 * t * beta2**t", "t * beta2**t"),
        ("(rho - 4) * (rho - 2) * rho_inf", "(rho - 4) * (rho - 2) * rho"),
        ("(rho_inf - 4) * (rho_inf - 2) * rho)", "(rho_inf - 4) * (rho_inf - 2) * rho_inf)"),
        ("** 0.5", "** 1.0"),
    ],
    "adabelief": [
        *MOMENTS,
        (BELIEF, "s = beta2 * s + (1 - beta2) * g**2 + epsilon"),
        (BELIEF, "s = beta2 * s + (1 - beta2) * np.abs(g - m) + epsilon"),
        (BELIEF, "s = beta2 * s + (1 - beta2) * (g - m) ** 2"),
        (BELIEF, "s = beta2 * s + (1 - beta2) * ((g - m) ** 2 + epsilon)"),
        (BELIEF, "s = beta2 * s + (1 - beta2) * (g - m / (1 - beta1**t)) ** 2 + epsilon"),
        (BELIEF, "s = (1 - beta2) * s + beta2 * (g - m) ** 2 + epsilon"),
        ("s_hat = s / (1 - beta2**t)", "s_hat = s"),
        ("s_hat = s / (1 - beta2**t)", "s_hat = s / (1 - beta1**t)"),
        ("(np.sqrt(s_hat) + epsilon)", "np.sqrt(s_hat + epsilon)"),
        ("(np.sqrt(s_hat) + epsilon)", "np.sqrt(s_hat)"),
        ("(np.sqrt(s_hat) + epsilon)", "(s_hat + epsilon)"),
    ],
    "nadam": [
        *FIRST,
        *SECOND,
        *ADAMS_ROOT,
        ("m / (1 - beta1 ** (t + 1))", "m / (1 - beta1**t)"),
        ("m / (1 - beta1 ** (t + 1))", "m"),
        ("g / (1 - beta1**t)", "g"),
        ("g / (1 - beta1**t)", "g / (1 - beta1 ** (t + 1))"),
        ("v / (1 - beta2**t)", "v / (1 - beta2 ** (t + 1))"),
        (AHEAD, "ahead = (1 - beta1) * m_hat + beta1 * g_hat"),
        (AHEAD, "ahead = beta1 * m_hat + g_hat"),
        (AHEAD, "ahead = beta1 * m_hat - (1 - beta1) * g_hat"),
        (AHEAD, "ahead = m_hat"),
        (AHEAD, "ahead = g_hat"),
        (AHEAD, "beta1 = beta1 * (1 - 0.5 * 0.96 ** (0.004 * t))\n    " + AHEAD),  # as PyTorch mixes
    ],
    "adamax": [
        *MOMENTS,
        (LARGEST, "u = np.maximum(u, np.abs(g) + epsilon)"),
        (LARGEST, "u = np.maximum(beta1 * u, np.abs(g) + epsilon)"),
        (LARGEST, "u = np.maximum(beta2 * u, g + epsilon)"),
        (LARGEST, "u = np.maximum(beta2 * u, np.abs(g))"),
        (LARGEST, "u = np.maximum(beta2 * u, np.abs(g)) + epsilon"),
        (LARGEST, "u = np.maximum(beta2 * u, (1 - beta2) * np.abs(g) + epsilon)"),
        (LARGEST, "u = np.maximum(beta2 * u, np.abs(m) + epsilon)"),
        (LARGEST, "u = np.maximum(np.maximum(beta2 * u, np.abs(g)), epsilon)"),
        (LARGEST, "u = np.minimum(beta2 * u, np.abs(g) + epsilon)"),
        (LARGEST, "u = beta2 * u + (1 - beta2) * np.abs(g) + epsilon"),
        ("m_hat / u, m, u", "m_hat / (u + epsilon), m, u"),
        ("m_hat / u, m, u", "m_hat / (u - epsilon + epsilon * (u > np.abs(g) + epsilon)), m, u"),
        ("m_hat / u, m, u", "m_hat / (u / (1 - beta2**t)), m, u"),
        ("m_hat / u, m, u", "m_hat / np.sqrt(u), m, u"),
    ],
    "lion": [
        *DECAYS,
        ("p - learning_rate * step", "p + learning_rate * step"),
        ("p - learning_rate * step", "p - step"),
        (MIX, "np.sign(beta2 * m + (1 - beta2) * g)"),
        (MIX, "np.sign((1 - beta1) * m + beta1 * g)"),
        (MIX, "np.sign(beta1 * m - (1 - beta1) * g)"),
        (MIX, "np.sign(beta1 * m + g)"),
        (MIX, "np.sign(m)"),
        (MIX, "np.sign(g)"),
        (MIX, "beta1 * m + (1 - beta1) * g"),
        (MIX, "np.sign(beta1 * (beta2 * m + (1 - beta2) * g) + (1 - beta1) * g)"),  # the new average
        (KEPT, "m = beta1 * m + (1 - beta1) * g"),
        (KEPT, "m = (1 - beta2) * m + beta2 * g"),
        (KEPT, "m = beta2 * m + g"),
        (KEPT, "m = beta2 * m + (1 - beta2) * step"),
        (KEPT, "m = beta1 * m + (1 - beta1) * g if t > 1 else g"),
        (f"step = {MIX}", f"beta1, beta2 = beta2, beta1\n    step = {MIX}"),
    ],
    "adopt": [
        *SECOND[:4],
        ("p - learning_rate * m", "p + learning_rate * m"),
        ("p - learning_rate * m", "p - learning_rate * m / (1 - beta1**t)"),
        (BEFORE, "pass"),
        (BEFORE, "v = v if t > 1 else np.abs(g)"),
        (BEFORE, "v = v if t > 1 else (1 - beta2) * g**2"),
        (BEFORE, "v = v if t > 2 else g**2"),
        (DIVISOR, "np.maximum(np.sqrt(beta2 * v + (1 - beta2) * g**2), epsilon)"),  # the new v
        (DIVISOR, "np.maximum(np.sqrt(v / (1 - beta2**t)), epsilon)"),
        (DIVISOR, "(np.sqrt(v) + epsilon)"),
        (DIVISOR, "np.sqrt(v + epsilon)"),
        (DIVISOR, "np.sqrt(np.maximum(v, epsilon))"),
        (DIVISOR, "np.maximum(v, epsilon)"),
        (DIVISOR, "np.minimum(np.sqrt(v), epsilon)"),
        (CLIPPED, f"g / {DIVISOR}"),
        (CLIPPED, f"(g / {DIVISOR} if t > 1 else 0 * g)"),
        (CLIPPED, f"np.minimum(g / {DIVISOR}, bound)"),
        (CLIPPED, f"np.clip(g, -bound, bound) / {DIVISOR}"),
        ("(t - 1) ** 0.25", "(t - 1) ** 0.333"),  # timm's
        ("(t - 1) ** 0.25", "(t - 1) ** 0.5"),
        ("(t - 1) ** 0.25", "t**0.25"),
        ("(t - 1) ** 0.25", "1.0 * (t > 1)"),
        (OF_STEPS, "m = beta1 * m + step"),
        (OF_STEPS, "m = (1 - beta1) * m + beta1 * step"),
        (OF_STEPS, "m = beta2 * m + (1 - beta2) * step"),
        (OF_STEPS, "m = step"),
    ],
    "ademamix": [
        *ADAM[1:],
        *ADAMS_ROOT,
        *DECAYS,
        ("p - learning_rate * mixed", "p + learning_rate * mixed"),
        (SLOW, "m_slow = beta1 * m_slow + (1 - beta1) * g"),
        (SLOW, "m_slow = beta2 * m_slow + (1 - beta2) * g"),
        (SLOW, "m_slow = (1 - beta3) * m_slow + beta3 * g"),
        (SLOW, "m_slow = beta3 * m_slow + g"),
        (SLOW, "m_slow = beta3 * m_slow + (1 - beta3) * m"),
        (SLOW, "m_slow = beta3 * m_slow + (1 - beta3) * g if t > 1 else g"),
        (MIXED, "mixed = m_hat + alpha * m_slow / (1 - beta3**t)"),
        (MIXED, "mixed = m + alpha * m_slow"),
        (MIXED, "mixed = m_hat - alpha * m_slow"),
        (MIXED, "mixed = m_hat + m_slow"),
        (MIXED, "mixed = alpha * m_hat + m_slow"),
        (MIXED, "mixed = (1 - alpha) * m_hat + alpha * m_slow"),
        (MIXED, "mixed = (m_hat + alpha * m_slow) / (1 + alpha)"),
        ("m, m_slow, v\n", "m, m, v\n"),
    ],
}
ROWS = {row.cls().rule.__name__: row for row in TABLE}
EDITS = [(name, before, after) for name, edits in MUTANTS.items() for before, after in edits]


def edited(name, before, after):
    """The rule with one edit in its text, or in that of its helper."""
    text = inspect.getsource(rules.rectifier) + inspect.getsource(getattr(rules, name))
    assert text.count(before) == 1
    namespace = {"np": np}
    exec(text.replace(before, after), namespace)
    return namespace[name]


def is_caught(name, rule, regimes=tuple(oracles.REGIMES)):
    """Whether any comparison with the oracle goes wrong, as ``test_oracles`` would see it."""
    with np.errstate(all="ignore"):
        return any(
            difference > oracles.TOLERANCE
            for regime in regimes
            for difference in oracles.differences(ROWS[name], regime, partial(Optimizer, rule))
        )


@pytest.mark.parametrize(
    ("name", "before", "after"), EDITS, ids=[f"{name}: {after.strip()}" for name, _, after in EDITS]
)
def test_mutant_is_caught(name, before, after):
    assert is_caught(name, edited(name, before, after))


@pytest.mark.parametrize("name", MUTANTS)
def test_the_rule_itself_is_not_caught(name):
    unchanged = edited(name, "learning_rate=", "learning_rate=")
    assert not is_caught(name, unchanged, ["ordinary"])


def test_every_rule_has_mutants():
    assert ROWS.keys() == MUTANTS.keys()
    assert min(len(edits) for edits in MUTANTS.values()) >= 5
