"""A rule as formulas, made from its own text in the symbols of the book."""

import ast
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from adamlearn.hyperparameters import read_rule
from adamlearn.reading.equations import Reader
from adamlearn.reading.pieces import Piece, Sheet, cases, symbol
from adamlearn.sources import function_tree


@dataclass(frozen=True, repr=False)
class Formulas:
    """Equations, one below the other, that a notebook typesets.

    Parameters
    ----------
    equations : tuple of (str, str)
        Left and right sides, in LaTeX.
    """

    equations: tuple[tuple[str, str], ...]

    @property
    def latex(self) -> str:
        """All of them, aligned at their equality signs."""
        lines = " \\\\[4pt]\n".join(f"{left} &= {right}" for left, right in self.equations)
        return f"\\begin{{aligned}}\n{lines}\n\\end{{aligned}}"

    def __repr__(self) -> str:
        return "\n".join(f"{left} = {right}" for left, right in self.equations)

    def _repr_latex_(self) -> str:
        return f"$$\n{self.latex}\n$$"


def formulas(rule: Callable[..., Any]) -> Formulas:
    r"""A rule's lines as formulas.

    A slot is that of the step before until a line assigns it: ``m = beta1 * m + ...`` is the equation of
    m at step t. A branch becomes a case; the lines of a function that the rule calls stand before the line
    that calls it.

    Parameters
    ----------
    rule : callable
        A rule, built in or a reader's own.

    Raises
    ------
    TypeError
        If it is no rule, its text is not what runs, or a line has no formula; the message names the line.

    Examples
    --------
    >>> from adamlearn import rules
    >>> from adamlearn.reading import formulas
    >>> formulas(rules.sgd)
    u_{t} = \gamma\, u_{t-1} + g_{t}
    \theta_{t} = \theta_{t-1} - \eta\, u_{t}
    """
    slots, signature = read_rule(rule)
    tree = function_tree(rule)
    remembered = ["p", *slots]
    names = {name: Piece(symbol(name, "t-1"), moves=True) for name in remembered}
    names |= {"g": Piece(symbol("g", "t"), moves=True), "t": Piece("t", moves=True)}
    names |= {name: Piece(symbol(name)) for name in signature.parameters}
    sheet = Sheet(remembered, {piece.text for piece in names.values()})
    ending: frozenset[str] = frozenset()
    returned = [node.value for node in ast.walk(tree) if isinstance(node, ast.Return)]
    if len(returned) == 1 and isinstance(returned[0], ast.Tuple):
        # A name that is returned as it is has its last line for its equation.
        own = [node.id if isinstance(node, ast.Name) else "" for node in returned[0].elts]
        ending = frozenset(a for a, b in zip(own, remembered, strict=False) if a == b)
    outcome = Reader(rule, sheet, names, ending).run(tree.body)
    for i, name in enumerate(remembered):
        value, last = cases([(condition, values[i]) for condition, values in outcome]), symbol(name, "t")
        if value.text != last:
            sheet.equations.append((last, value.text))
    return Formulas(tuple(sheet.equations))
