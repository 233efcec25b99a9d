"""Descents: the path is what a loop by hand gives, alone or in a batch, and a divergence is a NaN."""

import multiprocessing
import os
import pickle
import threading
from concurrent.futures import ProcessPoolExecutor, ThreadPoolExecutor
from contextlib import nullcontext

import numpy as np
import pytest
from distributed import Client, LocalCluster
from numpy.testing import assert_array_equal

from adamlearn import SGD, Adam, sweeps
from adamlearn.descent import Run, SweepError, descend, sweep
from adamlearn.landscapes import Landscape, beale, bowl, rosenbrock

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


@pytest.mark.parametrize("shape", [(1,), (3,), (2, 1), ()])
def test_a_gradient_of_another_shape_is_refused(shape):
    with pytest.raises(ValueError, match=r"^gradient has shape \(.*\); expected \(2,\), as start$"):
        descend(SGD(), np.sum, START, 0, gradient=lambda p: np.ones(shape))


def test_a_landscapes_gradient_has_two_parts():
    three = Landscape("three", lambda x, y: x, lambda x, y: (x, y, x), (), (-1, 1, -1, 1), (0, 0))
    with pytest.raises(ValueError, match=r"^gradient has shape \(3,\); expected \(2,\), as start$"):
        descend(SGD(), three, START, 0)


def test_constants_of_a_landscape_are_those_of_every_start_of_a_batch():
    slope = Landscape("slope", lambda x, y: 0.5, lambda x, y: (1.0, y), (), (-1, 1, -1, 1), (0, 0))
    run = descend(SGD(0.5), slope, np.ones((2, 3)), 1)
    assert_array_equal(run.positions[1], [[0.5] * 3, [0.5] * 3])
    assert_array_equal(run.values, np.full((2, 3), 0.5))


NUMBERS = {
    "complex value": ((lambda p: 1j, np.ones_like), TypeError, "function returned complex128; expected real"),
    "no value": ((lambda p: None, np.ones_like), TypeError, "function returned None; expected real"),
    "many values": (
        (np.copy, np.ones_like),
        ValueError,
        r"function returned shape \(2,\); expected one number",
    ),
    "complex gradient": (
        (np.sum, lambda p: p * 1j),
        TypeError,
        "gradient returned complex128; expected real",
    ),
    "no gradient": ((np.sum, lambda p: None), TypeError, "gradient returned None; expected real"),
    "masked gradient": (
        (np.sum, lambda p: np.ma.array(p, mask=[0, 1])),
        TypeError,
        "gradient returned a masked array; expected a plain one",
    ),
}


@pytest.mark.parametrize("name", NUMBERS)
def test_what_is_no_real_number_is_refused_in_words(name):
    (function, gradient), error, message = NUMBERS[name]
    with pytest.raises(error, match=f"^{message}"):
        descend(SGD(), function, START, 1, gradient=gradient)


def test_a_landscapes_values_are_one_for_each_start():
    flat = Landscape("flat", lambda x, y: np.ones(2), lambda x, y: (x, y), (), (-1, 1, -1, 1), (0, 0))
    with pytest.raises(ValueError, match=r"^function returned shape \(2,\); expected \(3,\)$"):
        descend(SGD(), flat, np.ones((2, 3)), 1)


def test_the_start_is_real():
    with pytest.raises(TypeError, match=r"^start is complex128; expected real numbers$"):
        descend(SGD(), beale, [1j, 0], 1)
    assert_array_equal(descend(SGD(0.5), bowl(1.0), [4, 2], 1).positions, [[4, 2], [2, 1]])


def test_a_value_in_an_array_of_one_is_a_number():
    assert descend(SGD(0.25), lambda p: p**2, [1.0], 1, gradient=lambda p: 2 * p).values.tolist() == [1, 0.25]


@pytest.mark.parametrize(
    "steps, error", [(2.0, TypeError), ("2", TypeError), (-1, ValueError), (None, TypeError)]
)
def test_steps_are_counted(steps, error):
    with pytest.raises(error, match=rf"^steps is {steps!r}; expected a whole number, 0 or more$"):
        descend(Adam(), beale, START, steps)
    assert len(descend(Adam(), beale, START, np.int64(2)).values) == 3


def spoiling(function):
    """The same function, which leaves nothing of its arguments."""

    def spoils(*arrays):
        value = np.array(function(*arrays))
        for array in arrays:
            if isinstance(array, np.ndarray):
                array[...] = np.nan
        return value

    return spoils


def keeping(function, seen):
    """The same function, which keeps its argument."""

    def keeps(x):
        seen.append((x, x.copy()))
        return function(x)

    return keeps


def reusing(function):
    """The same function, which writes what it returns to the same buffer every time."""
    buffer = []

    def reuses(x):
        value = np.asarray(function(x))
        buffer[:] = buffer or [np.empty_like(value)]
        buffer[0][...] = value
        return buffer[0]

    return reuses


def half_square(p):
    return p @ p / 2


@pytest.mark.parametrize("size", [1, 7, 30_000])  # of one element, on the short way, of several tiles
def test_functions_that_write_into_what_they_are_given_or_reuse_what_they_return_harm_nothing(size):
    start, kept = np.linspace(-1.0, 1.0, size), []
    expected = descend(Adam(0.1), half_square, start, 4, gradient=np.copy)
    shared = np.empty(())

    def value(p):
        shared[...] = half_square(p)
        return shared

    def and_spoil_the_value(p):
        shared[...] = np.nan
        return p

    for function, gradient in (
        (spoiling(half_square), spoiling(np.copy)),
        (half_square, lambda p: p),
        (reusing(half_square), reusing(np.copy)),
        (keeping(half_square, kept), keeping(np.copy, kept)),
        (value, and_spoil_the_value),
    ):
        run = descend(Adam(0.1), function, start, 4, gradient=gradient)
        for name in ("positions", "values", "gradients"):
            assert_array_equal(getattr(run, name), getattr(expected, name))
    assert_array_equal(start, np.linspace(-1.0, 1.0, size))
    assert len(kept) == 10
    for array, copy in kept:
        assert_array_equal(array, copy)


@pytest.mark.parametrize("starts", [1, 7, 9000])
def test_a_landscape_that_writes_into_what_it_is_given_harms_nothing(starts):
    start = np.random.default_rng(0).uniform(-1, 1, (2, starts))
    copy = start.copy()
    spoils = Landscape("", spoiling(beale.value), spoiling(beale.gradient), (), beale.window, beale.start)
    run, expected = (descend(Adam(0.01), landscape, start, 4) for landscape in (spoils, beale))
    assert_array_equal(run.positions, expected.positions)
    assert_array_equal(run.values, expected.values)
    assert_array_equal(start, copy)


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


def root(number):
    """Of module level, so that another process finds it."""
    if number == 0:
        raise KeyError("none")
    if number < 0:
        raise ValueError("negative")
    return number**0.5


def processes():
    return ProcessPoolExecutor(2, multiprocessing.get_context("spawn"))  # no fork beside other tests' threads


EXECUTORS = {"here": lambda: None, "threads": lambda: ThreadPoolExecutor(2), "processes": processes}


@pytest.mark.parametrize("kind", EXECUTORS)
def test_sweep_runs_every_setting_and_names_those_that_failed(kind):
    executor = EXECUTORS[kind]()
    with executor or nullcontext(), pytest.raises(SweepError) as caught:
        sweep(root, [{"number": n} for n in (4, -1, 0, 9)], executor=executor)
    error = caught.value
    assert str(error) == (
        "2 of 4 settings failed; the others' results are in .results\n"
        "{'number': -1}: ValueError: negative\n"
        "{'number': 0}: KeyError: 'none'"
    )
    assert error.results[0] == 2 and error.results[3] == 3
    assert [type(result) for result in error.results[1:3]] == [ValueError, KeyError]
    assert error.__cause__ is error.results[1]
    again = pickle.loads(pickle.dumps(error))
    assert str(again) == str(error) and again.results[3] == 3


@pytest.mark.parametrize("executor", [2, "threads", ThreadPoolExecutor])
def test_an_executor_is_one(executor):
    with pytest.raises(
        TypeError, match=r"^executor is .*; expected a concurrent\.futures\.Executor, such as"
    ):
        sweep(root, [{"number": 4}], executor=executor)


@pytest.mark.parametrize("kind", ["here", "threads"])
@pytest.mark.parametrize("interrupt", [KeyboardInterrupt, SystemExit])
def test_an_interrupt_ends_a_sweep(kind, interrupt):
    called = []

    def stop(number):
        called.append(number)
        if number == 1:
            raise interrupt

    executor = ThreadPoolExecutor(1) if kind == "threads" else None
    with executor or nullcontext(), pytest.raises(interrupt):
        sweep(stop, [{"number": n} for n in range(50)], executor=executor)
    assert called == [0, 1] or kind == "threads"


def test_an_interrupt_while_waiting_cancels_what_has_not_begun(monkeypatch):
    begun, go_on = [], threading.Event()

    def wait(number):
        begun.append(number)
        go_on.wait(10)

    def interrupted(*_):
        raise KeyboardInterrupt

    monkeypatch.setattr(sweeps, "as_completed", interrupted)
    with ThreadPoolExecutor(1) as executor:
        with pytest.raises(KeyboardInterrupt):
            sweep(wait, [{"number": n} for n in range(50)], executor=executor)
        go_on.set()
    assert len(begun) < 3


def test_a_setting_may_have_any_names():
    """Those of ``submit``'s own arguments too."""
    with ThreadPoolExecutor(1) as executor:
        assert sweep(lambda **names: names, [{"fn": 1, "self": 2, "run": 3}], executor=executor) == [
            {"fn": 1, "self": 2, "run": 3}
        ]


def test_a_setting_that_is_no_dict_is_named():
    with pytest.raises(SweepError, match=r"^1 of 2 settings failed.*\n5: TypeError: .* must be a mapping"):
        sweep(root, [{"number": 4}, 5])


def test_run_is_a_record():
    run = descend(Adam(), bowl(), START, 1)
    assert isinstance(run, Run)
    with pytest.raises(AttributeError):
        run.values = 0


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
