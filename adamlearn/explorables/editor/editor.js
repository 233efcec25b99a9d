// The editor of a rule's text, with what sets the text apart from the book's beneath it.

import { defaultKeymap, history, historyKeymap, indentWithTab } from "@codemirror/commands";
import { pythonLanguage } from "@codemirror/lang-python";
import { HighlightStyle, indentOnInput, indentUnit, syntaxHighlighting } from "@codemirror/language";
import { StateEffect, StateField } from "@codemirror/state";
import { Decoration, EditorView, keymap, lineNumbers } from "@codemirror/view";
import { tags } from "@lezer/highlight";
import { difference } from "./difference.js";
import { STYLE } from "./style.js";

export { GrammarError, read, readFunction } from "./grammar.js";

const DELAY = 250; // milliseconds after the last key
const LEAVING = 10000; // milliseconds after Escape in which Tab leaves
const HINT = "Tab indents. To leave with Tab, press Escape first.";

let count = 0;

/**
 * Open an editor at the end of an element.
 * @param {HTMLElement} parent
 * @param {object} given
 * @param {string} given.text
 * @param {string} given.original the book's text
 * @param {string} given.label whose text it is
 * @param {(text: string) => void} given.onChange is told of what the reader has made of it
 */
export function openEditor(parent, { text, original, label, onChange }) {
  const kind = /^\s*def\s+\w+\s*\(\s*p\s*,\s*g\b/.test(original) ? "rule" : "function";
  const { around, hint, shown } = surroundings(parent, `the ${kind} ${label}`);
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  let timer;
  let quiet = false; // while the text is set from outside
  const tell = () => {
    timer = undefined;
    onChange(read());
  };
  const changed = EditorView.updateListener.of(({ docChanged }) => {
    if (!docChanged) return;
    showDifference(shown, original, read());
    clearTimeout(timer);
    timer = quiet ? undefined : setTimeout(tell, DELAY);
  });
  const root = parent.getRootNode();
  const view = new EditorView({
    parent: around,
    root: root instanceof ShadowRoot ? root : document,
    doc: text,
    extensions: [...EXTENSIONS, described(`Text of the ${kind} ${label}`, hint.id), changed],
  });
  const read = () => view.state.doc.toString();
  around.append(hint, shown);
  showDifference(shown, original, text);

  return {
    /**
     * Mark the line that a message names; null: there is no problem.
     * @param {string | null} message
     */
    setProblem(message) {
      const line = Number(/^line (\d+)/.exec(message ?? "")?.[1] ?? 0);
      view.dispatch({ effects: wrong.of(message === null ? null : line) });
    },
    text: read,
    /**
     * Set the text, and tell nobody.
     * @param {string} text
     */
    setText(text) {
      quiet = true;
      view.dispatch({ changes: { from: 0, to: view.state.doc.length, insert: text } });
      quiet = false;
    },
    focus: () => view.focus(),
    /** Close the editor; what the reader has written just now is told before. */
    close() {
      clearTimeout(timer);
      if (timer !== undefined) tell();
      view.destroy();
      around.remove();
    },
  };
}

/**
 * What stands around the text.
 * @param {HTMLElement} parent
 * @param {string} whose
 */
function surroundings(parent, whose) {
  const around = element("div", "ex-source");
  const hint = element("p", "ex-editor-hint", HINT);
  hint.id = `ex-editor-hint-${++count}`;
  const shown = element("pre", "ex-difference");
  shown.tabIndex = 0; // so that the keyboard can scroll it
  shown.setAttribute("role", "group");
  shown.setAttribute("aria-label", `What differs from the book's text of ${whose}`);
  around.append(element("style", "", STYLE));
  parent.append(around);
  return { around, hint, shown };
}

/**
 * @param {string} label
 * @param {string} hint the id of its element
 */
const described = (label, hint) =>
  EditorView.contentAttributes.of({ "aria-label": label, "aria-describedby": hint, tabindex: "0" });

/** @type {import("@codemirror/state").StateEffectType<number | null>} */
const wrong = StateEffect.define();
const mark = Decoration.line({ class: "ex-wrong-line" });

/** Whether the text has a problem, and the line that is marked for it. */
const problem = StateField.define({
  create: () => ({ any: false, lines: Decoration.none }),
  update(now, transaction) {
    let { any, lines } = now;
    lines = lines.map(transaction.changes);
    for (const effect of transaction.effects) {
      if (!effect.is(wrong)) continue;
      const { doc } = transaction.state;
      any = effect.value !== null;
      const line = effect.value && effect.value <= doc.lines ? doc.line(effect.value) : null;
      lines = line ? Decoration.set([mark.range(line.from)]) : Decoration.none;
    }
    return { any, lines };
  },
  provide: (field) => [
    EditorView.decorations.from(field, ({ lines }) => lines),
    EditorView.contentAttributes.compute([field], (state) => ({ "aria-invalid": String(state.field(field).any) })),
  ],
});

const COLORS = HighlightStyle.define([
  { tag: tags.keyword, class: "ex-keyword" },
  { tag: [tags.comment, tags.string], class: "ex-comment" },
  { tag: [tags.number, tags.bool], class: "ex-number" },
  { tag: tags.definition(tags.function(tags.variableName)), class: "ex-definition" },
]);

const EXTENSIONS = [
  lineNumbers(),
  history(),
  pythonLanguage,
  indentOnInput(),
  indentUnit.of("    "),
  syntaxHighlighting(COLORS),
  problem,
  keymap.of([
    {
      key: "Escape",
      run: (view) => {
        view.setTabFocusMode(LEAVING);
        return true;
      },
    },
    indentWithTab,
    ...defaultKeymap,
    ...historyKeymap,
  ]),
];

/**
 * @param {HTMLElement} shown
 * @param {string} original
 * @param {string} text
 */
function showDifference(shown, original, text) {
  const lines = difference(original, text);
  const said = lines.map(({ mark, text }) => {
    const kind = { "+": "ex-added", "-": "ex-removed", " ": "ex-same" }[mark];
    return element("span", kind, `${mark}${text}\n`);
  });
  shown.replaceChildren(...(said.length ? said : ["No change."]));
}

/**
 * @param {string} tag
 * @param {string} name its class
 * @param {string} text
 */
function element(tag, name, text = "") {
  const made = document.createElement(tag);
  if (name) made.className = name;
  made.textContent = text;
  return made;
}
