// The difference that stands beneath the editor.
import assert from "node:assert/strict";
import { test } from "node:test";

const { difference } = await import("../../../adamlearn/explorables/editor/difference.js");

/**
 * @param {string} original
 * @param {string} text
 */
const shown = (original, text) => difference(original, text).map((line) => line.mark + line.text);

test("every line is there, and those that differ are marked", () => {
  assert.deepEqual(shown("a\nb\nc\n", "a\nB\nc\nd\n"), [" a", "-b", "+B", " c", "+d"]);
});

test("without a change there is nothing", () => {
  assert.deepEqual(shown("a\nb\n", "a\nb"), []);
});

test("an empty text is all gone", () => {
  assert.deepEqual(shown("a\nb\n", ""), ["-a", "-b", "+"]);
});

test("indentation counts", () => {
  assert.deepEqual(shown("a\n  b\n", "a\n    b\n"), [" a", "-  b", "+    b"]);
});
