// A text with its syntax tree: where each node stands, what it says, and how it is refused.

import { parser } from "@lezer/python";

/** @typedef {import("@lezer/common").SyntaxNode} SyntaxNode */

const MOST = 5000; // characters; the longest rule of the book has some 600
const DEEPEST = 200; // brackets within brackets, and the like: Python has a limit of its own
const WIDEST = 60; // characters of what a message repeats

/** What is wrong with a text, and in which line. */
export class GrammarError extends Error {
  /**
   * @param {number} line
   * @param {string} words
   */
  constructor(line, words) {
    super(`line ${line}: ${words}`);
    this.name = "GrammarError";
    this.line = line;
  }
}

/** @param {string} said */
const quoted = (said) => `\`${said.length > WIDEST ? `${said.slice(0, WIDEST)}...` : said.trim()}\``;

/** A text of Python's, read. */
export class Text {
  /** @param {string} text */
  constructor(text) {
    this.text = text;
    /** Where the lines begin. */
    this.starts = [0, ...Array.from(text.matchAll(/\n/g), ({ index }) => index + 1)];
    this.checkCharacters();
    this.top = parser.parse(text).topNode;
    this.checkSyntax();
    this.checkNames();
  }

  /**
   * The line, from 1, of a place in the text.
   * @param {number} place
   */
  line(place) {
    let [low, high] = [0, this.starts.length];
    while (high - low > 1) {
      const middle = (low + high) >> 1;
      if (this.starts[middle] <= place) low = middle;
      else high = middle;
    }
    return low + 1;
  }

  /**
   * What a node says.
   * @param {SyntaxNode} node
   */
  of(node) {
    return this.text.slice(node.from, node.to);
  }

  /**
   * @param {SyntaxNode} node
   * @param {string} why
   * @returns {never}
   */
  refuse(node, why) {
    const [said] = this.of(node).split("\n");
    throw new GrammarError(this.line(node.from), `${quoted(said)}: ${why}`);
  }

  // What Python and this parser might read differently is refused before either reads it.
  checkCharacters() {
    if (this.text.length > MOST) throw new GrammarError(1, `the text is longer than ${MOST} characters`);
    const odd = /[^\P{C}\n]|[\u2028\u2029]/u.exec(this.text);
    if (!odd) return;
    const what = odd[0] === "\t" ? "a tab" : "a character that cannot be seen";
    throw new GrammarError(this.line(odd.index), `there is ${what}; expected spaces`);
  }

  checkSyntax() {
    let depth = 0;
    this.top.cursor().iterate(
      (node) => {
        if (node.type.isError) this.refuseSyntax(node.node);
        if (++depth > DEEPEST) this.refuse(node.node, "this goes too deep; take it apart");
      },
      () => void depth--,
    );
  }

  /**
   * @param {SyntaxNode} wrong
   * @returns {never}
   */
  refuseSyntax(wrong) {
    for (let around = wrong.parent; around; around = around.parent) {
      const [first, last] = [around.firstChild, around.lastChild];
      if (first && last && "([{".includes(first.name) && !")]}".includes(last.name)) {
        throw new GrammarError(this.line(first.from), `this is not Python: \`${first.name}\` is not closed`);
      }
    }
    // Where something is missing at the end of a line, the parser notices at the start of the next.
    const before = this.text.slice(0, wrong.from).trimEnd().length;
    const line = wrong.from === wrong.to ? this.line(before) : this.line(wrong.from);
    const said = this.text.split("\n")[line - 1].trim();
    const [number] = /\b\d+\.(?!\d)/.exec(said) ?? []; // Python's, and yet not this parser's
    throw new GrammarError(line, number ? `write ${number}0 for ${number}` : `this is not Python: ${quoted(said)}`);
  }

  checkNames() {
    this.top.cursor().iterate((node) => {
      if (node.name !== "VariableName" && node.name !== "PropertyName") return;
      const name = this.of(node.node);
      if (name.includes("__")) this.refuse(node.node, "a name with two underscores has no place here");
      // Python takes some letters for others, and then reads another name than stands there.
      if (name.normalize("NFKC") !== name) this.refuse(node.node, "expected a name in plain letters");
    });
  }
}

/**
 * The children of a node, without comments.
 * @param {SyntaxNode} node
 */
export function children(node) {
  const found = [];
  for (let child = node.firstChild; child; child = child.nextSibling) {
    if (child.name !== "Comment") found.push(child);
  }
  return found;
}

/**
 * What stands between commas; after the last comma there may be nothing.
 * @param {SyntaxNode[]} nodes
 */
export function between(nodes) {
  /** @type {SyntaxNode[][]} */
  const groups = [[]];
  for (const node of nodes) {
    if (node.name === ",") groups.push([]);
    else groups[groups.length - 1].push(node);
  }
  if (!groups[groups.length - 1].length) groups.pop();
  return groups;
}

/**
 * What stands in brackets, without them.
 * @param {SyntaxNode} node
 */
export const inside = (node) => children(node).slice(1, -1);

/**
 * A node without the brackets around it.
 * @param {SyntaxNode} node
 * @returns {SyntaxNode}
 */
export function bare(node) {
  const within = node.name === "ParenthesizedExpression" ? inside(node) : [];
  return within.length === 1 ? bare(within[0]) : node;
}
