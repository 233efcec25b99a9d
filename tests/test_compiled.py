"""The Numba engine: the same steps as NumPy's, and compiled descents the same as stepwise ones."""

import subprocess
import sys

import numpy as np
import pytest
from numpy.testing import assert_allclose

pytest.importorskip("numba")

from adamlearn import ADOPT, SGD, Adam, AdEMAMix, AMSGrad, Optimizer, RAdam, rules
from adamlearn.descent import descend, endpoints
from adamlearn.engines.numba.loops import generated
from adamlearn.engines.numba.threads import LOOKED_AT, SHARE
from adamlearn.landscapes import LANDSCAPES, mixture, rosenbrock


def steps(optimizer, params, gradients):
    for g in gradients:
        params = optimizer.update(params, g)
    return params


@pytest.mark.parametrize("dtype", ["f2", "f4", "f8"])
def test_steps_are_numpys(row, dtype):
    rng = np.random.default_rng(0)
    start = rng.standard_normal((7, 5)).astype(dtype)
    gradients = rng.standard_normal((20, 7, 5)).astype(dtype)
    there = steps(row.make(**row.settings), start, gradients)
    compiled_too = row.cls(**row.make(**row.settings)._settings.hyperparameters, engine="numba")
    here = steps(compiled_too, start, gradients)
    assert here.dtype == there.dtype
    assert_same_to_rounding(here, there)


def assert_same_to_rounding(here, there):
    """To a few last digits of numbers of the size of 1; compiled, a quotient may be off by one of them."""
    assert_allclose(
        here, there, rtol=0, atol=4 * np.finfo(there.dtype).eps * max(1, np.abs(there).max(initial=0))
    )


@pytest.mark.parametrize(
    "layout",
    [
        lambda a: np.asfortranarray(a),
        lambda a: a.T,
        lambda a: a[::2, ::-1],
        lambda a: a[0, 0].reshape(()),
        lambda a: a[:0],
    ],
    ids=["fortran", "transposed", "strided", "0-d", "empty"],
)
def test_any_layout(layout):
    start = layout(np.random.default_rng(0).standard_normal((6, 4)))
    g = np.random.default_rng(1).standard_normal(start.shape)
    here, there = (steps(Adam(engine=engine), start, [g, g]) for engine in ("numba", "numpy"))
    assert here.shape == start.shape
    assert_same_to_rounding(here, there)


def test_nested_and_in_place():
    params = {"W": [np.ones((3, 2)), np.array(2.0)], "b": np.zeros(3, np.float32)}
    grads = {"W": [np.full((3, 2), 0.5), np.array(-1.0)], "b": np.ones(3)}
    expected = Adam().update(params, grads)
    assert Adam(engine="numba").update(params, grads, out=params) is params
    assert_same_to_rounding(params["W"][0], expected["W"][0])
    assert_same_to_rounding(params["W"][1], expected["W"][1])
    assert_same_to_rounding(params["b"], expected["b"])


@pytest.mark.parametrize("in_place", [False, True])
def test_threads_leave_no_element_out(in_place):
    start = np.random.default_rng(0).standard_normal(3 * SHARE // 8 + 7)
    g = np.random.default_rng(1).standard_normal(start.size)
    expected = AMSGrad().update(start, g)
    out = start.copy() if in_place else np.empty_like(start)
    assert_same_to_rounding(AMSGrad(engine="numba").update(out if in_place else start, g, out=out), expected)


@pytest.mark.parametrize("at", [0, -1])
def test_threads_look_at_every_gradient(at):
    params, g = np.zeros(2 * LOOKED_AT // 8), np.ones(2 * LOOKED_AT // 8)
    g[at] = np.inf
    with pytest.raises(ValueError, match="expected finite numbers"):
        Adam(engine="numba").update(params, g, out=params)
    assert not params.any()


def clipped(g, limit):
    return np.maximum(np.minimum(g, limit), -limit)


def own_rule(p, g, m, t, learning_rate=0.1, limit=0.5, power=2):
    """A rule with all that a rule may have: a helper, branches, numbers and elements of one name."""
    scale = 1.0
    if t > 2:
        scale = 1 / (t - 2)
        g = g * scale
    else:
        g = g / 2
    m += clipped(g, limit)
    step = m**2 * scale if power > 1 else m
    scale = np.abs(m)
    return p - learning_rate * step * np.sign(m) / (1 + scale), m


@pytest.mark.parametrize("power", [1, 2])
def test_a_readers_own_rule(power):
    gradients = np.random.default_rng(0).standard_normal((6, 9))
    here, there = (
        steps(Optimizer(own_rule, engine=engine, power=power), np.ones(9), gradients)
        for engine in ("numba", "numpy")
    )
    assert_allclose(here, there, rtol=1e-15)


def test_a_number_is_computed_in_double_precision_for_float32():
    """1 - 0.999 in single precision is wrong in the fifth digit; the first step would show it."""
    p = Adam(engine="numba", epsilon=0.0).update(np.zeros(4, np.float32), np.full(4, 3.0, np.float32))
    assert_allclose(p, -1e-3, rtol=2 * np.finfo(np.float32).eps)


def looping(p, g, t, learning_rate=0.1):
    for _ in range(2):
        p = p - learning_rate * g
    return (p,)


def choosing(p, g, t, learning_rate=0.1):
    return (p - learning_rate * g if g > 0 else p,)


def unknown(p, g, t, learning_rate=0.1):
    return (p - learning_rate * np.fft.fft(g),)


@pytest.mark.parametrize(
    ("rule", "message"),
    [
        (looping, r"looping: `for _ in range\(2\):` cannot be compiled"),
        (choosing, r"choosing: `g > 0.0` cannot be compiled: an `if` must be on numbers"),
        (unknown, r"unknown: `np.fft.fft\(g\)` cannot be compiled"),
    ],
)
def test_a_rule_that_cannot_be_compiled_is_named(rule, message):
    optimizer = Optimizer(rule, engine="numba")
    with pytest.raises(TypeError, match=message):
        optimizer.update(np.ones(2), np.ones(2))
    assert optimizer.t == 0


def test_longdouble_is_refused():
    with pytest.raises(TypeError, match="engine='numba' has no"):
        Adam(engine="numba").update(np.ones(2, np.longdouble), np.ones(2))


def test_without_numba_the_engine_says_what_to_install():
    code = "import sys; sys.modules['numba'] = None; import adamlearn; adamlearn.Adam(engine='numba')"
    run = subprocess.run([sys.executable, "-c", code], capture_output=True, encoding="utf-8", check=False)
    assert "ModuleNotFoundError: engine='numba' needs Numba: pip install 'adamlearn[fast]'" in run.stderr


def test_compiled_loops_are_kept_for_the_next_process(tmp_path):
    """Of every rule: what each is made of differs, and so does what is left of it in the other file."""
    code = (
        "import numpy as np, adamlearn\n"
        "for name in ('SGD', 'Adam', 'RAdam', 'AdaBelief', 'ADOPT', 'AdEMAMix'):\n"
        "    optimizer = getattr(adamlearn, name)(engine='numba')\n"
        "    print(optimizer.update(np.ones(2), np.ones(2)).tolist())\n"
        "    loops, _ = optimizer._engine.loops()\n"
        "    print('kept', sum(loops.into.stats.cache_hits.values()))\n"
    )
    environment = {"XDG_CACHE_HOME": str(tmp_path), "PATH": ""}
    command = [sys.executable, "-c", code]
    run = [
        subprocess.run(command, capture_output=True, encoding="utf-8", check=True, env=environment).stdout
        for _ in range(2)
    ]
    assert run[0].count("kept 0") == run[1].count("kept 1") == 6
    assert run[0].replace("kept 0", "kept 1") == run[1]


OWN = """
import numpy as np
from adamlearn import Optimizer

LIMIT = {limit}

def clipped(g):
    return np.minimum(g, LIMIT) * {factor}

def rule(p, g, t, learning_rate=1.0):
    return (p - learning_rate * clipped(g),)

print(Optimizer(rule, engine="numba").update(np.zeros(1), np.ones(1))[0])
"""


def test_no_loop_is_kept_beyond_what_it_was_made_of(tmp_path):
    """Neither a constant nor the text of a helper stands in the rule itself."""
    file, environment = tmp_path / "own.py", {"XDG_CACHE_HOME": str(tmp_path / "cache"), "PATH": ""}
    for limit, factor in [(0.5, 1), (0.25, 1), (0.25, 2)]:
        file.write_text(OWN.format(limit=limit, factor=factor), encoding="utf-8")
        command = [sys.executable, str(file)]
        run = subprocess.run(command, capture_output=True, encoding="utf-8", check=True, env=environment)
        assert float(run.stdout) == -limit * factor


def test_a_helper_without_a_source_is_refused_and_runs_uncompiled():
    namespace = {}
    exec("def half(x): return x / 2", namespace)
    half = namespace["half"]

    def rule(p, g, t, learning_rate=1.0):
        return (p - learning_rate * half(g),)

    assert Optimizer(rule).update(np.zeros(2), np.ones(2)).tolist() == [-0.5, -0.5]
    with pytest.raises(TypeError, match="rule cannot be compiled: half has no source"):
        Optimizer(rule, engine="numba").update(np.zeros(2), np.ones(2))


def test_the_generated_text_has_the_rules_lines():
    text = generated(rules.adam)
    assert "_5 = reciprocal(1.0 - finite(beta2 ** t))" in text.split("def element")[0]
    assert "v_hat = v * _5" in text
    assert "return (p - _6 * m_hat / (np.sqrt(v_hat) + _7), m, v)" in text


@pytest.mark.parametrize("landscape", LANDSCAPES.values(), ids=LANDSCAPES.keys())
def test_compiled_descents_of_every_landscape_end_where_stepwise_ones_do(landscape):
    assert_same_ends(Adam(learning_rate=0.01), landscape)


def test_compiled_descents_of_every_optimizer_end_where_stepwise_ones_do(row):
    assert_same_ends(row.make(**row.settings), mixture)


def assert_same_ends(optimizer, landscape):
    start = np.random.default_rng(0).uniform(-2, 2, (2, 3, 2))
    expected = descend(optimizer, landscape, start, 100).positions[-1]
    assert_allclose(endpoints(optimizer, landscape, start, 100), expected, rtol=1e-10, atol=1e-13)


def test_endpoints_take_arrays_of_hyperparameters():
    rates, betas = np.array([0.001, 0.01, 0.1]), np.array([[0.5], [0.9]])
    ends = endpoints(RAdam(), rosenbrock, (-1.0, 0.5), 50, learning_rate=rates * 1e-3, beta1=betas)
    assert ends.shape == (2, 2, 3)
    for i, j in np.ndindex(2, 3):
        one = RAdam(rates[j] * 1e-3, betas[i, 0])
        assert_allclose(ends[:, i, j], descend(one, rosenbrock, (-1.0, 0.5), 50).positions[-1], rtol=1e-9)


def test_endpoints_project_and_know_the_step():
    def slope(x, t):
        return (2.0 if t % 2 == 1 else -1.0,)

    ends = endpoints(SGD(learning_rate=0.6), slope, [[0.0]], 3, bounds=(-1, 1))
    assert_allclose(ends, [[-1.0]])  # -1.2 is brought to -1, then -0.4, then -1.6
    assert_allclose(endpoints(SGD(learning_rate=0.6), slope, [[0.0]], 2, bounds=(-1, 1)), [[-0.4]])


def test_endpoints_do_not_hide_a_divergence():
    assert not np.isfinite(endpoints(SGD(learning_rate=1.0), rosenbrock, (-1.5, 2.0), 50)).all()


@pytest.mark.parametrize(
    ("hyperparameters", "error", "message"),
    [
        ({"learning_rat": 1.0}, TypeError, "learning_rat"),
        ({"beta1": [0.5, 1.0]}, ValueError, "beta1 is 1.0"),
        ({"learning_rate": [np.nan, 1.0]}, ValueError, "learning_rate is nan"),
    ],
)
def test_endpoints_refuse(hyperparameters, error, message):
    with pytest.raises(error, match=message):
        endpoints(Adam(), mixture, (0.0, 0.0), 5, **hyperparameters)


def test_endpoints_follow_a_schedule():
    optimizer = Adam(learning_rate=lambda t: 0.1 / t**0.5, beta1=lambda t: 0.9 if t < 20 else 0.5)
    expected = descend(optimizer, rosenbrock, (-1.0, 0.5), 50).positions[-1]
    assert_allclose(endpoints(optimizer, rosenbrock, (-1.0, 0.5), 50), expected, rtol=1e-10)
    with pytest.raises(ValueError, match="learning_rate is -1"):
        endpoints(Adam(learning_rate=lambda t: 5 - t), rosenbrock, (-1.0, 0.5), 50)


def test_endpoints_follow_schedules_of_alpha_and_beta3():
    optimizer = AdEMAMix(0.01, alpha=lambda t: min(5.0, t / 10), beta3=lambda t: 1 - 1 / (t + 10))
    expected = descend(optimizer, rosenbrock, (-1.0, 0.5), 50).positions[-1]
    assert_allclose(endpoints(optimizer, rosenbrock, (-1.0, 0.5), 50), expected, rtol=1e-10)


def test_adopts_first_step_moves_nothing_in_a_compiled_descent_either():
    ends = endpoints(ADOPT(0.1), rosenbrock, (-1.0, 0.5), [1, 2])
    assert ends[0].tolist() == [-1.0, 0.5]
    assert_allclose(np.abs(ends[1] - ends[0]), 0.1 * 0.1, rtol=1e-9)  # clipped at 1, of which a tenth counts


def test_endpoints_at_several_steps():
    start = np.random.default_rng(0).uniform(-2, 2, (2, 700))
    path = descend(Adam(0.01), rosenbrock, start, 30).positions
    assert_allclose(endpoints(Adam(0.01), rosenbrock, start, [0, 1, 1, 30]), path[[0, 1, 1, 30]], rtol=1e-10)


@pytest.mark.parametrize("steps", [2.5, -1, [3, 2], [[1]], [], "many"])
def test_endpoints_refuse_steps(steps):
    with pytest.raises(ValueError, match="expected a whole number, or several that increase"):
        endpoints(Adam(), mixture, (0.0, 0.0), steps)
