// Where the page's Python runs: a worker in a frame that has no origin, and reaches nothing.

/**
 * What an answer is: the columns of each run one after the other in `data`.
 * @typedef {{ columns: [string, string][], rows: number, errors: Record<string, string>, data: Float64Array }} Answer
 */

const POLICY = "default-src 'none'; script-src 'nonce-frame' 'wasm-unsafe-eval' blob:; worker-src blob:; connect-src blob:";

// The frame starts a worker for each port that it is handed, and ends the one before.
const FRAME = `<!doctype html><meta http-equiv="Content-Security-Policy" content="${POLICY}">
<script nonce="frame">
  let worker;
  addEventListener("message", ({ source, data, ports: [port] }) => {
    if (source !== parent) return;
    worker?.terminate();
    const script = new Blob([data.script], { type: "text/javascript" });
    worker = new Worker(URL.createObjectURL(script));
    worker.onerror = ({ message }) => parent.postMessage({ failure: message ?? "no worker" }, "*");
    worker.postMessage(data.parts, [port]);
  });
</script>`;

/** The frame, once it has loaded. @returns {Promise<Window>} */
function openFrame() {
  const frame = document.createElement("iframe");
  frame.setAttribute("sandbox", "allow-scripts");
  frame.hidden = true;
  frame.title = "Where the figures' Python runs";
  frame.srcdoc = FRAME;
  return new Promise((resolve) => {
    frame.addEventListener("load", () => resolve(/** @type {Window} */ (frame.contentWindow)), { once: true });
    document.body.append(frame);
  });
}

/** @param {(name: string) => string} beside */
async function fetchParts(beside) {
  const load = async (/** @type {string} */ name) => {
    const response = await fetch(beside(name));
    if (!response.ok) throw new Error(`${name}: ${response.status}`);
    return response;
  };
  const [loader, worker, wasm, files] = await Promise.all([
    load("micropython.js").then((response) => response.text()),
    load("worker.js").then((response) => response.text()),
    load("micropython.wasm").then((response) => response.arrayBuffer()),
    load("python.json").then((response) => response.json()),
  ]);
  return { script: `${loader}\n${worker}`, parts: { wasm, files } };
}

/**
 * What the worker is to do, and how long it may take.
 * @typedef {{ request: object, limit: number, resolve: (answer: any) => void, reject: (error: Error) => void }} Job
 */

const PATIENCE = 30_000; // milliseconds after which a worker that says nothing is taken for lost

/** The page's Python. What comes back from it is looked at before it is used: it may have been the reader's text that spoke. */
export class Sandbox {
  /** @type {Map<number, string>} */
  #figures = new Map();
  /** @type {Job[]} those that wait; the worker has the first */
  #jobs = [];
  /** @type {MessagePort | undefined} */
  #port;
  #ids = 0;
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  #timer;
  /** @type {Window | undefined} */
  #frame;
  /** @type {any} */
  #parts;
  /** @type {(error: Error) => void} */
  #failed = () => {};

  /** @param {(name: string) => string} beside where a served file is */
  constructor(beside) {
    this.ready = Promise.all([openFrame(), fetchParts(beside)]).then(([frame, parts]) => {
      [this.#frame, this.#parts] = [frame, parts];
      addEventListener("message", ({ source, data }) => source === frame && this.#failed(new Error(String(data?.failure))));
      return this.#start();
    });
  }

  /** A worker, once it listens. @returns {Promise<void>} */
  #start() {
    const { port1, port2 } = new MessageChannel();
    this.#port?.close();
    this.#port = port1;
    return new Promise((resolve, reject) => {
      this.#failed = reject;
      port1.onmessage = () => {
        port1.onmessage = ({ data }) => this.#hear(data);
        resolve();
      };
      /** @type {Window} */ (this.#frame).postMessage(this.#parts, "*", [port2]);
    });
  }

  /** @param {object} request @param {number} limit @returns {Promise<any>} */
  #send(request, limit) {
    return new Promise((resolve, reject) => {
      if (this.#jobs.push({ request, limit, resolve, reject }) === 1) this.#next();
    });
  }

  /** Give the worker the first of those that wait; its time begins now. */
  #next() {
    const [job] = this.#jobs;
    if (!job) return;
    const limit = Math.min(job.limit, PATIENCE);
    this.#timer = setTimeout(() => this.#restart(new Error(`it was stopped after ${limit / 1000} seconds`)), limit);
    this.#port?.postMessage({ id: ++this.#ids, ...job.request });
  }

  /** @param {any} message */
  #hear(message) {
    if (message?.id !== this.#ids) return;
    if (typeof message.failure === "string") return void this.#restart(new Error(message.failure));
    clearTimeout(this.#timer);
    this.#jobs.shift()?.resolve(message);
    this.#next();
  }

  /** End what goes on, and begin anew with all figures; those that wait wait on. @param {Error} why */
  async #restart(why) {
    clearTimeout(this.#timer);
    const [job, ...others] = this.#jobs;
    this.#jobs = [];
    this.ready = this.#start();
    job?.reject(why);
    await this.ready;
    const figures = [...this.#figures].map(([number, text]) => ({ request: { show: [number, text] }, limit: PATIENCE, resolve() {}, reject() {} }));
    const idle = this.#jobs.length === 0;
    this.#jobs = [...figures, ...others, ...this.#jobs];
    if (idle) this.#next();
  }

  /** Take a figure, as it is now. @param {number} number @param {object} figure */
  async show(number, figure, limit = PATIENCE) {
    const text = JSON.stringify(figure);
    await this.ready;
    await this.#send({ show: [number, text] }, limit);
    this.#figures.set(number, text);
  }

  /**
   * What a figure's Python answers to inputs.
   * @param {number} number @param {object} inputs @param {string} of @param {number} limit in milliseconds
   * @returns {Promise<Answer>}
   */
  async ask(number, inputs, of, limit) {
    await this.ready;
    return read(await this.#send({ ask: [number, JSON.stringify(inputs), of] }, limit));
  }
}

/** An answer, if it is one. @param {any} message @returns {Answer} */
function read({ blocks, errors, data }) {
  const columns = blocks.flatMap((/** @type {any} */ [label, names]) => names.map((/** @type {any} */ name) => [String(label), String(name)]));
  const rows = blocks.length ? Number(blocks[0][2]) : 0;
  const words = Object.entries(errors).map(([label, message]) => [label, String(message).slice(0, 500)]);
  if (!(data instanceof Float64Array) || data.length !== columns.length * rows) throw new Error("the answer has another size");
  return { columns, rows, errors: Object.fromEntries(words), data };
}
