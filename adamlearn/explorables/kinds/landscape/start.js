// The start: a handle on the map, for mouse, finger and keys, and two fields for those who want it exactly.
import { drag } from "d3-drag";
import { pointer } from "d3-selection";
import { numberField } from "../../ui/controls.js";
import { h } from "../../ui/dom.js";
import { number } from "../../ui/format.js";
import { clamp } from "../../ui/plot.js";

/** @type {Record<string, number[]>} */
const DIRECTIONS = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, 1], ArrowDown: [0, -1] };

/**
 * No more digits than a hand can mean.
 * @param {number} value
 * @param {number} span
 */
const round = (value, span) => Number(value.toFixed(clamp(3 - Math.floor(Math.log10(span)), 0, 20)));

/**
 * @typedef {import("../../ui/store.js").Store} Store
 * @param {Store} store
 * @param {import("d3-selection").Selection<SVGSVGElement, any, any, any>} above  the layer of the map that takes the pointer
 * @param {import("./map.js").Place} place
 * @param {(start: number[]) => void} onStart
 */
export function startHandle(store, above, place, onStart) {
  const { margin } = place;
  const handle = above.append("g").attr("class", "ex-start");
  handle.append("circle").attr("class", "ex-reach").attr("r", 22);
  handle.append("circle").attr("class", "ex-ring").attr("r", 7);
  handle.attr("tabindex", 0).attr("role", "slider").attr("aria-label", "Start: move with the arrow keys, further with Shift");
  above.insert("rect", "g").attr("class", "ex-field");

  /** Put the handle where the start is. */
  function put() {
    const { scaleX, scaleY, size } = place;
    if (!scaleX || !scaleY) return;
    const [x, y] = store.get("start");
    const at = [clamp(scaleX(x), 0, size) + margin.left, clamp(scaleY(y), 0, size) + margin.top];
    handle.attr("transform", `translate(${at})`);
    const [x0, x1] = store.landscape.window;
    handle.attr("aria-valuemin", Math.min(x0, x)).attr("aria-valuemax", Math.max(x1, x)).attr("aria-valuenow", x);
    handle.attr("aria-valuetext", `x ${number(x)}, y ${number(y)}`);
  }

  /**
   * @param {number} px
   * @param {number} py
   */
  function move(px, py) {
    const { scaleX, scaleY } = place;
    if (!scaleX || !scaleY) return;
    const [x0, x1, y0, y1] = store.landscape.window;
    const x = clamp(scaleX.invert(px - margin.left), x0, x1);
    const y = clamp(scaleY.invert(py - margin.top), y0, y1);
    onStart([round(x, x1 - x0), round(y, y1 - y0)]);
  }
  takePointer(above, handle, move);
  handle.on("keydown", (event) => {
    const direction = DIRECTIONS[event.key];
    if (!direction) return;
    event.preventDefault();
    const [x0, x1, y0, y1] = store.landscape.window;
    const stride = event.shiftKey ? 0.1 : 0.01;
    const [x, y] = store.get("start");
    onStart([round(x + direction[0] * stride * (x1 - x0), x1 - x0), round(y + direction[1] * stride * (y1 - y0), y1 - y0)]);
  });
  return { place: put };
}

/**
 * A mouse may take the start anywhere on the map; a finger takes it by its handle, taps, or scrolls.
 * @param {import("d3-selection").Selection<SVGSVGElement, any, any, any>} above
 * @param {import("d3-selection").Selection<SVGGElement, any, any, any>} handle
 * @param {(px: number, py: number) => void} move
 */
function takePointer(above, handle, move) {
  const node = /** @type {SVGSVGElement} */ (above.node());
  const grip = /** @type {SVGGElement} */ (handle.node());
  let corner = [0, 0];
  /** Where the map is on the page. It is asked once a stroke: a browser that is asked lays the page out to say it. */
  function find() {
    const { left, top } = node.getBoundingClientRect();
    corner = [left + scrollX, top + scrollY];
  }
  /** @param {any} event */
  const takes = (event) => !event.ctrlKey && !event.button && (event.type !== "touchstart" || grip.contains(event.target));
  above
    .call(
      /** @type {import("d3-drag").DragBehavior<SVGSVGElement, any, any>} */ (drag())
        .container(() => /** @type {any} */ (null)) // so that positions are those on the page
        .filter(takes)
        .on("start", (event) => {
          grip.focus({ preventScroll: true });
          find();
          move(event.x - corner[0], event.y - corner[1]);
        })
        .on("drag", (event) => move(event.x - corner[0], event.y - corner[1])),
    )
    .style("touch-action", "manipulation"); // d3-drag has set it to none
  above.on("click", (event) => {
    const [px, py] = pointer(event, node);
    if (event.pointerType !== "mouse") move(px, py);
  });
}

/**
 * The start as two numbers.
 * @param {Store} store
 */
export function startFields(store) {
  const fields = ["x", "y"].map((axis, i) =>
    numberField(`start ${axis}`, {
      refuse: (value) => (Number.isFinite(value) ? undefined : `start is ${value}; expected finite numbers`),
      onInput: (value) => store.set({ start: store.get("start").map((/** @type {number} */ old, /** @type {number} */ j) => (i === j ? value : old)) }),
    }),
  );
  const update = () => fields.forEach((field, i) => field.set(store.get("start")[i]));
  store.on(["start", "function"], update);
  update();
  const row = h("div", { class: "ex-row" }, h("span", {}, "start x, y"), ...fields.map(({ field }) => field));
  return h("div", {}, row, ...fields.map(({ problem }) => problem));
}
