"""The optimizers of the book, each a rule with a name. A new one is its rule, its class and its name here."""

# They stand in the order of the book, and so do the tables that are made of them.
# isort: off
from adamlearn.optimizers.before import (
    SGD as SGD,
    Nesterov as Nesterov,
    AdaGrad as AdaGrad,
    RMSProp as RMSProp,
)
from adamlearn.optimizers.family import (
    Adam as Adam,
    AdamW as AdamW,
    AMSGrad as AMSGrad,
    RAdam as RAdam,
    AdaBelief as AdaBelief,
)
from adamlearn.optimizers.since import (
    NAdam as NAdam,
    AdaMax as AdaMax,
    Lion as Lion,
    ADOPT as ADOPT,
    AdEMAMix as AdEMAMix,
)
