"""Pieces of LaTeX: the symbol of a name, and expressions that know when they need parentheses."""

import ast
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

# What a rule's names are called in formulas, where that is not how they are spelled.
SYMBOLS = {
    "p": r"\theta",
    "velocity": "u",
    "learning_rate": r"\eta",
    "weight_decay": r"\lambda",
    "momentum": r"\gamma",
    "step": r"\delta",
    "bound": "c",
    "ahead": r"\bar{m}",
    "mixed": r"\bar{m}",
    "v_max": "v_hat_max",
}
GREEK = "alpha beta gamma delta epsilon zeta eta theta iota kappa lambda mu nu xi pi rho sigma tau".split()
GREEK += "phi chi psi omega".split()
ACCENTS = ("hat", "bar", "tilde")
ABOVE = {"max": r"\max", "min": r"\min"}
BELOW = {"inf": r"\infty"}

# How tightly an expression holds together; what is looser than its surroundings gets parentheses.
LOGIC, REMAINDER, SUM, PRODUCT, POWER, ATOM = range(6)


@dataclass(frozen=True)
class Piece:
    """An expression: its LaTeX, how tightly it holds together, and whether it differs from step to step."""

    text: str
    holds: int = ATOM
    moves: bool = False

    def within(self, level: int) -> str:
        """Its text, in parentheses where what surrounds it is of that level."""
        return self.text if self.holds >= level else parentheses(self.text)


def symbol(name: str, time: str = "", primes: int = 0) -> str:
    """The symbol of a name, at a time and with primes."""
    spelled, *marks = [part for part in SYMBOLS.get(name, name).split("_") if part] or ["x"]
    letters, digits = re.fullmatch(r"(.*?)(\d*)", spelled).groups()  # type: ignore[union-attr]
    core = f"\\{letters}" if letters in GREEK else letters
    if len(letters) > 1 and letters not in GREEK and not letters.startswith("\\"):
        core = rf"\mathrm{{{letters}}}"
    below = [digits] if digits else []
    above = []
    for mark in marks:
        if mark in ACCENTS:
            core = rf"\{mark}{{{core}}}"
        elif mark in BELOW:
            below.append(BELOW[mark])
        else:
            above.append(ABOVE.get(mark, rf"\mathrm{{{mark}}}"))
    index = ",".join([*below, time] if time else below)
    raised = " ".join([*above, *[r"\prime"] * primes])
    return core + (f"_{{{index}}}" if index else "") + (f"^{{{raised}}}" if raised else "")


def parentheses(text: str) -> str:
    """In parentheses, as tall as what is in them."""
    tall = any(word in text for word in (r"\frac", r"\sqrt", "cases"))
    return rf"\left({text}\right)" if tall else f"({text})"


def number(value: float) -> Piece:
    """A number: 0.1, and a power of ten where Python prints one."""
    text = repr(value).removesuffix(".0")
    mantissa, exponent, power = text.partition("e")
    if not exponent:
        return Piece(text, SUM if value < 0 else ATOM)
    ten = f"10^{{{int(power)}}}"
    if mantissa == "1":
        return Piece(ten, POWER)
    return Piece(rf"{mantissa} \cdot {ten}", SUM if value < 0 else PRODUCT)


def times(a: Piece, b: Piece) -> Piece:
    left, right = a.within(PRODUCT), b.within(PRODUCT)
    return Piece(left + (r" \cdot " if right[0].isdigit() else r"\, ") + right, PRODUCT, a.moves or b.moves)


def fraction(above: Piece, below: Piece) -> Piece:
    return Piece(rf"\frac{{{above.text}}}{{{below.text}}}", POWER, above.moves or below.moves)


def arithmetic(operation: ast.operator, a: Piece, b: Piece) -> Piece | None:
    """Two pieces put together; None if there is no such operation in formulas."""
    moves = a.moves or b.moves
    if isinstance(operation, ast.Add | ast.Sub):
        sign, right = ("+", b.within(SUM)) if isinstance(operation, ast.Add) else ("-", b.within(PRODUCT))
        right = parentheses(right) if right.startswith("-") else right
        return Piece(f"{a.within(SUM)} {sign} {right}", SUM, moves)
    if isinstance(operation, ast.Mult):
        return times(a, b)
    if isinstance(operation, ast.Div):
        return fraction(a, b)
    if isinstance(operation, ast.Mod):
        return Piece(rf"{a.within(POWER)} \bmod {b.within(POWER)}", REMAINDER, moves)
    if isinstance(operation, ast.Pow):
        if b.text == "0.5":
            return Piece(rf"\sqrt{{{a.text}}}", POWER, moves)
        below = a.text if a.holds == ATOM and "^" not in a.text else parentheses(a.text)
        return Piece(f"{below}^{{{b.text}}}", POWER, moves)
    return None


Rows = Sequence[tuple[Piece | None, Piece]]  # conditions and values; the last has no condition


def cases(rows: Rows) -> Piece:
    """One expression for several cases."""
    if all(value.text == rows[0][1].text for _, value in rows):
        return rows[0][1]
    lines = [
        rf"{value.text} & \text{{{'otherwise' if condition is None else 'if '}}}"
        + ("" if condition is None else condition.text)
        for condition, value in rows
    ]
    moves = any(value.moves or (condition is not None and condition.moves) for condition, value in rows)
    return Piece(r"\begin{cases} " + r" \\ ".join(lines) + r" \end{cases}", POWER, moves)


def bracketed(piece: Piece) -> Piece:
    """A condition as a number: 1 where it holds and 0 elsewhere, in Iverson's brackets."""
    return Piece(rf"\left[{piece.text}\right]", moves=piece.moves) if piece.holds == LOGIC else piece


def both(condition: Piece, inner: Piece | None) -> Piece:
    """Two conditions at once."""
    if inner is None:
        return condition
    return joined("and", [condition, inner])


def joined(word: str, conditions: Sequence[Piece]) -> Piece:
    """Conditions with a word between them; what has words of its own stands in parentheses."""
    parts = [f"({c.text})" if r"\text" in c.text else c.text for c in conditions]
    return Piece(rf" \text{{ {word} }} ".join(parts), LOGIC, any(c.moves for c in conditions))


class Sheet:
    """The equations so far, and the symbols that are taken."""

    def __init__(self, remembered: Iterable[str], taken: set[str]):
        self.remembered = set(remembered)
        self.taken = taken | {symbol(name, "t") for name in remembered}
        self.equations: list[tuple[str, str]] = []

    def target(self, name: str, value: Piece, last: bool = False) -> Piece:
        """A symbol for what a line assigns to a name: one that nothing else has."""
        if last:
            return Piece(symbol(name, "t"), moves=True)
        moves = value.moves or name in self.remembered
        primes = 0
        while (text := symbol(name, "t" if moves else "", primes)) in self.taken:
            primes += 1
        self.taken.add(text)
        return Piece(text, moves=moves)
