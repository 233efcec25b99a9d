"""Functions as text: how a rule or a landscape of a notebook gets into the reader's page.

What stands in the package goes by name, since the page has those files. Anything else goes as its
source, with the numbers, functions and modules that it names.
"""

import ast
import inspect
import math
import textwrap
from collections.abc import Callable
from types import FunctionType, ModuleType
from typing import Any

import numpy as np

from adamlearn import landscapes, rules, streams
from adamlearn.sources import function_text

# The modules that MicroPython has in the page, by their names there.
MODULES = {"rules": rules, "landscapes": landscapes, "streams": streams, "numpy": np, "math": math}


class NotPortableError(TypeError):
    """A function whose text is not all that it needs, or not what runs."""


def portable(function: Callable[..., Any], *, source: str | None = None) -> str | dict[str, Any]:
    """A function as ``"module:name"``, or as a dict of its source and what the source names.

    Raises
    ------
    NotPortableError
        If the function has no source of its own, or names what cannot be written down.
    """
    place = _place(function)
    if place and source is None:
        return place
    source = source or source_of(function)
    used = inspect.getclosurevars(function)
    names = {name: _portable_value(name, value) for name, value in {**used.globals, **used.nonlocals}.items()}
    return {"source": source, "name": function.__name__, "names": names}


def portable_or_none(function: Callable[..., Any], source: str | None = None) -> str | dict[str, Any] | None:
    """A function written down, or None: then the kernel can run it, and the page cannot."""
    try:
        return portable(function, source=source)
    except NotPortableError:
        return None


def source_of(function: Callable[..., Any]) -> str:
    """The text of a function, from its ``def``."""
    try:
        return function_text(function)
    except TypeError as error:
        raise NotPortableError(str(error)) from None


def traced_source(rule: Callable[..., Any]) -> str:
    """The rule's text with one change: it also returns every value that it has a name for.

    ``return p - ..., m, v`` becomes ``return (p - ..., m, v), {"m": m, "v": v, "m_hat": m_hat, ...}``,
    so the formulas that are traced are those of the rule. A return inside a branch has the names that are
    set before it; names that only a branch sets are left out.
    """
    source = source_of(rule)
    function = ast.parse(source).body[0]
    assert isinstance(function, ast.FunctionDef)
    lines = source.encode().splitlines(keepends=True)  # the places in the tree count bytes
    returns = [node for node in ast.walk(function) if isinstance(node, ast.Return)]
    for node in sorted(returns, key=lambda node: -node.lineno):
        value = ast.get_source_segment(source, node).removeprefix("return")  # type: ignore[union-attr]
        named = "{" + ", ".join(f'"{name}": {name}' for name in _names(function, node.lineno)) + "}"
        first, last = node.lineno - 1, node.end_lineno or node.lineno
        before, after = lines[first][: node.col_offset], lines[last - 1][node.end_col_offset :]
        lines[first:last] = [before + f"return ({value.strip()}), {named}".encode() + after]
    return b"".join(lines).decode()


def traced(rule: Any) -> Callable[..., Any]:
    """The function that :func:`traced_source` is the text of."""
    code = rule.__code__
    cells = dict(zip(code.co_freevars, rule.__closure__ or (), strict=True))
    around = ["def around():", *(f"    {name} = None" for name in cells)]
    text = [*around, textwrap.indent(traced_source(rule), "    "), f"    return {code.co_name}"]
    namespace = dict(rule.__globals__)
    exec("\n".join(text), namespace)
    new = namespace["around"]().__code__
    # In the rule's own module and closure, so that what it takes from there is what it is at the call.
    closure = tuple(cells[name] for name in new.co_freevars)
    return FunctionType(new, rule.__globals__, code.co_name, rule.__defaults__, closure)


def traced_names(rule: Callable[..., Any]) -> list[str]:
    """The names whose values :func:`traced` returns."""
    function = ast.parse(source_of(rule)).body[0]
    assert isinstance(function, ast.FunctionDef)
    return _names(function)


def _names(function: ast.FunctionDef, before: int | None = None) -> list[str]:
    """The arguments before ``t``, and what the body's own statements assign, up to a line, in order."""
    arguments = [argument.arg for argument in function.args.args]
    names = dict.fromkeys(arguments[: arguments.index("t")])
    for statement in function.body:
        if before is not None and statement.lineno >= before:
            break
        if isinstance(statement, ast.Assign | ast.AugAssign | ast.AnnAssign):
            targets = ast.walk(statement)
            names |= {n.id: None for n in targets if isinstance(n, ast.Name) and isinstance(n.ctx, ast.Store)}
    return list(names)


def _place(value: Any) -> str | None:
    """``module:name`` of what the page's modules have; ``module:`` of a module."""
    for name, module in MODULES.items():
        if value is module:
            return f"{name}:"
        attribute = getattr(value, "__name__", None)
        if attribute and getattr(module, attribute, None) is value:
            return f"{name}:{attribute}"
    return None


def _portable_value(name: str, value: Any) -> Any:
    """A number, a function or a module that a source names, written down."""
    if isinstance(value, int | float):
        return value if type(value) in (int, float) else float(value)
    if place := _place(value):
        return place
    if inspect.isfunction(value):
        return portable(value)
    kind = value.__name__ if isinstance(value, ModuleType) else type(value).__name__
    raise NotPortableError(f"{name} is {kind}; expected a number, a function, or one of {sorted(MODULES)}")


def as_python(function: Callable[..., Any]) -> tuple[list[str], str]:
    """The lines that define a function for a reader's own program, and the expression for it."""
    reference = portable_or_none(function)
    if reference is None:
        return [f"# {function.__name__} is as you have defined it"], function.__name__
    return _as_python(reference)


def _as_python(reference: Any) -> tuple[list[str], str]:
    if isinstance(reference, str):
        module, name = reference.split(":")
        package = {"numpy": "numpy", "math": "math"}
        return [f"from {package.get(module, f'adamlearn.{module}')} import {name}"], name
    lines = []
    for name, used in reference["names"].items():
        if not isinstance(used, str | dict):
            lines.append(f"{name} = {used!r}")
        elif used in ("numpy:", "math:"):
            lines.append("import numpy as np" if used == "numpy:" else "import math")
        elif isinstance(used, str) and used.endswith(":"):
            lines.append(f"from adamlearn import {used[:-1]}")
        else:
            definition, expression = _as_python(used)
            lines += definition if expression == name else [*definition, f"{name} = {expression}"]
    return [*lines, reference["source"]], reference["name"]
