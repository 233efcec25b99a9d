// "Copy as Python": the program that makes the same run with the package.

/** Lines once each: imports first, then definitions. */
function ordered(lines) {
  const unique = [...new Set(lines)];
  const isImport = (line) => /^(from|import) /.test(line);
  const definitions = unique.filter((line) => !isImport(line));
  return [...unique.filter(isImport).sort(), ...(definitions.length ? ["", ...definitions] : []), ""];
}

/** A number as Python writes it. */
const literal = (x) => (Number.isInteger(x) && Math.abs(x) < 1e15 ? x.toFixed(1) : String(x));
const tuple = (values) => `(${values.map(literal).join(", ")})`;

/** A setting of a stream, whose counts are whole numbers. */
const setting = (name, x) => (["every", "period", "at", "seed"].includes(name) ? String(x) : literal(x));

/** A call with the hyperparameters that differ from their defaults, and the learning rate. */
function construction(optimizer, values) {
  const given = optimizer.names.filter((name) => name === "learning_rate" || values[name] !== optimizer.defaults[name]);
  return `${optimizer.python.call}${given.map((name) => `${name}=${literal(values[name])}`).join(", ")})`;
}

function chosen(store) {
  const hyperparameters = store.get("hyperparameters");
  const runs = store.get("shown").filter((label) => !(label in store.errors));
  const optimizers = runs.map((label) => store.optimizer(label));
  const made = optimizers.map((o) => `    ${JSON.stringify(o.label)}: ${construction(o, hyperparameters[o.label])},`);
  return { lines: optimizers.flatMap((o) => o.python.lines), dict: ["optimizers = {", ...made, "}"] };
}

export function landscapePython(store) {
  const { lines, dict } = chosen(store);
  const { python } = store.figure.functions.find(({ name }) => name === store.get("function"));
  return [
    ...ordered(["from adamlearn.descent import descend", ...lines, ...python.lines]),
    ...dict,
    "runs = {",
    `    label: descend(optimizer, ${python.name}, ${tuple(store.get("start"))}, ${store.get("steps")})`,
    "    for label, optimizer in optimizers.items()",
    "}",
    "for label, run in runs.items():",
    "    print(label, run.positions[-1], run.values[-1])",
    "",
  ].join("\n");
}

export function tracePython(store) {
  const { lines, dict } = chosen(store);
  const { figure } = store;
  const { start, bounds } = figure;
  const stream = figure.streams.find(({ name }) => name === store.get("stream"));
  const drawn = stream.name === "drawn";
  const own = store.get("settings");
  const settings = Object.keys(stream.settings).map((name) => {
    if (name === "p") return "p=float(p)";
    return own[name] === null ? `${name}=optimizer.${name}` : `${name}=${setting(name, own[name])}`;
  });
  const gradient = drawn ? "drawn[t - 1]" : `${stream.python.name}(t${settings.map((text) => `, ${text}`).join("")})`;
  const steps = store.get("steps");
  const gradients = Array.from({ length: steps }, (_, i) => literal(store.get("drawn")[i] ?? 0));
  return [
    ...ordered(["import numpy as np", ...lines, ...(drawn ? [] : stream.python.lines)]),
    ...(drawn ? [`drawn = [${gradients.join(", ")}]`] : []),
    ...dict,
    "positions = {}",
    "for label, optimizer in optimizers.items():",
    `    p = np.array(${literal(start)})`,
    "    positions[label] = [p]",
    `    for t in range(1, ${steps + 1}):`,
    `        p = optimizer.update(p, np.array(${gradient}))`,
    ...(bounds ? [`        p = np.clip(p, ${literal(bounds[0])}, ${literal(bounds[1])})`] : []),
    "        positions[label].append(p)",
    "    print(label, p)",
    "",
  ].join("\n");
}
