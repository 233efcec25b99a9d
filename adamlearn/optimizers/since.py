"""A line more or less than Adam: AdaMax, which stands in Adam's own paper, and what came since."""

from adamlearn import rules
from adamlearn.optimizers.named import Named


class NAdam(Named):
    """Adam with Nesterov's look ahead: the step takes the average as the next one would weigh it.

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
    With a constant ``beta1``, as in Optax. In PyTorch and Keras the average keeps a constant one too,
    but the mix of average and gradient has ``beta1 * (1 - 0.5 * 0.96**x)``, which grows from about
    half of it: x is ``0.004 * t`` in PyTorch and ``t`` in Keras. PyTorch's default rate is 0.002.
    Source: Dozat, "Incorporating Nesterov momentum into Adam", 2016, whose algorithm leaves open how
    ``beta1`` changes with the step.

    Examples
    --------
    >>> import numpy as np
    >>> from adamlearn import NAdam
    >>> NAdam(0.5).update(np.array([1.0]), np.array([2.0]))
    array([0.2631579])
    """

    named_rule = staticmethod(rules.nadam)


class AdaMax(Named):
    """Adam with a maximum of the gradient's size that fades, in place of the root of its average square.

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
    The maximum needs no correction for its start. As in Optax and PyTorch; the paper has no epsilon,
    and Keras adds it to the maximum where it divides (defaults there: rate 0.001, epsilon 1e-7).
    Source: Kingma & Ba, "Adam: a method for stochastic optimization", 2015, algorithm 2.

    Examples
    --------
    >>> import numpy as np
    >>> from adamlearn import AdaMax
    >>> AdaMax(0.5).update(np.array([1.0]), np.array([2.0]))
    array([0.5])
    """

    named_rule = staticmethod(rules.adamax)


class Lion(Named):
    """The sign of a mix of the average and the gradient: each element moves by one rate, or not at all.

    Parameters
    ----------
    learning_rate : float or callable, default 1e-4
        The length of an element's step.
    beta1 : float, default 0.9
        The share of the average in the mix whose sign is the step; the rest is the gradient.
    beta2 : float, default 0.99
        The share of the average that is kept for the next step.
    weight_decay : float or callable, default 0
        Times the learning rate, as in the paper, Optax (default there: 0.001) and Keras.
    engine, by_place : str and callable, default "numpy" and None
        As for :class:`.Optimizer`.

    Notes
    -----
    The average is updated after the step, by ``beta2``. As in Optax and Keras (whose default rate is
    0.001); PyTorch has no Lion.
    Source: Chen et al., "Symbolic discovery of optimization algorithms", 2023, algorithm 2.

    Examples
    --------
    >>> import numpy as np
    >>> from adamlearn import Lion
    >>> Lion(0.5).update(np.array([1.0]), np.array([2.0]))
    array([0.5])
    """

    named_rule = staticmethod(rules.lion)


class ADOPT(Named):
    """Adam that divides each gradient by the root of the second moment before it, and averages after that.

    Parameters
    ----------
    learning_rate : float or callable, default 0.001
        The length of a step relative to what the rule makes of the gradients.
    beta1, beta2 : float, default 0.9 and 0.9999
        The shares of the two averages that are kept.
    epsilon : float, default 1e-6
        The least divisor: ``np.maximum(np.sqrt(v), epsilon)``, not a sum.
    engine, by_place : str and callable, default "numpy" and None
        As for :class:`.Optimizer`.

    Notes
    -----
    The first step moves nothing and sets the second moment to the square of its gradient. The divided
    gradient is clipped at ``(t - 1) ** 0.25``, as in Optax and in the authors' code since November
    2024 (in timm, the exponent is 0.333). Neither average is corrected. PyTorch and Keras have no ADOPT.
    Source: Taniguchi et al., "ADOPT: modified Adam can converge with any beta2 with the optimal rate", 2024.

    Examples
    --------
    >>> import numpy as np
    >>> from adamlearn import ADOPT
    >>> ADOPT(0.5).update(np.array([1.0]), np.array([2.0]))
    array([1.])
    """

    named_rule = staticmethod(rules.adopt)


class AdEMAMix(Named):
    """AdamW with a second average of the gradients beside the first, a very slow one.

    Parameters
    ----------
    learning_rate : float or callable, default 0.001
        The length of a step relative to what the rule makes of the gradients.
    beta1, beta2 : float, default 0.9 and 0.999
        The shares of the fast average and of the second moment that are kept.
    beta3 : float, default 0.9999
        The share of the slow average that is kept.
    alpha : float or callable, default 5
        The factor of the slow average, which is added to the fast one.
    epsilon : float, default 1e-8
        Added to the root.
    weight_decay : float or callable, default 0
        Times the learning rate, as for :class:`.AdamW`.
    engine, by_place : str and callable, default "numpy" and None
        As for :class:`.Optimizer`.

    Notes
    -----
    The slow average is not corrected for its start, the other two are. The paper lets ``alpha`` and
    ``beta3`` grow in the first part of a run; here they are constant unless a callable is given. As
    ``ademamix`` in Optax's ``contrib``; in the authors' PyTorch code ``alpha`` is 2. Neither PyTorch
    nor Keras has an AdEMAMix of its own.
    Source: Pagliardini, Ablin & Grangier, "The AdEMAMix optimizer: better, faster, older", 2025, algorithm 1.

    Examples
    --------
    >>> import numpy as np
    >>> from adamlearn import AdEMAMix
    >>> AdEMAMix(0.5).update(np.array([1.0]), np.array([2.0]))
    array([0.49975])
    """

    named_rule = staticmethod(rules.ademamix)
