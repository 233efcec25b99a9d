"""The text of a function, and the proof that it is the text of what runs."""

import __future__

import ast
import inspect
import linecache
import textwrap
import threading
from collections.abc import Callable, Iterator
from functools import lru_cache
from types import CodeType, FunctionType
from typing import Any


def name_of(function: Callable[..., Any]) -> str:
    """What to call a function in a message: its name, or what a thing without one prints as."""
    return getattr(function, "__name__", None) or repr(function)


def function_tree(function: Callable[..., Any]) -> ast.FunctionDef:
    """The syntax tree of a function's own text.

    Parameters
    ----------
    function : callable

    Returns
    -------
    ast.FunctionDef
        Without its decorators. It is shared: do not change it.

    Raises
    ------
    TypeError
        If ``function`` is not a plain function written with ``def``, or there is no text, or the
        text is not what runs: edited since it was imported, or that of a function that is wrapped.

    Examples
    --------
    >>> from adamlearn import rules
    >>> from adamlearn.sources import function_tree
    >>> function_tree(rules.sgd).name
    'sgd'
    """
    if not isinstance(function, FunctionType):
        raise TypeError(f"{name_of(function)} is a {type(function).__name__}; expected a function")
    shown = list(inspect.signature(function).parameters)
    if shown != parameter_names(function):
        raise TypeError(
            f"{function.__name__} is wrapped: it has the signature of another function; "
            f"expected one with parameters of its own"
        )
    return _tree(function.__code__)


def function_text(function: Callable[..., Any]) -> str:
    """The text of a function, from its ``def``, not indented; refused as :func:`function_tree` refuses.

    Examples
    --------
    >>> from adamlearn import rules
    >>> from adamlearn.sources import function_text
    >>> function_text(rules.sgd).splitlines()[1]
    '    velocity = momentum * velocity + g'
    """
    tree = function_tree(function)
    lines = linecache.getlines(function.__code__.co_filename)[tree.lineno - 1 : tree.end_lineno]
    return textwrap.dedent("".join(lines)).rstrip() + "\n"


def parameter_names(function: FunctionType) -> list[str]:
    """The names of a function's parameters as its own code has them; starred ones have their stars."""
    code = function.__code__
    count = code.co_argcount + code.co_kwonlyargcount
    names = list(code.co_varnames[:count])
    if code.co_flags & inspect.CO_VARARGS:
        names.insert(code.co_argcount, code.co_varnames[count])
        count += 1
    if code.co_flags & inspect.CO_VARKEYWORDS:
        names.append(code.co_varnames[count])
    return names


_PARSING = threading.Lock()  # Python 3.11 counts the depth of a tree for all threads together


@lru_cache
def _tree(code: CodeType) -> ast.FunctionDef:
    """The function of that code among all those of its file, as the file is now."""
    linecache.checkcache(code.co_filename)
    text = "".join(linecache.getlines(code.co_filename))
    if not text:
        raise TypeError(f"{code.co_name} has no source; expected a function written with `def`")
    flags = ast.PyCF_ALLOW_TOP_LEVEL_AWAIT | code.co_flags & __future__.annotations.compiler_flag
    try:
        with _PARSING:
            module = ast.parse(text)
            # As part of its file, and as a notebook does it, each statement of a cell for itself: a compiler
            # makes other code of `np.sqrt` where it has seen `import numpy`.
            pieces = [module, *(ast.Module([statement], []) for statement in module.body)]
            compiled = [
                compile(piece, code.co_filename, "exec", flags, dont_inherit=True) for piece in pieces
            ]
    except SyntaxError:
        raise TypeError(f"{code.co_name} is not what its source says: its file has changed since") from None
    wanted = _content(code)
    found = (inner for piece in compiled for inner in _codes(piece))
    lines = {inner.co_firstlineno for inner in found if _content(inner) == wanted}
    for node in ast.walk(module):
        if isinstance(node, ast.FunctionDef) and node.name == code.co_name:
            if min(part.lineno for part in [node, *node.decorator_list]) in lines:
                node.decorator_list = []
                return node
    if code.co_name == "<lambda>":
        raise TypeError("a lambda has no text of its own; expected a function written with `def`")
    raise TypeError(f"{code.co_name} is not what its source says: its file has changed since")


def _codes(code: CodeType) -> Iterator[CodeType]:
    """A code object and all those in it."""
    yield code
    for constant in code.co_consts:
        if isinstance(constant, CodeType):
            yield from _codes(constant)


_KIND = inspect.CO_VARARGS | inspect.CO_VARKEYWORDS | inspect.CO_GENERATOR | inspect.CO_COROUTINE


def _content(code: CodeType) -> tuple[Any, ...]:
    """All of a code object that decides what it does; not where it stands."""
    constants = [_content(c) if isinstance(c, CodeType) else (type(c), repr(c)) for c in code.co_consts]
    return (
        code.co_name,
        code.co_code,
        constants,
        code.co_names,
        code.co_varnames,
        code.co_freevars,
        code.co_cellvars,
        code.co_argcount,
        code.co_posonlyargcount,
        code.co_kwonlyargcount,
        code.co_flags & _KIND,
    )
