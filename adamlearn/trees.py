"""Nested parameters: every array of a nesting of lists, tuples and dicts, with its place; what is refused.

A place is written as Python would index it: ``['layers'][0]['W']``. A lone array has the place ``""``.
"""

from collections.abc import Callable, Iterator, Mapping
from typing import Any

import numpy as np
from numpy.typing import ArrayLike

from adamlearn.engines import state_dtype

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


def by_place(tree: Tree) -> dict[str, Any]:
    """The leaves by their places."""
    return {"": tree} if isinstance(tree, np.ndarray) else dict(leaves(tree))


def parameter_arrays(params: Tree) -> dict[str, np.ndarray]:
    """The leaves of ``params`` as arrays by place; refuse what is not floating-point."""
    arrays = by_place(params)
    for place, leaf in arrays.items():
        array = arrays[place] = np.asarray(leaf)
        if array.dtype.kind != "f":
            raise TypeError(
                f"params{place} is {_described(leaf, array)}; expected a floating-point array "
                "(an integer one cannot take a fractional step: use .astype(float))"
            )
    return arrays


def gradient_arrays(
    grads: Tree, params: Mapping[str, np.ndarray], all_finite: Callable[[np.ndarray], bool] | None
) -> dict[str, np.ndarray]:
    """The leaves of ``grads`` by place; refuse what does not match ``params`` or, if asked, is not finite."""
    arrays = by_place(grads)
    match_places("grads", arrays, "params", params)
    for place, leaf in arrays.items():
        g = arrays[place] = np.asarray(leaf)
        if g.dtype.kind not in "fiu":
            raise TypeError(f"grads{place} is {_described(leaf, g)}; expected an array of real numbers")
        if g.shape != params[place].shape:
            expected = params[place].shape
            raise ValueError(f"grads{place} has shape {g.shape}; expected {expected}, as params{place}")
        dtype = state_dtype(params[place].dtype)
        if g.dtype != dtype and not np.can_cast(g.dtype, dtype):
            with np.errstate(over="ignore"):  # what is too large for the rule's precision is infinite to it
                g = arrays[place] = g.astype(dtype)
        if all_finite and not all_finite(g):
            bad = np.argwhere(~np.isfinite(g))[0]
            where = f" at index {tuple(map(int, bad))}" if g.ndim else ""
            raise ValueError(f"grads{place} is {g[tuple(bad)]}{where}; expected finite numbers")
    return arrays


def output_arrays(out: Tree, params: Mapping[str, np.ndarray]) -> dict[str, np.ndarray]:
    """The leaves of ``out`` by place; refuse what cannot receive ``params`` as they are."""
    arrays = by_place(out)
    match_places("out", arrays, "params", params)
    for place, array in arrays.items():
        p = params[place]
        if not isinstance(array, np.ndarray):
            raise TypeError(f"out{place} is a {type(array).__name__}; expected a {p.dtype} array")
        if array.dtype != p.dtype or array.shape != p.shape:
            raise ValueError(
                f"out{place} is {array.dtype} of shape {array.shape}; expected {p.dtype} of shape {p.shape}"
            )
        if not array.flags.writeable:
            raise ValueError(f"out{place} is read-only; expected an array that can be written")
    if len({id(array) for array in arrays.values()}) < len(arrays):
        raise ValueError("out has one array at several places; expected an array of its own for each")
    return arrays


def match_places(
    name: str, places: Mapping[str, Any], expected_name: str, expected: Mapping[str, Any]
) -> None:
    """Refuse two nestings that do not have their leaves at the same places."""
    if places.keys() == expected.keys():
        return
    for place in expected:
        if place not in places:
            raise ValueError(f"{name}{place} is missing; expected an array there, as in {expected_name}")
    for place in places:
        if place not in expected:
            raise ValueError(f"{name}{place} was not expected: {expected_name} has no array there")


def _described(leaf: Any, array: np.ndarray) -> str:
    """What came, in words: its dtype, or its type where NumPy has no number for it."""
    known = array.dtype.kind != "O" or array is leaf
    return f"of dtype {array.dtype}" if known else f"of type {type(leaf).__name__}"
