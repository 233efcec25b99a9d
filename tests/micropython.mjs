// Run a program in MicroPython: node micropython.mjs LOADER [PLACE=]MODULE... PROGRAM < request.json > answer.json
import { readFileSync } from "node:fs";
import { basename } from "node:path";
import { pathToFileURL } from "node:url";

const [loader, ...files] = process.argv.slice(2);
const program = files.pop();
const { loadMicroPython } = await import(pathToFileURL(loader));
const micropython = await loadMicroPython({ heapsize: 64 * 1024 * 1024, stdout: console.log });
for (const file of files) {
  const [place, path] = file.includes("=") ? file.split("=") : [basename(file), file];
  place.split("/").slice(0, -1).reduce((folder, name) => {
    if (!micropython.FS.analyzePath(`${folder}/${name}`).exists) micropython.FS.mkdir(`${folder}/${name}`);
    return `${folder}/${name}`;
  }, "");
  micropython.FS.writeFile(`/${place}`, readFileSync(path));
}
// Through JavaScript, as in the page, where 1.0 becomes 1.
micropython.FS.writeFile("/request.json", JSON.stringify(JSON.parse(readFileSync(0, "utf8"))));
try {
  micropython.runPython(readFileSync(program, "utf8"));
} catch (error) {
  console.error(error.message);
  process.exitCode = 1;
}
