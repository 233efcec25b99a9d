"""How a function's own text is read into a program: its helpers written into it, its branches closed."""

import ast
import builtins
import inspect
from collections.abc import Callable
from functools import partial
from types import FunctionType, ModuleType
from typing import Any

import numpy as np

from adamlearn.engines.program import (
    ARITHMETIC,
    COMPARISONS,
    FUNCTIONS,
    OF_NUMBERS,
    Outside,
    Program,
    assign,
    is_number,
    load,
    refusal,
    returned,
)
from adamlearn.sources import function_tree, name_of, parameter_names


def read_program(rule: Callable[..., Any]) -> Program:
    """The program of a rule.

    Raises
    ------
    TypeError
        If the rule says more than a program can; the message names the place in its text.
    """
    tree, outside = function_tree(rule), Outside()
    assert isinstance(rule, FunctionType)
    if tree.args.vararg or tree.args.kwarg:
        raise TypeError(f"{rule.__name__} cannot be compiled: it has starred parameters")
    reader = Reader(outside, rule, [])
    parameters = [reader.place(name) for name in parameter_names(rule)]
    return outside.program(parameters, reader.block(tree.body, lambda values: [returned(values)]))


class Reader:
    """One function's text, read into a program.

    Parameters
    ----------
    outside : Outside
    function : function
    callers : list of code objects
        Those of the functions whose text this one's is being written into.
    """

    def __init__(self, outside: Outside, function: FunctionType, callers: list[Any]):
        self.outside = outside
        self.function = function
        code = function.__code__
        self.callers = [*callers, code]
        self.cells = dict(zip(code.co_freevars, function.__closure__ or (), strict=True))
        self.locals = {*code.co_varnames, *code.co_cellvars}
        self.places: dict[str, str] = {}  # the function's own names, in the program
        self.bound: set[str] = set()  # those that have a value on every way to where the reading is
        outside.use(f"{outside.holding(function)}.__code__")

    def error(self, node: ast.AST, why: str) -> TypeError:
        text = ast.unparse(node).splitlines()[0]
        return refusal(f"{self.function.__name__}: `{text}` cannot be compiled: {why}", node)

    # Statements

    def block(self, statements: list[ast.stmt], returns: Any, last: bool = True) -> list[ast.stmt]:
        """The statements' program. ``returns`` makes statements of what is returned; the last block must."""
        out: list[ast.stmt] = []
        for i, node in enumerate(statements):
            match node:
                case ast.Return(value=value):
                    return out + returns(self.values(value, node, out))
                case ast.If() if any(isinstance(inner, ast.Return) for inner in ast.walk(node)):
                    rest = statements[i + 1 :]  # what follows belongs to the branches that go on
                    return out + self.branch(node, node.body + rest, node.orelse + rest, returns, last)
                case ast.If():
                    out += self.branch(node, node.body, node.orelse, returns, last=False)
                case _:
                    self.statement(node, out)
        if last:
            raise TypeError(f"{self.function.__name__} cannot be compiled: not every way ends with `return`")
        return out

    def branch(
        self, node: ast.If, then: list[ast.stmt], otherwise: list[ast.stmt], returns: Any, last: bool
    ) -> list[ast.stmt]:
        out: list[ast.stmt] = []
        test = self.expression(node.test, out)
        before = set(self.bound)
        body = self.block(then, returns, last)
        after, self.bound = self.bound, before
        orelse = self.block(otherwise, returns, last)
        self.bound = self.bound & after
        return [*out, ast.If(test, body or [ast.Pass()], orelse)]

    def statement(self, node: ast.stmt, out: list[ast.stmt]) -> None:
        match node:
            case ast.Pass() | ast.Expr(value=ast.Constant()):  # the latter is a docstring
                return
            case ast.Assign(targets=[ast.Name(id=target)], value=ast.IfExp() as value):
                branches: Any = ([ast.Assign(node.targets, part)] for part in (value.body, value.orelse))
                test, body, orelse = value.test, *branches
                out += self.branch(ast.If(test, body, orelse), body, orelse, None, last=False)
                return
            case ast.Assign(targets=[ast.Name(id=target)], value=value):
                read = self.expression(value, out)  # before the name has its new value
                out.append(assign(self.place(target), read))
                return
            case ast.Assign(targets=[ast.Tuple(elts=targets)], value=value):
                values = self.values(value, node, out)
                names = [target.id for target in targets if isinstance(target, ast.Name)]
                if len(names) == len(targets) == len(values):
                    held = [self.outside.fresh(name) for name in names]  # all are read before one is written
                    out += [assign(name, one) for name, one in zip(held, values, strict=True)]
                    places = map(self.place, names)
                    out += [assign(place, load(name)) for place, name in zip(places, held, strict=True)]
                    return
            case ast.AnnAssign(target=ast.Name() as name, value=ast.expr() as value):
                return self.statement(ast.copy_location(ast.Assign([name], value), node), out)
            case ast.AugAssign(target=ast.Name(id=target), op=op, value=value):
                self.outside.in_place = True
                read = self.expression(ast.BinOp(ast.copy_location(load(target), node), op, value), out)
                out.append(assign(self.place(target), read))
                return
        raise self.error(node, "expected `name = ...`, `if` on numbers, or `return p, ...`")

    def values(self, node: ast.expr | None, statement: ast.stmt, out: list[ast.stmt]) -> list[ast.expr]:
        """Several values: a tuple's, or those of a helper that returns a tuple."""
        match node:
            case ast.Tuple(elts=elements):
                return [self.expression(element, out) for element in elements]
            case ast.Call(func=func) if isinstance(helper := self.static(func), FunctionType):
                return self.call(node, helper, out)
            case ast.expr():
                return [self.expression(node, out)]
        raise self.error(statement, "expected a tuple of values")

    # Names

    def place(self, name: str) -> str:
        """Where an assignment to the function's own name goes in the program."""
        if name not in self.places:
            own = len(self.callers) == 1
            self.places[name] = self.outside.fresh(name if own else f"{self.function.__name__}_{name}")
        self.bound.add(name)
        return self.places[name]

    def static(self, node: ast.expr) -> Any:
        """What a name from outside stands for now: a number, a function, a module; None for other nodes."""
        text = self.from_outside(node)
        return None if text is None else self.outside.read(text)

    def from_outside(self, node: ast.expr) -> str | None:
        """How to read what is not the function's own, ``name`` or ``module.name``, as Python would."""
        match node:
            case ast.Name(id=name) if name in self.cells:
                return f"{self.outside.holding(self.cells[name])}.cell_contents"
            case ast.Name(id=name) if name not in self.locals:
                around = self.outside.holding(self.function.__globals__)
                if name in self.function.__globals__:
                    return f"{around}[{name!r}]"
                if hasattr(builtins, name):
                    return f"{around}.get({name!r}, {name})"
                raise self.error(node, f"there is no {name}")
            case ast.Attribute(value=value, attr=attribute):
                module = self.from_outside(value)
                if module is not None and isinstance(self.outside.read(module), ModuleType):
                    if not hasattr(self.outside.read(module), attribute):
                        raise self.error(node, f"there is no {ast.unparse(node)}")
                    return f"{module}.{attribute}"
        return None

    # Expressions

    def expression(self, node: ast.expr, out: list[ast.stmt]) -> ast.expr:
        """The expression in the program's names; what it needs before it goes to ``out``."""
        see = partial(self.expression, out=out)
        match node:
            case ast.Constant(value=bool() | int() | float() as value):
                return ast.Constant(float(value))
            case ast.Name(id=name) if name in self.bound:
                return load(self.places[name])
            case ast.Name(id=name) if name in self.locals:
                raise self.error(node, f"{name} has no value on every way that leads here")
            case ast.Name() | ast.Attribute():
                return self.constant(node)
            case ast.BinOp(left=left, op=ast.Pow(), right=ast.Constant(value=int() as power)) if power < 100:
                return ast.BinOp(see(left), ast.Pow(), ast.Constant(power))  # g**2 is a product, no power
            case ast.BinOp(left=left, op=op, right=right) if isinstance(
                op, (*ARITHMETIC, ast.FloorDiv, ast.Mod)
            ):
                return ast.BinOp(see(left), op, see(right))
            case ast.UnaryOp(op=ast.USub() | ast.UAdd() | ast.Not() as op, operand=operand):
                return ast.UnaryOp(op, see(operand))
            case ast.Compare(left=left, ops=ops, comparators=others) if all(
                isinstance(o, COMPARISONS) for o in ops
            ):
                return ast.Compare(see(left), ops, [see(other) for other in others])
            case ast.BoolOp(op=op, values=[first, *others]):
                rest: list[ast.stmt] = []
                parts = [see(first), *(self.expression(other, rest) for other in others)]
                if rest:  # what a part needs before it must not run where the part does not
                    raise self.error(node, "expected a condition without calls of helpers")
                return ast.BoolOp(op, parts)
            case ast.IfExp():
                name = f"value {len(self.places)}"  # as no name of the function's is
                self.places[name] = self.outside.fresh("value")
                self.statement(assign(name, node), out)
                return load(self.places[name])
            case ast.Call(func=func, args=args, keywords=keywords):
                function = self.static(func)
                if isinstance(function, FunctionType) and function not in (np.clip, np.where):
                    results = self.call(node, function, out)
                    if len(results) == 1:
                        return results[0]
                    raise self.error(node, "expected a helper that returns one value here")
                name = self.known(function)
                if name and not keywords and not any(isinstance(arg, ast.Starred) for arg in args):
                    self.outside.use(str(self.from_outside(func)))
                    return ast.Call(load(name), [see(arg) for arg in args], [])
                raise self.error(node, "expected a function of one element, such as np.sqrt, or a helper")
        raise self.error(node, "expected arithmetic, NumPy functions, or `a if ... else b` on numbers")

    def known(self, function: Any) -> str | None:
        """The name under which a program calls a function that is no helper."""
        try:
            return FUNCTIONS.get(function) or OF_NUMBERS.get(function)
        except TypeError:  # not hashable
            return None

    def constant(self, node: ast.expr) -> ast.expr:
        """A number from outside, which the program is handed at every call."""
        text, value = self.from_outside(node), self.static(node)
        if text is None or not is_number(value):
            kind = "this" if text is None else name_of(type(value))
            raise self.error(node, f"{kind} is not a number; what a rule takes from outside must be one")
        return self.number(text, ast.unparse(node).replace(".", "_"))

    def number(self, text: str, name: str) -> ast.expr:
        """A name in the program for the number that this text reads."""
        names = {known: place for place, known in self.outside.numbers.items()}
        place = names.get(text) or self.outside.fresh(name)
        self.outside.numbers[place] = text
        return load(place)

    def call(self, node: ast.Call, helper: FunctionType, out: list[ast.stmt]) -> list[ast.expr]:
        """What a helper returns, its text written to ``out``."""
        if helper.__code__ in self.callers:
            raise self.error(node, f"{helper.__name__} calls itself")
        tree = function_tree(helper)
        if tree.args.vararg or tree.args.kwarg or any(isinstance(a, ast.Starred) for a in node.args):
            raise self.error(node, f"{helper.__name__} has starred parameters")
        self.outside.use(str(self.from_outside(node.func)))
        given = self.arguments(node, helper, out)
        inner = Reader(self.outside, helper, self.callers)
        for name, value in given.items():
            out.append(assign(inner.place(name), value))
        results: list[str] = []

        def returns(values: list[ast.expr]) -> list[ast.stmt]:
            if not results:
                results.extend(self.outside.fresh(helper.__name__) for _ in values)
            if len(results) != len(values):
                raise self.error(node, f"{helper.__name__} returns one value here and several there")
            return [assign(name, value) for name, value in zip(results, values, strict=True)]

        out += inner.block(tree.body, returns)
        return [load(name) for name in results]

    def arguments(self, node: ast.Call, helper: FunctionType, out: list[ast.stmt]) -> dict[str, ast.expr]:
        """The helper's parameters, with what they are given; a default is read at every call."""
        signature = inspect.signature(helper)
        keywords = {given.arg or "**": given.value for given in node.keywords}
        try:
            bound = signature.bind(*node.args, **keywords).arguments
        except TypeError as error:
            raise self.error(node, str(error)) from None
        given = {}
        positional = [name for name in signature.parameters if name not in (helper.__kwdefaults__ or {})]
        for name, parameter in signature.parameters.items():
            if name in bound:
                given[name] = self.expression(bound[name], out)
            elif is_number(parameter.default):
                of_helper = self.outside.holding(helper)
                if name in positional:
                    text = f"{of_helper}.__defaults__[{positional.index(name) - len(positional)}]"
                else:
                    text = f"{of_helper}.__kwdefaults__[{name!r}]"
                given[name] = self.number(text, f"{helper.__name__}_{name}")
            else:
                raise self.error(node, f"the default of {name} in {helper.__name__} is no number")
        return given
