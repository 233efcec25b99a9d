// Typeset formulas with KaTeX: a line of JSON in, {"tex", "display"}; a line out, {"html"} or {"error"}.
import { createInterface } from "node:readline";
import katex from "katex";

for await (const line of createInterface({ input: process.stdin })) {
  const { tex, display } = JSON.parse(line);
  let answer;
  try {
    const html = katex.renderToString(tex, { displayMode: display, strict: "error" });
    answer = { html: html.replace(/<annotation.*?<\/annotation>/s, "") }; // its source: no reader meets it
  } catch (error) {
    answer = { error: /** @type {Error} */ (error).message };
  }
  console.log(JSON.stringify(answer));
}
