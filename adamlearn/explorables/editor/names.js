// What the names that a text takes from outside stand for, in the page's Python.

/**
 * How a name from outside is written down: a number; "module:"; "module:name"; or a function's own text.
 * @typedef {number | boolean | string | {source: string, name: string, names: Names}} Reference
 * @typedef {{[name: string]: Reference}} Names
 * @typedef {{kind: "number"}} Value
 * @typedef {{kind: "module", module: string}} Module
 * @typedef {{kind: "known", least: number, most: number}} Known  A function of numbers, and how many it takes.
 * @typedef {{kind: "helper", name: string, reference: Reference}} Helper
 * @typedef {Value | Module | Known | Helper} Meaning
 */

/** @type {Value} */
const NUMBER = { kind: "number" };

/**
 * @param {number} least
 * @param {number} most
 * @returns {Known}
 */
const takes = (least, most = least) => ({ kind: "known", least, most });

/**
 * @param {string} ofOne
 * @param {string} ofTwo
 * @param {string} constants
 * @returns {Map<string, Meaning>}
 */
function table(ofOne, ofTwo, constants) {
  /** @type {(names: string, meaning: Meaning) => [string, Meaning][]} */
  const each = (names, meaning) => names.split(" ").map((name) => [name, meaning]);
  return new Map([...each(ofOne, takes(1)), ...each(ofTwo, takes(2)), ...each(constants, NUMBER)]);
}

const ELEMENT = "abs cos exp sign sin sqrt";
const NUMPY = table(ELEMENT, "maximum minimum", "pi").set("clip", takes(3));
const DUAL = table(`${ELEMENT} log tan tanh`, "maximum minimum", "pi").set("clip", takes(3));
const MATH = table(
  "sqrt exp expm1 log log2 log10 sin cos tan tanh sinh cosh atan fabs",
  "atan2 pow",
  "pi e",
);
const MODULES = new Map([["numpy", NUMPY], ["adamlearn.dual", DUAL], ["math", MATH]]);
const BUILTINS = new Map([
  ["abs", takes(1)],
  ["float", takes(1)],
  ["min", takes(2, Infinity)],
  ["max", takes(2, Infinity)],
]);

/**
 * What a name from outside stands for; nothing if there is no such name.
 * @param {Names} names
 * @param {string} name
 * @returns {Meaning | undefined}
 */
export function meaning(names, name) {
  if (!Object.hasOwn(names, name)) return BUILTINS.get(name);
  const reference = names[name];
  if (typeof reference === "string") {
    const [module, inModule] = reference.split(":");
    if (!inModule) return { kind: "module", module };
    return MODULES.has(module) ? member(module, inModule) : { kind: "helper", name, reference };
  }
  // A number that JSON cannot carry is written down as the line that makes it.
  const isText = typeof reference === "object" && reference.source.startsWith("def ");
  return isText ? { kind: "helper", name, reference } : NUMBER;
}

/**
 * What a module has under a name.
 * @param {string} module
 * @param {string} name
 */
export const member = (module, name) => MODULES.get(module)?.get(name);

/**
 * What a module has, in words.
 * @param {string} module
 */
export const members = (module) => [...(MODULES.get(module)?.keys() ?? [])].sort().join(", ");
