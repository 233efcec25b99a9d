// The settings a slider sets: how its positions map to values, and which values are refused.

/**
 * Positions 0..count of a slider, and the values that they stand for.
 * @typedef {{ count: number, value: (position: number) => number, position: (value: number) => number }} Scale
 */

/**
 * Positions on a logarithmic scale; with `zero`, the first is 0.
 * @param {number} low @param {number} high @param {number} perDecade @param {boolean} [zero] @returns {Scale}
 */
function logarithmic(low, high, perDecade, zero = false) {
  const first = Math.round(Math.log10(low) * perDecade);
  const count = Math.round(Math.log10(high) * perDecade) - first + (zero ? 1 : 0);
  return {
    count,
    value: (position) =>
      zero && position === 0 ? 0 : Number((10 ** ((first + position - (zero ? 1 : 0)) / perDecade)).toPrecision(2)),
    position: (value) => (value > 0 ? Math.log10(value) * perDecade - first + (zero ? 1 : 0) : 0),
  };
}

/** Positions towards 1, ten for each nine: 0, 0.21, ..., 0.9, ..., 0.99, ... @param {number} nines @returns {Scale} */
function towardsOne(nines) {
  return {
    count: 10 * nines,
    value: (position) => (position === 0 ? 0 : Number((1 - Number((10 ** (-position / 10)).toPrecision(2))).toFixed(8))),
    position: (value) => -Math.log10(1 - value) * 10,
  };
}

/** @param {number} low @param {number} high @returns {Scale} */
function whole(low, high) {
  return { count: high - low, value: (position) => low + position, position: (value) => value - low };
}

/** @param {number} low @param {number} high @param {number} count @returns {Scale} */
function linear(low, high, count) {
  return {
    count,
    value: (position) => Number((low + ((high - low) * position) / count).toPrecision(6)),
    position: (value) => ((value - low) / (high - low)) * count,
  };
}

/** @type {Record<string, Scale>} */
const SCALES = {
  learning_rate: logarithmic(1e-5, 10, 20),
  beta1: towardsOne(3),
  beta2: towardsOne(5),
  beta3: towardsOne(5),
  alpha: linear(0, 20, 80),
  momentum: towardsOne(3),
  epsilon: logarithmic(1e-16, 1, 4, true),
  weight_decay: logarithmic(1e-4, 10, 10, true),
};

/**
 * The scale of a hyperparameter; one that is unknown gets three decades around its default.
 * @param {string} name any that a reader's rule may have @param {number} initial
 */
export function scaleOf(name, initial) {
  if (Object.hasOwn(SCALES, name)) return SCALES[name];
  return initial > 0 ? logarithmic(initial / 1000, initial * 1000, 10, true) : linear(0, 1, 100);
}

/** The scale of a stream's setting. @param {string} name @param {number} initial @param {number} most the most steps */
export function settingScale(name, initial, most) {
  if (["every", "period", "at"].includes(name)) return stepsScale(most);
  if (name === "seed") return whole(0, 99);
  if (["size", "scale", "large"].includes(name) && initial > 0) return logarithmic(1e-3, 1e4, 10);
  if (initial >= 10) return logarithmic(initial / 1000, initial * 1000, 10, true);
  const reach = 2 * Math.max(1, Math.abs(initial));
  return linear(name === "noise" ? 0 : -reach, reach, 80);
}

/** The scale of the number of steps. @param {number} most @returns {Scale} */
export function stepsScale(most) {
  const scale = logarithmic(1, most, 20);
  return { ...scale, value: (position) => Math.min(most, Math.round(scale.value(position))) };
}

/**
 * Why a value cannot be used, in the words of the package; nothing if it can.
 * @param {string} name @param {number} value @returns {string | undefined}
 */
export function refusal(name, value) {
  if (!Number.isFinite(value) || value < 0) return `${name} is ${value}; expected a finite number, 0 or more`;
  if (name.startsWith("beta") && value >= 1) return `${name} is ${value}; expected a number in [0, 1)`;
}

/** @param {string} name @param {number} value @param {number} most @returns {string | undefined} */
export function countRefusal(name, value, most) {
  if (!Number.isInteger(value) || value < 1 || value > most) return `${name} is ${value}; expected a whole number from 1 to ${most}`;
}

/** @param {string} name @param {number} value @returns {string | undefined} */
export function settingRefusal(name, value) {
  const counts = ["every", "period", "at"].includes(name);
  if (!Number.isFinite(value)) return `${name} is ${value}; expected a finite number`;
  if (counts && (!Number.isInteger(value) || value < 1)) return `${name} is ${value}; expected a whole number, 1 or more`;
}
