"""The editions of one chapter as notebooks: with solutions, exercises only, and the solutions alone."""

from collections.abc import Iterator

import nbformat
from nbformat.v4 import new_code_cell, new_notebook

from notebook_cells import code_cell, fold, text_cell
from notebook_install import install_cell
from notebook_pieces import Chapter, Piece
from notebook_text import folded

KERNEL = {"kernelspec": {"display_name": "Python 3", "language": "python", "name": "python3"}}
HOW = "Run the cells from the top: later ones use what earlier ones define. A click opens what is folded."


class Editions:
    """Makes notebooks of a chapter.

    Parameters
    ----------
    chapter : Chapter
        Its pieces, in order.
    cells : list of NotebookNode
        The cells of its executed source.
    beside : list of str
        The files that it uses, as places relative to it.
    site : str or None
        The book's address on the web.
    page : str or None
        The chapter's.
    """

    def __init__(self, chapter: Chapter, cells: list, beside: list[str], site: str | None, page: str | None):
        self.title, self.time, self.objectives = chapter.title, chapter.time, chapter.objectives
        self.cells, self.page = cells, page
        self.pieces = with_removed(chapter.pieces, cells)
        code = "\n".join(cell.source for cell in cells if cell.cell_type == "code")
        self.install = install_cell(code, beside, site)

    def with_solutions(self) -> nbformat.NotebookNode:
        return self.notebook(self.title, f"{self.time} {HOW}", self.filled(self.pieces))

    def exercises_only(self) -> nbformat.NotebookNode:
        return self.notebook(
            self.title, f"{self.time} {HOW}", self.filled([p for p in self.pieces if not p.solution])
        )

    def solutions_alone(self) -> nbformat.NotebookNode:
        """The exercises and their solutions, open, after the chapter's code, which they need."""
        heading = text_cell("## The chapter's code", "code-of-the-chapter")
        heading.metadata["jp-MarkdownHeadingCollapsed"] = True
        before = [
            code_cell(self.cells[piece.cell], also={"source", "outputs"})
            for piece in self.pieces
            if piece.cell is not None and not piece.exercise
        ]
        for cell in before:
            cell.outputs, cell.execution_count = [], None
        exercises = self.filled([piece for piece in self.pieces if piece.exercise], closed=False)
        opening = text_cell("## Exercises", "exercises")
        return self.notebook(f"Solutions: {self.title}", HOW, [heading, *before, opening, *exercises])

    def notebook(self, title: str, note: str, cells: list) -> nbformat.NotebookNode:
        link = f" [The chapter as a page of the book]({self.page})." if self.page else ""
        head = "\n\n".join(part for part in (f"# {title}", f"*{note}*{link}", self.objectives) if part)
        install = new_code_cell(self.install, id="install", metadata=fold({"source"}))
        return new_notebook(cells=[text_cell(head, "title"), install, *cells], metadata=KERNEL)

    def filled(self, pieces: list[Piece], closed: bool = True) -> list:
        """Cells: neighboring texts in one, headings and exercises in their own, solutions ``closed``."""
        cells, named = [], set()
        for run in runs(pieces):
            first = run[0]
            if first.cell is not None:
                cells += self.with_caption(first, closed)
                continue
            text = "\n\n".join(piece.text for piece in run)
            if first.solution:
                more = ", continued" if first.exercise in named else ""
                named.add(first.exercise)
                name = f"Solution of {first.exercise}{more}"
                text = folded(name, text) if closed else f"**{name}**\n\n{text}"
            cells.append(text_cell(text, f"text-{len(cells)}"))
        return cells

    def with_caption(self, piece: Piece, closed: bool) -> list:
        """A code cell, and below it the number, the caption and the description of its figure."""
        hide = piece.solution and closed
        cell = code_cell(self.cells[piece.cell], piece.alt, {"source", "outputs"} if hide else set())
        if not piece.caption:
            return [cell]
        text = piece.caption + (f"\n\n{folded('The figure in words', piece.alt)}" if piece.alt else "")
        text = folded("Its figure", text) if hide else text
        return [cell, text_cell(text, f"caption-{cell.id}")]


def runs(pieces: list[Piece]) -> Iterator[list[Piece]]:
    """The pieces of each cell."""
    run: list[Piece] = []
    for piece in pieces:
        goes_on = run and run[0].cell is None and piece.cell is None and not piece.opens
        if goes_on and (run[0].exercise, run[0].solution) == (piece.exercise, piece.solution):
            run.append(piece)
        else:
            if run:
                yield run
            run = [piece]
    if run:
        yield run


def with_removed(pieces: list[Piece], cells: list) -> list[Piece]:
    """The pieces, and the code that the page leaves out: each cell of it after the code before it."""
    shown = {piece.cell for piece in pieces}
    code = [number for number, cell in enumerate(cells) if cell.cell_type == "code"]
    left_out = [number for number in code if number not in shown]
    complete: list[Piece] = []
    for piece in pieces:
        complete.append(piece)
        if piece.cell is not None:
            later = next((number for number in code if number > piece.cell and number in shown), len(cells))
            between = [number for number in left_out if piece.cell < number < later]
            complete += [removed(number, complete, cells) for number in between]
    first = next(number for number in [*code, len(cells)] if number in shown or number == len(cells))
    return [Piece(cell=number) for number in left_out if number < first] + complete


def removed(number: int, before: list[Piece], cells: list) -> Piece:
    """The piece of a cell that the page leaves out; it belongs to a solution that is open where it stands."""
    text = "\n".join(cell.source for cell in cells[:number] if cell.cell_type == "markdown")
    solution = text.rfind("{solution-start}") > text.rfind("{solution-end}")
    exercise = next((piece.exercise for piece in reversed(before) if piece.exercise), "") if solution else ""
    return Piece(cell=number, exercise=exercise, solution=solution)
