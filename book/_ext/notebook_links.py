"""Where the references of a reader notebook lead: to other notebooks, to sources, or to the book's site."""

from urllib.parse import quote

from docutils import nodes

MARK = "doc:"  # what the builder writes before the name of a document


def heading_of(node: nodes.Node) -> str:
    """The title of the section that a node is or stands in, as JupyterLab names its place."""
    while node is not None and not (isinstance(node, nodes.section) and isinstance(node[0], nodes.title)):
        node = node.parent
    return quote(node[0].astext().replace(" ", "-")) if node is not None else ""


class Links:
    """The links of one document, as Sphinx has resolved them."""

    def __init__(self, env, docname: str, doctree: nodes.document, site: str | None):
        self.env, self.docname, self.doctree, self.site = env, docname, doctree, site

    def address(self, reference: nodes.Element) -> str:
        """Where a reference leads, or nothing where that has no address."""
        if "refid" in reference:
            return self.place(self.doctree, reference["refid"])
        address = reference.get("refuri", "")
        if not address.startswith(MARK):
            return address
        docname, _, target = address.removeprefix(MARK).partition("#")
        if source := self.source(target):
            return source
        if docname == self.docname:
            return self.place(self.doctree, target)
        if self.env.doc2path(docname).endswith(".ipynb"):
            name = f"{docname.rpartition('/')[2]}.ipynb"
            return name + (self.place(self.env.get_doctree(docname), target) if target else "")
        if self.site is None:
            return ""
        return f"{self.site}{docname}.html" + (f"#{target}" if target else "")

    def source(self, target: str) -> str:
        """The address of what an entry of the bibliography stands for."""
        domain = self.env.get_domain("cite")
        for citation in domain.citations:
            if citation.citation_id == target:
                fields = domain.bibdata.data.entries[citation.key].fields
                return f"https://doi.org/{fields['doi']}" if "doi" in fields else fields.get("url", "")
        return ""

    @staticmethod
    def place(doctree: nodes.document, target: str) -> str:
        for node in doctree.findall(nodes.Element):
            if target in node.get("ids", ()):
                return f"#{heading}" if (heading := heading_of(node)) else ""
        return ""

    def figure_number(self, number: str) -> str:
        return self.env.config.numfig_format["figure"] % number

    def number(self, kind: str, node: nodes.Element) -> str:
        """The number that Sphinx has given a figure, an equation, a theorem or an exercise."""
        numbers = self.env.toc_fignumbers.get(self.docname, {}).get(kind, {})
        parts = next((numbers[name] for name in node["ids"] if name in numbers), ())
        return ".".join(map(str, parts))

    def chapter(self) -> str:
        """The number of the document itself, where it has one."""
        numbers = self.env.toc_secnumbers.get(self.docname, {}).get("")
        return ".".join(map(str, numbers)) if numbers else ""
