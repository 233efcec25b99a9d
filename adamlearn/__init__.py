"""adamlearn: the Adam optimizer and its family, as rules that read like their papers."""

from adamlearn import rules
from adamlearn.optimizer import Optimizer
from adamlearn.optimizers import (
    SGD,
    AdaBelief,
    AdaGrad,
    Adam,
    AdamW,
    AMSGrad,
    Nesterov,
    RAdam,
    RMSProp,
)

__version__ = "0.1.0"

__all__ = [
    "SGD",
    "AMSGrad",
    "AdaBelief",
    "AdaGrad",
    "Adam",
    "AdamW",
    "Nesterov",
    "Optimizer",
    "RAdam",
    "RMSProp",
    "rules",
]
