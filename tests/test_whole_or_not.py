"""An update happens whole or not at all, whatever raises and whenever."""

import copy
import pickle
import signal
import sys
import threading
import warnings
from functools import partial

import numpy as np
import pytest
from numpy.testing import assert_equal

import adamlearn
from adamlearn import SGD, Adam, Optimizer
from adamlearn.engines.arrays import TILE

PACKAGE = adamlearn.__path__[0]


def parameters(dtype=float):
    rng = np.random.default_rng(0)
    return {"a": rng.normal(size=3).astype(dtype), "b": [rng.normal(size=(4, 2)), np.array(2.0)]}


def gradients():
    return {"a": np.ones(3), "b": [np.full((4, 2), 2.0), np.array(-1.0)]}


def remembered(optimizer):
    return optimizer.state_dict()


@pytest.mark.parametrize("engine", ["numpy", "numba"])
@pytest.mark.parametrize("in_place", [False, True])
@pytest.mark.parametrize("lone", [False, True])
@pytest.mark.parametrize("size", [3, 2 * TILE + 5])
def test_an_interrupt_at_any_line(engine, in_place, lone, size):
    """At every line that a step executes, an interrupt: all is then as before the step, or as after it."""
    optimizer = Adam(0.1, engine=engine)
    params = np.linspace(-1, 1, size) if lone else {"a": np.linspace(-1, 1, size), "b": [np.ones(2)]}
    grads = copy.deepcopy(params)
    for _ in range(3):  # compiled, and on its shortest way
        params = optimizer.update(params, grads, out=params if in_place else None)
    before = copy.deepcopy((params, optimizer))
    expected = copy.deepcopy(before)
    moved = expected[1].update(expected[0], grads)
    ends = set()
    for line in range(1, 5000):
        params, optimizer = copy.deepcopy(before)
        optimizer.update(copy.deepcopy(params), grads)  # what a copy has to find again, found
        optimizer.load_state_dict(before[1].state_dict())
        out = params if in_place else None
        raised = interrupted(partial(optimizer.update, params, grads, out=out), line)
        whole = optimizer.t == expected[1].t
        ends.add(whole)
        assert_equal(remembered(optimizer), remembered(expected[1] if whole else before[1]))
        if in_place:
            assert_equal(params, moved if whole else before[0])
        if not raised:
            assert whole
            break
    else:
        pytest.fail("the step has too many lines")
    assert ends == {False, True}


def interrupted(call, at):
    """Call, and raise an interrupt at that line of those that the package executes; whether it came."""
    count = 0

    def tracer(frame, event, arg):
        nonlocal count
        if not frame.f_code.co_filename.startswith(PACKAGE):
            return None
        count += event == "line"
        if event == "line" and count == at:
            raise KeyboardInterrupt
        return tracer

    before = sys.gettrace()
    sys.settrace(tracer)
    try:
        call()
        return False
    except KeyboardInterrupt:
        return True
    finally:
        sys.settrace(before)


class AlarmError(Exception):
    """What a signal's handler raises."""


@pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")  # it may come into a collector
@pytest.mark.skipif(not hasattr(signal, "setitimer"), reason="there are no timers here")
@pytest.mark.parametrize("engine", ["numpy", "numba"])
@pytest.mark.parametrize("shapes", [[(64, 64), (64,)] * 20, [(600_000,), (50_000,)]], ids=["many", "large"])
def test_a_signal_at_any_moment(engine, shapes):
    """A handler that raises, in the midst of steps in place: every element has taken the same steps."""

    def handler(number, frame):
        raise AlarmError

    optimizer, params = SGD(1.0, momentum=0.5, engine=engine), [np.zeros(shape) for shape in shapes]
    grads = [np.ones(shape) for shape in shapes]
    optimizer.update(params, grads, out=params)
    reached, velocity, p = {0: (0.0, 0.0)}, 0.0, 0.0
    for t in range(1, 2000):
        velocity = 0.5 * velocity + 1
        p -= velocity
        reached[t] = p, velocity
    rng, before = np.random.default_rng(0), signal.signal(signal.SIGALRM, handler)
    try:
        for _ in range(60):
            try:
                signal.setitimer(signal.ITIMER_REAL, rng.uniform(1e-5, 2e-3))
                for _ in range(15):
                    optimizer.update(params, grads, out=params)
                signal.setitimer(signal.ITIMER_REAL, 0)
            except AlarmError:
                pass
            p, velocity = reached[optimizer.t]
            state = optimizer.state_dict()
            for i, array in enumerate(params):
                assert (array == p).all()
                assert (state[f"velocity[{i}]"] == velocity).all()
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, before)


@pytest.mark.parametrize("engine", ["numpy", "numba"])
@pytest.mark.parametrize("where", [None, "params"])
def test_an_array_that_is_refused_after_others(engine, where):
    """In words, before anything has changed: what the second array has is found before the first is moved."""
    params = parameters()
    optimizer = Adam(0.1, engine=engine)
    optimizer.update(params, gradients())
    before = copy.deepcopy((params, remembered(optimizer)))
    for bad in (np.full((4, 2), np.nan), np.ones((2, 4)), np.ones((4, 2), complex), "text"):
        grads = gradients() | {"b": [bad, np.array(1.0)]}
        with pytest.raises((TypeError, ValueError), match=r"^grads\['b'\]\[0\]"):
            optimizer.update(params, grads, out=params if where else None)
        assert_equal((params, remembered(optimizer)), before)


@pytest.mark.parametrize("size", [3, 3 * TILE])
@pytest.mark.parametrize("how", ["errstate", "warnings"])
def test_an_overflow_that_raises(how, size):
    params = {"a": np.ones(size), "b": np.ones(size)}
    optimizer = Adam(0.1)
    optimizer.update(params, params)
    before = copy.deepcopy((params, remembered(optimizer)))
    grads = {"a": np.ones(size), "b": np.full(size, 1e200)}
    with warnings.catch_warnings(), np.errstate(over="raise" if how == "errstate" else "warn"):
        warnings.simplefilter("error")
        with pytest.raises((FloatingPointError, RuntimeWarning)):
            optimizer.update(params, grads, out=params)
    assert_equal((params, remembered(optimizer)), before)


@pytest.mark.parametrize("engine", ["numpy", "numba"])
def test_a_result_that_the_parameters_precision_cannot_hold(engine):
    """The step is taken in float32; to write it to float16 overflows."""
    params = {"a": np.ones(2), "b": np.full(2, 6e4, np.float16)}
    optimizer = SGD(1e4, engine=engine)
    before = copy.deepcopy((params, remembered(optimizer)))
    with np.errstate(over="raise"), pytest.raises(FloatingPointError):
        optimizer.update(params, {"a": np.ones(2), "b": np.full(2, -1e3)}, out=params)
    assert_equal((params, remembered(optimizer)), before)


@pytest.mark.parametrize("size", [3, 3 * TILE])
def test_a_rule_is_called_once_for_each_tile(size):
    """Also when it fails: what it has counted it counts once."""
    calls = []

    def rule(p, g, m, t, learning_rate=0.1):
        calls.append(t)
        if t == 3:
            raise RuntimeError("third")
        return p - learning_rate * g, m

    optimizer, p = Optimizer(rule), np.ones(size)
    for _ in range(2):
        optimizer.update(p, p)
    with pytest.raises(RuntimeError, match="third"):
        optimizer.update(p, p)
    tiles = -(-size // TILE)
    assert calls == [1] * tiles + [2] * tiles + [3]
    assert optimizer.t == 2


def test_slots_of_another_dtype_or_shape_are_refused():
    optimizer = Adam()
    for v in (np.zeros(4), np.zeros(3, "f4")):
        with pytest.raises(ValueError, match=r"^state_dict\['v'\] is"):
            optimizer.load_state_dict({"t": 1, "m": np.zeros(4, "f4"), "v": v})
    optimizer.load_state_dict({"t": 1, "m": np.zeros(4, "f4"), "v": np.zeros(4, "f4")})
    with pytest.raises(ValueError, match=r"^params is float64 of shape"):
        optimizer.update(np.ones(4), np.ones(4))
    assert optimizer.t == 1


@pytest.mark.parametrize("engine", ["numpy", "numba"])
def test_a_state_that_arrives_read_only(engine):
    optimizer, p, buffers = Adam(0.1, engine=engine), np.ones(5), []
    optimizer.update(p, p.copy(), out=p)
    data = pickle.dumps(optimizer, protocol=5, buffer_callback=buffers.append)
    arrived = pickle.loads(data, buffers=[bytes(buffer.raw()) for buffer in buffers])
    here, there = (o.update(p, np.ones(5)) for o in (optimizer, arrived))
    assert_equal(there, here)
    assert arrived.t == 2


@pytest.mark.parametrize("engine", ["numpy", "numba"])
def test_optimizers_in_threads_do_not_disturb_each_other(engine):
    """Each its own, of one rule that is compiled for the first time by all of them at once."""

    def fresh_rule(p, g, m, t, learning_rate=0.1):
        m = 0.75 * m + g
        return p - learning_rate * m, m

    def work(i):
        optimizer, p = Optimizer(fresh_rule, engine=engine), np.full(1000, float(i))
        for _ in range(50):
            p = optimizer.update(p, np.full(1000, float(i)))
        found[i] = p

    found = {}
    threads = [threading.Thread(target=work, args=(i,)) for i in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    work(6)
    for i in range(6):
        np.testing.assert_allclose(found[i] * 6, found[6] * i, rtol=1e-12)
