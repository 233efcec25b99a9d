"""Nested parameters: every array of a nesting of lists, tuples and dicts, with its place; what is refused.

A place is written as Python would index it: ``['layers'][0]['W']``. A lone array has the place ``""``.
"""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import ArrayLike

from adamlearn.engines.arrays import is_floating, state_dtype

Tree = ArrayLike | list[Any] | tuple[Any, ...] | dict[Any, Any] | None


def leaves(tree: Tree, place: str = "") -> Iterator[tuple[str, Any]]:
    """Yield the place and the value of every leaf, in order."""
    children = children_of(tree)
    if children is None:
        yield place, tree
        return
    for key, child in children:
        yield from leaves(child, f"{place}[{shown(key)}]")


def children_of(tree: Tree) -> list[tuple[Any, Any]] | None:
    """Keys and values of a container; None of a leaf."""
    if isinstance(tree, Mapping):
        return list(tree.items())
    if isinstance(tree, list | tuple):
        return list(enumerate(tree))
    return None


def shown(key: Any) -> str:
    """A key as it is printed in a place; equal keys print alike, NumPy's as Python's."""
    return repr(key.item() if isinstance(key, np.generic) else key)


def by_place(name: str, tree: Tree) -> dict[str, Any]:
    """The leaves by their places; refuse two that are printed alike."""
    if isinstance(tree, np.ndarray):
        return {"": tree}
    found: dict[str, Any] = {}
    for place, leaf in leaves(tree):
        if place in found:
            raise ValueError(
                f"{name} has two keys that print as {place}; expected keys that can be told apart"
            )
        found[place] = leaf
    return found


class Nesting:
    """How a tree is nested, to find the leaves of another that is nested just like it, quickly."""

    def __init__(self, tree: Tree):
        children = children_of(tree)
        self.kind: type[Any] = type(tree)
        self.keys = None if children is None else [key for key, _ in children]
        self.parts = [Nesting(child) for _, child in children or ()]

    def leaves(self, tree: Any, found: list[Any]) -> bool:
        """Append the leaves of ``tree`` to ``found``; False if it is nested otherwise."""
        if self.keys is None:
            found.append(tree)
            return type(tree) is np.ndarray or not isinstance(tree, list | tuple | Mapping)
        if type(tree) is not self.kind:
            return False
        container: Any = tree
        if isinstance(tree, list | tuple):
            children, fits = container, len(container) == len(self.keys)
        else:
            children, fits = container.values(), list(container) == self.keys
        if not fits:
            return False
        for part, child in zip(self.parts, children, strict=True):
            if part.keys is None and type(child) is np.ndarray:
                found.append(child)
            elif not part.leaves(child, found):
                return False
        return True


def rebuild(tree: Tree, arrays: Iterator[Any]) -> Any:
    """The nesting of ``tree`` with ``arrays`` in place of its leaves, in order."""
    if isinstance(tree, Mapping):
        return {key: rebuild(child, arrays) for key, child in tree.items()}
    if isinstance(tree, list | tuple):
        children = [rebuild(child, arrays) for child in tree]
        if isinstance(tree, list):
            return children
        make = getattr(tree, "_make", tuple)  # a named tuple stays one
        return make(children)
    return next(arrays)


def array_of(name: str, leaf: Any) -> np.ndarray:
    """A leaf as a plain array; refuse one that says more than its numbers."""
    if type(leaf) is np.ndarray:
        return leaf
    labels = getattr(leaf, "index", None)
    if isinstance(leaf, np.ma.MaskedArray) or (labels is not None and not callable(labels)):
        raise TypeError(
            f"{name} is a {type(leaf).__name__}; expected a plain array: its mask or its labels would be lost"
        )
    if isinstance(leaf, np.ndarray):
        return leaf.view(np.ndarray)
    return np.asarray(leaf)


def parameter_array(name: str, leaf: Any) -> np.ndarray:
    """A parameter as an array; refuse what is not floating-point."""
    array = array_of(name, leaf)
    if not is_floating(array.dtype):
        raise TypeError(
            f"{name} is {_described(leaf, array)}; expected a floating-point array "
            "(an integer one cannot take a fractional step: use .astype(float))"
        )
    return array


def gradient_array(name: str, leaf: Any, like_name: str, like: np.ndarray) -> np.ndarray:
    """A gradient as an array in the precision of the state; refuse what does not match its parameter."""
    g = array_of(name, leaf)
    if g.dtype.kind not in "fiu" and not is_floating(g.dtype):
        raise TypeError(f"{name} is {_described(leaf, g)}; expected an array of real numbers")
    if g.shape != like.shape:
        raise ValueError(f"{name} has shape {g.shape}; expected {like.shape}, as {like_name}")
    dtype = state_dtype(like.dtype)
    if g.dtype != dtype:
        with np.errstate(over="ignore"):  # what is too large for the rule's precision is infinite to it
            g = g.astype(dtype)
    return g


def not_finite(name: str, g: np.ndarray) -> ValueError:
    """The error of a gradient with NaN or infinity in it, which names the first."""
    bad = np.argwhere(~np.isfinite(g))[0]
    where = f" at index {tuple(map(int, bad))}" if g.ndim else ""
    return ValueError(f"{name} is {g[tuple(bad)]}{where}; expected finite numbers")


def output_array(name: str, leaf: Any, p: np.ndarray) -> np.ndarray:
    """An array that is to receive a parameter; refuse what cannot hold it as it is."""
    if not isinstance(leaf, np.ndarray):
        raise TypeError(f"{name} is a {type(leaf).__name__}; expected a {p.dtype} array")
    array = array_of(name, leaf)
    if array.dtype != p.dtype or array.shape != p.shape:
        raise ValueError(
            f"{name} is {array.dtype} of shape {array.shape}; expected {p.dtype} of shape {p.shape}"
        )
    if not array.flags.writeable:
        raise ValueError(f"{name} is read-only; expected an array that can be written")
    return array


def matched(
    name: str, places: Mapping[str, Any], expected_name: str, expected: Sequence[str] | Mapping[str, Any]
) -> list[Any]:
    """The leaves in the order of the expected places; refuse a nesting that has others."""
    for place in expected:
        if place not in places:
            raise ValueError(f"{name}{place} is missing; expected an array there, as in {expected_name}")
    if len(places) > len(expected):
        for place in places:
            if place not in expected:
                raise ValueError(f"{name}{place} was not expected: {expected_name} has no array there")
    return [places[place] for place in expected]


def _described(leaf: Any, array: np.ndarray) -> str:
    """What came, in words: its dtype, or its type where NumPy has no number for it."""
    known = array.dtype.kind != "O" or array is leaf
    return f"of dtype {array.dtype}" if known else f"of type {type(leaf).__name__}"
