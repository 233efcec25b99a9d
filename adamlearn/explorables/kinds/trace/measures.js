// What a goal can ask of a trace: of the steps that were made, and of where they have led.
import { number } from "../../ui/format.js";

/** @typedef {{ columns: import("../../ui/types.js").Columns, longest: import("./longest.js").Longest[] }} Run */

/** The runs that are asked about. @param {Run} run @param {string} [of] @returns {Run} */
const only = ({ columns, longest }, of) => ({
  columns: new Map([...columns].filter(([label]) => !of || label === of)),
  longest: longest.filter(({ label }) => !of || label === of),
});

/** @param {number[]} values */
const told = (values) => {
  const value = values.length && values.every(Number.isFinite) ? values[0] : null;
  return { value, text: value === null ? "–" : number(value) };
};
const most = (/** @type {number[]} */ values) => (values.length ? [Math.max(...values)] : []);
const least = (/** @type {number[]} */ values) => (values.length ? [Math.min(...values)] : []);

/**
 * @param {() => Run} run
 * @returns {import("../../ui/types.js").Measures}
 */
export function measuresOf(run) {
  const names = Object.keys(measured({ columns: new Map(), longest: [] }));
  return Object.fromEntries(names.map((name) => [name, (of) => measured(only(run(), of))[name]()]));
}

/**
 * @param {Run} run
 * @returns {Record<string, () => import("../../ui/types.js").Measured>}
 */
function measured({ columns, longest }) {
  const each = (/** @type {string} */ quantity) => [...columns.values()].flatMap((own) => (own[quantity] ? [own[quantity]] : []));
  const last = (/** @type {string} */ quantity) => each(quantity).map((values) => values[values.length - 1]);
  const sizes = (/** @type {number[]} */ values) => values.map(Math.abs);
  return {
    "longest step": () => told(most(longest.flatMap(({ steps, rows }) => sizes([steps[rows[rows.length - 1]]]).filter(Number.isFinite)))),
    "shortest first step": () => told(least(sizes(each("step").map((values) => values[0])))),
    "shortest last step": () => told(least(sizes(last("step")))),
    "ratio of the last steps": () => told([Math.max(...sizes(last("step"))) / Math.min(...sizes(last("step")))]),
    "distance between the ends": () => told([Math.max(...last("p")) - Math.min(...last("p"))]),
    "highest end": () => told(most(last("p"))),
    "farthest parameter": () => told(most(each("p").map((values) => Math.max(...sizes([...values]))))),
    "plain steps": () => told(most(each("r").map((values) => values.filter((r) => r === 0).length))),
    diverged: () => told([[...columns.values()].filter(({ step, g }) => !Number.isFinite((step ?? g).at(-1))).length]),
  };
}
