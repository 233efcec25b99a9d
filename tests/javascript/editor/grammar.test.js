// The grammar of a rule, and of a function of x and y; CPython's view of the same is in test_explorables_grammar.py.
import assert from "node:assert/strict";
import { test } from "node:test";

const { GrammarError, read, readFunction } = await import("../../../adamlearn/explorables/editor/grammar.js");

const NAMES = { np: "numpy:", LIMIT: 0.5 };
const ADAM = `def adam(p, g, m, v, t, learning_rate=1e-3, beta1=0.9):
    m = beta1 * m + (1 - beta1) * g
    v = v + g**2
    m_hat = m / (1 - beta1**t)
    return p - learning_rate * m_hat / np.sqrt(v), m, v
`;

/**
 * What is said of a text that is refused.
 * @param {string} text
 * @param {any} names
 */
function refused(text, names = NAMES) {
  try {
    read(text, names);
  } catch (error) {
    assert(error instanceof GrammarError);
    assert(error.message.startsWith(`line ${error.line}: `));
    return error;
  }
  return assert.fail(`accepted:\n${text}`);
}

/** @param {string} line */
const within = (line) => `def rule(p, g, t, a=0.1):\n    ${line}\n    return p - a * g,\n`;

test("a rule is read", () => {
  const found = read(ADAM, NAMES);
  assert.equal(found.name, "adam");
  assert.deepEqual(found.slots, ["m", "v"]);
  assert.deepEqual(found.hyperparameters, { learning_rate: 1e-3, beta1: 0.9 });
  assert.deepEqual(found.values, ["p", "g", "m", "v", "m_hat"]);
});

test("a traced rule also returns what it has names for", () => {
  const { traced } = read(ADAM, NAMES);
  const expected = ADAM.replace(
    "return p - learning_rate * m_hat / np.sqrt(v), m, v",
    'return (p - learning_rate * m_hat / np.sqrt(v), m, v), {"p": p, "g": g, "m": m, "v": v, "m_hat": m_hat}',
  );
  assert.equal(traced, expected);
});

test("a return in a branch has the names that are set before it", () => {
  const text = "def rule(p, g, t):\n    a = g\n    if t > 1:\n        return p - a,\n    b = a\n    return p - b,\n# end\n";
  const { traced, values } = read(text, NAMES);
  const [first, second] = [...traced.matchAll(/\{(.*)\}/g)].map(([, names]) => names.match(/"\w+"/g)?.join());
  assert.equal(first, '"p","g","a"');
  assert.equal(second, '"p","g","a","b"');
  assert.deepEqual(values, ["p", "g", "a", "b"]);
  assert(!traced.includes("end"));
});

test("lines before the rule keep their place, so that a line's number is that of the text", () => {
  const { traced } = read(`# mine\n\n${ADAM}`, NAMES);
  assert.equal(traced.split("\n")[2], ADAM.split("\n")[0]);
});

test("what is refused is told with its line", () => {
  assert.equal(refused(within("import js")).message, "line 2: `import js`: a rule imports nothing");
  assert.equal(refused(within("a = b")).message, "line 2: `b`: there is no b");
  assert.equal(refused("").message, "line 1: expected one function, from its `def`, and nothing else");
  assert.match(refused(within("a = c\n    c = 1")).message, /^line 2: `c`: c has no value yet/);
  assert.match(refused(within("a = (g")).message, /^line 2: .*`\(` is not closed/);
  assert.match(refused(within("a = g *")).message, /^line 2: this is not Python: `a = g \*`/);
});

for (const line of ["js.window", "a = g.real", "a = np.load(g)", "a = __name__", "a = [g]", "a = 'g'", "exec('1')"]) {
  test(`refused: ${line}`, () => assert.equal(refused(within(line)).line, 2));
}

test("as many values are returned as there are slots, and p", () => {
  assert.match(refused("def rule(p, g, m, t):\n    return p - g,\n").message, /1 value; expected `return p, m`/);
  assert.match(refused("def rule(p, g, t):\n    return p - g\n").message, /expected `return p,`/);
});

test("hyperparameters start as numbers that they may be", () => {
  assert.match(refused("def rule(p, g, t, a):\n    return p,\n").message, /a has no default/);
  assert.match(refused("def rule(p, g, t, a=-1):\n    return p,\n").message, /a is -1; expected a number, 0 or more/);
  assert.match(refused("def rule(p, g, t, beta=1):\n    return p,\n").message, /beta is 1; expected a number in \[0, 1\)/);
});

test("a deep text is refused, and does not exhaust the stack", () => {
  assert.match(refused(within(`a = ${"(".repeat(500)}g${")".repeat(500)}`)).message, /too deep/);
  assert.match(refused(within(`a = ${"-".repeat(1000)}g`)).message, /too deep/);
});

test("a power that never ends is arithmetic", () => {
  assert.equal(read(within("a = 9**9**9"), NAMES).name, "rule");
});

test("names that objects have from birth are no names", () => {
  for (const name of ["constructor", "toString", "valueOf"]) {
    assert.match(refused(within(`a = ${name}`)).message, /there is no/);
    assert.match(refused(within(`a = np.${name}`)).message, /there is no/);
  }
});

test("a helper's text is held to the same, and its fault is told where it is called", () => {
  const helper = { source: "def half(x):\n    return x / 2\n", name: "half", names: {} };
  assert.equal(read(within("a = half(g)"), { ...NAMES, half: helper }).name, "rule");
  const wrong = { ...helper, source: "def half(x):\n    import js\n    return x\n" };
  const { line, message } = refused(within("a = half(g)"), { ...NAMES, half: wrong });
  assert.equal(line, 2);
  assert.match(message, /half cannot be used: line 2: .*imports nothing/);
});

test("a function of x and y is read", () => {
  const names = { np: "adamlearn.dual:" };
  assert.deepEqual(readFunction("def hill(x, y):\n    return np.log(1 + x**2) + y\n", names), { name: "hill" });
  for (const text of ["def hill(x):\n    return x\n", "def hill(x, y):\n    return x, y\n", "def hill(x, y):\n    import js\n"]) {
    assert.throws(() => readFunction(text, names), GrammarError);
  }
});
