"""Show a rule in a notebook: its own text, what sets it apart from another's, its formulas."""

from adamlearn.reading.latex import Formulas, formulas
from adamlearn.reading.listings import Listing, difference, source

__all__ = ["Formulas", "Listing", "difference", "formulas", "source"]
