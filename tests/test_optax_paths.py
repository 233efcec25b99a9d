"""What the chapters have of Optax is what Optax gives."""

import inspect

import numpy as np
import optax
import pytest
from tools import optax_paths

PATHS = optax_paths.paths()
KEPT = dict(np.load(optax_paths.FILE))


def test_the_file_holds_what_is_computed():
    assert KEPT.keys() == PATHS.keys()


@pytest.mark.parametrize("name", PATHS)
def test_the_file_is_what_optax_gives(name):
    """To 1e-13 of how far each parameter goes: other processors round in other places."""
    far = np.abs(PATHS[name]).max(axis=0)
    assert (far > 0).all()
    assert (np.abs(KEPT[name] - PATHS[name]).max(axis=0) <= 1e-13 * far).all()


def test_the_default_decay_is_the_chapters():
    assert inspect.signature(optax.adamw).parameters["weight_decay"].default == 1e-4
