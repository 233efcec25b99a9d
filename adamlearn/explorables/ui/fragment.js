// A setting as text for a link, and where it stands in the page's address.
import { SORTS } from "./linked.js";
import { unknown } from "./sorts.js";

/** @typedef {import("./sorts.js").Source} Source */

/** The sorts of a figure's inputs. @param {Source} store */
const sortsOf = ({ names }) => Object.keys(SORTS).filter((name) => names.includes(name));

/** The query of the present inputs, only what has been changed: empty when nothing has been. @param {Source} store */
export function encode(store) {
  const now = store.inputs();
  return new URLSearchParams(sortsOf(store).flatMap((name) => SORTS[name].write(now, store))).toString();
}

/**
 * The inputs that a query describes, and what in it cannot be used. A text that the reader has not run is
 * not among the inputs but in `unread`, and the hyperparameters of the rule that it says are in `pending`,
 * by label. After it has been run, the same query decoded again has them all among the inputs.
 * @param {Source} store @param {string} text
 */
export function decode(store, text) {
  const sorts = sortsOf(store);
  const pairs = [...new URLSearchParams(text)];
  const owner = new Map(pairs.map(([key]) => [key, sorts.find((name) => SORTS[name].owns(key, store))]));
  /** @type {import("./sorts.js").Reading} */
  const reading = { store, inputs: structuredClone(store.initial), unread: {}, pending: {} };
  const read = sorts.flatMap((sort) => SORTS[sort].read(reading, pairs.filter(([key]) => owner.get(key) === sort)));
  const messages = [...read, ...pairs.map(([key]) => (owner.get(key) ? undefined : unknown(key)))];
  const { inputs, unread, pending } = reading;
  const problems = messages.filter(Boolean).map((message) => `In the link: ${message}.`);
  return { inputs, problems, unread, pending };
}

/** The parts of an address's fragment; a query cannot have a `;` that is followed by a name and `?`. @param {string} hash */
const partsOf = (hash) => hash.replace(/^#/, "").split(/;(?=[^;?&=]+\?)/);

/** Whether a part is that of a figure: `name?query`. @param {string} part @param {string} name */
const isOf = (part, name) => part.startsWith(`${name}?`) || part.startsWith(`${encodeURIComponent(name)}?`);

/**
 * The query of one figure in a fragment `#name?query;other?query`, or null if it has none there.
 * @param {string} hash @param {string} name
 */
export function readPart(hash, name) {
  const part = partsOf(hash).find((one) => isOf(one, name));
  return part === undefined ? null : part.slice(part.indexOf("?") + 1);
}

/**
 * The fragment with another query for one figure; those of the others stay as they are.
 * @param {string} hash @param {string} name @param {string} query
 */
export function writePart(hash, name, query) {
  if (!query && readPart(hash, name) === null) return hash;
  const own = encodeURIComponent(name);
  const parts = partsOf(hash).filter((part) => part.includes("?"));
  const at = parts.findIndex((part) => isOf(part, name));
  parts.splice(at < 0 ? parts.length : at, at < 0 ? 0 : 1, ...(query ? [`${own}?${query}`] : []));
  return `#${parts.join(";") || own}`;
}
