// "Copy as Python": the program runs and does what the figure does, whatever the rules are called.
import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { test } from "node:test";
import { fileURLToPath } from "node:url";
import { storeOf } from "./figures.mjs";

const { editedFunctionPython, editedPython, landscapePython, tracePython } = await import("../../../adamlearn/explorables/ui/python.js");

/** @typedef {import("../../../adamlearn/explorables/ui/types.js").Figure} Figure */
/** @typedef {import("../../../adamlearn/explorables/ui/store.js").Store} Store */

const root = fileURLToPath(new URL("../../../", import.meta.url));

/** What a Python program prints, as JSON. @param {string} program */
function printed(program) {
  const out = execFileSync(process.env.PYTHON ?? `${root}.venv/bin/python`, ["-"], { cwd: root, input: program, encoding: "utf8" });
  return JSON.parse(out.trim().split("\n").at(-1) ?? "");
}

/** Two figures of the package's, with a rule whose names are those of the program around it, and texts edited. */
const widgets = printed(`
import linecache
import json
text = '''
import numpy as np
scale = 2.0
def run(p, g, t, learning_rate=0.1, beta=0.5):
    return (p - scale * beta * learning_rate * np.sign(g) * np.sqrt(np.abs(g)),)
def function(x, y):
    return np.exp(-x * x) * np.cos(y) + x**2 + scale * y**2
'''
linecache.cache["own"] = len(text), None, text.splitlines(keepends=True), "own"
exec(compile(text, "own", "exec"))
from adamlearn.explorables import landscape, trace

def state(widget, runs):
    names = ["figure", *widget.inputs]
    return {**{name: getattr(widget, name) for name in names}, "runs": runs}

w = landscape([function, "bowl"], ["Adam", run], steps=20)
first = state(w, {label: path.positions.tolist() for label, path in w.paths.items()})
texts = {
    "Adam": w.figure["optimizers"][0]["edit"]["text"].replace("np.sqrt(v_hat)", "np.maximum(v_hat, 0.5)"),
    "run": w.figure["optimizers"][1]["edit"]["text"].replace("p - scale", "p - 0.5 * scale"),
    "function": w.figure["functions"][0]["edit"]["text"].replace("x**2", "x**4"),
}
w.edited = texts
w.function = "function, edited"
edited = state(w, {label: path.positions.tolist() for label, path in w.paths.items()})
t = trace(["Adam", run], steps=12)
streams = {name: described["settings"] for name, described in t._described.items()}
traced = state(t, {})
t.edited = {name: texts[name] for name in ("Adam", "run")}
print(json.dumps({"first": first, "edited": edited, "traced": traced, "both": state(t, {})}))
`);

/** @param {{ figure: any }} state @returns {Store & { figure: Figure }} */
const store = ({ figure, ...inputs }) => storeOf(figure, inputs);

/** @param {number[][]} found @param {number[][]} expected */
function assertClose(found, expected) {
  assert.equal(found.length, expected.length);
  const apart = found.flat().map((x, i) => Math.abs(x - expected.flat()[i]));
  assert.ok(Math.max(...apart) < 1e-9, `${Math.max(...apart)} apart`);
}

/** The runs of a landscape's program. @param {string} program */
const runsOf = (program) => printed(`${program}import json\nprint(json.dumps({label: run.positions.tolist() for label, run in runs.items()}))`);

/** @param {string} program */
const positionsOf = (program) => printed(`${program}import json\nprint(json.dumps({label: [float(x) for x in xs] for label, xs in positions.items()}))`);

/** The entries as the page makes them, from the texts that the kernel has. @param {any} figure */
function withPagePython(figure) {
  const original = (/** @type {any} */ { of }) => [...figure.optimizers, ...(figure.functions ?? [])].find(({ label, name }) => (label ?? name) === of);
  const nameIn = (/** @type {any} */ { text }) => text.match(/def (\w+)/)[1];
  const change = (/** @type {any[]} */ things, /** @type {Function} */ write) =>
    things?.map((thing) => (thing.of ? { ...thing, python: write(original(thing), thing.text, nameIn(thing)) } : thing));
  return { ...figure, optimizers: change(figure.optimizers, editedPython), functions: change(figure.functions, editedFunctionPython) };
}

test("a program makes the figure's runs, with a rule and a function called as what is around them", () => {
  const runs = runsOf(landscapePython(store(widgets.first)));
  assert.deepEqual(Object.keys(runs), ["Adam", "run"]);
  for (const label of Object.keys(runs)) assertClose(runs[label], widgets.first.runs[label]);
});

test("edited rules and an edited function, as the kernel writes them, make the figure's runs", () => {
  const runs = runsOf(landscapePython(store(widgets.edited)));
  assert.deepEqual(Object.keys(runs), ["Adam", "run", "Adam, edited", "run, edited"]);
  for (const label of Object.keys(runs)) assertClose(runs[label], widgets.edited.runs[label]);
});

test("and so they do as the page writes them", () => {
  const page = store({ ...widgets.edited, figure: withPagePython(widgets.edited.figure) });
  const program = landscapePython(page);
  const runs = runsOf(program);
  assert.match(program, /Optimizer\(adam_edited, learning_rate=0\.001\)/);
  assert.deepEqual(Object.keys(runs), ["Adam", "run", "Adam, edited", "run, edited"]);
  for (const label of Object.keys(runs)) assertClose(runs[label], widgets.edited.runs[label]);
});

test("hyperparameters that differ from their defaults are given, and what is switched off or failed is left out", () => {
  const changed = store(widgets.first);
  changed.set({ hyperparameters: { Adam: { ...changed.get("hyperparameters").Adam, beta1: 0, epsilon: 1e-16 }, run: { learning_rate: 1, beta: 0.5 } } });
  const program = landscapePython(changed);
  assert.match(program, /"Adam": Adam\(learning_rate=0\.001, beta1=0\.0, epsilon=1e-16\),/);
  assert.match(program, /"run": Optimizer\(make_run\(\), learning_rate=1\.0\),/);
  changed.set({ shown: ["run"] });
  assert.doesNotMatch(landscapePython(changed), /Adam/);
  changed.set({ shown: ["run", "Adam"] });
  Object.assign(changed, { errors: { run: "NameError" } });
  assert.doesNotMatch(landscapePython(changed), /def run/);
});

test("numbers are written as Python reads them", () => {
  const odd = store(widgets.first);
  const values = [1e15, 1e300];
  odd.set({ start: values, shown: ["Adam"], hyperparameters: { Adam: { learning_rate: Infinity, beta1: NaN, beta2: -0, epsilon: 1e21 } } });
  const program = landscapePython(odd);
  assert.match(program, /learning_rate=float\("inf"\), beta1=float\("nan"\), beta2=-0\.0, epsilon=1e\+21\)/);
  assert.match(program, /\(1000000000000000\.0, 1e\+300\)/);
});

test("programs of every stream run, and edited rules beside the originals", () => {
  const now = store({ ...widgets.both, figure: withPagePython(widgets.both.figure) });
  for (const { name, settings } of now.figure.streams) {
    const shown = name === "worst" ? ["Adam", "Adam, edited"] : ["Adam", "run", "Adam, edited", "run, edited"]; // it asks for beta1
    now.set({ stream: name, settings, drawn: [1, -2, 0.25], shown });
    const positions = positionsOf(tracePython(now));
    assert.deepEqual(Object.keys(positions), shown);
    for (const label of Object.keys(positions)) assert.equal(positions[label].length, 13);
    // Half of it is taken off twice: the edited rule goes half as far.
    if (name === "drawn") assert.ok(Math.abs(positions.run[12] - 2 * positions["run, edited"][12]) < 1e-12);
  }
});

test("a trace keeps its bounds", () => {
  const bound = store({ ...widgets.traced, figure: { ...widgets.traced.figure, bounds: [-0.25, 0.25] } });
  bound.set({ stream: "constant", settings: bound.figure.streams.find(({ name }) => name === "constant")?.settings });
  assert.equal(Math.min(...positionsOf(tracePython(bound)).run), -0.25);
});

test("a text with a name that another has keeps it to itself", () => {
  const same = (/** @type {string} */ label, /** @type {number} */ factor) => ({
    label,
    names: ["learning_rate"],
    defaults: { learning_rate: 0.1 },
    python: {
      lines: ["from adamlearn import Optimizer", `rate = ${factor}`, "# a comment = (of nothing)", "def rule(p, g, t, learning_rate=0.1):\n    return (p - rate * learning_rate * g,)\n"],
      call: "Optimizer(rule, ",
    },
  });
  const optimizers = [same("one", 1), same("two", 2), same("three", 3), same("again", 1)];
  const values = Object.fromEntries(optimizers.map(({ label }) => [label, { learning_rate: 0.1 }]));
  const now = store({ ...widgets.traced, figure: { ...widgets.traced.figure, optimizers }, hyperparameters: values, shown: Object.keys(values) });
  now.set({ stream: "drawn", settings: {}, drawn: [-1], steps: 1 });
  const program = tracePython(now);
  assert.equal(program.match(/def rule/g)?.length, 3);
  const ends = Object.entries(positionsOf(program)).map(([label, xs]) => [label, Number(xs[1].toFixed(12))]);
  assert.deepEqual(ends, [["one", 0.1], ["two", 0.2], ["three", 0.3], ["again", 0.1]]);
});

test("a text's function gets a name of its own, and nothing else does", () => {
  const original = /** @type {any} */ ({ edit: { lines: ["import numpy as np"] } });
  const { lines, call } = editedPython(original, "# def adam(\ndef adam (p, g, t, adam_rate=1.0):\n    return (p - adam_rate * g,)", "adam");
  assert.equal(call, "Optimizer(adam_edited, ");
  assert.equal(lines.at(-1), "# def adam(\ndef adam_edited (p, g, t, adam_rate=1.0):\n    return (p - adam_rate * g,)\n");
});

test("a function's name may be that of what is made of it", () => {
  const lines = ["def function(x, y):\n    return x * x + y * y\n", "def gradient(x, y):\n    return 2 * x + 0 * function(x, y), 2 * y\n"];
  const made = "function = Landscape('own', function, gradient, (), (-1, 1, -1, 1), (1, 1))";
  const python = { lines: ["from adamlearn.landscapes import Landscape", ...lines, made], name: "function" };
  const figure = { ...widgets.first.figure, functions: [{ ...widgets.first.figure.functions[0], python }] };
  const now = store({ ...widgets.first, figure });
  now.set({ shown: ["Adam"], start: [1, 1], steps: 1 });
  const program = landscapePython(now);
  assert.ok(Math.abs(runsOf(program).Adam[1][0] - 0.999) < 1e-9);
  const [imports, rest] = program.split("\n\n", 2);
  assert.deepEqual(imports.split("\n"), ["from adamlearn import Adam", "from adamlearn.descent import descend", "from adamlearn.landscapes import Landscape"]);
  assert.doesNotMatch(rest, /import/);
});

test("counts of a stream are whole numbers, and its other settings are not", () => {
  const now = store(widgets.traced);
  now.set({ stream: "periodic", settings: { ...now.figure.streams.find(({ name }) => name === "periodic")?.settings, period: 4 } });
  assert.match(tracePython(now), /periodic\(t, .*period=4[,)]/);
  now.set({ stream: "constant", settings: { size: 2 } });
  assert.match(tracePython(now), /constant\(t, size=2\.0\)/);
});
