// Drop the styles and the fonts' glyphs that no page of a built book uses; minify styles and scripts.
import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { transform } from "esbuild";
import { PurgeCSS } from "purgecss";
// @ts-expect-error it has no types
import subsetFont from "subset-font";

const [book] = process.argv.slice(2);
const files = readdirSync(book, { recursive: true, encoding: "utf8" }).map((name) => join(book, name));
const pages = files.filter((name) => name.endsWith(".html"));
// Scripts make elements too; these two name every icon and word.
const scripts = files.filter((name) => name.endsWith(".js") && !/(fontawesome|searchindex)\.js$/.test(name));
const styles = files.filter((name) => name.endsWith(".css") && !name.includes("explorables"));

const purged = await new PurgeCSS().purge({ content: [...pages, ...scripts], css: styles });
/** @param {string} code @param {"css" | "js"} loader */
const minified = async (code, loader) => (await transform(code, { loader, minify: true })).code;
for (const { file = "", css } of purged) writeFileSync(file, await minified(css, "css"));
for (const name of scripts.filter((name) => !/explorables|\.min\.|_static.(scripts|locales)/.test(name))) {
  writeFileSync(name, await minified(readFileSync(name, "utf8"), "js"));
}

// Icons stand in the styles, as themselves or as \f054; all other characters in the pages.
/** @param {string} css */
const decoded = (css) => css.replace(/\\([0-9a-f]{4,5})\b/g, (_, code) => String.fromCodePoint(parseInt(code, 16)));
const icons = purged.flatMap(({ css }) => decoded(css).match(/\p{Private_Use}/gu) ?? []).join("");
const text = [...new Set(pages.flatMap((page) => [...new Set(readFileSync(page, "utf8"))]))].join("");
for (const font of files.filter((name) => name.endsWith(".woff2"))) {
  const glyphs = font.includes("fontawesome") ? icons : text;
  const options = { targetFormat: "woff2", noHinting: true };
  writeFileSync(font, await subsetFont(readFileSync(font), glyphs, options));
}
