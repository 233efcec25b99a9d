"""The package as others get it: the wheel in fresh environments, and the build hook (it fetches packages)."""

import ast
import os
import re
import shutil
import subprocess
import sys
import tarfile
import tomllib
import zipfile
from pathlib import Path

import nbformat
import pytest

import adamlearn

ROOT = Path(adamlearn.__path__[0]).parent
README = ROOT / "README.md"
SCRIPTS = {
    f"adamlearn/explorables/built/{n}"
    for n in ("explorable.js", "explorable.css", "editor.js", "LICENSES.txt")
}
HOOKS = [sys.executable, "-m", "hatchling", "build", "--target", "wheel", "--hooks-only"]

ALONE = """
import importlib, importlib.metadata, pkgutil, sys
import numpy as np
from scipy.optimize import minimize, rosen, rosen_der
import adamlearn
from adamlearn import Adam, landscapes, plots
import matplotlib
matplotlib.use("Agg")

assert adamlearn.__version__ == importlib.metadata.version("adamlearn")
for module in pkgutil.walk_packages(adamlearn.__path__, "adamlearn.", onerror=lambda name: None):
    if not module.name.startswith(("adamlearn.explorables", "adamlearn.engines.numba")):
        importlib.import_module(module.name)
method, options = Adam(learning_rate=0.01), {"maxiter": 5000}
found = minimize(rosen, [-1.5, 2.0], jac=rosen_der, method=method, options=options)
assert np.allclose(found.x, 1, atol=0.01)
plots.use_style()
plots.contours(landscapes.rosenbrock, matplotlib.pyplot.gca())
for extra, try_it in (
    ("widgets", lambda: importlib.import_module("adamlearn.explorables")),
    ("fast", lambda: Adam(engine="numba").update(np.zeros(2), np.ones(2))),
):
    try:
        try_it()
    except ModuleNotFoundError as error:
        assert f"adamlearn[{extra}]" in str(error)
    else:
        raise AssertionError(f"there is no extra {extra} here; expected a refusal")
"""
FIRST = """
import sys
from adamlearn import Adam
exec(compile(sys.stdin.buffer.read(), "first", "exec"))
assert len(figure._esm) > 10_000 and "render" in figure._esm and len(figure._css) > 1_000
before = dict(figure._result)
assert before["rows"] > 0 and before["data"] and not before["errors"]
figure.hyperparameters["Adam"]["beta1"] = 0.5
assert figure._result["data"] != before["data"] and not figure._result["errors"]
sent = []
figure.send = sent.append
figure._told(figure, "editor", [])
assert len(sent[0]["editor"]) > 10_000
"""


def command(*arguments, **kwargs):
    done = subprocess.run(arguments, capture_output=True, **kwargs)
    assert done.returncode == 0, (done.stdout + done.stderr).decode()


@pytest.fixture(scope="module")
def built(tmp_path_factory):
    """The sdist, and the wheel made from it, where no node is on the path and npm fetches nothing."""
    command(*HOOKS, cwd=ROOT)
    folder = tmp_path_factory.mktemp("dist")
    nowhere = {"npm_config_offline": "true", "npm_config_cache": str(folder / "npm"), "PATH": ""}
    command(uv(), "build", "--out-dir", folder, cwd=ROOT, env={**os.environ, **nowhere})
    (sdist,), (wheel,) = folder.glob("*.tar.gz"), folder.glob("*.whl")
    return sdist, wheel


@pytest.fixture
def environment(built, tmp_path):
    """Installs the wheel with an extra or none in a fresh environment, and returns its Python."""

    def install(extra=""):
        command(uv(), "venv", "--python", sys.executable, tmp_path / "venv")
        python = tmp_path / "venv" / ("Scripts/python.exe" if os.name == "nt" else "bin/python")
        command(uv(), "pip", "install", "--python", python, f"{built[1]}{extra}")
        return [str(python), "-I", "-W", "error", "-c"]

    return install


def uv():
    return Path(sys.executable).with_name("uv")


def test_the_wheel_holds_the_package_and_no_more(built):
    modules = (
        path for path in (ROOT / "adamlearn").rglob("*.py") if not {"page", "node_modules"} & {*path.parts}
    )
    expected = {path.relative_to(ROOT).as_posix() for path in modules} | SCRIPTS | {"adamlearn/py.typed"}
    with zipfile.ZipFile(built[1]) as wheel:
        held = {name for name in wheel.namelist() if ".dist-info/" not in name}
        assert held == expected
        assert any(name.endswith("licenses/LICENSE") for name in wheel.namelist())
        licenses = wheel.read("adamlearn/explorables/built/LICENSES.txt").decode()
        assert "d3-scale" in licenses and "@codemirror/view" in licenses and "BSD-3-Clause" in licenses
    assert built[1].stat().st_size < 400_000


def test_the_sdist_holds_what_a_build_needs(built):
    with tarfile.open(built[0]) as sdist:
        held = {name.partition("/")[2] for name in sdist.getnames()}
    assert held >= SCRIPTS | {
        "hatch_build.py",
        "pyproject.toml",
        "LICENSE",
        "adamlearn/explorables/ui/explorable.js",
    }
    assert not [name for name in held if name.startswith(("book", "tests")) or "node_modules" in name]
    assert built[0].stat().st_size < 500_000


def test_the_wheel_works_with_the_core_dependencies(environment, tmp_path):
    """All that needs no extra, and the README's examples."""
    examples = re.findall(r"^```python\n(.*?)^```", README.read_text(encoding="utf-8"), re.M | re.S)
    assert examples
    command(*environment(), "\n".join([ALONE, *examples]), cwd=tmp_path)


@pytest.mark.parametrize(
    "file", [README, ROOT / "environment.yml", ROOT / "Makefile"], ids=lambda file: file.name
)
def test_extras_that_are_to_be_installed_are_declared(file):
    named = re.findall(r"\.\[([\w,]+)\]", file.read_text(encoding="utf-8"))
    assert named
    declared = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    for extras in named:
        assert {*extras.split(",")} <= declared["optional-dependencies"].keys()


def test_the_first_explorable_answers_from_the_wheel(environment, tmp_path):
    """The cell of chapter 1, run where there is no node, and no file of the repository."""
    cells = nbformat.read(ROOT / "book/01-adam.ipynb", as_version=4).cells
    first = next(cell.source for cell in cells if "adamlearn.explorables import" in cell.source)
    tree = ast.parse(first)
    shown = tree.body[-1]
    assert isinstance(shown, ast.Expr)
    tree.body[-1] = ast.copy_location(ast.Assign([ast.Name("figure", ast.Store())], shown.value), shown)
    code = ast.unparse(ast.fix_missing_locations(tree)).encode()
    command(*environment("[widgets]"), FIRST, input=code, cwd=tmp_path, env={**os.environ, "PATH": ""})


# The build hook


@pytest.fixture
def copy(tmp_path):
    """A copy of what the hook works on, its packages fetched and its bundle made."""
    command(*HOOKS, cwd=ROOT)
    for name in ("pyproject.toml", "hatch_build.py", "README.md", "LICENSE"):
        shutil.copy2(ROOT / name, tmp_path)
    shutil.copytree(ROOT / "adamlearn", tmp_path / "adamlearn")
    return tmp_path


def test_the_hook_leaves_a_bundle_that_is_not_stale(copy):
    script = copy / "adamlearn/explorables/built/explorable.js"
    script.write_text("// made before", encoding="utf-8")
    command(*HOOKS, cwd=copy)
    assert script.read_text(encoding="utf-8") == "// made before"


@pytest.mark.parametrize("place", ["ui/explorable.css", "kinds/anatomy/view.css"])
def test_the_hook_rebuilds_after_a_change_whatever_the_files_times_are(copy, place):
    source = copy / "adamlearn/explorables" / place
    source.write_text(source.read_text(encoding="utf-8") + "\n.changed-here { top: 7px }\n", encoding="utf-8")
    os.utime(source, (0, 0))
    command(*HOOKS, cwd=copy)
    style = copy / "adamlearn/explorables/built/explorable.css"
    assert ".changed-here{top:7px}" in style.read_text(encoding="utf-8")


def test_a_script_with_a_mistake_is_refused_until_it_is_mended(copy):
    source = copy / "adamlearn/explorables/ui/explorable.js"
    text = source.read_text(encoding="utf-8")
    source.write_text(text + "\nlet = ;\n", encoding="utf-8")
    for _ in range(2):
        failed = subprocess.run(HOOKS, cwd=copy, capture_output=True, text=True)
        assert failed.returncode and "explorable.js" in failed.stderr and "expected 0" in failed.stderr
    source.write_text(text, encoding="utf-8")
    command(*HOOKS, cwd=copy)
    assert (copy / "adamlearn/explorables/built/made-of.txt").exists()
