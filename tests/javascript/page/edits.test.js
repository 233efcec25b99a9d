// What a text that the reader has written adds to a figure, in the page.
import assert from "node:assert/strict";
import { test } from "node:test";

const { valuesFor, withEdits } = await import("../../../adamlearn/explorables/page/edits.js");

const original = {
  kind: "landscape",
  own: [{ color: "red", dash: [] }, { color: "blue", dash: [2] }],
  optimizers: [
    { label: "Adam", quantities: [], names: ["learning_rate", "beta1"], defaults: { learning_rate: 0.1, beta1: 0.9 }, edit: { text: "", names: {}, lines: [] } },
    { label: "SGD", quantities: [], names: ["learning_rate"], defaults: { learning_rate: 0.01 }, edit: { text: "", names: {}, lines: [] } },
  ],
  functions: [{ name: "bowl", window: [0, 1, 0, 1], start: [0, 0], minima: [[0, 0]], lowest: 0, edit: { text: "", names: {}, lines: [] } }],
};

/** A grammar that takes a text for its defaults, and refuses "wrong". */
const grammar = {
  read(/** @type {string} */ text) {
    if (text === "wrong") throw new Error("line 1: wrong");
    return { name: "adam", slots: [], hyperparameters: JSON.parse(text), traced: "traced", values: ["m"] };
  },
  readFunction: () => ({ name: "bowl" }),
};

/** @param {Record<string, string>} edited @param {any} [before] */
const edit = (edited, before = original) => withEdits(original, before, edited, grammar);

test("an edited rule stands after the originals, with a style of its own", () => {
  const { figure, problems } = edit({ SGD: '{"learning_rate":0.01}', bowl: "def bowl(x, y): ..." });
  assert.deepEqual(problems, {});
  assert.deepEqual(figure.optimizers.map((/** @type {any} */ { label }) => label), ["Adam", "SGD", "SGD, edited"]);
  assert.equal(figure.optimizers[2].of, "SGD");
  assert.ok(["red", "blue"].includes(figure.optimizers[2].color));
  assert.deepEqual(figure.functions.map((/** @type {any} */ { name, lowest }) => [name, lowest]), [["bowl", 0], ["bowl, edited", null]]);
  assert.equal(original.optimizers.length, 2);
});

test("a wrong text is named, and what was there before stays", () => {
  const { figure } = edit({ Adam: '{"learning_rate":0.5}' });
  const next = edit({ Adam: "wrong", SGD: "wrong" }, figure);
  assert.deepEqual(next.problems, { Adam: "line 1: wrong", SGD: "line 1: wrong" });
  assert.equal(next.figure.optimizers.length, 3);
  assert.deepEqual(next.figure.optimizers[2].defaults, { learning_rate: 0.5 });
});

test("values that are set stay, a text's changed default counts, new ones begin at theirs", () => {
  const set = { Adam: { learning_rate: 0.7, beta1: 0.8 }, SGD: { learning_rate: 0.01 } };
  const first = edit({ Adam: '{"learning_rate":0.1,"beta1":0.5,"boost":2}' });
  const values = valuesFor(first.figure, original, set);
  assert.deepEqual(values, { ...set, "Adam, edited": { learning_rate: 0.7, beta1: 0.5, boost: 2 } });
  const second = edit({ Adam: '{"learning_rate":0.2,"boost":2}' }, first.figure);
  values["Adam, edited"].boost = 3;
  assert.deepEqual(valuesFor(second.figure, first.figure, values)["Adam, edited"], { learning_rate: 0.2, boost: 3 });
});
