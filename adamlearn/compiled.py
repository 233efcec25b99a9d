"""Rules compiled by Numba: the rule's own text, in a loop over elements.

What a rule says of numbers alone (``1 - beta1``, ``beta2**t``) is computed once per step, in
Python, as it is for NumPy; what it says of elements becomes the body of a loop, in the arrays'
own precision. Both parts are cut from the rule's syntax tree and written to a file, where Numba
keeps the compiled loop for the next process.
"""

import ast
import hashlib
import inspect
import itertools
import os
import sys
import textwrap
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import cache
from pathlib import Path
from types import CellType, FunctionType, ModuleType
from typing import Any

import numba
import numpy as np
from numba.core.errors import NumbaError

from adamlearn.engines import state_dtype, tiles

# Fewer elements than this are not worth a thread of their own.
SHARE = 40_000


class Splitter(ast.NodeTransformer):
    """Cut a rule's statements in two: those about numbers, and those about elements.

    The first are collected as Python text; each number that an element meets is named ``_0``,
    ``_1``, ... in it. The second, returned by :meth:`block`, read these names.
    """

    def __init__(self, rule_name: str, elements: Sequence[str]):
        self.rule_name = rule_name
        self.elements = set(elements)
        self.text: list[str] = []
        self.count = 0
        self.guard = ""  # the condition under which the present branch runs

    def block(self, statements: Sequence[ast.stmt]) -> list[ast.stmt]:
        return [kept for statement in statements for kept in self.statement(statement)]

    def statement(self, node: ast.stmt) -> list[ast.stmt]:
        match node:
            case ast.Expr(value=ast.Constant()):  # a docstring
                return []
            case ast.Assign(targets=[ast.Name(id=target)], value=value) if self.is_number(value):
                self.elements.discard(target)
                self.add(f"{target} = {ast.unparse(value)}")
                return []
            case ast.Assign(targets=[ast.Name(id=target)], value=value):
                new_value = self.visit(value)
                self.elements.add(target)
                return [ast.Assign([ast.Name(target, ast.Store())], new_value, lineno=node.lineno)]
            case ast.AugAssign(target=ast.Name(id=target), op=op, value=value):
                value = ast.BinOp(ast.Name(target, ast.Load()), op, value, lineno=node.lineno)
                return self.statement(ast.Assign([ast.Name(target, ast.Store())], value, lineno=node.lineno))
            case ast.If(test=test, body=body, orelse=orelse) if self.is_number(test):
                condition = self.number(test)
                then, otherwise = self.branch(condition.id, body), self.branch(f"not {condition.id}", orelse)
                return [ast.If(condition, then or [ast.Pass()], otherwise)]
            case ast.Return(value=ast.Tuple() as value):
                return [ast.Return(self.visit(value))]
        raise self.error(node, "expected `name = ...`, `if` on numbers, or `return p, ...`")

    def branch(self, condition: str, statements: Sequence[ast.stmt]) -> list[ast.stmt]:
        """A block that runs only under a condition; so must its numbers, which may divide by zero else."""
        outer, self.guard = self.guard, f"{self.guard} and {condition}" if self.guard else condition
        kept = self.block(statements)
        self.guard = outer
        return kept

    def visit(self, node: ast.AST) -> Any:
        """The expression, with a name in place of each number."""
        if not isinstance(node, ast.expr):
            return node
        if self.is_number(node):
            return self.number(node)
        match node:
            case ast.Name():
                return node
            case ast.Call(func=func, args=args, keywords=[]):
                return ast.Call(func, [self.visit(arg) for arg in args], [])
            case ast.BinOp(left=left, op=ast.Pow(), right=ast.Constant(value=int()) as right):
                return ast.BinOp(self.visit(left), ast.Pow(), right)  # g**2 is a product, not a power
            case ast.IfExp(test=test, body=body, orelse=orelse) if self.is_number(test):
                condition = self.number(test)
                outer = self.guard
                self.guard = f"{outer} and {condition.id}" if outer else condition.id
                then = self.visit(body)
                self.guard = f"{outer} and not {condition.id}" if outer else f"not {condition.id}"
                otherwise = self.visit(orelse)
                self.guard = outer
                return ast.IfExp(condition, then, otherwise)
            case ast.BinOp() | ast.UnaryOp() | ast.Compare() | ast.Tuple():
                return self.generic_visit(node)
        raise self.error(node, "expected arithmetic, NumPy functions, or `a if ... else b` on numbers")

    def is_number(self, node: ast.AST) -> bool:
        names = {child.id for child in ast.walk(node) if isinstance(child, ast.Name)}
        return not names & self.elements

    def number(self, node: ast.expr) -> ast.Name:
        name, text = f"_{self.count}", ast.unparse(node)
        self.count += 1
        self.text.append(
            f"{name} = {text}" if not self.guard else f"{name} = ({text}) if {self.guard} else 0.0"
        )
        return ast.Name(name, ast.Load())

    def add(self, line: str) -> None:
        self.text.append(f"if {self.guard}: {line}" if self.guard else line)

    def error(self, node: ast.stmt | ast.expr, expected: str) -> TypeError:
        text = ast.unparse(node).splitlines()[0]
        return TypeError(f"{self.rule_name}: `{text}` cannot be compiled; {expected}")


class Compiled:
    """A rule's two parts, ready to run.

    Attributes
    ----------
    text : str
        The generated module: ``numbers``, of one step; ``element``; and the two loops over elements.
    numbers : callable
        ``numbers(t, **hyperparameters)`` returns what the loops need after the arrays.
    into, in_place : callable
        ``into(p, g, *slots, out, *numbers)`` and ``in_place(p, g, *slots, *numbers)``, for
        one-dimensional arrays of one dtype. Two loops, since only arrays that are known to be
        different can be computed several elements at a time.
    """

    def __init__(self, rule: Callable[..., Any]):
        self.text = generated(rule)
        outside = inspect.getclosurevars(rule)
        module, kept = loaded(rule.__name__, self.text, {**outside.globals, **outside.nonlocals})
        jit = numba.njit(error_model="numpy", nogil=True, cache=kept)
        self.numbers, self.into, self.in_place = module.numbers, jit(module.into), jit(module.in_place)


compiled = cache(Compiled)


def generated(rule: Callable[..., Any]) -> str:
    """The text of the module that computes ``rule``."""
    tree = ast.parse(textwrap.dedent(inspect.getsource(rule))).body[0]
    if not isinstance(tree, ast.FunctionDef):
        raise TypeError(f"{rule.__name__} cannot be compiled; expected a function written with `def`")
    names = [argument.arg for argument in tree.args.args]
    t = names.index("t")
    splitter = Splitter(rule.__name__, names[:t])
    body = splitter.block(tree.body)
    element = [ast.unparse(ast.fix_missing_locations(statement)) for statement in body]
    numbers = "".join(f", _{i}" for i in range(splitter.count))
    arrays, here = ", ".join(names[:t]), ", ".join(f"{name}[i]" for name in names[:t])
    slots_here = "".join(f", {name}[i]" for name in names[2:t])
    return f"""\
# Generated from the rule {rule.__name__}.
def numbers({", ".join(names[t:])}):
{indented(splitter.text)}
    return ({numbers[2:]}{"," if numbers else ""})


def element({arrays}{numbers}):
{indented(element)}


def into({arrays}, out{numbers}):
    for i in range(p.size):
        out[i]{slots_here}{"" if slots_here else ","} = element({here}{numbers})


def in_place({arrays}{numbers}):
    for i in range(p.size):
        p[i]{slots_here}{"" if slots_here else ","} = element({here}{numbers})
"""


def indented(statements: Sequence[str]) -> str:
    return textwrap.indent("\n".join(statements), "    ")


def loaded(name: str, text: str, outside: dict[str, Any]) -> tuple[ModuleType, bool]:
    """The generated module, with the names it uses from outside, and whether its loops can be kept.

    They can if the text is all there is to them: it names its file. A helper of the rule's is not in it.
    """
    file = cache_folder() / f"{name}_{hashlib.sha256(text.encode()).hexdigest()[:16]}.py"
    try:
        file.parent.mkdir(parents=True, exist_ok=True)
        if not file.exists():
            partial = file.with_suffix(f".{os.getpid()}")
            partial.write_text(text)
            partial.replace(file)  # another process sees the whole file or none
        kept = True
    except OSError:
        kept = False
    module = ModuleType(f"adamlearn_generated_{file.stem}")
    sys.modules[module.__name__] = module  # Numba looks it up there when it loads what it kept
    module.__dict__.update(outside)
    exec(compile(text, str(file), "exec"), module.__dict__)
    kept = kept and not any(inspect.isfunction(outside.get(key)) for key in module.element.__code__.co_names)
    module.__dict__["element"] = jitted(module.element)
    return module, kept


@cache
def jitted(function: Callable[..., Any]) -> Callable[..., Any]:
    """The function compiled, with the plain functions that it calls."""

    def compiled_too(value: Any) -> Any:
        return jitted(value) if inspect.isfunction(value) else value

    names = {key: compiled_too(value) for key, value in inspect.getclosurevars(function).globals.items()}
    cells = tuple(CellType(compiled_too(cell.cell_contents)) for cell in function.__closure__ or ())
    copy = FunctionType(function.__code__, names, function.__name__, function.__defaults__, cells)
    return numba.njit(error_model="numpy", nogil=True)(copy)


def cache_folder() -> Path:
    """Where generated modules stay, and what Numba keeps beside them."""
    return Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "adamlearn"


def numba_engine(
    rule: Callable[..., Any],
    p: np.ndarray,
    g: np.ndarray,
    slots: Sequence[np.ndarray],
    out: np.ndarray,
    t: int,
    hyperparameters: dict[str, float],
) -> None:
    """Run the compiled rule, in one thread for each core where there is enough to do."""
    dtype = state_dtype(p.dtype)
    if dtype.char not in "fd":
        raise TypeError(f"engine='numba' has no {dtype}; expected float16, float32 or float64")
    loops = compiled(rule)
    numbers = loops.numbers(t, **hyperparameters)
    if dtype.char == "f":
        numbers = [np.float32(number) for number in numbers]
    arrays = [p, g, *slots] if out is p else [p, g, *slots, out]
    loop = loops.in_place if out is p else loops.into
    try:
        if not flat(arrays, dtype):
            for tile in tiles(p, g, slots, out):
                loops.into(*tile, *numbers)
        elif p.size < 2 * SHARE:
            loop(*(array.ravel(order="K") for array in arrays), *numbers)
        else:
            in_threads(loop, [array.ravel(order="K") for array in arrays], numbers)
    except NumbaError as error:
        raise TypeError(f"engine='numba' cannot compile {rule.__name__}: {error}") from error


def flat(arrays: Sequence[np.ndarray], dtype: np.dtype) -> bool:
    """Whether the arrays are the same stretch of elements, one after the other."""
    return all(array.dtype == dtype for array in arrays) and (
        all(array.flags.c_contiguous for array in arrays) or all(array.flags.f_contiguous for array in arrays)
    )


def in_threads(
    loop: Callable[..., None], arrays: Sequence[np.ndarray], numbers: Sequence[Any], share: int = SHARE
) -> None:
    """Run a loop over equal parts of the arrays, at least ``share`` elements each, in a thread of its own."""
    size = arrays[0].size
    parts = max(1, min(numba.get_num_threads(), size // share))
    bounds = [size * part // parts for part in range(parts + 1)]
    futures = [
        pool().submit(loop, *(array[start:stop] for array in arrays), *numbers)
        for start, stop in itertools.pairwise(bounds[1:])
    ]
    loop(*(array[: bounds[1]] for array in arrays), *numbers)
    for future in futures:
        future.result()


@cache
def pool() -> ThreadPoolExecutor:
    return ThreadPoolExecutor(thread_name_prefix="adamlearn")


os.register_at_fork(after_in_child=pool.cache_clear)  # threads do not survive a fork


def endpoints(
    rule: Callable[..., Any],
    gradient: Callable[..., Any],
    points: Sequence[np.ndarray],
    steps: int,
    hyperparameters: Mapping[str, np.ndarray],
    bounds: tuple[float, float],
) -> None:
    """Move a batch of points, one array for each coordinate, to where ``steps`` updates take them.

    A hyperparameter is an array of one value for each point, or of size 1.
    """
    arrays = {name: value for name, value in hyperparameters.items() if value.size > 1}
    numbers = [value.item() for value in hyperparameters.values() if value.size == 1]
    text = run_text(rule, gradient, len(points), frozenset(arrays))
    run = compiled_run(text, rule, gradient)
    in_threads(run, [*points, *arrays.values()], [*numbers, steps, *bounds], share=64)


@cache
def compiled_run(text: str, rule: Callable[..., Any], gradient: Callable[..., Any]) -> Callable[..., None]:
    namespace = {"np": np, "rule": jitted(rule), "gradient": jitted(gradient)}
    exec(text, namespace)
    return numba.njit(error_model="numpy", nogil=True)(namespace["run"])


@cache
def run_text(
    rule: Callable[..., Any], gradient: Callable[..., Any], coordinates: int, arrays: frozenset[str]
) -> str:
    """The text of a function that takes points through all steps, a block of them at a time.

    The inner loop is over the points of a block, so that what depends on the step alone, such as
    ``beta2**t``, is computed once for the block, and the block stays in cache.
    """
    names = list(inspect.signature(rule).parameters)
    t = names.index("t")
    slots, hyperparameters = names[2:t], names[t + 1 :]
    xs = [f"x{i}" for i in range(coordinates)]
    columns = [*xs, *(name for name in hyperparameters if name in arrays)]
    scalars = [name for name in hyperparameters if name not in arrays]
    values = ", ".join(f"{name}[k]" if name in arrays else name for name in hyperparameters)
    point = ", ".join([f"{x}[k]" for x in xs] + ["t"] * ("t" in inspect.signature(gradient).parameters))
    gradients = ", ".join(f"g_{x}[k]" for x in xs)
    lines = [f"def run({', '.join([*(f'all_{name}' for name in columns), *scalars])}, steps, low, high):"]
    lines += ["    for start in range(0, all_x0.size, 512):"]
    lines += [f"        {name} = all_{name}[start:start + 512]" for name in columns]
    lines += [f"        {new}_{x} = np.zeros(x0.size)" for x in xs for new in ["g", *slots]]
    lines += ["        for step in range(steps):", "            t = step + 1.0"]
    lines += ["            for k in range(x0.size):", f"                {gradients}, = gradient({point})"]
    for x in xs:
        state = "".join(f"{slot}_{x}[k], " for slot in slots)
        lines += ["            for k in range(x0.size):"]
        lines += [f"                p, {state}= rule({x}[k], g_{x}[k], {state}t, {values})"]
        lines += [f"                {x}[k] = low if p < low else high if p > high else p"]
    return "\n".join(lines)
