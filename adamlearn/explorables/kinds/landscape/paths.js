// The paths on the map: what has been traveled, what is to come, and where each optimizer is.
import { ink } from "../../ui/legend.js";
import { clamp, path } from "../../ui/plot.js";

/** @typedef {import("./runs.js").Run} Run */

/**
 * @param {import("d3-selection").Selection<SVGGElement, any, any, any>} group
 * @param {import("./map.js").Place} place
 */
export function paths(group, place) {
  /** @type {[Run[], number] | null} */
  let last = null;

  /**
   * @param {Run[]} runs
   * @param {number} at
   */
  function draw(runs, at) {
    last = [runs, at];
    if (!place.scaleX) return;
    group
      .selectAll("g")
      .data(runs, (run) => /** @type {Run} */ (run).label)
      .join((enter) => {
        const run = enter.append("g").attr("class", "ex-line").attr("style", ({ optimizer }) => ink(optimizer.color));
        run.append("path").attr("class", "ex-rest");
        run.append("path").attr("class", "ex-casing");
        run.append("path").attr("class", "ex-stroke").attr("stroke-dasharray", ({ optimizer }) => String(optimizer.dash));
        run.append("path").attr("class", "ex-end");
        return run;
      })
      .each(function (run) {
        drawRun(/** @type {SVGGElement} */ (this), run, at, place);
      });
  }
  return { draw, redraw: () => last && draw(...last) };
}

/**
 * @param {SVGGElement} group
 * @param {Run} run
 * @param {number} at
 * @param {import("./map.js").Place} place
 */
function drawRun(group, run, at, { size, scaleX, scaleY }) {
  if (!scaleX || !scaleY) return;
  const step = Math.min(at, Math.max(run.end, 0));
  const square = { width: size, height: size };
  const traveled = path(run.x, run.y, scaleX, scaleY, { ...square, end: step + 1 });
  const [rest, casing, stroke, end] = group.children;
  rest.setAttribute("d", step < run.end ? path(run.x, run.y, scaleX, scaleY, { ...square, first: step, end: run.end + 1 }) : "");
  casing.setAttribute("d", traveled);
  stroke.setAttribute("d", traveled);
  end.setAttribute("d", run.end < 0 ? "" : marker(run, step, at));
  if (run.end < 0) return;
  const [px, py] = [scaleX(run.x[step]), scaleY(run.y[step])];
  const [x, y] = [clamp(px, 6, size - 6), clamp(py, 6, size - 6)];
  const turn = run.outside(step) ? (Math.atan2(py - clamp(py, 0, size), px - clamp(px, 0, size)) * 180) / Math.PI : 0;
  end.setAttribute("transform", `translate(${x.toFixed(1)},${y.toFixed(1)}) rotate(${turn.toFixed(0)})`);
}

/**
 * A dot; a cross where the path is lost; at the border an arrow to where it is.
 * @param {Run} run
 * @param {number} step
 * @param {number} at
 */
function marker(run, step, at) {
  if (run.lost !== null && at >= run.end) return "M-5,-5L5,5M-5,5L5,-5";
  return run.outside(step) ? "M6,0L-4,-5V5Z" : "M4.5,0A4.5,4.5 0 1 1 -4.5,0A4.5,4.5 0 1 1 4.5,0Z";
}
