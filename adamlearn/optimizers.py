"""The optimizers of the book, each a rule with a name. A new one is its rule, its class and its row here."""

import inspect
from collections.abc import Callable
from typing import Any, ClassVar

from adamlearn import rules
from adamlearn.hyperparameters import Schedule, bind, read_rule
from adamlearn.optimizer import Optimizer


class _Named(Optimizer):
    """An optimizer whose class fixes the rule; its hyperparameters may be given by position too."""

    named_rule: ClassVar[Callable[..., Any]]
    __signature__: ClassVar[inspect.Signature]

    def __init_subclass__(cls) -> None:
        _, signature = read_rule(cls.named_rule)
        more = {"engine": "numpy", "by_place": None}
        keywords = [
            inspect.Parameter(name, inspect.Parameter.KEYWORD_ONLY, default=d) for name, d in more.items()
        ]
        cls.__signature__ = signature.replace(parameters=[*signature.parameters.values(), *keywords])

    def __init__(self, *args: float | Schedule, **kwargs: Any):
        name = type(self).__name__
        if {"jac", "bounds", "callback"} <= kwargs.keys():  # as SciPy's minimize calls its method
            raise TypeError(f"expected an optimizer such as {name}(); got the class: use method={name}()")
        bound = bind(name, self.__signature__, *args, **kwargs)
        super().__init__(type(self).named_rule, **bound.arguments)


class SGD(_Named):
    """Stochastic gradient descent, with heavy-ball momentum.

    Parameters
    ----------
    learning_rate : float or callable, default 0.01
        What the velocity is multiplied by.
    momentum : float, default 0
        The share of the last velocity that is kept; 0 is plain gradient descent.
    engine, by_place : str and callable, default "numpy" and None
        As for :class:`.Optimizer`.

    Notes
    -----
    The velocity is the sum ``momentum * velocity + g``, as in PyTorch and Optax, not an average.
    Source: Polyak, "Some methods of speeding up the convergence of iteration methods", 1964.

    Examples
    --------
    >>> import numpy as np
    >>> from adamlearn import SGD
    >>> SGD(0.5).update(np.array([1.0]), np.array([2.0]))
    array([0.])
    """

    named_rule = staticmethod(rules.sgd)


class Nesterov(_Named):
    """Gradient descent with Nesterov's momentum, in the form that needs the gradient at ``params`` only.

    Parameters
    ----------
    learning_rate : float or callable, default 0.01
        What the velocity is multiplied by.
    momentum : float, default 0.9
        The share of the last velocity that is kept.
    engine, by_place : str and callable, default "numpy" and None
        As for :class:`.Optimizer`.

    Notes
    -----
    Source: Sutskever et al., "On the importance of initialization and momentum in deep
    learning", 2013, equations 3 and 4, after the change of variables that PyTorch and Optax make.

    Examples
    --------
    >>> import numpy as np
    >>> from adamlearn import Nesterov
    >>> Nesterov(0.5).update(np.array([1.0]), np.array([2.0]))
    array([-0.9])
    """

    named_rule = staticmethod(rules.nesterov)


class AdaGrad(_Named):
    """AdaGrad: each element's step is divided by the root of the sum of its squared gradients.

    Parameters
    ----------
    learning_rate : float or callable, default 0.01
        The length of a step relative to what the rule makes of the gradients.
    epsilon : float, default 1e-7
        Added to the sum, inside the root, as in Optax. The sum starts at 0 (Optax: at 0.1).
    engine, by_place : str and callable, default "numpy" and None
        As for :class:`.Optimizer`.

    Notes
    -----
    Source: Duchi, Hazan & Singer, "Adaptive subgradient methods", 2011, figure 1 (diagonal).

    Examples
    --------
    >>> import numpy as np
    >>> from adamlearn import AdaGrad
    >>> AdaGrad(0.5).update(np.array([1.0]), np.array([2.0]))
    array([0.50000001])
    """

    named_rule = staticmethod(rules.adagrad)


class RMSProp(_Named):
    """RMSProp: each element's step is divided by the root of a running average of its squared gradients.

    Parameters
    ----------
    learning_rate : float or callable, default 0.001
        The length of a step relative to what the rule makes of the gradients.
    beta2 : float, default 0.9
        The share of the average that is kept (``alpha`` in PyTorch, ``decay`` in Optax).
    epsilon : float, default 1e-8
        Added to the root (in Optax: ``eps_in_sqrt=False``).
    engine, by_place : str and callable, default "numpy" and None
        As for :class:`.Optimizer`.

    Notes
    -----
    Source: Tieleman & Hinton, "Lecture 6.5: RMSProp", Coursera, 2012.

    Examples
    --------
    >>> import numpy as np
    >>> from adamlearn import RMSProp
    >>> RMSProp(0.5).update(np.array([1.0]), np.array([2.0]))
    array([-0.58113881])
    """

    named_rule = staticmethod(rules.rmsprop)


class Adam(_Named):
    """Adam: momentum over the root of a running average of squared gradients, both corrected for their start.

    Parameters
    ----------
    learning_rate : float or callable, default 0.001
        The length of a step relative to what the rule makes of the gradients.
    beta1 : float, default 0.9
        The share of the average of gradients that is kept.
    beta2 : float, default 0.999
        The share of the average of squared gradients that is kept.
    epsilon : float, default 1e-8
        Added to the root of the corrected average.
    engine, by_place : str and callable, default "numpy" and None
        As for :class:`.Optimizer`.

    Notes
    -----
    Source: Kingma & Ba, "Adam: a method for stochastic optimization", 2015, algorithm 1.

    Examples
    --------
    >>> import numpy as np
    >>> from adamlearn import Adam
    >>> Adam(learning_rate=0.1).update(np.array([1.0, 2.0]), np.array([10.0, -0.01]))
    array([0.9      , 2.0999999])
    """

    named_rule = staticmethod(rules.adam)


class AdamW(_Named):
    """Adam with decoupled weight decay: the parameters shrink by ``learning_rate * weight_decay`` a step.

    Parameters
    ----------
    learning_rate : float or callable, default 0.001
        The length of a step relative to what the rule makes of the gradients.
    beta1, beta2 : float, default 0.9 and 0.999
        The shares of the two averages that are kept.
    epsilon : float, default 1e-8
        Added to the root.
    weight_decay : float or callable, default 0.01
        Times the learning rate, as in PyTorch, Optax and Keras. In the paper it is not: there
        the same decay is written ``learning_rate * weight_decay``.
    engine, by_place : str and callable, default "numpy" and None
        As for :class:`.Optimizer`.

    Notes
    -----
    Source: Loshchilov & Hutter, "Decoupled weight decay regularization", 2019, algorithm 2.

    Examples
    --------
    >>> import numpy as np
    >>> from adamlearn import AdamW
    >>> AdamW(0.5, weight_decay=0.5).update(np.array([1.0]), np.array([2.0]))
    array([0.25])
    """

    named_rule = staticmethod(rules.adamw)


class AMSGrad(_Named):
    """Adam with the largest corrected second moment so far, so that no element's rate ever increases.

    Parameters
    ----------
    learning_rate : float or callable, default 0.001
        The length of a step relative to what the rule makes of the gradients.
    beta1, beta2 : float, default 0.9 and 0.999
        The shares of the two averages that are kept.
    epsilon : float, default 1e-8
        Added to the root.
    engine, by_place : str and callable, default "numpy" and None
        As for :class:`.Optimizer`.

    Notes
    -----
    The maximum is taken of the bias-corrected moment, as in Optax. The paper corrects neither
    moment; PyTorch and Keras take the maximum first and correct it after.
    Source: Reddi, Kale & Kumar, "On the convergence of Adam and beyond", 2018, algorithm 2.

    Examples
    --------
    >>> import numpy as np
    >>> from adamlearn import AMSGrad
    >>> AMSGrad(0.5).update(np.array([1.0]), np.array([2.0]))
    array([0.5])
    """

    named_rule = staticmethod(rules.amsgrad)


class RAdam(_Named):
    """Adam with a rectified adaptive rate; in the first steps, momentum alone.

    Parameters
    ----------
    learning_rate : float or callable, default 0.001
        The length of a step relative to what the rule makes of the gradients.
    beta1, beta2 : float, default 0.9 and 0.999
        With ``beta2 <= 0.6`` the rate is never adaptive.
    epsilon : float, default 1e-8
        Added to the root.
    engine, by_place : str and callable, default "numpy" and None
        As for :class:`.Optimizer`.

    Notes
    -----
    Adaptive from rho > 4 on, as in the paper (PyTorch: rho > 5). The steps before are the
    corrected momentum times the learning rate: they grow with the gradient.
    Source: Liu et al., "On the variance of the adaptive learning rate and beyond", 2020, algorithm 2.

    Examples
    --------
    >>> import numpy as np
    >>> from adamlearn import RAdam
    >>> RAdam(0.5).update(np.array([1.0]), np.array([2.0]))
    array([0.])
    """

    named_rule = staticmethod(rules.radam)


class AdaBelief(_Named):
    """Adam with the variance of the gradient around its average in place of its square.

    Parameters
    ----------
    learning_rate : float or callable, default 0.001
        The length of a step relative to what the rule makes of the gradients.
    beta1, beta2 : float, default 0.9 and 0.999
        The shares of the two averages that are kept.
    epsilon : float, default 1e-16
        Added to the variance, where it accumulates, and to the root.
    engine, by_place : str and callable, default "numpy" and None
        As for :class:`.Optimizer`.

    Notes
    -----
    Source: Zhuang et al., "AdaBelief optimizer", 2020, algorithm 2 (version 2 and later).

    Examples
    --------
    >>> import numpy as np
    >>> from adamlearn import AdaBelief
    >>> AdaBelief(0.5).update(np.array([1.0]), np.array([2.0]))
    array([0.44444444])
    """

    named_rule = staticmethod(rules.adabelief)


class NAdam(_Named):
    """Adam with Nesterov's look ahead: the step uses the average as one more such gradient would make it.

    Parameters
    ----------
    learning_rate : float or callable, default 0.001
        The length of a step relative to what the rule makes of the gradients.
    beta1, beta2 : float, default 0.9 and 0.999
        The shares of the two averages that are kept.
    epsilon : float, default 1e-8
        Added to the root.
    engine, by_place : str and callable, default "numpy" and None
        As for :class:`.Optimizer`.

    Notes
    -----
    With a constant ``beta1``, as in Optax. PyTorch and Keras let it grow with the step, each in its
    own way, as the paper proposes.
    Source: Dozat, "Incorporating Nesterov momentum into Adam", 2016, algorithm 2.

    Examples
    --------
    >>> import numpy as np
    >>> from adamlearn import NAdam
    >>> NAdam(0.5).update(np.array([1.0]), np.array([2.0]))
    array([0.2631579])
    """

    named_rule = staticmethod(rules.nadam)


class AdaMax(_Named):
    """Adam with a slowly forgotten maximum of the gradient's size in place of the root of its average square.

    Parameters
    ----------
    learning_rate : float or callable, default 0.002
        The length of a step relative to what the rule makes of the gradients.
    beta1 : float, default 0.9
        The share of the average of gradients that is kept.
    beta2 : float, default 0.999
        The share of the maximum that is kept.
    epsilon : float, default 1e-8
        Added to the gradient's size before the maximum is taken.
    engine, by_place : str and callable, default "numpy" and None
        As for :class:`.Optimizer`.

    Notes
    -----
    As in Optax and PyTorch; the paper has no epsilon.
    Source: Kingma & Ba, "Adam: a method for stochastic optimization", 2015, algorithm 2.

    Examples
    --------
    >>> import numpy as np
    >>> from adamlearn import AdaMax
    >>> AdaMax(0.5).update(np.array([1.0]), np.array([2.0]))
    array([0.5])
    """

    named_rule = staticmethod(rules.adamax)


class Lion(_Named):
    """The sign of a mix of one average and the gradient, so that every element moves by the learning rate.

    Parameters
    ----------
    learning_rate : float or callable, default 1e-4
        The length of the step of each element.
    beta1 : float, default 0.9
        The share of the average in the mix whose sign is the step.
    beta2 : float, default 0.99
        The share of the average that is kept for the next step.
    weight_decay : float or callable, default 0
        Times the learning rate, as in the paper.
    engine, by_place : str and callable, default "numpy" and None
        As for :class:`.Optimizer`.

    Notes
    -----
    Source: Chen et al., "Symbolic discovery of optimization algorithms", 2023, algorithm 2.

    Examples
    --------
    >>> import numpy as np
    >>> from adamlearn import Lion
    >>> Lion(0.5).update(np.array([1.0]), np.array([2.0]))
    array([0.5])
    """

    named_rule = staticmethod(rules.lion)


class ADOPT(_Named):
    """Adam whose gradient is divided by the root of the *last* second moment, and averaged after that.

    Parameters
    ----------
    learning_rate : float or callable, default 0.001
        The length of a step relative to what the rule makes of the gradients.
    beta1, beta2 : float, default 0.9 and 0.9999
        The shares of the two averages that are kept.
    epsilon : float, default 1e-6
        The least divisor (a maximum, not a sum).
    engine, by_place : str and callable, default "numpy" and None
        As for :class:`.Optimizer`.

    Notes
    -----
    The divided gradient is clipped at ``(t - 1) ** 0.25``, as in the authors' code and in Optax, so
    that the first step moves nothing: it is there for the second moment.
    Source: Taniguchi et al., "ADOPT: modified Adam can converge with any beta2", 2024, algorithm 2.

    Examples
    --------
    >>> import numpy as np
    >>> from adamlearn import ADOPT
    >>> ADOPT(0.5).update(np.array([1.0]), np.array([2.0]))
    array([1.])
    """

    named_rule = staticmethod(rules.adopt)


class AdEMAMix(_Named):
    """AdamW with a second, very slow average of the gradients beside the first.

    Parameters
    ----------
    learning_rate : float or callable, default 0.001
        The length of a step relative to what the rule makes of the gradients.
    beta1, beta2 : float, default 0.9 and 0.999
        The shares of the fast average and of the second moment that are kept.
    beta3 : float, default 0.9999
        The share of the slow average that is kept.
    alpha : float or callable, default 5
        How much the slow average counts beside the fast one.
    epsilon : float, default 1e-8
        Added to the root.
    weight_decay : float or callable, default 0
        Times the learning rate.
    engine, by_place : str and callable, default "numpy" and None
        As for :class:`.Optimizer`.

    Notes
    -----
    The slow average is not corrected for its start. The paper lets ``alpha`` and ``beta3`` grow in
    the first part of a run; here they are constant unless a callable is given.
    Source: Pagliardini, Ablin & Grangier, "The AdEMAMix optimizer: better, faster, older", 2025, algorithm 1.

    Examples
    --------
    >>> import numpy as np
    >>> from adamlearn import AdEMAMix
    >>> AdEMAMix(0.5).update(np.array([1.0]), np.array([2.0]))
    array([0.49975])
    """

    named_rule = staticmethod(rules.ademamix)
