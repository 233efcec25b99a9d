"""Compare our optimizers with PyTorch's, Optax's and Keras', step by step and in float64.

`make frameworks` tests what book/data/frameworks.toml says; `PYTHONPATH=book python -m measuring.frameworks`
measures how far apart the others are, and writes book/data/frameworks.json, which the page shows.
"""

import json
import os
import tomllib
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial
from importlib.metadata import version
from pathlib import Path
from typing import Any

import adamlearn
import numpy as np
from adamlearn import Optimizer
from adamlearn.hyperparameters import read_rule
from measuring import framework_rules

DATA = Path(__file__).parents[1] / "data"
FRAMEWORKS = {"torch": "PyTorch", "optax": "Optax", "keras": "Keras"}
SAME = 1e-10  # of the way gone
STEPS, ELEMENTS = 200, 16
OTHER = {"learning_rate": 0.1, "beta1": 0.8, "beta2": 0.95, "momentum": 0.8, "weight_decay": 0.1}
OTHER |= {"beta3": 0.99, "alpha": 3.0}

Gradients = list[Callable[[np.ndarray], np.ndarray]]  # for each step, that of where one stands
Rates = list[float] | None  # the learning rates of the steps, where they are not the call's


@dataclass(frozen=True)
class Line:
    """What a framework has for one of our optimizers: a line of the table; see its file."""

    optimizer: str
    framework: str
    call: str = ""
    note: str = ""
    rule: str = ""

    @property
    def ours(self) -> type[Optimizer]:
        """Our class."""
        return getattr(adamlearn, self.optimizer)

    def theirs(self, **hyperparameters: float) -> Optimizer:
        """An optimizer of the rule that does what the framework does."""
        return Optimizer(getattr(framework_rules, self.rule), **hyperparameters)


def read_lines() -> list[Line]:
    """The lines of book/data/frameworks.toml, in their order."""
    table = tomllib.loads((DATA / "frameworks.toml").read_text(encoding="utf-8"))
    return [
        Line(optimizer, framework, **line)
        for optimizer, lines in table.items()
        for framework, line in lines.items()
    ]


def situations(cls: type[Optimizer]) -> dict[str, tuple[dict[str, float], bool]]:
    """By name: hyperparameters, and whether the learning rate is halved half-way.

    Gradients are about 1, so an epsilon of 0.1 is to them what 1e-8 is to gradients of 1e-7.
    """
    parameters = read_rule(cls().rule)[1].parameters
    defaults = {name: parameter.default for name, parameter in parameters.items()}
    other = defaults | {name: value for name, value in OTHER.items() if name in defaults}
    found = {"defaults": (defaults, False), "other": (other, False), "halved": (other, True)}
    if "epsilon" in defaults:
        found["epsilon"] = (defaults | {"epsilon": 0.1}, False)
    return found


def stream() -> tuple[np.ndarray, np.ndarray]:
    """A start, and gradients: one half of the elements has one in each step, the other in few."""
    rng = np.random.default_rng(0)
    gradients = rng.normal(size=(STEPS, ELEMENTS))
    gradients[:, ELEMENTS // 2 :] *= rng.random((STEPS, ELEMENTS // 2)) < 0.05
    return rng.normal(size=ELEMENTS), gradients


def rates(learning_rate: float, halved: bool) -> list[float]:
    """The learning rate of each step."""
    return [learning_rate / 2 if halved and t >= STEPS // 2 else learning_rate for t in range(STEPS)]


def ours(optimizer: Optimizer, halved: bool) -> Iterator[np.ndarray]:
    """Where each step of one of ours leads."""
    p, gradients = stream()
    for rate, g in zip(rates(optimizer.learning_rate, halved), gradients, strict=True):
        optimizer.learning_rate = rate
        p = optimizer.update(p, g)
        yield p


def fixed(gradients: np.ndarray) -> Gradients:
    """Gradients that are the same wherever one stands."""
    return [partial(lambda g, p: g, g) for g in gradients]


def torch(
    call: str, names: dict[str, Any], start: np.ndarray, gradients: Gradients, rates: Rates = None
) -> Iterator[np.ndarray]:
    """Where each step of PyTorch's leads; some of its numbers have the default dtype, not the tensor's."""
    import torch

    torch.set_default_dtype(torch.float64)
    p = torch.nn.Parameter(torch.tensor(start))
    optimizer = eval(call, {"torch": torch, "params": [p]}, names)
    if hasattr(optimizer, "train"):  # of schedulefree
        optimizer.train()
    for t, gradient in enumerate(gradients):
        if rates:
            optimizer.param_groups[0]["lr"] = rates[t]
        p.grad = torch.tensor(gradient(p.detach().numpy()))
        optimizer.step()
        yield p.detach().numpy().copy()


def optax(
    call: str, names: dict[str, Any], start: np.ndarray, gradients: Gradients, rates: Rates = None
) -> Iterator[np.ndarray]:
    """Where each step of Optax's leads; it counts the steps of a schedule from 0."""
    import jax
    import optax

    jax.config.update("jax_enable_x64", True)
    if rates:
        schedule = jax.numpy.array(rates)
        names = names | {"learning_rate": lambda count: schedule[count]}
    optimizer = eval(call, {"optax": optax}, names)
    p = jax.numpy.array(start)
    update, state = jax.jit(optimizer.update), optimizer.init(p)
    for gradient in gradients:
        change, state = update(gradient(np.asarray(p)), state, p)
        p = optax.apply_updates(p, change)
        yield np.asarray(p)


def keras(
    call: str, names: dict[str, Any], start: np.ndarray, gradients: Gradients, rates: Rates = None
) -> Iterator[np.ndarray]:
    """Where each step of Keras' leads, with JAX below it; by itself Keras computes in float32."""
    os.environ["KERAS_BACKEND"] = "jax"  # read when Keras is imported
    import jax
    import keras

    jax.config.update("jax_enable_x64", True)
    keras.config.set_floatx("float64")
    p = keras.Variable(start)
    optimizer = eval(call, {"keras": keras}, names)
    for t, gradient in enumerate(gradients):
        if rates:
            optimizer.learning_rate = rates[t]
        optimizer.apply([jax.numpy.array(gradient(np.asarray(p)))], [p])
        yield np.asarray(p)


RUNS = {"torch": torch, "optax": optax, "keras": keras}


def shares(start: np.ndarray, *paths: Iterator[np.ndarray], whole: bool = False) -> np.ndarray:
    """At each step the difference of two paths, as a share of the longer of the ways gone until then.

    It is the largest of the elements', or for a whole matrix the quotient of the norms.
    """
    points = [np.array([start, *path]) for path in paths]
    difference = np.abs(points[0] - points[1])[1:]
    steps = [np.abs(np.diff(path, axis=0)) for path in points]
    if whole:
        difference, *steps = (np.linalg.norm(a, axis=(1, 2), keepdims=True) for a in (difference, *steps))
    way = np.maximum(*(array.cumsum(axis=0) for array in steps))
    assert np.isfinite(difference).all() and not difference[way == 0].any()
    found = difference / np.where(way > 0, way, 1)
    return found.reshape(len(found), -1).max(axis=1)


def apart(one: Iterator[np.ndarray], other: Iterator[np.ndarray]) -> float:
    """How far apart two paths through the stream come."""
    return float(shares(stream()[0], one, other).max())


def differences(line: Line, make: Callable[..., Optimizer]) -> dict[str, float]:
    """For each situation, how far the framework's path is from that of the optimizer that ``make`` makes."""
    found = {}
    for name, (values, halved) in situations(line.ours).items():
        start, gradients = stream()
        schedule = rates(values["learning_rate"], halved)
        theirs = RUNS[line.framework](line.call, values, start, fixed(gradients), schedule)
        found[name] = apart(ours(make(**values), halved), theirs)
    return found


def rounded(difference: float) -> float:
    """Two digits of a difference; 0 where both do the same."""
    return float(f"{difference:.2g}") if difference > SAME else 0.0


def main() -> None:
    """Measure the lines that do not do the same, print and write what came out."""
    measured: dict[str, Any] = {}
    for line in read_lines():
        if line.rule:
            found = {name: rounded(value) for name, value in differences(line, line.ours).items()}
            measured.setdefault(line.optimizer, {})[line.framework] = found
            print(line.optimizer, line.framework, found)
    versions = {name: version(name).partition("+")[0] for name in FRAMEWORKS}
    text = json.dumps({"versions": versions, "differences": measured}, indent=1)
    (DATA / "frameworks.json").write_text(text + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
