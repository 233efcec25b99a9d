// The controls: fields for numbers, sliders with a field for the exact value, menus, buttons.
import { h, uniqueId } from "./dom.js";
import { exact } from "./format.js";

/**
 * A field for a number. What is not one, or what `refuse` names, is shown and goes no further;
 * `set(null)` shows that there is no one value.
 * @param {string} aria
 * @param {{ refuse: (value: number) => string | undefined, onInput: (value: number) => void, id?: string, labeled?: boolean }} options
 */
export function numberField(aria, { refuse, onInput, id = uniqueId("field"), labeled = false }) {
  const problem = h("span", { class: "ex-problem", id: `${id}-problem`, role: "alert" });
  /** @param {string} [message] */
  const complain = (message) => {
    problem.textContent = message ?? "";
    field.toggleAttribute("aria-invalid", Boolean(message));
    if (message) field.setAttribute("aria-describedby", problem.id);
    else field.removeAttribute("aria-describedby");
  };
  const read = () => {
    const value = Number(field.value.trim().replace("−", "-") || NaN);
    const message = Number.isNaN(value) ? `${aria} is “${field.value}”; expected a number` : refuse(value);
    complain(message);
    if (!message) onInput(value);
  };
  const field = h("input", {
    type: "text",
    inputmode: "decimal",
    spellcheck: "false",
    autocomplete: "off",
    id,
    "aria-label": labeled ? null : aria,
    change: read,
    /** @param {KeyboardEvent} event */
    keydown: ({ key }) => key === "Enter" && read(), // a notebook makes no change of it
  });
  /** @param {number | null} value */
  const set = (value) => {
    complain();
    field.value = value === null ? "" : exact(value);
    field.placeholder = value === null ? "various" : "";
  };
  return { field, problem, set };
}

/**
 * A slider and a field that say the same thing.
 * @param {{ text: string, aria: string, refuse: (value: number) => string | undefined, onInput: (value: number) => void,
 *   scale: { count: number, value: (position: number) => number, position: (value: number) => number } }} options
 */
export function slider({ text, aria, scale, refuse, onInput }) {
  const id = uniqueId("field");
  const range = h("input", { type: "range", min: 0, max: scale.count, step: 1, "aria-label": aria });
  const { field, problem, set: setField } = numberField(aria, { refuse, onInput, id, labeled: true });
  const element = h("div", { class: "ex-slider" }, h("label", { for: id }, text), range, field, problem);

  /** @param {number | null} value */
  const set = (value) => {
    setField(value);
    element.classList.toggle("ex-mixed", value === null);
    range.setAttribute("aria-valuetext", value === null ? "various" : exact(value));
    const position = value === null ? scale.count / 2 : Math.round(Math.min(scale.count, Math.max(0, scale.position(value))));
    range.value = String(position);
    range.style.setProperty("--ex-filled", `${(100 * position) / scale.count}%`);
  };
  range.addEventListener("input", () => onInput(scale.value(Number(range.value))));
  return { element, set };
}

/**
 * A menu; `setOptions` has it show others.
 * @param {{ text: string, options: string[][], onChange: (value: string) => void }} options  pairs of value and words
 */
export function menu({ text, options, onChange }) {
  const id = uniqueId("menu");
  const select = h("select", { id, change: () => onChange(select.value) });
  const element = h("div", { class: "ex-menu" }, h("label", { for: id }, text), select);
  let known = "";
  /** @param {string[][]} pairs */
  const setOptions = (pairs) => {
    if (known === String(pairs)) return;
    known = String(pairs);
    const { value } = select;
    select.replaceChildren(...pairs.map(([option, words]) => h("option", { value: option }, words)));
    if (pairs.some(([option]) => option === value)) select.value = value;
  };
  setOptions(options);
  /** @param {string} value */
  const set = (value) => {
    select.value = value;
  };
  return { element, select, set, setOptions };
}

/**
 * @param {string} text
 * @param {() => void} onClick
 * @param {Record<string, any>} [attributes]
 */
export function button(text, onClick, attributes = {}) {
  return h("button", { type: "button", click: onClick, ...attributes }, text);
}
