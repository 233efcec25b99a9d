"""What the page for users of PyTorch, Optax and Keras says, where they are installed: `make frameworks`."""

import importlib.util
import json

import numpy as np
import pytest
from measuring.frameworks import DATA, FRAMEWORKS, SAME, apart, differences, ours, read_lines

from adamlearn import SGD, Adam
from adamlearn.clipping import clip_by_global_norm
from tests.optimizers_table import TABLE

LINES = [line for line in read_lines() if line.call]


def test_every_optimizer_has_a_line_for_every_framework():
    expected = {(row.name, framework) for row in TABLE for framework in FRAMEWORKS}
    assert {(line.optimizer, line.framework) for line in read_lines()} == expected
    assert all(line.call or line.note for line in read_lines())


@pytest.mark.parametrize("line", LINES, ids=lambda line: f"{line.framework}-{line.optimizer}")
def test_line(line):
    """It does the same; or it differs as much as the page says, and its rule does what it does."""
    if importlib.util.find_spec(line.framework) is None:
        pytest.skip(f"{line.framework} is not installed; `make frameworks` installs it")
    found = differences(line, line.ours)
    if not line.rule:
        assert max(found.values()) < SAME
        return
    written = json.loads((DATA / "frameworks.json").read_text(encoding="utf-8"))
    said = written["differences"][line.optimizer][line.framework]
    assert said.keys() == found.keys()
    for name, value in found.items():
        assert value == pytest.approx(said[name], rel=0.1, abs=SAME)
    assert max(found.values()) > 1e-6
    assert max(differences(line, line.theirs).values()) < SAME


def test_apart_sees_a_small_difference():
    assert apart(ours(SGD(0.1), False), ours(SGD(0.1), False)) == 0
    assert 1e-9 < apart(ours(Adam(epsilon=1e-8), False), ours(Adam(epsilon=2e-8), False)) < 1e-2
    assert apart(ours(SGD(0.1), False), ours(SGD(0.1), True)) > 0.01


def test_clipping_by_the_norm():
    """Optax's is ours; PyTorch's adds 1e-6 to the norm."""
    import jax
    import optax

    jax.config.update("jax_enable_x64", True)
    grads, ours = [np.array([3.0, 4.0])], clip_by_global_norm([np.array([3.0, 4.0])], 0.01)[0]
    theirs, _ = optax.clip_by_global_norm(0.01).update(grads, optax.EmptyState())
    np.testing.assert_allclose(theirs[0], ours, rtol=1e-14)
    torch = pytest.importorskip("torch")
    p = torch.zeros(2, dtype=torch.float64, requires_grad=True)
    p.grad = torch.tensor(grads[0])
    torch.nn.utils.clip_grad_norm_([p], 0.01)
    np.testing.assert_allclose(p.grad.numpy(), ours * 5 / (5 + 1e-6), rtol=1e-14)
