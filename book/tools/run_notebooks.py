"""Run reader notebooks as a reader would: a fresh environment, the wheel, and nothing of this repository.

``python book/tools/run_notebooks.py WHEEL [NOTEBOOK ...]``; without names, all of ``_build/notebooks``.
"""

import argparse
import os
import shutil
import subprocess
import sys
import tempfile
import venv
from pathlib import Path

from tqdm import tqdm

BUILT = Path(__file__).parents[2] / "_build" / "notebooks"


def environment(folder: Path, wheel: Path) -> Path:
    """Make an environment with the wheel and its extra ``notebooks``; return its folder of programs."""
    venv.create(folder, with_pip=True)
    programs = folder / ("Scripts" if os.name == "nt" else "bin")
    requirement = f"adamlearn[notebooks] @ {wheel.resolve().as_uri()}"
    subprocess.run([programs / "python", "-m", "pip", "install", "--quiet", requirement], check=True)
    return programs


def run(notebook: Path, programs: Path, folder: Path) -> str:
    """Execute a copy of a notebook, with what lies beside it; return what went wrong, or nothing."""
    copies = Path(tempfile.mkdtemp(dir=folder))
    for path in notebook.parent.iterdir():
        if path.is_dir():
            shutil.copytree(path, copies / path.name)
    shutil.copy2(notebook, copies)
    own = {name: value for name, value in os.environ.items() if name not in ("PYTHONPATH", "PYTHONHOME")}
    command = [programs / "jupyter", "execute", "--timeout=1200", notebook.name]
    done = subprocess.run(command, cwd=copies, env=own, capture_output=True, text=True)
    return done.stderr if done.returncode else ""


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("wheel", type=Path)
    parser.add_argument("notebooks", nargs="*", type=Path, default=sorted(BUILT.glob("*/*.ipynb")))
    arguments = parser.parse_args()
    failed = {}
    with tempfile.TemporaryDirectory() as folder:
        programs = environment(Path(folder, "environment"), arguments.wheel)
        for notebook in tqdm(arguments.notebooks, unit="notebook"):
            if fault := run(notebook, programs, Path(folder)):
                failed[notebook] = fault
    for notebook, fault in failed.items():
        print(f"{notebook}:\n{fault}")
    sys.exit(f"{len(failed)} of {len(arguments.notebooks)} notebooks failed" if failed else 0)


if __name__ == "__main__":
    main()
