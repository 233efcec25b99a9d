"""A small book whose chapter has one of each: what its reader notebooks say, and what the first cell does."""

import base64
import io
import os
import subprocess
import sys
from pathlib import Path

import nbformat
import pytest
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook
from PIL import Image

ROOT = Path(__file__).parents[1]
sys.path.append(str(ROOT / "book" / "_ext"))

from notebook_cells import light  # noqa: E402
from notebook_install import imports, install_cell  # noqa: E402

CONF = f"""
import sys
sys.path[:0] = [{str(ROOT / "book" / "_ext")!r}]
extensions = ["myst_nb", "sphinx_proof", "sphinx_exercise", "sphinxcontrib.bibtex", "questions",
              "reader_notebooks"]
root_doc = "first"
numfig = True
math_numfig = True
nb_execution_mode = "cache"
nb_execution_cache_path = "../cache"
myst_enable_extensions = ["dollarmath", "colon_fence"]
bibtex_bibfiles = ["sources.bib"]
bibtex_reference_style = "author_year"
exercise_style = "solution_follow_exercise"
"""
SOURCES = "@article{key2020, author={Ada Key}, title={T}, journal={J}, year={2020}, doi={10.1/x}}"
TEXT = r"""
(label-first)=
# First: a * sign

:::{admonition} You will be able to
:class: objectives
- read it.
:::

See {ref}`label-second`, {cite:t}`key2020`, {eq}`eq-one`, {numref}`fig-one`, {prf:ref}`thm-one`,
{glue:text}`seven` and `code`.

::::{prf:theorem} Of one
:label: thm-one
Then

$$
a &= b \\
  &= c .
$$ (eq-one)
::::

::::{prf:proof}
By $a$.
::::

:::{admonition} Long proof
:class: dropdown
Hidden words.
:::

::::{admonition} Question: which one?
:class: question

:::{admonition} The `a < b` of $x^2$.
:class: dropdown wrong
It is not.
:::
:::{admonition} The other.
:class: dropdown right
It is.
:::
::::

| a | b |
|---|---|
| $\|x\|$ | 1 |
"""
FIGURE = """
import matplotlib.pyplot as plt
plt.plot([1, 2])
plt.show()
"""
EXERCISE = """
## Exercises

````{exercise} Why so?
:label: ex-one
Show it.
````

```{solution-start} ex-one
:class: dropdown
```

It follows:
"""


def book(folder):
    figure = {"figure": {"caption": "A line.", "name": "fig-one"}, "image": {"alt": "It rises."}}
    first = [
        new_markdown_cell(TEXT),
        new_code_cell(
            "from myst_nb import glue\nglue('seven', 7, display=False)",
            id="glued",
            metadata={"tags": ["remove-cell"]},
        ),
        new_code_cell(FIGURE, id="drawn", metadata={"tags": ["hide-input"], "mystnb": figure}),
        new_markdown_cell("Between."),
        new_code_cell("x = 1", id="plain"),
        new_markdown_cell(EXERCISE),
        new_code_cell("print('solved')", id="solved"),
        new_markdown_cell("Done.\n\n```{solution-end}\n```\n\n```{toctree}\nsecond\nsources\n```"),
    ]
    second = [new_markdown_cell("(label-second)=\n# Second\n\nWords.")]
    kernel = {"kernelspec": {"name": "python3", "display_name": "Python 3", "language": "python"}}
    for name, cells in (("first", first), ("second", second)):
        nbformat.write(new_notebook(cells=cells, metadata=kernel), folder / f"{name}.ipynb")
    (folder / "conf.py").write_text(CONF)
    (folder / "sources.bib").write_text(SOURCES)
    (folder / "sources.md").write_text("# Sources\n\n```{bibliography}\n```\n")


@pytest.fixture(scope="module")
def built(tmp_path_factory):
    """The folder of the notebooks, made where a repository is known."""
    folder = tmp_path_factory.mktemp("book")
    source, out = folder / "source", folder / "out"
    source.mkdir()
    book(source)
    command = [sys.executable, "-m", "sphinx", "-W", "--keep-going", "-q", "-b", "notebooks", source, out]
    environment = os.environ | {"GITHUB_REPOSITORY": "owner/name", "GITHUB_SERVER_URL": "https://github.com"}
    done = subprocess.run(command, env=environment, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    return out


def cells(path, kind):
    return [cell for cell in nbformat.read(path, as_version=4).cells if cell.cell_type == kind]


def words(path):
    return "\n\n".join(cell.source for cell in cells(path, "markdown"))


def test_text_is_what_sphinx_resolved(built):
    text = words(built / "solutions/first.ipynb")
    assert text.startswith(r"# First: a \* sign")
    assert "See [Second](second.ipynb#Second), Key ([2020](https://doi.org/10.1/x))" in text
    assert "[(1)](#First%3A-a-%2A-sign), [Fig. 1](#First%3A-a-%2A-sign), [Theorem 1](#First%3A" in text
    assert ", 7 and `code`." in text
    assert "> **Theorem 1** (Of one)\n>\n> Then\n>\n> $$a &= b \\\\ &= c . \\tag{1}$$" in text
    assert "> *Proof.* By $a$." in text
    assert "<details>\n<summary>Long proof</summary>\n\nHidden words.\n\n</details>" in text
    assert "| $\\vert x\\vert $ | 1 |" in text
    assert "**Fig. 1.** A line." in text and "It rises." in text
    assert "**Exercise 1. Why so?**\n\nShow it." in text


def test_a_question_has_folded_answers_in_both_editions(built):
    for edition in ("solutions", "exercises"):
        text = words(built / f"{edition}/first.ipynb")
        assert (
            "**Question: which one?**\n\n<details>\n<summary>The <code>a &lt; b</code> of $x^2$.</summary>"
            in text
        )
        assert "</summary>\n\n**✗ Not this one.** It is not.\n\n</details>\n\n<details>" in text
        assert "<summary>The other.</summary>\n\n**✓ Right.** It is.\n\n</details>" in text


def test_objectives_come_first(built):
    head, install, *_ = nbformat.read(built / "solutions/first.ipynb", as_version=4).cells
    assert "*About 5 minutes to read, exercises aside." in head.source and "> - read it." in head.source
    assert "https://owner.github.io/name/first.html" in head.source
    assert "https://owner.github.io/name/notebooks/adamlearn-" in install.source


def test_what_the_page_hides_is_folded_and_out_of_the_way(built):
    code = cells(built / "solutions/first.ipynb", "code")
    assert [cell.id for cell in code] == ["install", "glued", "drawn", "plain", "solved"]
    _, removed, figure, x, solved = code
    assert figure.metadata.jupyter == {"source_hidden": True}
    assert not x.metadata
    for cell in (removed, solved):
        assert cell.metadata.jupyter == {"source_hidden": True, "outputs_hidden": True}
    assert removed.outputs == []
    assert "Done." in words(built / "solutions/first.ipynb").partition("Exercise 1, continued")[2]
    [picture] = [output for output in figure.outputs if "image/png" in output.get("data", {})]
    assert picture.metadata["image/png"]["alt"] == "It rises."


def test_exercises_come_without_solutions_and_solutions_alone(built):
    handed_out = (built / "exercises/first.ipynb").read_text()
    assert "Show it." in handed_out and "x = 1" in handed_out
    assert "It follows" not in handed_out and "solved" not in handed_out and "Done." not in handed_out
    alone = built / "solutions/first-solutions.ipynb"
    assert "Between." not in words(alone) and "**Solution of Exercise 1**\n\nIt follows:" in words(alone)
    sources = [cell.source for cell in cells(alone, "code")]
    assert sources.index("x = 1") < sources.index("print('solved')")
    assert cells(alone, "code")[-1].outputs[0].text == "solved\n" and not cells(alone, "code")[-1].metadata


def test_a_picture_fits_the_page_and_stays_sharp():
    written = io.BytesIO()
    Image.effect_noise((3000, 1500), 50).save(written, "PNG", dpi=(200, 200))
    data, width = light(base64.b64encode(written.getvalue()).decode())
    image = Image.open(io.BytesIO(base64.b64decode(data)))
    assert width == 640 and image.size == (1280, 640) and image.mode == "P"


def test_imports_are_found_in_every_form():
    code = "%matplotlib inline\nimport a.b\nif True:\n    from c.d import e\n"
    assert imports(code) == {"a.b", "c.d"}


def test_without_an_address_the_first_cell_explains():
    text = install_cell("import numpy\nimport no_such_module\n", [], None)
    assert "%pip" not in text and "http" not in text
    plain = "\n".join(line for line in text.splitlines() if not line.startswith("%config"))
    done = subprocess.run([sys.executable, "-c", plain], capture_output=True, text=True, check=True)
    assert done.stdout.startswith("Not installed: no_such_module\n") and "pip install" in done.stdout


def test_the_first_cell_asks_for_what_the_code_uses():
    text = install_cell("import adamlearn.explorables\nfrom sklearn import svm\n", [], "https://a.b/")
    assert '"sklearn": "scikit-learn' in text and '"anywidget": "anywidget' in text
    assert '"numba"' not in text and "enable_custom_widget_manager" in text
    with_file = install_cell("import tool.part\n", ["tool/part.py"], "https://a.b/")
    assert '"tool"' not in with_file and "https://a.b/notebooks/" in with_file and "tool/part.py" in with_file
