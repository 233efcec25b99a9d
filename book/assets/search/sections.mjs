// A page of the book as what a search can lead to: its sections, each with its own text, its questions, its defined names.
import { parseHTML } from "linkedom";
import { formulaInWords } from "./formulas.mjs";

/**
 * What a search can lead to: a section, a question of a table, a function or class, a word of a glossary.
 * A question has its answer in short; a section can have both. It has its names, which links may use.
 * @typedef {{ url: string, page: string, paragraphs: string[], section?: string, question?: string, answer?: string,
 *   name?: string, term?: string, names?: string[] }} Place
 */

const HEADING = "h1, h2, h3, h4, h5, h6";
// Code, outputs and what is there for the hand or for a second sense: nothing that a reader would look for.
const LEFT_OUT = "script, style, noscript, nav, pre, .highlight, .cell_output > .output, .explorable, summary, .headerlink, .eqno, .katex-html, .citation > .label";
const PARAGRAPHS = "p, li, td, th, dt, dd, figcaption, div.citation";

/** An element's text, its formulas in words; a formula on lines of its own is left out. @param {Element | null} element */
function textOf(element) {
  return (element?.textContent ?? "").replace(/\s+/g, " ").trim();
}

/** Take out of a page what is not searched, and put formulas into words. @param {Element} article */
function tidy(article) {
  for (const element of article.querySelectorAll("div.math")) element.replaceWith(" … ");
  for (const formula of article.querySelectorAll("span.math")) {
    const math = formula.querySelector("math");
    formula.replaceWith(math ? formulaInWords(math) : "");
  }
  for (const element of article.querySelectorAll(LEFT_OUT)) element.remove();
}

/** The texts of a part's blocks, innermost first, each once; the part is emptied. @param {Element} part */
function paragraphsOf(part) {
  const texts = [];
  for (const block of part.querySelectorAll(PARAGRAPHS)) {
    if (block.querySelector(PARAGRAPHS)) continue;
    texts.push(textOf(block));
  }
  return texts.filter((text) => /\w/.test(text));
}

/** Rows of a table of questions: a question that links to its answer, and the answer in short. @param {Element} article @param {string} path */
function questionsOf(article, path) {
  const places = [];
  for (const row of article.querySelectorAll("tr")) {
    const [first, ...others] = row.querySelectorAll("td");
    const link = first?.querySelector("a.reference.internal");
    const title = textOf(first ?? null);
    if (!link || !title.endsWith("?") || textOf(link) !== title) continue;
    const { pathname, hash } = new URL(link.getAttribute("href") ?? "", `http://book/${path}`);
    places.push({ url: pathname.slice(1) + hash, question: title, answer: others.map(textOf).join(" "), paragraphs: [] });
    row.remove();
  }
  return places;
}

/** Names that are defined: functions and classes, words of a glossary. @param {Element} article @param {string} path */
function namesOf(article, path) {
  const places = [];
  for (const term of [...article.querySelectorAll("dl > dt[id]")].reverse()) {
    const meaning = term.nextElementSibling;
    const name = term.querySelector(".sig-name");
    const paragraphs = [...(name ? [term.id] : []), ...(meaning?.localName === "dd" ? paragraphsOf(meaning) : [])];
    places.unshift({ url: `${path}#${term.id}`, [name ? "name" : "term"]: textOf(name ?? term), paragraphs });
    if (meaning?.localName === "dd") meaning.remove();
    term.remove();
  }
  return places;
}

/** @param {Element} article @param {string} path */
function sectionsOf(article, path) {
  const places = [];
  for (const section of [...article.querySelectorAll("section[id]")].reverse()) {
    const heading = [...section.children].find((child) => child.matches(HEADING));
    if (!heading) continue; // a part of a theorem: its text belongs to the section round it
    const url = heading.localName === "h1" ? path : `${path}#${section.id}`;
    const names = [section, ...section.querySelectorAll(":scope > span[id]")].map(({ id }) => `${path}#${id}`);
    const title = textOf(heading);
    heading.remove();
    places.unshift({ url, section: title, paragraphs: paragraphsOf(section), names });
    section.remove();
  }
  return places;
}

/**
 * What a search can lead to on a page.
 * @param {string} html @param {string} path the page's, in the book @returns {Place[]}
 */
export function placesOf(html, path) {
  const { document } = parseHTML(html);
  const article = document.querySelector("article.bd-article");
  if (!article) return [];
  tidy(article);
  const page = textOf(article.querySelector("h1"));
  const found = [...questionsOf(article, path), ...namesOf(article, path), ...sectionsOf(article, path)];
  return found.map((place) => ({ ...place, page }));
}

/** All places; the first question that leads to a section is one place with it. @param {Place[]} places */
export function joined(places) {
  const sections = new Map(places.flatMap((place) => (place.names ?? []).map((name) => [name, place])));
  return places.filter(({ url, question, answer, section }) => {
    const answered = section ? undefined : sections.get(url);
    if (!question || !answered || answered.question) return true;
    Object.assign(answered, { question, answer });
    return false;
  });
}
