// The explorables: one module, mounted by anywidget in a notebook and by page/mount.js in the book.
import "./explorable.css";

/**
 * Draw an explorable into an element and keep the two in step. What is set goes to the model, which
 * computes (in the kernel, or in MicroPython) and answers with `_result`. Returns what undoes it all.
 * @param {{ model: import("./types.js").Model, el: HTMLElement }} mounted
 * @returns {Promise<() => void>}
 */
async function render({ model, el }) {
  const { kind } = model.get("figure");
  const { default: view } = await import(`../kinds/${kind}/view.js`); // the bundle holds those of all kinds
  return view(model, el);
}

export default { render };
