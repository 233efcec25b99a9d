// What tells the optimizers apart: the colors of their lines, and the checkbox that is legend and switch in one.
import { drawing, h, uniqueId } from "./dom.js";

/**
 * A checkbox with the optimizer's line and name.
 * @param {import("./store.js").Store} store
 * @param {import("./types.js").Optimizer} optimizer
 */
export function toggle(store, optimizer) {
  const id = uniqueId("toggle");
  const box = h("input", { type: "checkbox", id, change: () => store.setShown(optimizer.label, box.checked) });
  const line = drawing("0 0 26 6", "M1,3H25", { "stroke-dasharray": String(optimizer.dash) });
  line.setAttribute("class", "ex-swatch");
  const name = h("span", { class: "ex-name" }, optimizer.label);
  const label = h("label", { for: id }, line, name);
  const element = h("span", { class: "ex-toggle ex-line", style: ink(optimizer.color) }, box, label);
  const update = () => {
    box.checked = store.get("shown").includes(optimizer.label);
  };
  return { element, update };
}

/**
 * The two colors of a line, for light and for dark surroundings, as custom properties.
 * @param {string} color
 */
export const ink = (color) => `--ex-light: ${color}; --ex-dark: ${inDark(color)}`;

const LIGHT_ENOUGH = 0.23; // a contrast of 5 to the dark page

/** Relative luminance, as the guidelines for accessibility have it. @param {number[]} color */
function luminance(color) {
  const [r, g, b] = color.map((x) => x / 255).map((x) => (x <= 0.04045 ? x / 12.92 : ((x + 0.055) / 1.055) ** 2.4));
  return 0.2126 * r + 0.7152 * g + 0.0722 * b;
}

/**
 * A color as the book's dark pages show a figure's: inverted, with its hue turned back; lighter where that is too dark.
 * @param {string} color
 */
function inDark(color) {
  const [r, g, b] = [1, 3, 5].map((i) => 255 - parseInt(color.slice(i, i + 2), 16));
  const rows = [[-0.574, 1.43, 0.144], [0.426, 0.43, 0.144], [0.426, 1.43, -0.856]];
  let turned = rows.map(([x, y, z]) => Math.min(255, Math.max(0, x * r + y * g + z * b)));
  while (luminance(turned) < LIGHT_ENOUGH) turned = turned.map((x) => x + 0.1 * (255 - x));
  return `rgb(${turned.map(Math.round).join(" ")})`;
}
