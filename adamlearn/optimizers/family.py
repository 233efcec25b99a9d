"""Adam, and the family that the slides tell of."""

from adamlearn import rules
from adamlearn.optimizers.named import Named


class Adam(Named):
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


class AdamW(Named):
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


class AMSGrad(Named):
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


class RAdam(Named):
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


class AdaBelief(Named):
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
