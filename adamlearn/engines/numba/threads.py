"""Work in several threads, and in one that no interrupt reaches."""

import _thread
import itertools
import os
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from functools import cache
from typing import Any

import numba

from adamlearn.engines.numpy import run_all

# To wake a thread takes some fifty microseconds: fewer bytes of parameters than this are not worth one
# of their own, nor fewer bytes of gradients that are only looked at.
SHARE = 1_600_000
LOOKED_AT = 3_000_000


def in_threads(work: Callable[[slice], Any], size: int, share: int) -> list[Any]:
    """Do the work of equal parts of ``size`` elements, at least ``share`` each, in a thread of its own."""
    parts = max(1, min(numba.get_num_threads(), size // share))
    bounds = [size * part // parts for part in range(parts + 1)]
    first, *others = (slice(*pair) for pair in itertools.pairwise(bounds))
    futures = [pool().submit(work, part) for part in others]
    return [work(first), *(future.result() for future in futures)]


def in_a_thread(work: Callable[[], Any]) -> None:
    """Do work that no interrupt may come into: Python interrupts the main thread, and no other.

    One that comes before the work has begun prevents it; one that comes later waits for its end.
    """
    if threading.current_thread() is not threading.main_thread():
        work()
        return
    running = threading.Lock()
    running.acquire()
    begun: list[bool] = []
    ended: list[bool] = []
    errors: list[BaseException] = []

    def job() -> None:
        try:
            work()
        except BaseException as error:
            errors.append(error)
        finally:
            ended.append(True)
            running.release()

    while not ended:
        try:
            if not begun:  # as one call, so that it is known whether it has been made
                run_all([(_thread.start_new_thread, job, ()), (begun.append, True)])
            running.acquire()
        except BaseException as error:
            if not begun:
                raise
            errors.append(error)
    if errors:
        raise errors[0]


@cache
def pool() -> ThreadPoolExecutor:
    return ThreadPoolExecutor(thread_name_prefix="adamlearn")


if hasattr(os, "register_at_fork"):  # threads do not survive a fork
    os.register_at_fork(after_in_child=pool.cache_clear)
