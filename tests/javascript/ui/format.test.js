// Numbers as a reader sees them.
import assert from "node:assert/strict";
import { test } from "node:test";

const { brief, exact, number, superscript } = await import("../../../adamlearn/explorables/ui/format.js");

test("numbers have three digits, or two and a power of ten", () => {
  const written = { 0: "0", 1234.5: "1230", 0.00123456: "0.00123", 1e5: "10⁵", 25e-5: "2.5·10⁻⁴" };
  for (const [x, text] of Object.entries(written)) assert.equal(number(Number(x)), text);
  assert.equal(number(-0.00025), "−2.5·10⁻⁴");
  assert.equal(number(-2.5), "−2.5");
  assert.equal(number(NaN), "–");
  assert.equal(number(Infinity), "–");
});

test("in brief they have two digits, and whole numbers theirs", () => {
  assert.equal(brief(1.234), "1.2");
  assert.equal(brief(123), "123");
});

test("exact numbers read back as the same", () => {
  for (const x of [0, 0.1, 1e-8, 123456.789, 0.00099]) assert.equal(Number(exact(x)), x);
  assert.equal(exact(1e-8), "1e-8");
  assert.equal(exact(0.00025), "2.5e-4");
});

test("exponents are superscripts", () => assert.equal(superscript(-120), "⁻¹²⁰"));
