"""Rules compiled by Numba: the rule's own text, in a loop over elements.

What a rule says of numbers alone (``1 - beta1``, ``beta2**t``) is computed once per step, in double
precision; what it says of elements becomes the body of a loop, in the arrays' own precision. Both
parts are cut from the rule's syntax tree and written to a file, where Numba keeps the compiled
loop for the next process. One thing is not to the letter: a division by a number is a product with
its reciprocal, which is quicker and may differ in the last digit.
"""

import ast
import hashlib
import inspect
import itertools
import os
import sys
import textwrap
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import cache, cached_property
from pathlib import Path
from types import CellType, FunctionType, ModuleType
from typing import Any

import numba
import numpy as np
from numba.core.errors import NumbaError

from adamlearn.engines import Arrays, all_finite, state_dtype, tiles

# To wake a thread takes some fifty microseconds: fewer bytes of parameters than this are not worth one
# of their own, nor fewer bytes of gradients that are only looked at.
SHARE = 1_600_000
LOOKED_AT = 3_000_000


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
            case ast.BinOp(left=left, op=ast.Div(), right=right) if self.is_number(right):
                reciprocal = ast.BinOp(ast.Constant(1.0), ast.Div(), right)
                return ast.BinOp(self.visit(left), ast.Mult(), self.number(reciprocal))
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
        The generated module: ``numbers``, of one step; ``element``; ``all_finite``; and the two loops.
    all_finite : callable
        ``all_finite(g)``, of a one-dimensional array.
    into, in_place : callable
        As those of :class:`adamlearn.engines.NumpyEngine`, for one-dimensional arrays of one dtype;
        they return False, and do nothing, if sizes or dtypes differ or a check finds ``g`` not finite.
        Two loops, since only arrays that are known to be different can be computed several
        elements at a time.
    """

    def __init__(self, rule: Callable[..., Any]):
        self.text = generated(rule)
        module, kept = loaded(rule, self.text)
        jit = numba.njit(error_model="numpy", nogil=True, cache=kept)
        module.__dict__["all_finite"] = self.all_finite = jit(module.all_finite)
        self.into, self.in_place = jit(module.into), jit(module.in_place)


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
    numbers = [f"_{i}" for i in range(splitter.count)]
    slots = [f"s{i}" for i in range(t - 2)]
    values = [f"h{i}" for i in range(len(names) - t - 1)]
    rest = ", ".join(["p", "g", *slots, "t", *values])
    here = [f"{array}[i]" for array in ["p", "g", *slots]] + [f"real({number})" for number in numbers]
    new_slots = "".join(f", {slot}[i]" for slot in slots) or ","

    def loop(out: str) -> str:
        arrays = dict.fromkeys(["p", "g", *slots, out])
        sizes, dtypes = (" == ".join(f"{a}.{what}" for a in arrays) for what in ("size", "dtype"))
        return f"""\
    if not ({dtypes}):
        return False
    if not ({sizes}) or check and not all_finite(g):
        return False
    real = p.dtype.type
    ({listed(numbers)}) = numbers({", ".join(["float(t)", *values])})
    for i in range(p.size):
        {out}[i]{new_slots} = element({", ".join(here)})
    return True"""

    return f"""\
# Generated from the rule {rule.__name__}.
def numbers({", ".join(names[t:])}):
{indented(splitter.text)}
    return ({listed(numbers)})


def element({", ".join(names[:t] + numbers)}):
{indented([ast.unparse(ast.fix_missing_locations(statement)) for statement in body])}


def all_finite(g):
    bad = False
    for i in range(g.size):
        bad |= not abs(g[i]) < np.inf
    return not bad


def into(check, out, {rest}):
{loop("out")}


def in_place(check, {rest}):
{loop("p")}
"""


def listed(names: Sequence[str]) -> str:
    """The names as a tuple is written."""
    return ", ".join(names) + "," * (len(names) == 1)


def indented(statements: Sequence[str]) -> str:
    return textwrap.indent("\n".join(statements), "    ")


def loaded(rule: Callable[..., Any], text: str) -> tuple[ModuleType, bool]:
    """The generated module, with the names the rule uses from outside, and whether its loops can be kept.

    They are kept under a name made of all that decides what they compute.
    """
    outside = [*dependencies(rule)]
    kept = None not in outside
    name = hashlib.sha256("\n".join([text, *map(str, outside)]).encode()).hexdigest()[:16]
    file = cache_folder() / f"{rule.__name__}_{name}.py"
    try:
        file.parent.mkdir(parents=True, exist_ok=True)
        if not file.exists():
            partial = file.with_suffix(f".{os.getpid()}")
            partial.write_text(text)
            partial.replace(file)  # another process sees the whole file or none
    except OSError:
        kept = False
    module = ModuleType(f"adamlearn_generated_{file.stem}")
    sys.modules[module.__name__] = module  # Numba looks it up there when it loads what it kept
    variables = inspect.getclosurevars(rule)
    module.__dict__.update({"np": np, **variables.globals, **variables.nonlocals})
    exec(compile(text, str(file), "exec"), module.__dict__)
    module.__dict__.update(numbers=jitted(module.numbers), element=jitted(module.element))
    return module, kept


def dependencies(function: Callable[..., Any]) -> Iterator[str | None]:
    """What a function uses from outside, in words, its helpers' sources too; None for what has none."""
    variables = inspect.getclosurevars(function)
    for name, value in sorted({**variables.globals, **variables.nonlocals}.items()):
        if inspect.isfunction(value):
            try:
                yield name + inspect.getsource(value)
            except OSError:
                yield None
            yield from dependencies(value)
        elif isinstance(value, int | float | str | ModuleType):
            yield f"{name} = {value!r}"
        else:
            yield None


@cache
def jitted(function: Callable[..., Any]) -> Callable[..., Any]:
    """The function compiled, with the plain functions that it calls."""

    def compiled_too(value: Any) -> Any:
        return jitted(value) if inspect.isfunction(value) else value

    names = {key: compiled_too(value) for key, value in inspect.getclosurevars(function).globals.items()}
    cells = tuple(CellType(compiled_too(cell.cell_contents)) for cell in function.__closure__ or ())
    names["__name__"] = function.__module__  # where Numba looks for what belongs to a kept loop
    copy = FunctionType(function.__code__, names, function.__name__, function.__defaults__, cells)
    return numba.njit(error_model="numpy", nogil=True)(copy)


def cache_folder() -> Path:
    """Where generated modules stay, and what Numba keeps beside them."""
    return Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "adamlearn"


class NumbaEngine:
    """A rule compiled, over arrays of any layout, in one thread for each core where there is enough to do.

    ``into`` and ``in_place`` are the compiled loops themselves.
    """

    def __init__(self, rule: Callable[..., Any], slots: int):
        self.rule = rule
        self.slots = slots

    def __reduce__(self) -> tuple[type, tuple[Callable[..., Any], int]]:
        return type(self), (self.rule, self.slots)  # compiled loops do not pickle

    @cached_property
    def into(self) -> Callable[..., bool]:
        return compiled(self.rule).into

    @cached_property
    def in_place(self) -> Callable[..., bool]:
        return compiled(self.rule).in_place

    def takes_whole(self, p: np.ndarray) -> bool:
        """Whether arrays like ``p``, of the dtype of the state, are for the loops as they stand."""
        return p.ndim == 1 and p.nbytes < 2 * SHARE

    def step(
        self, p: np.ndarray, g: np.ndarray, slots: Arrays, out: np.ndarray, t: int, values: Sequence[float]
    ) -> None:
        """Take a step with arrays of any size, layout and dtype; ``out`` may be ``p``."""
        dtype = state_dtype(p.dtype)
        if dtype.char not in "fd":
            raise TypeError(f"engine='numba' has no {dtype}; expected float16, float32 or float64")
        try:
            if not flat([p, g, *slots, out], dtype):
                for p_tile, g_tile, *slot_tiles, out_tile in tiles(p, g, slots, out):
                    self.into(False, out_tile, p_tile, g_tile, *slot_tiles, t, *values)
                return
            loop = self.in_place if out is p else self.into
            arrays = [array.ravel(order="K") for array in ([p, g] if out is p else [out, p, g]) + [*slots]]
            if p.nbytes < 2 * SHARE:
                loop(False, *arrays, t, *values)
            else:
                in_threads(
                    lambda part: loop(False, *(array[part] for array in arrays), t, *values),
                    p.size,
                    SHARE // p.itemsize,
                )
        except NumbaError as error:
            raise TypeError(f"engine='numba' cannot compile {self.rule.__name__}: {error}") from error

    def all_finite(self, g: np.ndarray) -> bool:
        """Whether every element is finite."""
        if g.dtype.char not in "fd" or not flat([g], g.dtype):
            return all_finite(g)
        g, loop = g.ravel(order="K"), compiled(self.rule).all_finite
        if g.nbytes < 2 * LOOKED_AT:
            return loop(g)
        return all(in_threads(lambda part: loop(g[part]), g.size, LOOKED_AT // g.itemsize))


def flat(arrays: Arrays, dtype: np.dtype) -> bool:
    """Whether the arrays are the same stretch of elements, one after the other."""
    rows = columns = True
    for array in arrays:
        flags = array.flags
        rows, columns = rows and flags.c_contiguous, columns and flags.f_contiguous
        if array.dtype != dtype or not (rows or columns):
            return False
    return True


def in_threads(work: Callable[[slice], Any], size: int, share: int) -> list[Any]:
    """Do the work of equal parts of ``size`` elements, at least ``share`` each, in a thread of its own."""
    parts = max(1, min(numba.get_num_threads(), size // share))
    bounds = [size * part // parts for part in range(parts + 1)]
    first, *others = (slice(*pair) for pair in itertools.pairwise(bounds))
    futures = [pool().submit(work, part) for part in others]
    return [work(first), *(future.result() for future in futures)]


@cache
def pool() -> ThreadPoolExecutor:
    return ThreadPoolExecutor(thread_name_prefix="adamlearn")


os.register_at_fork(after_in_child=pool.cache_clear)  # threads do not survive a fork


def descents(
    rule: Callable[..., Any],
    gradient: Callable[..., Any],
    points: Sequence[np.ndarray],
    marks: np.ndarray,
    hyperparameters: Mapping[str, np.ndarray],
    schedules: Mapping[str, np.ndarray],
    bounds: tuple[float, float],
) -> list[np.ndarray]:
    """Where a batch of points, one array for each coordinate, is after as many updates as the marks say.

    A hyperparameter is an array of one value for each point, or of size 1; a schedule, one for each
    step. The coordinates come back as arrays of shape (points, marks).
    """
    arrays = {name: value for name, value in hyperparameters.items() if value.size > 1}
    numbers = [value.item() for value in hyperparameters.values() if value.size == 1]
    text = run_text(rule, gradient, len(points), frozenset(arrays), frozenset(schedules))
    run, kept = compiled_run(text, rule, gradient), [np.empty((x.size, marks.size)) for x in points]
    columns, rest = [*points, *kept, *arrays.values()], [*numbers, *schedules.values(), marks, *bounds]
    in_threads(lambda part: run(*(column[part] for column in columns), *rest), points[0].size, 64)
    return kept


@cache
def compiled_run(text: str, rule: Callable[..., Any], gradient: Callable[..., Any]) -> Callable[..., None]:
    namespace = {"np": np, "rule": jitted(rule), "gradient": jitted(gradient)}
    exec(text, namespace)
    return numba.njit(error_model="numpy", nogil=True)(namespace["run"])


@cache
def run_text(
    rule: Callable[..., Any],
    gradient: Callable[..., Any],
    coordinates: int,
    arrays: frozenset[str],
    schedules: frozenset[str],
) -> str:
    """The text of a function that takes points through all steps, a block of them at a time.

    The inner loop is over the points of a block, so that what depends on the step alone, such as
    ``beta2**t``, is computed once for the block, and the block stays in cache.
    """
    names = list(inspect.signature(rule).parameters)
    t = names.index("t")
    slots, hyperparameters = names[2:t], names[t + 1 :]
    xs = [f"x{i}" for i in range(coordinates)]
    columns = [*xs, *(f"kept_{x}" for x in xs), *(name for name in hyperparameters if name in arrays)]
    scheduled = [name for name in hyperparameters if name in schedules]
    numbers = [name for name in hyperparameters if name not in arrays | schedules]
    given = [*(f"all_{name}" for name in columns), *numbers, *(f"all_{name}" for name in scheduled)]
    values = ", ".join(f"{name}[k]" if name in arrays else name for name in hyperparameters)
    point = ", ".join([f"{x}[k]" for x in xs] + ["t"] * ("t" in inspect.signature(gradient).parameters))
    gradients = ", ".join(f"g_{x}[k]" for x in xs)
    lines = [f"def run({', '.join(given)}, marks, low, high):"]
    lines += ["    for start in range(0, all_x0.size, 512):"]
    lines += [f"        {name} = all_{name}[start:start + 512]" for name in columns]
    lines += [f"        {new}_{x} = np.zeros(x0.size)" for x in xs for new in ["g", *slots]]
    lines += ["        done = 0", "        for mark in range(marks.size):"]
    lines += ["            for step in range(done, marks[mark]):", "                t = step + 1.0"]
    lines += [f"                {name} = all_{name}[step]" for name in scheduled]
    lines += [
        "                for k in range(x0.size):",
        f"                    {gradients}, = gradient({point})",
    ]
    for x in xs:
        state = "".join(f"{slot}_{x}[k], " for slot in slots)
        lines += ["                for k in range(x0.size):"]
        lines += [f"                    p, {state}= rule({x}[k], g_{x}[k], {state}t, {values})"]
        lines += [f"                    {x}[k] = low if p < low else high if p > high else p"]
    lines += ["            done = marks[mark]"]
    lines += ["            for k in range(x0.size):"]
    lines += [f"                kept_{x}[k, mark] = {x}[k]" for x in xs]
    return "\n".join(lines)
