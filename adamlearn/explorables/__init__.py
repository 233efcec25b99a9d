"""Explorables: figures that run the package's own rules, in a notebook and in the book's pages."""

try:
    import anywidget  # noqa: F401
except ModuleNotFoundError as error:
    raise ModuleNotFoundError(
        "adamlearn.explorables needs anywidget: pip install 'adamlearn[widgets]'", name=error.name
    ) from None

from adamlearn.explorables import kinds
from adamlearn.explorables.goals import Goal
from adamlearn.explorables.kinds import *  # noqa: F403

__all__ = ["Goal"]
__all__ += kinds.__all__
