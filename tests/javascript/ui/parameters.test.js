// Scales of sliders, and which values are refused.
import assert from "node:assert/strict";
import { test } from "node:test";

const { countRefusal, refusal, scaleOf, settingRefusal, settingScale, stepsScale } = await import(
  "../../../adamlearn/explorables/ui/parameters.js"
);

/** @typedef {import("../../../adamlearn/explorables/ui/parameters.js").Scale} Scale */

/** @type {[string, Scale, number, number][]} */
const scales = [
  ["learning rate", scaleOf("learning_rate", 0.001), 1e-5, 10],
  ["beta1", scaleOf("beta1", 0.9), 0, 0.999],
  ["beta2", scaleOf("beta2", 0.999), 0, 0.99999],
  ["beta3", scaleOf("beta3", 0.9999), 0, 0.99999],
  ["alpha", scaleOf("alpha", 5), 0, 20],
  ["epsilon", scaleOf("epsilon", 1e-8), 0, 1],
  ["one of a reader's own", scaleOf("boost", 0.5), 0, 500],
  ["one that is 0 at first", scaleOf("boost", 0), 0, 1],
  ["one with a name that every object has", scaleOf("constructor", 2), 0, 2000],
  ["steps", stepsScale(5000), 1, 5000],
  ["a stream's period", settingScale("period", 10, 5000), 1, 5000],
  ["a seed", settingScale("seed", 0, 5000), 0, 99],
  ["a size", settingScale("size", 100, 5000), 1e-3, 1e4],
  ["a large gradient", settingScale("large", 0.5, 5000), 1e-3, 1e4],
  ["noise", settingScale("noise", 1, 5000), 0, 2],
  ["a large setting", settingScale("height", 100, 5000), 0, 1e5],
  ["a small setting", settingScale("mean", -3, 5000), -6, 6],
];

for (const [name, { count, value, position }, low, high] of scales) {
  test(`the slider of ${name} goes from end to end and back`, () => {
    assert.equal(value(0), low);
    assert.equal(value(count), high);
    for (let i = 1; i <= count; i++) {
      assert.ok(value(i) >= value(i - 1), `${value(i)} after ${value(i - 1)}`);
      if (name !== "steps" && name !== "a stream's period") assert.equal(Math.round(position(value(i))), i);
    }
  });
}

test("nines are at whole tens", () => {
  const { value } = scaleOf("beta2", 0.999);
  assert.deepEqual([0, 10, 20, 30].map(value), [0, 0.9, 0.99, 0.999]);
});

test("hyperparameters are refused in the words of the package", () => {
  assert.equal(refusal("beta1", 1), "beta1 is 1; expected a number in [0, 1)");
  assert.equal(refusal("epsilon", -1), "epsilon is -1; expected a finite number, 0 or more");
  assert.equal(refusal("epsilon", NaN), "epsilon is NaN; expected a finite number, 0 or more");
  assert.equal(refusal("beta1", 0), undefined);
  assert.equal(refusal("learning_rate", 1e6), undefined);
});

test("steps and counts are whole", () => {
  assert.match(countRefusal("steps", 2.5, 5000) ?? "", /whole number from 1 to 5000/);
  assert.match(countRefusal("at", 5001, 5000) ?? "", /whole number from 1 to 5000/);
  assert.equal(countRefusal("steps", 5000, 5000), undefined);
  for (const name of ["every", "period", "at"]) {
    assert.match(settingRefusal(name, 0) ?? "", /whole number, 1 or more/);
    assert.match(settingRefusal(name, 1.5) ?? "", /whole number, 1 or more/);
    assert.equal(settingRefusal(name, 3), undefined);
    assert.equal(settingScale(name, 10, 700).value(1e4), 700);
  }
  assert.match(settingRefusal("mean", Infinity) ?? "", /finite/);
  assert.equal(settingRefusal("mean", -2.5), undefined);
});
