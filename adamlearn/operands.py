"""The arrays of an update: found in their nestings, looked at once, kept apart where they share memory."""

import operator
from collections.abc import Iterator, Sequence
from typing import Any

import numpy as np

from adamlearn.engines.arrays import NotFinite, all_finite, apart, first_overlap, owner
from adamlearn.engines.packs import Done, Job
from adamlearn.trees import (
    Nesting,
    Tree,
    by_place,
    gradient_array,
    matched,
    not_finite,
    output_array,
    parameter_array,
)


class Operands:
    """What is known of the arrays of the update before, so that the same are not looked at again."""

    def __init__(self) -> None:
        self.places: list[str] = []
        self._nesting: Nesting | None = None
        self._written: list[np.ndarray] = []
        self._owners: set[int] | None = set()  # whose memory is written; None if that is not known

    def parameters(self, params: Tree, state: Any, t: int) -> tuple[list[np.ndarray], bool]:
        """The arrays of the parameters, and whether they are those last written."""
        found: list[Any] = []
        if self._nesting is not None and self._nesting.leaves(params, found):
            if self._are_written(found):
                return found, True
        else:
            by = by_place("params", params)
            if state is not None and by.keys() != state.keys():
                matched("params", by, f"the state after {t} updates", state)
            self.places, found = list(by), list(by.values())
            self._nesting = Nesting(params)
        return [
            parameter_array(f"params{place}", leaf) for place, leaf in zip(self.places, found, strict=True)
        ], False

    def _like_params(self, name: str, tree: Tree) -> list[Any]:
        """The leaves of a tree that must be nested as the parameters are."""
        found: list[Any] = []
        if self._nesting is not None and self._nesting.leaves(tree, found):
            return found
        return matched(name, by_place(name, tree), "params", self.places)

    def gradients(self, grads: Tree, arrays: list[np.ndarray]) -> list[Any]:
        """The gradients in the order of the places; None where there is none."""
        gradients = self._like_params("grads", grads)
        for i, (g, p) in enumerate(zip(gradients, arrays, strict=True)):
            usual = type(g) is np.ndarray and g.dtype is p.dtype and g.dtype.char in "fd"
            if g is not None and not (usual and g.shape == p.shape):
                place = self.places[i]
                gradients[i] = gradient_array(f"grads{place}", g, f"params{place}", p)
        return gradients

    def _are_written(self, arrays: list[Any]) -> bool:
        """Whether these are the arrays that were written in the step before, and can be again."""
        same = len(arrays) == len(self._written) and all(map(operator.is_, arrays, self._written))
        return same and all(array.flags.writeable for array in arrays)

    def output(self, out: Tree, arrays: list[np.ndarray]) -> list[np.ndarray]:
        """The arrays to write; refuse those that overlap one another."""
        found = zip(self.places, self._like_params("out", out), arrays, strict=True)
        outs = [output_array(f"out{place}", leaf, p) for place, leaf, p in found]
        if not self._are_written(outs):
            overlap = first_overlap(outs)
            if overlap:
                first, second = (f"out{self.places[i]}" for i in overlap)
                others = "itself" if first == second else second
                raise ValueError(
                    f"{first} shares memory with {others}; expected an array of its own at each place"
                )
            owners = [owner(array) for array in outs]
            known = all(isinstance(found, np.ndarray) for found in owners)
            self._written, self._owners = outs, set(map(id, owners)) if known else None
        return outs

    def apart(self, outs: Sequence[Any], arrays: Sequence[Any]) -> list[Any]:
        """Arrays that are read; in place of each that shares memory with another that is written, a copy."""
        owners = self._owners
        return [
            array
            if array is None or array is to or (owners is not None and _is_outside(array, owners))
            else apart(array, outs)
            for array, to in zip(arrays, outs, strict=True)
        ]


def stepped(engine: Any, jobs: Sequence[Job], finite: bool) -> Iterator[Done]:
    """What the engine makes of the jobs; a gradient that is not finite is refused by its name."""
    try:
        return iter(engine.steps(jobs, finite))
    except NotFinite:
        place, g = next((job[0], job[2]) for job in jobs if not all_finite(job[2]))
        raise not_finite(f"grads{place}", g) from None


def _is_outside(array: np.ndarray, owners: set[int]) -> bool:
    """Whether an array is surely no view of memory of these owners."""
    if array.base is None:
        return id(array) not in owners
    found = owner(array)
    return isinstance(found, np.ndarray) and id(found) not in owners
