"""What came before Adam: descent with momentum, and steps divided by the size of past gradients."""

from adamlearn import rules
from adamlearn.optimizers.named import Named


class SGD(Named):
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


class Nesterov(Named):
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


class AdaGrad(Named):
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


class RMSProp(Named):
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
