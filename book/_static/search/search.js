// The search dialog: as the reader types, what Pagefind finds in the book stands under the theme's search field.
import { inWords } from "./words.js";

const BOOK = new URL("../../", import.meta.url);
const SHOWN = 10;
const ENOUGH = 3; // with fewer, places that have a part of the words follow
const PAUSE = 120; // milliseconds between keys after which a search begins
// How much a word counts in what a place is called; in the text it counts 1.
const RANKING = { metaWeights: { question: 9, term: 9, section: 6, name: 3, answer: 1, page: 0.5 } };

const dialog = /** @type {HTMLDialogElement | null} */ (document.getElementById("pst-search-dialog"));
const form = dialog?.querySelector("form");
const input = form?.querySelector("input");

/** Pagefind's script, once it is wanted. @type {Promise<any> | undefined} */
let loading;
const pagefind = () => (loading ??= import(new URL("pagefind/pagefind.js", BOOK).href).then(async (script) => {
  await script.options({ ranking: RANKING, excerptLength: 24 });
  return script;
}));

/**
 * Places that have all words of a query, best first; where they are few, those that have some follow.
 * @param {string} query @returns {Promise<{ id: string, score: number, data: () => Promise<any> }[]>}
 */
async function find(query) {
  const { search } = await pagefind();
  const whole = (await search(query)).results;
  const words = query.split(/\s+/);
  if (whole.length >= ENOUGH || words.length < 2) return whole;
  const scores = new Map();
  for (const { results } of await Promise.all(words.map((word) => search(word)))) {
    for (const result of results) scores.set(result.id, { ...result, score: result.score + (scores.get(result.id)?.score ?? 0) });
  }
  for (const { id } of whole) scores.delete(id);
  return [...whole, ...[...scores.values()].sort((a, b) => b.score - a.score)];
}

/** @param {any} place as Pagefind has kept it */
function entry({ url, raw_url, meta, excerpt }) {
  const link = document.createElement("a");
  link.href = new URL(raw_url ?? url, BOOK).href;
  const [title, page, text] = ["strong", "span", "span"].map((name) => link.appendChild(document.createElement(name)));
  title.textContent = meta.question ?? meta.term ?? meta.section ?? meta.name;
  page.textContent = meta.page === title.textContent ? "" : meta.page;
  page.className = "search-page";
  if (meta.answer) text.textContent = meta.answer;
  else text.innerHTML = excerpt; // the book's own text, escaped at build, with the words found marked
  const item = document.createElement("li");
  item.append(link);
  return item;
}

/** Have the dialog search. @param {HTMLDialogElement} dialog @param {HTMLFormElement} form @param {HTMLInputElement} input */
function serve(dialog, form, input) {
  const status = document.createElement("p");
  status.setAttribute("role", "status");
  const list = document.createElement("ol");
  const results = document.createElement("div");
  results.className = "search-results";
  results.append(status, list);
  form.after(results);

  /** @param {string} query */
  async function show(query) {
    const found = query ? await find(query) : [];
    const places = await Promise.all(found.slice(0, SHOWN).map((result) => result.data()));
    if (query !== asked()) return; // the reader has typed on
    list.replaceChildren(...places.map(entry));
    const more = found.length > SHOWN ? `The best ${SHOWN} of ${found.length} places` : `${found.length} ${found.length === 1 ? "place" : "places"}`;
    status.textContent = !query ? "" : found.length ? `${more} in the book.` : "Nothing in the book has these words.";
  }
  const asked = () => inWords(input.value.trim());
  const search = () => show(asked());

  /** @type {ReturnType<typeof setTimeout>} */
  let timer;
  input.addEventListener("focus", () => void pagefind().catch(() => {}), { once: true });
  input.addEventListener("input", () => {
    clearTimeout(timer);
    timer = setTimeout(() => search().catch(() => {}), PAUSE);
  });
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    clearTimeout(timer);
    search().then(() => list.querySelector("a")?.click(), () => form.submit()); // the theme's page can search too
  });
  list.addEventListener("click", () => dialog.close());
  dialog.addEventListener("keydown", (event) => {
    const steps = /** @type {Record<string, number>} */ ({ ArrowDown: 1, ArrowUp: -1 });
    const stops = [input, ...list.querySelectorAll("a")];
    const to = stops.indexOf(/** @type {any} */ (document.activeElement)) + steps[event.key];
    if (!stops[to]) return; // another key, or the end
    event.preventDefault();
    stops[to].focus();
  });
}

if (dialog && form && input) serve(dialog, form, input);
