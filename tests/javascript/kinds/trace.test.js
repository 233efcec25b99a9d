// The trace: strokes are filled in, and the longest step is found.
import assert from "node:assert/strict";
import { test } from "node:test";

const { inWords, longestOf } = await import("../../../adamlearn/explorables/kinds/trace/longest.js");
const { measuresOf } = await import("../../../adamlearn/explorables/kinds/trace/measures.js");
const { between, withPoints } = await import("../../../adamlearn/explorables/kinds/trace/stroke.js");

test("a stroke fills every step that it passes, to the right and to the left", () => {
  assert.deepEqual(between(null, [3, 1]), [[3, 1]]);
  assert.deepEqual(between([3, 1], [3, 2]), [[3, 2]]);
  assert.deepEqual(between([3, 0], [6, 3]), [[4, 1], [5, 2], [6, 3]]);
  assert.deepEqual(between([6, 1], [3, -0.125]), [[5, 0.63], [4, 0.25], [3, -0.125]]);
});

test("gradients before what is drawn are zeros", () => {
  const drawn = [1];
  assert.deepEqual(withPoints(drawn, [[4, 2], [3, 5]]), [1, 0, 5, 2]);
  assert.deepEqual(drawn, [1]);
});

const columns = new Map([
  ["Adam", { step: Float64Array.of(NaN, 1, -3, 2, Infinity) }],
  ["SGD", { step: Float64Array.of(0, 0.5, 0, 0, 0) }],
  ["without", /** @type {any} */ ({ g: Float64Array.of(1) })],
]);

test("the longest step so far, whichever way it goes", () => {
  const [adam, sgd, ...others] = longestOf(columns);
  assert.deepEqual(others, []);
  assert.deepEqual([...adam.rows], [-1, 1, 2, 2, 2]);
  assert.deepEqual([1, 2, 3, 9].map((at) => inWords(adam, at)), ["", "longest step 1 at step 2", "longest step 3 at step 3", "longest step 3 at step 3"]);
  assert.equal(inWords(sgd, 5), "longest step 0.5 at step 2");
});

/** @param {Map<string, any>} columns */
const of = (columns) => measuresOf(() => ({ columns, longest: longestOf(columns) }));

test("a goal asks for steps of all optimizers", () => {
  assert.deepEqual(of(columns)["longest step"](), { value: 3, text: "3" });
  assert.deepEqual(of(columns).diverged(), { value: 1, text: "1" });
  assert.equal(of(new Map())["longest step"]().value, null);
});

test("a goal asks for firsts, lasts and ends", () => {
  const measures = of(new Map([
    ["Adam", { g: Float64Array.of(1, 1, 1), step: Float64Array.of(1, -2, -4), p: Float64Array.of(-1, 1, 5), r: Float64Array.of(0, 0, 0.5) }],
    ["SGD", { g: Float64Array.of(1, 1, 1), step: Float64Array.of(-0.5, 2, 2), p: Float64Array.of(0, -7, 3) }],
  ]));
  const values = Object.fromEntries(Object.entries(measures).map(([name, measure]) => [name, measure().value]));
  assert.deepEqual(values, {
    "longest step": 4,
    "shortest first step": 0.5,
    "shortest last step": 2,
    "ratio of the last steps": 2,
    "distance between the ends": 2,
    "highest end": 5,
    "farthest parameter": 7,
    "plain steps": 2,
    diverged: 0,
  });
});
