// The landscape: a map with a start to drag, a path per optimizer, their losses and a table.
import { menu } from "../../ui/controls.js";
import { h } from "../../ui/dom.js";
import { number } from "../../ui/format.js";
import { frame } from "../../ui/frame.js";
import { landscapePython } from "../../ui/python.js";
import { settings } from "../../ui/settings.js";
import { Store } from "../../ui/store.js";
import { followStep, transport } from "../../ui/transport.js";
import { losses } from "./losses.js";
import { map } from "./map.js";
import { results } from "./results.js";
import { measuresOf, readRuns } from "./runs.js";
import { startFields } from "./start.js";

/** @type {import("../../ui/types.js").View} */
export default function landscape(model, el) {
  const store = new Store(model);
  /** @type {import("./runs.js").Run[]} */
  let runs = [];
  let rows = 0;
  const measures = measuresOf(() => runs, () => store.landscape);
  const view = frame(el, { store, name: "A map of a function and paths over it", python: () => landscapePython(store), summary: () => inWords(store, runs), measures });

  const ground = map(store, (start) => store.set({ start }));
  const steps = transport({ first: 0, steps: () => Math.max(0, store.result.rows - 1), onStep: () => draw() });
  const curves = losses(store, { onStep: steps.point, onPick: steps.move });
  const table = results(store);
  view.fill(
    ground.element,
    h("div", { class: "ex-side" },
      h("div", { class: "ex-legend" }, functionMenu(store), table.element),
      h("div", { class: "ex-controls" }, settings(store), startFields(store))),
    h("div", { class: "ex-time" }, steps.element, curves.element),
  );

  function draw() {
    const at = steps.onShow();
    ground.draw(runs, at);
    curves.draw(runs, at);
    table.draw(runs, at);
  }

  /** @param {any} [event] */
  function compute(event) {
    const wasAtEnd = rows === 0 || steps.chosen() >= rows - 1;
    rows = store.result.rows;
    runs = readRuns(store);
    steps.refit(wasAtEnd);
    view.ran();
    if (event) view.speak();
  }

  store.on(["_result"], compute);
  store.on(["start", "function"], ground.place);
  store.on(["_grid", "function"], ground.contour);
  compute();
  followStep(el, steps.move);
  return () => {
    steps.stop();
    ground.close();
    curves.close();
    store.close();
    view.close();
  };
}

/**
 * @param {Store} store
 * @param {import("./runs.js").Run[]} runs
 */
function inWords(store, runs) {
  const [x, y] = store.get("start");
  const words = runs.map((run) => `${run.label}: ${run.words}`);
  return `${store.landscape.name}, from x ${number(x)}, y ${number(y)}. ${words.join(". ")}.`;
}

/**
 * The menu of the functions; nothing where there is only one. An edited one is among them as long as it is there.
 * @param {Store} store
 */
function functionMenu(store) {
  const chooser = menu({
    text: "function",
    options: [],
    onChange: (name) => store.set({ function: name, start: store.figure.functions.find((f) => f.name === name)?.start }),
  });
  const update = () => {
    const names = store.figure.functions.map(({ name }) => name);
    chooser.setOptions(names.map((name) => [name, name]));
    chooser.set(store.landscape.name);
    chooser.element.hidden = names.length < 2;
  };
  store.on(["function", "figure"], update);
  update();
  return chooser.element;
}
