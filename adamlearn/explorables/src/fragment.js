// A setting as text for a link: only what differs from the figure's own setting.
import { refusal, settingRefusal, stepsRefusal } from "./parameters.js";

const same = (a, b) => JSON.stringify(a) === JSON.stringify(b);

/** The query of the present inputs, empty when nothing has been changed. */
export function encode(store) {
  const { initial } = store;
  const now = store.inputs();
  const query = new URLSearchParams();
  for (const name of ["function", "stream"]) if (now[name] !== initial[name]) query.set(name, now[name]);
  if (now.start && !same(now.start, initialStart(store, now))) query.set("start", now.start.join(","));
  if (now.steps !== initial.steps) query.set("steps", now.steps);
  if (!same(now.shown, initial.shown)) for (const label of now.shown.length ? now.shown : [""]) query.append("shown", label);
  for (const [label, values] of Object.entries(now.hyperparameters)) {
    for (const [name, value] of Object.entries(values)) {
      if (value !== initial.hyperparameters[label][name]) query.set(`${label}.${name}`, value);
    }
  }
  if (now.settings) {
    const defaults = streamSettings(store, now.stream);
    for (const [name, value] of Object.entries(now.settings)) {
      if (value !== defaults[name]) query.set(`stream.${name}`, value);
    }
  }
  if (now.stream === "drawn" && !same(now.drawn, initial.drawn)) query.set("drawn", now.drawn.join(","));
  return query.toString();
}

/** The inputs that a query describes, and what in it cannot be used. */
export function decode(store, text) {
  const inputs = structuredClone(store.initial);
  const problems = [];
  const query = new URLSearchParams(text);
  if (query.has("shown")) inputs.shown = [];
  for (const [key, value] of query) {
    const message = read(store, inputs, key, value);
    if (message) problems.push(`In the link: ${message}.`);
  }
  return { inputs, problems };
}

function read(store, inputs, key, value) {
  const { figure } = store;
  const numbers = value.split(",").map((part) => (part.trim() ? Number(part) : NaN));
  if (key === "function" && figure.functions) {
    const chosen = figure.functions.find(({ name }) => name === value);
    if (!chosen) return `function is “${value}”; expected one of ${figure.functions.map(({ name }) => name).join(", ")}`;
    Object.assign(inputs, { function: value, start: chosen.start });
  } else if (key === "stream" && figure.streams) {
    if (!figure.streams.some(({ name }) => name === value)) {
      return `stream is “${value}”; expected one of ${figure.streams.map(({ name }) => name).join(", ")}`;
    }
    Object.assign(inputs, { stream: value, settings: { ...streamSettings(store, value) } });
  } else if (key === "start" && inputs.start) {
    if (numbers.length !== 2 || !numbers.every(Number.isFinite)) return `start is “${value}”; expected two numbers`;
    inputs.start = numbers;
  } else if (key === "steps") {
    const message = stepsRefusal(numbers[0], figure.most_steps);
    if (message) return message;
    inputs.steps = numbers[0];
  } else if (key === "shown") {
    const labels = Object.keys(inputs.hyperparameters);
    if (value && !labels.includes(value)) return `there is no optimizer “${value}”; expected ${labels.join(", ")}`;
    if (value) inputs.shown.push(value);
  } else if (key === "drawn" && inputs.drawn) {
    if (!numbers.every(Number.isFinite)) return `drawn is “${value}”; expected numbers`;
    inputs.drawn = numbers;
  } else {
    return readSetting(inputs, key, numbers[0]);
  }
}

function readSetting(inputs, key, number) {
  const dot = key.lastIndexOf(".");
  const [label, name] = [key.slice(0, dot), key.slice(dot + 1)];
  if (label === "stream" && inputs.settings?.[name] != null) {
    const message = settingRefusal(name, number);
    if (!message) inputs.settings = { ...inputs.settings, [name]: number };
    return message;
  }
  if (inputs.hyperparameters[label]?.[name] === undefined) return `“${key}” is not a setting of this figure`;
  const message = refusal(name, number);
  if (!message) inputs.hyperparameters[label][name] = number;
  return message;
}

const streamSettings = (store, stream) => store.figure.streams.find(({ name }) => name === stream).settings;

function initialStart(store, now) {
  if (now.function === store.initial.function) return store.initial.start;
  return store.figure.functions.find(({ name }) => name === now.function).start;
}
