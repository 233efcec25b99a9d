"""Measure where libraries do not agree on the newer rules, step by step and in float64.

`make frameworks` tests what book/data/conventions.toml says; `PYTHONPATH=book python -m
measuring.conventions` measures how far apart they are, and writes book/data/conventions.json for the page.
"""

import importlib
import json
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass
from functools import partial
from importlib.metadata import version

import numpy as np
from adamlearn.hyperparameters import read_rule
from measuring import convention_rules
from measuring.frameworks import DATA, RUNS, SAME, STEPS, rounded, shares, stream, torch

SHAPE = (12, 8)  # of the matrix, with more rows than columns


@dataclass(frozen=True)
class Convention:
    """What one library does: an entry of the table; see its file."""

    optimizer: str
    library: str
    usual: str
    theirs: str
    what: str
    call: str = ""
    commit: str = ""
    within: float = SAME
    dense: bool = False
    bowl: bool = False

    @property
    def name(self) -> str:
        """What the entry is called in book/data/conventions.json; no two entries share it."""
        return f"{self.optimizer}, {self.library}: {self.theirs}"

    @property
    def module(self) -> str:
        """The library's name where it is imported."""
        return self.library.replace("-", "_")

    def problem(self) -> tuple[np.ndarray, np.ndarray]:
        """A start, and for each step what is random in its gradient."""
        if not self.dense:
            return stream()
        rng = np.random.default_rng(0)
        return rng.normal(size=SHAPE), rng.normal(size=(STEPS, *SHAPE))

    def gradient(self, p: np.ndarray, noise: np.ndarray) -> np.ndarray:
        """That of a step."""
        return p + noise / 10 if self.bowl else noise


def read_conventions() -> list[Convention]:
    """The entries of book/data/conventions.toml, in their order."""
    table = tomllib.loads((DATA / "conventions.toml").read_text(encoding="utf-8"))
    return [Convention(**entry) for entry in table["convention"]]


def ours(convention: Convention, rule: str) -> Iterator[np.ndarray]:
    """Where each step of a rule of book/measuring/convention_rules.py leads."""
    name, _, hyperparameters = rule.partition("(")
    function = getattr(convention_rules, name)
    step = partial(function, **eval(f"dict({hyperparameters}"))
    p, gradients = convention.problem()
    slots = [0.0] * len(read_rule(function)[0])
    for t, g in enumerate(gradients, start=1):
        p, *slots = step(p, convention.gradient(p, g), *slots, t)
        yield p


def library_path(convention: Convention) -> Iterator[np.ndarray]:
    """Where each step of the library leads; what is neither Optax nor Keras is for PyTorch."""
    start, noise = convention.problem()
    gradients = [partial(convention.gradient, noise=g) for g in noise]
    names = {}
    if convention.library not in RUNS:
        names[convention.module] = importlib.import_module(convention.module)
        if convention.library == "timm":
            importlib.import_module("timm.optim")
    return RUNS.get(convention.library, torch)(convention.call, names, start, gradients)


def quotients(convention: Convention, *paths: Iterator[np.ndarray]) -> np.ndarray:
    """At each step how far apart two paths are, of the elements or of the matrix."""
    return shares(convention.problem()[0], *paths, whole=convention.dense)


def usual_to_theirs(convention: Convention) -> np.ndarray:
    """How far what the library does comes from what is usual."""
    return quotients(convention, ours(convention, convention.usual), ours(convention, convention.theirs))


def theirs_to_library(convention: Convention) -> np.ndarray:
    """How far the rule that is to do what the library does comes from the library."""
    return quotients(convention, ours(convention, convention.theirs), library_path(convention))


def main() -> None:
    """Measure all, print and write what came out."""
    conventions = read_conventions()
    measured = {}
    for convention in conventions:
        found = usual_to_theirs(convention)
        measured[convention.name] = {"most": rounded(found.max()), "end": rounded(found[-1])}
        held = theirs_to_library(convention).max() if convention.call else None
        print(f"{convention.name}: {measured[convention.name]}; the rule and the library: {held}")
    libraries = dict.fromkeys(convention.library for convention in conventions if convention.call)
    versions = {name: version(name).partition("+")[0] for name in libraries}
    text = json.dumps({"versions": versions, "apart": measured}, indent=1)
    (DATA / "conventions.json").write_text(text + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
