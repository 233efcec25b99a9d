"""Sphinx extension of the book: questions in the text, each answer of which unfolds to say what is right.

A question is an admonition of the class ``question``. Its answers are admonitions in it, of the classes
``dropdown`` and ``right`` or ``wrong``. What an answer holds begins with a sign and a word, so that nothing
is told by color alone: on the page, in the notebooks for readers, and on paper.
"""

from docutils import nodes
from sphinx.transforms import SphinxTransform
from sphinx.util import logging

VERDICTS = {"right": "✓ Right.", "wrong": "✗ Not this one."}

logger = logging.getLogger(__name__)


def answers(question):
    return [child for child in question.children if isinstance(child, nodes.admonition)]


class Verdicts(SphinxTransform):
    default_priority = 500

    def apply(self, **kwargs):
        for question in self.document.findall(nodes.admonition):
            if "question" not in question["classes"]:
                continue
            found = [set(VERDICTS) & set(answer["classes"]) for answer in answers(question)]
            if [len(verdict) for verdict in found] != [1] * len(found) or found.count({"right"}) != 1:
                logger.warning(
                    "a question has answers of the class `right` or `wrong`, and one that is right; "
                    "this one has %s", [sorted(verdict) for verdict in found], location=question,
                )  # fmt: skip
                continue
            for answer, (verdict,) in zip(answers(question), found, strict=True):
                self.open_with(answer, VERDICTS[verdict])

    @staticmethod
    def open_with(answer, words):
        """Put the verdict before the first sentence."""
        verdict = nodes.strong("", words, classes=["verdict"])
        first = answer.children[1] if len(answer.children) > 1 else None
        if isinstance(first, nodes.paragraph):
            first[:0] = [verdict, nodes.Text(" ")]
        else:
            answer.insert(1, nodes.paragraph("", "", verdict))


def setup(app):
    app.add_transform(Verdicts)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
