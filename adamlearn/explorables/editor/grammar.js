// The grammar of a rule, and of a function of x and y: what a reader's text may say, on its syntax tree.
// It is what adamlearn/engines/reader.py accepts, as far as the page's Python has it; all else is refused.

import { Expressions, signedNumber } from "./expressions.js";
import { meaning } from "./names.js";
import { Statements, checkType, sides, statements } from "./statements.js";
import { GrammarError, Text, between, children, inside } from "./text.js";

export { GrammarError };

/**
 * @typedef {import("@lezer/common").SyntaxNode} SyntaxNode
 * @typedef {import("./names.js").Names} Names
 * @typedef {import("./statements.js").Values} Values
 * @typedef {{name: string, node: SyntaxNode, value: number | null, named: boolean}} Parameter
 *   `value`: its default; `named`: it is given by name alone.
 */

/**
 * What the text of a rule says.
 * @param {string} said
 * @param {Names} names those from outside that it may use
 * @returns {{name: string, slots: string[], hyperparameters: {[name: string]: number}, traced: string, values: string[]}}
 *   `traced`: the text with one change: it also returns the values that it has names for, which are `values`.
 * @throws {GrammarError} if it is not the text of a rule
 */
export function read(said, names) {
  const read = new Definition(said, names);
  const [p, g, ...rest] = read.parameters;
  const t = rest.findIndex(({ name }) => name === "t");
  if (p?.name !== "p" || g?.name !== "g" || t < 0 || rest.some(({ named }) => named)) {
    read.text.refuse(read.node, "this is not a rule; expected (p, g, *slots, t, *hyperparameters)");
  }
  const slots = rest.slice(0, t).map(({ name }) => name);
  const hyperparameters = rest.slice(t + 1).map((parameter) => [parameter.name, startOf(read.text, parameter)]);
  const form = ["p", ...slots].join(", ") + (slots.length ? "" : ",");
  read.check((node, { count, tuple }) => {
    if (!tuple || (count ?? slots.length + 1) !== slots.length + 1) {
      const many = count === 1 ? "1 value" : `${count} values`;
      read.text.refuse(node, `this returns ${many}; expected \`return ${form}\`: the new p and each of its slots`);
    }
  });
  const traced = read.traced();
  return { name: read.name, slots, hyperparameters: Object.fromEntries(hyperparameters), ...traced };
}

/**
 * What the text of a function of x and y says.
 * @param {string} said
 * @param {Names} names those from outside that it may use
 * @returns {{name: string}}
 * @throws {GrammarError} if it is not the text of such a function
 */
export function readFunction(said, names) {
  const read = new Definition(said, names);
  const given = read.parameters.filter(({ value, named }) => value === null || named);
  if (read.parameters.length < 2 || given.some(({ named }) => named) || given.length > 2) {
    read.text.refuse(read.node, "expected a function of two numbers, x and y");
  }
  read.check((node, { count, tuple }) => {
    if (tuple && count !== null) read.text.refuse(node, "expected one value: the height at x and y");
  });
  return { name: read.name };
}

/**
 * The value at which a hyperparameter starts.
 * @param {Text} text
 * @param {Parameter} parameter
 */
function startOf(text, { name, node, value }) {
  if (value === null) text.refuse(node, `${name} has no default; expected a number, as in \`${name}=0.1\``);
  if (!Number.isFinite(value) || value < 0) text.refuse(node, `${name} is ${value}; expected a number, 0 or more`);
  if (name.startsWith("beta") && value >= 1) text.refuse(node, `${name} is ${value}; expected a number in [0, 1)`);
  return value;
}

/** The one function that a text defines. */
class Definition {
  /**
   * @param {string} said
   * @param {Names} names
   */
  constructor(said, names) {
    this.text = new Text(said);
    this.names = names;
    const [node, ...others] = children(this.text.top);
    const expected = "expected one function, from its `def`, and nothing else";
    if (!node) throw new GrammarError(1, expected);
    const parts = children(node);
    const shape = parts.map(({ name }) => name).join(" ");
    if (!/^def VariableName ParamList( TypeDef)? Body$/.test(shape)) this.text.refuse(node, expected);
    if (others.length) this.text.refuse(others[0], expected);
    const indented = node.from > 0 && this.text.text[node.from - 1] !== "\n";
    if (indented) this.text.refuse(node, "expected `def` at the start of the line");
    this.node = node;
    this.name = this.text.of(parts[1]);
    if (meaning(names, this.name)) this.text.refuse(parts[1], "this name stands for something else already");
    if (parts.length === 5) checkType(this.text, parts[3]);
    this.parameters = this.readParameters(parts[2]);
    this.body = parts[parts.length - 1];
  }

  /** @param {SyntaxNode} list */
  readParameters(list) {
    /** @type {Parameter[]} */
    const found = [];
    let named = false;
    for (const part of between(inside(list))) {
      const [node, ...rest] = part;
      if (node?.name === "*" && !rest.length && !named) {
        named = true;
        continue;
      }
      if (node?.name !== "VariableName") this.text.refuse(node ?? list, "expected plain parameters, without stars");
      const name = this.text.of(node);
      if (rest[0]?.name === "TypeDef") checkType(this.text, /** @type {SyntaxNode} */ (rest.shift()));
      const value = rest.length ? this.default(rest[1]) : null;
      if (found.some((other) => other.name === name)) this.text.refuse(node, "there are two of this name");
      if (value === null && !named && found.some((other) => other.value !== null)) {
        this.text.refuse(node, "expected a default, since a parameter before it has one");
      }
      found.push({ name, node, value, named });
    }
    return found;
  }

  /** @param {SyntaxNode} node */
  default(node) {
    const value = signedNumber(this.text, node);
    if (Number.isNaN(value)) this.text.refuse(node, "this default is not a number");
    return value;
  }

  /**
   * Hold the body to the grammar.
   * @param {(node: SyntaxNode, values: Values) => void} returned is told of each return
   */
  check(returned) {
    const own = new Set(this.parameters.map(({ name }) => name));
    const bound = new Set(own);
    this.body.cursor().iterate(({ name, node }) => {
      if (name === "AssignStatement" || name === "UpdateStatement") {
        for (const target of this.targets(node)) own.add(target);
      }
    });
    const expressions = new Expressions(this.text, this.names, own, helped);
    new Statements(this.text, expressions, returned).check(this.body, bound);
  }

  /**
   * The names to which a statement assigns.
   * @param {SyntaxNode} node
   */
  targets(node) {
    /** @type {string[]} */
    const names = [];
    const nodes = node.name === "UpdateStatement" ? children(node).slice(0, 1) : sides(node).targets;
    for (const target of nodes.filter(({ name }) => name !== "TypeDef")) {
      target.cursor().iterate((inner) => {
        if (inner.name === "VariableName") names.push(this.text.of(inner.node));
      });
    }
    return names;
  }

  /** The rule's text with returns that also give what has a name; see traced_source in portable.py. */
  traced() {
    /** @type {SyntaxNode[]} */
    const returns = [];
    this.body.cursor().iterate(({ name, node }) => {
      if (name === "ReturnStatement") returns.push(node);
    });
    const lines = statements(this.body);
    const end = this.text.text.indexOf("\n", lines[lines.length - 1].to);
    let traced = "";
    let done = 0;
    for (const node of returns) {
      const named = this.values(this.text.line(node.from)).map((name) => `"${name}": ${name}`);
      const value = this.text.of(node).slice("return".length).trim();
      traced += `${this.text.text.slice(done, node.from)}return (${value}), {${named.join(", ")}}`;
      done = node.to;
    }
    traced += this.text.text.slice(done, end < 0 ? undefined : end);
    return { traced: `${traced.trimEnd()}\n`, values: this.values(Infinity) };
  }

  /**
   * The parameters before t, and what the body's own statements assign before a line, in order.
   * @param {number} before
   */
  values(before) {
    const names = this.parameters.map(({ name }) => name);
    const found = new Set(names.slice(0, names.indexOf("t")));
    for (const node of statements(this.body)) {
      if (this.text.line(node.from) >= before) break;
      if (node.name === "AssignStatement" || node.name === "UpdateStatement") {
        for (const name of this.targets(node)) found.add(name);
      }
    }
    return [...found];
  }
}

/** @type {WeakMap<object, import("./expressions.js").Helped>} */
const READ = new WeakMap();

/**
 * What a helper takes and returns; its text is held to the same grammar.
 * @param {import("./names.js").Helper} helper
 */
function helped({ reference }) {
  if (typeof reference !== "object") throw new TypeError("expected a helper with a text");
  const known = READ.get(reference);
  if (known) return known;
  const others = Object.entries(reference.names).filter(([name]) => name !== reference.name);
  const read = new Definition(reference.source, Object.fromEntries(others));
  /** @type {Set<number | null>} */
  const counts = new Set();
  read.check((_, { count }) => counts.add(count));
  const parameters = read.parameters.map(({ name, value, named }) => ({ name, given: value !== null, named }));
  const found = { parameters, count: counts.size === 1 ? [...counts][0] : null };
  READ.set(reference, found);
  return found;
}
