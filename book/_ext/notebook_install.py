"""The first code cell of a reader notebook: it installs what is missing, and leaves alone what is there."""

import ast
import functools
import importlib.metadata
import sys
from collections.abc import Iterable
from pathlib import Path

from packaging.requirements import Requirement

PACKAGE = "adamlearn"
EXTRAS = {"adamlearn.explorables": "widgets", "numba": "fast"}  # what a mention in the code asks for

CELL = """\
# Installs what is missing here; what is installed already stays as it is.
import importlib.metadata
import importlib.util
from pathlib import Path

needed = {needed}
{install}missing = [name for name in needed if importlib.util.find_spec(name) is None]
if missing:
    print("Not installed:", *missing){advice}{more}
"""

# A constraint for each installed package keeps pip from replacing it: it refuses instead, and says why.
FROM_SITE = """\
missing = [name for name in needed if importlib.util.find_spec(name) is None]
if missing:
    import tempfile

    kept = Path(tempfile.mkdtemp(), "installed.txt")
    installed = {d.metadata["Name"]: d.version for d in importlib.metadata.distributions()}
    kept.write_text("\\n".join(f"{name}=={version}" for name, version in installed.items() if name))
    wanted = " ".join(f'"{needed[name]}"' for name in missing)
    %pip install --quiet --constraint "{kept}" {wanted}
    importlib.invalidate_caches()
"""

KEPT_OUT = """
    print("pip says above what was in the way. Nothing was replaced: use a new environment.")
"""
NO_ADDRESS = """
    print("In the folder of the book's source, run: python -m pip install '.[notebooks]'")
    print("Then restart the kernel.")
"""

FILES = """
for name in {files}:  # what the chapter imports and reads
    if not Path(name).exists():
        from urllib.request import urlretrieve

        Path(name).parent.mkdir(parents=True, exist_ok=True)
        urlretrieve({address!r} + name, name)
"""

COLAB = """
if importlib.util.find_spec("google") and importlib.util.find_spec("google.colab"):
    from google.colab import output

    output.enable_custom_widget_manager()  # for the interactive figures
"""

SHARP = """
%config InlineBackend.figure_formats = ["retina"]
%config InlineBackend.print_figure_kwargs = {"bbox_inches": "tight", "dpi": 200}
"""


def imports(code: str) -> set[str]:
    """The names that some code imports, as `adamlearn.explorables`; IPython's own lines are left out."""
    lines = [line for line in code.splitlines() if not line.lstrip().startswith(("%", "!"))]
    names = set()
    for node in ast.walk(ast.parse("\n".join(lines))):
        if isinstance(node, ast.Import):
            names |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            names.add(node.module)
    return names


def requirements() -> dict[str, dict[str, Requirement]]:
    """What the package requires, by extra and name; without an extra under the empty name."""
    found: dict[str, dict[str, Requirement]] = {}
    for text in importlib.metadata.requires(PACKAGE) or ():
        requirement = Requirement(text)
        extra = str(requirement.marker).partition("extra == ")[2].strip('"') if requirement.marker else ""
        requirement.marker = None
        found.setdefault(extra, {})[requirement.name] = requirement
    return found


@functools.cache
def providers():
    """The distributions that have a module, by the module's name."""
    return importlib.metadata.packages_distributions()


def needed(code: str, beside: Iterable[str], wheel: str) -> dict[str, str]:
    """What some code needs, as module and requirement; the modules ``beside`` it travel along."""
    declared = requirements()
    known = {name: str(requirement) for group in declared.values() for name, requirement in group.items()}
    names = imports(code)
    modules = {name.partition(".")[0] for name in names} - set(beside) - set(sys.stdlib_module_names)
    distributions = providers()
    wanted = {module: distributions.get(module, [module])[0] for module in modules}
    groups = [""] + [extra for mention, extra in EXTRAS.items() if mention in code]
    for name in (name for group in groups for name in declared.get(group, ())):
        wanted.setdefault(name, name)
    found = {module: known.get(name.lower(), name.lower()) for module, name in wanted.items()}
    return {PACKAGE: wheel} | dict(sorted((m, r) for m, r in found.items() if m != PACKAGE))


def install_cell(code: str, beside: list[str], site: str | None) -> str:
    """The text of the cell; ``beside`` are the files that the chapter uses, by their place beside it."""
    version = importlib.metadata.version(PACKAGE)
    wheel = f"{PACKAGE}-{version}-py3-none-any.whl"
    modules = {Path(name).parts[0].removesuffix(".py") for name in beside}
    address = f"{site}notebooks/" if site else ""
    names = needed(code, modules, f"{PACKAGE} @ {address}{wheel}" if site else PACKAGE)
    listed = (
        "{" + "".join(f"\n    {name!r}: {text!r}," for name, text in names.items()).replace("'", '"') + "\n}"
    )
    advice = (KEPT_OUT if site else NO_ADDRESS).rstrip() + "\n"
    more = FILES.format(files=sorted(beside), address=address) if site and beside else ""
    more += COLAB if "adamlearn.explorables" in code else ""
    more += SHARP if "matplotlib" in names else ""
    return CELL.format(needed=listed, install=FROM_SITE if site else "", advice=advice, more=more).strip()
