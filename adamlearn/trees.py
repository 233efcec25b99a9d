"""Nested parameters: every array of a nesting of lists, tuples and dicts, with its place; what is refused.

A place is written as Python would index it: ``['layers'][0]['W']``. A lone array has the place ``""``.
"""

from collections.abc import Iterator, Mapping
from typing import Any

import numpy as np
from numpy.typing import ArrayLike

Tree = ArrayLike | list[Any] | tuple[Any, ...] | dict[Any, Any]


def leaves(tree: Tree, place: str = "") -> Iterator[tuple[str, Any]]:
    """Yield the place and the value of every leaf, in order."""
    if isinstance(tree, Mapping):
        children = tree.items()
    elif isinstance(tree, list | tuple):
        children = enumerate(tree)
    else:
        yield place, tree
        return
    for key, child in children:
        yield from leaves(child, f"{place}[{key!r}]")


def rebuild(tree: Tree, arrays: Mapping[str, np.ndarray], place: str = "") -> Any:
    """The nesting of ``tree`` with ``arrays`` at its places."""
    if isinstance(tree, Mapping):
        return {key: rebuild(child, arrays, f"{place}[{key!r}]") for key, child in tree.items()}
    if isinstance(tree, list | tuple):
        children = [rebuild(child, arrays, f"{place}[{i!r}]") for i, child in enumerate(tree)]
        if isinstance(tree, list):
            return children
        make = getattr(tree, "_make", tuple)  # a named tuple stays one
        return make(children)
    return arrays[place]


def parameter_arrays(params: Tree) -> dict[str, np.ndarray]:
    """The leaves of ``params`` as arrays by place; refuse what is not floating-point."""
    arrays = {}
    for place, leaf in leaves(params):
        array = np.asarray(leaf)
        if array.dtype.kind != "f":
            raise TypeError(
                f"params{place} is {_described(leaf, array)}; expected a floating-point array "
                "(an integer one cannot take a fractional step: use .astype(float))"
            )
        arrays[place] = array
    return arrays


def gradient_arrays(grads: Tree, params: Mapping[str, np.ndarray]) -> dict[str, np.ndarray]:
    """The leaves of ``grads`` by place; refuse what does not match ``params`` or is not finite."""
    arrays = {place: np.asarray(leaf) for place, leaf in leaves(grads)}
    match_places("grads", arrays, "params", params)
    for place, g in arrays.items():
        if g.dtype.kind not in "fiu":
            raise TypeError(f"grads{place} is {_described(g, g)}; expected an array of real numbers")
        if g.shape != params[place].shape:
            raise ValueError(
                f"grads{place} has shape {g.shape}; expected {params[place].shape}, as params{place}"
            )
        if not _all_finite(g):
            bad = np.argwhere(~np.isfinite(g))[0]
            where = f" at index {tuple(map(int, bad))}" if g.ndim else ""
            raise ValueError(f"grads{place} is {g[tuple(bad)]}{where}; expected finite numbers")
    return arrays


def output_arrays(out: Tree, params: Mapping[str, np.ndarray]) -> dict[str, np.ndarray]:
    """The leaves of ``out`` by place; refuse what cannot receive ``params`` as they are."""
    arrays = dict(leaves(out))
    match_places("out", arrays, "params", params)
    for place, array in arrays.items():
        expected = f"a writeable {params[place].dtype} array of shape {params[place].shape}"
        if not isinstance(array, np.ndarray):
            raise TypeError(f"out{place} is a {type(array).__name__}; expected {expected}")
        kind = "writeable" if array.flags.writeable else "read-only"
        given = f"a {kind} {array.dtype} array of shape {array.shape}"
        if given != expected:
            raise ValueError(f"out{place} is {given}; expected {expected}")
    return arrays


def match_places(
    name: str, places: Mapping[str, Any], expected_name: str, expected: Mapping[str, Any]
) -> None:
    """Refuse two nestings that do not have their leaves at the same places."""
    for place in expected:
        if place not in places:
            raise ValueError(f"{name}{place} is missing; expected an array there, as in {expected_name}")
    for place in places:
        if place not in expected:
            raise ValueError(f"{name}{place} was not expected: {expected_name} has no array there")


def _all_finite(g: np.ndarray) -> bool:
    """Whether every element is finite, without a temporary as large as ``g`` in the usual case."""
    if g.dtype.kind == "f" and g.flags.c_contiguous:
        flat = g.ravel()
        with np.errstate(over="ignore", invalid="ignore"):
            if np.isfinite(flat @ flat):  # a finite sum of squares has only finite terms
                return True
    return bool(np.isfinite(g).all())


def _described(leaf: Any, array: np.ndarray) -> str:
    """What came, in words: its dtype, or its type where NumPy has no number for it."""
    return f"of type {type(leaf).__name__}" if array.dtype.kind == "O" else f"of dtype {array.dtype}"
