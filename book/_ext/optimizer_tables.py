"""Sphinx extension of the book: what is said of every optimizer, made from the package and book/data.

`optimizers` is the table of our classes; `frameworks` the table of what PyTorch, Optax and Keras have for
them, and with an optimizer's name the lines that do the same; `conventions` what libraries disagree on.
"""

import json
import sys
import tomllib
from pathlib import Path

import adamlearn
from adamlearn import optimizers, rules
from adamlearn.hyperparameters import read_rule
from docutils import nodes
from sphinx.util.docutils import SphinxDirective

sys.path.append(str(Path(__file__).parents[1]))  # the folders of the book

from measuring import convention_rules
from measuring.conventions import read_conventions

DATA = Path(__file__).parents[1] / "data"
LINES, MEASURED = DATA / "frameworks.toml", DATA / "frameworks.json"
FRAMEWORKS = {"torch": "PyTorch", "optax": "Optax", "keras": "Keras"}
CONVENTIONS, APART = DATA / "conventions.toml", DATA / "conventions.json"
WORDS = {"defaults": "with our defaults", "epsilon": "with an epsilon of 0.1"}


class Generated(SphinxDirective):
    """A directive whose content is Markdown that is made here, of some files."""

    optional_arguments = 1

    def made_of(self):
        classes = Path(optimizers.__file__).parent.glob("*.py")
        return LINES, MEASURED, CONVENTIONS, APART, __file__, rules.__file__, *classes

    def run(self):
        for file in self.made_of():
            self.env.note_dependency(str(file))
        self.content.data[:] = self.text().splitlines()
        self.content.items[:] = [(self.env.docname, self.lineno)] * len(self.content.data)
        container = nodes.Element()
        self.state.nested_parse(self.content, self.content_offset, container)
        return container.children


def table(head, rows):
    """A table in Markdown."""
    return "\n".join(f"| {' | '.join(row)} |" for row in (head, ["---"] * len(head), *rows))


class Optimizers(Generated):
    """The table of the named optimizers: what each is, its hyperparameters and what it remembers."""

    def text(self):
        rows = []
        for cls in vars(optimizers).values():
            if not (isinstance(cls, type) and hasattr(cls, "named_rule")):
                continue
            slots, signature = read_rule(cls.named_rule)
            given = ", ".join(f"`{name}={number(p.default)}`" for name, p in signature.parameters.items())
            what = cls.__doc__.splitlines()[0]
            rows.append(
                [f"{{class}}`~adamlearn.{cls.__name__}`", what, given, ", ".join(map("`{}`".format, slots))]
            )
        return table(["Optimizer", "What it is", "Hyperparameters", "Remembers"], rows)


class Frameworks(Generated):
    """The table of all, or the lines for one optimizer."""

    def text(self):
        lines = tomllib.loads(LINES.read_text(encoding="utf-8"))
        measured = json.loads(MEASURED.read_text(encoding="utf-8"))
        if not self.arguments:
            return overview(lines, measured["versions"])
        name = self.arguments[0]
        parts = [f"```python\n{own_call(name)}\n```"]
        for framework, line in lines[name].items():
            parts.append(described(framework, line, measured["differences"].get(name, {}).get(framework, {})))
        return "\n\n".join(parts)


def overview(lines, versions):
    """Which framework has what does the same."""
    head = ["Ours", *(f"{FRAMEWORKS[name]} {version}" for name, version in versions.items())]
    rows = []
    for optimizer, by_framework in lines.items():
        words = [
            "differs" if "rule" in line else "the same" if "call" in line else "none"
            for line in map(by_framework.get, versions)
        ]
        rows.append([f"[{optimizer}](frameworks-{optimizer.lower()})", *words])
    return table(head, rows)


def own_call(name):
    """Our call, with every hyperparameter by its name."""
    parameters = read_rule(getattr(adamlearn, name).named_rule)[1].parameters
    return f"{name}({', '.join(parameters)})"


def number(value):
    """A number as one writes it: 3e-6, not 3e-06."""
    return f"{value:.3g}".replace("e-0", "e-")


def described(framework, line, differences):
    """One framework's line, what to know about it, and the rule that does what it does."""
    name, note = FRAMEWORKS[framework], line.get("note", "")
    if "call" not in line:
        return f"**{name}:** {note}"
    code = f"```python\n{line['call'].strip()}\n```"
    if "rule" not in line:
        return f"**{name}**, the same:\n\n{code}\n\n{note}"
    apart = [f"{number(differences[key])} {words}" for key, words in WORDS.items() if differences.get(key)]
    apart = apart or [f"{number(differences['halved'])} where the learning rate is halved half-way"]
    return f"""**{name}**, not the same:

{code}

{note} The paths are apart by up to {", ".join(apart)}.

:::{{dropdown}} The rule of {name}, to be given to `Optimizer`
{listing("measuring.framework_rules", line["rule"])}
:::"""


class Conventions(Generated):
    """The table of all rules that libraries disagree on, or what each does about one."""

    final_argument_whitespace = True

    def text(self):
        entries = read_conventions()
        measured = json.loads(APART.read_text(encoding="utf-8"))
        if not self.arguments:
            return disagreements(entries, measured)
        chosen = [entry for entry in entries if entry.optimizer == self.arguments[0]]
        rows = [
            [source_of(entry, measured["versions"]), entry.what, *shares(entry, measured["apart"])]
            for entry in chosen
        ]
        head = ["Where", "What it does", "Apart, at most", "After 200 steps"]
        calls_of = (rule for entry in chosen for rule in (entry.usual, entry.theirs))
        rules = dict.fromkeys(rule.partition("(")[0] for rule in calls_of)
        return "\n\n".join([table(head, rows), calls(chosen), *map(own_rule, rules)])


def label(optimizer):
    """The label of a rule's section."""
    return "conventions-" + optimizer.lower().replace(" ", "-")


def library_of(entry):
    """The library as it writes itself; a repository as a link to what was read."""
    name = entry.library
    if not entry.commit:
        return FRAMEWORKS.get(name, name)
    return f"[{name}](https://github.com/{name}/tree/{entry.commit})"


def source_of(entry, versions):
    """Where it was found, and whether it was run."""
    if entry.commit:
        return f"{library_of(entry)} (read)"
    return f"{library_of(entry)} {versions[entry.library]} (run)"


def shares(entry, apart):
    """How far apart it comes from what is usual."""
    found = apart[entry.name]
    if entry.usual == entry.theirs:
        return ["the same", "the same"]
    return [number(found["most"]), number(found["end"])] if found["most"] else ["below 1e-10"] * 2


def disagreements(entries, measured):
    """Who does the same as the authors, and who does not."""
    rows = []
    for optimizer in dict.fromkeys(entry.optimizer for entry in entries):
        mine = [entry for entry in entries if entry.optimizer == optimizer]
        same, other = [], []
        for entry in mine:
            apart = shares(entry, measured["apart"])[0]
            if apart in ("the same", "below 1e-10"):
                same.append(library_of(entry))
            else:
                other.append(f"{library_of(entry)}: {apart}")
        rows.append([f"[{optimizer}]({label(optimizer)})", ", ".join(same), ", ".join(other)])
    return table(["Rule", "The same as in the paper or with the authors", "Apart, at most"], rows)


def calls(entries):
    """The calls that were run, folded."""
    code = "\n\n".join(f"# {library_of(entry)}\n{entry.call}" for entry in entries if entry.call)
    return f":::{{dropdown}} The calls that were run\n```python\n{code}\n```\n:::"


def own_rule(name):
    """A rule of the measurement, folded; those of the package have pages of their own."""
    module = getattr(convention_rules, name).__module__
    if not module.startswith("measuring."):
        return ""
    return f""":::{{dropdown}} The rule `{name}`
{listing(module, name)}
:::"""


def listing(module, name):
    """The text of a function of book/measuring."""
    return f"""```{{literalinclude}} {module.replace(".", "/")}.py
:language: python
:pyobject: {name}
```"""


def setup(app):
    app.add_directive("optimizers", Optimizers)
    app.add_directive("frameworks", Frameworks)
    app.add_directive("conventions", Conventions)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
