// The trace: what is inside the rules, step by step, under a stream of gradients.
import { h } from "../../ui/dom.js";
import { number } from "../../ui/format.js";
import { frame } from "../../ui/frame.js";
import { tracePython } from "../../ui/python.js";
import { settings } from "../../ui/settings.js";
import { Store } from "../../ui/store.js";
import { followStep, transport } from "../../ui/transport.js";
import { gradients } from "./gradients.js";
import { inWords as longestInWords, longestLine, longestOf } from "./longest.js";
import { measuresOf } from "./measures.js";
import { panel } from "./panel.js";
import { streamControls } from "./stream.js";
import { values } from "./values.js";

const PINNED = 3; // panels that stay in view on a phone: the gradients and the first two of the others

/**
 * What was computed, and what is to be said of it.
 * @typedef {{ columns: import("../../ui/types.js").Columns, longest: import("./longest.js").Longest[], lost: string[], rows: number }} Run
 */

/** @type {import("../../ui/types.js").View} */
export default function trace(model, el) {
  const store = new Store(model);
  /** @type {Run} */
  let run = { columns: new Map(), longest: [], lost: [], rows: 0 };
  let known = 0; // the step that was drawn last
  const quantities = [...new Set(store.figure.panels.flat())];
  const steps = transport({ first: 1, steps: () => store.result.rows, onStep: () => draw(), playing: false });
  const view = frame(el, {
    store,
    name: "Quantities of the rules over the steps",
    python: () => tracePython(store),
    summary: () => inWords(store, run, quantities, Math.max(1, Math.min(steps.chosen(), run.rows))),
    measures: measuresOf(() => run),
  });
  const panels = allPanels(store, { onStep: steps.point, onPick: steps.move });
  const readout = longestLine();
  const table = values(store, ["g", ...quantities]);
  const stream = streamControls(store, steps.onShow);
  const parts = panels.map(({ element }) => element);
  const pinned = h("div", { class: "ex-pinned" }, ...parts.slice(0, PINNED));
  const main = h("div", { class: "ex-main" }, pinned, ...parts.slice(PINNED), steps.element, readout.element);
  view.fill(main, table.element, h("div", { class: "ex-controls" }, stream.element, settings(store)));

  function draw() {
    const at = steps.onShow();
    for (const part of panels) part.draw(run.columns, at);
    table.draw(run.columns, at);
    readout.draw(run.longest, at);
    if (at !== known) stream.update(); // it has the gradient at that step
    known = at;
  }

  /** @param {any} [event] */
  function compute(event) {
    const followEnd = run.rows === 0 || steps.chosen() >= run.rows;
    run = readRun(store);
    view.warn("lost", run.lost);
    steps.refit(followEnd);
    view.ran();
    if (event) view.speak();
  }
  store.on(["_result"], compute);
  compute();
  followStep(el, steps.move);
  return () => {
    steps.stop();
    for (const part of panels) part.close();
    store.close();
    view.close();
  };
}

/**
 * The gradients, and a panel for each of the figure's.
 * @param {Store} store
 * @param {import("./panel.js").Told} told
 */
function allPanels(store, told) {
  const { panels } = store.figure;
  return [gradients(store, told), ...panels.map((names, i) => panel(store, names, { ...told, last: i === panels.length - 1 }))];
}

/**
 * @param {Store} store
 * @returns {Run}
 */
function readRun(store) {
  const columns = store.columns();
  return { columns, longest: longestOf(columns), lost: divergences(columns), rows: store.result.rows };
}

/**
 * @param {Store} store
 * @param {Run} run
 * @param {string[]} quantities
 * @param {number} at
 */
function inWords(store, { columns, longest }, quantities, at) {
  const words = [...columns].map(([label, own]) => {
    const parts = quantities.filter((q) => own[q]).map((q) => `${store.spoken(q)} ${number(own[q][at - 1])}`);
    const most = longest.find((other) => other.label === label);
    return `${label}: ${[...parts, most && longestInWords(most, at)].filter(Boolean).join(", ")}`;
  });
  return `${store.get("stream")} gradients, step ${at}. ${words.join(". ")}.`;
}

/** @param {import("../../ui/types.js").Columns} columns */
function divergences(columns) {
  return [...columns].flatMap(([label, { step, g }]) => {
    const row = (step ?? g)?.findIndex((x) => !Number.isFinite(x)) ?? -1;
    return row < 0 ? [] : [`${label} diverged at step ${row + 1}.`];
  });
}
