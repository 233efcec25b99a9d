// Elements, made in one call each.

/**
 * An element with attributes (a function is a listener) and children.
 * @template {keyof HTMLElementTagNameMap} Tag
 * @param {Tag} tag
 * @param {Record<string, any>} [attributes]
 * @param {(Node | string | null | undefined | false)[]} children
 * @returns {HTMLElementTagNameMap[Tag]}
 */
export function h(tag, attributes = {}, ...children) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (typeof value === "function") element.addEventListener(name, value);
    else if (value === true) element.setAttribute(name, "");
    else if (value !== false && value != null) element.setAttribute(name, String(value));
  }
  for (const child of children) if (child) element.append(child);
  return element;
}

const SVG = "http://www.w3.org/2000/svg";

/**
 * A small drawing of one path, which screen readers pass over.
 * @param {string} viewBox
 * @param {string} d
 * @param {Record<string, string>} [attributes]  of the path
 */
export function drawing(viewBox, d, attributes = {}) {
  const svg = document.createElementNS(SVG, "svg");
  svg.setAttribute("viewBox", viewBox);
  svg.setAttribute("aria-hidden", "true");
  const path = document.createElementNS(SVG, "path");
  for (const [name, value] of Object.entries({ d, ...attributes })) path.setAttribute(name, value);
  svg.append(path);
  return svg;
}

/**
 * Set an element's text, and disturb nothing when it is there already.
 * @param {Element} element
 * @param {string | number} text
 */
export function setText(element, text) {
  if (element.textContent !== String(text)) element.textContent = String(text);
}

let count = 0;
/** @param {string} stem */
export const uniqueId = (stem) => `ex-${stem}-${++count}`;

/**
 * Call a function some time after the last of many calls.
 * @param {() => void} callback
 * @param {number} delay
 */
export function settled(callback, delay) {
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  let timer;
  const later = () => {
    clearTimeout(timer);
    timer = setTimeout(callback, delay);
  };
  later.cancel = () => clearTimeout(timer);
  return later;
}

/**
 * Have one part for each key, in their order, as the children of an element: those of keys that stay are left alone.
 * @template {{ element: HTMLElement }} Part
 * @param {HTMLElement} parent
 * @param {Map<string, Part>} parts  kept from call to call
 * @param {string[]} keys
 * @param {(key: string) => Part} make
 */
export function keyed(parent, parts, keys, make) {
  for (const key of [...parts.keys()]) if (!keys.includes(key)) parts.delete(key);
  const wanted = keys.map((key) => {
    const part = parts.get(key) ?? make(key);
    parts.set(key, part);
    return part.element;
  });
  const present = [...parent.children];
  if (present.length !== wanted.length || wanted.some((element, i) => element !== present[i])) parent.replaceChildren(...wanted);
}
