// What the figures share: axes, lines, a cursor along the steps.
import { axisBottom, axisLeft } from "d3-axis";
import { scaleLinear, scaleLog } from "d3-scale";
import { select } from "d3-selection";
import { number, superscript } from "./format.js";

export const MARGIN = { top: 8, right: 12, bottom: 22, left: 44 };
const NARROW = 600; // pixels: as in the style sheet
const ROUND = 20; // pixels round a figure in which a line still goes on, so that its cut ends are not seen
const APART = 0.5; // pixels: points that are closer are one

/**
 * @param {number} x
 * @param {number} low
 * @param {number} high
 */
export const clamp = (x, low, high) => Math.max(low, Math.min(high, x));

/**
 * @typedef {import("d3-scale").ScaleLinear<number, number> | import("d3-scale").ScaleLogarithmic<number, number>} Scale
 * @typedef {{ domain(): number[], range(): number[] }} Drawn
 */

/**
 * Call `draw` with the width of an element, now and when it changes; return what stops it.
 * @param {Element} element
 * @param {(width: number) => void} draw
 */
export function onWidth(element, draw) {
  let known = 0;
  const observer = new ResizeObserver(([entry]) => {
    const width = Math.round(entry.contentRect.width);
    if (width > 0 && width !== known) draw((known = width));
  });
  observer.observe(element);
  return () => observer.disconnect();
}

/**
 * Whether a figure is in one column, as on a phone, where what changes stays in view as the page scrolls.
 * @param {Element} element  in the figure
 */
export const isNarrow = (element) => (element.closest(".ex")?.clientWidth ?? NARROW) < NARROW;

/**
 * The `d` of a line through points, from `first` on and before `end`, with gaps where one is not finite.
 * What is far outside the figure is cut off: a dashed line is slow to paint, seen or not.
 * @param {ArrayLike<number> | null} xs  none where a point's place in the line is its x
 * @param {ArrayLike<number>} ys
 * @param {(x: number) => number} scaleX
 * @param {(y: number) => number} scaleY
 * @param {{ width: number, height: number, first?: number, end?: number }} part
 */
export function path(xs, ys, scaleX, scaleY, { width, height, first = 0, end = ys.length }) {
  let d = "";
  let drawing = false; // the pen is where the last segment ended
  let [fromX, fromY] = [NaN, NaN];
  for (let i = first; i < end; i++) {
    const [x, y] = [scaleX(xs ? xs[i] : i), scaleY(ys[i])];
    const [dx, dy] = [x - fromX, y - fromY];
    if (Math.abs(dx) < APART && Math.abs(dy) < APART) continue;
    const [enter, leave] = partInside(fromX, fromY, dx, dy, width, height);
    if (enter < leave) {
      if (!drawing || enter > 0) d += `M${tenths(fromX + enter * dx)},${tenths(fromY + enter * dy)}`;
      d += `L${tenths(fromX + leave * dx)},${tenths(fromY + leave * dy)}`;
    }
    drawing = enter < leave && leave === 1;
    [fromX, fromY] = [x, y];
  }
  return d;
}

/** @param {number} x */
const tenths = (x) => Math.round(10 * x) / 10;

/**
 * Where a segment enters a figure and where it leaves it, as shares of its length; enter > leave if it is all outside.
 * @param {number} x
 * @param {number} y
 * @param {number} dx
 * @param {number} dy
 * @param {number} width
 * @param {number} height
 */
function partInside(x, y, dx, dy, width, height) {
  if (!Number.isFinite(dx) || !Number.isFinite(dy)) return [1, 0]; // from a gap, or into one
  let [enter, leave] = [0, 1];
  /**
   * @param {number} toSide
   * @param {number} towards
   */
  const cut = (toSide, towards) => {
    if (towards > 0) leave = Math.min(leave, toSide / towards);
    else if (towards < 0) enter = Math.max(enter, toSide / towards);
    else if (toSide < 0) leave = -1;
  };
  cut(x + ROUND, -dx);
  cut(width + ROUND - x, dx);
  cut(y + ROUND, -dy);
  cut(height + ROUND - y, dy);
  return [enter, leave];
}

/** @param {number} x */
const powers = (x) => {
  const exponent = Math.round(Math.log10(Math.abs(x)));
  return Math.abs(exponent) < 3 ? number(x) : `${x < 0 ? "−" : ""}10${superscript(exponent)}`;
};

/** @type {WeakMap<Element, string>} */
const drawn = new WeakMap();

/**
 * Whether an axis is to be drawn again: its scale is not the one that it showed before.
 * @param {Element} group
 * @param {Drawn} scale
 * @param {any[]} others
 */
function changed(group, scale, ...others) {
  const key = [scale.domain(), scale.range(), others].join();
  if (drawn.get(group) === key) return false;
  drawn.set(group, key);
  return true;
}

/**
 * The horizontal axis of steps; of panels one above the other only the last has numbers.
 * @param {SVGGElement} group
 * @param {import("d3-scale").ScaleLinear<number, number>} scale
 * @param {number} height
 * @param {boolean} [numbered]
 */
export function stepAxis(group, scale, height, numbered = true) {
  if (!changed(group, scale, height)) return;
  const axis = axisBottom(scale).ticks(6).tickSize(3).tickPadding(4);
  select(group).attr("transform", `translate(0,${height})`).call(numbered ? axis : axis.tickFormat(() => ""));
}

/**
 * The vertical axis with faint lines across; logarithmic ones have powers of ten.
 * @param {SVGGElement} group
 * @param {Scale} scale
 * @param {number} width
 * @param {boolean} logarithmic
 */
export function valueAxis(group, scale, width, logarithmic) {
  if (!changed(group, scale, width, logarithmic)) return;
  const axis = axisLeft(/** @type {import("d3-scale").ScaleLinear<number, number>} */ (scale)).tickSize(-width).tickPadding(6);
  if (logarithmic) {
    const [low, high] = scale.domain().map((x) => Math.log10(x));
    const every = Math.max(1, Math.ceil((high - low) / 4));
    const exponents = [];
    for (let e = Math.ceil(low - 1e-9); e <= high + 1e-9; e += every) exponents.push(10 ** e);
    axis.tickValues(exponents.length > 1 ? exponents : scale.ticks(3)).tickFormat((x) => (exponents.length > 1 ? powers : number)(Number(x)));
  } else {
    axis.ticks(3).tickFormat((x) => number(Number(x)));
  }
  select(group).call(axis);
}

/**
 * A scale that holds all values of some columns: linear with room to spare, or logarithmic over the positive ones.
 * @param {Iterable<number>[]} columns
 * @param {boolean} logarithmic
 * @param {number} height
 * @param {{ floor?: number, ceiling?: number, bounds?: number[] | null }} [options]
 * @returns {Scale}
 */
export function scaleFor(columns, logarithmic, height, { floor = 0, ceiling = Infinity, bounds } = {}) {
  let [low, high] = [Infinity, -Infinity];
  for (const column of columns) {
    for (const value of column) {
      const x = logarithmic ? Math.min(ceiling, Math.max(floor, value)) : value;
      if (Number.isFinite(x) && (!logarithmic || x > 0)) {
        if (x < low) low = x;
        if (x > high) high = x;
      }
    }
  }
  if (low > high) [low, high] = logarithmic ? [1e-3, 1] : [0, 1];
  if (bounds) [low, high] = [Math.min(low, bounds[0]), Math.max(high, bounds[1])];
  if (logarithmic) {
    const decades = [10 ** Math.floor(Math.log10(low)), 10 ** Math.ceil(Math.log10(high) + 1e-9)];
    return scaleLog(decades, [height, 0]).clamp(true);
  }
  const room = (high - low || Math.abs(high) || 1) * 0.06;
  const [bottom, top] = [low < 0 ? low - room : Math.min(0, low), high > 0 ? high + room : 0];
  return scaleLinear([bottom, top], [height, 0]);
}
