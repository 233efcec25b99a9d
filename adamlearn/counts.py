"""Whole numbers: of steps, of layers, of pixels."""

import operator
from typing import Any


def check_count(name: str, value: Any, least: int = 1) -> int:
    """A whole number as a Python int; refuse another, or one that is too small.

    Raises
    ------
    TypeError
        If it is not whole, or a float.
    ValueError
        If it is less than ``least``.

    Examples
    --------
    >>> from adamlearn.counts import check_count
    >>> check_count("steps", 2.5)
    Traceback (most recent call last):
    TypeError: steps is 2.5; expected a whole number, 1 or more
    """
    refusal = f"{name} is {value!r}; expected a whole number, {least} or more"
    try:
        count = operator.index(value)
    except TypeError:
        raise TypeError(refusal) from None
    if count < least:
        raise ValueError(refusal)
    return count
