"""What an optimizer remembers, as a flat dict that can be stored, and back."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import numpy as np

from adamlearn.engines.arrays import is_floating, state_dtype
from adamlearn.trees import matched

Slots = Sequence[np.ndarray]
State = dict[str, Slots]  # by place


def check(state: State, arrays: Sequence[np.ndarray], places: Sequence[str]) -> None:
    """Refuse parameters that are not those of the first update."""
    for place, p in zip(places, arrays, strict=True):
        slots = state.get(place)
        if slots:
            slot = slots[0]  # all are alike
            if p.shape != slot.shape or state_dtype(p.dtype) != slot.dtype:
                raise ValueError(
                    f"params{place} is {p.dtype} of shape {p.shape}; expected {slot.dtype} of shape "
                    f"{slot.shape}, as in the updates before"
                )


def slots_of(
    state: State | None, count: int, arrays: Sequence[np.ndarray], places: Sequence[str]
) -> list[Slots]:
    """The slots of every place; before the first update fresh ones, all zero."""
    if state is not None:
        return [state[place] for place in places]
    return [tuple(np.zeros_like(p, state_dtype(p.dtype)) for _ in range(count)) for p in arrays]


def copied(state: State, copy: Callable[[np.ndarray], np.ndarray]) -> State:
    """The same state in arrays of its own."""
    return {place: tuple(map(copy, slots)) for place, slots in state.items()}


def written(
    rule: str, slot_names: tuple[str, ...], t: int, state: State, missed: Mapping[str, int]
) -> dict[str, Any]:
    """The flat dict: ``t``, the rule's name, and by slot and place copies of the arrays."""
    arrays = {
        slot + place: arrays[i].copy() for i, slot in enumerate(slot_names) for place, arrays in state.items()
    }
    own = {f"t{place or '[]'}": t - less for place, less in missed.items()}
    return {"t": t, **({"rule": rule} if t else {}), **own, **arrays}


def read(
    rule: str, slot_names: tuple[str, ...], state_dict: Mapping[str, Any]
) -> tuple[int, State | None, dict[str, int]]:
    """The step number, the slots by place (None where there is nothing to know) and the steps missed.

    Raises
    ------
    ValueError
        As :meth:`adamlearn.Optimizer.load_state_dict` says.
    """
    if "t" not in state_dict:
        raise ValueError(f"state_dict has no 't'; it has {sorted(state_dict)}")
    t = count("state_dict['t']", state_dict["t"])
    other = str(state_dict.get("rule", rule))
    if other != rule:
        raise ValueError(
            f"state_dict['rule'] is {other!r}; expected {rule!r}, whose slots may mean other things"
        )
    by_slot: dict[str, dict[str, np.ndarray]] = {slot: {} for slot in slot_names}
    missed = {}
    for key in state_dict:
        slot, bracket, rest = key.partition("[")
        if slot in by_slot:
            by_slot[slot][bracket + rest] = _array(key, state_dict[key])
        elif slot == "t" and bracket:
            missed["" if rest == "]" else bracket + rest] = t - count(f"state_dict[{key!r}]", state_dict[key])
        elif key not in ("t", "rule"):
            raise ValueError(f"state_dict[{key!r}] is no slot of {rule}, which has {slot_names}")
    if not t or not slot_names:
        return t, None, missed if t else {}
    first = by_slot[slot_names[0]]
    for slot, places in by_slot.items():
        if not places and any(by_slot.values()):
            raise ValueError(f"state_dict has no {slot!r}, a slot of {rule}")
        matched(slot, places, slot_names[0], first)
        for place, array in places.items():
            like = first[place]
            if array.shape != like.shape:
                raise ValueError(
                    f"state_dict[{slot + place!r}] is {array.dtype} of shape {array.shape}; "
                    f"expected floats of shape {like.shape}"
                )
            if array.dtype != like.dtype:
                raise ValueError(
                    f"state_dict[{slot + place!r}] is {array.dtype}; "
                    f"expected {like.dtype}, as {slot_names[0]}"
                )
    return t, {place: tuple(places[place] for places in by_slot.values()) for place in first}, missed


def count(name: str, value: Any) -> int:
    """A number of updates."""
    number = int(value)
    if number < 0 or number != value:
        raise ValueError(f"{name} is {value}; expected the number of updates made, 0 or more")
    return number


def _array(key: str, value: Any) -> np.ndarray:
    """A slot's array, a copy in this machine's byte order."""
    array = np.array(value)
    if not is_floating(array.dtype):
        raise ValueError(
            f"state_dict[{key!r}] is {array.dtype} of shape {array.shape}; "
            f"expected floats of shape {array.shape}"
        )
    return array.astype(array.dtype.newbyteorder("="), copy=False)
