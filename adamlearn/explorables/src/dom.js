// Elements, made in one call each.

/** An element with attributes (a function is a listener) and children. */
export function h(tag, attributes = {}, ...children) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (typeof value === "function") element.addEventListener(name, value);
    else if (value === true) element.setAttribute(name, "");
    else if (value !== false && value != null) element.setAttribute(name, value);
  }
  element.append(...children.filter((child) => child != null));
  return element;
}

/** Set an element's text, and disturb nothing when it is there already. */
export function setText(element, text) {
  if (element.textContent !== String(text)) element.textContent = text;
}

let count = 0;
export const uniqueId = (stem) => `ex-${stem}-${++count}`;

/** Call a function some time after the last of many calls. */
export function settled(callback, delay) {
  let timer;
  const later = () => {
    clearTimeout(timer);
    timer = setTimeout(callback, delay);
  };
  later.cancel = () => clearTimeout(timer);
  return later;
}
