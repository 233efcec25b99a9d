"""Rules that Hypothesis writes, as text: all that a rule may say, with helpers and a closure around it."""

import itertools
import linecache
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from hypothesis import strategies as st

# Names of a rule's own, among them those of the functions it calls and of what is generated around it.
NAMES = (
    "a",
    "b",
    "sign",
    "clip",
    "real",
    "_0",
    "s0",
    "h0",
    "out",
    "i",
    "element",
    "numbers",
    "finite",
    "value",
)
HELPERS = '''
LIMIT = 0.75

def sign(x):
    return np.sign(x) + 0.25

def squash(x, size=0.5):
    """A helper with a default, a local of its own and a branch."""
    scale = size
    if size > LIMIT:
        x = x * 0.5
        scale = x
    return x / (1 + np.abs(x)) * scale

def both(x, y):
    return x + y, x - y

def decay(t, beta):
    if t < 2:
        return 1.0
    rest = 1 - beta**t
    return beta / rest

def clip(x, low=-0.5, high=LIMIT):
    return np.clip(x, low, high)
'''
NUMBER, ELEMENT = "number", "element"


@dataclass(frozen=True)
class Written:
    """A rule and its text, which stands in no file: Python looks it up under a name of its own."""

    text: str
    rule: Callable[..., Any] = field(compare=False)

    def __repr__(self) -> str:
        return f"Written('''{self.text}''')"


_COUNT = itertools.count()


def define(text: str) -> Written:
    """The rule that a text defines, with the numbers and helpers that it may use around it."""
    text = f"import numpy as np\n{HELPERS}\ndef make(K):\n{text}\n    return rule\n"
    name = f"<written rule {next(_COUNT)}>"
    linecache.cache[name] = len(text), None, text.splitlines(keepends=True), name
    namespace: dict[str, Any] = {}
    exec(compile(text, name, "exec"), namespace)
    return Written(text, namespace["make"](0.3))


class Writer:
    """Writes one rule, keeping track of what each name is where it writes."""

    def __init__(
        self, draw: Callable[[Any], Any], slots: list[str], hyperparameters: list[str], portable: bool
    ):
        self.portable = portable
        self.draw = draw
        self.slots = slots
        self.kinds = dict.fromkeys(["p", "g", *slots], ELEMENT) | dict.fromkeys(hyperparameters, NUMBER)
        self.lines: list[str] = []
        # A name that a function assigns anywhere is its own everywhere: it has these or calls them.
        self.calls = draw(st.booleans())
        self.own = [name for name in NAMES if not (self.calls and name in ("sign", "clip"))]

    def one_of(self, *choices: Any) -> Any:
        return self.draw(st.sampled_from(choices))

    def names(self, kind: str) -> list[str]:
        return [name for name, found in self.kinds.items() if found == kind]

    def number(self, depth: int = 2) -> str:
        if depth == 0 or self.one_of(True, False, False):
            return self.one_of("t", "LIMIT", "K", "0.5", "2", "3", *self.names(NUMBER))
        a, b = self.number(depth - 1), self.number(depth - 1)
        return self.one_of(
            f"({a} + {b})",
            f"({a} - {b})",
            f"{a} * {b}",
            f"{a} / (1 + {b} * {b})",
            f"(1 - 0.9**t) * {a}",
            f"min({a}, {b})",
            f"max({a}, 0.5)",
            f"({a} if {self.condition(depth - 1)} else {b})",
            f"decay(t, {self.one_of('0.9', 'K')})",
            f"np.sqrt(abs({a}))",
            f"-{a}",
            f"(({self.condition(depth - 1)}) * {a})",
            f"({a} % 3)",
        )

    def condition(self, depth: int = 1) -> str:
        a = self.number(0)
        simple = self.one_of(
            "t > 1", "t % 2 == 1", f"{a} < LIMIT", f"1 < {a} <= 3", f"{a} != 2", "not t == 3"
        )
        if depth and self.one_of(True, False):
            return f"{simple} {self.one_of('and', 'or')} {self.condition(0)}"
        return simple

    def either(self, depth: int) -> str:
        return self.element(depth) if self.one_of(True, True, False) else self.number(1)

    def element(self, depth: int = 3) -> str:
        if depth == 0 or self.one_of(True, False, False):
            return self.one_of(*self.names(ELEMENT))
        a, b = self.element(depth - 1), self.either(depth - 1)
        return self.one_of(
            f"({a} + {b})",
            f"({b} - {a})",
            f"{a} * {b}",
            f"{a} / (1 + {self.number(1)} ** 2)",
            f"{b} / (1 + np.abs({a}))",
            f"({a}) ** 2",
            f"({a}) ** 3",
            f"np.sqrt(np.abs({a}) + {self.one_of('0.1', 'LIMIT')})",
            f"np.maximum({a}, {b})",
            f"np.minimum({b}, {a})",
            f"np.clip({a}, -1, {self.one_of('1', 'LIMIT', '2.5')})",
            f"np.sign({a})",
            f"np.where({a} < {b}, {a}, {self.either(0)})" if not self.portable else f"({a} - {b})",
            f"(({a} > {self.number(0)}) * {a})",
            f"({a} if {self.condition()} else {b})",
            f"sign({a})" if self.calls else f"abs({a})",
            f"squash({a})",
            f"squash({a}, {self.number(1)})",
            f"clip({a})" if self.calls else f"({a}) * 0.5",
            f"(-{a})",
        )

    def target(self) -> str:
        return self.one_of(*self.slots, *self.own)

    def statement(self, indent: str, depth: int) -> None:
        kind = self.one_of("element", "element", "number", "in place", "pair", "if", "if")
        add = self.lines.append
        if kind == "if" and depth:
            self.branch(indent, depth)
        elif kind == "number":
            value, name = self.number(), self.target()
            add(f"{indent}{name} = {value}")
            self.kinds[name] = NUMBER
        elif kind == "in place":
            name = self.one_of(*self.kinds)
            value = self.element(1) if self.kinds[name] == ELEMENT else self.number(1)
            add(f"{indent}{name} {self.one_of('+=', '-=', '*=')} {value}")
        elif kind == "pair":
            a, b = self.element(1), self.either(1)
            one, other = self.target(), self.one_of("first", "second")
            add(f"{indent}{one}, {other} = {self.one_of(f'both({a}, {b})', f'{a}, {a} * 0.5')}")
            self.kinds |= {one: ELEMENT, other: ELEMENT}
        else:
            value, name = self.element(), self.target()
            add(f"{indent}{name} = {value}")
            self.kinds[name] = ELEMENT

    def branch(self, indent: str, depth: int) -> None:
        self.lines.append(f"{indent}if {self.condition()}:")
        before = dict(self.kinds)
        self.block(indent + "    ", depth - 1)
        returned = self.one_of(True, False, False, False)
        if returned:
            self.returning(indent + "    ")
        after, self.kinds = self.kinds, dict(before)
        if self.one_of(True, False):
            self.lines.append(f"{indent}else:")
            self.block(indent + "    ", depth - 1)
        if not returned:
            common = after.keys() & self.kinds.keys()
            self.kinds = {
                name: ELEMENT if ELEMENT in (after[name], self.kinds[name]) else NUMBER
                for name in self.kinds
                if name in common
            }

    def block(self, indent: str, depth: int) -> None:
        for _ in range(self.one_of(1, 1, 2, 3)):
            self.statement(indent, depth)

    def returning(self, indent: str) -> None:
        values = [self.element(2), *(self.either(1) for _ in self.slots)]
        self.lines.append(f"{indent}return {', '.join(values)}{',' * (len(values) == 1)}")


@st.composite
def written_rules(draw: Callable[[Any], Any], portable: bool = False) -> Written:
    """A rule with any number of slots and hyperparameters; a portable one has what the page's Python has."""
    slots = list("mvw")[: draw(st.integers(0, 3))]
    defaults = {"learning_rate": 0.1, "beta1": 0.9, "real": 0.5}
    hyperparameters = list(defaults)[: draw(st.integers(1, 3))]
    writer = Writer(draw, slots, hyperparameters, portable)
    writer.block("        ", 2)
    writer.block("        ", 2)
    writer.returning("        ")
    signature = ["p", "g", *slots, "t", *(f"{name}={defaults[name]}" for name in hyperparameters)]
    return define("\n".join([f"    def rule({', '.join(signature)}):", *writer.lines]))
