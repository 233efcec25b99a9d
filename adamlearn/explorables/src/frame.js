// What both kinds have round their figure: the question, notices, a summary for screen readers, the buttons.
import { button } from "./controls.js";
import { h, settled } from "./dom.js";
import { decode, encode } from "./fragment.js";

/** Build the frame; `python()` is the code of the present setting, `summary()` what it says in words. */
export function frame(el, { store, kind, name, python, summary }) {
  const { question } = store.figure;
  const live = h("p", { class: "ex-live", "aria-live": "polite" });
  const notice = h("p", { class: "ex-notice", role: "status" });
  const said = h("span", { class: "ex-said", role: "status" });
  const code = h("pre", { class: "ex-code", hidden: true, tabindex: "0", "aria-label": "Python code of this setting" });
  const say = (text) => {
    said.textContent = text;
    setTimeout(() => said.textContent === text && (said.textContent = ""), 2500);
  };
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
  const actions = h(
    "div",
    { class: "ex-actions" },
    button("Reset", () => store.set(structuredClone(store.initial))),
    button("Copy as Python", () => copy(python(), "Python")),
    store.fragment && button("Copy link", () => copy(store.fragment.href(encode(store)), "Link")),
    said,
  );
  const body = h("div", { class: `ex-body ex-${kind}` });
  const root = h(
    "div",
    { class: "ex", role: "group", "aria-label": question || name },
    h("p", { class: "ex-question" }, h("span", { class: "ex-mark" }, "Explore"), question),
    notice,
    body,
    actions,
    code,
    live,
  );
  const speak = settled(() => (live.textContent = summary()), 800);
  el.append(root);
  const warnings = {};
  const warn = (source, messages) => {
    warnings[source] = messages;
    const all = Object.values(warnings).flat();
    notice.replaceChildren(...all.map((message) => h("span", {}, message)));
  };
  const stopLinking = linkToAddress(store, warn);
  return {
    body,
    speak,
    warn,
    close: () => {
      speak.cancel();
      stopLinking();
      root.remove();
    },
  };
}

/** Take the setting from the page's address, and keep the address in step with it. */
function linkToAddress(store, warn) {
  if (!store.fragment) return () => {};
  const take = () => {
    const query = store.fragment.read();
    if (query === null) return;
    const { inputs, problems } = decode(store, query);
    warn("link", problems);
    store.set(inputs);
  };
  const write = settled(() => store.fragment.write(encode(store)), 300);
  take();
  store.on(store.names, write);
  addEventListener("hashchange", take);
  return () => {
    write.cancel();
    removeEventListener("hashchange", take);
  };
}
