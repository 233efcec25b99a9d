"""Steps against what they are on paper: the first one, and closed forms with 50 digits for the next ones."""

import mpmath
import numpy as np
import pytest
from mpmath import mpf, sign, sqrt

import adamlearn
from adamlearn import Optimizer
from tests.optimizers_table import TABLE

GRADIENTS = [3.0, -1.0, 0.5, 4.0, 0.0, -2.0, 7.0, 1.0, -0.25, 2.0]


def test_every_class_is_in_the_table():
    exported = {getattr(adamlearn, name) for name in adamlearn.__all__}
    classes = {each for each in exported if isinstance(each, type) and issubclass(each, Optimizer)}
    assert {row.cls for row in TABLE} == classes - {Optimizer}


@pytest.mark.parametrize("g", [1e-100, -2.0, 3e100])
def test_first_step(row, g):
    optimizer = row.make(**row.settings, epsilon=0.0)
    expected = -row.first_step(g, **row.defaults | row.settings)
    np.testing.assert_allclose(optimizer.update(np.zeros(1), np.full(1, g)), expected, rtol=1e-14)


@pytest.mark.parametrize("start", [0.0, 1.0])
@pytest.mark.parametrize("chosen", ["defaults", "settings"])
def test_closed_form(row, chosen, start):
    """Ten steps against the sums written out: no recursion, 50 digits (RAdam's rho loses three)."""
    hyperparameters = row.defaults | getattr(row, chosen)
    optimizer, p = row.cls(**hyperparameters), np.full(1, start)
    for g in GRADIENTS:
        p = optimizer.update(p, np.full(1, g))
    with mpmath.workdps(50):
        exact = closed_form(row.name, start, **{name: mpf(value) for name, value in hyperparameters.items()})
        assert abs(p[0] - exact) < 1e-13 * (start + abs(exact - start))


def closed_form(name, start, learning_rate, weight_decay=0, **hyperparameters):
    """Where ten steps lead; what decays does so by the same factor in each."""
    p = mpf(start)
    for t in range(1, len(GRADIENTS) + 1):
        step = STEPS[name](*[mpf(g) for g in GRADIENTS[:t]], **hyperparameters)
        p = (1 - learning_rate * weight_decay) * p - learning_rate * step
    return p


def fading_sum(terms, beta):
    return sum(beta ** (len(terms) - i) * term for i, term in enumerate(terms, start=1))


def fading_mean(terms, beta):
    """What a bias-corrected running average is: a weighted mean, of weights that fade by beta a step."""
    return fading_sum(terms, beta) / fading_sum([1] * len(terms), beta)


def squares(g):
    return [each**2 for each in g]


def sgd(*g, momentum):
    return fading_sum(g, momentum)


def nesterov(*g, momentum):
    return g[-1] + momentum * fading_sum(g, momentum)


def adagrad(*g, epsilon):
    return g[-1] / sqrt(sum(squares(g)) + epsilon)


def rmsprop(*g, beta2, epsilon):
    return g[-1] / (sqrt((1 - beta2) * fading_sum(squares(g), beta2)) + epsilon)


def adam(*g, beta1, beta2, epsilon):
    return fading_mean(g, beta1) / (sqrt(fading_mean(squares(g), beta2)) + epsilon)


def amsgrad(*g, beta1, beta2, epsilon):
    largest = max(fading_mean(squares(g[:i]), beta2) for i in range(1, len(g) + 1))
    return fading_mean(g, beta1) / (sqrt(largest) + epsilon)


def radam(*g, beta1, beta2, epsilon):
    rectification = exact_rectifier(len(g), beta2)
    return rectification * adam(*g, beta1=beta1, beta2=beta2, epsilon=epsilon) or fading_mean(g, beta1)


def exact_rectifier(t, beta2):
    rho_inf = 2 / (1 - beta2) - 1
    rho = rho_inf - 2 * t * beta2**t / (1 - beta2**t)
    if rho <= 4:
        return mpf(0)
    return sqrt((rho - 4) / (rho_inf - 4) * (rho - 2) / (rho_inf - 2) * rho_inf / rho)


def adabelief(*g, beta1, beta2, epsilon):
    averages = [(1 - beta1) * fading_sum(g[:i], beta1) for i in range(1, len(g) + 1)]
    surprises = [(each - average) ** 2 for each, average in zip(g, averages, strict=True)]
    return fading_mean(g, beta1) / (sqrt(fading_mean(surprises, beta2) + epsilon / (1 - beta2)) + epsilon)


def nadam(*g, beta1, beta2, epsilon):
    """The average with the weights of one step more, and the gradient with those of this one."""
    ahead = beta1 * fading_sum(g, beta1) / fading_sum([1] * (len(g) + 1), beta1)
    ahead += g[-1] / fading_sum([1] * len(g), beta1)
    return ahead / (sqrt(fading_mean(squares(g), beta2)) + epsilon)


def adamax(*g, beta1, beta2, epsilon):
    faded = [beta2 ** (len(g) - i) * (abs(each) + epsilon) for i, each in enumerate(g, start=1)]
    return fading_mean(g, beta1) / max(faded)


def lion(*g, beta1, beta2):
    return sign((1 - beta1) * g[-1] + beta1 * (1 - beta2) * fading_sum(g[:-1], beta2))


def adopt(*g, beta1, beta2, epsilon):
    first, *others = squares(g)
    divided = []
    for i in range(1, len(g)):  # gradient i + 1, by the squares of the i gradients before it
        second_moment = beta2 ** (i - 1) * first + (1 - beta2) * fading_sum(others[: i - 1], beta2)
        quotient, bound = g[i] / max(sqrt(second_moment), epsilon), sqrt(sqrt(mpf(i)))
        divided.append(quotient if abs(quotient) < bound else bound * sign(quotient))
    return (1 - beta1) * fading_sum(divided, beta1)


def ademamix(*g, beta1, beta2, beta3, alpha, epsilon):
    mixed = fading_mean(g, beta1) + alpha * (1 - beta3) * fading_sum(g, beta3)
    return mixed / (sqrt(fading_mean(squares(g), beta2)) + epsilon)


STEPS = {
    "SGD": sgd,
    "Nesterov": nesterov,
    "AdaGrad": adagrad,
    "RMSProp": rmsprop,
    "Adam": adam,
    "AdamW": adam,
    "AMSGrad": amsgrad,
    "RAdam": radam,
    "AdaBelief": adabelief,
    "NAdam": nadam,
    "AdaMax": adamax,
    "Lion": lion,
    "ADOPT": adopt,
    "AdEMAMix": ademamix,
}
