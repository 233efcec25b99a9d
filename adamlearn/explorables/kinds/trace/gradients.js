// The gradients that are fed, as stems; those of the drawn stream are drawn here, by mouse or finger.
import { scaleLinear } from "d3-scale";
import { chart } from "../../ui/chart.js";
import { setText } from "../../ui/dom.js";
import { clamp, MARGIN, scaleFor } from "../../ui/plot.js";
import { pinnedStep } from "../../ui/transport.js";
import { tall } from "./panel.js";
import { between, withPoints } from "./stroke.js";

/** @typedef {import("../../ui/types.js").Columns} Columns */

const DRAWN_BOUNDS = [-1.5, 1.5]; // that there is room to draw in

/**
 * @param {import("../../ui/store.js").Store} store
 * @param {import("./panel.js").Told} told
 */
export function gradients(store, { onStep, onPick }) {
  const isDrawn = () => store.get("stream") === "drawn";
  const plot = chart({
    name: "ex-panel ex-gradients",
    aria: "gradient over the steps; the table has the values",
    first: 1,
    steps: () => Math.max(1, store.result.rows),
    onStep,
    onPick: (step) => !isDrawn() && onPick(step), // where a click is not the end of a stroke
    tall,
    numbered: false,
    redraw: () => drawn && draw(...drawn, true),
  });
  const told = pinnedStep();
  plot.heading.append("gradient", told);
  plot.rule.attr("class", "ex-zero");
  const stems = plot.lines.append("path").attr("class", "ex-stems");
  const dot = plot.dots.append("circle").attr("class", "ex-stem-dot").attr("r", 3);
  /** @type {[Columns, number] | null} */
  let drawn = null;
  /** @type {import("../../ui/plot.js").Scale} */
  let scaleY = scaleLinear();
  const hand = takeStrokes(store, plot, { isDrawn, scale: () => scaleY, onEnd: () => drawn && draw(...drawn, true) });

  /**
   * @param {Columns} columns
   * @param {number} at
   * @param {boolean} [anew]  though the columns are those that have been drawn
   */
  function draw(columns, at, anew = false) {
    const same = !anew && drawn?.[0] === columns;
    drawn = [columns, at];
    setText(told, `step ${at}`);
    if (!plot.now().width) return;
    const g = columns.values().next().value?.g ?? new Float64Array(0);
    if (!same) drawStems(g);
    plot.point(at);
    const height = scaleY(g[at - 1]);
    dot.attr("display", Number.isFinite(height) ? null : "none");
    if (Number.isFinite(height)) dot.attr("cx", plot.now().scaleX(at)).attr("cy", height);
  }

  /** @param {Float64Array} g */
  function drawStems(g) {
    plot.fit();
    const { width, height, scaleX } = plot.now();
    if (!hand.draws()) scaleY = scaleFor([g], false, height, { bounds: isDrawn() ? DRAWN_BOUNDS : null });
    plot.axes(scaleY, false);
    const zero = scaleY(0).toFixed(1);
    plot.rule.attr("d", `M0,${zero}H${width}`);
    stems
      .attr("stroke-width", clamp((0.5 * width) / Math.max(1, g.length), 0.3, 1.5))
      .attr("d", Array.from(g, (x, i) => (Number.isFinite(x) ? `M${scaleX(i + 1).toFixed(1)},${zero}V${scaleY(x).toFixed(1)}` : "")).join(""));
  }

  const follow = () => plot.element.classList.toggle("ex-drawable", isDrawn());
  store.on(["stream"], follow);
  follow();
  return { element: plot.element, draw, close: plot.close };
}

/**
 * Have strokes set the drawn gradients; while a hand draws, the axis stands still.
 * @param {import("../../ui/store.js").Store} store
 * @param {import("../../ui/chart.js").Chart} plot
 * @param {{ isDrawn: () => boolean, scale: () => import("../../ui/plot.js").Scale, onEnd: () => void }} options
 */
function takeStrokes(store, plot, { isDrawn, scale, onEnd }) {
  const node = /** @type {SVGSVGElement} */ (plot.svg.node());
  let draws = false;
  /** @type {import("./stroke.js").Point | null} */
  let before = null;

  /** @param {PointerEvent} event */
  const put = (event) => {
    const coalesced = event.getCoalescedEvents?.() ?? [];
    const top = node.getBoundingClientRect().top + MARGIN.top;
    const points = (coalesced.length ? coalesced : [event]).flatMap((part) => {
      /** @type {import("./stroke.js").Point} */
      const to = [plot.stepOf(part), Number(scale().invert(clamp(part.clientY - top, 0, plot.now().height)).toFixed(2))];
      const passed = between(before, to);
      before = to;
      return passed;
    });
    store.set({ drawn: withPoints(store.get("drawn"), points) });
  };
  const end = () => {
    if (!draws) return;
    draws = false;
    before = null;
    onEnd();
  };
  node.addEventListener("pointerdown", (event) => {
    if (!isDrawn() || event.button) return;
    draws = true;
    before = null;
    node.setPointerCapture(event.pointerId);
    put(event);
  });
  node.addEventListener("pointermove", (event) => draws && put(event));
  node.addEventListener("pointerup", end);
  node.addEventListener("pointercancel", end);
  return { draws: () => draws };
}
