"""What the editor takes for a rule is what the kernel takes for one, and it makes the same of it."""

import json
import os
import subprocess

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings

from adamlearn import Optimizer, rules
from adamlearn.engines.reader import read_program
from adamlearn.explorables import edits
from adamlearn.explorables.portable import DUALS, NOTHING, editable, source_of
from adamlearn.explorables.traced import traced_names, traced_source
from adamlearn.hyperparameters import read_rule
from adamlearn.landscapes import LANDSCAPES
from tests.rule_writer import written_rules
from tests.test_micropython import NODE, PACKAGE

ROOT = PACKAGE.parent
SCRIPT = ROOT / "tests/javascript/grammar.mjs"
NAMED = [
    value for value in vars(rules).values() if hasattr(value, "__code__") and value is not rules.rectifier
]
HEAD = "def rule(p, g, m, t, learning_rate=0.1):\n"
DONE = "    return p - learning_rate * g, m\n"

pytestmark = pytest.mark.skipif(
    not (NODE.exists() and (ROOT / "adamlearn/explorables/node_modules/@lezer/python").exists())
    and not os.getenv("CI"),
    reason="the explorables' packages are not installed",
)


@pytest.fixture(scope="module")
def grammar():
    """Ask the editor's grammar about a text: what it says of it, or ``{"refused": why, "line": number}``."""
    with subprocess.Popen(
        [NODE, SCRIPT], stdin=subprocess.PIPE, stdout=subprocess.PIPE, encoding="utf-8"
    ) as process:
        assert process.stdin and process.stdout
        given, answers = process.stdin, process.stdout

        def ask(text, names=None, kind="rule"):
            names = {"np": "numpy:"} if names is None else names
            print(json.dumps({"kind": kind, "text": text, "names": names}), file=given, flush=True)
            line = answers.readline()
            assert line, "the grammar has failed"
            return json.loads(line)

        yield ask
        given.close()
        assert process.wait(timeout=10) == 0


def kernel(text):
    """What the kernel makes of a text; it raises if it refuses it."""
    rule = edits.function_of(text, {"np": np})
    read_program(rule)
    Optimizer(rule)
    return rule


def said_of(rule):
    """What the grammar has to say of a rule."""
    slots, signature = read_rule(rule)
    return {
        "name": rule.__name__,
        "slots": list(slots),
        "hyperparameters": {name: float(p.default) for name, p in signature.parameters.items()},
        "traced": traced_source(rule),
        "values": traced_names(rule),
    }


def names_of(function, instead=NOTHING):
    """The names that the text of a function may use, as the page has them."""
    found = editable(function, instead)
    assert found
    return found["names"]


@pytest.mark.parametrize("rule", NAMED, ids=lambda rule: rule.__name__)
def test_the_package_s_rules(grammar, rule):
    assert grammar(source_of(rule), names_of(rule)) == said_of(rule)


GOOD = {
    "no slots": "def rule(p, g, t, learning_rate=1e-2):\n    return p - learning_rate * g,\n",
    "no hyperparameters": "def rule(p, g, m, t):\n    return p - 0.1 * g, g + m\n",
    "brackets": HEAD + "    return (p - learning_rate * g, m)\n",
    "several lines": HEAD + "    return (\n        p - learning_rate * g,  # a step\n        m,\n    )\n",
    "a docstring": HEAD + '    """A rule."""\n' + DONE,
    "strings": HEAD + """    'It\\'s'\n    r"a \\"b" # "c"\n    '''It's "two"\n lines'''\n    ""\n""" + DONE,
    "branches": HEAD
    + "    if t > 1 and t % 2 == 1 or not t == 3:\n        m = g\n"
    + "    elif t < 5:\n        return p, g\n    else:\n        m, k = m * 0.5, 1\n"
    + DONE,
    "one line": HEAD + "    n = m; k = n; return p - k, n\n",
    "an if on one line": HEAD + "    if t > 1: m = g\n" + DONE,
    "in place": HEAD + "    m *= 0.9\n    m += g\n    p -= learning_rate * m\n    return p, m\n",
    "types": "def rule(p: float, g, m, t: int, learning_rate: float = 0.1) -> float:\n    k: float = 2\n"
    + DONE,
    "functions": HEAD
    + "    a = np.clip(np.abs(g), -1, 1) + np.sign(np.maximum(p, m)) * abs(np.pi)\n"
    + "    b = min(t, 3, 4) + max(t, 2.5) + float(t > 1)\n    return a - b, m\n",
    "numbers": "def rule(p, g, m, t, a=1_000, b=.5, c=5.0, d=+1e-3, e=0):\n    return p * 0x1F - 1e3, m\n",
    "a long power": HEAD + "    return p + 9**9**9, m\n",
    "a conditional value": HEAD + "    k = g if t > 1 else m\n    return p - (k if t < 3 else 0), m\n",
    "letters": "def rule(p, g, ß, t, η=0.1):\n    return p - η * g, ß\n",
    "comments": "def rule(\n    p, g, m,  # what it is\n    t, learning_rate=0.1,\n):\n    # a step\n" + DONE,
    "set once on every way": HEAD
    + "    if t > 1:\n        a = g\n    else:\n        a = m\n    return p - a, m\n",
    "set before a return": HEAD
    + "    if t < 2:\n        return p, m\n    else:\n        a = m\n    return p - a, m\n",
    "swapped": HEAD + "    m, g = g, m\n" + DONE,
    "compared": HEAD + "    return p - (1 < t <= 3) * g - (g > 0) * (g != 2), m // 2 % 3\n",
}


@pytest.mark.parametrize("name", GOOD)
def test_what_a_rule_may_say(grammar, name):
    assert grammar(GOOD[name]) == said_of(kernel(GOOD[name]))


ATTACKS = [
    "    import js\n",
    "    from js import window\n",
    "    import jsffi\n",
    '    __import__("js")\n',
    '    js = __import__("js")\n',
    '    m = "".__class__\n',
    "    m = p.__class__\n",
    "    m = ().__class__.__base__.__subclasses__()\n",
    "    m = np.__dict__\n",
    "    m = np.sqrt.__globals__\n",
    "    m = np.abs(p).real\n",
    '    exec("import js")\n',
    '    m = eval("1")\n',
    '    m = open("/etc/passwd")\n',
    "    m = getattr(np, 'sqrt')(m)\n",
    "    while True:\n        pass\n",
    "    for i in range(3):\n        m = m + i\n",
    "    m = [0] * 10**9\n",
    "    m = [x for x in (1, 2)]\n",
    "    m = {1: 2}\n",
    "    m = {1, 2}\n",
    "    m = (x for x in (1, 2))\n",
    "    m = sum(x for x in (1, 2))\n",
    "    f = lambda: 0\n",
    "    m = (lambda: 0)()\n",
    "    def inner():\n        pass\n",
    "    class Inner:\n        pass\n",
    "    @abs\n    def inner():\n        pass\n",
    "    global np\n    np = 3\n",
    '    m = f"{p}"\n',
    '    m = "text"\n',
    "    m = (n := 3)\n",
    "    if (n := 3) > 2:\n        pass\n",
    "    m, *n = g, g\n",
    "    m = np.sqrt(*[p])\n",
    "    assert t\n",
    "    del m\n",
    "    raise ValueError\n",
    "    try:\n        m = g\n    except ValueError:\n        pass\n",
    "    with p:\n        pass\n",
    "    yield m\n",
    "    m = yield\n",
    "    print(m)\n",
    "    np.sqrt(m)\n",
    "    np.pi = 3\n",
    "    m[0] = 3\n",
    "    m = g[0]\n",
    "    m = n = g\n",
    "    m @= g\n",
    "    m = p @ g\n",
    "    m = p & g\n",
    "    m = ~p\n",
    "    m = p is g\n",
    "    m = p in g\n",
    "    m = None\n",
    "    'text\n",
    "    'text' = 3\n",
    '    """text""",\n',
    '    f"{p}"\n',
    "    m = ...\n",
    "    m = 1j\n",
    "    m = 3 + 2j\n",
    "    m = p, g\n",
    "    m, n = p\n",
    "    m, n = p, g, p\n",
    "    m = np\n",
    "    m = abs\n",
    "    m = np.sqrt\n",
    "    m = abs(m, key=3)\n",
    "    m = np.sqrt(x=m)\n",
    "    m = nothing\n",
    "    m = np.nothing(m)\n",
    "    m = later\n    later = g\n",
    "    if t > 1:\n        later = g\n    m = later\n",
    "    m: float\n",
    "    if t > 1:\n        return p, m\n    else:\n        return\n",
    "    match t:\n        case 1:\n            pass\n",
    "    type X = int\n",
    "    m = t if t > 1 and (3 if t else 2) else 1\n",
]


def refused(text):
    """Whether the kernel refuses a text."""
    try:
        kernel(text)
    except (TypeError, ValueError, SyntaxError):
        return True
    return False


@pytest.mark.parametrize("lines", ATTACKS)
def test_what_a_rule_may_not_say(grammar, lines):
    text = HEAD + lines + DONE
    assert refused(text)
    answer = grammar(text)
    assert answer.keys() == {"refused", "line"}
    assert 2 <= answer["line"] <= text.count("\n")
    assert answer["refused"].startswith(f"line {answer['line']}: ")


WHOLE = {
    "nothing": "",
    "a comment": "# nothing\n",
    "two functions": HEAD + DONE + "\n" + HEAD + DONE,
    "something after it": HEAD + DONE + "import js\n",
    "something before it": "import js\n" + HEAD + DONE,
    "a decorator": "@abs\n" + HEAD + DONE,
    "async": "async " + HEAD + DONE,
    "a class": "class rule:\n    pass\n",
    "a lambda": "rule = lambda p, g, m, t: (p, m)\n",
    "a default that calls": HEAD.replace("0.1", "exec('import js')") + DONE,
    "a default that is a name": HEAD.replace("0.1", "np") + DONE,
    "a default that is text": HEAD.replace("0.1", "'0.1'") + DONE,
    "a default that is a list": HEAD.replace("0.1", "[]") + DONE,
    "a negative default": HEAD.replace("0.1", "-0.1") + DONE,
    "a default with two signs": HEAD.replace("0.1", "--0.1") + DONE,
    "an endless default": HEAD.replace("0.1", "1e999") + DONE,
    "a beta of 1": HEAD.replace("learning_rate=0.1", "learning_rate=0.1, beta1=1.0") + DONE,
    "no default": HEAD.replace("=0.1", "") + DONE,
    "a default before none": HEAD.replace("0.1", "0.1, b") + DONE,
    "stars": HEAD.replace("learning_rate=0.1", "*learning_rate") + DONE,
    "two stars": HEAD.replace("learning_rate=0.1", "**learning_rate") + DONE,
    "by name alone": HEAD.replace("learning_rate", "*, learning_rate") + DONE,
    "by place alone": HEAD.replace("p, g", "p, g, /") + DONE,
    "no t": "def rule(p, g, m, learning_rate=0.1):\n" + DONE,
    "no g": "def rule(p, m, t, learning_rate=0.1):\n    return p, m\n",
    "two of a name": HEAD.replace("learning_rate", "m") + "    return p, m\n",
    "no return": HEAD + "    m = g\n",
    "a way without return": HEAD + "    if t > 1:\n        return p, m\n",
    "no colon": HEAD.replace(":", "") + DONE,
    "no closing bracket": HEAD + "    m = (g + 1\n" + DONE,
    "nothing after plus": HEAD + "    m = g +\n" + DONE,
    "no indentation": HEAD + "return p, m\n",
    "other indentation": HEAD + "    m = g\n  m = g\n" + DONE,
    "indentation before it": " " + HEAD + DONE,
    "no Python": HEAD + "    m == = g\n" + DONE,
    "text without an end": HEAD + "    '''text\n" + DONE,
    "zero before a number": HEAD + "    m = 07\n" + DONE,
}


@pytest.mark.parametrize("name", WHOLE)
def test_what_is_no_rule(grammar, name):
    assert refused(WHOLE[name])
    assert "refused" in grammar(WHOLE[name])


# What Python would take, and the page does not: names that mean more than they say, and what its NumPy lacks.
REFUSED_HERE = {
    "two underscores": HEAD + "    m__ = g\n" + DONE,
    "letters that Python takes for others": HEAD + "    \uff4d = g\n" + DONE,
    "a tab": HEAD + "\tm = g\n\treturn p, m\n",
    "a carriage return": HEAD + "    m = g\r    m = 2\n" + DONE,
    "a type that calls": HEAD.replace("p,", "p: print(1),") + DONE,
    "a type that is returned": HEAD.replace(":", " -> print(1):") + DONE,
    "types of a function": HEAD.replace("rule(", "rule[T: exec('1')](") + DONE,
    "a type inside": HEAD + "    m: print(1) = 3\n" + DONE,
    "too few values": HEAD + "    return p,\n",
    "too many values": HEAD + "    return p, m, g\n",
    "no tuple": "def rule(p, g, t, learning_rate=0.1):\n    return p - learning_rate * g\n",
    "a name that is changed before it has a value": HEAD + "    later += 1\n" + DONE,
    "a name that is used where it is set": HEAD + "    later = later + 1\n" + DONE,
    "np.log": HEAD + "    m = np.log(m)\n" + DONE,
    "too many arguments": HEAD + "    m = np.sqrt(m, m)\n" + DONE,
    "a name that is taken": HEAD.replace("rule", "np") + DONE,
    "too long": HEAD + "    m = g\n" * 2500 + DONE,
    "too deep": HEAD + f"    m = {'-' * 1000}g\n" + DONE,
}


@pytest.mark.parametrize("name", REFUSED_HERE)
def test_what_the_page_does_not_take(grammar, name):
    assert "refused" in grammar(REFUSED_HERE[name])


@pytest.mark.parametrize(
    ("lines", "line", "words"),
    [
        ("    m = g\n    import js\n", 3, "imports nothing"),
        ("    m = g +\n    m = g\n", 2, "`m = g +`"),
        ("    m = (g + 1\n    m = g\n", 2, "`(` is not closed"),
        ("    while True:\n        pass\n", 2, "no loops"),
        ("    m = beta1 * m\n", 2, "there is no beta1"),
        ("    m = k\n    k = 3\n", 2, "k has no value yet"),
        ("    m = np.sqr(m)\n", 2, "np has abs, clip, cos"),
        ("    m = 1. - m\n", 2, "write 1.0 for 1."),
        ("    if t > 1\n        m = g\n", 2, "not Python: `if t > 1`"),
    ],
)
def test_what_is_said_of_a_fault(grammar, lines, line, words):
    answer = grammar(HEAD + lines + DONE)
    assert answer["line"] == line
    assert words in answer["refused"]


@given(written_rules(portable=True))
@settings(
    max_examples=300 if os.getenv("CI") else 60,
    deadline=None,
    suppress_health_check=[
        HealthCheck.too_slow,
        HealthCheck.function_scoped_fixture,
        HealthCheck.data_too_large,
    ],
)
def test_rules_that_hypothesis_writes(grammar, written):
    rule = written.rule
    assert grammar(source_of(rule), names_of(rule)) == said_of(rule)


HELPERS = {
    "helper": {
        "source": "def helper(x, size=2.0, *, low=0.0):\n    return np.maximum(x * size, low)\n",
        "name": "helper",
        "names": {"np": "numpy:"},
    },
    "both": {"source": "def both(x, y):\n    return x + y, x - y\n", "name": "both", "names": {}},
    "loop": {
        "source": "def loop(x):\n    while x:\n        x = x - 1\n    return x\n",
        "name": "loop",
        "names": {},
    },
    "far": "adamlearn.rules:rectifier",
    "huge": {"source": "huge = 10000000000000000000\n", "name": "huge", "names": {}},
    "true": True,
    "np": "numpy:",
    "math": "math:",
    "root": "numpy:sqrt",
    "rules": "adamlearn.rules:",
}


@pytest.mark.parametrize(
    ("value", "accepted"),
    [
        ("helper(m)", True),
        ("helper(m, 3)", True),
        ("helper(m, size=3, low=1)", True),
        ("helper(x=m)", True),
        ("helper()", False),
        ("helper(m, 3, 4)", False),
        ("helper(m, x=3)", False),
        ("helper(m, width=3)", False),
        ("far(t, 0.9)", True),
        ("both(m, g)", False),
        ("loop(m)", False),
        ("huge * true", True),
        ("root(m)", True),
        ("root(m, m)", False),
        ("math.exp(t) + math.pi", True),
        ("math.nothing(t)", False),
        ("rules.adam", False),
        ("helper", False),
        ("m if t > 1 and helper(t) > 1 else g", False),
        ("m if helper(t) > 1 and t > 1 else g", True),
    ],
)
def test_names_from_outside(grammar, value, accepted):
    answer = grammar(HEAD + f"    m = {value}\n" + DONE, HELPERS)
    assert ("refused" not in answer) == accepted, answer


def test_helpers_that_return_several_values(grammar):
    text = HEAD + "    p, m = both(p, m)\n    return both(p, m)\n"
    assert "refused" not in grammar(text, HELPERS)
    assert "refused" in grammar(HEAD + "    p, m, g = both(p, m)\n" + DONE, HELPERS)
    assert "refused" in grammar("def rule(p, g, t):\n    return both(p, g)\n", HELPERS)


OF_DUALS = {"np": "adamlearn.dual:", "math": "adamlearn.dual:", "k": 3}


@pytest.mark.parametrize(
    ("text", "accepted"),
    [
        ("def bowl(x, y):\n    return x**2 + k * y**2\n", True),
        ("def bowl(x, y):\n    a = np.log(1 + x * x)\n    return a + np.tanh(y) + math.sin(np.pi)\n", True),
        ("def bowl(x, y, k=2):\n    return x**2 + k * y**2\n", True),
        ("def bowl(x, y):\n    if x > 1:\n        return x\n    return y\n", True),
        ("def bowl(x):\n    return x**2\n", False),
        ("def bowl(x, y, z):\n    return x**2\n", False),
        ("def bowl(x, *, y):\n    return x**2\n", False),
        ("def bowl(x, y):\n    return x, y\n", False),
        ("def bowl(x, y):\n    return np.gradient_of(x)\n", False),
        ("def bowl(x, y):\n    import js\n    return x\n", False),
    ],
)
def test_functions_of_x_and_y(grammar, text, accepted):
    answer = grammar(text, OF_DUALS, "function")
    assert answer == {"name": "bowl"} if accepted else "refused" in answer


EDITABLE = [land for land in LANDSCAPES.values() if editable(land.value, DUALS)]


@pytest.mark.parametrize("landscape", EDITABLE, ids=lambda landscape: landscape.name)
def test_the_package_s_functions(grammar, landscape):
    answer = grammar(source_of(landscape.value), names_of(landscape.value, DUALS), "function")
    assert answer == {"name": landscape.value.__name__}
