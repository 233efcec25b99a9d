"""Functions as text: how a rule or a landscape of a notebook gets into the reader's page.

What stands in the package goes by name, since the page has those files. Anything else goes as its
source, with the numbers, functions and modules that it names.
"""

import ast
import dis
import inspect
import math
from collections.abc import Callable, Iterable, Iterator, Mapping
from types import CodeType, FunctionType, ModuleType
from typing import Any

import numpy as np

from adamlearn import dual, landscapes, rules, streams
from adamlearn.sources import function_text

# The modules that MicroPython has in the page.
MODULES = {module.__name__: module for module in (rules, landscapes, streams, dual, np, math)}


# What stands in the places of NumPy and of math where a function's gradient is that of dual numbers.
DUALS = {"numpy": dual.__name__, "math": dual.__name__}
NOTHING: Mapping[str, str] = {}


class NotPortableError(TypeError):
    """A function whose text is not all that it needs, or not what runs."""


def portable(function: Callable[..., Any], *, source: str | None = None) -> str | dict[str, Any]:
    """A function as ``"module:name"``, or as a dict of its source and what the source names.

    Raises
    ------
    NotPortableError
        If the function has no source of its own, or names what cannot be written down.
    """
    return _portable(function, source, ())


def _portable(function: Any, source: str | None, inside: tuple[Any, ...]) -> str | dict[str, Any]:
    """As :func:`portable`; ``inside`` are the functions of whose names this one is."""
    place = _place(function)
    if place and source is None:
        return place
    text = source or source_of(function)
    name = function.__code__.co_name
    if any(function is other for other in inside):
        raise NotPortableError(f"{name} calls itself by way of another function")
    names = {
        used: _portable_value(used, value, (*inside, function))
        for used, value in outside(function).items()
        # In the page a function finds itself under its own name.
        if source or value is not function or used != name
    }
    return {"source": _with_defaults(function, text), "name": name, "names": names}


def portable_or_none(function: Callable[..., Any], source: str | None = None) -> str | dict[str, Any] | None:
    """A function written down, or None: then the kernel can run it, and the page cannot."""
    try:
        return portable(function, source=source)
    except NotPortableError:
        return None


def editable(function: Callable[..., Any], instead: Mapping[str, str] = NOTHING) -> dict[str, Any] | None:
    """A function's text, for the reader to edit, with what it names; ``instead`` of some modules others."""
    try:
        found: Any = portable(function, source=source_of(function))
    except NotPortableError:
        return None
    named = {"np": "numpy:", **found["names"]}
    names = {name: _instead(used, instead) for name, used in named.items()}
    lines = [line for name, used in names.items() for line in _named_lines(name, used)]
    return {"text": found["source"], "names": names, "lines": lines}


def _instead(reference: Any, instead: Mapping[str, str]) -> Any:
    """A reference with other modules in the places of some."""
    if isinstance(reference, dict):
        names = {name: _instead(used, instead) for name, used in reference["names"].items()}
        return {**reference, "names": names}
    module, colon, name = reference.partition(":") if isinstance(reference, str) else ("", "", "")
    return instead.get(module, module) + colon + name if colon else reference


def source_of(function: Callable[..., Any]) -> str:
    """The text of a function, from its ``def``."""
    try:
        text = function_text(function)
    except TypeError as error:
        raise NotPortableError(str(error)) from None
    if not text.startswith("def "):
        raise NotPortableError(f"{function.__name__} has lines that are indented less than its `def`")
    return text


def definition(source: str) -> ast.FunctionDef:
    function = ast.parse(source).body[0]
    assert isinstance(function, ast.FunctionDef)
    return function


def replaced(source: str, changes: Iterable[tuple[Any, str]]) -> str:
    """The source with other text in the places of some nodes."""
    lines = source.encode().splitlines(keepends=True)  # the places in the tree count bytes
    for node, text in sorted(changes, key=lambda change: (-change[0].lineno, -change[0].col_offset)):
        first, last = node.lineno - 1, node.end_lineno
        before, after = lines[first][: node.col_offset], lines[last - 1][node.end_col_offset :]
        lines[first:last] = [before + text.encode() + after]
    return b"".join(lines).decode()


def _with_defaults(function: FunctionType, source: str) -> str:
    """The source with the defaults' values, which Python took when it came to the ``def``."""
    arguments = definition(source).args
    values, of_keywords = function.__defaults__ or (), function.__kwdefaults__ or {}
    positional = [argument.arg for argument in [*arguments.posonlyargs, *arguments.args]]
    if len(values) != len(arguments.defaults):
        raise NotPortableError(f"{function.__name__} has other defaults than its source says")
    names = positional[len(positional) - len(values) :]
    defaults: list[tuple[str, ast.expr, Any]] = list(zip(names, arguments.defaults, values, strict=True))
    for argument, node in zip(arguments.kwonlyargs, arguments.kw_defaults, strict=True):
        if node is not None:
            defaults.append((argument.arg, node, of_keywords.get(argument.arg)))
    changes = []
    for name, node, value in defaults:
        if not (value is None or isinstance(value, str | int | float)):
            raise NotPortableError(f"the default of {name} is {type(value).__name__}; expected a number")
        if not _is_written(node, value):
            changes.append((node, _literal(value)))
    return replaced(source, changes)


def _is_written(node: ast.expr, value: Any) -> bool:
    """Whether an expression is a literal for a value."""
    try:
        literal = ast.literal_eval(node)
    except ValueError:
        return False
    return type(literal) is type(value) and repr(literal) == repr(value)


def outside(function: FunctionType) -> dict[str, Any]:
    """What a function's code, and those in it, take from around it: name to what it is now."""
    own = function.__code__
    cells = dict(zip(own.co_freevars, function.__closure__ or (), strict=True))
    found: dict[str, Any] = {}
    for code in _codes(own):
        for step in dis.get_instructions(code):
            name = step.argval
            if step.opname in ("STORE_GLOBAL", "DELETE_GLOBAL") or (
                step.opname in ("STORE_DEREF", "DELETE_DEREF") and name in cells
            ):
                raise NotPortableError(f"{own.co_name} changes {name}, which is not its own")
            if step.opname in ("LOAD_GLOBAL", "LOAD_NAME") and name in function.__globals__:
                found[name] = function.__globals__[name]
    for name, cell in cells.items():
        try:
            found[name] = cell.cell_contents
        except ValueError:
            raise NotPortableError(f"{name} has no value yet") from None
    return found


def _codes(code: CodeType) -> Iterator[CodeType]:
    """A code object and all those in it."""
    yield code
    for constant in code.co_consts:
        if isinstance(constant, CodeType):
            yield from _codes(constant)


def _place(value: Any) -> str | None:
    """``module:name`` of what the page's modules have; ``module:`` of a module."""
    for name, module in MODULES.items():
        if value is module:
            return f"{name}:"
        attribute = getattr(value, "__name__", None)
        if attribute and getattr(module, attribute, None) is value:
            # The page has the module's file; what has been put into the module since is not in there.
            there = not isinstance(value, FunctionType) or value.__code__.co_filename == module.__file__
            return f"{name}:{attribute}" if there else None
    return None


def _portable_value(name: str, value: Any, inside: tuple[Any, ...]) -> Any:
    """A number, a function or a module that a source names, written down."""
    if isinstance(value, bool):
        return value
    if isinstance(value, int | float):  # of NumPy's types float64 is one
        value = int(value) if isinstance(value, int) else float(value)
        if abs(value) < 2**53:
            return value
        # As text, since not every such number survives JSON and JavaScript.
        return {"source": f"{name} = {_literal(value)}\n", "name": name, "names": {}}
    if place := _place(value):
        return place
    if inspect.isfunction(value):
        return _portable(value, None, inside)
    kind = value.__name__ if isinstance(value, ModuleType) else type(value).__name__
    raise NotPortableError(f"{name} is {kind}; expected a number, a function, or one of {sorted(MODULES)}")


def _literal(value: Any) -> str:
    """A number, a string or None as Python's text."""
    if not isinstance(value, int | float) or isinstance(value, bool):
        return repr(value)
    text = repr(int(value) if isinstance(value, int) else float(value))
    return text if text[-1].isdigit() else f'float("{text}")'  # infinity, or not a number


def as_python(function: Callable[..., Any]) -> tuple[list[str], str]:
    """The lines that define a function for a reader's own program, and the expression for it."""
    reference = portable_or_none(function)
    if reference is None:
        name = getattr(function, "__name__", "")
        name = name if name.isidentifier() else "your_function"  # a lambda, or an object that is called
        return [f"# {name} is as you have defined it"], name
    return _as_python(reference)


def _as_python(reference: Any) -> tuple[list[str], str]:
    if isinstance(reference, str):
        module, name = reference.split(":")
        return [f"from {module} import {name}"], name
    lines = [line for name, used in reference["names"].items() for line in _named_lines(name, used)]
    return [*lines, reference["source"]], reference["name"]


def _named_lines(name: str, used: Any) -> list[str]:
    """The lines that give a name what it stands for."""
    if not isinstance(used, str | dict):
        return [f"{name} = {used!r}"]
    if isinstance(used, str) and used.endswith(":"):
        package, _, module = used[:-1].rpartition(".")
        line = f"from {package} import {module}" if package else f"import {module}"
        return [line if module == name else f"{line} as {name}"]
    definition, expression = _as_python(used)
    return definition if expression == name else [*definition, f"{name} = {expression}"]
