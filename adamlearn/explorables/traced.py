"""A rule that also returns what it has names for: the text, and the function that the text is of."""

import ast
import textwrap
from collections.abc import Callable, Iterator
from types import CodeType, FunctionType
from typing import Any

from adamlearn.explorables.portable import definition, replaced, source_of


def traced_source(rule: Callable[..., Any]) -> str:
    """The rule's text with one change: it also returns every value that it has a name for.

    ``return p - ..., m, v`` becomes ``return (p - ..., m, v), {"m": m, "v": v, "m_hat": m_hat, ...}``,
    so the formulas that are traced are those of the rule. A return inside a branch has the names that are
    set before it; names that only a branch sets are left out.
    """
    source = source_of(rule)
    function = definition(source)
    changes = []
    for node in _returns(function):
        value = ast.get_source_segment(source, node).removeprefix("return")  # type: ignore[union-attr]
        named = "{" + ", ".join(f'"{name}": {name}' for name in _names(function, node.lineno)) + "}"
        changes.append((node, f"return ({value.strip()}), {named}"))
    return replaced(source, changes)


def traced(rule: Any) -> Callable[..., Any]:
    """The function that :func:`traced_source` is the text of."""
    text = traced_source(rule)
    code = rule.__code__
    cells = dict(zip(code.co_freevars, rule.__closure__ or (), strict=True))
    tree = ast.parse(f"def around({', '.join(cells)}):\n{textwrap.indent(text, '    ')}")
    for inner in ast.walk(tree.body[0].body[0]):  # type: ignore[attr-defined]
        if hasattr(inner, "lineno"):  # the lines are those of the text
            inner.lineno, inner.end_lineno = inner.lineno - 1, inner.end_lineno - 1  # type: ignore[attr-defined]
    # Compiled and not run: the defaults are those that the rule has, whatever their text says by now.
    new = compile(tree, code.co_filename, "exec", dont_inherit=True)
    for name in ("around", code.co_name):
        new = next(c for c in new.co_consts if isinstance(c, CodeType) and c.co_name == name)
    # In the rule's own module and closure, so that what it takes from there is what it is at the call.
    closure = tuple(cells[name] for name in new.co_freevars)
    return FunctionType(new, rule.__globals__, code.co_name, rule.__defaults__, closure)


def traced_names(rule: Callable[..., Any]) -> list[str]:
    """The names whose values :func:`traced` returns."""
    return _names(definition(source_of(rule)))


def named_lines(rule: Callable[..., Any]) -> list[tuple[str, str]]:
    """The statements that give a name its last value, as the rule's text has them, with the name."""
    source = source_of(rule)
    found: dict[str, str] = {}
    for statement in definition(source).body:
        if isinstance(statement, ast.Assign | ast.AugAssign | ast.AnnAssign):
            target = statement.targets[0] if isinstance(statement, ast.Assign) else statement.target
            if isinstance(target, ast.Name):
                found.pop(target.id, None)
                found[target.id] = source.splitlines()[statement.lineno - 1].strip()
    return list(found.items())


def _names(function: ast.FunctionDef, before: int | None = None) -> list[str]:
    """The arguments before ``t``, and what the body's own statements assign, up to a line, in order."""
    arguments = [argument.arg for argument in function.args.args]
    names = dict.fromkeys(arguments[: arguments.index("t")])
    for statement in function.body:
        if before is not None and statement.lineno >= before:
            break
        match statement:
            case ast.Assign(targets=targets):
                pass
            case ast.AugAssign(target=target) | ast.AnnAssign(target=target, value=ast.expr()):
                targets = [target]
            case _:
                continue
        stored = (node for target in targets for node in ast.walk(target) if isinstance(node, ast.Name))
        names |= {node.id: None for node in stored if isinstance(node.ctx, ast.Store)}
    return list(names)


def _returns(node: ast.AST) -> Iterator[ast.Return]:
    """The returns of a function, without those of functions in it."""
    for child in ast.iter_child_nodes(node):
        if isinstance(child, ast.Return):
            yield child
        elif not isinstance(child, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
            yield from _returns(child)
