"""The formulas of a rule, read back from their LaTeX and computed, are the rule."""

import re
from inspect import signature
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings

from adamlearn import rules
from adamlearn.hyperparameters import read_rule
from adamlearn.reading import formulas
from adamlearn.reading.pieces import symbol
from tests.optimizers_table import TABLE
from tests.rule_writer import written_rules

RULES = [row.cls.named_rule for row in TABLE]


class Latex:
    """Computes an expression of LaTeX in which the symbols have values."""

    WORDS = re.compile(r"\\text\{[^}]*\}|\\(?:begin|end|operatorname)\{\w+\}|\\\\|\\\w+|\\,|\d+(?:\.\d+)?|.")

    def __init__(self, text, values):
        self.values = values
        text = text.replace(r"\left|", "⟨").replace(r"\right|", "⟩")
        self.tokens = list(self.split(text.replace(r"\left", "").replace(r"\right", "")))

    def split(self, text):
        symbols = sorted(self.values, key=len, reverse=True)
        while text := text.lstrip():
            known = next((name for name in symbols if text.startswith(name)), None)
            token = known or self.WORDS.match(text)[0]
            text = text[len(token) :]
            if token not in (r"\,", r"\cdot"):
                yield token

    def next(self):
        return self.tokens[0] if self.tokens else None

    def take(self, *expected):
        token = self.tokens.pop(0)
        assert not expected or token in expected, (token, expected, self.tokens)
        return token

    def group(self):
        self.take("{")
        value = self.sum()
        self.take("}")
        return value

    def condition(self):
        value = self.both()
        while self.next() == r"\text{ or }":
            self.take()
            other = self.both()
            value = value or other
        return value

    def both(self):
        value = self.relation()
        while self.next() == r"\text{ and }":
            self.take()
            other = self.relation()
            value = value and other
        return value

    def relation(self):
        if self.next() == r"\text{not }":
            self.take()
            self.take("(")
            value = not self.condition()
            self.take(")")
            return value
        kept = list(self.tokens)
        if self.next() == "(":  # of a condition, or of a number
            try:
                self.take()
                value = self.condition()
                self.take(")")
                if self.next() not in ("+", "-", "^", *COMPARE) and isinstance(value, bool | np.bool_):
                    return value
            except (AssertionError, KeyError):
                pass
            self.tokens = kept
        left, holds = self.sum(), None
        while self.next() in COMPARE:
            compare = COMPARE[self.take()]
            right = self.sum()
            holds = bool(compare(left, right)) and holds is not False
            left = right
        assert holds is not None
        return holds

    def sum(self):
        sign = self.take() if self.next() == "-" else "+"
        value = self.product() if sign == "+" else -self.product()
        while self.next() in ("+", "-"):
            value = value + self.product() if self.take() == "+" else value - self.product()
        return value

    def product(self):
        value = self.power()
        while self.next() not in ENDS:
            if self.next() == r"\bmod":
                self.take()
                value = value % self.power()
            else:
                value = value * self.power()
        return value

    def power(self):
        value = self.atom()
        if self.next() == "^":
            self.take()
            return value ** self.group()
        return value

    def atom(self):
        token = self.take()
        if token in self.values:
            return self.values[token]
        if token[0].isdigit():
            return np.float64(token)
        if token == "(":
            value = self.sum()
            self.take(")")
            return value
        if token == "[":
            value = np.float64(self.condition())
            self.take("]")
            return value
        if token == "⟨":
            value = abs(self.sum())
            self.take("⟩")
            return value
        if token == r"\frac":
            return self.group() / self.group()
        if token == r"\sqrt":
            return np.sqrt(self.group())
        if token == r"\begin{cases}":
            return self.cases()
        self.take("(")
        given = [self.sum()]
        while self.next() == ",":
            self.take()
            given.append(self.sum())
        self.take(")")
        return CALLS[token](*given)

    def cases(self):
        found = None
        while True:
            value = self.sum()
            self.take("&")
            holds = True if self.take() == r"\text{otherwise}" else self.condition()
            found = value if holds and found is None else found
            if self.take("\\\\", r"\end{cases}") == r"\end{cases}":
                return found


COMPARE = {"<": np.less, r"\le": np.less_equal, ">": np.greater, r"\ge": np.greater_equal}
COMPARE |= {"=": np.equal, r"\ne": np.not_equal}
CALLS = {r"\max": max, r"\min": min, r"\operatorname{sign}": np.sign, r"\operatorname{clip}": np.clip}
CALLS |= {rf"\{name}": getattr(np, name) for name in ("exp", "log", "sin", "cos", "tanh")}
ENDS = {None, "+", "-", "}", ")", "]", "⟩", ",", "&", "\\\\", r"\end{cases}", *COMPARE}
ENDS |= {r"\text{ and }", r"\text{ or }"}


def computed(rule, made, p, g, slots, t, hyperparameters):
    """What the formulas make of one element: the new p and slots."""
    names, _ = read_rule(rule)
    values = {symbol(name, "t-1"): value for name, value in zip(["p", *names], [p, *slots], strict=True)}
    values |= {symbol("g", "t"): g, "t": np.float64(t)}
    values |= {symbol(name): value for name, value in hyperparameters.items()}
    with np.errstate(all="ignore"):
        for left, right in made.equations:
            latex = Latex(right, values)
            values[left] = latex.sum()
            assert not latex.tokens
    return [values[symbol(name, "t")] for name in ["p", *names]]


def agree(rule):
    names, hyper = read_rule(rule)
    made = formulas(rule)
    rng = np.random.default_rng(0)
    hyperparameters = {name: np.float64(x.default) for name, x in hyper.parameters.items()}
    for t in (1, 2, 3, 10, 1000):
        p, g, *slots = rng.normal(size=2 + len(names))
        slots = np.abs(slots)
        with np.errstate(all="ignore"):
            expected = rule(p, g, *slots, t, **hyperparameters)
        found = computed(rule, made, p, g, slots, t, hyperparameters)
        np.testing.assert_allclose(found, [float(x) for x in expected], rtol=1e-9, atol=1e-12)


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.__name__)
def test_the_formulas_are_the_rule(rule):
    agree(rule)


@settings(max_examples=200, deadline=None)
@given(written_rules())
def test_whatever_a_rule_says_its_formulas_say(written):
    agree(written.rule)


def test_the_symbols_are_those_of_the_book():
    text = (Path(__file__).parents[1] / "book" / "symbols.md").read_text("utf-8")
    rows = {name: latex for latex, name in re.findall(r"^\| \$(.+?)\$.*\| `(\w+)` \|$", text, re.M)}
    named = {name for rule in RULES for name in signature(rule).parameters}
    found = {name: rows[name] for name in rows.keys() & named}
    assert len(found) >= 8
    for name, latex in found.items():
        time = "t" if "_t" in latex else ""
        assert re.sub(r"[{} ]", "", symbol(name, time)) in re.sub(r"[{} ]", "", latex)


def own(p, g, m, t, learning_rate=0.1, decay=1e-4):
    m += decay * p
    if t > 3:
        g = np.clip(g, -1.0, 1.0)
    return p - learning_rate * (g if t < 2 else m), m


def test_the_rule_of_a_reader_has_formulas_too():
    assert str(formulas(own)).splitlines() == [
        r"m_{t} = m_{t-1} + \mathrm{decay}\, \theta_{t-1}",
        r"g_{t}^{\prime} = \begin{cases} \operatorname{clip}(g_{t}, -1, 1) & \text{if }t > 3"
        r" \\ g_{t} & \text{otherwise} \end{cases}",
        r"\theta_{t} = \theta_{t-1} - \eta\, \begin{cases} g_{t}^{\prime} & \text{if }t < 2"
        r" \\ m_{t} & \text{otherwise} \end{cases}",
    ]
    agree(own)
    latex = formulas(rules.sgd).latex
    assert latex.startswith("\\begin{aligned}\nu_{t} &= ") and latex.endswith("\\end{aligned}")
    assert formulas(rules.sgd)._repr_latex_() == f"$$\n{latex}\n$$"


def loops(p, g, t, learning_rate=0.1):
    for _ in range(2):
        p = p - learning_rate * g
    return (p,)


def test_a_line_without_a_formula_is_named():
    with pytest.raises(TypeError, match=r"loops has no formula for line \d+: for _ in range\(2\)"):
        formulas(loops)
