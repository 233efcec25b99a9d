"""Every class against the same rule in Optax: 1,000 steps in float64, every regime, 1e-12."""

import numpy as np
import pytest

from tests import oracles


@pytest.mark.parametrize("regime", oracles.REGIMES)
def test_agrees_with_its_oracle(row, regime):
    assert oracles.worst_difference(row, regime) <= oracles.TOLERANCE


def test_a_difference_without_length_is_infinite():
    assert oracles.relative(np.array([0.0, 1.0]), np.array([0.0, 0.0])) == np.inf
    assert oracles.relative(np.array([np.nan]), np.array([1.0])) == np.inf


def test_lengths_are_those_of_the_way_gone():
    path = np.array([[3.0], [1.0], [1.0]])
    assert oracles.path_length(np.array([2.0]), path).tolist() == [[3.0], [5.0], [5.0]]
    assert oracles.window_length(path, window=2).tolist() == [[3.0], [4.0], [2.0]]
