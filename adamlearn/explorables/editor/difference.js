// What sets one text apart from another, as the book shows it: every line, some of them marked.

import { diffArrays } from "diff";

/** @typedef {{mark: " " | "+" | "-", text: string}} Line */

/** @param {string} text */
const lines = (text) => text.trimEnd().split("\n");

/**
 * Every line of `text`, marked + where it differs from the line of `original` above it, which is marked -.
 * Nothing if they are the same.
 * @param {string} original
 * @param {string} text
 * @returns {Line[]}
 */
export function difference(original, text) {
  const parts = diffArrays(lines(original), lines(text));
  if (parts.every((part) => !part.added && !part.removed)) return [];
  return parts.flatMap(({ added, removed, value }) =>
    value.map((line) => ({ mark: added ? "+" : removed ? "-" : " ", text: line })),
  );
}
