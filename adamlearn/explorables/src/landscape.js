// The landscape: a map with a start to drag, a path per optimizer, their losses and a table.
import { axisBottom, axisLeft } from "d3-axis";
import { contours } from "d3-contour";
import { drag } from "d3-drag";
import { scaleLinear } from "d3-scale";
import { pointer, select } from "d3-selection";
import { symbol, symbolStar } from "d3-shape";
import { ink, menu, numberField, settings, toggle } from "./controls.js";
import { h, setText } from "./dom.js";
import { brief, number } from "./format.js";
import { frame } from "./frame.js";
import { clamp, hoverSteps, MARGIN, onWidth, path, scaleFor, stepAxis, valueAxis } from "./plot.js";
import { landscapePython } from "./python.js";
import { Store, doubles } from "./store.js";
import { transport } from "./transport.js";

const INPUTS = ["function", "start", "steps", "hyperparameters", "shown"];
const BANDS = 20;
const LOSS_HEIGHT = 150;
const FLOOR = 1e-16; // of the losses that are drawn: what is left below is rounding
const HEADROOM = 1e4; // above the first loss: a run that diverges leaves by the top

export function landscape(model, el) {
  const store = new Store(model, INPUTS);
  const { figure } = store;
  const view = frame(el, { store, kind: "landscape", name: "A map of a function and paths over it", python: () => landscapePython(store), summary });

  const landscapeNow = () => figure.functions.find(({ name }) => name === store.get("function"));
  const map = drawMap(store, landscapeNow, ([x, y]) => store.set({ start: [x, y] }));
  const legend = h("div", { class: "ex-legend" });
  const losses = drawLosses(store, (step) => showStep(step));
  const steps = transport({ first: 0, steps: () => store.get("_result").rows - 1, onStep: () => draw() });
  const table = resultTable(store);
  if (figure.functions.length > 1) {
    const chooser = menu({
      text: "function",
      options: figure.functions.map(({ name }) => [name, name]),
      onChange: (name) => store.set({ function: name, start: figure.functions.find((f) => f.name === name).start }),
    });
    chooser.set(store.get("function"));
    store.on(["function"], () => chooser.set(store.get("function")));
    legend.append(chooser.element);
  }
  legend.append(table.element);
  view.body.append(
    map.element,
    legend,
    h("div", { class: "ex-time" }, steps.element, losses.element),
    h("div", { class: "ex-controls" }, settings(store), startFields(store)),
  );

  let hovered = null;
  let runs = [];

  /** A step under the pointer, or none. */
  function showStep(step) {
    hovered = step;
    draw();
  }

  function draw() {
    const at = Math.min(hovered ?? steps.at, store.get("_result").rows - 1);
    steps.tell(at);
    map.draw(runs, at);
    losses.draw(runs, at);
    table.draw(runs, at);
  }

  function compute(event) {
    const wasAtEnd = event === undefined || steps.at >= lastRows - 1;
    lastRows = store.get("_result").rows;
    runs = readRuns(store, landscapeNow());
    view.warn("run", Object.entries(store.errors).map(([label, message]) => `${label}: ${message}`));
    steps.refit(wasAtEnd);
    if (event) view.speak();
  }
  let lastRows = 0;

  function summary() {
    const words = runs.map((run) => `${run.label}: ${run.words}`);
    return `${landscapeNow().name}, from x ${number(store.get("start")[0])}, y ${number(store.get("start")[1])}. ${words.join(". ")}.`;
  }

  store.on(["_result"], compute);
  store.on(["start", "function"], map.place);
  store.on(["_grid", "function"], map.contour);
  compute();
  return () => {
    steps.stop();
    map.close();
    losses.close();
    store.close();
    view.close();
  };
}

/** The runs that were computed, with what the table and the summary say of each. */
function readRuns(store, { minima, lowest, window }) {
  const { tolerance } = store.figure;
  return [...store.columns()].map(([label, { x, y, value }]) => {
    const finite = value.findIndex((v) => !Number.isFinite(v));
    const lost = finite < 0 ? null : finite;
    const end = lost === null ? value.length - 1 : lost - 1;
    const loss = lowest === null ? value : value.map((v) => v - lowest);
    const reached = lowest === null ? -1 : loss.findIndex((v) => v <= tolerance);
    const distance = (i) => Math.min(...minima.map(([a, b]) => Math.hypot(x[i] - a, y[i] - b)));
    const outside = (i) => x[i] < window[0] || x[i] > window[1] || y[i] < window[2] || y[i] > window[3];
    const left = end >= 0 && outside(end) ? x.findIndex((_, i) => outside(i)) : null;
    const words = describe({ lost, end, loss, lowest, distance, minima, reached, left, tolerance });
    return { label, x, y, loss, lost, end, reached, distance, outside, left, words, optimizer: store.optimizer(label) };
  });
}

function describe({ lost, end, loss, lowest, distance, minima, reached, left, tolerance }) {
  if (lost === 0) return "the function has no finite value at the start";
  if (lost !== null) return `diverged at step ${lost}`;
  const height = lowest === null ? `f ${number(loss[end])}` : `${number(loss[end])} above the lowest value`;
  const away = minima.length ? `, ${number(distance(end))} from the nearest minimum` : "";
  const when = reached >= 0 ? `, within ${number(tolerance)} at step ${reached}` : "";
  return `${height}${away}${when}${left === null ? "" : `, outside the map since step ${left}`}`;
}

/** The map: contours below, what moves above. */
function drawMap(store, landscapeNow, onStart) {
  const element = h("div", { class: "ex-map" });
  const below = select(element).append("svg").attr("class", "ex-ground").attr("aria-hidden", "true");
  const above = select(element).append("svg").attr("class", "ex-paths").attr("role", "group").attr("aria-label", "Map");
  const ground = below.append("svg");
  const axisX = above.append("g").attr("class", "ex-axis");
  const axisY = above.append("g").attr("class", "ex-axis");
  const plot = above.append("svg");
  const stars = plot.append("g").attr("class", "ex-minima");
  const lines = plot.append("g");
  const handle = above.append("g").attr("class", "ex-start");
  handle.append("circle").attr("class", "ex-reach").attr("r", 22);
  handle.append("circle").attr("class", "ex-ring").attr("r", 7);
  handle.attr("tabindex", 0).attr("role", "slider").attr("aria-label", "Start: move with the arrow keys, further with Shift");
  const margin = { top: 4, right: 4, bottom: 20, left: 26 };
  let [size, scaleX, scaleY, last] = [0, null, null, null];

  function fit(width) {
    const outer = Math.min(width, 560);
    size = outer - margin.left - margin.right;
    const height = size + margin.top + margin.bottom;
    for (const svg of [below, above]) svg.attr("width", outer).attr("height", height);
    axisY.attr("transform", `translate(${margin.left},${margin.top})`);
    for (const svg of [ground, plot]) svg.attr("x", margin.left).attr("y", margin.top).attr("width", size).attr("height", size);
    contour();
    place();
    if (last) draw(...last);
  }

  /** Contours that enclose equal shares of the window, so that every slope shows. */
  function contour() {
    const grid = store.get("_grid");
    if (!size || !grid) return;
    const [x0, x1, y0, y1] = landscapeNow().window;
    scaleX = scaleLinear([x0, x1], [0, size]);
    scaleY = scaleLinear([y0, y1], [size, 0]);
    const heights = doubles(grid);
    const n = store.figure.grid;
    const sorted = heights.filter(Number.isFinite).sort();
    const levels = [...new Set(Array.from({ length: BANDS - 1 }, (_, i) => sorted[Math.floor(((i + 1) / BANDS) * sorted.length)]))];
    const cell = size / (n - 1);
    const ring = (points) => `M${points.map(([x, y]) => `${((x - 0.5) * cell).toFixed(1)},${(size - (y - 0.5) * cell).toFixed(1)}`).join("L")}Z`;
    const bands = contours().size([n, n]).thresholds(levels)(heights);
    ground.selectAll("rect").data([0]).join("rect").attr("class", "ex-valley").attr("width", size).attr("height", size);
    ground
      .selectAll("path")
      .data(bands)
      .join("path")
      .attr("class", "ex-band")
      .attr("d", ({ coordinates }) => coordinates.flat().map(ring).join(""));
    axisX.attr("transform", `translate(${margin.left},${margin.top + size})`).call(axisBottom(scaleX).ticks(5).tickSize(3).tickPadding(3));
    axisY.call(axisLeft(scaleY).ticks(5).tickSize(3).tickPadding(3));
    const star = symbol(symbolStar, 70)();
    stars
      .selectAll("path")
      .data(landscapeNow().minima)
      .join("path")
      .attr("d", star)
      .attr("transform", ([x, y]) => `translate(${scaleX(x)},${scaleY(y)})`);
    place();
  }

  /** Put the handle where the start is. */
  function place() {
    if (!scaleX) return;
    const [x, y] = store.get("start");
    const at = [clamp(scaleX(x), 0, size) + margin.left, clamp(scaleY(y), 0, size) + margin.top];
    handle.attr("transform", `translate(${at})`);
    const [x0, x1] = landscapeNow().window;
    handle.attr("aria-valuemin", Math.min(x0, x)).attr("aria-valuemax", Math.max(x1, x)).attr("aria-valuenow", x);
    handle.attr("aria-valuetext", `x ${number(x)}, y ${number(y)}`);
  }

  function draw(runs, at) {
    last = [runs, at];
    if (!scaleX) return;
    lines
      .selectAll("g")
      .data(runs, ({ label }) => label)
      .join((enter) => {
        const run = enter.append("g").attr("class", "ex-line").attr("style", ({ optimizer }) => ink(optimizer.color));
        run.append("path").attr("class", "ex-rest");
        run.append("path").attr("class", "ex-casing");
        run.append("path").attr("class", "ex-stroke").attr("stroke-dasharray", ({ optimizer }) => optimizer.dash);
        run.append("path").attr("class", "ex-end");
        return run;
      })
      .each(function (run) {
        const step = Math.min(at, Math.max(run.end, 0));
        const square = { width: size, height: size };
        const travelled = path(run.x, run.y, scaleX, scaleY, { ...square, end: step + 1 });
        const [rest, casing, stroke, end] = this.children;
        rest.setAttribute("d", step < run.end ? path(run.x, run.y, scaleX, scaleY, { ...square, first: step, end: run.end + 1 }) : "");
        casing.setAttribute("d", travelled);
        stroke.setAttribute("d", travelled);
        end.setAttribute("d", run.end < 0 ? "" : marker(run, step, at));
        const [x, y] = [clamp(scaleX(run.x[step]), 6, size - 6), clamp(scaleY(run.y[step]), 6, size - 6)];
        if (run.end >= 0) end.setAttribute("transform", `translate(${x.toFixed(1)},${y.toFixed(1)}) rotate(${heading(run, step).toFixed(0)})`);
      });
  }

  /** A dot; a cross where the path is lost; at the border an arrow to where it is. */
  function marker(run, step, at) {
    if (run.lost !== null && at >= run.end) return "M-5,-5L5,5M-5,5L5,-5";
    return run.outside(step) ? "M6,0L-4,-5V5Z" : "M4.5,0A4.5,4.5 0 1 1 -4.5,0A4.5,4.5 0 1 1 4.5,0Z";
  }

  function heading(run, step) {
    if (!run.outside(step)) return 0;
    const dx = scaleX(run.x[step]) - clamp(scaleX(run.x[step]), 0, size);
    const dy = scaleY(run.y[step]) - clamp(scaleY(run.y[step]), 0, size);
    return (Math.atan2(dy, dx) * 180) / Math.PI;
  }

  const round = (value, span) => Number(value.toFixed(Math.max(0, 3 - Math.floor(Math.log10(span)))));
  function move(px, py) {
    const [x0, x1, y0, y1] = landscapeNow().window;
    const x = clamp(scaleX.invert(px - margin.left), x0, x1);
    const y = clamp(scaleY.invert(py - margin.top), y0, y1);
    onStart([round(x, x1 - x0), round(y, y1 - y0)]);
  }
  // A mouse may take the start anywhere on the map; a finger takes it by its handle, taps, or scrolls.
  above
    .call(
      drag()
        .container(above.node())
        .filter((event) => !event.ctrlKey && !event.button && (event.type !== "touchstart" || handle.node().contains(event.target)))
        .on("start", (event) => {
          handle.node().focus({ preventScroll: true });
          move(event.x, event.y);
        })
        .on("drag", (event) => move(event.x, event.y)),
    )
    .style("touch-action", "manipulation"); // d3-drag has set it to none
  above.insert("rect", "g").attr("class", "ex-field");
  above.on("click", (event) => event.pointerType !== "mouse" && move(...pointer(event)));
  handle.on("keydown", (event) => {
    const directions = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, 1], ArrowDown: [0, -1] };
    const direction = directions[event.key];
    if (!direction) return;
    event.preventDefault();
    const [x0, x1, y0, y1] = landscapeNow().window;
    const stride = event.shiftKey ? 0.1 : 0.01;
    const [x, y] = store.get("start");
    onStart([round(x + direction[0] * stride * (x1 - x0), x1 - x0), round(y + direction[1] * stride * (y1 - y0), y1 - y0)]);
  });
  return { element, draw, contour, place, close: onWidth(element, fit) };
}

/** The losses over the steps. */
function drawLosses(store, onStep) {
  const element = h("div", { class: "ex-losses" });
  const svg = select(element).append("svg").attr("role", "img").attr("aria-label", "The losses over the steps, on a logarithmic axis; the table has their values");
  const group = svg.append("g").attr("transform", `translate(${MARGIN.left},${MARGIN.top})`);
  const axisY = group.append("g").attr("class", "ex-axis ex-grid");
  const axisX = group.append("g").attr("class", "ex-axis");
  const title = h("div", { class: "ex-heading" });
  element.prepend(title);
  const aim = group.append("path").attr("class", "ex-aim");
  const cursor = group.append("path").attr("class", "ex-cursor");
  const lines = group.append("g");
  const height = LOSS_HEIGHT - MARGIN.top - MARGIN.bottom;
  let width = 0;
  let scaleX = scaleLinear();
  let last = null;

  function draw(runs, at) {
    last = [runs, at];
    if (!width) return;
    const { lowest } = store.figure.functions.find(({ name }) => name === store.get("function"));
    const logarithmic = lowest !== null;
    scaleX = scaleLinear([0, store.get("_result").rows - 1], [0, width]);
    const scaleY = scaleFor(runs.map(({ loss }) => loss), logarithmic, height, {
      floor: FLOOR,
      ceiling: HEADROOM * Math.max(FLOOR, ...runs.map(({ loss }) => loss[0]).filter(Number.isFinite)),
    });
    setText(title, logarithmic ? "f − f*, above the lowest value" : "f, the value");
    stepAxis(axisX.node(), scaleX, height);
    valueAxis(axisY.node(), scaleY, width, logarithmic);
    const [low] = scaleY.domain();
    const { tolerance } = store.figure;
    aim.attr("d", logarithmic && tolerance >= low ? `M0,${scaleY(tolerance)}H${width}` : null);
    cursor.attr("d", `M${scaleX(at)},0V${height}`);
    lines
      .selectAll("path")
      .data(runs, ({ label }) => label)
      .join((enter) =>
        enter
          .append("path")
          .attr("class", "ex-line ex-stroke")
          .attr("style", ({ optimizer }) => ink(optimizer.color))
          .attr("stroke-dasharray", ({ optimizer }) => optimizer.dash),
      )
      .attr("d", ({ loss }) => path(null, loss, scaleX, scaleY, { width, height }));
  }

  const stop = onWidth(element, (outer) => {
    width = outer - MARGIN.left - MARGIN.right;
    svg.attr("width", outer).attr("height", LOSS_HEIGHT);
    if (last) draw(...last);
  });
  hoverSteps(element, () => scaleX, { first: 0, steps: () => store.get("_result").rows - 1, onStep });
  return { element, draw, close: stop };
}

/** The legend, the switches and the figures of each run, in one table. */
function resultTable(store) {
  const { tolerance, optimizers } = store.figure;
  const known = store.figure.functions.some((f) => f.lowest !== null);
  const heads = known ? ["f − f*", "distance", `steps\u00a0to ${number(tolerance)}`] : ["f"];
  const words = known ? ": how far above the lowest value, how far from the nearest minimum, and the first step within the tolerance" : "";
  const caption = h("caption", { class: "ex-hidden" }, `Each optimizer at the step on show${words}`);
  const body = h("tbody");
  const cells = new Map();
  for (const optimizer of optimizers) {
    const row = heads.map(() => h("td"));
    cells.set(optimizer.label, row);
    body.append(h("tr", {}, h("th", { scope: "row" }, toggle(store, optimizer)), ...row));
  }
  const head = h("thead", {}, h("tr", {}, h("td"), ...heads.map((text) => h("th", { scope: "col" }, text))));
  const element = h("div", { class: "ex-table" }, h("table", {}, caption, head, body));

  function draw(runs, at) {
    for (const [label, [loss, ...others]] of cells) {
      const run = runs.find((other) => other.label === label);
      const fault = faultOf(run, store.errors[label], at);
      loss.classList.toggle("ex-lost", Boolean(fault));
      loss.classList.toggle("ex-outside", Boolean(!fault && run?.outside(at)));
      loss.colSpan = fault ? heads.length : 1;
      setText(loss, fault ?? (run ? brief(run.loss[at]) : ""));
      for (const cell of others) cell.hidden = Boolean(fault);
      if (!known || fault) continue;
      const distance = run?.distance(at);
      setText(others[0], Number.isFinite(distance) ? brief(distance) : "");
      setText(others[1], !run ? "" : run.reached >= 0 ? run.reached : "–");
    }
  }
  return { element, draw };
}

/** What is wrong with a run at a step, if something is. */
function faultOf(run, error, at) {
  if (error) return "failed";
  if (!run || run.lost === null || at < run.lost) return null;
  return run.lost ? `diverged at step ${run.lost}` : "no finite value here";
}

/** The start as two numbers, for those who want one exactly. */
function startFields(store) {
  const fields = ["x", "y"].map((axis, i) =>
    numberField(`start ${axis}`, {
      refuse: (value) => (Number.isFinite(value) ? undefined : `start is ${value}; expected finite numbers`),
      onInput: (value) => store.set({ start: store.get("start").map((old, j) => (i === j ? value : old)) }),
    }),
  );
  const update = () => fields.forEach((field, i) => field.set(store.get("start")[i]));
  store.on(["start", "function"], update);
  update();
  const row = h("div", { class: "ex-row" }, h("span", {}, "start x, y"), ...fields.map(({ field }) => field));
  return h("div", {}, row, ...fields.map(({ problem }) => problem));
}
