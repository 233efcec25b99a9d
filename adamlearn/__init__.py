"""adamlearn: the Adam optimizer and its family, as rules that read like their papers."""

from adamlearn import rules
from adamlearn.optimizer import Optimizer
from adamlearn.optimizers import (
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
    RAdam,
    RMSProp,
)

__version__ = "0.1.0"

__all__ = [
    "ADOPT",
    "SGD",
    "AMSGrad",
    "AdEMAMix",
    "AdaBelief",
    "AdaGrad",
    "AdaMax",
    "Adam",
    "AdamW",
    "Lion",
    "NAdam",
    "Nesterov",
    "Optimizer",
    "RAdam",
    "RMSProp",
    "rules",
]
