"""Sphinx extension of the book: the page of what papers say and what came out when the book ran it.

book/reproductions.toml says which results there are. What came out stands in the committed outputs of the
chapters: a cell beside each experiment glues ``reproduction-<name>``, a list that says which of the paper's
statements held, and its numbers as ``reproduction-<name>-<word>``. The directive ``reproductions`` is the
overview, and with the name of a part the entries of that part.
"""

import ast
import json
import re
import tomllib
from dataclasses import dataclass
from pathlib import Path

from sphinx.errors import ExtensionError

from optimizer_tables import Generated

BOOK = Path(__file__).parents[1]
PLAN = "reproductions.toml"
PREFIX = "reproduction-"
VERDICTS = ("reproduced", "reproduced in part", "did not reproduce")
HELD = {True: "*Held.*", False: "*Did not hold.*"}


@dataclass(frozen=True)
class Result:
    name: str
    title: str
    paper: str  # a key of the bibliography
    place: str
    setup: str
    says: list[str]
    here: str
    section: str  # the label of the section that has the experiment
    held: list[bool]  # which of the statements did

    @property
    def verdict(self) -> str:
        return VERDICTS[0 if all(self.held) else 1 if any(self.held) else 2]


def notebooks(book: Path) -> list[Path]:
    return sorted(book.glob("*.ipynb"))


def glued(book: Path) -> dict[str, object]:
    """What the cells of the book's notebooks have glued under names of this page."""
    found: dict[str, object] = {}
    for file in notebooks(book):
        text = file.read_text(encoding="utf-8")
        for cell in json.loads(text)["cells"] if PREFIX in text else []:
            for output in cell.get("outputs", []):
                name = output.get("metadata", {}).get("scrapbook", {}).get("name", "")
                if not name.startswith(PREFIX):
                    continue
                if name in found:
                    raise ExtensionError(f"{file.name}: {name} is glued twice")
                value = "".join(output["data"]["application/papermill.record/text/plain"])
                found[name] = ast.literal_eval(value)
    return found


def read(book: Path) -> dict[str, list[Result]]:
    """The results by part; an error names the one of which the chapters do not hold everything."""
    values = glued(book)
    plan = tomllib.loads((book / PLAN).read_text(encoding="utf-8"))
    return {part: [filled(entry, values) for entry in entries] for part, entries in plan.items()}


def filled(entry: dict, values: dict[str, object]) -> Result:
    """An entry of the plan, with what the chapters say."""
    name = PREFIX + entry["name"]

    def value(name):
        if name not in values:
            raise ExtensionError(f"{PLAN}, {entry['name']}: no notebook has a cell that glues {name}")
        return values[name]

    held = value(name)
    if not isinstance(held, list) or {*map(type, held)} != {bool} or len(held) != len(entry["says"]):
        raise ExtensionError(
            f"{PLAN}, {entry['name']}: {name} is {held}; "
            f"expected True or False for each of {len(entry['says'])} statements"
        )
    here = re.sub("<([a-z0-9-]+)>", lambda word: str(value(f"{name}-{word[1]}")), entry["here"])
    return Result(**entry | {"here": here}, held=held)


def overview(results: list[Result]) -> str:
    """How many results have each verdict, and which."""
    lines = [f"These are {len(results)} results of {len({result.paper for result in results})} works.", ""]
    for verdict in VERDICTS:
        links = [f"[{r.title}](#{PREFIX}{r.name})" for r in results if r.verdict == verdict]
        lines.append(f"- **{verdict.capitalize()}, {len(links)}:** {'; '.join(links)}.")
    return "\n".join(lines)


def described(result: Result) -> str:
    """The entry of a result."""
    marks = [f" {HELD[held]}" if len(result.held) > 1 else "" for held in result.held]
    says = "\n\n  ".join(f"{text}{mark}" for text, mark in zip(result.says, marks, strict=True))
    return f""":::{{rubric}} {result.title}
:heading-level: 3
:name: {PREFIX}{result.name}
:::

**{result.verdict.capitalize()}.** {{cite:t}}`{result.paper}`, {result.place}

Set-up
: {result.setup}

The paper
: {says}

Here
: {result.here} See {{ref}}`{result.section}`.
"""


class Reproductions(Generated):
    """The overview, or the entries of a part."""

    def made_of(self):
        return BOOK / PLAN, __file__, *notebooks(BOOK)

    def text(self):
        parts = read(BOOK)
        if not self.arguments:
            return overview([result for results in parts.values() for result in results])
        if self.arguments[0] not in parts:
            raise self.error(f"{PLAN} has no part {self.arguments[0]!r}")
        return "\n\n".join(map(described, parts[self.arguments[0]]))


def setup(app):
    app.add_directive("reproductions", Reproductions)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
