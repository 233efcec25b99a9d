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
    optimizers = doctest.DocTestFinder().find(adamlearn.optimizers)
    assert {test.name for test in optimizers if test.examples} >= {
        "adamlearn.optimizers.Optimizer",
        "adamlearn.optimizers.Adam",
    }
