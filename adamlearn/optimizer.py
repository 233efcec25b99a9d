"""An optimizer: a rule with its hyperparameters, its state and its step number; all that is not a formula."""

from collections.abc import Callable, Mapping, Sequence
from operator import setitem
from typing import Any, Self

import numpy as np

from adamlearn import scipy_method, states
from adamlearn.engines import load_engine
from adamlearn.engines.numpy import Call
from adamlearn.hyperparameters import Schedule, Settings, bind, read_rule
from adamlearn.operands import Operands, stepped
from adamlearn.sources import name_of
from adamlearn.trees import Tree, rebuild


class Optimizer:
    """A rule, applied to parameters step after step.

    Parameters
    ----------
    rule : callable
        A pure function of one element: ``rule(p, g, *slots, t, **hyperparameters)`` returns the new
        ``p`` and slots (see :mod:`adamlearn.rules`); they stand between ``g`` and ``t`` and start at 0.
    engine : str, default "numpy"
        What runs the rule over arrays: "numpy", or "numba" for compiled loops (extra ``fast``).
    by_place : callable, optional
        ``by_place(place)`` returns a dict of the hyperparameters that differ at a place, numbers or
        schedules; ``{}`` where none does. A place is a string such as ``"['layers'][0]['b']"``. It is
        asked once for each place.
    **hyperparameters : float or callable
        Those of the rule; what is left out has the rule's default. A callable is a schedule: given the
        number of the step, 1 for the first, it returns the value. Each is an attribute that may be set.

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
        self,
        rule: Callable[..., Any],
        /,
        *,
        engine: str = "numpy",
        by_place: Callable[[str], Mapping[str, float | Schedule]] | None = None,
        **hyperparameters: float | Schedule,
    ):
        self._rule = rule
        self._slot_names, signature = read_rule(rule)
        bound = bind(name_of(rule), signature, **hyperparameters)
        bound.apply_defaults()
        self._settings = Settings(bound.arguments, by_place)
        self._forget()
        self.engine = engine

    def _forget(self) -> None:
        """Be as before the first update."""
        self._state: states.State | None = None  # slots by place; None before they are known
        self._missed: dict[str, int] = {}  # updates that brought no gradient, by place
        self._clock = np.zeros(1, np.int64)  # an array, so that a compiled step can count itself
        self._operands = Operands()
        self._short: Any = None

    @property
    def rule(self) -> Callable[..., Any]:
        """The rule."""
        return self._rule

    @property
    def slots(self) -> tuple[str, ...]:
        """Its slots' names."""
        return self._slot_names

    @property
    def t(self) -> int:
        """The number of updates made."""
        return int(self._clock[0])

    @t.setter
    def t(self, value: int) -> None:
        self._clock[0] = states.count("t", value)

    @property
    def engine(self) -> str:
        """The name of what runs the rule; may be set, and counts from the next update on."""
        return self._engine_name

    @engine.setter
    def engine(self, name: str) -> None:
        self._engine = load_engine(name)(self._rule, len(self._slot_names))
        self._engine_name = name
        self._operands, self._short = Operands(), None

    def update(self, params: Tree, grads: Tree, out: Tree | None = None, *, check_finite: bool = True) -> Any:
        """Take one step.

        Parameters
        ----------
        params : float array, or any nesting of lists, tuples and dicts of them
            The parameters, of any shapes. They stay as they are unless they are also ``out``.
        grads : the same nesting
            The gradient at ``params``, with the same shapes. None in place of an array leaves that
            parameter and its state alone; its rule counts the steps it has taken itself.
        out : the same nesting, optional
            Arrays that receive the result; ``out=params`` updates in place. They may share memory with
            ``params`` and ``grads``, but not with one another.
        check_finite : bool, default True
            Whether to look for NaN and infinity in the gradients before anything is changed. Without
            it, one of them spoils its element for good; it saves reading large gradients twice.

        Returns
        -------
        the same nesting
            The new parameters, in the shapes, dtypes and memory layout of ``params``; ``out`` itself if
            it was given.

        Raises
        ------
        TypeError
            If a parameter is not floating-point, or a gradient not real, or either is masked or has labels,
            or the rule is not of one element or cannot be compiled.
        ValueError
            If places, shapes or state do not match, a gradient is not finite, a schedule's value is out
            of range, or arrays of ``out`` overlap. The message names the place.

        Notes
        -----
        Whatever is raised, by a check, the rule, a schedule or an interrupt: the update has happened
        whole or not at all.

        Examples
        --------
        >>> import numpy as np
        >>> from adamlearn import SGD
        >>> params = {"W": np.ones(2), "b": np.zeros(1)}
        >>> SGD(0.5).update(params, {"W": np.array([1.0, -1.0]), "b": None})
        {'W': array([0.5, 1.5]), 'b': array([0.])}
        """
        if self._short is not None and type(params) is type(grads) is np.ndarray:
            # A small lone array like that of the step before: the same step with fewer questions.
            result = self._short(check_finite, params, grads, out)
            if result is not None:
                return result
        return self._update(params, grads, out, check_finite)

    def _update(self, params: Tree, grads: Tree, out: Tree | None, finite: bool) -> Any:
        """Take one step of any parameters: prepare all of it, then let it happen at once."""
        operands, t, missed = self._operands, self.t + 1, self._missed
        arrays, same = operands.parameters(params, self._state, self.t)
        places = operands.places
        if not same:
            for p in arrays:
                self._engine.check(p)
            states.check(self._state or {}, arrays, places)
        gradients = operands.gradients(grads, arrays)
        state = states.slots_of(self._state, len(self._slot_names), arrays, places)
        values = self._settings.values(places, t)
        outs: Sequence[np.ndarray | None] = [None] * len(arrays)
        if out is not None:
            outs = arrays if same and out is params else operands.output(out, arrays)
            gradients = operands.apart(outs, gradients)
            arrays = arrays if arrays is outs else operands.apart(outs, arrays)
        steps = [t - missed.get(place, 0) for place in places] if missed else [t] * len(places)
        rows = zip(places, arrays, gradients, state, outs, steps, values, strict=True)
        done = stepped(self._engine, [row for row in rows if row[2] is not None], finite)
        kept = {} if self._state is None else self._state
        calls: list[Call] = []
        results = []
        for place, p, g, slots, to in zip(places, arrays, gradients, state, outs, strict=True):
            if g is None:
                result, new = p.copy(order="K") if to is None else p, slots
                calls.append((setitem, missed, place, missed.get(place, 0) + 1))
            else:
                result, new, more = next(done)
                calls += more
            if new is not slots or self._state is None:
                calls.append((setitem, kept, place, new))
            if to is not None and result is not to:
                calls.append((setitem, to, ..., result))
            results.append(result)
        if self._state is None:
            calls.append((setitem, self.__dict__, "_state", kept))
        calls.append((setitem, self._clock, 0, t))
        self._engine.commit(calls)
        self._short, settings = None, self._settings
        if places == [""] and settings.constants and not missed and settings.by_place is None:
            self._short = self._engine.short_way(kept, self._clock, settings.constants)
        return rebuild(params, iter(results)) if out is None else out

    def state_dict(self) -> dict[str, Any]:
        """All that is needed to resume, as a flat dict: ``t``, the rule's name, and copies of the arrays.

        The arrays stand under slot and place, ``"m['W']"``. An array that was left out of some updates
        has a step number of its own, under ``"t['W']"`` (``"t[]"`` for a lone array).
        ``np.savez(file, **optimizer.state_dict())`` stores it, and ``np.load(file)`` is what
        :meth:`load_state_dict` takes. Hyperparameters are not part of it: they are code.

        Examples
        --------
        >>> from adamlearn import SGD
        >>> optimizer = SGD()
        >>> _ = optimizer.update(0.0, 1.0)
        >>> optimizer.state_dict()
        {'t': 1, 'rule': 'sgd', 'velocity': array(1.)}
        """
        return states.written(name_of(self._rule), self._slot_names, self.t, self._state or {}, self._missed)

    def load_state_dict(self, state_dict: Mapping[str, Any]) -> None:
        """Go on from a :meth:`state_dict`; the updates that follow are the same to the last bit.

        Parameters
        ----------
        state_dict : mapping
            As :meth:`state_dict` returned it, or as ``np.load`` reads it back.

        Raises
        ------
        ValueError
            If ``t`` or a slot is missing, an entry belongs to no slot of this rule or the whole to
            another rule, or the slots disagree in places, shapes or dtypes. The optimizer is then as it was.

        Examples
        --------
        >>> from adamlearn import Adam
        >>> optimizer = Adam()
        >>> optimizer.load_state_dict({"t": 5, "m": 0.0, "v": 1.0})
        >>> optimizer.t
        5
        """
        t, state, missed = states.read(name_of(self._rule), self._slot_names, state_dict)
        self._forget()
        self._clock[0] = t
        self._state, self._missed = state, missed

    def clone(self) -> Self:
        """A new optimizer with the same rule, hyperparameters and engine, and no memory."""
        new = object.__new__(type(self))
        new.__dict__.update(self.__dict__)
        new._forget()
        new.engine = self.engine
        return new

    def __call__(self, fun: Callable[..., Any], x0: np.ndarray, **options: Any) -> Any:
        """Serve as ``method`` of :func:`scipy.optimize.minimize`; see :mod:`adamlearn.scipy_method`."""
        return scipy_method.minimize(self, fun, x0, **options)

    def __getattr__(self, name: str) -> Any:
        """A hyperparameter, under the name that the rule gives it."""
        try:
            return self.__dict__["_settings"].hyperparameters[name]
        except KeyError:
            raise AttributeError(f"{type(self).__name__} has no attribute {name!r}") from None

    def __setattr__(self, name: str, value: Any) -> None:
        """Set a hyperparameter, checked; or an attribute that a subclass has added."""
        settings = self.__dict__.get("_settings")
        known = settings.hyperparameters if settings else {}
        ours = type(self).__module__.split(".")[0] == "adamlearn"
        if settings and name in known:
            self._settings, self._short = Settings(known | {name: value}, settings.by_place), None
        elif name.startswith("_") or hasattr(type(self), name) or not ours:
            super().__setattr__(name, value)
        else:
            raise AttributeError(
                f"{type(self).__name__} has no attribute {name!r}; it has {[*known]} and engine"
            )

    def __getstate__(self) -> dict[str, Any]:
        """For copies and pickles: what there is to remember, and not what can be found again."""
        state = None if self._state is None else states.copied(self._state, np.copy)
        memory = {"_state": state, "_missed": dict(self._missed), "_clock": self._clock.copy()}
        return self.__dict__ | memory | {"_short": None, "_operands": Operands()}

    def __setstate__(self, state: dict[str, Any]) -> None:
        """Take what was remembered, with an engine of one's own; arrays that arrive read-only are copied."""
        self.__dict__.update(state | {"_clock": np.array(state["_clock"])})
        self.engine = state["_engine_name"]
        if self._state is not None:
            self._state = states.copied(self._state, lambda slot: np.require(slot, requirements="W"))

    def __repr__(self) -> str:
        shown = [name_of(self._rule)] * (type(self) is Optimizer) + [repr(self._settings)]
        shown += [f"engine={self.engine!r}"] * (self.engine != "numpy")
        return f"{type(self).__name__}({', '.join(filter(None, shown))})"
