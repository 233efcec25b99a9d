// Make the search index of a built book: `node index.mjs _build/html _build/html/pagefind`.
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { close, createIndex } from "pagefind";
import { joined, placesOf } from "./sections.mjs";

const UNUSED = /-ui\.|highlight|unknown/; // Pagefind's own interfaces, and what is for other languages

/** @param {string} text */
const escaped = (text) => text.replace(/[&<>]/g, (sign) => `&#${sign.charCodeAt(0)};`);

const CALLED = /** @type {const} */ (["question", "answer", "section", "term", "name", "page"]);

/**
 * A place as a page of its own, which is what Pagefind ranks. Words in what the place is called count as search.js
 * says.
 * @param {import("./sections.mjs").Place} place
 */
const content = (place) => `<!doctype html><html lang="en"><body>
${CALLED.filter((kind) => place[kind]).map((kind) => `<p data-pagefind-ignore data-pagefind-meta="${kind}">${escaped(place[kind] ?? "")}</p>`).join("\n")}
${place.paragraphs.map((text) => `<p>${escaped(text)}</p>`).join("\n")}</body></html>`;

const [book, target] = process.argv.slice(2);
const pages = readdirSync(join(book, "book"), { recursive: true, encoding: "utf8" }).filter((name) => name.endsWith(".html")).sort();
const places = joined(pages.flatMap((name) => placesOf(readFileSync(join(book, "book", name), "utf8"), `book/${name}`)));

const { index, errors } = await createIndex({ forceLanguage: "en" });
if (!index) throw new Error(errors.join("\n"));
await Promise.all(
  places.map(async (place) => {
    const { errors } = await index.addHTMLFile({ url: place.url, content: content(place) });
    if (errors.length) throw new Error(`${place.url}: ${errors.join("\n")}`);
  }),
);
const { files } = await index.getFiles();
for (const { path, content } of files.filter(({ path }) => !UNUSED.test(path))) {
  mkdirSync(dirname(join(target, path)), { recursive: true });
  writeFileSync(join(target, path), content);
}
await close();
console.log(`${places.length} places can be found in ${pages.length} pages`);
