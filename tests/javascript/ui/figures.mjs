// Figures to test with, and a store of one that needs no page.

/**
 * @typedef {import("../../../adamlearn/explorables/ui/types.js").Figure} Figure
 * @typedef {import("../../../adamlearn/explorables/ui/types.js").Optimizer} Optimizer
 * @typedef {import("../../../adamlearn/explorables/ui/store.js").Store} Store
 */

export const RULE = "def adam(p, g, m, v, t, learning_rate=0.1, beta1=0.9):\n    return p - learning_rate * g, m, v\n";

/** @param {string} label @param {Record<string, number>} defaults @param {object} [others] */
const optimizer = (label, defaults, others) =>
  /** @type {Optimizer} */ ({ label, names: Object.keys(defaults), defaults, ...others });

const shared = { question: "", most_steps: 5000 };
const optimizers = [optimizer("Adam", { learning_rate: 0.1, beta1: 0.9 }), optimizer("SGD", { learning_rate: 0.001 })];
const values = { Adam: { learning_rate: 0.1, beta1: 0.9 }, SGD: { learning_rate: 0.002 } };

/** @param {any} figure @param {Record<string, any>} inputs */
function storeOf(figure, inputs) {
  const initial = structuredClone(inputs);
  /** @type {Record<string, any>} */
  const now = { ...inputs, errors: {} };
  const names = Object.keys(inputs);
  const store = {
    names,
    initial,
    figure: { ...shared, ...figure },
    errors: {},
    inputs: () => structuredClone(Object.fromEntries(names.map((name) => [name, now[name]]))),
    get: (/** @type {string} */ name) => now[name],
    set: (/** @type {Record<string, any>} */ patch) => void Object.assign(now, structuredClone(patch)),
    get landscape() {
      return store.figure.functions.find((/** @type {any} */ { name }) => name === now.function);
    },
  };
  return /** @type {Store & { figure: Figure }} */ (/** @type {unknown} */ (store));
}

/** A landscape of two functions with Adam and SGD. @param {Record<string, any>} [inputs] */
export const landscapeStore = (inputs) =>
  storeOf(
    { kind: "landscape", optimizers, functions: [{ name: "bowl", start: [-1, 1] }, { name: "beale", start: [1, 1.5] }] },
    { edited: {}, function: "bowl", start: [-2, 1], steps: 200, hyperparameters: values, shown: ["Adam", "SGD"], ...inputs },
  );

/** A trace of three streams with Adam and SGD. */
export const traceStore = () =>
  storeOf(
    {
      kind: "trace",
      optimizers,
      streams: [{ name: "noisy", settings: { mean: 1, seed: 0 } }, { name: "worst", settings: { large: 3, p: null } }, { name: "drawn", settings: {} }],
    },
    { edited: {}, stream: "noisy", settings: { mean: 1, seed: 0 }, drawn: [], steps: 100, hyperparameters: values, shown: ["Adam", "SGD"] },
  );

/** The anatomy of Adam's steps. */
export const anatomyStore = () =>
  storeOf(
    { kind: "anatomy", optimizers: optimizers.slice(0, 1), streams: [{ name: "noisy", settings: {} }] },
    { edited: {}, stream: "noisy", settings: {}, drawn: [], steps: 60, at: 1, hyperparameters: { Adam: values.Adam }, shown: ["Adam"] },
  );

/** The figure as it is when a text has been run, and the inputs that come with it. @param {Store} store @param {string} text */
export function run(store, text) {
  const entry = optimizer("Adam, edited", { learning_rate: 0.1, beta1: 0.5, boost: 2 }, { of: "Adam", text });
  const { optimizers, functions } = store.figure;
  const bowl = { ...functions[0], name: "bowl, edited", of: "bowl", text: "def bowl(x, y): ..." };
  Object.assign(store, { figure: { ...store.figure, optimizers: [...optimizers, entry], functions: [...functions, bowl] } });
  store.set({
    edited: { Adam: text, bowl: bowl.text },
    hyperparameters: { ...store.get("hyperparameters"), "Adam, edited": { learning_rate: 0.1, beta1: 0.5, boost: 2 } },
    shown: [...store.get("shown"), "Adam, edited"],
  });
}

export { storeOf };
