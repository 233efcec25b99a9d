// Names as a reader sees or hears them.

/**
 * What a hyperparameter or a quantity is called; that of a reader's rule has its bare name.
 * @param {import("./types.js").Figure} figure
 * @param {string} name
 * @param {"label" | "spoken" | "row"} as  to be read, to be heard, or at the head of a table's row
 */
export const called = ({ names }, name, as) => (Object.hasOwn(names, name) ? names[name][as] : name.replaceAll("_", " "));
