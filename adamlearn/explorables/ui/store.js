// What an explorable has set and what was computed from it; the model holds both.
import { called } from "./names.js";

/** @typedef {import("./types.js").Columns} Columns */

export const EDITED = ", edited"; // at the end of the label of what the reader has made of a text
/** @type {import("./types.js").Result} */
const NOTHING = { columns: [], rows: 0, errors: {}, data: new Float64Array(0) };

export class Store {
  #model;
  /** @type {[string, (...values: any[]) => void][]} */
  #listeners = [];
  /** @type {Promise<import("./types.js").EditorModule> | null} */
  #editor = null;

  /** @param {import("./types.js").Model} model */
  constructor(model) {
    this.#model = model;
    this.names = this.figure.inputs;
    this.fragment = model.fragment; // the link's part of the address, in a page; nothing in a notebook
    this.initial = this.inputs();
  }

  get model() {
    return this.#model;
  }

  /** @returns {import("./types.js").Figure} what there is to play with; another one when a text has been edited */
  get figure() {
    return this.#model.get("figure");
  }

  /** @param {string} name */
  get(name) {
    return this.#model.get(name);
  }

  /** @returns {Record<string, any>} */
  inputs() {
    return structuredClone(Object.fromEntries(this.names.map((name) => [name, this.get(name)])));
  }

  /** @param {Record<string, any>} patch */
  set(patch) {
    for (const [name, value] of Object.entries(patch)) this.#model.set(name, value);
    this.#model.save_changes();
  }

  /**
   * Set all inputs. Where that edits a text or takes an edit back, the rest waits for the figure that follows from it.
   * @param {Record<string, any>} inputs
   */
  replace(inputs) {
    const { edited, ...rest } = structuredClone(inputs);
    const { optimizers, functions = [] } = this.figure;
    const drawn = [...optimizers, ...functions].some(({ of }) => of);
    const none = Object.keys(edited ?? {}).length === 0;
    if ((none && !drawn) || JSON.stringify(edited) === JSON.stringify(this.get("edited"))) {
      this.set(edited ? { edited, ...rest } : rest);
      return;
    }
    const answers = ["change:figure", "change:_problems"];
    const follow = () => {
      for (const event of answers) this.#model.off(event, follow);
      queueMicrotask(() => this.set(rest)); // after what else has come with the figure
    };
    for (const event of answers) this.#model.on(event, follow);
    this.set({ edited });
  }

  /**
   * Call back when any of the names changes, until the store is closed.
   * @param {string[]} names
   * @param {(...values: any[]) => void} callback
   */
  on(names, callback) {
    for (const name of names) {
      this.#model.on(`change:${name}`, callback);
      this.#listeners.push([`change:${name}`, callback]);
    }
  }

  close() {
    for (const [event, callback] of this.#listeners) this.#model.off(event, callback);
  }

  /** What a quantity is called, to be read. @param {string} name */
  label(name) {
    return called(this.figure, name, "label");
  }

  /** The same to be heard. @param {string} name */
  spoken(name) {
    return called(this.figure, name, "spoken");
  }

  /** @param {string} label */
  optimizer(label) {
    return this.figure.optimizers.find((optimizer) => optimizer.label === label);
  }

  /** The function on the map. */
  get landscape() {
    const { functions } = this.figure;
    const name = this.get("function");
    return functions.find((f) => f.name === name) ?? functions.find((f) => name === f.name + EDITED) ?? functions[0];
  }

  /**
   * @param {string[]} labels
   * @param {string} name
   * @param {number} value
   */
  setHyperparameter(labels, name, value) {
    const all = structuredClone(this.get("hyperparameters"));
    for (const label of labels) if (all[label] && name in all[label]) all[label][name] = value;
    this.set({ hyperparameters: all });
  }

  /**
   * @param {string} label
   * @param {boolean} on
   */
  setShown(label, on) {
    const labels = this.figure.optimizers.map((optimizer) => optimizer.label);
    const shown = this.get("shown");
    this.set({ shown: labels.filter((other) => (other === label ? on : shown.includes(other))) });
  }

  /**
   * What the reader has made of a text; null takes it back.
   * @param {string} label
   * @param {string | null} text
   */
  setEdited(label, text) {
    const { [label]: before, ...others } = this.get("edited") ?? {};
    if (before !== (text ?? undefined)) this.set({ edited: text === null ? others : { ...others, [label]: text } });
  }

  /** @returns {import("./types.js").Result} */
  get result() {
    return this.get("_result")?.columns ? this.get("_result") : NOTHING;
  }

  /** @returns {Columns} the computed columns of what is in the figure */
  columns() {
    const { columns, rows, data } = this.result;
    const numbers = doubles(data);
    /** @type {Columns} */
    const found = new Map();
    columns.forEach(([label, quantity], i) => {
      if (!this.optimizer(label)) return; // an edit that has been taken back meanwhile
      const values = found.get(label) ?? {};
      values[quantity] = numbers.subarray(i * rows, (i + 1) * rows);
      found.set(label, values);
    });
    return found;
  }

  get errors() {
    return this.result.errors;
  }

  /** The editor's module, loaded when it is first asked for: by the page, or from the kernel. */
  editor() {
    const model = this.#model;
    this.#editor ??= model.editor ? model.editor() : editorOfKernel(model);
    this.#editor.catch(() => (this.#editor = null)); // it may be asked for again
    return this.#editor;
  }
}

/**
 * @param {import("./types.js").Model} model
 * @returns {Promise<import("./types.js").EditorModule>}
 */
function editorOfKernel(model) {
  return new Promise((resolve, reject) => {
    /** @param {any} message */
    const take = (message) => {
      if (!message?.editor) return;
      model.off("msg:custom", take);
      const address = URL.createObjectURL(new Blob([message.editor], { type: "text/javascript" }));
      import(/* @vite-ignore */ address).then(resolve, reject).finally(() => URL.revokeObjectURL(address));
    };
    model.on("msg:custom", take);
    model.send?.("editor");
  });
}

/**
 * The numbers of a buffer, which a notebook hands over as a DataView.
 * @param {Float64Array | DataView} data
 */
export function doubles(data) {
  if (data instanceof Float64Array) return data;
  return new Float64Array(data.buffer.slice(data.byteOffset, data.byteOffset + data.byteLength));
}
