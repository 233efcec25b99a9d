// The sorts of inputs that a link can carry: a choice, numbers, what has a key of its own.
import { EDITED } from "./store.js";

/**
 * @typedef {Record<string, any>} Inputs
 * @typedef {[key: string, value: string]} Pair
 *
 * The store, as far as a link needs it.
 * @typedef {{ names: string[], initial: Inputs, figure: import("./types.js").Figure, inputs(): Inputs, get(name: string): any }} Source
 *
 * What has been read of a link: `unread` are texts that the reader has not run yet, `pending` the
 * hyperparameters of the rules that they say.
 * @typedef {{ store: Source, inputs: Inputs, unread: Record<string, string>, pending: Record<string, Record<string, number>> }} Reading
 *
 * An input of a link: the keys that it owns; what is written; and what has been read, which returns what
 * of it cannot be used.
 * @typedef {{
 *   owns: (key: string, store: Source) => boolean,
 *   write: (now: Inputs, store: Source) => Pair[],
 *   read: (reading: Reading, pairs: Pair[]) => (string | undefined)[],
 * }} Sort
 */

/** @param {any} a @param {any} b */
export const same = (a, b) => JSON.stringify(a) === JSON.stringify(b);

/** Whether an object itself has a key, which somebody may have made up. @param {any} object @param {string} key */
export const has = (object, key) => object != null && Object.hasOwn(object, key);

/** @param {any[] | undefined} things @param {string} name */
export const named = (things, name) => things?.find((thing) => thing.name === name);

/** @param {string} text */
export const toNumbers = (text) => text.split(",").map((part) => (part.trim() ? Number(part) : NaN));

/** What a reader's edited thing was made of. @param {string} name */
export const originalOf = (name) => name.slice(0, -EDITED.length);

/** @param {string} key */
export const unknown = (key) => `“${key}” is not a setting of this figure`;

/**
 * An input with a key of its own.
 * @param {string} key
 * @param {(now: Inputs, store: Source) => string | null} written
 * @param {(reading: Reading, value: string) => string | undefined} read
 * @returns {Sort}
 */
export function single(key, written, read) {
  return {
    owns: (other) => other === key,
    write(now, store) {
      const text = written(now, store);
      return text === null ? [] : [[key, text]];
    },
    read: (reading, pairs) => pairs.map(([, value]) => read(reading, value)),
  };
}

/**
 * The name of one of the figure's things, which has the first value of another input.
 * @param {string} key @param {"functions" | "streams"} things @param {string} other
 */
export function choice(key, things, other) {
  /** @type {Parameters<typeof single>[2]} */
  function read({ store, inputs, unread }, value) {
    /** @type {any[]} */
    const known = store.figure[things].filter((/** @type {any} */ { of }) => !of || has(inputs.edited, of));
    const pending = value.endsWith(EDITED) && has(unread, originalOf(value)) ? originalOf(value) : value;
    const chosen = named(known, value) ?? named(known, pending);
    if (!chosen) return `${key} is “${value}”; expected one of ${known.map(({ name }) => name).join(", ")}`;
    inputs[key] = chosen.name;
    inputs[other] = structuredClone(chosen[other]);
  }
  return single(key, (now, { initial }) => (now[key] === initial[key] ? null : now[key]), read);
}

/**
 * Numbers with commas between them.
 * @param {string} key
 * @param {number | null} length null: any
 * @param {(now: Inputs, store: Source) => any} usual what is not written
 */
export function numbers(key, length, usual) {
  /** @type {Parameters<typeof single>[2]} */
  function read({ inputs }, value) {
    const found = value === "" && length === null ? [] : toNumbers(value);
    if (!found.every(Number.isFinite) || (length ?? found.length) !== found.length) {
      return `${key} is “${value}”; expected ${length === 2 ? "two " : ""}numbers`;
    }
    inputs[key] = found;
  }
  return single(key, (now, store) => (same(now[key], usual(now, store)) ? null : now[key].join(",")), read);
}
