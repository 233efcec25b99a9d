// What all kinds have round their figure: the question, the goal, notices, a summary for screen readers, the buttons.
import { button } from "./controls.js";
import { h, settled, setText } from "./dom.js";
import { Editing } from "./editing.js";
import { encode } from "./fragment.js";
import { goalLine } from "./goal.js";
import { linkToAddress } from "./link.js";
import { apply } from "./preset.js";

/** @typedef {import("./store.js").Store} Store */

/**
 * Build the frame; `python()` is the code of the present setting, `summary()` what it says in words.
 * @param {HTMLElement} el
 * @param {{ store: Store, name: string, python: () => string, summary: () => string, measures: import("./types.js").Measures }} options
 */
export function frame(el, { store, name, python, summary, measures }) {
  const { kind, question } = store.figure;
  const release = reserveHeight(el);
  const live = h("p", { class: "ex-live", "aria-live": "polite" });
  const notice = h("p", { class: "ex-notice", role: "status" });
  /** @type {Record<string, string[]>} */
  const warnings = {};
  const asked = questionLine(store);
  const goal = goalLine(store.figure, measures);
  const editor = new Editing(store, { onToggle: () => report() });
  const body = h("div", { class: `ex-body ex-${kind}` });
  const { actions, code } = actionRow(store, python, editor);
  const link = linkToAddress(store, warn);
  const root = h("div", { class: "ex", role: "group", "aria-label": question || name },
    asked.element, goal.element, presets(store), notice, link.panel, body, actions, code, live);
  const speak = settled(() => setText(live, summary()), 800);
  el.append(root);

  /**
   * @param {string} source
   * @param {string[]} messages
   */
  function warn(source, messages) {
    if (String(warnings[source] ?? []) === String(messages)) return;
    warnings[source] = messages;
    notice.replaceChildren(...Object.values(warnings).flat().map((message) => h("span", {}, message)));
  }

  /** Name what has failed, if the editor does not; and measure the goal. */
  function report() {
    const problems = Object.entries(store.get("_problems") ?? {}).filter(([label]) => !editor.isAbout(label));
    const errors = Object.entries(store.errors).filter(([label]) => !editor.isAbout(store.optimizer(label)?.of ?? ""));
    warn("failed", [...problems, ...errors].map(([label, message]) => `${label}: ${message}`));
    goal.update(asked.update());
  }
  store.on(["_problems", "function"], report);
  return {
    /** @param {HTMLElement[]} parts */
    fill: (...parts) => body.append(...parts, editor.panel),
    speak,
    warn,
    /** A run has been made and drawn. */
    ran: () => {
      report();
      if (store.get("_result")) release();
    },
    close: () => {
      speak.cancel();
      editor.close();
      link.close();
      root.remove();
    },
  };
}

/**
 * Keep the height of the picture that stands there until the figure is drawn, so that the page does not move.
 * @param {HTMLElement} el
 */
function reserveHeight(el) {
  const { minHeight } = el.style;
  el.style.minHeight = `${el.offsetHeight}px`;
  let waits = true;
  return () => {
    if (!waits) return;
    waits = false;
    requestAnimationFrame(() => requestAnimationFrame(() => (el.style.minHeight = minHeight)));
  };
}

/**
 * The question, which is about the function that was there first, or the stream that the goal names: `update` says
 * so on another, and whether it is that one.
 * @param {Store} store
 */
function questionLine(store) {
  const { question, goal } = store.figure;
  const [first, stream] = [store.get("function"), goal?.stream];
  const subject = stream ? `${stream} gradients` : first;
  const about = h("span", { class: "ex-about", hidden: true }, `This was asked about ${subject}.`);
  const element = h("p", { class: "ex-question" }, h("span", { class: "ex-mark" }, "Explore"), question, " ", about);
  const update = () => {
    const asked = store.get("function") === first && (!stream || store.get("stream") === stream);
    about.hidden = asked || !question;
    element.classList.toggle("ex-elsewhere", !asked);
    return asked;
  };
  return { element, update };
}

/** @param {Store} store */
function presets(store) {
  const all = store.figure.presets ?? [];
  if (all.length === 0) return null;
  const buttons = all.map(({ name, set }) => button(name, () => apply(store.model, set)));
  return h("div", { class: "ex-presets", role: "group", "aria-label": "Settings to try" }, ...buttons);
}

/**
 * @param {Store} store
 * @param {() => string} python
 * @param {Editing} editor
 */
function actionRow(store, python, editor) {
  const said = h("span", { class: "ex-said", role: "status" });
  const code = h("pre", { class: "ex-code", hidden: true, tabindex: "0", "aria-label": "Python code of this setting" });
  /** @param {string} text */
  const say = (text) => {
    said.textContent = text;
    setTimeout(() => said.textContent === text && (said.textContent = ""), 2500);
  };
  /**
   * @param {string} text
   * @param {string} what
   */
  const copy = async (text, what) => {
    try {
      await navigator.clipboard.writeText(text);
      say(`${what} copied`);
    } catch {
      code.textContent = text; // no clipboard without https or permission: show it to be copied by hand
      code.hidden = false;
      say(`${what} is shown below`);
    }
  };
  const { fragment } = store;
  const actions = h(
    "div",
    { class: "ex-actions" },
    button("Reset", () => {
      editor.reset();
      store.replace(store.initial);
    }),
    ...editor.buttons,
    button("Copy as Python", () => copy(python(), "Python")),
    fragment && button("Copy link", () => copy(fragment.href(encode(store)), "Link")),
    said,
  );
  return { actions, code };
}
