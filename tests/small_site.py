"""A site of three pages, built by Sphinx with the book's extensions, for tests that need no whole book."""

import json
import os
import subprocess
import sys
from pathlib import Path

from PIL import Image

ROOT = Path(__file__).parents[1]
CONFIGURATION = f"""
import sys
sys.path.insert(0, {str(ROOT / "book/_ext")!r})
project = html_title = "A small book"
extensions = ["myst_nb", "sphinx_book_theme", "notfound.extension", "addresses", "descriptions",
              "light_files", "moved", "page_mending", "pictures", "proof_index", "questions", "reading_time"]
html_theme = "sphinx_book_theme"
html_static_path = ["own"]
html_css_files = ["own.css"]
html_context = {{"default_mode": "auto"}}
myst_enable_extensions = ["colon_fence", "dollarmath"]
exclude_patterns = ["_build"]
notfound_urls_prefix = "/"
"""
FIRST = """# A small book

Its first sentence is long enough to describe it, and the second has a formula. Here it is: $x^2$,
and no more. The third is plain again.

![A square](square.svg)

![A bar](bar.png)

```{toctree}
deep/chapter
deep/notes
```
"""
CHAPTER = """# A chapter

This chapter has a theorem, and it stands in a folder, so that addresses go up and down.

```{prf:theorem} All is well
:label: well

Nothing is wrong.
```

(a-part)=
## A part of it

It was on another page.

:::{admonition} Before you start
:class: objectives
- **You need** nothing.
:::

::::{admonition} Question: is it?
:class: question

:::{admonition} No.
:class: dropdown wrong
It was proved above.
:::
:::{admonition} Yes.
:class: dropdown right
- so it is
:::
::::
"""
NOTES = """---
myst:
  html_meta:
    description: What these notes hold is told in their front matter, since they begin with a list.
---
# Notes

- one

What stood here stands elsewhere: {moved}`a-part`.
That page takes {minutes}`chapter` minutes, both {minutes}`chapter notes`.
"""
SQUARE = '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 30 40"><path d="M0 0h30v40z"/></svg>'


def write_sources(folder: Path) -> None:
    """The sources of the site."""
    (folder / "deep").mkdir(parents=True)
    (folder / "own").mkdir()
    (folder / "conf.py").write_text(CONFIGURATION)
    (folder / "index.md").write_text(FIRST)
    (folder / "deep/notes.md").write_text(NOTES)
    (folder / "square.svg").write_text(SQUARE)
    (folder / "own/own.css").write_text("h1 { color: navy !important; }\n.never-on-a-page { color: red; }\n")
    Image.new("RGB", (50, 20)).save(folder / "bar.png")
    cell = {"cell_type": "markdown", "id": "text", "metadata": {}, "source": CHAPTER}
    notebook = {"cells": [cell], "metadata": {}, "nbformat": 4, "nbformat_minor": 5}
    (folder / "deep/chapter.ipynb").write_text(json.dumps(notebook))


def build(folder: Path) -> Path:
    """Build the site, warnings as errors; the environment of a CI that runs this test does not count."""
    own = {name: value for name, value in os.environ.items() if not name.startswith("GITHUB_")}
    html = folder / "_build/html"
    done = subprocess.run(
        [sys.executable, "-m", "sphinx", "-q", "-W", "--keep-going", "-b", "html", folder, html],
        env=own,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return html


def set_remote(folder: Path, address: str, branch: str = "trunk") -> None:
    """Make a folder a checkout whose remote is at an address."""
    for command in (["init", "--quiet", "-b", branch], ["remote", "add", "origin", address]):
        subprocess.run(["git", "-C", folder, *command], check=True)
