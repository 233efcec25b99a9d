"""Sphinx extension: the notebooks that the cache does not hold are run before they are read, several at once.

Sphinx reads, and so runs, one after the other. What fails here is not kept: MyST-NB runs it again when it
reads it, and reports it.
"""

import multiprocessing
import os
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from tempfile import TemporaryDirectory

import nbformat
from jupyter_cache import get_cache
from jupyter_cache.base import CacheBundleIn
from jupyter_cache.executors.utils import single_nb_execution
from sphinx.util.display import status_iterator
from traitlets.config import Config

from execution_cache import tested_folder
from fingerprint import BOOK

AT_ONCE = 2  # each takes a core, its threads more, and memory


def run_ahead(app, env, docnames):
    """Run what is to be read and is not in the cache, and put it there."""
    os.environ["MPLBACKEND"] = (
        "module://matplotlib_inline.backend_inline"  # with others figures are not shown
    )
    if app.config.nb_execution_mode != "cache":
        return
    cache = get_cache(app.config.nb_execution_cache_path)
    take_tested(cache, tested_folder(app.config.nb_execution_cache_path))
    paths = [path for name in docnames if (path := Path(env.doc2path(name))).suffix == ".ipynb"]
    missing = [(path, app.config.nb_execution_timeout) for path in paths if not is_cached(cache, path)]
    if not missing:
        return
    for path, result in status_iterator(
        run_all(missing),
        "running notebooks... ",
        "purple",
        len(missing),
        stringify_func=lambda item: item[0].stem,
    ):
        if result.err is None:
            seconds = {"execution_seconds": result.time}
            cache.cache_notebook_bundle(
                CacheBundleIn(result.nb, str(path), data=seconds), check_validity=False, overwrite=True
            )


def take_tested(cache, folder):
    """Put into the cache what a test has run and found as it was."""
    for path in folder.glob("*.ipynb"):
        bundle = CacheBundleIn(read(path), str(BOOK / path.name))
        cache.cache_notebook_bundle(bundle, check_validity=False, overwrite=True)
        path.unlink()


def is_cached(cache, path):
    try:
        cache.match_cache_notebook(read(path))
    except KeyError:
        return False
    return True


def run_all(tasks):
    """The paths and outcomes of notebooks, each as soon as it is there."""
    with multiprocessing.get_context("spawn").Pool(AT_ONCE) as pool:
        yield from pool.imap_unordered(run, tasks)


def run(task):
    """One notebook's path and outcome, run from its own folder; called in a process of its own."""
    path, timeout = task
    with TemporaryDirectory() as sockets, ThreadPoolExecutor(1) as thread:
        # Two kernels that start at once could choose the same port; sockets in a folder of their own do not.
        channels = {"transport": "ipc", "ip": f"{sockets}/kernel"} if os.name != "nt" else {}
        config = Config({"KernelManager": channels})
        # In a main thread nbclient takes signals over for good, and the pool could not end its process.
        return path, thread.submit(
            single_nb_execution,
            read(path),
            cwd=str(path.parent),
            timeout=timeout,
            allow_errors=False,
            config=config,
        ).result()


def read(path):
    return nbformat.read(path, as_version=4)


def setup(app):
    app.connect("env-before-read-docs", run_ahead)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
