// The trace: what is inside the rules, step by step, under a stream of gradients.
import { scaleLinear } from "d3-scale";
import { select } from "d3-selection";
import { ink, menu, settings, slider, toggle } from "./controls.js";
import { h, setText } from "./dom.js";
import { label as labelOf, number, spoken } from "./format.js";
import { frame } from "./frame.js";
import { settingRefusal, settingScale } from "./parameters.js";
import { clamp, hoverSteps, MARGIN, onWidth, path, scaleFor, stepAxis, valueAxis } from "./plot.js";
import { tracePython } from "./python.js";
import { Store } from "./store.js";
import { transport } from "./transport.js";

const INPUTS = ["stream", "settings", "drawn", "steps", "hyperparameters", "shown"];
const HEIGHT = 84;
const DASHES = ["", "6 3", "2 2", "8 2 2 2"]; // of the quantities that share a panel

export function trace(model, el) {
  const store = new Store(model, INPUTS);
  const { figure } = store;
  const view = frame(el, { store, kind: "trace", name: "Quantities of the rules over the steps", python: () => tracePython(store), summary });
  const quantities = [...new Set(figure.panels.flat())];

  let hovered = null;
  const onStep = (step) => {
    hovered = step;
    draw();
  };
  const gradients = drawPanel(store, ["g"], { onStep, stems: true, onDraw: (t, g) => setGradient(store, t, g) });
  const panels = figure.panels.map((panel, i) => drawPanel(store, panel, { onStep, last: i === figure.panels.length - 1 }));
  const steps = transport({ first: 1, steps: () => store.get("_result").rows, onStep: () => draw(), playing: false });
  const table = valueTable(store, ["g", ...quantities]);
  const main = h("div", { class: "ex-main" }, gradients.element, ...panels.map(({ element }) => element), steps.element);
  const controls = h("div", { class: "ex-controls" }, streamControls(store, () => hovered ?? steps.at), settings(store));
  view.body.append(main, table.element, controls);

  let columns = new Map();
  let known = 0;
  function draw() {
    const at = Math.min(hovered ?? steps.at, store.get("_result").rows);
    steps.tell(at);
    for (const panel of [gradients, ...panels]) panel.draw(columns, at);
    table.draw(columns, at);
  }
  function compute(event) {
    columns = store.columns();
    const rows = store.get("_result").rows;
    const lost = [...columns].map(([label, { step, g }]) => [label, (step ?? g).findIndex((x) => !Number.isFinite(x))]);
    view.warn("run", [
      ...Object.entries(store.errors).map(([label, message]) => `${label}: ${message}`),
      ...lost.filter(([, row]) => row >= 0).map(([label, row]) => `${label} diverged at step ${row + 1}.`),
    ]);
    const followEnd = known === 0 || steps.at >= known;
    known = rows;
    steps.refit(followEnd);
    if (event) view.speak();
  }
  function summary() {
    const at = Math.min(steps.at, store.get("_result").rows);
    const words = [...columns].map(([label, values]) => {
      const parts = quantities.filter((q) => values[q]).map((q) => `${spoken(q)} ${number(values[q][at - 1])}`);
      return `${label}: ${parts.join(", ")}`;
    });
    return `${store.get("stream")} gradients, step ${at}. ${words.join(". ")}.`;
  }

  store.on(["_result"], compute);
  store.on(["stream"], () => gradients.element.classList.toggle("ex-drawable", store.get("stream") === "drawn"));
  gradients.element.classList.toggle("ex-drawable", store.get("stream") === "drawn");
  compute();
  return () => {
    steps.stop();
    for (const panel of [gradients, ...panels]) panel.close();
    store.close();
    view.close();
  };
}

/** Change one gradient of the drawn stream. */
function setGradient(store, t, g) {
  const drawn = [...store.get("drawn")];
  while (drawn.length < t) drawn.push(0);
  drawn[t - 1] = g;
  store.set({ drawn });
}

/** One panel: a line per optimizer and quantity, or stems where the gradients are. */
function drawPanel(store, panel, { onStep, stems = false, onDraw, last = false }) {
  const title = stems ? "gradient" : panel.map(labelOf).join(", ");
  const element = h("div", { class: "ex-panel" });
  const svg = select(element).append("svg").attr("role", "img");
  svg.attr("aria-label", `${stems ? "gradient" : panel.map(spoken).join(", ")} over the steps; the table has the values`);
  const group = svg.append("g").attr("transform", `translate(${MARGIN.left},${MARGIN.top})`);
  const axisY = group.append("g").attr("class", "ex-axis ex-grid");
  const axisX = group.append("g").attr("class", "ex-axis");
  const zero = group.append("path").attr("class", "ex-zero");
  const cursor = group.append("path").attr("class", "ex-cursor");
  const lines = group.append("g");
  const dots = group.append("g");
  const heading = h("div", { class: "ex-heading" }, ...(stems ? [title] : panelKey(panel)));
  element.prepend(heading);
  let logarithmic = panel.some((quantity) => store.figure.log.includes(quantity));
  if (!stems) {
    const log = h("button", { type: "button", class: "ex-log", "aria-pressed": String(logarithmic), "aria-label": `log axis of ${title}` }, "log");
    log.addEventListener("click", () => {
      logarithmic = !logarithmic;
      log.setAttribute("aria-pressed", String(logarithmic));
      if (drawn) draw(...drawn);
    });
    heading.append(log);
  }
  const [height, below] = [HEIGHT - MARGIN.top, last ? MARGIN.bottom : 6];
  const [first, steps] = [1, () => store.get("_result").rows];
  let [width, drawn] = [0, null];
  let [scaleX, scaleY] = [scaleLinear(), scaleLinear()];

  function draw(columns, at) {
    drawn = [columns, at];
    if (!width && !element.hidden) return;
    scaleX = scaleLinear([first, Math.max(2, steps())], [0, width]);
    let shown = [...columns].flatMap(([label, values]) =>
      panel.flatMap((quantity, i) => (values[quantity] ? [{ label, quantity, i, values: values[quantity] }] : [])),
    );
    if (stems) shown = shown.slice(0, 1);
    element.hidden = shown.length === 0 && !stems;
    if (element.hidden) return;
    const bounds = panel.includes("p") ? store.figure.bounds : null;
    if (!drawing) scaleY = scaleFor(shown.map(({ values }) => values), logarithmic, height, { bounds: stems && isDrawn() ? [-1.5, 1.5] : bounds });
    stepAxis(axisX.node(), scaleX, height, last);
    valueAxis(axisY.node(), scaleY, width, logarithmic);
    const positive = (x) => scaleY(logarithmic && x <= 0 ? NaN : x);
    zero.attr("d", logarithmic ? null : `M0,${scaleY(0)}H${width}`);
    cursor.attr("d", `M${scaleX(at)},0V${height}`);
    const style = ({ label }) => (stems ? null : ink(store.optimizer(label).color));
    const dash = ({ label, i }) => (stems ? null : panel.length > 1 ? DASHES[i % DASHES.length] : store.optimizer(label).dash);
    lines
      .selectAll("path")
      .data(shown, ({ label, quantity }) => `${label} ${quantity}`)
      .join((enter) =>
        enter
          .append("path")
          .attr("class", stems ? "ex-stems" : "ex-line ex-stroke")
          .attr("style", style)
          .attr("stroke-dasharray", dash),
      )
      .attr("stroke-width", stems ? clamp((0.5 * width) / steps(), 0.3, 1.5) : null)
      .attr("d", ({ values }) => (stems ? stemPath(values) : linePath(values, positive)));
    dots
      .selectAll("circle")
      .data(shown.filter(({ values }) => Number.isFinite(positive(values[at - 1]))))
      .join("circle")
      .attr("class", stems ? "ex-stem-dot" : "ex-line ex-dot")
      .attr("style", style)
      .attr("r", 3)
      .attr("cx", scaleX(at))
      .attr("cy", ({ values }) => positive(values[at - 1]));
  }

  const linePath = (values, scale) => path(null, values, (i) => scaleX(i + 1), scale, { width, height });
  const stemPath = (values) =>
    Array.from(values, (g, i) => (Number.isFinite(g) ? `M${scaleX(i + 1).toFixed(1)},${scaleY(0).toFixed(1)}V${scaleY(g).toFixed(1)}` : "")).join("");
  const isDrawn = () => store.get("stream") === "drawn";

  const stop = onWidth(element, (outer) => {
    width = outer - MARGIN.left - MARGIN.right;
    svg.attr("width", outer).attr("height", HEIGHT + below);
    if (drawn) draw(...drawn);
  });
  hoverSteps(svg.node(), () => scaleX, { first, steps, onStep });

  let drawing = false; // while a hand draws, the axis stands still
  if (onDraw) {
    const node = svg.node();
    const put = (event) => {
      const box = node.getBoundingClientRect();
      const t = clamp(Math.round(scaleX.invert(event.clientX - box.left - MARGIN.left)), 1, steps());
      const g = scaleY.invert(clamp(event.clientY - box.top - MARGIN.top, 0, height));
      onDraw(t, Number(g.toFixed(2)));
    };
    node.addEventListener("pointerdown", (event) => {
      if (!isDrawn() || event.button) return;
      drawing = true;
      node.setPointerCapture(event.pointerId);
      put(event);
    });
    node.addEventListener("pointermove", (event) => drawing && put(event));
    for (const end of ["pointerup", "pointercancel"]) {
      node.addEventListener(end, () => {
        drawing = false;
        if (drawn) draw(...drawn);
      });
    }
  }
  return { element, draw, close: stop };
}

/** The names in a panel, each with the dash of its line when there are several. */
function panelKey(panel) {
  if (panel.length === 1) return [labelOf(panel[0])];
  return panel.map((quantity, i) => {
    const key = h("span", { class: "ex-key" });
    key.innerHTML = `<svg viewBox="0 0 26 6" aria-hidden="true"><path d="M1,3H25" stroke-dasharray="${DASHES[i % DASHES.length]}"/></svg>`;
    key.append(labelOf(quantity));
    return key;
  });
}

/** Which stream, and its settings; for the drawn one the gradient at the step on show. */
function streamControls(store, stepNow) {
  const { streams } = store.figure;
  const element = h("div", { class: "ex-settings" });
  const list = h("div");
  const chooser = menu({
    text: "gradients",
    options: streams.map(({ name }) => [name, name === "drawn" ? "drawn by hand" : name]),
    onChange: choose,
  });
  if (streams.length > 1) element.append(chooser.element);
  element.append(list);
  let sliders = [];

  /** A drawn stream begins as what was there before. */
  function choose(name) {
    const before = store.columns().values().next().value?.g;
    const patch = { stream: name, settings: { ...streams.find((stream) => stream.name === name).settings } };
    if (name === "drawn" && !store.get("drawn").length && before) patch.drawn = Array.from(before, (g) => Number(g.toFixed(2)));
    store.set(patch);
  }

  function rebuild() {
    const name = store.get("stream");
    chooser.set(name);
    const { settings: defaults } = streams.find((stream) => stream.name === name);
    sliders = Object.entries(defaults)
      .filter(([, value]) => value !== null)
      .map(([setting, value]) => {
        const control = slider({
          text: labelOf(setting),
          aria: `${name} gradients: ${spoken(setting)}`,
          scale: settingScale(setting, value, store.figure.most_steps),
          refuse: (x) => settingRefusal(setting, x),
          onInput: (x) => store.set({ settings: { ...store.get("settings"), [setting]: x } }),
        });
        return { control, setting };
      });
    list.replaceChildren(...sliders.map(({ control }) => control.element));
    if (name === "drawn") list.append(drawnField());
    update();
  }

  /** The keyboard's way to draw. */
  function drawnField() {
    const control = slider({
      text: "g at this step",
      aria: "gradient at the step on show",
      scale: { count: 60, value: (position) => (position - 30) / 10, position: (value) => value * 10 + 30 },
      refuse: (x) => settingRefusal("g", x),
      onInput: (g) => setGradient(store, stepNow(), g),
    });
    sliders = [{ control, drawn: true }];
    return control.element;
  }

  function update() {
    for (const { control, setting, drawn } of sliders) {
      control.set(drawn ? (store.get("drawn")[stepNow() - 1] ?? 0) : store.get("settings")[setting]);
    }
  }
  store.on(["stream"], rebuild);
  store.on(["settings", "drawn"], update);
  element.addEventListener("focusin", update);
  rebuild();
  return element;
}

/** Legend, switches and values at the step on show: a row per quantity, a column per optimizer. */
function valueTable(store, quantities) {
  const { optimizers } = store.figure;
  const at = h("td", { class: "ex-at" });
  const heads = optimizers.map((optimizer) => h("th", { scope: "col" }, toggle(store, optimizer)));
  const cells = quantities.map(() => optimizers.map(() => h("td")));
  const rows = quantities.map((quantity, i) => {
    const text = quantity === "step" ? "step / η" : quantity === "g" ? "gradient" : labelOf(quantity);
    return h("tr", {}, h("th", { scope: "row" }, text), ...cells[i]);
  });
  const caption = h("caption", { class: "ex-hidden" }, "The values of each quantity at the step on show");
  const table = h("table", {}, caption, h("thead", {}, h("tr", {}, at, ...heads)), h("tbody", {}, ...rows));
  const element = h("div", { class: "ex-table ex-values" }, table);

  function draw(columns, step) {
    setText(at, `step ${step}`);
    quantities.forEach((quantity, i) => {
      rows[i].hidden = ![...columns.values()].some((values) => values[quantity]);
      optimizers.forEach(({ label }, j) => {
        const values = columns.get(label)?.[quantity];
        setText(cells[i][j], values ? number(values[step - 1]) : "");
      });
    });
  }
  return { element, draw };
}
