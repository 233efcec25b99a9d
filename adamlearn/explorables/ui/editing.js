// The reader edits a rule or a function: the buttons that open the editor, and the panel that it stands in.
import { button, menu } from "./controls.js";
import { h, setText } from "./dom.js";
import { EDITED } from "./store.js";

/**
 * What can be edited: the rules of optimizers, and functions of a map.
 * @param {import("./store.js").Store} store
 * @param {Sort} sort
 * @returns {Map<string, string>} label to the original text
 */
function originals({ figure }, sort) {
  const all = sort === "rule"
    ? figure.optimizers.map(({ label, edit }) => ({ label, edit }))
    : (figure.functions ?? []).map(({ name, edit }) => ({ label: name, edit }));
  return new Map(all.flatMap(({ label, edit }) => (edit ? [[label, edit.text]] : [])));
}

/**
 * @typedef {"rule" | "function"} Sort
 * @typedef {{ sort: Sort, label: string, opener: HTMLElement }} Open  what is edited, and the button that has opened it
 */

export class Editing {
  /** @type {Open | null} */
  #open = null;
  /** @type {import("./types.js").Editor | null} */
  #editor = null;
  #store;
  #onToggle;
  #title = h("p", { class: "ex-title" });
  #chooser = menu({ text: "edit", options: [], onChange: (label) => this.#open && this.#show({ ...this.#open, label }) });
  #place = h("div", { class: "ex-editor" });
  #problem = h("p", { class: "ex-problem", role: "alert" });
  #back = button("Back to the book's rule", () => this.#undo());

  /**
   * @param {import("./store.js").Store} store
   * @param {{ onToggle: () => void }} options  told when the panel opens, closes, or is about another text
   */
  constructor(store, { onToggle }) {
    this.#store = store;
    this.#onToggle = onToggle;
    const row = h("div", { class: "ex-actions" }, this.#back, button("Close", () => this.#shut()));
    const parts = [this.#title, this.#chooser.element, this.#place, this.#problem, row];
    this.panel = h("div", { class: "ex-edit", role: "group", hidden: true, "aria-label": "Edit" }, ...parts);
    const sorts = (/** @type {const} */ (["rule", "function"])).filter((sort) => originals(store, sort).size);
    this.buttons = sorts.map((sort) => this.#opening(sort));
    store.on(["_problems", "_result"], () => this.#report());
    store.on(["figure"], () => this.#turnTo());
    store.on(["edited"], () => this.#follow());
    store.on(["function"], () => this.#turnWith());
  }

  /**
   * Whether the text of a label is open.
   * @param {string} label
   */
  isAbout(label) {
    return this.#open?.label === label;
  }

  close() {
    this.#editor?.close();
    this.#editor = null;
  }

  /** @param {Sort} sort */
  #opening(sort) {
    const opener = button(`Edit the ${sort}`, () => {
      if (this.#open?.sort === sort) this.#shut();
      else this.#show({ sort, label: firstLabel(this.#store, sort), opener });
    }, { "aria-expanded": "false" });
    return opener;
  }

  /** @param {Open} wanted */
  async #show(wanted) {
    this.close();
    this.#open = wanted;
    this.#name(wanted);
    this.#place.replaceChildren(h("p", { role: "status" }, "The editor is on its way…"));
    this.#onToggle();
    try {
      const module = await this.#store.editor();
      if (this.#open === wanted) this.#edit(module, wanted); // and not closed, or about something else meanwhile
    } catch (error) {
      console.error(error);
      this.#place.replaceChildren();
      setText(this.#problem, "The editor could not be loaded. Try again later.");
    }
  }

  /**
   * Say what the panel is about.
   * @param {Open} open
   */
  #name({ sort, label, opener }) {
    const labels = [...originals(this.#store, sort).keys()];
    for (const other of this.buttons) other.setAttribute("aria-expanded", String(other === opener));
    this.panel.hidden = false;
    this.panel.setAttribute("aria-label", `Edit the ${sort}`);
    setText(this.#title, sort === "rule" ? `Change a line: yours will be drawn beside ${label}.` : `Change a line: yours will be one more function to choose beside ${label}.`);
    setText(this.#back, `Back to the book's ${sort}`);
    setText(this.#problem, "");
    this.#chooser.setOptions(labels.map((name) => [name, name]));
    this.#chooser.set(label);
    this.#chooser.element.hidden = sort === "function" || labels.length < 2; // the map has a menu of its own
  }

  /**
   * @param {import("./types.js").EditorModule} module
   * @param {Open} open
   */
  #edit({ openEditor }, { sort, label }) {
    const store = this.#store;
    const original = originals(store, sort).get(label) ?? "";
    this.#place.replaceChildren();
    this.#editor = openEditor(this.#place, {
      text: store.get("edited")?.[label] ?? original,
      original,
      label,
      onChange: (text) => store.setEdited(label, text === original ? null : text),
    });
    this.#editor.focus();
    this.panel.scrollIntoView({ block: "nearest" });
    this.#report();
  }

  #shut() {
    const opener = this.#open?.opener;
    this.close();
    this.#open = null;
    this.panel.hidden = true;
    opener?.setAttribute("aria-expanded", "false");
    opener?.focus();
    this.#onToggle();
  }

  #undo() {
    if (!this.#open) return;
    this.#store.setEdited(this.#open.label, null);
    this.#editor?.setText(originals(this.#store, this.#open.sort).get(this.#open.label) ?? "");
    this.#editor?.focus();
  }

  /** Say what is wrong with the text, if something is. */
  #report() {
    if (!this.#open || !this.#editor) return;
    const message = problemOf(this.#store, this.#open.sort, this.#open.label);
    this.#editor.setProblem(message);
    setText(this.#problem, message ? `${message}. What is drawn is the last text that worked.` : "");
  }

  /** Who edits a function sees what becomes of it. */
  #turnTo() {
    const [store, open] = [this.#store, this.#open];
    if (open?.sort !== "function" || store.get("function") !== open.label) return;
    const own = store.figure.functions.find(({ of }) => of === open.label);
    if (own) queueMicrotask(() => store.set({ function: own.name })); // after what else has come with the figure
  }

  /** Another function on the map is the one to edit. */
  #turnWith() {
    const open = this.#open;
    if (open?.sort !== "function") return;
    const label = firstLabel(this.#store, "function");
    if (label !== open.label) this.#show({ ...open, label });
  }

  /** Put the original text back, and forget what has been written just now. */
  reset() {
    if (this.#open) this.#editor?.setText(originals(this.#store, this.#open.sort).get(this.#open.label) ?? "");
  }

  /** The text may be set from elsewhere: by a link, a button, Reset. */
  #follow() {
    if (!this.#open || !this.#editor || this.panel.contains(document.activeElement)) return;
    const { sort, label } = this.#open;
    const present = this.#store.get("edited")?.[label] ?? originals(this.#store, sort).get(label) ?? "";
    if (this.#editor.text() !== present) this.#editor.setText(present);
  }
}

/**
 * What to edit first: what has been edited and is there to see, or what is.
 * @param {import("./store.js").Store} store
 * @param {Sort} sort
 */
function firstLabel(store, sort) {
  const labels = [...originals(store, sort).keys()];
  const present = sort === "rule" ? store.get("shown") : [store.landscape.of ?? store.landscape.name];
  const edited = labels.filter((label) => label in (store.get("edited") ?? {}));
  return [...edited, ...labels].find((label) => present.includes(label)) ?? labels[0];
}

/**
 * Why a text cannot be used, or fails as it runs; null if it does neither.
 * @param {import("./store.js").Store} store
 * @param {Sort} sort
 * @param {string} label
 * @returns {string | null}
 */
function problemOf(store, sort, label) {
  const refused = store.get("_problems")?.[label];
  if (refused) return refused;
  if (sort === "rule") return store.errors[label + EDITED] ?? null;
  return store.get("function") === label + EDITED ? (Object.values(store.errors)[0] ?? null) : null;
}
