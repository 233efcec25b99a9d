"""A resolved document as a row of pieces: texts and code cells, each with the exercise that it is of."""

from dataclasses import dataclass, field

from docutils import nodes

from notebook_text import Writer


@dataclass
class Piece:
    """Markdown, or the code cell with this index and the caption and the description of its figure."""

    text: str = ""
    cell: int | None = None
    caption: str = ""
    alt: str = ""
    exercise: str = ""  # the one that it belongs to
    solution: bool = False
    opens: bool = False  # a cell of its own begins here


@dataclass
class Chapter:
    """What a document holds, in its order."""

    title: str = ""
    objectives: str = ""
    time: str = ""  # that reading it takes
    pieces: list[Piece] = field(default_factory=list)


class Reader:
    """Takes a document apart."""

    def __init__(self, writer: Writer):
        self.writer, self.chapter, self.exercises = writer, Chapter(), {}

    def read(self, doctree: nodes.document) -> Chapter:
        self.walk(doctree.children, level=0)
        return self.chapter

    def walk(self, children, level, **where):
        for node in children:
            name = node.__class__.__name__
            if isinstance(node, nodes.section):
                self.walk(node.children, level + 1, **where)
            elif isinstance(node, nodes.title):
                self.heading(node, level)
            elif name == "solution_node":
                exercise = self.exercises.get(node["target_label"], "the exercise")
                self.walk(body(node), level, exercise=exercise, solution=True)
            elif name in ("exercise_node", "exercise_enumerable_node"):
                self.exercise(node, level)
            elif getattr(node, "attributes", {}).get("nb_element") == "cell_code":
                self.cell(node, where)
            elif isinstance(node, nodes.admonition) and "objectives" in node["classes"]:
                self.chapter.objectives = self.writer.block(node)
            elif text := self.writer.block(node):
                self.add(text=text, **where)

    def add(self, **what):
        self.chapter.pieces.append(Piece(**what))

    def heading(self, node, level):
        text = self.writer.inlines(node)
        if level == 1 and not self.chapter.title:
            self.chapter.title = text
        else:
            self.add(text=f"{'#' * level} {text}", opens=True)

    def exercise(self, node, level):
        title = self.writer.exercise_title(node)
        self.exercises[node["label"]] = name = title.partition(". ")[0]
        self.add(text=f"**{title}**", exercise=name, opens=True)
        self.walk(body(node), level, exercise=name)

    def cell(self, node, where):
        alt = node["cell_metadata"].get("mystnb", {}).get("image", {}).get("alt", "")
        caption = "\n\n".join(self.writer.caption(figure) for figure in node.findall(nodes.figure))
        self.add(cell=node["cell_index"], caption=caption, alt=alt, **where)


def body(node):
    """The contents of an exercise or a solution, without its title."""
    children = [child for child in node.children if not isinstance(child, nodes.title)]
    return children[0].children if len(children) == 1 and isinstance(children[0], nodes.section) else children
