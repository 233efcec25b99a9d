// The figure's part of the page's address; and what a link has brought that the reader is to see before it runs.
import { button } from "./controls.js";
import { h, settled } from "./dom.js";
import { decode, encode } from "./fragment.js";
import { EDITED } from "./store.js";

/** @typedef {import("./store.js").Store} Store */

/**
 * Take the setting from the page's address, and keep the address in step with it.
 * @param {Store} store
 * @param {(source: string, messages: string[]) => void} warn
 */
export function linkToAddress(store, warn) {
  const panel = h("div", { class: "ex-unread", role: "group", hidden: true, "aria-label": "A text that came with the link" });
  return store.fragment ? { panel, close: link(store, store.fragment, panel, warn) } : { panel, close: () => {} };
}

/**
 * @param {Store} store
 * @param {import("./types.js").Fragment} fragment
 * @param {HTMLElement} panel
 * @param {(source: string, messages: string[]) => void} warn
 */
function link(store, fragment, panel, warn) {
  /** @type {string | null} the link, once its text has been run: it can be read again with what the text has added */
  let waiting = null;

  /** @param {string | null} query */
  const read = (query) => {
    if (query === null) return;
    const { inputs, problems, unread } = decode(store, query);
    warn("link", problems);
    store.set({ _unread: unread });
    store.replace(inputs);
  };
  const take = () => read(fragment.read());
  /** Until the reader has run what came with the link, the link stays as it is. */
  const write = settled(() => {
    if (Object.keys(store.get("_unread") ?? {}).length === 0) fragment.write(encode(store));
  }, 300);

  function run() {
    const texts = store.get("_unread");
    waiting = fragment.read();
    store.set({ _unread: {} });
    store.set({ edited: { ...store.get("edited"), ...texts } });
  }

  function readAgain() {
    const query = waiting;
    waiting = null;
    queueMicrotask(() => read(query)); // after what else has come with the figure
  }
  const draw = () => drawUnread(panel, store.get("_unread") ?? {}, run);

  store.on(["_unread"], draw);
  store.on(["figure"], readAgain);
  take();
  draw();
  store.on(store.names, write);
  addEventListener("hashchange", take);
  return () => {
    write.cancel();
    removeEventListener("hashchange", take);
  };
}

/**
 * The texts as they stand, and the button that runs them.
 * @param {HTMLElement} panel
 * @param {Record<string, string>} unread
 * @param {() => void} run
 */
function drawUnread(panel, unread, run) {
  const texts = Object.entries(unread);
  panel.hidden = texts.length === 0;
  panel.replaceChildren(
    h("p", {}, "This link brings a rule that somebody has written. Read it, then run it."),
    ...texts.flatMap(([label, text]) => [
      h("p", { class: "ex-title" }, label + EDITED),
      h("pre", { class: "ex-code", tabindex: "0", role: "region", "aria-label": `The text of ${label}${EDITED}` }, text),
    ]),
    button("Run", run),
  );
}
