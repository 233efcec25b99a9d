"""What the named optimizers share: a class fixes the rule."""

import inspect
from collections.abc import Callable
from typing import Any, ClassVar

from adamlearn.hyperparameters import Schedule, bind, read_rule
from adamlearn.optimizer import Optimizer


class Named(Optimizer):
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
