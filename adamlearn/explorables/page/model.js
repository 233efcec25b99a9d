// A model as anywidget's, in a page: its inputs are a saved state's, its answers come from the sandbox.
import { EDITED } from "../ui/store.js";
import { valuesFor, withEdits } from "./edits.js";

const LIMIT = 3000; // milliseconds that a text which a reader has written may take

/** @typedef {import("./sandbox.js").Sandbox} Sandbox */

export class PageModel {
  /** @type {Record<string, any>} */
  #values;
  /** @type {Map<string, Function[]>} */
  #listeners = new Map();
  #changed = new Set();
  #stale = { runs: false, map: false };
  /** @type {Promise<void> | undefined} */
  #running;
  /** @type {any} */
  #original;
  /** @type {Record<string, any>} */
  #good; // the figure and the inputs that were last answered, but for the texts

  /**
   * @param {any} state
   * @param {{ number: number, sandbox: Sandbox, fragment: any, editor: () => Promise<any> }} page
   */
  constructor({ figure, ...inputs }, { number, sandbox, fragment, editor }) {
    /** @type {string[]} */
    this.inputs = figure.inputs;
    this.#values = { figure, ...inputs, _problems: {}, _unread: {}, _result: { columns: [], rows: 1, errors: {}, data: new Float64Array() } };
    this.#original = figure;
    this.#good = {};
    this.number = number;
    this.sandbox = sandbox;
    this.fragment = fragment;
    this.editor = editor;
    this.answered = Promise.resolve(); // when what was set has been answered
  }

  /** Ask for the first answer. */
  async start() {
    await this.sandbox.show(this.number, this.#original);
    await this.#compute();
    if (this.#original.kind === "landscape") await this.#drawMap();
    return this;
  }

  /** @param {string} name */
  get(name) {
    return this.#values[name];
  }

  /** @param {string} name @param {any} value */
  set(name, value) {
    if (JSON.stringify(value) === JSON.stringify(this.#values[name])) return;
    this.#values[name] = value;
    this.#changed.add(name);
  }

  /** @param {string} event @param {Function} callback */
  on(event, callback) {
    this.#listeners.set(event, [...(this.#listeners.get(event) ?? []), callback]);
  }

  /** @param {string} event @param {Function} callback */
  off(event, callback) {
    this.#listeners.set(event, (this.#listeners.get(event) ?? []).filter((other) => other !== callback));
  }

  /** Tell of the changed inputs now, and of what follows from them when it has been computed. */
  save_changes() {
    const changed = [...this.#changed];
    this.#changed.clear();
    if (changed.length === 0) return;
    for (const name of changed) this.#tell(name);
    if (changed.includes("edited")) this.answered = this.#edit();
    else if (changed.some((name) => this.inputs.includes(name))) this.answered = this.#answer(changed.includes("function"));
  }

  /** @param {string} name */
  #tell(name) {
    for (const callback of this.#listeners.get(`change:${name}`) ?? []) callback({ name });
    for (const callback of this.#listeners.get("change") ?? []) callback({ name });
  }

  /** Set several values at once, and tell of them. @param {Record<string, any>} values */
  #put(values) {
    Object.assign(this.#values, values);
    for (const name of Object.keys(values)) this.#tell(name);
  }

  /** Take the texts in, and run them. */
  async #edit() {
    const { edited, figure: before } = this.#values;
    let grammar;
    try {
      grammar = await this.editor();
    } catch {
      return this.#put({ _problems: Object.fromEntries(Object.keys(edited).map((label) => [label, "The editor could not be loaded. Try again later."])) });
    }
    const { figure, problems } = withEdits(this.#original, before, edited, grammar);
    if (edited !== this.#values.edited) return; // the reader has gone on writing
    this.#put({ ...this.#following(figure, before), _problems: problems });
    await this.#run(async () => {
      await this.sandbox.show(this.number, figure, LIMIT);
      await this.#compute();
      if (figure.functions) await this.#drawMap();
    });
  }

  /** What else changes when the figure does. @param {any} figure @param {any} before */
  #following(figure, before) {
    const labels = figure.optimizers.map((/** @type {any} */ { label }) => label);
    const had = before.optimizers.map((/** @type {any} */ { label }) => label);
    /** @type {Record<string, any>} */
    const values = {
      figure,
      hyperparameters: valuesFor(figure, before, this.#values.hyperparameters),
      shown: labels.filter((/** @type {string} */ label) => !had.includes(label) || this.#values.shown.includes(label)),
    };
    const gone = figure.functions && !figure.functions.some((/** @type {any} */ { name }) => name === this.#values.function);
    return gone ? { ...values, function: this.#values.function.slice(0, -EDITED.length) } : values;
  }

  /**
   * Do what asks the sandbox. What takes too long is taken back: the figure and its inputs are again those
   * that were answered last; the reader's text stays, to be mended.
   * @param {() => Promise<void>} work
   */
  async #run(work) {
    const { edited } = this.#values;
    try {
      await work();
    } catch (error) {
      if (edited !== this.#values.edited) return; // another text is on its way
      const words = /** @type {Error} */ (error).message;
      const labels = Object.keys(edited).length ? Object.keys(edited) : [""];
      this.#put({ ...this.#good, _problems: Object.fromEntries(labels.map((label) => [label, words])) });
      await this.sandbox.show(this.number, this.#values.figure);
    }
  }

  /**
   * Answer the inputs as they are. While an answer is on its way the next waits, and only the last counts.
   * @param {boolean} map whether the map changes too
   */
  #answer(map) {
    this.#stale.runs = true;
    this.#stale.map ||= map;
    return (this.#running ??= this.#run(() => this.#catchUp()).finally(() => (this.#running = undefined)));
  }

  async #catchUp() {
    while (this.#stale.runs) {
      const { map } = this.#stale;
      this.#stale = { runs: false, map: false };
      performance.mark("explorable-change");
      if (map) await this.#drawMap();
      await this.#compute();
    }
  }

  async #compute() {
    const { figure } = this.#values;
    const answered = this.#inputs();
    delete answered.edited; // the reader's text stays as it is, to be mended
    const result = await this.#ask("runs");
    this.#good = { ...answered, figure };
    performance.mark("explorable-computed");
    this.#put({ _result: { ...result, rows: result.rows || 1 } });
    performance.mark("explorable-drawn");
  }

  async #drawMap() {
    this.#put({ _grid: (await this.#ask("heights")).data });
  }

  /** @returns {Record<string, any>} */
  #inputs() {
    return Object.fromEntries(this.inputs.map((name) => [name, this.#values[name]]));
  }

  /** @param {string} of */
  #ask(of) {
    const limit = this.#values.figure === this.#original ? Infinity : LIMIT;
    return this.sandbox.ask(this.number, this.#inputs(), of, limit);
  }
}
