// What the figures share: axes, lines, a cursor along the steps.
import { axisBottom, axisLeft } from "d3-axis";
import { scaleLinear, scaleLog } from "d3-scale";
import { select } from "d3-selection";
import { line } from "d3-shape";
import { number, superscript } from "./format.js";

export const MARGIN = { top: 8, right: 12, bottom: 22, left: 44 };
const FAR = 4000; // pixels: a coordinate further out than any screen, which renderers still take

export const clamp = (x, low, high) => Math.max(low, Math.min(high, x));

/** Call `draw` with the width of an element, now and when it changes; return what stops it. */
export function onWidth(element, draw) {
  let known = 0;
  const observer = new ResizeObserver(([entry]) => {
    const width = Math.round(entry.contentRect.width);
    if (width > 0 && width !== known) draw((known = width));
  });
  observer.observe(element);
  return () => observer.disconnect();
}

/** The `d` of a line through points; `count` of them from `first`, with gaps where one is not finite. */
export function path(xs, ys, scaleX, scaleY, first = 0, count = ys.length) {
  const shape = line()
    .defined((i) => Number.isFinite(ys[i]) && Number.isFinite(xs ? xs[i] : i))
    .x((i) => clamp(scaleX(xs ? xs[i] : i), -FAR, FAR))
    .y((i) => clamp(scaleY(ys[i]), -FAR, FAR))
    .digits(1);
  return shape(Array.from({ length: Math.max(0, Math.min(count, ys.length) - first) }, (_, i) => i + first)) ?? "";
}

const powers = (x) => {
  const exponent = Math.round(Math.log10(Math.abs(x)));
  return Math.abs(exponent) < 3 ? number(x) : `${x < 0 ? "−" : ""}10${superscript(exponent)}`;
};

/** The horizontal axis of steps; of panels one above the other only the last has numbers. */
export function stepAxis(group, scale, height, numbered = true) {
  const axis = axisBottom(scale).ticks(6).tickSize(3).tickPadding(4);
  select(group).attr("transform", `translate(0,${height})`).call(numbered ? axis : axis.tickFormat(""));
}

/** The vertical axis with faint lines across; logarithmic ones have powers of ten. */
export function valueAxis(group, scale, width, logarithmic) {
  const axis = axisLeft(scale).tickSize(-width).tickPadding(6);
  if (logarithmic) {
    const [low, high] = scale.domain().map((x) => Math.log10(x));
    const every = Math.max(1, Math.ceil((high - low) / 4));
    const exponents = [];
    for (let e = Math.ceil(low - 1e-9); e <= high + 1e-9; e += every) exponents.push(10 ** e);
    axis.tickValues(exponents.length > 1 ? exponents : scale.ticks(3)).tickFormat(exponents.length > 1 ? powers : number);
  } else {
    axis.ticks(3).tickFormat(number);
  }
  select(group).call(axis);
}

/** A scale that holds all values of some columns: linear with room to spare, or logarithmic over the positive ones. */
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

/** Read the step under the pointer over a panel, and leave it when the pointer goes. */
export function hoverSteps(element, scale, { first, steps, onStep }) {
  element.addEventListener("pointermove", (event) => {
    const x = event.clientX - element.getBoundingClientRect().left - MARGIN.left;
    onStep(clamp(Math.round(scale().invert(x)), first, steps()));
  });
  element.addEventListener("pointerleave", () => onStep(null));
}
