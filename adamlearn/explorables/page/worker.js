// In a worker of the sandbox: MicroPython with the package's files; it answers what the page asks.

/* global micropython -- the promise of the loader, which stands before this file in one script */

/** @typedef {{ wasm: ArrayBuffer, files: Record<string, string> }} Parts */

/** @param {Parts} parts */
async function start({ wasm, files }) {
  const url = URL.createObjectURL(new Blob([wasm], { type: "application/wasm" }));
  // @ts-expect-error -- no module has it
  const loadMicroPython = await micropython;
  const python = await loadMicroPython({ url, heapsize: 4 << 20 });
  for (const [path, text] of Object.entries(files)) {
    path.split("/").slice(0, -1).reduce((folder, name) => makeFolder(python.FS, `${folder}/${name}`), "");
    python.FS.writeFile(`/${path}`, text);
  }
  return { main: python.pyimport("main"), memory: python._module };
}

/** @param {any} files @param {string} folder */
function makeFolder(files, folder) {
  if (!files.analyzePath(folder).exists) files.mkdir(folder);
  return folder;
}

/** The numbers of an answer, one block after the other. @param {any} memory @param {any[]} blocks */
function numbersOf(memory, blocks) {
  const sizes = blocks.map(([, columns, rows]) => columns.length * rows);
  const data = new Float64Array(sizes.reduce((sum, size) => sum + size, 0));
  let at = 0;
  blocks.forEach(([, , , start], block) => {
    for (let i = 0; i < sizes[block]; i++) data[at++] = memory.getValue(start + 8 * i, "double");
  });
  return data;
}

/** @param {MessagePort} port @param {Parts} parts */
async function serve(port, parts) {
  const { main, memory } = await start(parts);
  port.onmessage = ({ data: { id, show, ask } }) => {
    try {
      if (show) {
        main.show(...show);
        port.postMessage({ id });
      } else {
        const { blocks, errors } = JSON.parse(main.ask(...ask));
        const data = numbersOf(memory, blocks);
        port.postMessage({ id, blocks, errors, data }, [data.buffer]);
      }
    } catch (error) {
      port.postMessage({ id, failure: String(error) });
    }
  };
  port.postMessage({ id: 0 });
}

addEventListener("message", ({ data, ports }) => serve(ports[0], data), { once: true });
