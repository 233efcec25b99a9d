// One panel: a line per optimizer and quantity over the steps.
import { scaleLinear } from "d3-scale";
import { chart } from "../../ui/chart.js";
import { drawing, h } from "../../ui/dom.js";
import { ink } from "../../ui/legend.js";
import { MARGIN, path, scaleFor } from "../../ui/plot.js";

/** @typedef {import("../../ui/types.js").Columns} Columns */
/** @typedef {{ key: string, color: string, dash: string, values: Float64Array }} Line */

const DASHES = ["", "6 3", "2 2", "8 2 2 2"]; // of the quantities that share a panel

/**
 * The height of what a panel shows.
 * @param {boolean} narrow
 */
export const tall = (narrow) => (narrow ? 62 : 84) - MARGIN.top;

/**
 * What the panels of a trace are told to do.
 * @typedef {{ onStep: (step: number | null) => void, onPick: (step: number) => void }} Told
 *
 * @param {import("../../ui/store.js").Store} store
 * @param {string[]} quantities
 * @param {Told & { last: boolean }} options
 */
export function panel(store, quantities, { onStep, onPick, last }) {
  const plot = chart({
    name: "ex-panel",
    aria: `${quantities.map((name) => store.spoken(name)).join(", ")} over the steps; the table has the values`,
    first: 1,
    steps: () => Math.max(1, store.result.rows),
    onStep,
    onPick,
    tall,
    numbered: last,
    redraw: () => drawn && draw(...drawn, true),
  });
  plot.rule.attr("class", "ex-zero");
  let logarithmic = quantities.some((quantity) => store.figure.log.includes(quantity));
  const log = logButton(quantities.map((name) => store.label(name)).join(", "), logarithmic, (on) => {
    logarithmic = on;
    if (drawn) draw(...drawn, true);
  });
  plot.heading.append(...panelKey(store, quantities), log);
  /** @type {[Columns, number] | null} */
  let drawn = null;
  /** @type {Line[]} */
  let lines = [];
  /** @type {import("../../ui/plot.js").Scale} */
  let scaleY = scaleLinear();
  /** @param {number} x */
  const positive = (x) => scaleY(logarithmic && x <= 0 ? NaN : x);

  /**
   * @param {Columns} columns
   * @param {number} at
   * @param {boolean} [anew]  though the columns are those that have been drawn
   */
  function draw(columns, at, anew = false) {
    const same = !anew && drawn?.[0] === columns;
    drawn = [columns, at];
    if (!same) {
      lines = linesOf(columns, quantities, store);
      plot.element.hidden = lines.length === 0;
    }
    const { width, height } = plot.now();
    if (!width || lines.length === 0) return;
    if (!same) {
      plot.fit();
      const bounds = quantities.includes("p") ? store.figure.bounds : null;
      scaleY = scaleFor(lines.map(({ values }) => values), logarithmic, height, { bounds });
      plot.axes(scaleY, logarithmic);
      plot.rule.attr("d", logarithmic ? null : `M0,${scaleY(0)}H${width}`);
      drawLines(plot, lines, positive);
    }
    plot.point(at);
    drawDots(plot, lines, positive, at);
  }
  return { element: plot.element, draw, close: plot.close };
}

/**
 * @param {import("../../ui/chart.js").Chart} plot
 * @param {Line[]} lines
 * @param {(x: number) => number} scaleY
 */
function drawLines(plot, lines, scaleY) {
  const { width, height, scaleX } = plot.now();
  plot.lines
    .selectAll("path")
    .data(lines, (line) => /** @type {Line} */ (line).key)
    .join((enter) =>
      enter
        .append("path")
        .attr("class", "ex-line ex-stroke")
        .attr("style", ({ color }) => ink(color))
        .attr("stroke-dasharray", ({ dash }) => dash),
    )
    .attr("d", ({ values }) => path(null, values, (i) => scaleX(i + 1), scaleY, { width, height }));
}

/**
 * Where the lines are at a step.
 * @param {import("../../ui/chart.js").Chart} plot
 * @param {Line[]} lines
 * @param {(x: number) => number} scaleY
 * @param {number} at
 */
function drawDots(plot, lines, scaleY, at) {
  plot.dots
    .selectAll("circle")
    .data(lines.filter(({ values }) => Number.isFinite(scaleY(values[at - 1]))))
    .join("circle")
    .attr("class", "ex-line ex-dot")
    .attr("style", ({ color }) => ink(color))
    .attr("r", 3)
    .attr("cx", plot.now().scaleX(at))
    .attr("cy", ({ values }) => scaleY(values[at - 1]));
}

/**
 * Colors tell the optimizers apart; dashes do too, or where several quantities share a panel, those.
 * @param {Columns} columns
 * @param {string[]} quantities
 * @param {import("../../ui/store.js").Store} store
 * @returns {Line[]}
 */
function linesOf(columns, quantities, store) {
  return [...columns].flatMap(([label, own]) => {
    const optimizer = store.optimizer(label);
    if (!optimizer) return [];
    const { color, dash } = optimizer;
    return quantities.flatMap((quantity, i) => {
      const values = own[quantity];
      const dashes = quantities.length > 1 ? DASHES[i % DASHES.length] : String(dash);
      return values ? [{ key: `${label} ${quantity}`, color, dash: dashes, values }] : [];
    });
  });
}

/**
 * @param {string} title
 * @param {boolean} pressed
 * @param {(on: boolean) => void} onChange
 */
function logButton(title, pressed, onChange) {
  const attributes = { type: "button", class: "ex-log", "aria-pressed": String(pressed), "aria-label": `log axis of ${title}` };
  const button = h("button", attributes, "log");
  button.addEventListener("click", () => {
    const on = button.getAttribute("aria-pressed") !== "true";
    button.setAttribute("aria-pressed", String(on));
    onChange(on);
  });
  return button;
}

/**
 * The names in a panel, each with the dash of its line when there are several.
 * @param {import("../../ui/store.js").Store} store
 * @param {string[]} quantities
 */
function panelKey(store, quantities) {
  if (quantities.length === 1) return [store.label(quantities[0])];
  return quantities.map((quantity, i) =>
    h("span", { class: "ex-key" }, drawing("0 0 26 6", "M1,3H25", { "stroke-dasharray": DASHES[i % DASHES.length] }), store.label(quantity)),
  );
}
