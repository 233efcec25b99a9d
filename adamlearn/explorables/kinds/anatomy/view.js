// The anatomy of a step: the lines of a rule, each with the value that it gives its name, as a bar.
import { h, keyed, setText } from "../../ui/dom.js";
import { number } from "../../ui/format.js";
import { frame } from "../../ui/frame.js";
import { ink } from "../../ui/legend.js";
import { tracePython } from "../../ui/python.js";
import { settings } from "../../ui/settings.js";
import { Store } from "../../ui/store.js";
import { followStep, pinnedStep, transport } from "../../ui/transport.js";
import { longestOf } from "../trace/longest.js";
import { measuresOf } from "../trace/measures.js";
import { streamControls } from "../trace/stream.js";
import { linesOf } from "./lines.js";
import "./view.css";

/** @type {import("../../ui/types.js").View} */
export default function anatomy(model, el) {
  const store = new Store(model);
  const measures = measuresOf(() => ({ columns: store.columns(), longest: longestOf(store.columns()) }));
  const view = frame(el, { store, name: "A step of a rule, line by line", python: () => tracePython(store), summary, measures });
  const steps = transport({ first: 1, steps: () => store.get("steps"), onStep: show });
  const push = h("button", { type: "button", class: "ex-push", click: () => steps.move(steps.chosen() + 1) }, "Next step");
  const stream = streamControls(store, () => steps.chosen());
  const bodies = h("div", { class: "ex-bodies" });
  const told = pinnedStep();
  /** @type {Map<string, ReturnType<typeof body>>} */
  const parts = new Map();
  view.fill(h("div", { class: "ex-main" }, h("div", { class: "ex-pinned" }, told, bodies), push, steps.element), h("div", { class: "ex-controls" }, stream.element, settings(store)));

  /** @param {number} at */
  function show(at) {
    if (at !== store.get("at")) store.set({ at });
    draw();
  }

  function draw() {
    const at = Math.min(steps.chosen(), store.result.rows);
    setText(told, `step ${at}`);
    for (const [label, part] of parts) part.draw(store.columns().get(label), at);
    stream.update();
  }

  function rebuild() {
    parts.clear(); // an edited text has other lines
    keyed(bodies, parts, store.get("shown"), (label) => body(store, label));
    draw();
  }

  function compute() {
    steps.refit(false);
    view.ran();
    view.speak();
  }

  function summary() {
    const at = steps.chosen();
    const words = [...store.columns()].map(([label, values]) => {
      const told = Object.entries(values).map(([quantity, of]) => `${store.spoken(quantity)} ${number(of[at - 1])}`);
      return `${label}: ${told.join(", ")}`;
    });
    return `Step ${at}. ${words.join(". ")}.`;
  }
  store.on(["figure", "shown"], rebuild);
  store.on(["_result"], compute);
  store.on(["at"], () => steps.chosen() !== store.get("at") && steps.move(store.get("at")));
  rebuild();
  followStep(el, steps.move);
  steps.move(store.get("at"));
  view.ran();
  return () => {
    steps.stop();
    store.close();
    view.close();
  };
}

/**
 * The lines of one rule.
 * @param {Store} store
 * @param {string} label
 */
function body(store, label) {
  const optimizer = store.optimizer(label);
  const rows = linesOf(optimizer).map(([quantity, text]) => {
    const [bar, value] = [h("span", { class: "ex-bar" }), h("td", { class: "ex-number" })];
    const [code, track] = [h("code", {}, text), h("span", { class: "ex-track", "aria-hidden": "true" }, bar)];
    return { quantity, bar, value, element: h("tr", {}, h("th", { scope: "row" }, code), h("td", {}, track), value) };
  });
  const caption = h("caption", {}, label);
  const table = h("table", {}, caption, h("tbody", {}, ...rows.map(({ element }) => element)));
  const element = h("div", { class: "ex-table ex-lines ex-line", style: ink(optimizer?.color ?? "#000000") }, table);

  /**
   * @param {Record<string, Float64Array> | undefined} values
   * @param {number} at
   */
  function draw(values, at) {
    for (const { quantity, bar, value } of rows) {
      const column = values?.[quantity];
      const x = column ? column[at - 1] : NaN;
      const largest = column ? column.reduce((most, y) => (Math.abs(y) > most ? Math.abs(y) : most), 0) : 0;
      const share = largest > 0 && Number.isFinite(x) ? (50 * x) / largest : 0;
      bar.style.left = `${Math.min(50, 50 + share)}%`;
      bar.style.width = `${Math.abs(share)}%`;
      setText(value, number(x));
    }
  }
  return { element, draw };
}
