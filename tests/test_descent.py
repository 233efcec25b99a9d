"""Descents: the path is what a loop by hand gives, alone or in a batch, and a divergence is a NaN."""

import os
from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest
from distributed import Client, LocalCluster
from numpy.testing import assert_array_equal

from adamlearn import SGD, Adam
from adamlearn.descent import Path, descend, sweep
from adamlearn.landscapes import beale, bowl, rosenbrock

START = np.array([-1.5, 2.0])


def by_hand(optimizer, landscape, start, steps):
    """Positions, values and gradients of a loop over ``update``."""
    rows, p = [], np.array(start)
    for t in range(steps + 1):
        rows.append((p, landscape.value(*p), np.array(landscape.gradient(*p))))
        if t < steps:
            p = optimizer.update(p, rows[-1][2])
    return [np.array(column) for column in zip(*rows, strict=True)]


def test_descend_is_the_loop_by_hand(row):
    optimizer = row.make(learning_rate=1e-3)
    path = descend(optimizer, rosenbrock, START, 50)
    positions, values, gradients = by_hand(optimizer.clone(), rosenbrock, START, 50)
    assert_array_equal(path.positions, positions)
    assert_array_equal(path.values, values)
    assert_array_equal(path.gradients, gradients)
    assert_array_equal(path.steps, positions[1:] - positions[:-1])


def test_descend_leaves_the_optimizer_and_the_start_as_they_were():
    optimizer, start = Adam(0.1), START.copy()
    optimizer.update(np.ones(7), np.ones(7))
    first, second = (descend(optimizer, rosenbrock, start, 20) for _ in range(2))
    assert_array_equal(first.positions, second.positions)
    assert optimizer.t == 1
    assert_array_equal(start, START)


def test_a_batch_is_its_starts_one_by_one(row):
    starts = np.random.default_rng(0).uniform(-2, 2, size=(2, 3, 4))
    batch = descend(row.make(learning_rate=1e-3), rosenbrock, starts, 20)
    assert (batch.positions.shape, batch.values.shape) == ((21, 2, 3, 4), (21, 3, 4))
    for i, j in np.ndindex(3, 4):
        alone = descend(row.make(learning_rate=1e-3), rosenbrock, starts[:, i, j], 20)
        np.testing.assert_allclose(batch.positions[..., i, j], alone.positions, rtol=1e-12)
        np.testing.assert_allclose(batch.values[..., i, j], alone.values, rtol=1e-10)


def test_any_function_with_its_gradient():
    path = descend(SGD(0.25), lambda p: (p**2).sum(), np.ones((2, 2)), 2, gradient=lambda p: 2 * p)
    assert path.positions[:, 0, 0].tolist() == [1.0, 0.5, 0.25]
    assert path.values.tolist() == [4.0, 1.0, 0.25]


def test_no_steps_are_the_start_alone():
    path = descend(Adam(), bowl(), START, 0)
    assert path.positions.tolist() == [START.tolist()]
    assert path.steps.shape == (0, 2)


def test_divergence_is_nan_from_there_on_and_the_others_go_on():
    starts = np.array([[-1.5, 1.0], [2.0, 1.0]])  # the second is the minimum
    path = descend(SGD(0.1), rosenbrock, starts, 30)
    lost = np.isnan(path.positions[:, 0, 0])
    first = lost.argmax()
    assert 1 < first < 30 and lost[first:].all()
    for array in (path.positions[:, :, 0], path.gradients[:, :, 0], path.values[:, 0]):
        assert np.isfinite(array[:first]).all() and np.isnan(array[first:]).all()
    assert_array_equal(path.positions[:, :, 1], np.ones((31, 2)))


def test_a_gradient_whose_square_overflows_is_lost():
    path = descend(SGD(0.1), lambda p: 0.0, [1.0], 2, gradient=lambda p: np.full(1, 1e200))
    assert np.isnan(path.positions).all()


def test_what_is_lost_stays_lost():
    """Where momentum carries a point over a pole, what lies behind is not a descent any more."""
    path = descend(
        SGD(0.1, momentum=1.0),
        lambda p: p[0],
        [1.0],
        30,
        gradient=lambda p: np.where(np.abs(p) < 0.3, np.inf, 1.0),
    )
    assert np.isnan(path.values).argmax() == 4  # 1.0, 0.9, 0.7, 0.4, 0.0
    assert np.isnan(path.values[4:]).all()


@pytest.mark.parametrize("start", [[1.0], [1.0, 2.0, 3.0], 1.0, [[1.0, 2.0]]])
def test_start_of_a_landscape_is_x_and_y(start):
    with pytest.raises(ValueError, match=r"^start has shape \(.*\); expected \(2, \.\.\.\): x and y along"):
        descend(Adam(), beale, start, 1)


def test_a_function_needs_its_gradient():
    with pytest.raises(TypeError, match=r"gradient=\.\.\.$"):
        descend(Adam(), lambda p: p.sum(), [1.0], 1)


def test_progress_shows_a_bar(capsys):
    descend(Adam(), bowl(), START, 3, progress=True)
    assert "4/4" in capsys.readouterr().err
    descend(Adam(), bowl(), START, 3)
    assert capsys.readouterr().err == ""


SETTINGS = [{"learning_rate": 10.0**-k, "steps": k} for k in range(6)]


def end(learning_rate, steps):
    return descend(Adam(learning_rate), beale, START, steps).positions[-1]


@pytest.mark.parametrize("progress", [False, True])
def test_sweep_keeps_the_order_of_the_settings(progress):
    expected = [end(**setting) for setting in SETTINGS]
    assert_array_equal(sweep(end, iter(SETTINGS), progress=progress), expected)
    with ThreadPoolExecutor(3) as executor:
        assert_array_equal(sweep(end, iter(SETTINGS), executor=executor, progress=progress), expected)


def test_sweep_passes_errors_on():
    with ThreadPoolExecutor(1) as executor, pytest.raises(ValueError, match="learning_rate is -1"):
        sweep(end, [{"learning_rate": -1.0, "steps": 1}], executor=executor)


def test_path_is_a_record():
    path = descend(Adam(), bowl(), START, 1)
    assert isinstance(path, Path)
    with pytest.raises(AttributeError):
        path.values = 0


def end_and_process(learning_rate):
    """Where a descent ends, and the process that it ran in."""
    end = descend(Adam(learning_rate), rosenbrock, START, 20).positions[-1]
    return tuple(end.tolist()), os.getpid()


def test_sweep_goes_to_a_dask_cluster():
    cluster = LocalCluster(n_workers=2, threads_per_worker=1, dashboard_address=None)
    with cluster, Client(cluster) as client:
        settings = [{"learning_rate": rate} for rate in (0.1, 0.2, 0.3)]
        results = sweep(end_and_process, settings, executor=client.get_executor())
    ends, processes = zip(*results, strict=True)
    assert list(ends) == [end_and_process(**setting)[0] for setting in settings]
    assert os.getpid() not in processes
