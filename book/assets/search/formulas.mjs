// Formulas as the words that a line of text, or a search, has for them: β with the index 2 is beta2.
import { inWords } from "../../_static/search/words.js";

const ACCENTS = /** @type {Record<string, string>} */ ({ "^": "_hat", "ˉ": "_bar", "¯": "_bar", "~": "_tilde", "˙": "_dot", "→": "_vec" });
const UNREAD = new Set(["\u2061", "\u2062", "\u2063"]); // they stand for a call, a product, a comma, and are not seen

/** Text that stands alone as one operand: a name, a number, or what is in brackets. @param {string} text */
const operand = (text) => (/^[\p{L}\p{N}_.∞⋆]*$|^\([^()]*\)$/u.test(text) ? text : `(${text.trim()})`);

/** @type {Record<string, (parts: string[]) => string>} */
const READ = {
  msub: ([base, index]) => subscripted(base, index),
  msup: ([base, power]) => (power === "′" ? `${base}'` : `${base}^${operand(power)}`),
  msubsup: ([base, index, power]) => `${subscripted(base, index)}^${operand(power)}`,
  munder: ([base, index]) => subscripted(base, index),
  mover: ([base, accent]) => `${base}${ACCENTS[accent] ?? ""}`,
  munderover: ([base, index]) => subscripted(base, index),
  mfrac: ([over, under]) => `${operand(over)} / ${operand(under)}`,
  msqrt: (parts) => `sqrt(${parts.join("")})`,
  mspace: () => " ",
};

/** @param {string} base @param {string} index */
const subscripted = (base, index) => (/^\d/.test(index) ? base + index : `${base}_${operand(index)}`);

/** A part of a formula's MathML in words. @param {Element} part @returns {string} */
function read(part) {
  const name = part.localName;
  const text = inWords(part.textContent ?? "");
  if (name === "mi" || name === "mn") return text;
  if (name === "mo") return UNREAD.has(text) ? "" : /^[=<>≤≥≈∈+−×·→←∼≠⋅∑∏,:;|]$/u.test(text) ? ` ${text} ` : text;
  if (name === "mtext") return text;
  const parts = [...part.children].map(read);
  return READ[name]?.(parts) ?? parts.reduce(beside, "");
}

const ENDS_IN_WORD = /\p{L}{2}[\p{L}\p{N}_^]*$/u;

/** What stands side by side, with a space between it where one is a word. @param {string} left @param {string} right */
function beside(left, right) {
  const factors = /[\p{L}\p{N})]$/u.test(left) && /^\p{L}/u.test(right);
  return factors && (ENDS_IN_WORD.test(left) || /^\p{L}{2}/u.test(right)) ? `${left} ${right}` : left + right;
}

/** A formula in words. @param {Element} math */
export const formulaInWords = (math) => read(math).replace(/−/g, "-").replace(/(^|[(^]) ?- /g, "$1-").replace(/\s+([,;:])/g, "$1").replace(/\s+/g, " ").trim();
