// Numbers and names as a reader sees them.
import { format } from "d3-format";

/** @type {Record<string, string>} */
const LABELS = {
  learning_rate: "learning rate",
  beta1: "β₁",
  beta2: "β₂",
  epsilon: "ε",
  weight_decay: "weight decay",
  g: "g",
  p: "θ",
  m_hat: "m̂",
  v_hat: "v̂",
  s_hat: "ŝ",
  v_max: "v̂ max",
  step: "step / learning rate",
};
/** @type {Record<string, string>} */
const SPOKEN = {
  learning_rate: "learning rate",
  beta1: "beta 1",
  beta2: "beta 2",
  weight_decay: "weight decay",
  g: "gradient",
  p: "parameter",
  m_hat: "m hat",
  v_hat: "v hat",
  s_hat: "s hat",
  v_max: "v hat max",
  step: "step over learning rate",
};
const SUPERSCRIPTS = "⁰¹²³⁴⁵⁶⁷⁸⁹";

/** The name of a hyperparameter or a quantity to be read. @param {string} name */
export const label = (name) => wordsFor(name, LABELS);

/** The same name to be heard. @param {string} name */
export const spoken = (name) => wordsFor(name, SPOKEN);

/** @param {string} name any that a reader's rule may have @param {Record<string, string>} known */
const wordsFor = (name, known) => (Object.hasOwn(known, name) ? known[name] : name.replaceAll("_", " "));

const plain = format(".3~r");
const short = format(".2~r");
const scientific = format(".1~e");

/** Three digits, or two and a power of ten. @param {number} x */
export const number = (x) => written(x, plain);

/** Two digits, and whole numbers as they are. @param {number} x */
export const brief = (x) => written(x, Math.abs(x) >= 100 ? plain : short);

/** @param {number} x @param {(x: number) => string} plainly */
function written(x, plainly) {
  if (!Number.isFinite(x)) return "–";
  const size = Math.abs(x);
  if (size === 0 || (size >= 1e-3 && size < 1e5)) return plainly(x);
  const [digits, exponent] = scientific(x).split("e");
  const power = `10${superscript(Number(exponent))}`;
  return digits === "1" ? power : `${digits}·${power}`;
}

/** @param {number} n a whole number */
export const superscript = (n) =>
  (n < 0 ? "⁻" : "") + [...String(Math.abs(n))].map((digit) => SUPERSCRIPTS[Number(digit)]).join("");

/** The shortest text that reads back as the same number. @param {number} x */
export const exact = (x) => (x !== 0 && Math.abs(x) < 1e-3 ? x.toExponential() : String(x));
