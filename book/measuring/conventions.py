"""Measure where libraries do not agree on the newer rules, step by step and in float64.

`make frameworks` tests what book/data/conventions.toml says; `PYTHONPATH=book python -m
measuring.conventions` measures how far apart they are, and writes book/data/conventions.json for the page.
"""

import importlib
import json
import os
import tomllib
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial
from importlib.metadata import version

import numpy as np
from adamlearn.hyperparameters import read_rule
from measuring import convention_rules
from measuring.frameworks import DATA, SAME, STEPS, rounded, stream

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


def torch(convention: Convention) -> Iterator[np.ndarray]:
    """Where each step of a library for PyTorch leads."""
    import torch

    torch.set_default_dtype(torch.float64)
    library = importlib.import_module(convention.module)
    if convention.library == "timm":
        importlib.import_module("timm.optim")
    start, gradients = convention.problem()
    p = torch.nn.Parameter(torch.tensor(start))
    optimizer = eval(convention.call, {convention.module: library, "params": [p]})
    if convention.library == "schedulefree":
        optimizer.train()
    for g in gradients:
        p.grad = torch.tensor(convention.gradient(p.detach().numpy(), g))
        optimizer.step()
        yield p.detach().numpy().copy()


def optax(convention: Convention) -> Iterator[np.ndarray]:
    """Where each step of Optax's leads."""
    import jax
    import optax

    jax.config.update("jax_enable_x64", True)
    start, gradients = convention.problem()
    p = jax.numpy.array(start)
    optimizer = eval(convention.call, {"optax": optax})
    update, state = jax.jit(optimizer.update), optimizer.init(p)
    for g in gradients:
        change, state = update(convention.gradient(p, g), state, p)
        p = optax.apply_updates(p, change)
        yield np.asarray(p)


def keras(convention: Convention) -> Iterator[np.ndarray]:
    """Where each step of Keras' leads."""
    os.environ["KERAS_BACKEND"] = "jax"  # read when Keras is imported
    import jax
    import keras

    jax.config.update("jax_enable_x64", True)
    keras.config.set_floatx("float64")
    start, gradients = convention.problem()
    p = keras.Variable(start)
    optimizer = eval(convention.call, {"keras": keras})
    for g in gradients:
        optimizer.apply([jax.numpy.array(convention.gradient(np.asarray(p), g))], [p])
        yield np.asarray(p)


def library_path(convention: Convention) -> Iterator[np.ndarray]:
    """Where each step of the library leads."""
    run: Callable[[Convention], Iterator[np.ndarray]]
    run = {"optax": optax, "keras": keras}.get(convention.library, torch)
    return run(convention)


def quotients(convention: Convention, *paths: Iterator[np.ndarray]) -> np.ndarray:
    """At each step how far apart two paths are, as a share of the longer of the ways gone until then.

    It is the largest of the elements', or for a matrix the quotient of the norms.
    """
    points = [np.array([convention.problem()[0], *path]) for path in paths]
    difference = np.abs(points[0] - points[1])[1:]
    steps = [np.abs(np.diff(path, axis=0)) for path in points]
    if convention.dense:
        difference, *steps = (np.linalg.norm(a, axis=(1, 2), keepdims=True) for a in (difference, *steps))
    way = np.maximum(*(array.cumsum(axis=0) for array in steps))
    assert np.isfinite(difference).all() and not difference[way == 0].any()
    shares = difference / np.where(way > 0, way, 1)
    return shares.reshape(len(shares), -1).max(axis=1)


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
        shares = usual_to_theirs(convention)
        measured[convention.name] = {"most": rounded(shares.max()), "end": rounded(shares[-1])}
        held = theirs_to_library(convention).max() if convention.call else None
        print(f"{convention.name}: {measured[convention.name]}; the rule and the library: {held}")
    libraries = dict.fromkeys(convention.library for convention in conventions if convention.call)
    versions = {name: version(name).partition("+")[0] for name in libraries}
    text = json.dumps({"versions": versions, "apart": measured}, indent=1)
    (DATA / "conventions.json").write_text(text + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
