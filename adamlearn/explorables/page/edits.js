// What a text that the reader has written adds to a figure, in the page; in a notebook the kernel does it.
import { editedFunctionPython, editedPython } from "../ui/python.js";
import { EDITED } from "../ui/store.js";

/** @typedef {{ read: Function, readFunction: Function }} Grammar */

/**
 * The figure with the edited rules and functions in it, and what is wrong with a text; of such a text
 * the figure keeps what it had before.
 * @param {any} original the figure without any
 * @param {any} before the figure as it was
 * @param {Record<string, string>} edited
 * @param {Grammar} grammar
 */
export function withEdits(original, before, edited, grammar) {
  /** @type {Record<string, string>} */
  const problems = {};
  const added = (/** @type {any[]} */ things, /** @type {any[]} */ old, /** @type {string} */ key, /** @type {Function} */ make) =>
    things
      .filter((thing) => thing[key] in edited)
      .map((thing, i) => {
        try {
          return make(thing, edited[thing[key]], i);
        } catch (error) {
          problems[thing[key]] = /** @type {Error} */ (error).message;
          return old.find(({ of }) => of === thing[key]);
        }
      })
      .filter(Boolean);
  const rule = (/** @type {any} */ thing, /** @type {string} */ text, /** @type {number} */ i) => editedRule(thing, text, original, i, grammar);
  const surface = (/** @type {any} */ thing, /** @type {string} */ text) => editedFunction(thing, text, grammar);
  const figure = { ...original, optimizers: [...original.optimizers, ...added(original.optimizers, before.optimizers, "label", rule)] };
  if (original.functions) figure.functions = [...original.functions, ...added(original.functions, before.functions, "name", surface)];
  return { figure, problems };
}

/** @param {any} of @param {string} text @param {any} figure @param {number} i @param {Grammar} grammar */
function editedRule(of, text, figure, i, { read }) {
  const { names } = of.edit;
  const { name, slots, hyperparameters, traced, values } = read(text, names);
  const traces = of.quantities.length > 0; // then its rule also returns what it has names for
  return {
    label: of.label + EDITED,
    of: of.label,
    text,
    rule: { reference: { source: traces ? traced : text, name, names } },
    slots: slots.length,
    names: Object.keys(hyperparameters),
    defaults: hyperparameters,
    quantities: traces ? [...new Set([...values, "step"])] : [],
    ...figure.own[i % figure.own.length],
    python: editedPython(of, text, name),
  };
}

/** @param {any} of @param {string} text @param {Grammar} grammar */
function editedFunction(of, text, { readFunction }) {
  const { names } = of.edit;
  const { name } = readFunction(text, names);
  const value = { source: text, name, names };
  const gradient = {
    source: "gradient = gradient_of(value)\n",
    name: "gradient",
    names: { gradient_of: "adamlearn.dual:gradient_of", value },
  };
  return {
    ...of,
    edit: undefined,
    name: of.name + EDITED,
    of: of.name,
    text,
    value: { reference: value },
    gradient: { reference: gradient },
    minima: [],
    lowest: null,
    python: editedFunctionPython(of, text, name),
  };
}

/**
 * The hyperparameters that go with a figure: those that are set, a text's own default where it has
 * changed one, and else the original's.
 * @param {any} figure @param {any} before the figure as it was
 * @param {Record<string, Record<string, number>>} set
 */
export function valuesFor(figure, before, set) {
  const find = (/** @type {any} */ { optimizers }, /** @type {string} */ label) => optimizers.find((/** @type {any} */ o) => o.label === label);
  const entries = figure.optimizers.map((/** @type {any} */ optimizer) => {
    const { label, of, names, defaults } = optimizer;
    if (!of) return [label, set[label]];
    const known = find(before, label);
    if (set[label] && !known) return [label, { ...defaults, ...set[label] }]; // those that came with a link
    const from = known ?? find(figure, of);
    const values = set[label] ?? set[of];
    return [label, Object.fromEntries(names.map((/** @type {string} */ name) => [name, value(name, from.defaults, defaults, values)]))];
  });
  return Object.fromEntries(entries);
}

/** @param {string} name @param {any} old @param {any} now @param {any} set */
const value = (name, old, now, set) => (name in set && old[name] === now[name] ? set[name] : now[name]);
