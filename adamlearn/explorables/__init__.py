"""Explorables: figures that run the package's own rules, in a notebook and in the book's pages."""

try:
    import anywidget  # noqa: F401
except ModuleNotFoundError as error:
    raise ModuleNotFoundError(
        "adamlearn.explorables needs anywidget: pip install 'adamlearn[widgets]'", name=error.name
    ) from None

from adamlearn.explorables.widgets import LandscapeExplorable, TraceExplorable, landscape, trace

__all__ = ["LandscapeExplorable", "TraceExplorable", "landscape", "trace"]
