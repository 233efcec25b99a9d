// The sliders of the hyperparameters, for all optimizers that are shown or for one, and that of the steps.
import { menu, slider } from "./controls.js";
import { h, keyed } from "./dom.js";
import { refusal, scaleOf, countRefusal, stepsScale } from "./parameters.js";

/** @param {import("./store.js").Store} store */
export function settings(store) {
  let target = "";
  const list = h("div", { class: "ex-settings" });
  /** @type {Map<string, ReturnType<typeof slider>>} */
  const sliders = new Map();
  const chooser = menu({
    text: "settings of",
    options: [],
    onChange: (value) => {
      target = value;
      update();
    },
  });
  const steps = stepsSlider(store);
  const labels = () => (target ? [target] : /** @type {string[]} */ (store.get("shown")));

  /** @param {string} name */
  function make(name) {
    const first = store.figure.optimizers.find((optimizer) => optimizer.names.includes(name));
    const initial = store.initial.hyperparameters[first?.label ?? ""]?.[name] ?? first?.defaults[name];
    return slider({
      text: store.label(name),
      aria: store.spoken(name),
      scale: scaleOf(name, initial),
      refuse: (value) => refusal(name, value),
      onInput: (value) => store.setHyperparameter(labels(), name, value),
    });
  }

  /** Another figure may have other optimizers, and those other hyperparameters. */
  function rebuild() {
    const { optimizers } = store.figure;
    if (!store.optimizer(target)) target = "";
    chooser.setOptions([["", "all that are shown"], ...optimizers.map(({ label }) => [label, label])]);
    chooser.set(target);
    chooser.element.hidden = optimizers.length < 2;
    keyed(list, sliders, [...new Set(optimizers.flatMap((optimizer) => optimizer.names))], make);
    update();
  }

  function update() {
    const all = store.get("hyperparameters");
    for (const [name, control] of sliders) {
      const values = labels().flatMap((label) => (all[label] && name in all[label] ? [all[label][name]] : []));
      control.element.hidden = values.length === 0;
      if (values.length) control.set(values.every((value) => value === values[0]) ? values[0] : null);
    }
  }
  store.on(["figure"], rebuild);
  store.on(["hyperparameters", "shown"], update);
  rebuild();
  return h("div", { class: "ex-settings" }, chooser.element, list, steps);
}

/** @param {import("./store.js").Store} store */
function stepsSlider(store) {
  const most = store.figure.most_steps;
  const { element, set } = slider({
    text: "steps",
    aria: "steps",
    scale: stepsScale(most),
    refuse: (value) => countRefusal("steps", value, most),
    onInput: (value) => store.set({ steps: value }),
  });
  const update = () => set(store.get("steps"));
  store.on(["steps"], update);
  update();
  return element;
}
