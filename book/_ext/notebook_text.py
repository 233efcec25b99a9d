"""From a resolved document to Markdown that every notebook shows: no roles, no directives, no labels."""

import html
import re
from collections.abc import Iterable

from docutils import nodes
from sphinx.util import logging

from notebook_links import Links

logger = logging.getLogger(__name__)

SILENT = {"target", "comment", "index", "substitution_definition", "compound", "toctree", "meta", "colspec"}
WRAPPED = {"emphasis": "*", "title_reference": "*", "strong": "**"}
TITLED = {"note", "tip", "hint", "warning", "caution", "important", "danger", "error", "attention", "seealso"}
LINE_START = re.compile(r"^([#>+-]|\d+[.)])(?=\s)")
BLOCK_MATH = re.compile(r"\$\$\n(.*?)\n\$\$", re.DOTALL)


def escape(text: str) -> str:
    """Text with what Markdown would read as its own signs made plain; line breaks become spaces."""
    text = re.sub(r"([\\`*$<])", r"\\\1", text.replace("\n", " "))
    return re.sub(r"(?<!\w)_|_(?!\w)", r"\\_", text)


def one_line(text: str) -> str:
    """Display formulas on a line of their own: in quotes and lists some notebooks read no longer ones."""
    return BLOCK_MATH.sub(lambda found: f"$${' '.join(found[1].split())}$$", text)


def indent(text: str, first: str, rest: str) -> str:
    lines = one_line(text).split("\n")
    return "\n".join(
        [
            (first + lines[0]).rstrip(),
            *((rest + line).rstrip() if line or rest.strip() else "" for line in lines[1:]),
        ]
    )


def quote(text: str) -> str:
    return indent(text, "> ", "> ")


def folded(summary: str, text: str) -> str:
    """Markdown that is closed until it is clicked."""
    return f"<details>\n<summary>{summary}</summary>\n\n{text}\n\n</details>"


class Writer:
    """Writes the nodes of one document; ``links`` knows where references lead, and the numbers."""

    def __init__(self, links: Links):
        self.links, self.number = links, links.number

    def blocks(self, children: Iterable[nodes.Node]) -> str:
        """Block after block, with an empty line between."""
        return "\n\n".join(text for child in children if (text := self.block(child)))

    def block(self, node: nodes.Node) -> str:
        name = node.__class__.__name__
        if name in SILENT:
            return ""
        if (method := getattr(self, f"block_{name}", None)) is not None:
            return method(node)
        if name in TITLED:
            return quote(f"**{name.capitalize()}**\n\n{self.blocks(node.children)}")
        if "countertype" in getattr(node, "attributes", {}):
            return self.numbered(node)
        if isinstance(node, nodes.Text | nodes.Inline):
            return self.inline(node)
        logger.warning(
            "a reader notebook cannot show <%s>: teach notebook_text.Writer to", name, location=node
        )
        return ""

    def inlines(self, node: nodes.Element) -> str:
        return "".join(self.inline(child) for child in node.children)

    def inline(self, node: nodes.Node) -> str:
        name = node.__class__.__name__
        if isinstance(node, nodes.Text):
            return escape(node.astext())
        if name in WRAPPED:
            return f"{WRAPPED[name]}{self.inlines(node)}{WRAPPED[name]}"
        if (method := getattr(self, f"inline_{name}", None)) is not None:
            return method(node)
        if name in SILENT:
            return ""
        logger.warning(
            "a reader notebook cannot show <%s>: teach notebook_text.Writer to", name, location=node
        )
        return ""

    # What stands in a line.

    def inline_math(self, node):
        return f"${' '.join(node.astext().split())}$"

    def inline_literal(self, node):
        text = node.astext()
        fence = "``" if "`" in text else "`"
        return f"{fence} {text} {fence}" if "`" in text else f"`{text}`"

    def inline_inline(self, node):
        if "bibtex-citation" not in node["classes"]:
            return self.inlines(node)
        brackets = str.maketrans("[]", "()")  # a link's own are square
        return "".join(
            self.inline(child).translate(brackets) if isinstance(child, nodes.Text) else self.inline(child)
            for child in node.children
        )

    def inline_reference(self, node):
        text, address = self.inlines(node), self.links.address(node)
        return f"[{text}]({address})" if address else text

    def inline_number_reference(self, node):
        return self.inline_reference(node)

    def inline_raw(self, node):  # HTML of the page; a phrase that sets a figure there keeps its words
        return escape(node.get("words", ""))

    def inline_image(self, node):
        return f"![{node.get('alt', '')}]({node['uri']})"

    def inline_superscript(self, node):
        return f"<sup>{self.inlines(node)}</sup>"

    def inline_subscript(self, node):
        return f"<sub>{self.inlines(node)}</sub>"

    # Blocks.

    def block_paragraph(self, node):
        return LINE_START.sub(r"\\\1", self.inlines(node).strip())

    def block_math_block(self, node):
        tag = f" \\tag{{{number}}}" if node["number"] and (number := self.number("displaymath", node)) else ""
        return f"$$\n{node.astext().strip()}{tag}\n$$"

    def block_literal_block(self, node):
        language = node.get("language", "")
        fence = "````" if "```" in node.astext() else "```"
        return f"{fence}{'' if language in ('default', 'none') else language}\n{node.astext()}\n{fence}"

    def block_bullet_list(self, node):
        return "\n".join(indent(self.blocks(item.children), "- ", "  ") for item in node.children)

    def block_enumerated_list(self, node):
        start = node.get("start", 1)
        return "\n".join(
            indent(self.blocks(item.children), f"{number}. ", "   ")
            for number, item in enumerate(node.children, start)
        )

    def block_definition_list(self, node):
        return "\n\n".join(self.blocks(item.children) for item in node.children)

    def block_term(self, node):
        return f"**{self.inlines(node)}**"

    def block_definition(self, node):
        return indent(self.blocks(node.children), "- ", "  ")

    def block_block_quote(self, node):
        return quote(self.blocks(node.children))

    def block_transition(self, node):
        return "---"

    def block_raw(self, node):
        return ""  # scripts and styles of the page

    def block_container(self, node):
        return self.blocks(node.children)

    def block_section(self, node):  # the body of a theorem or an exercise
        return self.blocks(node.children)

    def block_figure(self, node):
        return self.blocks(child for child in node.children if not isinstance(child, nodes.caption)) + (
            "\n\n" + self.caption(node)
        )

    def block_image(self, node):
        return self.inline_image(node)

    def caption(self, figure: nodes.figure) -> str:
        """A figure's caption, after its number."""
        words = "".join(self.inlines(child) for child in figure.findall(nodes.caption))
        return f"**{self.links.figure_number(self.number('figure', figure))}.** {words}".strip()

    def block_table(self, node):
        rows = [[self.cell(entry) for entry in row.children] for row in node.findall(nodes.row)]
        width = max(map(len, rows))
        lines = ["| " + " | ".join(row) + " |" for row in rows]
        titles = [self.inlines(title) for title in node.findall(nodes.title)]
        return "\n".join(
            [*(f"**{title}**\n" for title in titles), lines[0], "|" + " --- |" * width, *lines[1:]]
        )

    def cell(self, entry):
        text = one_line(self.blocks(entry.children)).replace("\n\n", "<br>").replace("\n", " ")
        math = re.compile(r"\$[^$]+\$")
        text = math.sub(lambda found: found[0].replace(r"\|", r"\Vert ").replace("|", r"\vert "), text)
        return text.replace("|", r"\|") if "|" in text else text

    # Admonitions: a title in bold, or a fold where the page has one.

    def block_admonition(self, node):
        head, *rest = node.children
        if "proof" in node["classes"]:
            return quote(self.blocks(node.children).replace("Proof. ", "*Proof.* ", 1))
        if not isinstance(head, nodes.title):
            return quote(self.blocks(node.children))
        if "question" in node["classes"]:  # its answers are folded, and in quotes not every notebook folds
            return f"**{self.inlines(head)}**\n\n{self.blocks(rest)}"
        if "dropdown" in node["classes"]:
            return folded(self.summary(head), self.blocks(rest))
        return quote(f"**{self.inlines(head)}**\n\n{self.blocks(rest)}")

    def summary(self, title: nodes.Element) -> str:
        """A title as HTML: within a summary no notebook reads Markdown, but formulas."""
        return "".join(
            self.inline(part)
            if isinstance(part, nodes.math)
            else f"<code>{html.escape(part.astext(), quote=False)}</code>"
            if isinstance(part, nodes.literal)
            else html.escape(part.astext(), quote=False)
            for part in title.children
        )

    def block_sidebar(self, node):  # a note in the margin
        return quote(self.blocks(child for child in node.children if not isinstance(child, nodes.title)))

    def block_proof_node(self, node):
        return self.blocks(node.children)

    def numbered(self, node):
        """A theorem or one of its kin."""
        number = self.number(node["countertype"], node)
        title = "".join(self.inlines(child) for child in node.findall(nodes.title)).strip()
        head = f"**{node['realtype'].capitalize()} {number}** {title}".strip()
        body = self.blocks(child for child in node.children if not isinstance(child, nodes.title))
        return quote(f"{head}\n\n{body}")

    def exercise_title(self, node: nodes.Element) -> str:
        """Such as *Exercise 1.2. What is an average worth?*"""
        title = self.inlines(node.children[0]).strip()
        number = self.number("exercise", node)
        title = title.removeprefix("Exercise").strip().removeprefix("(").removesuffix(")")
        return f"Exercise {number}. {title}".strip()
