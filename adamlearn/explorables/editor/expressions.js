// What a value may say: arithmetic, comparisons, functions of one element, helpers.

import { GrammarError, bare, between, children, inside } from "./text.js";
import { meaning, member, members } from "./names.js";

/**
 * @typedef {import("@lezer/common").SyntaxNode} SyntaxNode
 * @typedef {import("./names.js").Names} Names
 * @typedef {import("./names.js").Helper} Helper
 * @typedef {{parameters: {name: string, given: boolean, named: boolean}[], count: number | null}} Helped
 *   What a helper takes (`given`: it has a default; `named`: by name alone), and how many values it returns.
 */

const NUMBER = /^(0x[\da-f]+|0b[01]+|0o[0-7]+|0+|[1-9]\d*|(\d+\.\d*|\.\d+)(e[-+]?\d+)?|\d+e[-+]?\d+)$/i;
const OPERATORS = ["+", "-", "*", "/", "//", "%", "**", "<", "<=", ">", ">=", "==", "!=", "and", "or"];

/** @type {{[name: string]: string}} */
const WHY = {
  ArrayExpression: "a rule has no lists",
  ArrayComprehensionExpression: "a rule has no loops and no lists",
  AwaitExpression: "a rule waits for nothing",
  ComprehensionExpression: "a rule has no loops",
  DictionaryExpression: "a rule has no dicts",
  DictionaryComprehensionExpression: "a rule has no loops and no dicts",
  FormatString: "a rule has no strings",
  LambdaExpression: "expected a helper with a name, and not a lambda",
  NamedExpression: "write `name = ...` on a line of its own",
  SetExpression: "a rule has no sets",
  String: "a rule has no strings",
  TupleExpression: "expected one value here",
  YieldExpression: "a rule returns what it computes",
};

/** The expressions of one function. */
export class Expressions {
  /**
   * @param {import("./text.js").Text} text
   * @param {Names} names those that it takes from outside
   * @param {Set<string>} own those that it has itself, wherever they are assigned
   * @param {(helper: Helper) => Helped} read
   */
  constructor(text, names, own, read) {
    /** @type {import("./text.js").Text} */
    this.text = text;
    this.names = names;
    this.own = own;
    this.read = read;
  }

  /**
   * Hold an expression to what a rule may say.
   * @param {SyntaxNode} node
   * @param {Set<string>} bound the names that have a value
   * @returns {void}
   */
  check(node, bound) {
    /** @param {SyntaxNode} part */
    const see = (part) => this.check(part, bound);
    const parts = children(node);
    switch (node.name) {
      case "Number":
        if (Number.isNaN(toNumber(this.text.of(node)))) this.text.refuse(node, "expected a real number");
        return;
      case "Boolean":
        return;
      case "VariableName":
        return this.name(node, bound);
      case "MemberExpression":
        if (this.attribute(node).kind !== "number") this.text.refuse(node, "this is not a number");
        return;
      case "ParenthesizedExpression":
        if (parts.length !== 3) break;
        return see(parts[1]);
      case "UnaryExpression":
        if (!["+", "-", "not"].includes(this.text.of(parts[0]))) break;
        return see(parts[1]);
      case "BinaryExpression":
        if (parts.length !== 3 || !OPERATORS.includes(this.text.of(parts[1]))) break;
        if (["and", "or"].includes(this.text.of(parts[1]))) this.plain(parts[2]);
        see(parts[0]);
        return see(parts[2]);
      case "ConditionalExpression":
        return [parts[0], parts[2], parts[4]].forEach(see);
      case "CallExpression": {
        const count = this.call(node, bound);
        if (count !== null && count !== 1) {
          this.text.refuse(node, `expected one value here; this returns ${count}`);
        }
        return;
      }
    }
    const why = "expected arithmetic, NumPy's functions, or `a if ... else b` on numbers";
    this.text.refuse(node, WHY[node.name] ?? why);
  }

  /**
   * @param {SyntaxNode} node
   * @param {Set<string>} bound
   */
  name(node, bound) {
    const name = this.text.of(node);
    if (bound.has(name)) return;
    if (this.own.has(name)) this.text.refuse(node, `${name} has no value yet, or not on every way that leads here`);
    const found = meaning(this.names, name);
    if (!found) return this.text.refuse(node, `there is no ${name}`);
    if (found.kind !== "number") this.text.refuse(node, `${name} is not a number`);
  }

  /**
   * What `np.name` or `math.name` stands for.
   * @param {SyntaxNode} node
   */
  attribute(node) {
    const [owner, dot, property, ...rest] = children(node);
    const name = owner.name === "VariableName" ? this.text.of(owner) : "";
    const found = name && !this.own.has(name) ? meaning(this.names, name) : undefined;
    if (found?.kind !== "module" || dot.name !== "." || rest.length || !members(found.module)) {
      return this.text.refuse(node, "expected a name, or a function of NumPy's such as np.sqrt");
    }
    const known = member(found.module, this.text.of(property));
    if (!known) {
      return this.text.refuse(node, `there is no ${this.text.of(node)} here; ${name} has ${members(found.module)}`);
    }
    return known;
  }

  /**
   * What a call calls; nothing if the function is none that a rule may call.
   * @param {SyntaxNode} node
   */
  called(node) {
    const [callee] = children(node);
    if (callee.name === "MemberExpression") return this.attribute(callee);
    const name = callee.name === "VariableName" ? this.text.of(callee) : "";
    return !name || this.own.has(name) ? undefined : meaning(this.names, name);
  }

  /**
   * Hold a call to what a rule may call. How many values does it return? Null if nobody knows.
   * @param {SyntaxNode} node
   * @param {Set<string>} bound
   * @returns {number | null}
   */
  call(node, bound) {
    const found = this.called(node);
    if (found?.kind !== "known" && found?.kind !== "helper") {
      return this.text.refuse(node, "expected a function of one element, such as np.sqrt, or a helper");
    }
    const given = between(inside(children(node)[1]));
    const keywords = [];
    for (const part of given) {
      const [first, equals] = part;
      const keyword = part.length === 3 && first.name === "VariableName" && equals.name === "AssignOp";
      if (!keyword && part.length !== 1) this.text.refuse(node, "expected values with commas between them");
      if (keyword) keywords.push(this.text.of(first));
      this.check(part[part.length - 1], bound);
    }
    const positional = given.length - keywords.length;
    if (found.kind === "helper") return this.help(node, found, positional, keywords);
    if (keywords.length || positional < found.least || positional > found.most) {
      const expected = found.most === Infinity ? `${found.least} or more` : found.least;
      this.text.refuse(node, `it takes ${expected} value${expected === 1 ? "" : "s"}, without names`);
    }
    return 1;
  }

  /**
   * A helper's call: whether it is given what it takes.
   * @param {SyntaxNode} node
   * @param {Helper} helper
   * @param {number} positional
   * @param {string[]} keywords
   */
  help(node, helper, positional, keywords) {
    if (typeof helper.reference === "string") return null; // its text is in the page's files, and not here
    const { parameters, count } = this.helped(node, helper);
    const free = parameters.filter((parameter) => !parameter.named).map(({ name }) => name);
    const filled = [...free.slice(0, positional), ...keywords];
    const names = parameters.map(({ name }) => name);
    const missing = parameters.filter(({ name, given }) => !given && !filled.includes(name));
    const known = keywords.every((name) => names.includes(name));
    if (positional > free.length || missing.length || !known || new Set(filled).size < filled.length) {
      this.text.refuse(node, `${helper.name} takes ${names.join(", ") || "nothing"}`);
    }
    return count;
  }

  /**
   * @param {SyntaxNode} node
   * @param {Helper} helper
   */
  helped(node, helper) {
    try {
      return this.read(helper);
    } catch (error) {
      if (error instanceof GrammarError) this.text.refuse(node, `${helper.name} cannot be used: ${error.message}`);
      throw error;
    }
  }

  /**
   * What follows `and` or `or` may not run: it must need nothing before it, as helpers and `if` do.
   * @param {SyntaxNode} node
   */
  plain(node) {
    node.cursor().iterate(({ name, node: inner }) => {
      const helped = name === "CallExpression" && this.called(inner)?.kind === "helper";
      if (helped || name === "ConditionalExpression") {
        this.text.refuse(node, "expected a condition without calls of helpers");
      }
    });
  }
}

/**
 * A number as Python writes it; NaN for what is not a real number there.
 * @param {string} said
 */
export function toNumber(said) {
  const digits = said.replace(/(?<=[\da-f])_(?=[\da-f])/gi, "");
  return NUMBER.test(digits) ? Number(digits) : NaN;
}

/**
 * A number with a sign or without; NaN for anything else.
 * @param {import("./text.js").Text} text
 * @param {SyntaxNode} node
 */
export function signedNumber(text, node) {
  const inner = bare(node);
  const [sign, rest] = inner.name === "UnaryExpression" ? children(inner) : [null, inner];
  const factor = sign ? { "+": 1, "-": -1 }[text.of(sign)] : 1;
  const number = bare(rest);
  return number.name === "Number" ? (factor ?? NaN) * toNumber(text.of(number)) : NaN;
}
