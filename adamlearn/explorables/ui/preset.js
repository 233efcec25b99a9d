// A setting of a part of the inputs, as a button has it: beside a figure, or in the text around.

/**
 * Set some of a model's inputs. Hyperparameters that are not named stay as they are, and so do other texts
 * that are edited; with a function comes its start, with a stream its settings, if none are named.
 * @param {import("./types.js").Model} model
 * @param {Record<string, any>} setting
 */
export function apply(model, setting) {
  for (const [name, value] of Object.entries(complete(model.get("figure"), setting))) {
    model.set(name, name === "hyperparameters" || name === "edited" ? merged(model.get(name), value) : value);
  }
  model.save_changes();
}

/**
 * @param {import("./types.js").Figure} figure
 * @param {Record<string, any>} setting
 * @returns {Record<string, any>}
 */
function complete({ functions = [], streams = [] }, setting) {
  const place = functions.find(({ name }) => name === setting.function);
  const stream = streams.find(({ name }) => name === setting.stream);
  return { ...(place && { start: place.start }), ...(stream && { settings: { ...stream.settings } }), ...setting };
}

/**
 * @param {Record<string, any>} before
 * @param {Record<string, any>} values
 */
function merged(before, values) {
  const all = structuredClone(before ?? {});
  for (const [label, value] of Object.entries(values)) {
    all[label] = typeof value === "object" ? { ...all[label], ...value } : value;
  }
  return all;
}
