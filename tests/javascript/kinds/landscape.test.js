// The landscape: what is said of its runs.
import assert from "node:assert/strict";
import { test } from "node:test";

const { faultOf, measuresOf, readRuns } = await import("../../../adamlearn/explorables/kinds/landscape/runs.js");

/** @typedef {import("../../../adamlearn/explorables/ui/store.js").Store} Store */

/** Runs from their values, which are also their x. @param {Record<string, number[]>} values @param {object} [place] */
function runsOf(values, place = { minima: [[0, 0], [5, 0]], lowest: 0, window: [-1, 6, -1, 1] }) {
  const columns = new Map(Object.entries(values).map(([label, value]) => [label, { x: Float64Array.from(value), y: new Float64Array(value.length), value: Float64Array.from(value) }]));
  const store = { landscape: place, columns: () => columns, optimizer: (/** @type {string} */ label) => ({ label }), figure: { tolerance: 0.1 } };
  const runs = readRuns(/** @type {Store} */ (/** @type {unknown} */ (store)));
  return { runs, measures: measuresOf(() => runs, () => /** @type {any} */ (place)) };
}

test("a run that arrives, one that leaves the map, one that diverges, one that cannot begin", () => {
  const { runs } = runsOf({ arrives: [4, 1, 0.05], leaves: [4, 7, 8], diverges: [4, Infinity, NaN], never: [NaN, 1, 1] });
  assert.deepEqual(
    runs.map(({ words }) => words),
    [
      "0.05 above the lowest value, 0.05 from the nearest minimum, within 0.1 at step 2",
      "8 above the lowest value, 3 from the nearest minimum, outside the map since step 1",
      "diverged at step 1",
      "the function has no finite value at the start",
    ],
  );
  assert.deepEqual(runs.map(({ lost, end }) => [lost, end]), [[null, 2], [null, 2], [1, 0], [0, -1]]);
  assert.deepEqual([0, 1].map((at) => faultOf(runs[2], undefined, at)), [null, "diverged at step 1"]);
  assert.equal(faultOf(runs[3], undefined, 0), "no finite value here");
  assert.equal(faultOf(undefined, "NameError", 0), "failed");
});

test("a function without a known minimum has its values", () => {
  const { runs, measures } = runsOf({ run: [4, 3] }, { minima: [], lowest: null, window: [-1, 6, -1, 1] });
  assert.equal(runs[0].words, "f 3");
  assert.equal(runs[0].reached, -1);
  assert.deepEqual(measures.minimum(), { value: null, text: "–" });
});

test("what a goal can ask for", () => {
  const { measures } = runsOf({ one: [4, 3, 4.5], two: [4, 0.09, 2], three: [4, NaN, NaN] });
  assert.deepEqual(measures["steps to the target"](), { value: 1, text: "1" });
  assert.deepEqual(measures.distance(), { value: 0.5, text: "0.5" });
  assert.deepEqual(measures.value(), { value: 2, text: "2" });
  assert.deepEqual(measures.diverged(), { value: 1, text: "1" });
  assert.deepEqual(measures.minimum(), { value: 2, text: "2, (5, 0)" });
});
