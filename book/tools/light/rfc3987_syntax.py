"""Stands in kernels for the library of this name, which compiles a grammar for a second when it is imported.

The first `glue` of a notebook would import it, by way of nbformat and jsonschema, which does without it.
"""

raise ImportError("left out: no notebook checks the form of addresses")
