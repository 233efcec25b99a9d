// Numbers as a reader sees them.
import { format } from "d3-format";

const SUPERSCRIPTS = "⁰¹²³⁴⁵⁶⁷⁸⁹";

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
