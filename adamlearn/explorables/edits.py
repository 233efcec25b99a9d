"""What a reader makes of a rule's or a function's own text, in the kernel: text to function, checked."""

import ast
import itertools
import linecache
import traceback
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from inspect import signature
from types import CodeType, FunctionType
from typing import Any

import numpy as np

from adamlearn import dual
from adamlearn.engines.reader import read_program
from adamlearn.explorables.options import EDITED, Entry
from adamlearn.explorables.portable import outside, source_of
from adamlearn.explorables.traced import traced_source
from adamlearn.hyperparameters import read_rule
from adamlearn.landscapes import Landscape
from adamlearn.optimizer import Optimizer
from adamlearn.sources import name_of

_FILES = itertools.count(1)
_NAME = "<edited "


@dataclass(frozen=True)
class EditedEntry(Entry):
    """An optimizer whose rule a reader has written; ``of`` is the label of that whose text it was."""

    def function(self, traces: bool) -> Callable[..., Any]:
        """The rule in floats; or that which also returns the values that it has names for."""
        return in_floats(self.optimizer.rule, traces)


def edited_entry(entry: Entry, text: str, style: dict[str, Any]) -> Entry:
    """The optimizer whose rule a text says, beside the one whose text it was.

    Raises
    ------
    SyntaxError, TypeError, ValueError
        If the text is not that of a rule.
    """
    rule = function_of(text, {"np": np} | outside(entry.optimizer.rule))
    slots, hyperparameters = read_rule(rule)
    count = 1 + len(slots)
    for node in ast.walk(ast.Module(read_program(rule).body, [])):
        if isinstance(node, ast.Return) and isinstance(node.value, ast.Tuple):
            if len(node.value.elts) != count:
                came = len(node.value.elts)
                raise ValueError(f"{name_of(rule)} returns {came} values; expected {count}: p and its slots")
    for name in hyperparameters.parameters:
        if hasattr(Optimizer, name):
            raise ValueError(f"{name} is a name that every optimizer has; expected another")
    made = EditedEntry(entry.label + EDITED, Optimizer(rule), style, of=entry.label)
    made.described(True)  # it must be one that can be written down
    return made


def values_for(made: Entry, before: Entry, values: Mapping[str, float]) -> dict[str, float]:
    """The hyperparameters of an edited rule: as they were set, or as the text says where it has changed."""
    old, new = before.defaults, made.defaults
    return {
        name: values[name] if name in values and old.get(name) == new.get(name) else default
        for name, default in made.hyperparameters.items()
    }


def edited_landscape(landscape: Landscape, text: str) -> Landscape:
    """The landscape whose function a text says; its gradient is that of dual numbers, its minima unknown."""
    names = {"np": np} | outside(landscape.value)
    read_program(function_of(text, names))
    value = function_of(text, over_duals(names))
    name = landscape.name + EDITED
    gradient = dual.gradient_of(value)
    if len(signature(value).parameters) != 2:
        raise TypeError(
            f"{value.__name__} has {len(signature(value).parameters)} parameters; expected x and y"
        )
    return Landscape(name, value, gradient, (), landscape.window, landscape.start)


def over_duals(names: Mapping[str, Any]) -> dict[str, Any]:
    """The same names, with the functions of dual numbers in the places of NumPy's and of ``math``."""
    return {name: _over_duals(value) for name, value in names.items()}


def _over_duals(value: Any) -> Any:
    module = getattr(value, "__name__", "")
    if module in ("numpy", "math"):
        return dual
    if isinstance(value, FunctionType):
        return function_of(source_of(value), over_duals(outside(value)))
    return getattr(dual, module, value) if callable(value) else value


@lru_cache
def in_floats(function: Any, traces: bool = False) -> Callable[..., Any]:
    """The function with its whole numbers as floats, so that ``9**9**9`` is too large, not slow."""
    text = traced_source(function) if traces else source_of(function)
    return function_of(text, function.__globals__, _Floats())


class _Floats(ast.NodeTransformer):
    def visit_Constant(self, node: ast.Constant) -> ast.Constant:
        return ast.copy_location(ast.Constant(float(node.value)), node) if type(node.value) is int else node


def function_of(
    text: str, names: Mapping[str, Any], change: ast.NodeTransformer | None = None
) -> Callable[..., Any]:
    """The function that a text defines, in a file of its own, so that it can be read again.

    With a change to its body it is another than its text says, and is only to be run.

    Raises
    ------
    SyntaxError, TypeError
        If it is not one function with numbers for defaults.
    """
    file = f"{_NAME}{next(_FILES)}>"
    tree = ast.parse(text, file)
    match tree.body:
        case [ast.FunctionDef(decorator_list=[]) as definition]:
            pass
        case _:
            raise TypeError("expected one function, from its `def`, and nothing else")
    for default in [*definition.args.defaults, *filter(None, definition.args.kw_defaults)]:
        try:
            if isinstance(ast.literal_eval(default), int | float):
                continue
        except ValueError:
            pass
        raise TypeError(f"line {default.lineno}: the default `{ast.unparse(default)}` is not a number")
    for argument in ast.walk(definition.args):
        if isinstance(argument, ast.arg):
            argument.annotation = None  # Python would run it
    definition.returns = None
    if change:
        definition.body = [change.visit(statement) for statement in definition.body]
    linecache.cache[file] = len(text), None, text.splitlines(keepends=True), file
    found = dict(names)
    exec(compile(tree, file, "exec", dont_inherit=True), found)
    function = found[definition.name]
    assert isinstance(function.__code__, CodeType)
    return function


def why(error: BaseException) -> str:
    """An exception in words, with the line of the edited text where there is one."""
    words = error.msg if isinstance(error, SyntaxError) else f"{type(error).__name__}: {error}"
    if line := getattr(error, "lineno", None):
        return f"line {line}: {words}"
    lines = [frame.lineno for frame in traceback.extract_tb(error.__traceback__) if _NAME in frame.filename]
    return f"line {lines[-1]}: {words}" if lines else words
