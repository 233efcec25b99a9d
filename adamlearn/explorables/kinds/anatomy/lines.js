// The lines of a rule's text, each with the name that it gives a value.

const ASSIGNMENT = /^ {4}([A-Za-z_]\w*)\s*(?:[-+*/]|\*\*|\/\/|%)?=(?!=)/;

/**
 * The gradient, the lines that give a quantity its value, and the step that comes of them. A name that has a
 * value twice has it in its last line.
 * @param {import("../../ui/types.js").Optimizer | undefined} optimizer
 * @returns {[string, string][]}
 */
export function linesOf(optimizer) {
  const text = optimizer?.text ?? optimizer?.edit?.text ?? "";
  /** @type {Map<string, string>} */
  const found = new Map();
  for (const line of text.split("\n")) {
    const name = line.match(ASSIGNMENT)?.[1];
    if (!name || !optimizer?.quantities.includes(name)) continue;
    found.delete(name);
    found.set(name, line.trim());
  }
  return [["g", "g"], ...found, ["step", "step / learning_rate"]];
}
