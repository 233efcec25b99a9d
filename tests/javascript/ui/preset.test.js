// What a button or a phrase of the text sets, and whether the goal is met.
import assert from "node:assert/strict";
import { test } from "node:test";

const { isMet } = await import("../../../adamlearn/explorables/ui/goal.js");
const { apply } = await import("../../../adamlearn/explorables/ui/preset.js");

/** @typedef {import("../../../adamlearn/explorables/ui/types.js").Model} Model */

const before = {
  figure: { functions: [{ name: "bowl", start: [1, 2] }, { name: "beale", start: [3, 4] }], streams: [{ name: "noisy", settings: { mean: 1 } }] },
  edited: { Adam: "def" },
  hyperparameters: { Adam: { learning_rate: 0.1, beta1: 0.9 }, SGD: { learning_rate: 0.01 } },
};

/** The values of a model after a setting. @param {Record<string, any>} setting */
function after(setting) {
  /** @type {Record<string, any>} */
  const values = structuredClone(before);
  let saved = 0;
  const model = /** @type {Model} */ ({ get: (name) => values[name], set: (name, value) => (values[name] = value), save_changes: () => saved++, on() {}, off() {} });
  apply(model, setting);
  assert.equal(saved, 1);
  return values;
}

test("hyperparameters and texts that are not named stay", () => {
  const found = after({ hyperparameters: { Adam: { beta1: 0.5 } }, edited: { SGD: "def sgd" } });
  assert.deepEqual(found, { ...before, hyperparameters: { ...before.hyperparameters, Adam: { learning_rate: 0.1, beta1: 0.5 } }, edited: { Adam: "def", SGD: "def sgd" } });
});

test("a function brings its start and a stream its settings, unless they are named", () => {
  assert.deepEqual(after({ function: "beale" }), { ...before, function: "beale", start: [3, 4] });
  assert.deepEqual(after({ function: "beale", start: [0, 0] }), { ...before, function: "beale", start: [0, 0] });
  assert.deepEqual(after({ stream: "noisy" }), { ...before, stream: "noisy", settings: { mean: 1 } });
});

test("a goal is met when what is measured stands so to its value", () => {
  const goal = (/** @type {any} */ relation) => ({ measure: "", words: "", relation, value: 3 });
  assert.deepEqual([2, 3, 4].map((x) => isMet(goal(">="), x)), [false, true, true]);
  assert.deepEqual([2, 3, 4].map((x) => isMet(goal("<="), x)), [true, true, false]);
  assert.deepEqual([2, 3, 4].map((x) => isMet(goal("="), x)), [false, true, false]);
  assert.equal(isMet(goal("<="), null), false);
  assert.equal(isMet(goal("about"), 3), false);
});
