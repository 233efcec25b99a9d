// The losses over the steps.
import { chart } from "../../ui/chart.js";
import { setText } from "../../ui/dom.js";
import { ink } from "../../ui/legend.js";
import { MARGIN, path, scaleFor } from "../../ui/plot.js";

const HEIGHT = 150 - MARGIN.top - MARGIN.bottom;
const FLOOR = 1e-16; // of the losses that are drawn: what is left below is rounding
const HEADROOM = 1e4; // above the first loss: a run that diverges leaves by the top

/**
 * @param {import("../../ui/store.js").Store} store
 * @param {{ onStep: (step: number | null) => void, onPick: (step: number) => void }} told
 */
export function losses(store, { onStep, onPick }) {
  const plot = chart({
    name: "ex-losses",
    aria: "The losses over the steps; the table has their values",
    first: 0,
    steps: () => Math.max(0, store.result.rows - 1),
    onStep,
    onPick,
    tall: () => HEIGHT,
    redraw: () => last && draw(...last, true),
  });
  plot.rule.attr("class", "ex-aim");
  /** @type {[import("./runs.js").Run[], number] | null} */
  let last = null;

  /**
   * @param {import("./runs.js").Run[]} runs
   * @param {number} at
   * @param {boolean} [anew]  though the runs are those that have been drawn
   */
  function draw(runs, at, anew = false) {
    const same = !anew && last?.[0] === runs;
    last = [runs, at];
    if (!plot.now().width) return;
    if (!same) drawLines(runs);
    plot.point(at);
  }

  /** @param {import("./runs.js").Run[]} runs */
  function drawLines(runs) {
    const { height } = plot.now();
    const logarithmic = store.landscape.lowest !== null;
    const scaleY = scaleFor(runs.map(({ loss }) => loss), logarithmic, height, {
      floor: FLOOR,
      ceiling: HEADROOM * Math.max(FLOOR, ...runs.map(({ loss }) => loss[0]).filter(Number.isFinite)),
    });
    setText(plot.heading, logarithmic ? "f − f*, above the lowest value" : "f, the value");
    plot.fit();
    const { width, scaleX } = plot.now();
    plot.axes(scaleY, logarithmic);
    const { tolerance } = store.figure;
    const drawn = logarithmic && tolerance >= scaleY.domain()[0];
    plot.rule.attr("d", drawn ? `M0,${scaleY(tolerance)}H${width}` : null);
    plot.lines
      .selectAll("path")
      .data(runs, (run) => /** @type {import("./runs.js").Run} */ (run).label)
      .join((enter) =>
        enter
          .append("path")
          .attr("class", "ex-line ex-stroke")
          .attr("style", ({ optimizer }) => ink(optimizer.color))
          .attr("stroke-dasharray", ({ optimizer }) => String(optimizer.dash)),
      )
      .attr("d", ({ loss }) => path(null, loss, scaleX, scaleY, { width, height }));
  }
  return { element: plot.element, draw, close: plot.close };
}
