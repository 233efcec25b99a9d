// What an explorable has set and what was computed from it; the model holds both.

export class Store {
  #model;
  #listeners = [];

  /** `names` are the model's inputs. */
  constructor(model, names) {
    this.#model = model;
    this.names = names;
    this.figure = model.get("figure");
    this.fragment = model.fragment; // the link's part of the address, in a page; nothing in a notebook
    this.initial = this.inputs();
  }

  get(name) {
    return this.#model.get(name);
  }

  inputs() {
    return structuredClone(Object.fromEntries(this.names.map((name) => [name, this.get(name)])));
  }

  set(patch) {
    for (const [name, value] of Object.entries(patch)) this.#model.set(name, value);
    this.#model.save_changes();
  }

  /** Call back when any of the names changes, until the store is closed. */
  on(names, callback) {
    for (const name of names) {
      this.#model.on(`change:${name}`, callback);
      this.#listeners.push([`change:${name}`, callback]);
    }
  }

  close() {
    for (const [event, callback] of this.#listeners) this.#model.off(event, callback);
  }

  optimizer(label) {
    return this.figure.optimizers.find((optimizer) => optimizer.label === label);
  }

  setHyperparameter(labels, name, value) {
    const all = structuredClone(this.get("hyperparameters"));
    for (const label of labels) if (name in all[label]) all[label][name] = value;
    this.set({ hyperparameters: all });
  }

  setShown(label, on) {
    const labels = this.figure.optimizers.map((optimizer) => optimizer.label);
    const shown = this.get("shown");
    this.set({ shown: labels.filter((other) => (other === label ? on : shown.includes(other))) });
  }

  /** The computed columns: label to quantity to numbers. */
  columns() {
    const { columns, rows, data } = this.get("_result");
    const numbers = doubles(data);
    const found = new Map();
    columns.forEach(([label, quantity], i) => {
      if (!found.has(label)) found.set(label, {});
      found.get(label)[quantity] = numbers.subarray(i * rows, (i + 1) * rows);
    });
    return found;
  }

  get errors() {
    return this.get("_result").errors;
  }
}

/** The numbers of a buffer, which a notebook hands over as a DataView. */
export function doubles(data) {
  if (data instanceof Float64Array) return data;
  return new Float64Array(data.buffer.slice(data.byteOffset, data.byteOffset + data.byteLength));
}
