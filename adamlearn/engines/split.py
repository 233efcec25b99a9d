"""A program cut in two: what it says of numbers alone, once a step, and what it says of elements.

``1 - beta2**t`` is computed before the loop, in double precision; the loop is handed its value. Which
names are elements is followed from statement to statement: one name may be a number here, an element there.
"""

import ast
from collections.abc import Iterable, Sequence

from adamlearn.engines.program import ARITHMETIC, OF_ONE, OF_TWO, Program, assign, load

NUMBER, ELEMENT, MASK = "a number", "an element", "a comparison of elements"


class Split:
    """The two halves of a program.

    Parameters
    ----------
    name : str
        The rule's, for messages.
    program : Program
    elements : sequence of str
        The parameters that are elements: ``p``, ``g`` and the slots.
    exact : bool
        Whether a division by a number stays one; else it is a product with its reciprocal.

    Attributes
    ----------
    numbers, element : list of ast.stmt
        The bodies of a function of the step's numbers, which returns those that elements meet, and
        of one of elements and those numbers.
    names : list of str
        The numbers that elements meet.
    """

    def __init__(self, name: str, program: Program, elements: Sequence[str], exact: bool = False):
        self.exact = exact
        self.rule_name = name
        self.kinds = dict.fromkeys([*program.parameters, *program.outside], NUMBER)
        self.kinds |= dict.fromkeys(elements, ELEMENT)
        self.names: list[str] = []
        self.sometimes: list[str] = []  # those that are computed in a branch
        self.all = ast.Tuple([], ast.Load())
        numbers, self.element = self.block(program.body, branch=False)
        self.branch = True
        if not self.names:
            self.fresh()  # a tuple of nothing is a special case elsewhere
        self.all.elts += map(load, self.names)
        self.numbers = [assign(name, ast.Constant(0.0)) for name in self.sometimes] + numbers

    def error(self, node: ast.AST, why: str) -> TypeError:
        text = ast.unparse(ast.fix_missing_locations(node)).splitlines()[0]
        return TypeError(f"{self.rule_name}: `{text}` cannot be compiled: {why}")

    def block(self, statements: Iterable[ast.stmt], branch: bool) -> tuple[list[ast.stmt], list[ast.stmt]]:
        """The statements' two halves."""
        numbers: list[ast.stmt] = []
        element: list[ast.stmt] = []
        self.branch, outer = branch, numbers
        for node in statements:
            self.branch, self.out = branch, outer
            match node:
                case ast.Assign(targets=[ast.Name(id=target)], value=value):
                    if self.is_number(value):
                        numbers.append(assign(target, of_numbers(value)))
                        self.kinds[target] = NUMBER
                    else:
                        new, kind = self.visit(value)
                        element.append(assign(target, new))
                        self.kinds[target] = kind
                case ast.If(test=test, body=body, orelse=orelse):
                    self.conditional(test, body, orelse, numbers, element)
                case ast.Return(value=ast.Tuple(elts=values)):
                    element.append(ast.Return(ast.Tuple([self.value(v) for v in values], ast.Load())))
                    numbers.append(ast.Return(self.all))
        return numbers, element

    def conditional(
        self,
        test: ast.expr,
        body: list[ast.stmt],
        orelse: list[ast.stmt],
        numbers: list[ast.stmt],
        element: list[ast.stmt],
    ) -> None:
        """Both halves of an ``if``, and its condition as a number that the loop is handed."""
        if not self.is_number(test):
            raise self.error(test, "an `if` must be on numbers, which are the same for all elements")
        before = dict(self.kinds)
        then = self.block(body, branch=True)
        after, self.kinds = self.kinds, before
        otherwise = self.block(orelse, branch=True)
        # A name that only one branch has given a value has none from here on.
        self.kinds = {name: kind for name, kind in self.kinds.items() if name in after}
        for name, kind in self.kinds.items():
            kinds = after[name], kind
            if set(kinds) == {NUMBER, ELEMENT}:
                # A number here and an element there is an element of the same value from here on.
                self.branch, half = True, then if kinds[0] == NUMBER else otherwise
                self.out = half[0]
                half[1].append(assign(name, self.number(load(name))))
                self.kinds[name] = ELEMENT
            elif kinds[0] != kinds[1]:
                self.kinds[name] = MASK
        if then[1] or otherwise[1]:
            self.branch = True  # the condition is 0 unless the branch is taken
            condition = self.fresh()
            then[0].insert(0, assign(condition, ast.Constant(1.0)))
            element.append(ast.If(load(condition), then[1] or [ast.Pass()], otherwise[1]))
        if then[0] or otherwise[0]:
            numbers.append(ast.If(of_numbers(test), then[0] or [ast.Pass()], otherwise[0]))

    def is_number(self, node: ast.AST) -> bool:
        return all(self.kinds[name] == NUMBER for name in names_in(node))

    def fresh(self) -> str:
        """The next number that elements meet."""
        name = f"_{len(self.names)}"
        self.names.append(name)
        if self.branch:
            self.sometimes.append(name)
        return name

    def number(self, node: ast.expr) -> ast.expr:
        """The name of a number that an element meets."""
        name = self.fresh()
        self.out.append(assign(name, of_numbers(node)))
        return load(name)

    def value(self, node: ast.expr) -> ast.expr:
        """An expression of elements that is no comparison."""
        new, kind = self.visit(node)
        if kind == MASK:
            raise self.error(node, "a comparison of elements is for np.where, or to be multiplied with")
        return new

    def visit(self, node: ast.expr) -> tuple[ast.expr, str]:
        """The expression with a name in place of each number, and what it is."""
        if self.is_number(node):
            return self.number(node), NUMBER
        match node:
            case ast.Name(id=name):
                return node, self.kinds[name]
            case ast.Call(func=ast.Name(id="where"), args=[test, a, b]):
                condition, kind = self.visit(test)
                if kind == ELEMENT:
                    raise self.error(node, "the first argument of np.where must be a comparison")
                return ast.IfExp(condition, self.value(a), self.value(b)), ELEMENT
            case ast.Call(func=ast.Name(id="clip"), args=[x, low, high]):
                return within(self.value(x), self.value(low), self.value(high)), ELEMENT
            case ast.Call(func=ast.Name(id=name), args=args) if name in OF_ONE + OF_TWO:
                if len(args) != 1 + (name in OF_TWO):
                    raise self.error(node, f"expected {1 + (name in OF_TWO)} arguments")
                return of_numpy(name, [self.value(arg) for arg in args]), ELEMENT
            case ast.Call():
                raise self.error(node, "it is a function of numbers, not of elements")
            case ast.BinOp(left=left, op=ast.Pow(), right=ast.Constant(value=int()) as power):
                return ast.BinOp(self.value(left), ast.Pow(), power), ELEMENT
            case ast.BinOp(left=left, op=ast.Div(), right=right) if not self.exact and self.is_number(right):
                inverse = ast.Call(load("reciprocal"), [right], [])
                return ast.BinOp(self.value(left), ast.Mult(), self.number(inverse)), ELEMENT
            case ast.BinOp(left=left, op=ast.Mult(), right=right):
                (a, kind), (b, other) = self.visit(left), self.visit(right)
                if kind == other == MASK:
                    raise self.error(node, "a comparison is to be multiplied with an element or a number")
                return ast.BinOp(a, ast.Mult(), b), ELEMENT
            case ast.BinOp(left=left, op=op, right=right) if isinstance(op, ARITHMETIC):
                return ast.BinOp(self.value(left), op, self.value(right)), ELEMENT
            case ast.UnaryOp(op=ast.USub() | ast.UAdd() as op, operand=operand):
                return ast.UnaryOp(op, self.value(operand)), ELEMENT
            case ast.Compare(left=left, ops=[op], comparators=[right]):
                return ast.Compare(self.value(left), [op], [self.value(right)]), MASK
        raise self.error(node, "of elements it may say +, -, *, /, **, and one comparison at a time")


def names_in(node: ast.AST) -> Iterable[str]:
    """The names that a piece of a program reads; the functions that it calls are none."""
    if isinstance(node, ast.Name):
        yield node.id
    for child in node.args if isinstance(node, ast.Call) else ast.iter_child_nodes(node):
        yield from names_in(child)


def within(x: ast.expr, low: ast.expr, high: ast.expr) -> ast.expr:
    """NumPy's clip, which is defined as this."""
    return of_numpy("minimum", [of_numpy("maximum", [x, low]), high])


def of_numpy(name: str, args: list[ast.expr]) -> ast.expr:
    return ast.Call(ast.Attribute(load("np"), name, ast.Load()), args, [])


def of_numbers(node: ast.expr) -> ast.expr:
    """An expression of numbers as compiled code says it: an error of Python's is one there, too."""
    match node:
        case ast.Call(func=ast.Name(id="where"), args=[test, a, b]):
            return ast.IfExp(of_numbers(test), of_numbers(a), of_numbers(b))
        case ast.Call(func=ast.Name(id="clip"), args=[x, low, high]):
            return within(of_numbers(x), of_numbers(low), of_numbers(high))
        case ast.Call(func=ast.Name(id=name) as func, args=args):
            args = [operand(arg) for arg in args]
            if name in OF_ONE + OF_TWO:
                return of_numpy(name, args)
            call = ast.Call(func, args, [])
            return ast.Call(load("finite"), [call], []) if name.startswith("math.") else call
        case ast.BinOp(left=left, op=op, right=right):
            new = ast.BinOp(operand(left), op, operand(right))
            return ast.Call(load("finite"), [new], []) if isinstance(op, ast.Pow) else new
        case ast.UnaryOp(op=op, operand=value):
            return ast.UnaryOp(op, of_numbers(value) if isinstance(op, ast.Not) else operand(value))
        case ast.Compare(left=left, ops=ops, comparators=others):
            return ast.Compare(operand(left), ops, [operand(other) for other in others])
        case ast.BoolOp(op=op, values=values):
            return ast.BoolOp(op, [of_numbers(value) for value in values])
    return node


def operand(node: ast.expr) -> ast.expr:
    """What arithmetic is done with: a truth is a number in it."""
    new = of_numbers(node)
    truth = isinstance(node, ast.Compare | ast.BoolOp) or (
        isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.Not)
    )
    return ast.IfExp(new, ast.Constant(1.0), ast.Constant(0.0)) if truth else new
