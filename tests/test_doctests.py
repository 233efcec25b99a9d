"""The examples in the package's docstrings."""

import doctest
import importlib
import pkgutil

import pytest

import adamlearn

MODULES = [module.name for module in pkgutil.walk_packages(adamlearn.__path__, "adamlearn.")]


@pytest.mark.parametrize("name", MODULES)
def test_examples_of(name):
    assert doctest.testmod(importlib.import_module(name)).failed == 0


def test_there_are_examples():
    found = doctest.DocTestFinder().find(importlib.import_module("adamlearn.optimizer"))
    assert {test.name for test in found if test.examples} >= {
        "adamlearn.optimizer.Optimizer",
        "adamlearn.optimizer.Optimizer.update",
    }
