// The inputs that a link can carry: how each is written into it, and read from it.
import { countRefusal, refusal, settingRefusal } from "./parameters.js";
import { choice, has, named, numbers, originalOf, same, single, toNumbers, unknown } from "./sorts.js";
import { EDITED } from "./store.js";

const TEXT = "edit."; // begins the key of a text that a reader has written
const STREAM = "stream."; // begins the key of a stream's setting

/** @typedef {import("./types.js").Optimizer} Optimizer */
/** @typedef {import("./sorts.js").Inputs} Inputs */
/** @typedef {import("./sorts.js").Pair} Pair */
/** @typedef {import("./sorts.js").Source} Source */
/** @typedef {import("./sorts.js").Reading} Reading */
/** @typedef {import("./sorts.js").Sort} Sort */

/** A number of steps. @param {string} name @param {(reading: Reading) => number} most */
const count = (name, most) =>
  single(
    name,
    (now, { initial }) => (now[name] === initial[name] ? null : String(now[name])),
    (reading, value) => {
      const [found] = toNumbers(value);
      const message = countRefusal(name, found, most(reading));
      if (!message) reading.inputs[name] = found;
      return message;
    },
  );

/** @param {Inputs} now @param {Source} store */
const usualStart = (now, { initial, figure }) =>
  now.function === initial.function ? initial.start : named(figure.functions, now.function)?.start;

/** @param {Inputs} now @param {Source} store */
const usuallyDrawn = (now, { initial }) => (now.stream === "drawn" ? initial.drawn : now.drawn);

/** @type {Sort} */
const settings = {
  owns: (key, { figure }) =>
    key.startsWith(STREAM) &&
    figure.streams.some((stream) => has(stream.settings, key.slice(STREAM.length))),
  write(now, { figure }) {
    const usual = named(figure.streams, now.stream)?.settings;
    const changed = Object.keys(now.settings).filter((name) => now.settings[name] !== usual?.[name]);
    return changed.map((name) => [STREAM + name, String(now.settings[name])]);
  },
  read: ({ inputs }, pairs) =>
    pairs.map(([key, text]) => {
      const name = key.slice(STREAM.length);
      if (!has(inputs.settings, name) || inputs.settings[name] === null) return unknown(key);
      const [value] = toNumbers(text);
      const message = settingRefusal(name, value);
      if (!message) inputs.settings[name] = value;
      return message;
    }),
};

/** The optimizers that there are with the texts of some inputs. @param {Source} store @param {Inputs} inputs */
const optimizers = ({ figure }, inputs) => figure.optimizers.filter(({ of }) => !of || has(inputs.edited, of));

/** An edited rule is shown unless the reader has switched it off. @param {Source} store @param {Inputs} inputs */
function usuallyShown(store, inputs) {
  const { shown, hyperparameters } = store.initial;
  const labels = optimizers(store, inputs).map(({ label }) => label);
  return labels.filter((label) => shown.includes(label) || !has(hyperparameters, label));
}

/**
 * The values at first; of an edited rule those of the original, where the text has not changed them.
 * @param {Source} store @param {Optimizer} optimizer
 */
function usualValues({ figure, initial }, { label, of = label, names, defaults }) {
  if (has(initial.hyperparameters, label)) return { ...initial.hyperparameters[label] };
  const values = initial.hyperparameters[of];
  const original = figure.optimizers.find((other) => other.label === of);
  const isKept = (/** @type {string} */ name) => has(values, name) && original?.defaults[name] === defaults[name];
  return Object.fromEntries(names.map((name) => [name, isKept(name) ? values[name] : defaults[name]]));
}

/** Whether a label is that of a rule whose text is in the link and that is not there yet. @param {Reading} reading @param {string} label */
function isPending({ store, inputs, unread }, label) {
  const of = originalOf(label);
  const known = store.figure.optimizers.some((optimizer) => optimizer.label === of);
  return label.endsWith(EDITED) && known && (has(unread, of) || has(inputs.edited, of));
}

/** @type {Sort} */
const edited = {
  owns(key, { figure }) {
    const name = key.slice(TEXT.length);
    return key.startsWith(TEXT) && !!(named(figure.functions, name) ?? figure.optimizers.find(({ label }) => label === name));
  },
  write(now, store) {
    /** @type {Record<string, string>} */
    const texts = { ...store.get("_unread"), ...now.edited }; // what has not been run stays in the link
    const usual = store.initial.edited;
    const names = Object.keys({ ...usual, ...texts }).filter((name) => texts[name] !== usual[name]);
    return names.map((name) => [TEXT + name, texts[name] ?? ""]);
  },
  read({ store, inputs, unread }, pairs) {
    const present = store.inputs().edited;
    for (const [key, text] of new Map(pairs)) {
      const name = key.slice(TEXT.length);
      if (!text) delete inputs.edited[name];
      else if (text === inputs.edited[name] || text === present[name]) inputs.edited[name] = text;
      else unread[name] = text;
    }
    const there = optimizers(store, inputs);
    inputs.hyperparameters = Object.fromEntries(there.map((optimizer) => [optimizer.label, usualValues(store, optimizer)]));
    inputs.shown = usuallyShown(store, inputs);
    return [];
  },
};

/** @type {Sort} */
const shown = {
  owns: (key) => key === "shown",
  write(now, store) {
    if (same(now.shown, usuallyShown(store, now))) return [];
    return (now.shown.length ? now.shown : [""]).map((/** @type {string} */ label) => ["shown", label]);
  },
  read(reading, pairs) {
    if (pairs.length === 0) return [];
    const { store, inputs, pending } = reading;
    const known = optimizers(store, inputs).map(({ label }) => label);
    const wanted = pairs.map(([, label]) => label);
    inputs.shown = known.filter((label) => wanted.includes(label));
    const others = wanted.filter((label) => label && !known.includes(label));
    for (const label of others) if (isPending(reading, label)) pending[label] = {};
    const wrong = others.filter((label) => !has(pending, label));
    return wrong.map((label) => `there is no optimizer “${label}”; expected ${known.join(", ")}`);
  },
};

/** @type {Sort} */
const hyperparameters = {
  owns: (key) => key.includes("."),
  write: (now, store) =>
    optimizers(store, now).flatMap((optimizer) => {
      const { label } = optimizer;
      const [values, usual] = [now.hyperparameters[label] ?? {}, usualValues(store, optimizer)];
      const changed = Object.keys(values).filter((name) => values[name] !== usual[name]);
      return changed.map((name) => /** @type {Pair} */ ([`${label}.${name}`, String(values[name])]));
    }),
  read: (reading, pairs) =>
    pairs.map(([key, text]) => {
      const dot = key.lastIndexOf(".");
      const [label, name] = [key.slice(0, dot), key.slice(dot + 1)];
      const values = reading.inputs.hyperparameters;
      const known = has(values, label);
      if (known ? !has(values[label], name) : !isPending(reading, label)) return unknown(key);
      const [value] = toNumbers(text);
      const message = refusal(name, value);
      if (!message) (known ? values[label] : (reading.pending[label] ??= {}))[name] = value;
      return message;
    }),
};

/**
 * By the name of the input, in the order in which they are read: a text before what it adds to the
 * figure, a choice before what it sets, a key that others may own last.
 * @type {Record<string, Sort>}
 */
export const SORTS = {
  edited,
  function: choice("function", "functions", "start"),
  stream: choice("stream", "streams", "settings"),
  start: numbers("start", 2, usualStart),
  steps: count("steps", ({ store }) => store.figure.most_steps),
  at: count("at", ({ inputs }) => inputs.steps),
  shown,
  drawn: numbers("drawn", null, usuallyDrawn),
  settings,
  hyperparameters,
};
