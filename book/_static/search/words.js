// Symbols as the names that the code has for them: what the search index holds, and what a query is turned into.

const GREEK =
  "alpha beta gamma delta epsilon zeta eta theta iota kappa lambda mu nu xi omicron pi rho sigma sigma tau upsilon phi chi psi omega".split(" ");

/** @param {string} letter */
const nameOf = (letter) => GREEK[letter.toLowerCase().charCodeAt(0) - "α".charCodeAt(0)];

/**
 * A text with its Greek letters as words, and other styles of letters and digits as the plain ones: β₂ is beta2.
 * @param {string} text
 */
export const inWords = (text) => text.normalize("NFKC").replace(/[α-ωΑ-Ω]/gu, nameOf);
