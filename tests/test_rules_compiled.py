"""A compiled rule is what the function does when Python calls it now, or it is refused in words."""

import ast
import functools
import linecache
import math
import os
import subprocess
import sys
import types

import numpy as np
import pytest
from numpy.testing import assert_allclose

pytest.importorskip("numba")

from adamlearn import Adam, Optimizer, rules
from adamlearn.descent import endpoints
from adamlearn.engines.numba.loops import Loops

P, G = np.array([1.0, -2.0, 0.5]), np.array([0.3, -4.0, 2.5])


def both(rule, p=P, g=G, steps=3, **settings):
    """The last step of each engine."""
    ends = []
    for engine in ("numpy", "numba"):
        optimizer, q = Optimizer(rule, engine=engine, **settings), p
        for _ in range(steps):
            q = optimizer.update(q, g)
        ends.append(q)
    return ends


def assert_compiled(rule, **settings):
    here, there = both(rule, **settings)
    assert_allclose(there, here, rtol=1e-12)


def refused(rule, message, error=TypeError, engine="numba"):
    optimizer = Optimizer(rule, engine=engine)
    with pytest.raises(error, match=message):
        optimizer.update(P, G)
    assert optimizer.t == 0


# Names


def number_or_element(p, g, t, learning_rate=0.1, normalize=1.0):
    if normalize:
        size = np.abs(g)
    else:
        size = 1.0
    return (p - learning_rate * g / size,)


@pytest.mark.parametrize("normalize", [0.0, 1.0])
def test_a_name_that_is_a_number_on_one_way_and_an_element_on_the_other(normalize):
    assert_compiled(number_or_element, normalize=normalize)


def nested(p, g, t, learning_rate=0.1, power=2.0):
    scale = 1
    if t > 1:
        if power > 1:
            scale += 1
            g *= scale
        else:
            scale -= g
    step = g / scale if t != 3 else g
    return (p - learning_rate * step,)


@pytest.mark.parametrize("power", [1.0, 2.0])
def test_branches_in_branches_and_operators_in_place(power):
    assert_compiled(nested, power=power)


def sign(x):
    return np.sign(x) + 0.5


def clip(x, low=-1, high=1):
    return np.clip(x, low, high)


def where(x):
    return np.where(x > 0, x, 0.1 * x)


def absolute(p, g, t, numbers=0.1, element=0.5, real=2.0, finite=1.0):
    _0, s0, h0, out, i = sign(g), clip(g, high=real), where(p), element * g, finite
    return (p - numbers * (_0 + s0 + h0 + out) / i,)


def test_names_that_the_generated_text_and_numpy_have_too():
    assert_compiled(absolute)


# What a function is


def halved(rule):
    @functools.wraps(rule)
    def wrapper(p, g, *rest):
        return rule(p, g / 2, *rest)

    return wrapper


def registered(rule):
    return rule


@registered
def decorated_by_nothing(p, g, t, learning_rate=0.1):
    return (p - learning_rate * g,)


class Callable:
    def __call__(self, p, g, t, learning_rate=0.1):
        return (p - learning_rate * g,)


def test_a_decorator_that_returns_the_function_is_no_obstacle():
    assert_compiled(decorated_by_nothing)


@pytest.mark.parametrize(
    ("rule", "message"),
    [
        (halved(rules.sgd), "sgd cannot be compiled: sgd is wrapped"),
        (functools.partial(rules.sgd, momentum=0.5), "not a rule|is a partial"),
        (Callable(), "is a Callable; expected a function"),
        (lambda p, g, t: (p - g,), "a lambda has no text of its own"),
    ],
    ids=["wrapped", "partial", "object", "lambda"],
)
def test_what_is_not_a_function_with_a_text_of_its_own(rule, message):
    try:
        Optimizer(rule)
    except TypeError as error:
        assert "is not a rule" in str(error)
        return
    refused(rule, message)
    slots = len(Optimizer(rule).slots)
    expected = rule(P, G, *[np.zeros(3)] * slots, 1)[0]
    assert_allclose(Optimizer(rule).update(P, G), expected, rtol=1e-15)


def test_a_file_that_is_edited_after_its_import(tmp_path, monkeypatch):
    file = tmp_path / "rules_that_are_edited.py"
    file.write_text(
        "def plain(p, g, t, learning_rate=1.0):\n    return (p - learning_rate * g,)\n", encoding="utf-8"
    )
    monkeypatch.syspath_prepend(tmp_path)
    module = __import__("rules_that_are_edited")
    moved = "# a line more\n" + file.read_text("utf-8")
    file.write_text(moved, "utf-8")
    assert_compiled(module.plain)  # its text is still there, further down
    file.write_text(moved.replace("p - ", "p - 2 * "), "utf-8")
    refused(_copy(module.plain), "plain is not what its source says: its file has changed since")


def _copy(function):
    """The same function with a code object that has not been looked at."""
    code = function.__code__.replace(co_firstlineno=function.__code__.co_firstlineno + 1)
    return types.FunctionType(code, function.__globals__, function.__name__, function.__defaults__)


def test_a_rule_whose_code_is_replaced():
    """As an editor's autoreload does it."""

    def rule(p, g, t, learning_rate=0.1):
        return (p - learning_rate * g,)

    def other(p, g, t, learning_rate=0.1):
        return (p - learning_rate * 3 * g,)

    for engine in ("numpy", "numba"):
        optimizer = Optimizer(rule, engine=engine)
        optimizer.update(P, G)
        before, rule.__code__ = rule.__code__, other.__code__
        assert_allclose(optimizer.update(P, G), P - 0.3 * G, rtol=1e-12)
        rule.__code__ = before


# What it takes from outside

LIMIT = 0.5
LIMITS = [0.5]
ARRAY = np.array([0.5, 1.0, 2.0])
settings = types.ModuleType("settings")
settings.LIMIT = 0.5


def of_the_module(p, g, t, learning_rate=1.0):
    return (p - learning_rate * np.minimum(g, LIMIT) * settings.LIMIT * clip(g),)


def test_constants_are_those_of_the_call(monkeypatch):
    optimizers = [Optimizer(of_the_module, engine=engine) for engine in ("numpy", "numba")]
    for limit in (0.5, 0.25, 2):
        monkeypatch.setitem(globals(), "LIMIT", limit)
        monkeypatch.setattr(settings, "LIMIT", 2 * limit)
        monkeypatch.setattr(clip, "__defaults__", (-limit, np.float32(limit)))
        expected = P - np.minimum(G, limit) * 2 * limit * np.clip(G, -limit, limit)
        for optimizer in optimizers:
            assert_allclose(optimizer.update(P, G), expected, rtol=1e-12)


def test_a_helper_that_is_replaced(monkeypatch):
    optimizers = [Optimizer(of_the_module, engine=engine) for engine in ("numpy", "numba")]
    for optimizer in optimizers:
        optimizer.update(P, G)
    monkeypatch.setitem(globals(), "clip", lambda x: 2 * x)
    assert_allclose(optimizers[0].update(P, G), P - np.minimum(G, LIMIT) * settings.LIMIT * 2 * G, rtol=1e-12)
    with pytest.raises(TypeError, match="cannot be compiled"):
        optimizers[1].update(P, G)

    def clip_otherwise(x):
        return x / 2

    monkeypatch.setitem(globals(), "clip", clip_otherwise)
    for optimizer in optimizers:
        assert_allclose(optimizer.update(P, G), P - np.minimum(G, LIMIT) * settings.LIMIT * G / 2, rtol=1e-12)


def test_a_constant_of_a_closure():
    limit = 1.0

    def rule(p, g, t, learning_rate=1.0):
        return (p - learning_rate * np.minimum(g, limit),)

    optimizer = Optimizer(rule, engine="numba")
    for limit in (1.0, 0.25):
        assert_allclose(optimizer.update(P, G), P - np.minimum(G, limit))


def test_a_constant_that_becomes_an_array(monkeypatch):
    optimizer = Optimizer(of_the_module, engine="numba")
    optimizer.update(P, G)
    monkeypatch.setitem(globals(), "LIMIT", ARRAY)
    with pytest.raises(TypeError, match="expected numbers"):
        optimizer.update(P, G)
    assert optimizer.t == 1


def with_array(p, g, t, learning_rate=0.1):
    return (p - learning_rate * g * ARRAY,)


def with_list(p, g, t, learning_rate=0.1):
    return (p - learning_rate * g * LIMITS,)


def test_arrays_and_mutable_objects_are_refused():
    refused(with_array, "ndarray is not a number; what a rule takes from outside must be one")
    refused(with_list, "list is not a number; what a rule takes from outside must be one")
    refused(with_array, "an array from outside", engine="numpy")


def test_endpoints_follow_constants_of_rule_and_gradient(monkeypatch):
    def slope(x):
        return (x * LIMIT,)

    for limit in (0.5, 0.25):
        monkeypatch.setitem(globals(), "LIMIT", limit)
        end = endpoints(Optimizer(of_the_module), slope, [1.0], 1)
        g = limit
        assert_allclose(end, 1 - np.minimum(g, limit) * settings.LIMIT * clip(g))
    data = np.array([1.0, 2.0])

    def sampled(x, t):
        return (data[int(t) - 1],)

    for data in (np.array([1.0, 2.0]), np.array([3.0, 4.0])):
        assert_allclose(endpoints(Optimizer(rules.sgd, learning_rate=1.0), sampled, [0.0], 2), -data.sum())


# Not of one element

REDUCTIONS = {
    "max": lambda g: np.max(g),
    "sum": lambda g: g.sum(),
    "mean": lambda g: np.mean(g),
    "norm": lambda g: np.linalg.norm(g),
    "product": lambda g: g @ g,
    "reduce": lambda g: np.add.reduce(g),
    "index": lambda g: g[0],
    "reversed": lambda g: g[::-1],
    "shape": lambda g: g.size,
    "length": lambda g: len(g),
    "loop": lambda g: sum(g),
    "number": lambda g: float(g),
    "math": lambda g: math.sqrt(g),
    "builtin": lambda g: max(g, 0),
    "plain array": lambda g: np.asarray(g).sum(),
    "roll": lambda g: np.roll(g, 1),
    "cumsum": lambda g: np.cumsum(g),
    "sort": lambda g: np.sort(g),
    "einsum": lambda g: np.einsum("i,i", g, g),
}


@pytest.mark.parametrize("size", [1, 3, 9000])
@pytest.mark.parametrize("reduce", REDUCTIONS.values(), ids=REDUCTIONS)
def test_a_rule_that_is_not_of_one_element(reduce, size):
    def rule(p, g, t, learning_rate=0.1):
        return (p - learning_rate * g / reduce(g),)

    for engine in ("numpy", "numba"):
        optimizer = Optimizer(rule, engine=engine)
        with pytest.raises(TypeError, match=r"of one element|cannot be compiled"):
            optimizer.update(np.ones(size), np.ones(size))
        assert optimizer.t == 0


def by_text(p, g, t, learning_rate=0.1):
    return (p - learning_rate * g / np.max(g),)


def branching(p, g, t, learning_rate=0.1):
    return (p - learning_rate * g if g > 0 else p,)


@pytest.mark.parametrize("engine", ["numpy", "numba"])
@pytest.mark.parametrize("rule", [by_text, branching])
def test_a_text_that_is_not_of_one_element(rule, engine):
    for size in (1, 3):
        with pytest.raises(TypeError, match=r"of one element|cannot be compiled"):
            Optimizer(rule, engine=engine).update(np.ones(size), np.ones(size))


def with_a_loop(p, g, m, t, learning_rate=0.1):
    for _ in range(3):
        m = np.tanh(m + g) * np.where(g > 0, 1.0, 0.5)
    return p - learning_rate * np.nan_to_num(m.clip(-1, 1)), m.copy()


def test_a_rule_that_only_numpy_can_run():
    p = Optimizer(with_a_loop).update(P, G)
    assert_allclose(p, with_a_loop(P, G, np.zeros(3), 1)[0], rtol=1e-15)
    refused(with_a_loop, r"with_a_loop: `for _ in range\(3\):` cannot be compiled")


# Numbers


def with_pole(p, g, t, learning_rate=0.1):
    return (p - learning_rate * g / (t - 2),)


def with_error(p, g, t, learning_rate=0.1):
    rate = learning_rate / (t - 2)
    return (p - rate * g,)


def too_large(p, g, t, learning_rate=0.1):
    rate = min(learning_rate, 1e200**t)
    return (p - rate * g,)


def test_where_a_number_is_not_finite_the_rule_itself_takes_the_step():
    with np.errstate(divide="ignore"):
        here, there = both(with_pole, steps=2)
    assert_allclose(here, there)
    assert np.isinf(there).all()
    for rule, error in ((with_error, ZeroDivisionError), (too_large, OverflowError)):
        for engine in ("numpy", "numba"):
            optimizer = Optimizer(rule, engine=engine)
            p = optimizer.update(P, G)
            with pytest.raises(error):
                optimizer.update(p, G)
            assert optimizer.t == 1


def big(p, g, t, learning_rate=0.1):
    return (p - learning_rate * g / (2**40 * 2**40) * 1e24,)


def test_integers_do_not_wrap_around():
    assert_compiled(big)


def test_a_loop_that_does_something_else_is_refused(monkeypatch):
    """The first time, both are run on a handful of numbers."""
    original = Loops._compile

    def wrong(self, keep):
        self.text = self.text.replace("_0 * m", "2.0 * _0 * m")
        original(self, keep)

    def fresh(p, g, m, t, learning_rate=0.125):
        m = 0.625 * m + g
        return p - learning_rate * m, m

    monkeypatch.setattr(Loops, "_compile", wrong)
    refused(fresh, "fresh cannot be compiled: its loop gives")


# Anywhere


def python(code, **environment):
    kept = {name: value for name, value in os.environ.items() if name not in ("HOME", "XDG_CACHE_HOME")}
    command = [sys.executable, "-c", code]
    return subprocess.run(command, capture_output=True, encoding="utf-8", env=kept | environment)


STEP = "import numpy as np, adamlearn; print(adamlearn.Adam(engine='numba').update(np.ones(2), np.ones(2)))"


@pytest.mark.parametrize(
    "before",
    [
        "import os, numba\nfor name in ('register_at_fork', 'fork'): delattr(os, name)\n",
        "import pathlib\ndef home(): raise RuntimeError('no home')\npathlib.Path.home = home\n",
        "import pathlib\ndef mkdir(*args, **kwargs): raise PermissionError\npathlib.Path.mkdir = mkdir\n",
    ],
    ids=["no fork", "no home", "no folder"],
)
def test_anywhere(before, tmp_path):
    ran = python(before + STEP, HOME=str(tmp_path))
    assert ran.stdout == "[0.999 0.999]\n", ran.stderr


def test_a_kept_file_that_was_cut_off_is_made_anew(tmp_path):
    for _ in range(3):
        ran = python(STEP, XDG_CACHE_HOME=str(tmp_path))
        assert ran.stdout == "[0.999 0.999]\n", ran.stderr
        for file in (tmp_path / "adamlearn").rglob("*"):
            if file.is_file():
                file.write_bytes(file.read_bytes()[: file.stat().st_size // 2])


GREEK = """
import numpy as np
from adamlearn import Optimizer

def κανόνας(p, g, μ, t, η=0.5):
    μ = 0.5 * μ + g
    return p - η * μ, μ

print(Optimizer(κανόνας, engine="numba").update(np.ones(2), np.ones(2)))
"""


def test_greek_names_in_a_c_locale(tmp_path):
    file = tmp_path / "greek.py"
    file.write_text(GREEK, encoding="utf-8")
    for locale in ("C", "POSIX"):
        environment = {"LC_ALL": locale, "PYTHONCOERCECLOCALE": "0", "XDG_CACHE_HOME": str(tmp_path / "kept")}
        command = [sys.executable, "-X", "utf8=0", file]
        ran = subprocess.run(command, capture_output=True, encoding="utf-8", env=os.environ | environment)
        assert ran.stdout == "[0.5 0.5]\n", ran.stderr


def test_half_precision_does_not_compile_at_every_step():
    optimizer, p = Adam(engine="numba"), np.ones(3, np.float16)
    optimizer.update(p, p, out=p)
    loops, _ = optimizer._engine.loops()
    before = len(loops.in_place.signatures)
    for _ in range(3):
        optimizer.update(p, p, out=p)
    assert len(loops.in_place.signatures) == before


def test_a_rule_of_a_notebooks_cell():
    """A notebook compiles each statement of a cell for itself, and lists the whole cell."""
    text = (
        "import numpy as np\n\ndef rule(p, g, t, learning_rate=0.1):\n"
        "    return (p - learning_rate * np.sign(g),)\n"
    )
    name, namespace = "<a cell>", {}
    linecache.cache[name] = len(text), None, text.splitlines(keepends=True), name
    for statement in ast.parse(text).body:
        exec(compile(ast.Module([statement], []), name, "exec"), namespace)
    assert_compiled(namespace["rule"])


def test_what_the_compiler_refuses_is_said_in_words():
    def rule(p, g, t, learning_rate=0.1):
        return (p - math.hypot(learning_rate, 1.0, 2.0) * g,)

    refused(rule, r"^engine='numba': rule cannot be compiled: ")
