// The runs over a landscape, with what the table, the goal and the summary say of each.
import { number } from "../../ui/format.js";

/**
 * @typedef {object} Run
 * @property {string} label
 * @property {Float64Array} x
 * @property {Float64Array} y
 * @property {Float64Array} loss  above the lowest value, where that is known
 * @property {number | null} lost  the step at which it diverged
 * @property {number} end  the last step with finite values; -1 if there is none
 * @property {number} reached  the first step within the tolerance; -1 if there is none
 * @property {(i: number) => number} distance  from the nearest minimum
 * @property {(i: number) => boolean} outside  whether it is off the map
 * @property {string} words
 * @property {import("../../ui/types.js").Optimizer} optimizer
 */

/**
 * @param {import("../../ui/store.js").Store} store
 * @returns {Run[]}
 */
export function readRuns(store) {
  const place = store.landscape;
  return [...store.columns()].flatMap(([label, { x, y, value }]) => {
    const optimizer = store.optimizer(label);
    return optimizer && value ? [read({ label, x, y, value, optimizer }, place, store.figure.tolerance)] : [];
  });
}

/**
 * @param {{ label: string, x: Float64Array, y: Float64Array, value: Float64Array, optimizer: import("../../ui/types.js").Optimizer }} columns
 * @param {import("../../ui/types.js").Landscape} place
 * @param {number} tolerance
 * @returns {Run}
 */
function read({ label, x, y, value, optimizer }, { minima, lowest, window }, tolerance) {
  const finite = value.findIndex((v) => !Number.isFinite(v));
  const lost = finite < 0 ? null : finite;
  const end = lost === null ? value.length - 1 : lost - 1;
  const loss = lowest === null ? value : value.map((v) => v - lowest);
  const reached = lowest === null ? -1 : loss.findIndex((v) => v <= tolerance);
  /** @param {number} i */
  const distance = (i) => Math.min(...minima.map(([a, b]) => Math.hypot(x[i] - a, y[i] - b)));
  /** @param {number} i */
  const outside = (i) => x[i] < window[0] || x[i] > window[1] || y[i] < window[2] || y[i] > window[3];
  const words = () => {
    if (lost === 0) return "the function has no finite value at the start";
    if (lost !== null) return `diverged at step ${lost}`;
    const height = lowest === null ? `f ${number(loss[end])}` : `${number(loss[end])} above the lowest value`;
    const away = minima.length ? `, ${number(distance(end))} from the nearest minimum` : "";
    const when = reached >= 0 ? `, within ${number(tolerance)} at step ${reached}` : "";
    const left = outside(end) ? `, outside the map since step ${x.findIndex((_, i) => outside(i))}` : "";
    return `${height}${away}${when}${left}`;
  };
  return { label, x, y, loss, lost, end, reached, distance, outside, words: words(), optimizer };
}

/**
 * What is wrong with a run at a step, if something is.
 * @param {Run | undefined} run
 * @param {string | undefined} error
 * @param {number} at
 */
export function faultOf(run, error, at) {
  if (error) return "failed";
  if (!run || run.lost === null || at < run.lost) return null;
  return run.lost ? `diverged at step ${run.lost}` : "no finite value here";
}

/**
 * The least of some numbers, for a goal.
 * @param {number[]} values
 * @returns {import("../../ui/types.js").Measured}
 */
function least(values) {
  const finite = values.filter(Number.isFinite);
  const value = finite.length ? Math.min(...finite) : null;
  return { value, text: value === null ? "–" : number(value) };
}

/**
 * What a goal can ask of a landscape's runs.
 * @param {() => Run[]} runs
 * @param {() => import("../../ui/types.js").Landscape} place
 * @returns {import("../../ui/types.js").Measures}
 */
export function measuresOf(runs, place) {
  const names = Object.keys(measured(() => [], place));
  return Object.fromEntries(names.map((name) => [name, (of) => measured(() => runs().filter(({ label }) => !of || label === of), place)[name]()]));
}

/**
 * @param {() => Run[]} runs
 * @param {() => import("../../ui/types.js").Landscape} place
 * @returns {Record<string, () => import("../../ui/types.js").Measured>}
 */
function measured(runs, place) {
  const arrived = () => runs().filter(({ lost }) => lost === null);
  return {
    "steps to the target": () => least(runs().flatMap(({ reached }) => (reached < 0 ? [] : [reached]))),
    distance: () => least(arrived().map(({ distance, end }) => distance(end))),
    value: () => least(arrived().map(({ loss, end }) => loss[end])),
    diverged: () => {
      const value = runs().filter(({ lost }) => lost !== null).length;
      return { value, text: String(value) };
    },
    minimum: () => {
      const [run] = arrived();
      const { minima } = place();
      if (!run || minima.length === 0) return { value: null, text: "–" };
      const value = nearest(run, minima) + 1; // counted as people do
      return { value, text: `${value}, (${minima[value - 1].map(number).join(", ")})` };
    },
    "minima reached": () => {
      const value = new Set(arrived().map((run) => nearest(run, place().minima))).size;
      return { value, text: String(value) };
    },
  };
}

/**
 * Which minimum a path ends nearest to.
 * @param {Run} run
 * @param {number[][]} minima
 */
function nearest({ x, y, end }, minima) {
  const away = minima.map(([a, b]) => Math.hypot(x[end] - a, y[end] - b));
  return away.indexOf(Math.min(...away));
}
