// Names as a reader sees or hears them.
import assert from "node:assert/strict";
import { test } from "node:test";
import { called } from "../../../adamlearn/explorables/ui/names.js";

/** @type {any} */
const figure = { names: { beta1: { label: "β₁", spoken: "beta 1", row: "β₁" }, g: { label: "g", spoken: "gradient", row: "gradient" } } };

test("what the figure names is read, heard and tabulated by its names", () => {
  assert.deepEqual([called(figure, "beta1", "label"), called(figure, "beta1", "spoken")], ["β₁", "beta 1"]);
  assert.deepEqual([called(figure, "g", "label"), called(figure, "g", "row")], ["g", "gradient"]);
});

test("what it does not name has its bare name, that of every object's own too", () => {
  assert.equal(called(figure, "weight_of_m", "label"), "weight of m");
  assert.equal(called(figure, "constructor", "label"), "constructor");
  assert.equal(called(figure, "toString", "spoken"), "toString");
});
