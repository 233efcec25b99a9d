// In the book's pages: mounts every explorable, and gives it a model that computes in MicroPython.
const here = new URL(import.meta.url);
const beside = (name) => new URL(name + here.search, here);

/** The requests that the inputs of each kind make of `micropython/page.py`. */
const requests = {
  landscape({ figure, inputs }) {
    const { value, gradient } = figure.functions.find(({ name }) => name === inputs.function);
    return { value, gradient, start: inputs.start, rows: inputs.steps + 1, runs: runs(figure, inputs, () => ["x", "y", "value"]) };
  },
  trace({ figure, inputs }) {
    const stream = figure.streams.find(({ name }) => name === inputs.stream);
    const wanted = [...new Set(["g", ...figure.panels.flat()])];
    return {
      stream: stream.function,
      settings: stream.function ? inputs.settings : {},
      drawn: stream.name === "drawn" ? inputs.drawn : null,
      start: figure.start,
      bounds: figure.bounds,
      rows: inputs.steps,
      runs: runs(figure, inputs, ({ quantities }) => wanted.filter((quantity) => quantities.includes(quantity))),
    };
  },
};

function runs({ optimizers }, { shown, hyperparameters }, columns) {
  return optimizers
    .filter(({ label }) => shown.includes(label))
    .map((optimizer) => {
      const { label, rule, slots, names } = optimizer;
      return { label, rule, slots, names, values: names.map((name) => hyperparameters[label][name]), columns: columns(optimizer) };
    });
}

/** MicroPython with the package's own files; `ask` sends a request and reads the numbers of the answer. */
async function startEngine() {
  const [{ loadMicroPython }, files] = await Promise.all([
    import(beside("micropython.mjs")),
    fetch(beside("python.json")).then((response) => response.json()),
  ]);
  const python = await loadMicroPython({ url: beside("micropython.wasm").href });
  for (const [name, text] of Object.entries(files)) python.FS.writeFile(`/${name}`, text);
  const { answer } = python.pyimport("page");
  return function ask(request) {
    const { address, ...result } = JSON.parse(answer(JSON.stringify(request)));
    const data = new Float64Array(result.columns.length * result.rows);
    for (let i = 0; i < data.length; i++) data[i] = python._module.getValue(address + 8 * i, "double");
    return { ...result, data };
  };
}

/** A model as anywidget's, with the inputs of a saved state. */
class PageModel {
  #values;
  #listeners = new Map();
  #changed = new Set();
  #frame = 0;

  constructor({ kind, figure, ...inputs }, ask, fragment) {
    this.inputs = Object.keys(inputs);
    this.#values = { kind, figure, ...inputs };
    this.ask = ask;
    this.fragment = fragment;
    this.#compute();
    if (kind === "landscape") this.#drawMap();
  }

  get(name) {
    return this.#values[name];
  }

  set(name, value) {
    if (JSON.stringify(value) === JSON.stringify(this.#values[name])) return;
    this.#values[name] = value;
    this.#changed.add(name);
  }

  on(event, callback) {
    this.#listeners.set(event, [...(this.#listeners.get(event) ?? []), callback]);
  }

  off(event, callback) {
    this.#listeners.set(event, (this.#listeners.get(event) ?? []).filter((other) => other !== callback));
  }

  /** Tell of the changed inputs now, and of what follows from them once before the next frame. */
  save_changes() {
    const changed = [...this.#changed];
    this.#changed.clear();
    if (changed.length === 0) return;
    for (const name of changed) this.#tell(name);
    if (changed.includes("function")) this.#drawMap();
    this.#frame ||= requestAnimationFrame(() => {
      this.#frame = 0;
      performance.mark("explorable-change");
      this.#compute();
      performance.mark("explorable-computed");
      this.#tell("_result");
      performance.mark("explorable-drawn");
    });
  }

  #tell(name) {
    for (const callback of this.#listeners.get(`change:${name}`) ?? []) callback({ name });
    for (const callback of this.#listeners.get("change") ?? []) callback({ name });
  }

  #compute() {
    const { kind, figure } = this.#values;
    const inputs = Object.fromEntries(this.inputs.map((name) => [name, this.#values[name]]));
    this.#values._result = this.ask({ kind, ...requests[kind]({ figure, inputs }) });
  }

  #drawMap() {
    const { figure } = this.#values;
    const { value, window } = figure.functions.find(({ name }) => name === this.#values.function);
    const n = figure.grid;
    this.#values._grid = this.ask({ kind: "grid", value, window, rows: n * n, runs: [{ label: "", n, columns: ["value"] }] }).data;
    this.#tell("_grid");
  }
}

/** The part of the page's fragment that belongs to one explorable: `#its-name?setting=value&...`. */
const fragment = (name) => ({
  read() {
    const mark = location.hash.indexOf("?");
    return mark > 0 && location.hash.slice(1, mark) === name ? location.hash.slice(mark + 1) : null;
  },
  href: (query) => `${location.href.split("#")[0]}#${name}${query && "?"}${query}`,
  write(query) {
    if (query || this.read() !== null) history.replaceState(history.state, "", this.href(query));
  },
});

async function mount(element, name, engine) {
  const state = JSON.parse(element.dataset.explorable);
  try {
    const [{ default: widget }, ask] = await Promise.all([import(beside("explorable.js")), engine()]);
    const model = new PageModel(state, ask, fragment(name));
    const still = [...element.childNodes];
    widget.render({ model, el: element });
    still.forEach((node) => node.remove());
    element.model = model;
    element.dataset.ready = "";
    performance.mark("explorable-ready", { detail: name });
    if (model.fragment.read() !== null) element.scrollIntoView();
  } catch (error) {
    for (const still of element.querySelectorAll("noscript")) still.outerHTML = still.textContent;
    console.error(error);
  }
}

let engine;
const started = () => (engine ??= startEngine());
document.querySelectorAll(".explorable[data-explorable]").forEach((element) => mount(element, element.id, started));
