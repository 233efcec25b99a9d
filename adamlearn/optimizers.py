"""The optimizers: a rule with its hyperparameters, its state and its step number."""

import inspect
import math
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any, ClassVar, Self

import numpy as np

from adamlearn import rules
from adamlearn.engines import load_engine, state_dtype
from adamlearn.trees import Tree, gradient_arrays, match_places, output_arrays, parameter_arrays, rebuild

if TYPE_CHECKING:
    from scipy.optimize import OptimizeResult

Schedule = Callable[[int], float]
Slots = tuple[np.ndarray, ...]
State = dict[str, Slots]  # by place


class Optimizer:
    """A rule, applied to parameters step after step.

    Parameters
    ----------
    rule : callable
        A pure function of one element: ``rule(p, g, *slots, t, **hyperparameters)`` returns the
        new ``p`` and the new slots (see :mod:`adamlearn.rules`). The slots' names stand between
        ``g`` and ``t``; they start at zero.
    engine : str, default "numpy"
        What runs the rule over arrays: "numpy", or "numba" for compiled loops (extra ``fast``).
    **hyperparameters : float or callable
        Those of the rule; what is left out has the rule's default. A callable is a schedule: it
        is given the number of the step, 1 for the first, and returns the value for that step.
        Each is kept as an attribute and may be set between updates.

    Attributes
    ----------
    t : int
        The number of updates made.

    Raises
    ------
    TypeError
        If the rule is not in that form, or a hyperparameter is unknown, missing or not a number.
    ValueError
        If a hyperparameter is negative or not finite, or one whose name starts with ``beta`` is
        outside [0, 1), or the engine is unknown.

    Examples
    --------
    >>> import numpy as np
    >>> from adamlearn import Optimizer
    >>> def sign_descent(p, g, t, learning_rate=0.1):
    ...     return (p - learning_rate * np.sign(g),)
    >>> Optimizer(sign_descent, learning_rate=0.5).update(np.array([1.0, -2.0]), np.array([3.0, -4.0]))
    array([ 0.5, -1.5])
    """

    def __init__(
        self, rule: Callable[..., Any], /, *, engine: str = "numpy", **hyperparameters: float | Schedule
    ):
        self.rule = rule
        self.engine = engine
        self.slots, signature = read_rule(rule)
        self._engine = load_engine(engine)(rule, len(self.slots))
        bound = bind(rule.__name__, signature, **hyperparameters)
        bound.apply_defaults()
        self._set(bound.arguments)
        self._forget()

    def _set(self, hyperparameters: Mapping[str, Any]) -> None:
        """Take hyperparameters, checked; those of all steps at once where none is a schedule."""
        self._hyperparameters = {
            name: value if callable(value) else checked(name, value)
            for name, value in hyperparameters.items()
        }
        schedules = any(map(callable, self._hyperparameters.values()))
        self._constants = () if schedules else tuple(self._hyperparameters.values())

    def _forget(self) -> None:
        """Be as before the first update."""
        self._state: State = {}
        self._lone: Slots = ()
        self.t = 0

    def update(self, params: Tree, grads: Tree, out: Tree | None = None, *, check_finite: bool = True) -> Any:
        """Take one step.

        Parameters
        ----------
        params : float array, or any nesting of lists, tuples and dicts of them
            The parameters, of any shapes. They stay as they are unless they are also ``out``.
        grads : the same nesting
            The gradient at ``params``, with the same shapes.
        out : the same nesting, optional
            Arrays that receive the result; ``out=params`` updates in place.
        check_finite : bool, default True
            Whether to look for NaN and infinity in the gradients before anything is changed. Without
            it, one of them spoils its element for good; it saves reading large gradients twice.

        Returns
        -------
        The new parameters, in the nesting, shapes, dtypes and memory layout of ``params``;
        ``out`` itself if it was given.

        Raises
        ------
        TypeError
            If a parameter is not floating-point, or a gradient not real.
        ValueError
            If places, shapes or state do not match, or a gradient is not finite, or a schedule
            returns a value out of range. The message names the place. Nothing has changed then.
        """
        slots, values, t = self._lone, self._constants, self.t + 1
        if slots and values and type(params) is type(grads) is np.ndarray:
            # A small array, as in the step before: the engine looks at it, and takes the step or does not.
            try:
                if out is params:
                    taken = self._engine.in_place(check_finite, params, grads, *slots, t, *values)
                elif taken := out is None:
                    out = np.empty_like(params)
                    taken = self._engine.into(check_finite, out, params, grads, *slots, t, *values)
            except Exception:
                taken = False  # for a reason that the checks below put into words
            if taken:
                self.__dict__["t"] = t  # past __setattr__, which is for hyperparameters
                return out
        return self._update_checked(params, grads, out, check_finite)

    def _update_checked(self, params: Tree, grads: Tree, out: Tree | None, check_finite: bool) -> Any:
        """Take one step of any parameters, or say why not."""
        arrays = parameter_arrays(params)
        gradients = gradient_arrays(grads, arrays, self._engine.all_finite if check_finite else None)
        self._check_against_state(arrays)
        if out is None:
            results = {place: np.empty_like(p) for place, p in arrays.items()}
        else:
            results = output_arrays(out, arrays)
        t = self.t + 1
        values = self._constants or self._values(t)
        state = self._state or {place: self._fresh_slots(p) for place, p in arrays.items()}
        for place, p in arrays.items():
            self._engine.step(p, gradients[place], state[place], results[place], t, values)
        self._state, self.t = state, t
        if "" in arrays and self._constants and self._engine.takes_whole(arrays[""]):
            self._lone = state[""]
        return rebuild(params, results) if out is None else out

    def state_dict(self) -> dict[str, Any]:
        """All that is needed to resume, as a flat dict: ``t`` and, by slot and place, copies of the arrays.

        ``np.savez(file, **optimizer.state_dict())`` stores it, and ``np.load(file)`` is what
        :meth:`load_state_dict` takes. Hyperparameters are not part of it: they are code.
        """
        arrays = {
            slot + place: arrays[i].copy()
            for i, slot in enumerate(self.slots)
            for place, arrays in self._state.items()
        }
        return {"t": self.t, **arrays}

    def load_state_dict(self, state_dict: Mapping[str, Any]) -> None:
        """Go on from a :meth:`state_dict`; the updates that follow are the same to the last bit.

        Raises
        ------
        ValueError
            If ``t`` or a slot is missing, an entry belongs to no slot of this rule, or the slots
            disagree in places or shapes. The optimizer is then as it was.
        """
        if "t" not in state_dict:
            raise ValueError(f"state_dict has no 't'; it has {sorted(state_dict)}")
        t = int(state_dict["t"])
        if t < 0 or t != state_dict["t"]:
            raise ValueError(
                f"state_dict['t'] is {state_dict['t']}; expected the number of updates made, 0 or more"
            )
        by_slot: dict[str, dict[str, np.ndarray]] = {slot: {} for slot in self.slots}
        for key in state_dict:
            slot, bracket, rest = key.partition("[")
            if slot in by_slot:
                by_slot[slot][bracket + rest] = np.array(state_dict[key])
            elif key != "t":
                raise ValueError(
                    f"state_dict[{key!r}] is no slot of {self.rule.__name__}, which has {self.slots}"
                )
        self._check_slots(by_slot, t)
        self._forget()
        self.t = t
        if t and by_slot:
            self._state = {
                place: tuple(arrays[place] for arrays in by_slot.values()) for place in by_slot[self.slots[0]]
            }

    def clone(self) -> Self:
        """A new optimizer with the same rule, hyperparameters and engine, and no memory."""
        new = object.__new__(type(self))
        new.__dict__.update(self.__dict__)
        new._forget()
        return new

    def __call__(self, fun: Callable[..., Any], x0: np.ndarray, **options: Any) -> "OptimizeResult":
        """Serve as ``method`` of :func:`scipy.optimize.minimize`; see :func:`adamlearn.descent.minimize`."""
        from adamlearn.descent import minimize  # here, since descent stands above the optimizers

        return minimize(self, fun, x0, **options)

    def __getattr__(self, name: str) -> Any:
        """A hyperparameter, under the name that the rule gives it."""
        try:
            return self.__dict__["_hyperparameters"][name]
        except KeyError:
            raise AttributeError(f"{type(self).__name__} has no attribute {name!r}") from None

    def __setattr__(self, name: str, value: Any) -> None:
        """Set a hyperparameter, checked; or any other attribute."""
        if name in self.__dict__.get("_hyperparameters", ()):
            self._set(self._hyperparameters | {name: value})
        else:
            super().__setattr__(name, value)

    def __copy__(self) -> Self:
        """A copy with a state of its own: the arrays of a state change in place."""
        new = self.clone()
        new._state = {place: tuple(map(np.copy, slots)) for place, slots in self._state.items()}
        new.t = self.t
        return new

    def __repr__(self) -> str:
        values = self._hyperparameters.items()
        shown = [f"{name}={getattr(value, '__name__', repr(value))}" for name, value in values]
        if self.engine != "numpy":
            shown.append(f"engine={self.engine!r}")
        return f"{type(self).__name__}({', '.join(shown)})"

    def _values(self, t: int) -> tuple[float, ...]:
        """The hyperparameters at step ``t``; a schedule's value is checked now."""
        values = self._hyperparameters.items()
        return tuple(checked(name, value(t)) if callable(value) else value for name, value in values)

    def _fresh_slots(self, p: np.ndarray) -> Slots:
        """Every slot at zero."""
        return tuple(np.zeros_like(p, dtype=state_dtype(p.dtype)) for _ in self.slots)

    def _check_against_state(self, arrays: Mapping[str, np.ndarray]) -> None:
        """Refuse parameters that are not those of the first update."""
        if not self._state:
            return
        match_places("params", arrays, f"the state after {self.t} updates", self._state)
        for place, p in arrays.items():
            for known in self._state[place][:1]:  # every slot has the same shapes
                if (p.shape, state_dtype(p.dtype)) != (known.shape, known.dtype):
                    raise ValueError(
                        f"params{place} is {p.dtype} of shape {p.shape}; expected {known.dtype} of shape "
                        f"{known.shape}, as in the updates before"
                    )

    def _check_slots(self, state: Mapping[str, Mapping[str, np.ndarray]], t: int) -> None:
        """Refuse a state whose slots do not agree."""
        first = next(iter(state.values()), {})
        for slot, places in state.items():
            if t and not places:
                raise ValueError(f"state_dict has no {slot!r}, a slot of {self.rule.__name__}")
            match_places(slot, places, self.slots[0], first)
            for place, array in places.items():
                if array.dtype.kind != "f" or array.shape != first[place].shape:
                    raise ValueError(
                        f"state_dict[{slot + place!r}] is {array.dtype} of shape {array.shape}; "
                        f"expected floats of shape {first[place].shape}"
                    )


def read_rule(rule: Callable[..., Any]) -> tuple[tuple[str, ...], inspect.Signature]:
    """The names of a rule's slots, and the signature of its hyperparameters."""
    parameters = list(inspect.signature(rule).parameters.values())
    names = [parameter.name for parameter in parameters]
    if names[:2] != ["p", "g"] or "t" not in names:
        form = f"{rule.__name__}({', '.join(names)})"
        raise TypeError(f"{form} is not a rule; expected (p, g, *slots, t, *hyperparameters)")
    t = names.index("t")
    return tuple(names[2:t]), inspect.Signature(parameters[t + 1 :])


def bind(name: str, signature: inspect.Signature, *args: Any, **kwargs: Any) -> inspect.BoundArguments:
    """Match arguments with hyperparameters; refuse in words what does not fit."""
    try:
        return signature.bind(*args, **kwargs)
    except TypeError as error:
        raise TypeError(f"{name}: {error}; its hyperparameters are {signature}") from None


def checked(name: str, value: Any) -> float:
    """A hyperparameter's value as a Python float (NumPy's would turn float32 arrays into float64)."""
    try:
        finite = math.isfinite(value)  # unlike float(), it takes no strings
        number = float(value)
    except TypeError:
        raise TypeError(f"{name} is {value!r}; expected a number, or a schedule that returns one") from None
    except OverflowError:
        raise ValueError(f"{name} is too large for a float; expected a finite number, 0 or more") from None
    if not (finite and number >= 0):
        raise ValueError(f"{name} is {number}; expected a finite number, 0 or more")
    if name.startswith("beta") and number >= 1:
        raise ValueError(f"{name} is {number}; expected a number in [0, 1)")
    return number


class _Named(Optimizer):
    """An optimizer whose class fixes the rule; its hyperparameters may be given by position too."""

    named_rule: ClassVar[Callable[..., Any]]
    __signature__: ClassVar[inspect.Signature]

    def __init_subclass__(cls) -> None:
        _, signature = read_rule(cls.named_rule)
        engine = inspect.Parameter("engine", inspect.Parameter.KEYWORD_ONLY, default="numpy")
        cls.__signature__ = signature.replace(parameters=[*signature.parameters.values(), engine])

    def __init__(self, *args: float | Schedule, **kwargs: Any):
        bound = bind(type(self).__name__, self.__signature__, *args, **kwargs)
        super().__init__(type(self).named_rule, **bound.arguments)


class SGD(_Named):
    """Stochastic gradient descent, with heavy-ball momentum.

    Parameters
    ----------
    learning_rate : float or callable, default 0.01
    momentum : float, default 0
        The share of the last velocity that is kept; 0 is plain gradient descent.
    engine : str, default "numpy"

    Notes
    -----
    The velocity is the sum ``momentum * velocity + g``, as in PyTorch and Optax, not an average.
    Source: Polyak, "Some methods of speeding up the convergence of iteration methods", 1964.
    """

    named_rule = staticmethod(rules.sgd)


class Nesterov(_Named):
    """Gradient descent with Nesterov's momentum, in the form that needs the gradient at ``params`` only.

    Parameters
    ----------
    learning_rate : float or callable, default 0.01
    momentum : float, default 0.9
    engine : str, default "numpy"

    Notes
    -----
    Source: Sutskever et al., "On the importance of initialization and momentum in deep
    learning", 2013, equations 3 and 4, after the change of variables that PyTorch and Optax make.
    """

    named_rule = staticmethod(rules.nesterov)


class AdaGrad(_Named):
    """AdaGrad: each element's step is divided by the root of the sum of its squared gradients.

    Parameters
    ----------
    learning_rate : float or callable, default 0.01
    epsilon : float, default 1e-7
        Added to the sum, inside the root, as in Optax. The sum starts at 0 (Optax: at 0.1).
    engine : str, default "numpy"

    Notes
    -----
    Source: Duchi, Hazan & Singer, "Adaptive subgradient methods", 2011, figure 1 (diagonal).
    """

    named_rule = staticmethod(rules.adagrad)


class RMSProp(_Named):
    """RMSProp: each element's step is divided by the root of a running average of its squared gradients.

    Parameters
    ----------
    learning_rate : float or callable, default 0.001
    beta2 : float, default 0.9
        The share of the average that is kept (``alpha`` in PyTorch, ``decay`` in Optax).
    epsilon : float, default 1e-8
        Added to the root (in Optax: ``eps_in_sqrt=False``).
    engine : str, default "numpy"

    Notes
    -----
    Source: Tieleman & Hinton, "Lecture 6.5: RMSProp", Coursera, 2012.
    """

    named_rule = staticmethod(rules.rmsprop)


class Adam(_Named):
    """Adam: momentum over the root of a running average of squared gradients, both corrected for their start.

    Parameters
    ----------
    learning_rate : float or callable, default 0.001
    beta1 : float, default 0.9
        The share of the average of gradients that is kept.
    beta2 : float, default 0.999
        The share of the average of squared gradients that is kept.
    epsilon : float, default 1e-8
        Added to the root of the corrected average.
    engine : str, default "numpy"

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
    beta1, beta2 : float, default 0.9 and 0.999
    epsilon : float, default 1e-8
    weight_decay : float or callable, default 0.01
        Times the learning rate, as in PyTorch, Optax and Keras. In the paper it is not: there
        the same decay is written ``learning_rate * weight_decay``.
    engine : str, default "numpy"

    Notes
    -----
    Source: Loshchilov & Hutter, "Decoupled weight decay regularization", 2019, algorithm 2.
    """

    named_rule = staticmethod(rules.adamw)


class AMSGrad(_Named):
    """Adam with the largest corrected second moment so far, so that no element's rate ever increases.

    Parameters
    ----------
    learning_rate : float or callable, default 0.001
    beta1, beta2 : float, default 0.9 and 0.999
    epsilon : float, default 1e-8
    engine : str, default "numpy"

    Notes
    -----
    The maximum is taken of the bias-corrected moment, as in Optax. The paper corrects neither
    moment; PyTorch and Keras take the maximum first and correct it after.
    Source: Reddi, Kale & Kumar, "On the convergence of Adam and beyond", 2018, algorithm 2.
    """

    named_rule = staticmethod(rules.amsgrad)


class RAdam(_Named):
    """Adam with a rectified adaptive rate; in the first steps, momentum alone.

    Parameters
    ----------
    learning_rate : float or callable, default 0.001
    beta1, beta2 : float, default 0.9 and 0.999
        With ``beta2 <= 0.6`` the rate is never adaptive.
    epsilon : float, default 1e-8
    engine : str, default "numpy"

    Notes
    -----
    Adaptive from rho > 4 on, as in the paper (PyTorch: rho > 5). The steps before are the
    corrected momentum times the learning rate: they grow with the gradient.
    Source: Liu et al., "On the variance of the adaptive learning rate and beyond", 2020, algorithm 2.
    """

    named_rule = staticmethod(rules.radam)


class AdaBelief(_Named):
    """Adam with the variance of the gradient around its average in place of its square.

    Parameters
    ----------
    learning_rate : float or callable, default 0.001
    beta1, beta2 : float, default 0.9 and 0.999
    epsilon : float, default 1e-16
        Added to the variance, where it accumulates, and to the root.
    engine : str, default "numpy"

    Notes
    -----
    Source: Zhuang et al., "AdaBelief optimizer", 2020, algorithm 2 (version 2 and later).
    """

    named_rule = staticmethod(rules.adabelief)
