// Lines and scales of the plots.
import assert from "node:assert/strict";
import { test } from "node:test";

const { clamp, path, scaleFor } = await import("../../../adamlearn/explorables/ui/plot.js");

const same = (/** @type {number} */ x) => x;
const size = { width: 100, height: 50 };

test("a line goes through its points", () => {
  assert.equal(path([0, 10, 20], [0, 5, 0], same, same, size), "M0,0L10,5L20,0");
  assert.equal(path(null, [0, 5, 0], (i) => 10 * i, same, size), "M0,0L10,5L20,0");
  assert.equal(path([0, 10, 20, 30], [0, 5, 0, 5], same, same, { ...size, first: 1, end: 3 }), "M10,5L20,0");
  assert.equal(path([], [], same, same, size), "");
});

test("it has a gap where a point is not finite", () => {
  assert.equal(path([0, 10, 20, 30, 40], [0, 5, NaN, 5, 0], same, same, size), "M0,0L10,5M30,5L40,0");
  assert.equal(path([0, 10, 20], [0, Infinity, 0], same, same, size), "");
});

test("points that are closer than half a pixel are one", () => {
  assert.equal(path([0, 0.2, 0.4, 10], [0, 0.1, 0.2, 5], same, same, size), "M0,0L10,5");
});

test("what is far outside is cut off, 20 pixels beyond the border", () => {
  assert.equal(path([50, 50], [25, 1e9], same, same, size), "M50,25L50,70");
  assert.equal(path([-1e6, 50, 50], [25, 25, 10], same, same, size), "M-20,25L50,25L50,10");
  assert.equal(path([500, 600], [25, 25], same, same, size), "");
  assert.equal(path([50, 200, 50], [10, 10, 40], same, same, size), "M50,10L120,10M120,26L50,40"); // out, and in again
});

test("a linear scale holds all values, 0, and some room", () => {
  const scale = scaleFor([[1, 2], [NaN, 4]], false, 100);
  assert.deepEqual(scale.range(), [100, 0]);
  assert.equal(scale.domain()[0], 0);
  assert.ok(scale.domain()[1] > 4 && scale.domain()[1] < 4.5);
  const [low, high] = scaleFor([[-3, -1]], false, 100).domain();
  assert.ok(low < -3 && low > -3.5 && high === 0);
});

test("a linear scale of nothing, of one value, and of bounds", () => {
  assert.deepEqual(scaleFor([], false, 100).domain(), [0, 1.06]);
  assert.deepEqual(scaleFor([[5, 5]], false, 100).domain(), [0, 5.3]);
  assert.deepEqual(scaleFor([[-1, -1]], false, 100).domain(), [-1.06, 0]);
  const [low, high] = scaleFor([[0.5]], false, 100, { bounds: [-1, 1] }).domain();
  assert.ok(low < -1 && high > 1);
});

test("a logarithmic scale has whole decades of the positive values", () => {
  assert.deepEqual(scaleFor([[0, -1, 0.02, 300]], true, 100).domain(), [0.01, 1000]);
  assert.deepEqual(scaleFor([[0, -1, NaN]], true, 100).domain(), [1e-3, 10]);
  assert.deepEqual(scaleFor([[1e-30, 5, 1e30]], true, 100, { floor: 1e-6, ceiling: 1e6 }).domain().map(Math.log10).map(Math.round), [-6, 7]);
});

test("numbers are kept between two others", () => assert.deepEqual([-1, 0.5, 2].map((x) => clamp(x, 0, 1)), [0, 0.5, 1]));
