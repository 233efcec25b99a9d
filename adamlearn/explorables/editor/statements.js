// What the lines of a rule may say: assignments, `if` on numbers, and what it returns.

import { bare, between, children, inside } from "./text.js";

/**
 * @typedef {import("@lezer/common").SyntaxNode} SyntaxNode
 * @typedef {{count: number | null, tuple: boolean}} Values  How many there are (null: nobody knows).
 */

const EXPECTED = "expected `name = ...`, `if` on numbers, or `return p, ...`";
/** @type {{[name: string]: string}} */
const WHY = {
  AssertStatement: "a rule asserts nothing",
  ClassDefinition: "a rule has no class in it",
  DecoratedStatement: "a rule has no function in it",
  DeleteStatement: "a rule deletes nothing",
  ForStatement: "a rule has no loops: it says what happens to one element",
  FunctionDefinition: "a rule has no function in it",
  ImportStatement: "a rule imports nothing",
  RaiseStatement: "a rule raises nothing",
  ScopeStatement: "a rule changes no names but its own",
  TryStatement: "a rule catches nothing",
  WhileStatement: "a rule has no loops: it says what happens to one element",
  WithStatement: "a rule opens nothing",
};

// The parser takes a string whose end is missing, and Python does not.
const STRING = /^r?("""(\\[^]|(?!""")[^\\])*"""|'''(\\[^]|(?!''')[^\\])*'''|"(\\.|[^"\\\n])*"|'(\\.|[^'\\\n])*')$/i;

/** The lines of one function. */
export class Statements {
  /**
   * @param {import("./text.js").Text} text
   * @param {import("./expressions.js").Expressions} expressions
   * @param {(node: SyntaxNode, values: Values) => void} returned is told of each return
   */
  constructor(text, expressions, returned) {
    /** @type {import("./text.js").Text} */
    this.text = text;
    this.expressions = expressions;
    this.returned = returned;
  }

  /**
   * Hold a function's lines to what a rule may say.
   * @param {SyntaxNode} body
   * @param {Set<string>} bound the names that have a value
   */
  check(body, bound) {
    if (this.block(body, bound)) {
      const lines = statements(body);
      this.text.refuse(lines[lines.length - 1], "not every way ends with `return`");
    }
  }

  /**
   * The names that have a value after a block; null if every way through it has returned.
   * @param {SyntaxNode} body
   * @param {Set<string>} bound
   */
  block(body, bound) {
    let [now, ended] = [bound, false];
    for (const node of statements(body)) {
      const after = this.statement(node, now);
      if (after) now = after;
      else ended = true;
    }
    return ended ? null : now;
  }

  /**
   * @param {SyntaxNode} node
   * @param {Set<string>} bound
   * @returns {Set<string> | null}
   */
  statement(node, bound) {
    switch (node.name) {
      case "PassStatement":
        return bound;
      case "ExpressionStatement": {
        const [said, ...rest] = children(node);
        if (said.name === "String" && STRING.test(this.text.of(said)) && !rest.length) return bound; // a docstring
        break;
      }
      case "AssignStatement":
        return this.assign(node, bound);
      case "UpdateStatement":
        return this.update(node, bound);
      case "IfStatement":
        return this.branch(node, bound);
      case "ReturnStatement":
        this.returned(node, this.values(children(node).slice(1), node, bound));
        return null;
    }
    return this.text.refuse(node, WHY[node.name] ?? EXPECTED);
  }

  /**
   * @param {SyntaxNode} node
   * @param {Set<string>} bound
   */
  assign(node, bound) {
    const { targets, values } = sides(node);
    const typed = targets.findIndex(({ name }) => name === "TypeDef");
    if (typed >= 0) checkType(this.text, targets[typed]);
    const left = targets.filter((_, i) => i !== typed);
    const one = left.length === 1 ? bare(left[0]) : null;
    const several = one?.name === "TupleExpression" ? between(inside(one)) : between(left);
    const names = several.map((part) => bare(part[0]));
    const plain = several.every((part) => part.length === 1) && names.every(isName);
    if (!values.length || !names.length || !plain) this.text.refuse(node, EXPECTED);
    if (one && isName(one)) {
      if (between(values).length > 1 || values.length > 1) this.text.refuse(node, "expected one value here");
      this.expressions.check(values[0], bound);
    } else {
      const { count, tuple } = this.values(values, node, bound);
      if (!tuple || (count ?? names.length) !== names.length) {
        this.text.refuse(node, "expected as many values as names, with commas between them");
      }
    }
    return new Set([...bound, ...names.map((name) => this.text.of(name))]);
  }

  /**
   * @param {SyntaxNode} node
   * @param {Set<string>} bound
   */
  update(node, bound) {
    const [target, operator, value, ...rest] = children(node);
    const known = ["+=", "-=", "*=", "/=", "//=", "%=", "**="].includes(this.text.of(operator));
    if (!isName(target) || !known || rest.length) this.text.refuse(node, EXPECTED);
    this.expressions.check(target, bound);
    this.expressions.check(value, bound);
    return bound;
  }

  /**
   * @param {SyntaxNode} node
   * @param {Set<string>} bound
   */
  branch(node, bound) {
    const ways = [];
    const parts = children(node);
    for (let i = 0; i < parts.length; i += 3) {
      const last = parts[i].name === "else";
      if (!last) this.expressions.check(parts[i + 1], bound);
      ways.push(this.block(parts[last ? i + 1 : i + 2], bound));
    }
    if (!parts.some(({ name }) => name === "else")) ways.push(bound);
    const going = ways.filter((way) => way !== null);
    if (!going.length) return null;
    return new Set([...going[0]].filter((name) => going.every((way) => way.has(name))));
  }

  /**
   * Several values: with commas between them, or those of a helper.
   * @param {SyntaxNode[]} nodes
   * @param {SyntaxNode} statement
   * @param {Set<string>} bound
   * @returns {Values}
   */
  values(nodes, statement, bound) {
    if (!nodes.length) this.text.refuse(statement, "expected values, with commas between them");
    const one = nodes.length === 1 ? bare(nodes[0]) : null;
    if (one?.name === "CallExpression") {
      const count = this.expressions.call(one, bound);
      return { count, tuple: count !== 1 };
    }
    const parts = one?.name === "TupleExpression" ? between(inside(one)) : between(nodes);
    for (const part of parts) {
      if (part.length !== 1) this.text.refuse(statement, "expected values, with commas between them");
      this.expressions.check(part[0], bound);
    }
    return { count: parts.length, tuple: one?.name === "TupleExpression" || nodes.length > 1 };
  }
}

/** @param {SyntaxNode} node */
const isName = (node) => node.name === "VariableName";

/**
 * The statements of a body, those on one line too.
 * @param {SyntaxNode} body
 * @returns {SyntaxNode[]}
 */
export function statements(body) {
  return children(body)
    .filter(({ name }) => name !== ":" && name !== ";")
    .flatMap((node) => (node.name === "StatementGroup" ? statements(node) : [node]));
}

/**
 * What stands before the `=` of an assignment, and after it; nothing after it if there is not just one `=`.
 * @param {SyntaxNode} node
 */
export function sides(node) {
  const parts = children(node);
  const places = parts.flatMap(({ name }, i) => (name === "AssignOp" ? [i] : []));
  const [equals] = places;
  return { targets: parts.slice(0, equals), values: places.length === 1 ? parts.slice(equals + 1) : [] };
}

/**
 * Python evaluates what is said of a parameter's type: names of numbers' types alone are harmless.
 * @param {import("./text.js").Text} text
 * @param {SyntaxNode} node
 */
export function checkType(text, node) {
  if (!/^(:|->)\s*(bool|float|int)$/.test(text.of(node))) text.refuse(node, "expected the type float, or none");
}
