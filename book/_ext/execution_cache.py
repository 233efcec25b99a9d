"""Sphinx extension of the book: a notebook runs again when what it imports, reads or runs on has changed."""

import importlib.metadata
import platform
import shutil
from pathlib import Path

from fingerprint import BOOK, IMPORTED, ROOT, fingerprint


def cache_folder(build):
    """The cache of the present state of the modules, of the data and of the installed versions."""
    versions = sorted(f"{d.name} {d.version}" for d in importlib.metadata.distributions())
    modules = sorted([*(ROOT / "adamlearn").rglob("*.py"), *IMPORTED])
    state = fingerprint(*modules, BOOK / "data", also=[platform.python_version(), *versions])
    return Path(build) / ".jupyter_cache" / state


def tested_folder(cache):
    """Where a test run leaves the notebooks that it has run, for the cache to take."""
    return Path(cache) / "tested"


def name_cache(app, config):
    """Give each state a cache of its own.

    The cache of executed notebooks looks at their cells only. Sphinx watches the path of the cache, which
    stands in the configuration: a new one has every page read again.
    """
    present = cache_folder(Path(app.outdir).parent)
    for old in present.parent.glob("*"):
        if old != present:
            shutil.rmtree(old)
    config.nb_execution_cache_path = str(present)


def setup(app):
    app.connect("config-inited", name_cache)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
