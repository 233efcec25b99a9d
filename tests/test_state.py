"""Stopping and going on, copying, schedules, and what an optimizer says of itself."""

import copy
import io
import pickle

import numpy as np
import pytest
from numpy.testing import assert_array_equal, assert_equal

from adamlearn import SGD, Adam, AdamW, AMSGrad, Optimizer, rules
from adamlearn.engines.arrays import TILE

STEPS = 8  # RAdam's rate is adaptive from the sixth on
GRADIENTS = np.random.default_rng(0).normal(size=(STEPS, 2, 3))


def as_params(array):
    return {"layers": [{"W": array}], "a/b": array[0]}


def run(optimizer, params, gradients):
    for g in gradients:
        params = optimizer.update(params, as_params(g))
    return params


def through_state_dict(optimizer):
    new = type(optimizer)()
    new.load_state_dict(optimizer.state_dict())
    return new


def through_savez(optimizer):
    file = io.BytesIO()
    np.savez(file, **optimizer.state_dict())
    file.seek(0)
    new = type(optimizer)()
    with np.load(file) as archive:
        new.load_state_dict(archive)
    return new


WAYS = {
    "state_dict": through_state_dict,
    "savez": through_savez,
    "pickle": lambda optimizer: pickle.loads(pickle.dumps(optimizer)),
    "copy": copy.copy,
    "deepcopy": copy.deepcopy,
}


@pytest.mark.parametrize("way", WAYS.values(), ids=WAYS)
def test_going_on_is_exact_to_the_bit_after_every_step(row, way):
    straight = run(row.cls(), as_params(np.ones((2, 3))), GRADIENTS)
    for t in range(STEPS):
        optimizer = row.cls()
        params = run(optimizer, as_params(np.ones((2, 3))), GRADIENTS[:t])
        resumed = way(optimizer)
        run(optimizer, params, GRADIENTS[:1])  # what becomes of the original is of no concern to the copy
        assert resumed.t == t
        assert_equal(run(resumed, params, GRADIENTS[t:]), straight)


@pytest.mark.parametrize("engine", ["numpy", "numba"])
@pytest.mark.parametrize("way", WAYS.values(), ids=WAYS)
def test_an_optimizer_and_its_copy_go_on_side_by_side(way, engine):
    """What becomes of the one is of no concern to the other, in whatever order they step."""
    straight = Adam()
    straight.engine = engine
    params = run(straight, as_params(np.ones((2, 3))), GRADIENTS)
    one = Adam()
    one.engine = engine
    here = there = run(one, as_params(np.ones((2, 3))), GRADIENTS[:3])
    other = way(one)
    if other.engine != engine:  # a new one, to which the state was loaded
        other.engine = engine
    for g in GRADIENTS[3:]:
        there = run(other, there, [g])
        here = run(one, here, [g])
    assert_equal(here, params)
    assert_equal(there, params)


@pytest.mark.parametrize("way", WAYS.values(), ids=WAYS)
def test_going_on_compiled_is_exact_to_the_bit(way):
    """A lone array too, whose optimizer has kept what it needs for the next step."""
    optimizer, params = Adam(engine="numba"), np.ones(3)
    for g in GRADIENTS[:4, 0]:
        params = optimizer.update(params, g)
    resumed = way(optimizer) if way not in (through_state_dict, through_savez) else Adam(engine="numba")
    if resumed.t == 0:
        resumed.load_state_dict(optimizer.state_dict())
    before = params.copy()
    for g in GRADIENTS[4:, 0]:
        params = optimizer.update(params, g)
    for g in GRADIENTS[4:, 0]:
        before = resumed.update(before, g)
    assert_array_equal(before, params)


def test_a_copy_after_updates_of_nothing():
    optimizer = Adam()
    optimizer.update({}, {})
    assert copy.copy(optimizer).t == 1


def test_state_dict_names_slots_and_places(row):
    optimizer = row.cls()
    assert optimizer.state_dict() == {"t": 0}
    run(optimizer, as_params(np.ones((2, 3))), GRADIENTS)
    state_dict = optimizer.state_dict()
    places = {"['layers'][0]['W']": (2, 3), "['a/b']": (3,)}
    shapes = {slot + place: shape for slot in optimizer.slots for place, shape in places.items()}
    assert {key: np.shape(value) for key, value in state_dict.items()} == {"t": (), "rule": (), **shapes}
    assert type(state_dict["t"]) is int and state_dict["t"] == STEPS
    assert state_dict["rule"] == optimizer.rule.__name__


def test_state_dict_is_a_copy_in_both_directions(row):
    optimizer = row.cls()
    params = run(optimizer, as_params(np.ones((2, 3))), GRADIENTS)
    state_dict = optimizer.state_dict()
    before = copy.deepcopy(state_dict)
    other = row.cls()
    other.load_state_dict(state_dict)
    run(other, run(optimizer, params, GRADIENTS), GRADIENTS)
    assert_equal(state_dict, before)


def test_loading_t_0_starts_afresh():
    optimizer = Adam()
    fresh = optimizer.state_dict()
    run(optimizer, as_params(np.ones((2, 3))), GRADIENTS)
    optimizer.load_state_dict(fresh)
    assert optimizer.t == 0
    optimizer.update(np.ones(7), np.ones(7))  # other parameters than before


def test_clone_has_the_settings_and_no_memory():
    optimizer = AdamW(0.5, beta1=0.8)
    run(optimizer, as_params(np.ones((2, 3))), GRADIENTS)
    clone = optimizer.clone()
    assert (clone.state_dict(), repr(clone)) == ({"t": 0}, repr(optimizer))
    assert optimizer.t == STEPS


def test_a_schedule_is_the_attribute_set_by_hand(row):
    values = {
        name: np.random.default_rng(1).uniform(0, default or 0.1, STEPS)
        for name, default in row.defaults.items()
    }
    scheduled = row.cls(**{name: lambda t, each=each: each[t - 1] for name, each in values.items()})
    by_hand, params, by_hand_params = row.cls(), np.ones(3), np.ones(3)
    for i, g in enumerate(GRADIENTS[:, 0]):
        for name, each in values.items():
            setattr(by_hand, name, each[i])
        params, by_hand_params = scheduled.update(params, g), by_hand.update(by_hand_params, g)
        assert_array_equal(params, by_hand_params)


def test_a_schedule_is_given_1_2_3():
    asked = []
    optimizer = SGD(lambda t: asked.append(t) or 0.1)
    run(optimizer, as_params(np.ones((2, 3))), GRADIENTS[:3])
    assert asked == [1, 2, 3]
    assert all(type(t) is int for t in asked)


@pytest.mark.parametrize("value", [np.float64(0.5), np.float32(0.5), np.array(0.5), np.int64(1), 1])
def test_a_rule_is_given_python_numbers(value):
    """NumPy's would make float64 of float32 arrays."""

    def rule(p, g, t, learning_rate):
        given.append((type(t), type(learning_rate)))
        return (p - learning_rate * g,)

    given = []
    for learning_rate in (value, lambda t: value):
        Optimizer(rule, learning_rate=learning_rate).update(np.ones(3), np.ones(3))
    assert given == [(int, float)] * 2


def test_hyperparameters_may_be_given_by_position(row):
    values = [value / 2 for value in row.defaults.values()]
    assert repr(row.cls(*values)) == repr(row.cls(**dict(zip(row.defaults, values, strict=True))))
    assert repr(row.cls(*values)) != repr(row.cls())


def test_repr_can_be_read_back(row):
    hyperparameters = {name: value / 3 for name, value in row.defaults.items()}
    read = eval(repr(row.cls(**hyperparameters)), {row.name: row.cls})
    assert {name: getattr(read, name) for name in row.defaults} == hyperparameters


def test_repr_names_a_schedule():
    def warm_up(t):
        return t / 100

    assert repr(SGD(warm_up)) == "SGD(learning_rate=warm_up, momentum=0.0)"


def test_a_readers_own_rule_is_an_optimizer():
    def average_and_step(p, g, average, t, learning_rate=0.1):
        average = average + (g - average) / t
        return p - learning_rate * average, average

    optimizer = Optimizer(average_and_step, learning_rate=1.0)
    params = run(optimizer, as_params(np.zeros((2, 3))), GRADIENTS[:2])
    np.testing.assert_allclose(params["a/b"], -(1.5 * GRADIENTS[0] + 0.5 * GRADIENTS[1])[0], rtol=1e-15)
    assert repr(optimizer) == "Optimizer(average_and_step, learning_rate=1.0)"


def test_a_rule_needs_no_memory():
    optimizer = Optimizer(lambda p, g, t: (p - g / t,))
    assert optimizer.update(np.ones(1), np.ones(1)).tolist() == [0.0]
    assert optimizer.update(np.ones(1), np.ones(1)).tolist() == [0.5]
    resumed = Optimizer(optimizer.rule)
    resumed.load_state_dict(optimizer.state_dict())
    assert resumed.t == 2


@pytest.mark.parametrize("size", [3, 3 * TILE])
def test_a_rule_may_hand_its_slots_on(size):
    """As they come: what a slot held, not what was just written there."""

    def delayed(p, g, last, before, t):
        return p - before, g, last

    optimizer, p = Optimizer(delayed), np.zeros(size)
    reached = []
    for g in (1.0, 2.0, 4.0, 8.0):
        optimizer.update(p, np.full(size, g), out=p)
        reached.append(p[-1])
    assert reached == [0, 0, -1, -3]


def test_named_class_and_bare_rule_are_the_same():
    named, bare = AMSGrad(0.1), Optimizer(rules.amsgrad, learning_rate=0.1)
    assert named.slots == bare.slots == ("m", "v", "v_max")
    params = as_params(np.ones((2, 3)))
    assert_equal(run(named, params, GRADIENTS), run(bare, params, GRADIENTS))
