// In the book's pages: mounts every explorable, and has the text's phrases set them.
import { readPart, writePart } from "../ui/fragment.js";
import { PageModel } from "./model.js";
import { Sandbox } from "./sandbox.js";

const here = new URL(import.meta.url);
const beside = (/** @type {string} */ name) => new URL(name + here.search, here).href;

const [arrival] = /** @type {PerformanceNavigationTiming[]} */ (performance.getEntriesByType("navigation"));
const returns = ["reload", "back_forward"].includes(arrival?.type);

/** The part of the page's fragment that belongs to one explorable. @param {string} name */
const fragment = (name) => ({
  read: () => readPart(location.hash, name),
  /** @param {string} query */
  href: (query) => location.href.split("#")[0] + (writePart("", name, query) || `#${name}`),
  /** @param {string} query */
  write(query) {
    const hash = writePart(location.hash, name, query);
    if (hash !== location.hash) history.replaceState(history.state, "", location.href.split("#")[0] + hash);
  },
});

/** @typedef {HTMLElement & { model?: PageModel }} Mounted */

/** @param {Mounted} element @param {number} number @param {Sandbox} sandbox */
async function mount(element, number, sandbox) {
  const part = fragment(element.id);
  try {
    const state = JSON.parse(element.dataset.explorable ?? "");
    const model = new PageModel(state, { number, sandbox, fragment: part, editor: () => import(beside("editor.js")) });
    const [{ default: widget }] = await Promise.all([import(beside("explorable.js")), model.start()]);
    const still = [...element.childNodes];
    await widget.render({ model, el: element });
    still.forEach((node) => node.remove());
    element.model = model;
    element.dataset.ready = "";
    performance.mark("explorable-ready", { detail: element.id });
    if (part.read() !== null && !returns) element.scrollIntoView();
  } catch (error) {
    for (const still of element.querySelectorAll("noscript")) still.outerHTML = still.textContent ?? "";
    console.error(error);
  }
}

const elements = /** @type {NodeListOf<HTMLElement>} */ (document.querySelectorAll(".explorable[data-explorable]"));
if (elements.length) {
  const sandbox = new Sandbox(beside);
  const back = placeBefore();
  Promise.all([...elements].map((element, number) => mount(element, number, sandbox))).then(back);
}

/**
 * A reload, or Back, returns the reader to where he was, though the figures have got their heights meanwhile.
 * @returns {() => Promise<void>} to be called when they have
 */
function placeBefore() {
  const name = `explorables ${location.pathname}`;
  let moved = false;
  for (const type of ["wheel", "touchmove", "pointerdown", "keydown"]) {
    addEventListener(type, () => (moved = true), { once: true, passive: true });
  }
  addEventListener("pagehide", () => stored(() => sessionStorage.setItem(name, String(scrollY))));
  const place = Number(stored(() => sessionStorage.getItem(name)));
  return async () => {
    for (let i = 0; i < 4; i++) await new Promise(requestAnimationFrame);
    if (returns && !moved && place) scrollTo({ top: place, behavior: "instant" });
  };
}

/** What storage does, where it is allowed. @template T @param {() => T} use */
function stored(use) {
  try {
    return use();
  } catch {
    return null;
  }
}

/** Set a figure as a phrase of the text says. @param {HTMLAnchorElement} link @param {Event} event */
async function follow(link, event) {
  const element = /** @type {Mounted | null} */ (document.getElementById(link.dataset.figure ?? ""));
  if (!element?.model) return; // the figure stands still: the link leads to it
  event.preventDefault();
  const query = new URLSearchParams(link.dataset.query);
  const at = query.get("at");
  query.delete("at");
  const hash = writePart(location.hash, element.id, String(query));
  history.replaceState(history.state, "", location.href.split("#")[0] + hash);
  dispatchEvent(new HashChangeEvent("hashchange"));
  element.scrollIntoView({ block: "nearest" });
  await element.model.answered;
  if (at !== null) element.dispatchEvent(new CustomEvent("explorable-step", { detail: Number(at) }));
}

for (const link of /** @type {NodeListOf<HTMLAnchorElement>} */ (document.querySelectorAll("a.explorable-set"))) {
  link.setAttribute("role", "button");
  link.addEventListener("click", (event) => follow(link, event));
  link.addEventListener("keydown", (event) => event.key === " " && follow(link, event));
}
