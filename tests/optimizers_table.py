"""Every optimizer class, with what the tests need to know of it; a new class gets a row, and so the tests."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
import optax

from adamlearn import (
    ADOPT,
    SGD,
    AdaBelief,
    AdaGrad,
    Adam,
    AdaMax,
    AdamW,
    AdEMAMix,
    AMSGrad,
    Lion,
    NAdam,
    Nesterov,
    Optimizer,
    RAdam,
    RMSProp,
)
from adamlearn.hyperparameters import read_rule


@dataclass(frozen=True, eq=False)
class Row:
    """A class, the same rule in Optax, and its first step on a gradient ``g`` when epsilon is 0."""

    cls: type[Optimizer]
    oracle_name: str
    oracle: Callable[..., optax.GradientTransformation]  # takes the class's hyperparameters by name
    first_step: Callable[..., Any]  # takes g and the hyperparameters by name
    settings: dict[str, float]  # other hyperparameters than the defaults, to be tested with
    scale_free: bool = True  # whether its steps are the same on gradients of any scale

    @property
    def name(self) -> str:
        return self.cls.__name__

    @property
    def defaults(self) -> dict[str, float]:
        parameters = read_rule(self.cls.named_rule)[1].parameters.values()
        return {parameter.name: parameter.default for parameter in parameters}

    def make(self, **hyperparameters: Any) -> Optimizer:
        """An optimizer of the class; hyperparameters that the class does not have are left out."""
        return self.cls(**{name: hyperparameters[name] for name in self.defaults if name in hyperparameters})


OTHER = {"learning_rate": 0.1, "beta1": 0.8, "beta2": 0.95}

TABLE = [
    Row(
        SGD,
        "sgd",
        lambda learning_rate, momentum: optax.sgd(learning_rate, momentum),
        lambda g, learning_rate, momentum: learning_rate * g,
        {"learning_rate": 0.1, "momentum": 0.8},
        scale_free=False,
    ),
    Row(
        Nesterov,
        "sgd(nesterov=True)",
        lambda learning_rate, momentum: optax.sgd(learning_rate, momentum, nesterov=True),
        lambda g, learning_rate, momentum: learning_rate * (1 + momentum) * g,
        {"learning_rate": 0.1, "momentum": 0.8},
        scale_free=False,
    ),
    Row(
        AdaGrad,
        "adagrad(initial_accumulator_value=0)",
        lambda learning_rate, epsilon: optax.adagrad(learning_rate, 0.0, epsilon),
        lambda g, learning_rate, epsilon: learning_rate * np.sign(g),
        {"learning_rate": 0.1},
    ),
    Row(
        RMSProp,
        "rmsprop(eps_in_sqrt=False)",
        lambda learning_rate, beta2, epsilon: optax.rmsprop(learning_rate, beta2, epsilon, eps_in_sqrt=False),
        lambda g, learning_rate, beta2, epsilon: learning_rate * np.sign(g) / np.sqrt(1 - beta2),
        {"learning_rate": 0.1, "beta2": 0.95},
    ),
    Row(
        Adam,
        "adam",
        lambda learning_rate, beta1, beta2, epsilon: optax.adam(learning_rate, beta1, beta2, epsilon),
        lambda g, learning_rate, **_: learning_rate * np.sign(g),
        OTHER,
    ),
    Row(
        AdamW,
        "adamw",
        lambda learning_rate, beta1, beta2, epsilon, weight_decay: optax.adamw(
            learning_rate, beta1, beta2, epsilon, weight_decay=weight_decay
        ),
        lambda g, learning_rate, **_: learning_rate * np.sign(g),  # from 0, where nothing decays
        OTHER | {"weight_decay": 0.1},
    ),
    Row(
        AMSGrad,
        "amsgrad",
        lambda learning_rate, beta1, beta2, epsilon: optax.amsgrad(learning_rate, beta1, beta2, epsilon),
        lambda g, learning_rate, **_: learning_rate * np.sign(g),
        OTHER,
    ),
    Row(
        RAdam,
        "radam(threshold=4)",
        lambda learning_rate, beta1, beta2, epsilon: optax.radam(
            learning_rate, beta1, beta2, epsilon, threshold=4.0
        ),
        lambda g, learning_rate, **_: learning_rate * g,
        OTHER,
        scale_free=False,
    ),
    Row(
        AdaBelief,
        "adabelief(eps=e, eps_root=e)",
        lambda learning_rate, beta1, beta2, epsilon: optax.adabelief(
            learning_rate, beta1, beta2, eps=epsilon, eps_root=epsilon
        ),
        lambda g, learning_rate, beta1, **_: learning_rate * np.sign(g) / beta1,
        OTHER,
    ),
    Row(
        NAdam,
        "nadam",
        lambda learning_rate, beta1, beta2, epsilon: optax.nadam(learning_rate, beta1, beta2, epsilon),
        lambda g, learning_rate, beta1, **_: learning_rate * np.sign(g) * (1 + 2 * beta1) / (1 + beta1),
        OTHER,
    ),
    Row(
        AdaMax,
        "adamax",
        lambda learning_rate, beta1, beta2, epsilon: optax.adamax(learning_rate, beta1, beta2, epsilon),
        lambda g, learning_rate, **_: learning_rate * np.sign(g),
        OTHER,
    ),
    Row(
        Lion,
        "lion",
        lambda learning_rate, beta1, beta2, weight_decay: optax.lion(
            learning_rate, beta1, beta2, weight_decay=weight_decay
        ),
        lambda g, learning_rate, **_: learning_rate * np.sign(g),
        OTHER | {"weight_decay": 0.1},
    ),
    Row(
        ADOPT,
        "contrib.adopt",
        lambda learning_rate, beta1, beta2, epsilon: optax.contrib.adopt(
            learning_rate, beta1, beta2, epsilon
        ),
        lambda g, **_: 0 * g,
        OTHER,
    ),
    Row(
        AdEMAMix,
        "contrib.ademamix",
        lambda learning_rate, beta1, beta2, beta3, alpha, epsilon, weight_decay: optax.contrib.ademamix(
            learning_rate, beta1, beta2, beta3, alpha, eps=epsilon, weight_decay=weight_decay
        ),
        lambda g, learning_rate, beta3, alpha, **_: learning_rate * np.sign(g) * (1 + alpha * (1 - beta3)),
        OTHER | {"beta3": 0.99, "alpha": 3.0, "weight_decay": 0.1},
    ),
]
