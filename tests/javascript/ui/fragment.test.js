// Settings in links: what is written is read, old links are read as before, and made-up ones do no harm.
import assert from "node:assert/strict";
import { test } from "node:test";
import { anatomyStore, landscapeStore, RULE, run, traceStore } from "./figures.mjs";

const { decode, encode, readPart, writePart } = await import("../../../adamlearn/explorables/ui/fragment.js");

/** @typedef {import("../../../adamlearn/explorables/ui/store.js").Store} Store */

/** What is written of a setting is read again, with no problem. @param {Store} store */
function assertSame(store) {
  const { inputs, problems, unread, pending } = decode(store, encode(store));
  assert.deepEqual(problems, []);
  assert.deepEqual(inputs, store.inputs());
  assert.deepEqual([unread, pending], [{}, {}]);
}

test("nothing is written when nothing has been changed", () => {
  assert.equal(encode(landscapeStore()), "");
  assert.equal(encode(traceStore()), "");
});

test("every input of a landscape comes back", () => {
  const store = landscapeStore();
  store.set({ function: "beale", start: [0.25, -1e-7], steps: 60, shown: ["SGD"] });
  store.set({ hyperparameters: { Adam: { learning_rate: 0.1, beta1: 0.99 }, SGD: { learning_rate: 0.003 } } });
  assertSame(store);
});

test("a function has its own start, which is not written", () => {
  const store = landscapeStore();
  store.set({ function: "beale", start: [1, 1.5] });
  assert.equal(encode(store), "function=beale");
  assertSame(store);
});

test("every input of a trace comes back", () => {
  const store = traceStore();
  store.set({ settings: { mean: -2.5, seed: 7 }, steps: 30, shown: [] });
  assertSame(store);
  store.set({ stream: "drawn", settings: {}, drawn: [1, -0.5, 0] });
  assertSame(store);
  store.set({ stream: "worst", settings: { large: 5, p: null }, drawn: [] });
  assertSame(store);
});

test("the step on show of an anatomy comes back, as far as there are steps", () => {
  const store = anatomyStore();
  store.set({ at: 7 });
  assert.equal(encode(store), "at=7");
  assertSame(store);
  store.set({ steps: 200, at: 150 });
  assertSame(store);
  const { inputs, problems } = decode(store, "at=61");
  assert.equal(inputs.at, 1);
  assert.match(problems[0], /at is 61; expected a whole number from 1 to 60/);
});

test("drawn gradients are written only where they are on show", () => {
  const store = traceStore();
  store.set({ drawn: [1, 2] });
  assert.equal(encode(store), "");
});

test("a drawing that has been wiped is one of no gradients", () => {
  const store = traceStore();
  store.set({ stream: "drawn", settings: {} });
  Object.assign(store.initial, { drawn: [1, 2] });
  assert.equal(encode(store), "stream=drawn&drawn=");
  assertSame(store);
});

test("links that readers have saved are read as before", () => {
  const { inputs, problems } = decode(
    landscapeStore(),
    "function=beale&start=1.25%2C-0.5&steps=60&shown=Adam&shown=SGD&Adam.beta1=0.99&SGD.learning_rate=0.003",
  );
  assert.deepEqual(problems, []);
  assert.deepEqual(inputs, {
    edited: {},
    function: "beale",
    start: [1.25, -0.5],
    steps: 60,
    hyperparameters: { Adam: { learning_rate: 0.1, beta1: 0.99 }, SGD: { learning_rate: 0.003 } },
    shown: ["Adam", "SGD"],
  });
  const trace = decode(traceStore(), "steps=9&shown=&stream.mean=2&stream=drawn&drawn=1,2.5");
  assert.deepEqual(trace.problems, ["In the link: “stream.mean” is not a setting of this figure."]);
  assert.deepEqual([trace.inputs.stream, trace.inputs.drawn, trace.inputs.shown], ["drawn", [1, 2.5], []]);
});

test("what cannot be used is named, and the rest is used", () => {
  const wrong = {
    "Adam.beta1=1.5": "beta1 is 1.5; expected a number in [0, 1)",
    "Adam.learning_rate=fast": "learning_rate is NaN; expected a finite number, 0 or more",
    "start=1": "start is “1”; expected two numbers",
    "steps=1e9": "steps is 1000000000; expected a whole number from 1 to 5000",
    "shown=Muon": "there is no optimizer “Muon”; expected Adam, SGD",
    "function=hill": "function is “hill”; expected one of bowl, beale",
    "speed=2": "“speed” is not a setting of this figure",
    "stream.mean=2": "“stream.mean” is not a setting of this figure",
    "edit.Muon=x": "“edit.Muon” is not a setting of this figure",
    "Adam, edited.beta1=0.5": "“Adam, edited.beta1” is not a setting of this figure",
    "shown=Adam%2C+edited": "there is no optimizer “Adam, edited”; expected Adam, SGD",
    "function=bowl%2C+edited": "function is “bowl, edited”; expected one of bowl, beale",
  };
  for (const [query, words] of Object.entries(wrong)) {
    const { inputs, problems } = decode(landscapeStore(), `${query}&SGD.learning_rate=0.5`);
    assert.deepEqual(problems, [`In the link: ${words}.`]);
    assert.equal(inputs.hyperparameters.SGD.learning_rate, 0.5);
  }
  const ofFunction = decode(landscapeStore(), "edit.bowl=def&bowl%2C+edited.beta1=0.5&shown=bowl%2C+edited");
  assert.equal(ofFunction.problems.length, 2); // a function has no hyperparameters
  const { problems } = decode(traceStore(), "drawn=1,x&stream=loud&stream.seed=-&stream.size=2");
  assert.deepEqual(
    problems.map((problem) => problem.slice(13)),
    [
      "stream is “loud”; expected one of noisy, worst, drawn.",
      "drawn is “1,x”; expected numbers.",
      "seed is NaN; expected a finite number.",
      "“stream.size” is not a setting of this figure.",
    ],
  );
});

test("names that every object has are no settings", () => {
  for (const name of ["__proto__.toString", "constructor.name", "Adam.constructor", "Adam.__proto__", "edit.constructor"]) {
    const { problems } = decode(landscapeStore(), `${name}=3`);
    assert.deepEqual(problems, [`In the link: “${name}” is not a setting of this figure.`]);
  }
  assert.equal(decode(traceStore(), "stream.constructor=3&stream.__proto__=3").problems.length, 2);
  assert.equal(typeof Object.prototype.toString, "function");
});

test("a text is to be read before it is run, and what belongs to it waits", () => {
  const sent = landscapeStore();
  run(sent, RULE);
  const { edited, ...others } = sent.inputs();
  sent.set({ function: "bowl, edited", start: [0, 2], shown: ["SGD", "Adam, edited"] });
  sent.set({ hyperparameters: { ...others.hyperparameters, "Adam, edited": { learning_rate: 0.1, beta1: 0.25, boost: 3 } } });
  const query = encode(sent);

  const store = landscapeStore();
  const found = decode(store, query);
  assert.deepEqual(found.problems, []);
  assert.deepEqual(found.unread, edited);
  assert.deepEqual(found.pending, { "Adam, edited": { beta1: 0.25, boost: 3 } });
  assert.deepEqual(found.inputs, { ...landscapeStore().inputs(), start: [0, 2], shown: ["SGD"] });

  store.set(found.inputs);
  store.set({ _unread: found.unread });
  assert.deepEqual(decode(landscapeStore(), encode(store)).unread, edited); // it stays in the address
  store.set({ _unread: {} });
  run(store, RULE);
  const again = decode(store, query);
  assert.deepEqual([again.problems, again.unread, again.pending], [[], {}, {}]);
  assert.deepEqual(again.inputs, sent.inputs());
});

test("an edited rule begins with the original's values, except where its text has others", () => {
  const store = landscapeStore({ hyperparameters: { Adam: { learning_rate: 0.7, beta1: 0.8 }, SGD: { learning_rate: 0.002 } } });
  run(store, RULE);
  const { inputs } = decode(store, `edit.Adam=${encodeURIComponent(RULE)}`);
  assert.deepEqual(inputs.hyperparameters["Adam, edited"], { learning_rate: 0.7, beta1: 0.5, boost: 2 });
  assert.deepEqual(inputs.shown, ["Adam", "SGD", "Adam, edited"]);
});

test("a link without a text takes the edit back", () => {
  const store = landscapeStore();
  run(store, RULE);
  const { inputs, problems } = decode(store, "steps=30");
  assert.deepEqual(problems, []);
  assert.deepEqual(inputs, { ...store.initial, steps: 30 });
});

test("a text that the figure has from the start is written when it is gone", () => {
  const store = landscapeStore({ edited: { Adam: RULE } });
  store.set({ edited: {} });
  assert.equal(encode(store), "edit.Adam=");
  assert.deepEqual(decode(store, encode(store)).inputs.edited, {});
});

test("a text that is not one character the same is not run", () => {
  const store = landscapeStore();
  run(store, RULE);
  const { inputs, unread } = decode(store, new URLSearchParams({ "edit.Adam": `${RULE} ` }).toString());
  assert.deepEqual([inputs.edited, unread], [{}, { Adam: `${RULE} ` }]);
});

test("a figure of another kind needs no line for inputs of these sorts", () => {
  const store = landscapeStore();
  Object.assign(store, { names: ["steps", "hyperparameters", "shown"] });
  store.set({ steps: 3, function: "beale" });
  assert.equal(encode(store), "steps=3");
  assert.deepEqual(decode(store, "steps=4&function=beale").problems, ["In the link: “function” is not a setting of this figure."]);
});

test("a figure's part of an address is read", () => {
  assert.equal(readPart("", "race"), null);
  assert.equal(readPart("#race", "race"), null);
  assert.equal(readPart("#race?steps=30", "race"), "steps=30");
  assert.equal(readPart("#race?", "race"), "");
  assert.equal(readPart("#race?steps=30", "rac"), null);
  assert.equal(readPart("#race?steps=30;bound?steps=3", "bound"), "steps=3");
  assert.equal(readPart("#race?steps=30;bound?steps=3", "race"), "steps=30");
  assert.equal(readPart("#race?shown=a;b&steps=2", "race"), "shown=a;b&steps=2"); // not written by us, and read
  assert.equal(readPart("#%C3%BCbung?steps=3", "übung"), "steps=3");
});

test("a figure writes its own part and leaves the others", () => {
  assert.equal(writePart("", "race", ""), "");
  assert.equal(writePart("#a-heading", "race", ""), "#a-heading");
  assert.equal(writePart("#a-heading", "race", "steps=3"), "#race?steps=3");
  assert.equal(writePart("#race?steps=3", "bound", "steps=4"), "#race?steps=3;bound?steps=4");
  assert.equal(writePart("#race?steps=3;bound?steps=4", "race", "steps=5"), "#race?steps=5;bound?steps=4");
  assert.equal(writePart("#race?steps=3;bound?steps=4", "race", ""), "#bound?steps=4");
  assert.equal(writePart("#race?steps=3", "race", ""), "#race");
});

test("a text stays one part of the fragment, whatever it says", () => {
  const text = 'def f(x, y):  # ;bound?steps=3 #&%20+ "ü"\n\treturn x; y?\n';
  const query = new URLSearchParams({ "edit.bowl": text }).toString();
  const hash = writePart(writePart("", "race", query), "bound", "steps=4");
  assert.equal(new URL(hash, "https://a.b/").hash, hash);
  assert.equal(new URLSearchParams(readPart(hash, "race") ?? "").get("edit.bowl"), text);
  assert.equal(readPart(hash, "bound"), "steps=4");
});
