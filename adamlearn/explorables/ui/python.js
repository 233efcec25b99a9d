// "Copy as Python": the program that makes the same run with the package.

/** @typedef {import("./types.js").Optimizer} Optimizer */
/** @typedef {import("./types.js").Landscape} Landscape */
/** @typedef {import("./store.js").Store} Store */

/**
 * Lines that define something, each with all of one definition, and the expression for it.
 * @typedef {{ lines: string[], name: string }} Group
 */

const NAME = "[\\p{L}_][\\p{L}\\p{N}_]*";
const IMPORT = /^(from|import) /;
const OWN = ["optimizers", "optimizer", "label", "print", "abs", "min", "max", "float", "range"]; // used in each program

/** The name that a line, or a definition of several lines, gives a meaning to; none if it is a comment. @param {string} line */
function nameOf(line) {
  const first = IMPORT.test(line)
    ? line.match(new RegExp(`(${NAME})\\s*$`, "u"))
    : line.match(new RegExp(`^(?:def\\s+)?(${NAME})\\s*[=(]`, "mu"));
  return first?.[1] ?? "";
}

/**
 * All lines once, imports first, and the expression for each group. Where a name already means something else,
 * which may be that of the program around (`own`), what comes later is defined in a function, for itself.
 * @param {string[]} own names that the program uses
 * @param {string[]} imports that the program needs
 * @param {Group[]} groups
 */
function assembled(own, imports, groups) {
  const known = new Map(own.map((name) => [name, ""]));
  for (const line of imports) known.set(nameOf(line), line);
  const [above, definitions] = [[...imports], /** @type {string[]} */ ([])];
  const names = groups.map(({ lines, name }) => {
    const here = new Map(known);
    const apart = lines.filter((line) => {
      const before = here.get(nameOf(line));
      if (before === undefined && nameOf(line)) here.set(nameOf(line), line);
      return before !== undefined && before !== line;
    });
    const inside = apart.length ? [...new Set(lines)].filter((line) => !IMPORT.test(line) || apart.includes(line)) : [];
    for (const line of lines.filter((other) => !inside.includes(other))) {
      if (nameOf(line)) known.set(nameOf(line), line);
      (IMPORT.test(line) ? above : definitions).push(line);
    }
    if (!inside.length) return name;
    const maker = free(`make_${name.match(/\w+/)?.[0]}`, known);
    const text = defined(maker, inside, name);
    known.set(maker, text);
    definitions.push(text);
    return `${maker}()`;
  });
  const unique = [...new Set(definitions)];
  return { lines: [...new Set(above.sort()), ...(unique.length ? ["", ...unique] : []), ""], names };
}

/** @param {string} name @param {Map<string, string>} known */
function free(name, known) {
  let found = name;
  for (let i = 2; known.has(found); i++) found = `${name}_${i}`;
  return found;
}

/** A function that defines a group's lines for itself and returns what they are for. @param {string} maker @param {string[]} lines @param {string} name */
function defined(maker, lines, name) {
  const last = lines[lines.length - 1];
  const isValue = last.startsWith(`${name} = `);
  const body = [...(isValue ? lines.slice(0, -1) : lines), `return ${isValue ? last.slice(name.length + 3) : name}`];
  return `def ${maker}():\n${body.join("\n").replace(/^(?=.)/gm, "    ")}\n`;
}

/** A number as Python writes it. @param {number} x */
function literal(x) {
  if (Number.isNaN(x)) return 'float("nan")';
  if (!Number.isFinite(x)) return `${x < 0 ? "-" : ""}float("inf")`;
  if (Object.is(x, -0)) return "-0.0";
  return Number.isInteger(x) && Math.abs(x) < 1e21 ? x.toFixed(1) : String(x);
}

/** @param {number[]} values */
const tuple = (values) => `(${values.map(literal).join(", ")})`;

/** A setting of a stream, whose counts are whole numbers. @param {string} name @param {number} x */
const setting = (name, x) => (["every", "period", "at", "seed"].includes(name) ? String(x) : literal(x));

/** A call with the hyperparameters that differ from their defaults, and the learning rate. @param {Optimizer} optimizer @param {Record<string, number>} values @param {string} call */
function construction({ names, defaults }, values, call) {
  const given = names.filter((name) => name === "learning_rate" || values[name] !== defaults[name]);
  return `${call}${given.map((name) => `${name}=${literal(values[name])}`).join(", ")})`;
}

/**
 * The lines of the optimizers on show and of one thing more, and the dict of the optimizers.
 * @param {Store} store @param {string[]} own @param {string[]} imports @param {Group} other
 */
function chosen(store, own, imports, other) {
  const hyperparameters = store.get("hyperparameters");
  const shown = store.get("shown").filter((/** @type {string} */ label) => !Object.hasOwn(store.errors, label));
  const runs = store.figure.optimizers.filter(({ label }) => shown.includes(label));
  const calls = runs.map(({ python }) => /** @type {string[]} */ (python.call.match(/^(.*?)([^(]+?)(\(|, )$/s)));
  const groups = runs.map(({ python }, i) => ({ lines: python.lines, name: calls[i][2] }));
  const { lines, names } = assembled([...own, ...OWN], imports, [...groups, other]);
  const made = runs.map((optimizer, i) => {
    const call = calls[i][1] + names[i] + calls[i][3];
    return `    ${JSON.stringify(optimizer.label)}: ${construction(optimizer, hyperparameters[optimizer.label], call)},`;
  });
  return { lines, dict: ["optimizers = {", ...made, "}"], name: names[runs.length] };
}

/** @param {Store} store */
export function landscapePython(store) {
  const { python } = store.landscape;
  const { lines, dict, name } = chosen(store, ["runs", "run"], ["from adamlearn.descent import descend"], python);
  return [
    ...lines,
    ...dict,
    "runs = {",
    `    label: descend(optimizer, ${name}, ${tuple(store.get("start"))}, ${store.get("steps")})`,
    "    for label, optimizer in optimizers.items()",
    "}",
    "for label, run in runs.items():",
    "    print(label, run.positions[-1], run.values[-1])",
    "",
  ].join("\n");
}

/** @param {Store} store */
export function tracePython(store) {
  const { streams, start, bounds } = store.figure;
  const stream = streams.find(({ name }) => name === store.get("stream")) ?? streams[0];
  const isDrawn = stream.name === "drawn";
  const own = ["positions", "p", "t", "drawn"];
  const { lines, dict, name } = chosen(store, own, ["import numpy as np"], isDrawn ? { lines: [], name: "" } : stream.python);
  const values = store.get("settings");
  const settings = Object.keys(stream.settings).map((key) => {
    if (key === "p") return ", p=float(p)";
    return `, ${key}=${values[key] === null ? `optimizer.${key}` : setting(key, values[key])}`;
  });
  const steps = store.get("steps");
  const gradients = Array.from({ length: steps }, (_, i) => literal(store.get("drawn")[i] ?? 0));
  return [
    ...lines,
    ...(isDrawn ? [`drawn = [${gradients.join(", ")}]`] : []),
    ...dict,
    "positions = {}",
    "for label, optimizer in optimizers.items():",
    `    p = np.array(${literal(start)})`,
    "    positions[label] = [p]",
    `    for t in range(1, ${steps + 1}):`,
    `        p = optimizer.update(p, np.array(${isDrawn ? "drawn[t - 1]" : `${name}(t${settings.join("")})`}))`,
    ...(bounds ? [`        p = np.clip(p, ${literal(bounds[0])}, ${literal(bounds[1])})`] : []),
    "        positions[label].append(p)",
    "    print(label, p)",
    "",
  ].join("\n");
}

/** A text whose function has another name, so that it and the original can be in one program. @param {string} text @param {string} name */
const renamed = (text, name) => `${text.replace(new RegExp(`^(def\\s+)${name}(?=\\s*\\()`, "mu"), `$1${name}_edited`).trimEnd()}\n`;

/**
 * How an edited rule is written in Python.
 * @param {Optimizer} original @param {string} text @param {string} name the name that the text defines
 */
export function editedPython(original, text, name) {
  const lines = ["from adamlearn import Optimizer", ...(original.edit?.lines ?? []), renamed(text, name)];
  return { lines, call: `Optimizer(${name}_edited, ` };
}

/**
 * How an edited function of x and y is written in Python; its gradient is that of dual numbers.
 * @param {Landscape} original @param {string} text @param {string} name the name that the text defines
 */
export function editedFunctionPython(original, text, name) {
  const [value, label] = [`${name}_edited`, JSON.stringify(`${original.name}, edited`)];
  const places = `(), ${tuple(original.window)}, ${tuple(original.start)}`;
  const lines = [
    "from adamlearn.dual import gradient_of",
    "from adamlearn.landscapes import Landscape",
    ...(original.edit?.lines ?? []),
    renamed(text, name),
    `function = Landscape(${label}, ${value}, gradient_of(${value}), ${places})`,
  ];
  return { lines, name: "function" };
}
