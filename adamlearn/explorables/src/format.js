// Numbers and names as a reader sees them.
import { format } from "d3-format";

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

export const label = (name) => LABELS[name] ?? name.replaceAll("_", " ");
export const spoken = (name) => SPOKEN[name] ?? name.replaceAll("_", " ");

const plain = format(".3~r");
const short = format(".2~r");
const scientific = format(".1~e");

/** Three digits, or two and a power of ten. */
export const number = (x) => written(x, plain);

/** Two digits, and whole numbers as they are. */
export const brief = (x) => written(x, Math.abs(x) >= 100 ? plain : short);

function written(x, plainly) {
  if (!Number.isFinite(x)) return "–";
  const size = Math.abs(x);
  if (size === 0 || (size >= 1e-3 && size < 1e5)) return plainly(x);
  const [digits, exponent] = scientific(x).split("e");
  const power = `10${superscript(Number(exponent))}`;
  return digits === "1" ? power : `${digits}·${power}`;
}

export const superscript = (n) =>
  (n < 0 ? "⁻" : "") + [...String(Math.abs(n))].map((digit) => SUPERSCRIPTS[digit]).join("");

/** The shortest text that reads back as the same number. */
export const exact = (x) => (x !== 0 && Math.abs(x) < 1e-3 ? x.toExponential() : String(x));
