// The legend, the switches, the learning rates and the figures of each run, in one table.
import { numberField } from "../../ui/controls.js";
import { h, keyed, setText } from "../../ui/dom.js";
import { brief, number } from "../../ui/format.js";
import { toggle } from "../../ui/legend.js";
import { refusal } from "../../ui/parameters.js";
import { faultOf } from "./runs.js";

/** @typedef {import("../../ui/store.js").Store} Store */

/** @param {Store} store */
export function results(store) {
  const { tolerance, functions } = store.figure;
  const known = functions.some((f) => f.lowest !== null);
  const heads = known ? ["f − f*", "distance", `steps\u00a0to ${number(tolerance)}`] : ["f"];
  const words = known ? ": how far above the lowest value, how far from the nearest minimum, and the first step within the tolerance" : "";
  const caption = h("caption", { class: "ex-hidden" }, `Each optimizer at the step on show${words}; and its learning rate`);
  const body = h("tbody");
  const columns = heads.map((text) => h("th", { scope: "col" }, text));
  const head = h("thead", {}, h("tr", {}, h("td"), ...columns, h("th", { scope: "col" }, "learning rate")));
  const problems = h("div", { class: "ex-problems" });
  const element = h("div", { class: "ex-table ex-results" }, h("table", {}, caption, head, body), problems);
  /** @type {Map<string, ReturnType<typeof resultRow>>} */
  const rows = new Map();

  /** Another figure may have other optimizers. */
  function rebuild() {
    keyed(body, rows, store.figure.optimizers.map(({ label }) => label), (label) => resultRow(store, label, heads.length));
    problems.replaceChildren(...[...rows.values()].map(({ problem }) => problem));
    update();
  }
  const update = () => rows.forEach((row) => row.update());
  store.on(["figure"], rebuild);
  store.on(["shown", "hyperparameters"], update);
  rebuild();

  /**
   * @param {import("./runs.js").Run[]} runs
   * @param {number} at
   */
  function draw(runs, at) {
    const here = store.landscape.lowest !== null; // of a function that the reader has written it is not known
    setText(columns[0], here ? heads[0] : "f");
    for (const column of columns.slice(1)) column.hidden = !here;
    for (const [label, row] of rows) row.draw(runs.find((run) => run.label === label), store.errors[label], at, here);
  }
  return { element, draw };
}

/**
 * @param {Store} store
 * @param {string} label
 * @param {number} count  of the figures of a run
 */
function resultRow(store, label, count) {
  const optimizer = /** @type {import("../../ui/types.js").Optimizer} */ (store.optimizer(label));
  const [loss, ...others] = Array.from({ length: count }, () => h("td"));
  const own = toggle(store, optimizer);
  const rate = numberField(`learning rate of ${label}`, {
    refuse: (value) => refusal("learning_rate", value),
    onInput: (value) => store.setHyperparameter([label], "learning_rate", value),
  });
  const has = optimizer.names.includes("learning_rate");
  const last = h("td", { class: "ex-rate" }, has && rate.field);
  const element = h("tr", {}, h("th", { scope: "row" }, own.element), loss, ...others, last);

  function update() {
    own.update();
    const value = store.get("hyperparameters")[label]?.learning_rate;
    if (value !== undefined) rate.set(value);
  }

  /**
   * @param {import("./runs.js").Run | undefined} run
   * @param {string | undefined} error
   * @param {number} at
   * @param {boolean} known  whether a lowest value is
   */
  function draw(run, error, at, known) {
    const fault = faultOf(run, error, at);
    loss.classList.toggle("ex-lost", Boolean(fault));
    loss.classList.toggle("ex-outside", Boolean(!fault && run?.outside(at)));
    loss.colSpan = fault && known ? count : 1;
    setText(loss, fault ?? (run ? brief(run.loss[at]) : ""));
    for (const cell of others) cell.hidden = Boolean(fault) || !known;
    if (!known || fault) return;
    const distance = run?.distance(at) ?? NaN;
    setText(others[0], Number.isFinite(distance) ? brief(distance) : "");
    setText(others[1], !run ? "" : run.reached >= 0 ? run.reached : "–");
  }
  return { element, problem: rate.problem, update, draw };
}
