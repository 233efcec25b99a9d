// The controls: sliders with a field for the exact value, menus, buttons, and the settings of the rules.
import { h, uniqueId } from "./dom.js";
import { exact, label as labelOf, spoken } from "./format.js";
import { refusal, scaleOf, stepsRefusal, stepsScale } from "./parameters.js";

/**
 * A field for a number. What is not one, or what `refuse` names, is shown and goes no further;
 * `set(null)` shows that there is no one value.
 */
export function numberField(aria, { refuse, onInput, id = uniqueId("field"), labelled = false }) {
  const problem = h("span", { class: "ex-problem", id: `${id}-problem`, role: "alert" });
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
    "aria-label": labelled ? null : aria,
    change: read,
  });
  const set = (value) => {
    complain();
    field.value = value === null ? "" : exact(value);
    field.placeholder = value === null ? "various" : "";
  };
  return { field, problem, set };
}

/** A slider and a field that say the same thing. */
export function slider({ text, aria, scale, refuse, onInput }) {
  const id = uniqueId("field");
  const range = h("input", { type: "range", min: 0, max: scale.count, step: 1, "aria-label": aria });
  const { field, problem, set: setField } = numberField(aria, { refuse, onInput, id, labelled: true });
  const element = h("div", { class: "ex-slider" }, h("label", { for: id }, text), range, field, problem);

  const set = (value) => {
    setField(value);
    const mixed = value === null;
    element.classList.toggle("ex-mixed", mixed);
    range.setAttribute("aria-valuetext", mixed ? "various" : exact(value));
    const position = mixed ? scale.count / 2 : Math.round(Math.min(scale.count, Math.max(0, scale.position(value))));
    range.value = position;
    range.style.setProperty("--ex-filled", `${(100 * position) / scale.count}%`);
  };
  range.addEventListener("input", () => onInput(scale.value(Number(range.value))));
  return { element, set };
}

export function menu({ text, options, onChange }) {
  const id = uniqueId("menu");
  const select = h("select", { id, change: () => onChange(select.value) });
  for (const [value, words] of options) select.append(h("option", { value }, words));
  const element = h("div", { class: "ex-menu" }, h("label", { for: id }, text), select);
  return { element, select, set: (value) => (select.value = value) };
}

export function button(text, onClick, attributes = {}) {
  return h("button", { type: "button", click: onClick, ...attributes }, text);
}

/** The sliders of the hyperparameters: for all optimizers that are shown, or for one. */
export function settings(store) {
  const element = h("div", { class: "ex-settings" });
  const sliders = new Map();
  const optimizers = store.figure.optimizers;
  let target = "";

  const labels = () => (target ? [target] : store.get("shown"));
  const chooser = menu({
    text: "settings of",
    options: [["", "all that are shown"], ...optimizers.map(({ label }) => [label, label])],
    onChange: (value) => {
      target = value;
      update();
    },
  });
  if (optimizers.length > 1) element.append(chooser.element);

  for (const name of new Set(optimizers.flatMap((optimizer) => optimizer.names))) {
    const first = optimizers.find((optimizer) => optimizer.names.includes(name)).label;
    const control = slider({
      text: labelOf(name),
      aria: spoken(name),
      scale: scaleOf(name, store.initial.hyperparameters[first][name]),
      refuse: (value) => refusal(name, value),
      onInput: (value) => store.setHyperparameter(labels(), name, value),
    });
    sliders.set(name, control);
    element.append(control.element);
  }
  const most = store.figure.most_steps;
  const steps = slider({
    text: "steps",
    aria: "steps",
    scale: stepsScale(most),
    refuse: (value) => stepsRefusal(value, most),
    onInput: (value) => store.set({ steps: value }),
  });
  element.append(steps.element);

  function update() {
    const all = store.get("hyperparameters");
    for (const [name, control] of sliders) {
      const values = labels().filter((label) => name in all[label]).map((label) => all[label][name]);
      control.element.hidden = values.length === 0;
      if (values.length) control.set(values.every((value) => value === values[0]) ? values[0] : null);
    }
    steps.set(store.get("steps"));
  }
  store.on(["hyperparameters", "shown", "steps"], update);
  update();
  return element;
}

/** A checkbox with the optimizer's line and name: legend and switch in one. */
export function toggle(store, optimizer) {
  const id = uniqueId("toggle");
  const box = h("input", { type: "checkbox", id, change: () => store.setShown(optimizer.label, box.checked) });
  const line = document.createElementNS("http://www.w3.org/2000/svg", "svg");
  line.setAttribute("class", "ex-swatch");
  line.setAttribute("viewBox", "0 0 26 6");
  line.setAttribute("aria-hidden", "true");
  line.innerHTML = `<path d="M1,3H25" stroke-dasharray="${optimizer.dash}"/>`;
  const update = () => (box.checked = store.get("shown").includes(optimizer.label));
  store.on(["shown"], update);
  update();
  return h("span", { class: "ex-toggle ex-line", style: ink(optimizer.color) }, box, h("label", { for: id }, line, optimizer.label));
}

/** The two colours of a line, for light and for dark surroundings, as custom properties. */
export const ink = (color) => `--ex-light: ${color}; --ex-dark: ${inDark(color)}`;

/** A colour as the book's dark pages show a figure's: inverted, with its hue turned back. */
function inDark(color) {
  const [r, g, b] = [1, 3, 5].map((i) => 255 - parseInt(color.slice(i, i + 2), 16));
  const rows = [[-0.574, 1.43, 0.144], [0.426, 0.43, 0.144], [0.426, 1.43, -0.856]];
  const turned = rows.map(([x, y, z]) => Math.round(Math.min(255, Math.max(0, x * r + y * g + z * b))));
  return `rgb(${turned.join(" ")})`;
}
