"""Sphinx extension of the book: an index of theorems that reads, by kind and in the order of the book."""

from collections import defaultdict

import sphinx_proof.nodes
from docutils import nodes
from sphinx import addnodes
from sphinx_proof.domain import ProofDomain, ProofIndex

TITLED = (sphinx_proof.nodes.unenumerable_node, *sphinx_proof.nodes.NODE_TYPES.values())


class TitlesByKind(ProofIndex):
    """Titles in the place of labels, with the number and the chapter."""

    localname = "Theorems and proofs"
    shortname = "theorems"

    def generate(self, docnames=None):
        env = self.domain.env
        found = defaultdict(list)
        for docname in sorted({entry["docname"] for entry in getattr(env, "proof_list", {}).values()}):
            chapter = env.titles[docname].astext()
            numbers = env.toc_fignumbers.get(docname, {})
            for node in env.get_doctree(docname).findall(lambda node: isinstance(node, TITLED)):
                kind, anchor = node["realtype"], node["ids"][0]
                number = numbers.get(node["countertype"], {}).get(anchor, ())
                named = " ".join([kind.capitalize(), ".".join(map(str, number))]).strip()
                entry = (title(node) or named, 0, docname, anchor, chapter, "", named)
                found[plural(kind).capitalize()].append((number, entry))
        return [(kind, [entry for _, entry in sorted(found[kind])]) for kind in sorted(found)], False


def title(node):
    """The words of a theorem's title, without the works that it cites."""
    words = node.next_node(nodes.title).deepcopy()
    for reference in [*words.findall(addnodes.pending_xref)]:
        if reference["refdomain"] == "cite":
            reference.parent.remove(reference)
    return words.astext().strip().removeprefix("(").removesuffix(")").strip()


def plural(kind):
    return f"{kind[:-1]}ies" if kind.endswith("y") else f"{kind}s"


class BookProofDomain(ProofDomain):
    """The domain as it is, with the index that reads."""

    indices = (TitlesByKind,)


def setup(app):
    app.setup_extension("sphinx_proof")
    app.add_domain(BookProofDomain, override=True)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
