// A chart over the steps, as the figures share it: its axes, its cursor, and the step under the pointer.
import { scaleLinear } from "d3-scale";
import { select } from "d3-selection";
import { h } from "./dom.js";
import { clamp, isNarrow, MARGIN, onWidth, stepAxis, valueAxis } from "./plot.js";

/**
 * @typedef {object} ChartOptions
 * @property {string} name  the class of its element
 * @property {string} aria  what it shows
 * @property {number} first  the first step: 0 or 1
 * @property {() => number} steps  the last step
 * @property {(step: number | null) => void} onStep  told of the step under the pointer; null when it leaves
 * @property {(step: number) => void} onPick  told of a step that is clicked
 * @property {(narrow: boolean) => number} tall  the height of what is drawn
 * @property {boolean} [numbered]  whether the steps have numbers below
 * @property {() => void} redraw  called when there is another width
 *
 * @typedef {ReturnType<typeof chart>} Chart
 */

/** @param {ChartOptions} options */
export function chart({ name, aria, first, steps, onStep, onPick, tall, numbered = true, redraw }) {
  const heading = h("div", { class: "ex-heading" });
  const element = h("div", { class: name }, heading);
  const svg = select(element).append("svg").attr("role", "img").attr("aria-label", aria);
  const group = svg.append("g").attr("transform", `translate(${MARGIN.left},${MARGIN.top})`);
  const axisY = group.append("g").attr("class", "ex-axis ex-grid");
  const axisX = group.append("g").attr("class", "ex-axis");
  const rule = group.append("path"); // a line across that means something
  const cursor = group.append("path").attr("class", "ex-cursor");
  const lines = group.append("g");
  const dots = group.append("g");
  let [width, height] = [0, tall(false)];
  let scaleX = scaleLinear();

  /** @param {{ clientX: number }} event */
  const stepOf = (event) => {
    const x = event.clientX - /** @type {SVGElement} */ (svg.node()).getBoundingClientRect().left - MARGIN.left;
    return clamp(Math.round(scaleX.invert(x)), first, steps());
  };
  svg.on("pointermove", (event) => onStep(stepOf(event)));
  svg.on("pointerleave", () => onStep(null));
  svg.on("click", (event) => onPick(stepOf(event)));

  const close = onWidth(element, (outer) => {
    width = Math.max(0, outer - MARGIN.left - MARGIN.right);
    height = tall(isNarrow(element));
    svg.attr("width", outer).attr("height", MARGIN.top + height + (numbered ? MARGIN.bottom : 6));
    redraw();
  });

  return {
    element, heading, svg, rule, lines, dots, stepOf, close,
    /** What it has at present: its size, none before it is in the page, and the scale of the steps. */
    now: () => ({ width, height, scaleX }),
    /** Have the axis of the steps reach to the last of them. */
    fit() {
      scaleX = scaleLinear([first, Math.max(first + 1, steps())], [0, width]);
    },
    /**
     * @param {import("./plot.js").Scale} scaleY
     * @param {boolean} logarithmic
     */
    axes(scaleY, logarithmic) {
      stepAxis(/** @type {SVGGElement} */ (axisX.node()), scaleX, height, numbered);
      valueAxis(/** @type {SVGGElement} */ (axisY.node()), scaleY, width, logarithmic);
    },
    /** @param {number} step */
    point(step) {
      cursor.attr("d", `M${scaleX(step)},0V${height}`);
    },
  };
}
