"""A rule's text as a flat program: assignments, branches and returns, with its helpers written into it.

The text is that of the function itself (:mod:`adamlearn.sources`). What it may say is what means the
same of a number as of an array's every element: arithmetic, ``if`` on numbers, NumPy's functions of
one element, helpers that keep to the same. Anything else is refused here, in words. What a rule takes
from outside, a constant of its module or of a closure, becomes an argument, read anew at every call.
"""

import ast
import builtins
import keyword
import math
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np

# NumPy's functions of one element, and of two, which Numba has too.
OF_ONE = (
    "absolute fabs sqrt square sign exp exp2 expm1 log log2 log10 log1p sin cos tan arcsin arccos arctan "
    "sinh cosh tanh arcsinh negative floor ceil trunc"
).split()
OF_TWO = "maximum minimum fmax fmin arctan2 hypot power add subtract multiply divide copysign".split()
FUNCTIONS = {getattr(np, name): name for name in (*OF_ONE, *OF_TWO, "clip", "where")} | {abs: "absolute"}
# Functions of numbers alone; the module in which Python has them stands before their name.
OF_MATH = "sqrt exp expm1 log log1p log2 log10 sin cos tan tanh sinh cosh atan atan2 hypot pow fabs".split()
OF_NUMBERS: dict[Any, str] = {min: "min", max: "max", float: "float"} | {
    getattr(math, name): f"math.{name}" for name in OF_MATH
}
ARITHMETIC = (ast.Add, ast.Sub, ast.Mult, ast.Div, ast.Pow)
COMPARISONS = (ast.Lt, ast.LtE, ast.Gt, ast.GtE, ast.Eq, ast.NotEq)


# The names that the program's functions, and the text that is generated around it, have.
MODULE = {"np", "math", "real", "finite", "reciprocal", "element", "numbers"}
RESERVED = MODULE.union(keyword.kwlist, dir(builtins))


def refusal(message: str, node: ast.AST) -> TypeError:
    """An error that knows the line of the text that it is about, as Python's own of syntax do."""
    error = TypeError(message)
    error.lineno = getattr(node, "lineno", None)  # type: ignore[attr-defined]
    return error


def is_number(value: Any) -> bool:
    """Whether a value is one real number: Python's, or NumPy's without a dimension of its own."""
    return isinstance(value, int | float | np.bool | np.integer | np.floating)


@dataclass
class Program:
    """What a rule's text comes to.

    Attributes
    ----------
    parameters : list of str
        The rule's parameters, in the program's names.
    body : list of ast.stmt
        Assignments to names, ``If`` and ``Return`` of a tuple. Calls are of the names in FUNCTIONS
        and OF_NUMBERS; every other name is a parameter, one assigned before, or one of ``outside``.
    outside : list of str
        The names of the numbers that it takes from outside.
    values : callable
        ``values()`` reads them now.
    holds : callable
        ``holds()`` tells whether the functions that it was made of are still those that Python would call.
    in_place : bool
        Whether the text has an operator such as ``m += ...``, which changes an array that it is given.
    """

    parameters: list[str]
    body: list[ast.stmt]
    outside: list[str]
    values: Callable[[], tuple[Any, ...]]
    holds: Callable[[], bool]
    in_place: bool


class Outside:
    """What lies outside a program: how each thing is read, as text over a namespace of its own."""

    def __init__(self) -> None:
        self.namespace: dict[str, Any] = {}
        self.numbers: dict[str, str] = {}  # name in the program: how it is read
        self.uses: dict[str, Any] = {}  # how it is read: what it was then
        self.taken = set(RESERVED)
        self.in_place = False

    def holding(self, thing: Any) -> str:
        """The name of a thing in the namespace."""
        for name, known in self.namespace.items():
            if known is thing:
                return name
        name = f"_{len(self.namespace)}"
        self.namespace[name] = thing
        return name

    def read(self, text: str) -> Any:
        return eval(text, dict(self.namespace))

    def use(self, text: str) -> None:
        """Note that the program is made of what this text stands for now."""
        self.uses[text] = self.read(text)

    def fresh(self, name: str) -> str:
        """A name that the program has not used yet, and that none of its functions has."""
        name = name.strip("_<>")
        name = name if name.isidentifier() else f"x{name}"
        while name in self.taken:
            name += "_"
        self.taken.add(name)
        return name

    def program(self, parameters: list[str], body: list[ast.stmt]) -> Program:
        same = " and ".join(f"{text} is {self.holding(value)}" for text, value in self.uses.items())
        values, holds = (
            f"lambda: ({''.join(f'{text}, ' for text in self.numbers.values())})",
            f"lambda: {same}",
        )
        return Program(
            parameters, body, list(self.numbers), self.read(values), self.read(holds), self.in_place
        )


def returned(values: list[ast.expr]) -> ast.stmt:
    return ast.Return(ast.Tuple(values, ast.Load()))


def load(name: str) -> ast.Name:
    return ast.Name(name, ast.Load())


def assign(name: str, value: ast.expr) -> ast.stmt:
    return ast.Assign([ast.Name(name, ast.Store())], value)
