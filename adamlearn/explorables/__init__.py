"""Explorables: figures that run the package's own rules, in a notebook and in the book's pages."""

try:
    import anywidget  # noqa: F401
except ModuleNotFoundError as error:
    raise ModuleNotFoundError(
        "adamlearn.explorables needs anywidget: pip install 'adamlearn[widgets]'", name=error.name
    ) from None

from adamlearn.explorables.landscape_widget import LandscapeExplorable, landscape
from adamlearn.explorables.trace_widget import TraceExplorable, trace

__all__ = ["LandscapeExplorable", "TraceExplorable", "landscape", "trace"]
