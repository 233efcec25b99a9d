"""The equations of a function's body: its syntax tree, statement by statement."""

import ast
import builtins
import inspect
from collections.abc import Callable, Iterable, Mapping, Sequence
from types import FunctionType
from typing import Any, NoReturn, TypeGuard

from adamlearn.engines.program import FUNCTIONS
from adamlearn.reading.pieces import (
    LOGIC,
    POWER,
    PRODUCT,
    SUM,
    Piece,
    Rows,
    Sheet,
    arithmetic,
    both,
    bracketed,
    cases,
    fraction,
    joined,
    number,
    parentheses,
    times,
)
from adamlearn.sources import function_tree, name_of

COMPARED = {ast.Lt: "<", ast.LtE: r"\le", ast.Gt: ">", ast.GtE: r"\ge", ast.Eq: "=", ast.NotEq: r"\ne"}
CALLED = {"maximum": r"\max", "minimum": r"\min", "max": r"\max", "min": r"\min"}
CALLED |= {name: rf"\{name}" for name in ("exp", "log", "sin", "cos", "tan", "sinh", "cosh", "tanh")}
OPERATIONS = {"add": ast.Add, "subtract": ast.Sub, "multiply": ast.Mult, "divide": ast.Div, "power": ast.Pow}

Values = list[Piece]  # what a function returns: one piece, or those of a tuple
Outcome = list[tuple[Piece | None, Values]]  # by condition


class Reader:
    """Reads the body of one function, with what its names stand for.

    Parameters
    ----------
    function : callable
        Whose body it is: names that are not its own are looked up where it would find them.
    sheet : Sheet
        Where the equations go.
    names : dict of str to Piece
        Its arguments.
    ending : set of str
        Those whose last line gives their value at step t.
    """

    def __init__(
        self,
        function: Callable[..., Any],
        sheet: Sheet,
        names: Mapping[str, Piece],
        ending: frozenset[str] = frozenset(),
    ):
        self.function, self.sheet, self.names, self.ending = function, sheet, dict(names), ending
        self.outside = outside(function)

    def refuse(self, node: ast.AST) -> NoReturn:
        line = getattr(node, "lineno", 0)
        raise TypeError(f"{name_of(self.function)} has no formula for line {line}: {ast.unparse(node)}")

    def run(self, statements: Sequence[ast.stmt]) -> Outcome:
        """The values that are returned, by the conditions under which they are."""
        for i, node in enumerate(statements):
            rest = statements[i + 1 :]
            if isinstance(node, ast.Return):
                return self.returned(node)
            if isinstance(node, ast.If) and any(isinstance(part, ast.Return) for part in ast.walk(node)):
                condition = self.expression(node.test)
                before = dict(self.names)
                one = self.run([*node.body, *rest])
                self.names = before
                other = self.run([*node.orelse, *rest])
                return [(both(condition, inner), values) for inner, values in one] + other
            self.statement(node, set(assigned(rest)))
        self.refuse(statements[-1])

    def returned(self, node: ast.Return) -> Outcome:
        if node.value is None:
            self.refuse(node)
        if isinstance(node.value, ast.Tuple):
            return [(None, [self.expression(part) for part in node.value.elts])]
        return self.outcome(node.value)

    def statement(self, node: ast.stmt, later: set[str]) -> None:
        """Write the equations of a statement; ``later`` are the names that others after it assign."""
        if isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant):
            return  # a docstring
        if isinstance(node, ast.If):
            self.branches(node, later)
            return
        names, outcome = self.assignment(node)
        for i, name in enumerate(names):
            self.assign(name, [(condition, values[i]) for condition, values in outcome], later)

    def assignment(self, node: ast.stmt) -> tuple[list[str], Outcome]:
        """The names that a statement assigns, and their values."""
        if isinstance(node, ast.AugAssign) and isinstance(node.target, ast.Name):
            left = ast.Name(node.target.id, ast.Load())
            whole = ast.copy_location(ast.BinOp(left, node.op, node.value), node)
            return [node.target.id], self.outcome(whole)
        if isinstance(node, ast.Assign) and len(node.targets) == 1:
            target, value = node.targets[0], node.value
            if isinstance(target, ast.Name):
                return [target.id], self.outcome(value)
            if isinstance(target, ast.Tuple) and all(isinstance(part, ast.Name) for part in target.elts):
                names = [part.id for part in target.elts if isinstance(part, ast.Name)]
                if isinstance(value, ast.Tuple):
                    return names, [(None, [self.expression(part) for part in value.elts])]
                return names, self.outcome(value)
        self.refuse(node)

    def assign(self, name: str, rows: Rows, later: set[str]) -> None:
        value = cases(rows)
        target = self.sheet.target(name, value, last=name in self.ending and name not in later)
        self.sheet.equations.append((target.text, value.text))
        self.names[name] = target

    def branches(self, node: ast.If, later: set[str]) -> None:
        """A branch without a return: what it assigns has a case for each way through it."""
        conditions: list[Piece | None] = []
        bodies: list[list[ast.stmt]] = []
        while True:
            conditions.append(self.expression(node.test))
            bodies.append(node.body)
            if len(node.orelse) != 1 or not isinstance(node.orelse[0], ast.If):
                break
            node = node.orelse[0]
        conditions.append(None)
        bodies.append(node.orelse)
        before = dict(self.names)
        after = []
        for body in bodies:
            self.names = dict(before)
            self.block(body)
            after.append(self.names)
        self.names = before
        for name in dict.fromkeys(found for body in bodies for found in assigned(body)):
            ways = [(c, names[name]) for c, names in zip(conditions, after, strict=True) if name in names]
            self.assign(name, [*ways[:-1], (None, ways[-1][1])], later)

    def block(self, body: Sequence[ast.stmt]) -> None:
        """The statements of a branch; what it has no further use for needs no equation of its own."""
        for i, node in enumerate(body):
            used = {
                part.id for later in body[i + 1 :] for part in ast.walk(later) if isinstance(part, ast.Name)
            }
            if isinstance(node, ast.Assign | ast.AugAssign) and not used & set(assigned([node])):
                names, outcome = self.assignment(node)
                for k, name in enumerate(names):
                    self.names[name] = cases([(condition, values[k]) for condition, values in outcome])
            elif not isinstance(node, ast.Pass):
                self.statement(node, {*self.ending})

    def outcome(self, node: ast.expr) -> Outcome:
        """The values of an expression, by the conditions under which it has them."""
        if isinstance(node, ast.IfExp):
            test = self.expression(node.test)
            one = [(both(test, inner), values) for inner, values in self.outcome(node.body)]
            return one + self.outcome(node.orelse)
        if isinstance(node, ast.Call) and is_own(found := self.found(node.func)):
            return self.helper(found, node)
        return [(None, [self.expression(node)])]

    def helper(self, function: FunctionType, node: ast.Call) -> Outcome:
        """What a function that is called returns; its lines become lines."""
        given = [self.expression(argument) for argument in node.args]
        named = {keyword.arg or "": self.expression(keyword.value) for keyword in node.keywords}
        bound = inspect.signature(function).bind(*given, **named)
        bound.apply_defaults()
        names = {
            name: value if isinstance(value, Piece) else number(value)
            for name, value in bound.arguments.items()
        }
        return Reader(function, self.sheet, names).run(function_tree(function).body)

    def found(self, node: ast.expr) -> Any:
        """What a name from outside, or an attribute of it, is."""
        if isinstance(node, ast.Name) and node.id not in self.names:
            return self.outside.get(node.id)
        if isinstance(node, ast.Attribute):
            return getattr(self.found(node.value), node.attr, None)
        return None

    def expression(self, node: ast.expr) -> Piece:
        """An expression as one piece."""
        if isinstance(node, ast.Name) and node.id in self.names:
            return self.names[node.id]
        if isinstance(node, ast.Name | ast.Attribute | ast.Constant):
            value = node.value if isinstance(node, ast.Constant) else self.found(node)
            if not isinstance(value, int | float):
                self.refuse(node)
            return number(value)
        if isinstance(node, ast.UnaryOp):
            inner = self.expression(node.operand)
            if isinstance(node.op, ast.Not):
                return Piece(rf"\text{{not }} {inner.within(SUM)}", LOGIC, inner.moves)
            sign = "-" if isinstance(node.op, ast.USub) else ""
            return Piece(sign + bracketed(inner).within(PRODUCT), SUM, inner.moves)
        if isinstance(node, ast.BinOp):
            a, b = (bracketed(self.expression(side)) for side in (node.left, node.right))
            if isinstance(node.op, ast.Div) and isinstance(node.left, ast.BinOp):
                return self.quotient(node.left, a, b)
            return arithmetic(node.op, a, b) or self.refuse(node)
        if isinstance(node, ast.Compare | ast.BoolOp):
            return self.condition(node)
        if isinstance(node, ast.IfExp):
            return cases([(condition, values[0]) for condition, values in self.outcome(node)])
        if isinstance(node, ast.Call):
            return self.called(node)
        self.refuse(node)

    def quotient(self, left: ast.BinOp, above: Piece, below: Piece) -> Piece:
        """A fraction; a hyperparameter that is the first factor above stands before it: the learning rate."""
        if isinstance(left.op, ast.Mult) and isinstance(left.left, ast.Name):
            factor, rest = self.expression(left.left), bracketed(self.expression(left.right))
            if not factor.moves:
                return times(factor, fraction(rest, below))
        return fraction(above, below)

    def condition(self, node: ast.Compare | ast.BoolOp) -> Piece:
        if isinstance(node, ast.BoolOp):
            word = "and" if isinstance(node.op, ast.And) else "or"
            return joined(word, [self.expression(value) for value in node.values])
        sides = [bracketed(self.expression(side)) for side in (node.left, *node.comparators)]
        text = sides[0].text
        for operation, side in zip(node.ops, sides[1:], strict=True):
            if type(operation) not in COMPARED:
                self.refuse(node)
            text += f" {COMPARED[type(operation)]} {side.text}"
        return Piece(text, LOGIC, any(side.moves for side in sides))

    def called(self, node: ast.Call) -> Piece:
        """A function of NumPy, or one whose lines have become lines."""
        function = self.found(node.func)
        if is_own(function):
            outcome = self.helper(function, node)
            value = cases([(condition, values[0]) for condition, values in outcome])
            if len(outcome) > 1:
                self.assign(function.__name__, [(None, value)], set())
                return self.names.pop(function.__name__)
            return value
        name = getattr(function, "__name__", "")
        given = [bracketed(self.expression(argument)) for argument in node.args]
        moves = any(piece.moves for piece in given)
        if name in ("abs", "absolute", "fabs"):
            return Piece(rf"\left|{given[0].text}\right|", POWER, moves)
        if name == "where" and len(node.args) == 3:
            condition, *values = map(self.expression, node.args)
            return cases([(condition, bracketed(values[0])), (None, bracketed(values[1]))])
        if name == "sqrt":
            return Piece(rf"\sqrt{{{given[0].text}}}", POWER, moves)
        if name == "square":
            given = [given[0], Piece("2")]
        if name in ("square", *OPERATIONS):
            return arithmetic(OPERATIONS.get(name, ast.Pow)(), *given) or self.refuse(node)
        if node.keywords or (name not in CALLED and function not in FUNCTIONS):
            self.refuse(node)
        called = CALLED.get(name, rf"\operatorname{{{name}}}")
        return Piece(called + parentheses(", ".join(piece.text for piece in given)), POWER, moves)


def outside(function: Callable[..., Any]) -> dict[str, Any]:
    """What a function finds under the names that are not its own."""
    found = inspect.getclosurevars(function)
    return {**vars(builtins), **found.builtins, **function.__globals__, **found.nonlocals}


def is_own(function: Any) -> TypeGuard[FunctionType]:
    """Whether a function's lines are to be read: it is written in Python, and not NumPy's."""
    return isinstance(function, FunctionType) and (function.__module__ or "").partition(".")[0] != "numpy"


def assigned(statements: Iterable[ast.stmt]) -> list[str]:
    """The names that statements assign, in order."""
    nodes = [node for statement in statements for node in ast.walk(statement)]
    return [node.id for node in nodes if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store)]
