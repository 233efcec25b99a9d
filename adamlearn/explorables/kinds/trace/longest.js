// The longest step so far: what there is to beat.
import { h, setText } from "../../ui/dom.js";
import { number } from "../../ui/format.js";

const ROUNDING = 1 + 1e-9; // no step is longer by less

/** @typedef {{ label: string, steps: Float64Array, rows: Int32Array }} Longest  the row of the longest up to each */

/**
 * @param {import("../../ui/types.js").Columns} columns
 * @returns {Longest[]}
 */
export function longestOf(columns) {
  return [...columns].flatMap(([label, { step: steps }]) => {
    if (!steps) return [];
    const rows = new Int32Array(steps.length);
    let best = -1;
    for (let i = 0; i < steps.length; i++) {
      if (Number.isFinite(steps[i]) && (best < 0 || Math.abs(steps[i]) > ROUNDING * Math.abs(steps[best]))) best = i;
      rows[i] = best;
    }
    return [{ label, steps, rows }];
  });
}

/**
 * In words, up to a step; nothing where there is no finite step.
 * @param {Longest} longest
 * @param {number} at
 */
export function inWords({ steps, rows }, at) {
  const row = rows[Math.min(at, rows.length) - 1];
  return row === undefined || row < 0 ? "" : `longest step ${number(Math.abs(steps[row]))} at step ${row + 1}`;
}

/** The read-out, one part for each optimizer that is shown. */
export function longestLine() {
  const element = h("p", { class: "ex-longest" });

  /**
   * @param {Longest[]} all
   * @param {number} at
   */
  function draw(all, at) {
    const parts = all.flatMap((own) => {
      const words = inWords(own, at);
      if (!words) return [];
      return [all.length > 1 ? `${own.label}: ${words}` : words];
    });
    if (element.children.length !== parts.length) element.replaceChildren(...parts.flatMap(() => [h("span"), " "]));
    parts.forEach((part, i) => setText(element.children[i], part));
  }
  return { element, draw };
}
