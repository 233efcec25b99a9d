// Which stream of gradients is fed, and its settings; for the drawn one the gradient at the step on show.
import { menu, slider } from "../../ui/controls.js";
import { h } from "../../ui/dom.js";
import { settingRefusal, settingScale } from "../../ui/parameters.js";
import { withPoints } from "./stroke.js";

/** @typedef {import("../../ui/store.js").Store} Store */

/**
 * @param {Store} store
 * @param {() => number} stepNow
 */
export function streamControls(store, stepNow) {
  const { streams } = store.figure;
  const list = h("div");
  const chooser = menu({
    text: "gradients",
    options: streams.map(({ name }) => [name, name === "drawn" ? "drawn by hand" : name]),
    onChange: (name) => choose(store, name),
  });
  const element = h("div", { class: "ex-settings" }, streams.length > 1 && chooser.element, list);
  /** @type {{ element: HTMLElement, update: () => void }[]} */
  let sliders = [];

  function rebuild() {
    const name = store.get("stream");
    chooser.set(name);
    sliders = name === "drawn" ? [drawnSlider(store, stepNow)] : settingSliders(store, name);
    list.replaceChildren(...sliders.map((control) => control.element));
    update();
  }
  const update = () => sliders.forEach((control) => control.update());
  store.on(["stream"], rebuild);
  store.on(["settings", "drawn"], update);
  element.addEventListener("focusin", update);
  rebuild();
  return { element, update };
}

/**
 * Another stream with its settings; a drawn one begins as what was there before.
 * @param {Store} store
 * @param {string} name
 */
function choose(store, name) {
  const before = store.columns().values().next().value?.g;
  const stream = store.figure.streams.find((other) => other.name === name);
  /** @type {Record<string, any>} */
  const patch = { stream: name, settings: { ...stream?.settings } };
  if (name === "drawn" && !store.get("drawn").length && before) patch.drawn = Array.from(before, (g) => Number(g.toFixed(2)));
  store.set(patch);
}

/**
 * @param {Store} store
 * @param {string} name
 */
function settingSliders(store, name) {
  const defaults = store.figure.streams.find((stream) => stream.name === name)?.settings ?? {};
  return Object.entries(defaults).flatMap(([setting, value]) => {
    if (value === null) return []; // it follows the optimizer
    const { element, set } = slider({
      text: store.label(setting),
      aria: `${name} gradients: ${store.spoken(setting)}`,
      scale: settingScale(setting, value, store.figure.most_steps),
      refuse: (x) => settingRefusal(setting, x),
      onInput: (x) => store.set({ settings: { ...store.get("settings"), [setting]: x } }),
    });
    return [{ element, update: () => set(store.get("settings")[setting] ?? value) }];
  });
}

/**
 * The keyboard's way to draw.
 * @param {Store} store
 * @param {() => number} stepNow
 */
function drawnSlider(store, stepNow) {
  const { element, set } = slider({
    text: "g at this step",
    aria: "gradient at the step on show",
    scale: { count: 60, value: (position) => (position - 30) / 10, position: (value) => value * 10 + 30 },
    refuse: (x) => settingRefusal("g", x),
    onInput: (g) => store.set({ drawn: withPoints(store.get("drawn"), [[stepNow(), g]]) }),
  });
  return { element, update: () => set(store.get("drawn")[stepNow() - 1] ?? 0) };
}
