// Hold texts to the grammar of the editor: a line of JSON {kind, text, names} for each, and a line for each answer.
import { createInterface } from "node:readline";

const editor = "../../adamlearn/explorables/editor";
const { GrammarError, read, readFunction } = await import(`${editor}/grammar.js`);

for await (const line of createInterface({ input: process.stdin })) {
  const { kind, text, names } = JSON.parse(line);
  let answer;
  try {
    answer = kind === "function" ? readFunction(text, names) : read(text, names);
  } catch (error) {
    const { message, line, stack } = /** @type {any} */ (error);
    answer = error instanceof GrammarError ? { refused: message, line } : { failed: stack };
  }
  console.log(JSON.stringify(answer));
}
