// The goal: what is measured, how far it is, the quiet sign that it is met, a hint, and the question that comes next.
import { button } from "./controls.js";
import { h, setText, uniqueId } from "./dom.js";

/** @type {Record<string, (measured: number, value: number) => boolean>} */
const RELATIONS = { ">=": (a, b) => a >= b, "<=": (a, b) => a <= b, "=": (a, b) => a === b };
const WORDS = "You have it.";

/**
 * Whether what was measured is what the goal asks for.
 * @param {import("./types.js").Goal} goal
 * @param {number | null} measured
 */
export function isMet({ relation, value }, measured) {
  return measured !== null && Boolean(RELATIONS[relation]?.(measured, value));
}

/**
 * Call back when no finger and no mouse is down on the figure: what it holds would move away under it.
 * @param {Element} element  in the figure
 * @param {() => void} callback
 */
function afterwards(element, callback) {
  if (element.closest(".ex")?.matches(":active")) addEventListener("pointerup", callback, { once: true });
  else callback();
}

/**
 * The goal's line, kept in step by `update`; nothing where the figure has none.
 * @param {import("./types.js").Figure} figure
 * @param {import("./types.js").Measures} measures
 */
export function goalLine({ goal }, measures) {
  if (!goal || !measures[goal.measure]) return { element: null, update: () => {} };
  const measured = h("span", { class: "ex-measured" });
  const sign = h("span", { class: "ex-sign", hidden: true }, h("span", { "aria-hidden": "true" }, "✓ "), WORDS);
  const next = h("p", { class: "ex-next", hidden: true }, goal.next ?? "");
  const live = h("p", { class: "ex-hidden", role: "status" });
  const id = uniqueId("hint");
  const hint = h("p", { class: "ex-hint", id, hidden: true }, goal.hint ?? "");
  const hinting = button("Hint", () => {
    hint.hidden = !hint.hidden;
    hinting.setAttribute("aria-expanded", String(!hint.hidden));
  }, { "aria-expanded": "false", "aria-controls": id });
  const line = h("p", { class: "ex-score" }, measured, h("span", {}, `goal: ${goal.words}`), sign);
  const row = h("div", { class: "ex-aiming" }, line, goal.hint && hinting);
  const element = h("div", { class: "ex-goal" }, row, hint, next, live);
  let said = false;

  /** `counts`: whether the figure is still about what the goal is about. */
  function update(counts = true) {
    element.hidden = !counts;
    if (!counts || !goal) return;
    const { value, text } = measures[goal.measure](goal.of ?? "");
    const met = isMet(goal, value);
    setText(measured, `${goal.measure}${goal.of ? ` of ${goal.of}` : ""} ${text}`);
    sign.hidden = !met;
    if (!met || said) return;
    said = true; // the next question stays, whatever becomes of the run
    afterwards(element, () => (next.hidden = !goal.next));
    setText(live, goal.next ? `${WORDS} ${goal.next}` : WORDS);
  }
  return { element, update };
}
