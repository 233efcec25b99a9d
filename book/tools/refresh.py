"""Run the chapters and write their outputs back: `python book/tools/refresh.py [chapter.ipynb ...]`.

What is kept is text: no image bytes and no widget state, nothing that names the machine. A second
run therefore changes nothing, and a change in a file is a change in a result. One at a time, since
two kernels starting at once can hang.
"""

import argparse
import os
from pathlib import Path

import nbformat
from nbclient import NotebookClient
from tqdm import tqdm

BOOK = Path(__file__).parents[1]
METADATA = {
    "kernelspec": {"display_name": "Python 3", "language": "python", "name": "python3"},
    "language_info": {"name": "python"},
}
KEPT = {"mystnb", "tags"}
NOT_TEXT = {"image/png", "image/jpeg", "application/vnd.jupyter.widget-view+json"}


def normalize(notebook):
    """Drop in place what is not a result: image bytes, widgets, timings, the machine."""
    notebook.nbformat, notebook.nbformat_minor = 4, 5
    notebook.metadata = nbformat.from_dict(METADATA)
    for cell in notebook.cells:
        for key in cell.metadata.keys() - KEPT:
            del cell.metadata[key]
        for output in cell.get("outputs", []):
            for mimetype in NOT_TEXT & output.get("data", {}).keys():
                del output["data"][mimetype]
                output["metadata"].pop(mimetype, None)
            if output["output_type"] == "error":  # its frames name folders of this machine
                output["traceback"] = [f"{output['ename']}: {output['evalue']}"]
    return notebook


def lighten_kernels():
    """Spare each kernel that this process starts what light/ stands for."""
    paths = [str(Path(__file__).parent / "light"), os.environ.get("PYTHONPATH")]
    os.environ["PYTHONPATH"] = os.pathsep.join(filter(None, paths))


def refresh(path):
    """Execute one notebook from its own folder; return whether the file changed."""
    before = path.read_text(encoding="utf-8")
    notebook = nbformat.reads(before, as_version=4)
    os.environ["MPLBACKEND"] = (
        "module://matplotlib_inline.backend_inline"  # with others figures are not shown
    )
    NotebookClient(
        notebook,
        timeout=600,
        kernel_name="python3",
        record_timing=False,
        store_widget_state=False,
        coalesce_streams=True,
        resources={"metadata": {"path": str(path.parent)}},
    ).execute()
    after = nbformat.writes(normalize(notebook)) + "\n"
    if after != before:
        write_whole(path, after)
    return after != before


def write_whole(path, text):
    """Write a file whole or not at all: what ends this in the middle leaves the file as it was."""
    partial = path.with_name(f".{path.name}.partial")  # that a later run writes over
    partial.write_text(text, encoding="utf-8", newline="\n")
    os.replace(partial, path)


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("chapters", nargs="*", type=Path, default=sorted(BOOK.glob("*.ipynb")))
    lighten_kernels()
    changed = []
    for path in (bar := tqdm(parser.parse_args().chapters, unit="chapter")):
        bar.set_postfix_str(path.name)
        if refresh(path):
            changed.append(path)
    print("Changed:", *changed or ["nothing"])


if __name__ == "__main__":
    main()
