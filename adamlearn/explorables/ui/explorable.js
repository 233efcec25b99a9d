// The explorables: one module, mounted by anywidget in a notebook and by page/mount.js in the book.
import "./explorable.css";
import anatomy from "../kinds/anatomy/view.js";
import landscape from "../kinds/landscape/view.js";
import trace from "../kinds/trace/view.js";

/** @type {Record<string, import("./types.js").View>} */
const kinds = { anatomy, landscape, trace };

/**
 * Draw an explorable into an element and keep the two in step. What is set goes to the model, which
 * computes (in the kernel, or in MicroPython) and answers with `_result`. Returns what undoes it all.
 * @param {{ model: import("./types.js").Model, el: HTMLElement }} mounted
 */
function render({ model, el }) {
  return kinds[model.get("figure").kind](model, el);
}

export default { render };
