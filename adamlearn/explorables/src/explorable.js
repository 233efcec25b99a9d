// The explorables: one module, mounted by anywidget in a notebook and by page.js in the book.
import { landscape } from "./landscape.js";
import { trace } from "./trace.js";

const kinds = { landscape, trace };

/**
 * Draw an explorable into an element and keep the two in step. What is set goes to the model, which
 * computes (in the kernel, or in MicroPython) and answers with `_result`. Returns what undoes it all.
 */
function render({ model, el }) {
  return kinds[model.get("kind")](model, el);
}

export default { render };
