"""The API pages: every public name is on them, and what they say of it is whole."""

import ast
import importlib
import pkgutil
import re
import shutil
import tomllib
from pathlib import Path

import pytest
from numpydoc.validate import validate
from sphinx.application import Sphinx
from sphinx.util.docutils import docutils_namespace

import adamlearn

ROOT = Path(adamlearn.__path__[0]).parent
INSIDE = "api-inside"  # the page of what is not public
FOUND = pkgutil.iter_modules([str(ROOT / "adamlearn")])
MODULES = ["adamlearn", *(f"adamlearn.{module.name}" for module in FOUND)]
CONFIG = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["tool"]["numpydoc_validation"]


@pytest.fixture(scope="module")
def documented(tmp_path_factory):
    """What the API pages document: name to page and kind, read by Sphinx as the book's build reads them."""
    folder = tmp_path_factory.mktemp("api")
    for page in (ROOT / "book").glob("api*.md"):
        shutil.copy(page, folder)
    (folder / "index.md").write_text("# Index\n", encoding="utf-8")
    extensions = ["myst_parser", "sphinx.ext.autodoc", "sphinx.ext.napoleon", "_ext.optimizer_tables"]
    settings = {"extensions": extensions, "exclude_patterns": ["_build"]}
    with docutils_namespace():
        app = Sphinx(folder, None, folder / "_build", folder / "_build", "dummy", settings, status=None)
        app.build()
    objects = app.env.domains["py"].objects
    return {name: (entry.docname, entry.objtype) for name, entry in objects.items()}


def public_names(module):
    """``__all__``, or what a module defines, or imports in order to show it, without an underscore."""
    if hasattr(importlib.import_module(module), "__all__"):
        return set(importlib.import_module(module).__all__)
    found = set()
    for node in ast.parse(Path(importlib.import_module(module).__file__).read_text(encoding="utf-8")).body:
        if isinstance(node, ast.FunctionDef | ast.ClassDef):
            found.add(node.name)
        elif isinstance(node, ast.Assign | ast.AnnAssign):
            targets = node.targets if isinstance(node, ast.Assign) else [node.target]
            found |= {
                name.id for target in targets for name in ast.walk(target) if isinstance(name, ast.Name)
            }
        elif isinstance(node, ast.ImportFrom):
            found |= {alias.asname for alias in node.names if alias.asname == alias.name}
    return {name for name in found if not name.startswith("_")}


@pytest.mark.parametrize("module", MODULES)
def test_every_public_name_is_on_a_page(documented, module):
    if module != "adamlearn":
        assert module in documented
        if documented[module][0] == INSIDE:
            return
    for name in public_names(module):
        value = getattr(importlib.import_module(module), name)
        home = getattr(value, "__module__", module)
        places = {f"{module}.{name}", f"{home}.{name}"}
        assert places & documented.keys(), f"{module}.{name} is on no API page"


def test_public_names_are_found():
    assert {"Run", "descend", "sweep", "SweepError"} <= public_names("adamlearn.descent")
    assert {"STYLES", "paths"} <= public_names("adamlearn.plots")
    assert not {"np", "_mixture", "dataclass"} & public_names("adamlearn.landscapes")


def test_docstrings_are_whole(documented):
    """All of numpydoc's checks but those that pyproject.toml leaves out, with the reason."""
    kinds = ("class", "exception", "function", "method", "property")
    left_out = re.compile("|".join(CONFIG["exclude"]))
    names = [name for name, (page, kind) in documented.items() if page != INSIDE and kind in kinds]
    names = [name for name in names if not left_out.search(name)]
    assert len(names) > 70
    errors = {name: [e for e in validate(name)["errors"] if e[0] not in CONFIG["checks"]] for name in names}
    assert {name: found for name, found in errors.items() if found} == {}
