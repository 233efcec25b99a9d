"""The kinds of explorables: a folder and a line here for each."""

from adamlearn.explorables.kinds.anatomy.widget import AnatomyExplorable, anatomy
from adamlearn.explorables.kinds.landscape.widget import LandscapeExplorable, landscape
from adamlearn.explorables.kinds.trace.widget import TraceExplorable, trace

__all__ = ["AnatomyExplorable", "LandscapeExplorable", "TraceExplorable", "anatomy", "landscape", "trace"]
