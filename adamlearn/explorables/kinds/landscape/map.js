// The map: contours below, the minima, the paths and the start above.
import { axisBottom, axisLeft } from "d3-axis";
import { contours } from "d3-contour";
import { scaleLinear } from "d3-scale";
import { select } from "d3-selection";
import { symbol, symbolStar } from "d3-shape";
import { h, setText } from "../../ui/dom.js";
import { isNarrow, onWidth } from "../../ui/plot.js";
import { doubles } from "../../ui/store.js";
import { pinnedStep } from "../../ui/transport.js";
import { paths } from "./paths.js";
import { startHandle } from "./start.js";

const BANDS = 20;
const WIDEST = 560;
const SHARE = 0.46; // of a phone's screen, where the map stays in view and leaves room for the rest
const MARGIN = { top: 4, right: 4, bottom: 20, left: 26 };

/**
 * What the parts of the map share: its side in pixels and its scales, none before it has a width.
 * @typedef {{ size: number, margin: typeof MARGIN, scaleX: import("d3-scale").ScaleLinear<number, number> | null,
 *   scaleY: import("d3-scale").ScaleLinear<number, number> | null }} Place
 */

/**
 * @param {import("../../ui/store.js").Store} store
 * @param {(start: number[]) => void} onStart
 */
export function map(store, onStart) {
  const told = pinnedStep();
  const sheet = h("div", { class: "ex-sheet" }, told);
  const element = h("div", { class: "ex-map" }, sheet);
  const below = select(sheet).append("svg").attr("class", "ex-ground").attr("aria-hidden", "true");
  const above = select(sheet).append("svg").attr("class", "ex-paths").attr("role", "group").attr("aria-label", "Map");
  const ground = below.append("svg");
  const axisX = above.append("g").attr("class", "ex-axis");
  const axisY = above.append("g").attr("class", "ex-axis");
  const plot = above.append("svg");
  const stars = plot.append("g").attr("class", "ex-minima");
  /** @type {Place} */
  const place = { size: 0, margin: MARGIN, scaleX: null, scaleY: null };
  const lines = paths(plot.append("g"), place);
  const start = startHandle(store, above, place, onStart);

  /** @param {number} width */
  function fit(width) {
    const most = isNarrow(element) ? Math.max(220, Math.round(SHARE * innerHeight)) : WIDEST;
    const outer = Math.min(width, most);
    place.size = outer - MARGIN.left - MARGIN.right;
    const height = place.size + MARGIN.top + MARGIN.bottom;
    for (const svg of [below, above]) svg.attr("width", outer).attr("height", height);
    axisY.attr("transform", `translate(${MARGIN.left},${MARGIN.top})`);
    axisX.attr("transform", `translate(${MARGIN.left},${MARGIN.top + place.size})`);
    for (const svg of [ground, plot]) svg.attr("x", MARGIN.left).attr("y", MARGIN.top).attr("width", place.size).attr("height", place.size);
    contour();
    lines.redraw();
  }

  /** The scales of the function's window, its contours and its minima. */
  function contour() {
    const { size } = place;
    const grid = store.get("_grid");
    if (!size || !grid) return;
    const { window, minima } = store.landscape;
    const scaleX = (place.scaleX = scaleLinear([window[0], window[1]], [0, size]));
    const scaleY = (place.scaleY = scaleLinear([window[2], window[3]], [size, 0]));
    drawGround(ground, doubles(grid), store.figure.grid, size);
    axisX.call(axisBottom(scaleX).ticks(5).tickSize(3).tickPadding(3));
    axisY.call(axisLeft(scaleY).ticks(5).tickSize(3).tickPadding(3));
    stars
      .selectAll("path")
      .data(minima)
      .join("path")
      .attr("d", symbol(symbolStar, 70)())
      .attr("transform", ([x, y]) => `translate(${scaleX(x)},${scaleY(y)})`);
    start.place();
  }
  /**
   * @param {import("./runs.js").Run[]} runs
   * @param {number} at
   */
  function draw(runs, at) {
    setText(told, `step ${at}`);
    lines.draw(runs, at);
  }
  return { element, draw, contour, place: start.place, close: onWidth(element, fit) };
}

/**
 * Contours that enclose equal shares of the window, so that every slope shows.
 * @param {import("d3-selection").Selection<SVGSVGElement, any, any, any>} ground
 * @param {Float64Array} heights
 * @param {number} n  heights in a row
 * @param {number} size
 */
function drawGround(ground, heights, n, size) {
  const sorted = heights.filter(Number.isFinite).sort();
  const shares = Array.from({ length: BANDS - 1 }, (_, i) => sorted[Math.floor(((i + 1) / BANDS) * sorted.length)]);
  const levels = sorted.length ? [...new Set(shares)] : [];
  const cell = size / (n - 1);
  /** @param {number[][]} points */
  const ring = (points) => `M${points.map(([x, y]) => `${((x - 0.5) * cell).toFixed(1)},${(size - (y - 0.5) * cell).toFixed(1)}`).join("L")}Z`;
  const bands = contours().size([n, n]).thresholds(levels)(/** @type {any} */ (heights));
  ground.selectAll("rect").data([0]).join("rect").attr("class", "ex-valley").attr("width", size).attr("height", size);
  ground
    .selectAll("path")
    .data(bands)
    .join("path")
    .attr("class", "ex-band")
    .attr("d", ({ coordinates }) => coordinates.flat().map(ring).join(""));
}
