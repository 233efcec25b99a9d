// Drop from a folder's styles and fonts what no page of a built book uses; minify its styles and scripts.
import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { transform } from "esbuild";
import { PurgeCSS } from "purgecss";
// @ts-expect-error it has no types
import subsetFont from "subset-font";

/** @param {string} folder @param {string} kind */
const filesIn = (folder, kind) =>
  readdirSync(folder, { recursive: true, encoding: "utf8" })
    .filter((name) => name.endsWith(kind))
    .map((name) => join(folder, name));

const [book, folder] = process.argv.slice(2);
const pages = filesIn(book, ".html");
const scripts = filesIn(folder, ".js");
// Scripts make elements too; these two name every icon and word.
const makers = filesIn(book, ".js").filter((name) => !/(fontawesome|searchindex)\.js$/.test(name));

const purged = await new PurgeCSS().purge({ content: [...pages, ...makers], css: filesIn(folder, ".css") });
/** @param {string} code @param {"css" | "js"} loader */
const minified = async (code, loader) => (await transform(code, { loader, minify: true })).code;
for (const { file = "", css } of purged) writeFileSync(file, await minified(css, "css"));
for (const name of scripts.filter((name) => !/\.min\.|[/\\]scripts[/\\]/.test(name))) {
  writeFileSync(name, await minified(readFileSync(name, "utf8"), "js"));
}

// Icons stand in the styles, as themselves or as \f054; all other characters in the pages.
/** @param {string} css */
const decoded = (css) => css.replace(/\\([0-9a-f]{4,5})\b/g, (_, code) => String.fromCodePoint(parseInt(code, 16)));
const icons = purged.flatMap(({ css }) => decoded(css).match(/\p{Private_Use}/gu) ?? []).join("");
const text = [...new Set(pages.flatMap((page) => [...new Set(readFileSync(page, "utf8"))]))].join("");
for (const font of filesIn(folder, ".woff2")) {
  const glyphs = font.includes("fontawesome") ? icons : text;
  const options = { targetFormat: "woff2", noHinting: true };
  writeFileSync(font, await subsetFont(readFileSync(font), glyphs, options));
}
