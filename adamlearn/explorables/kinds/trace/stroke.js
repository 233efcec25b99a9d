// A stroke of the hand over the steps: what it passes between two of its points is filled in.

/** @typedef {[step: number, value: number]} Point */

/**
 * The steps from one point of a stroke to the next, without the first and with the last.
 * @param {Point | null} from  nothing where a stroke begins
 * @param {Point} to
 * @returns {Point[]}
 */
export function between(from, to) {
  const [end, value] = to;
  if (!from || from[0] === end) return [to];
  const [start, before] = from;
  const count = Math.abs(end - start);
  const towards = Math.sign(end - start);
  return Array.from({ length: count }, (_, i) => [
    start + towards * (i + 1),
    i + 1 === count ? value : Number((before + ((value - before) * (i + 1)) / count).toFixed(2)),
  ]);
}

/**
 * Gradients with some of them set anew, and zeros up to those.
 * @param {number[]} drawn
 * @param {Point[]} points
 */
export function withPoints(drawn, points) {
  const next = [...drawn];
  for (const [step, value] of points) {
    while (next.length < step) next.push(0);
    next[step - 1] = value;
  }
  return next;
}
