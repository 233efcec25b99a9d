// Legend, switches and values at the step on show: a row per quantity, a column per optimizer.
import { h, setText } from "../../ui/dom.js";
import { number } from "../../ui/format.js";
import { toggle } from "../../ui/legend.js";
import { called } from "../../ui/names.js";

const MANY = 4; // columns: more of them are narrow, and their powers of ten may break

/**
 * @param {import("../../ui/store.js").Store} store
 * @param {string[]} quantities
 */
export function values(store, quantities) {
  const at = h("td", { class: "ex-at" });
  const head = h("tr");
  const rows = quantities.map(() => h("tr"));
  /** @type {HTMLTableCellElement[][]} */
  let cells = [];
  /** @type {string[]} */
  let labels = [];
  /** @type {ReturnType<typeof toggle>[]} */
  let toggles = [];
  const caption = h("caption", { class: "ex-hidden" }, "The values of each quantity at the step on show");
  const table = h("table", {}, caption, h("thead", {}, head), h("tbody", {}, ...rows));
  const element = h("div", { class: "ex-table ex-values" }, table);

  /** Another figure may have other optimizers. */
  function rebuild() {
    const { optimizers } = store.figure;
    if (String(labels) !== String(optimizers.map(({ label }) => label))) {
      labels = optimizers.map(({ label }) => label);
      toggles = optimizers.map((optimizer) => toggle(store, optimizer));
      cells = quantities.map(() => optimizers.map(() => h("td")));
      head.replaceChildren(at, ...toggles.map((own) => h("th", { scope: "col" }, own.element)));
      rows.forEach((row, i) => row.replaceChildren(h("th", { scope: "row" }, called(store.figure, quantities[i], "row")), ...cells[i]));
      element.classList.toggle("ex-many", optimizers.length > MANY);
    }
    update();
  }
  const update = () => toggles.forEach((own) => own.update());
  store.on(["figure"], rebuild);
  store.on(["shown"], update);
  rebuild();

  /**
   * @param {import("../../ui/types.js").Columns} columns
   * @param {number} step
   */
  function draw(columns, step) {
    setText(at, `step ${step}`);
    quantities.forEach((quantity, i) => {
      rows[i].hidden = ![...columns.values()].some((own) => own[quantity]);
      labels.forEach((label, j) => {
        const own = columns.get(label)?.[quantity];
        const text = own ? number(own[step - 1]) : "";
        setText(cells[i][j], labels.length > MANY ? text.replace("·", "·\u200b") : text);
      });
    });
  }
  return { element, draw };
}
