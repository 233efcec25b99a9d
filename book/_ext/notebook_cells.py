"""The cells of a reader notebook: the chapter's code, folded as its page folds it, with its pictures."""

import base64
import functools
import io

import nbformat
from myst_nb.core.utils import coalesce_streams
from nbformat.v4 import new_markdown_cell
from PIL import Image

WIDEST = 640  # pixels of the page
OF_THE_BUILD = ("application/papermill.record/", "application/vnd.jupyter.widget-view+json")
HIDDEN = {
    "hide-input": {"source"},
    "hide-output": {"outputs"},
    "hide-cell": {"source", "outputs"},
    "remove-input": {"source"},
    "remove-output": {"outputs"},
    "remove-cell": {"source", "outputs"},
}


def text_cell(text: str, name: str) -> nbformat.NotebookNode:
    cell = new_markdown_cell(text)
    cell.id = name
    return cell


def code_cell(executed: nbformat.NotebookNode, alt: str = "", also: set[str] = frozenset()):
    """A cell for readers, of one that the build has executed; ``also`` names what else to fold."""
    tags = executed.metadata.get("tags", [])
    cell = nbformat.from_dict(executed)
    cell.metadata = nbformat.from_dict(fold(also.union(*(HIDDEN.get(tag, set()) for tag in tags))))
    if "raises-exception" in tags:  # so that all cells can be run
        cell.metadata.tags = ["raises-exception"]
    outputs = coalesce_streams(executed.outputs)
    cell.outputs = [kept for output in outputs if (kept := output_for_readers(output, alt))]
    return cell


def fold(hidden: set[str]) -> dict:
    """Metadata for JupyterLab and Notebook, and for Colab (cellView)."""
    metadata: dict = {}
    if hidden:
        metadata["jupyter"] = {f"{part}_hidden": True for part in sorted(hidden)}
    if "source" in hidden:
        metadata["cellView"] = "form"
    return metadata


def output_for_readers(output: nbformat.NotebookNode, alt: str) -> nbformat.NotebookNode | None:
    """An output with its picture at a size that fits; an explorable shows its still until it is run."""
    if "data" not in output:
        return output
    output = nbformat.from_dict(output)
    for kind in [kind for kind in output.data if kind.startswith(OF_THE_BUILD)]:
        del output.data[kind]
    if 'class="explorable"' in output.data.get("text/html", ""):
        del output.data["text/html"]
    output.metadata = nbformat.NotebookNode()
    if "image/png" in output.data:
        output.data["image/png"], width = light(output.data["image/png"])
        output.metadata["image/png"] = {"width": width} | ({"alt": alt} if alt else {})
    return output if output.data else None


@functools.cache  # both editions and the solutions show it
def light(picture: str) -> tuple[str, int]:
    """A picture in 256 colors, sharp on fine screens too, and the width in which to show it."""
    image = Image.open(io.BytesIO(base64.b64decode(picture)))
    width = min(WIDEST, round(image.width * 100 / image.info.get("dpi", (100, 100))[0]))
    image = image.convert("RGB")
    if image.width > 2 * WIDEST:
        image = image.resize((2 * WIDEST, round(image.height * 2 * WIDEST / image.width)))
    written = io.BytesIO()
    image.quantize(256, dither=Image.Dither.NONE).save(written, "PNG", optimize=True)
    return base64.b64encode(written.getvalue()).decode(), width
