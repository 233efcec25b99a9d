"""The house: arrows that run one way, rooms of a size to read, and what follows from a new rule."""

import ast
import doctest
import importlib
import inspect
import json
import re
import sys
from pathlib import Path

import pytest

import adamlearn
from adamlearn import Optimizer, optimizers, rules
from adamlearn.hyperparameters import read_rule

ROOT = Path(adamlearn.__path__[0]).parent
NAMED = [
    value for value in vars(optimizers).values() if isinstance(value, type) and hasattr(value, "named_rule")
]


def imports(folder, package):
    """Module to the modules of the same folder that it imports, anywhere in its text."""
    files = {}
    for file in folder.rglob("*.py"):
        parts = [package, *file.relative_to(folder).with_suffix("").parts]
        files[".".join(part for part in parts if part and part != "__init__")] = file
    found = {}
    for name, file in files.items():
        found[name] = set()
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Import):
                found[name] |= {alias.name for alias in node.names}
            elif isinstance(node, ast.ImportFrom) and node.module:
                found[name] |= {f"{node.module}.{alias.name}" for alias in node.names} | {node.module}
        found[name] = {other for other in found[name] & files.keys() if other != name}
    # A package's own file stands for what it holds: to import one of its modules is not to import itself.
    return {
        name: {other for other in others if not name.startswith(f"{other}.")}
        for name, others in found.items()
    }


def circle(graph):
    """The modules of a circle, or nothing."""
    done, path = set(), []

    def visit(name):
        if name in path:
            return path[path.index(name) :]
        if name in done:
            return []
        path.append(name)
        for other in sorted(graph[name]):
            if found := visit(other):
                return found
        path.pop()
        done.add(name)
        return []

    return next((found for name in sorted(graph) if (found := visit(name))), [])


@pytest.mark.parametrize(("folder", "package"), [("adamlearn", "adamlearn"), ("book", "")])
def test_imports_make_no_circle(folder, package):
    graph = imports(ROOT / folder, package)
    assert len(graph) > 5
    assert circle(graph) == []


def test_a_circle_is_found():
    assert circle({"a": {"b"}, "b": {"c"}, "c": {"b"}}) == ["b", "c"]


def test_a_module_of_the_package_fits_on_some_pages():
    lengths = {file: len(file.read_text(encoding="utf-8").splitlines()) for file in PACKAGE_FILES}
    assert {file.name: length for file, length in lengths.items() if length > 300} == {}


PACKAGE_FILES = [*(ROOT / "adamlearn").rglob("*.py")]


@pytest.mark.parametrize("file", PACKAGE_FILES, ids=lambda file: str(file.relative_to(ROOT)))
def test_a_module_says_what_it_is_in_its_first_line(file):
    assert file.read_text(encoding="utf-8").startswith('"""')


# What follows from a new rule: its text, its class, its row


def test_every_rule_with_a_class_is_at_the_top():
    for cls in NAMED:
        assert getattr(adamlearn, cls.__name__) is cls
        assert cls.__name__ in adamlearn.__all__
        assert getattr(rules, cls.named_rule.__name__) is cls.named_rule


def test_classes_stand_in_the_order_of_the_rules():
    """So do the tables that are made of them."""
    named = [cls.named_rule.__name__ for cls in NAMED]
    assert named == [name for name in vars(rules) if name in named]
    assert len(named) == len(set(named)) == len(adamlearn.__all__) - len(["Optimizer", "rules"])


def test_the_benchmark_names_the_rules_that_it_has_measured():
    """Not every rule with a class: its results are as old as its last run on an idle machine."""
    sys.path.insert(0, str(ROOT / "book"))
    bench = importlib.import_module("measuring.bench")
    measured = {row["rule"] for row in json.loads(bench.RESULTS.read_text(encoding="utf-8"))["steps"]}
    assert measured == set(bench.RULES) <= {cls.named_rule.__name__ for cls in NAMED}


@pytest.mark.parametrize("cls", NAMED, ids=lambda cls: cls.__name__)
def test_defaults_in_the_docstring_are_the_rules(cls):
    """``beta1, beta2 : float, default 0.9 and 0.999``, and each hyperparameter of the rule."""
    text = inspect.getdoc(cls).split("Parameters\n----------\n")[1].split("\n\n")[0]
    said = {}
    for names, values in re.findall(r"^(\w+(?:, \w+)*) : .*default ([^\n]+)$", text, re.M):
        said |= dict(zip(names.split(", "), values.split(" and "), strict=True))
    parameters = read_rule(cls.named_rule)[1].parameters
    assert {name: float(said[name]) for name in parameters} == {n: p.default for n, p in parameters.items()}
    assert said.keys() - parameters.keys() == {"engine", "by_place"}


def public():
    """Classes and functions of the public modules, by their names."""
    names = (
        "clipping descent hyperparameters landscapes models optimizers scipy_method schedules streams sweeps"
    )
    for module in [importlib.import_module(f"adamlearn.{name}") for name in names.split()]:
        for name, value in vars(module).items():
            own = getattr(value, "__module__", "").startswith(module.__name__)
            if not name.startswith("_") and own and (inspect.isclass(value) or inspect.isfunction(value)):
                yield pytest.param(value, id=f"{module.__name__}.{name}")
    yield pytest.param(Optimizer, id="Optimizer")


@pytest.mark.parametrize("value", [*public()])
def test_a_public_docstring_has_an_example(value):
    if value.__name__.endswith(
        ("relu_backward", "read_rule", "bind", "number_or_schedule", "at_step", "Settings")
    ):
        return
    assert any(test.examples for test in doctest.DocTestFinder(recurse=False).find(value))
