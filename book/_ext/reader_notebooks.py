"""Sphinx extension of the book: a builder that writes the notebooks which readers open.

It writes every chapter twice, into ``solutions`` and into ``exercises``, which has none; the solutions alone
are in ``solutions/<chapter>-solutions.ipynb``. A chapter states what it teaches in an admonition of the class
``objectives``, which its notebooks show first.
"""

import shutil
import sys
from pathlib import Path

import nbformat
from docutils import nodes
from jupyter_cache import get_cache
from sphinx.builders import Builder
from sphinx.transforms.post_transforms import SphinxPostTransform

from fingerprint import BOOK, IMPORTED, ROOT
from notebook_editions import Editions
from notebook_install import imports
from notebook_links import MARK, Links
from notebook_pieces import Reader
from notebook_text import Writer
from reading_time import said

sys.path.append(str(Path(__file__).parents[1]))  # the folders of the book

from tools.repository import repository

BESIDE = [*IMPORTED, *sorted((BOOK / "data").glob("*"))]


class LeaveOutOutputs(SphinxPostTransform):
    """Outputs come from the executed notebook, with all their forms."""

    formats = ("notebook",)
    default_priority = 3  # before myst-nb takes one form of each output

    def run(self, **kwargs):
        for node in list(self.document.findall(nodes.container)):
            if node.get("nb_element") == "mime_bundle":
                node.parent.remove(node)


class ReaderNotebooks(Builder):
    name = "notebooks"
    format = "notebook"
    epilog = "The reader notebooks are in %(outdir)s."

    def init(self):
        found = repository(ROOT)
        self.site = found.site if found else None

    def get_outdated_docs(self):
        return {name for name in self.env.found_docs if self.source(name).suffix == ".ipynb"}

    def get_target_uri(self, docname, typ=None):
        return MARK + docname

    def get_relative_uri(self, from_, to, typ=None):
        return self.get_target_uri(to)

    def prepare_writing(self, docnames):
        for edition in ("solutions", "exercises"):
            for file in BESIDE:
                target = Path(self.outdir, edition, file.relative_to(BOOK))
                target.parent.mkdir(parents=True, exist_ok=True)
                shutil.copy2(file, target)

    def source(self, docname: str) -> Path:
        return Path(self.env.doc2path(docname))

    def write_doc(self, docname, doctree):
        if self.source(docname).suffix != ".ipynb":
            return
        links = Links(self.env, docname, doctree, self.site)
        chapter = Reader(Writer(links)).read(doctree)
        if number := links.chapter():
            chapter.title = f"{number}. {chapter.title}"
        chapter.time = said(self.env, docname)
        source = nbformat.read(self.source(docname), as_version=4)
        _, executed = get_cache(self.config.nb_execution_cache_path).merge_match_into_notebook(source)
        editions = Editions(chapter, executed.cells, beside_of(executed.cells), self.site, self.page(docname))
        name = docname.rpartition("/")[2]
        self.save(editions.with_solutions(), f"solutions/{name}.ipynb")
        self.save(editions.exercises_only(), f"exercises/{name}.ipynb")
        if any(piece.solution for piece in chapter.pieces):
            self.save(editions.solutions_alone(), f"solutions/{name}-solutions.ipynb")

    def page(self, docname: str) -> str | None:
        return f"{self.site}{docname}.html" if self.site else None

    def save(self, notebook, place: str):
        nbformat.validate(notebook)
        nbformat.write(notebook, Path(self.outdir, place))


def beside_of(cells) -> list[str]:
    """The files that the code of a chapter names: modules by import, data by their place."""
    code = "\n".join(cell.source for cell in cells if cell.cell_type == "code")
    packages = {name.partition(".")[0] for name in imports(code)}
    places = [file.relative_to(BOOK).as_posix() for file in BESIDE]
    return [place for place in places if place.partition("/")[0] in packages or place in code]


def setup(app):
    app.setup_extension("reading_time")
    app.add_builder(ReaderNotebooks)
    app.add_post_transform(LeaveOutOutputs)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
