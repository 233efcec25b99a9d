// Formulas in words: what a reader sees in an excerpt, and what a query finds.
import assert from "node:assert/strict";
import { createRequire } from "node:module";
import { test } from "node:test";

const fetched = createRequire(new URL("../../../book/assets/package.json", import.meta.url));
const katex = fetched("katex");
const { parseHTML } = fetched("linkedom");
const { formulaInWords } = await import("../../../book/assets/search/formulas.mjs");
const { inWords } = await import("../../../book/_static/search/words.js");

/** @param {string} tex */
function read(tex) {
  const { document } = parseHTML(katex.renderToString(tex, { output: "mathml" }));
  return formulaInWords(/** @type {Element} */ (document.querySelector("semantics > mrow")));
}

test("a symbol has the name that the code has for it", () => {
  assert.equal(read("\\beta_2"), "beta2");
  assert.equal(read("\\epsilon"), "epsilon");
  assert.equal(read("\\hat v_t"), "v_hat_t");
  assert.equal(read("\\Delta"), "delta");
});

test("a formula is one line", () => {
  assert.equal(read("1 - \\beta_1^t"), "1 - beta1^t");
  assert.equal(read("\\frac{\\hat m}{\\sqrt{\\hat v} + \\epsilon}"), "m_hat / (sqrt(v_hat) + epsilon)");
  assert.equal(read("\\eta\\lambda\\theta"), "eta lambda theta");
  assert.equal(read("10^{-16}"), "10^(-16)");
  assert.equal(read("\\max(a, b)"), "max(a, b)");
});

test("a query is turned into the same words", () => {
  for (const typed of ["β2", "β₂", "𝛽2"]) assert.equal(inWords(typed), "beta2");
  for (const typed of ["ε", "ϵ", "epsilon"]) assert.equal(inWords(typed), "epsilon");
  assert.equal(inWords("Why does the loss spike?"), "Why does the loss spike?");
});
