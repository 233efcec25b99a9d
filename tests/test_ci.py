"""The workflows keep to what is safe, and the scripts they call do what they say, run here by hand."""

import re
import shutil
import subprocess
import sys
import zipfile
from importlib.metadata import version
from pathlib import Path

import pytest
import yaml

ROOT = Path(__file__).parents[1]
WORKFLOWS = sorted((ROOT / ".github/workflows").glob("*.yml"))
needs_bash = pytest.mark.skipif(sys.platform == "win32", reason="the scripts are for Linux and macOS")


@pytest.fixture(params=WORKFLOWS, ids=lambda path: path.stem)
def workflow(request):
    return request.param.read_text(encoding="utf-8")


def test_actions_are_pinned_by_commit(workflow):
    uses = re.findall(r"uses: (.*)", workflow)
    assert uses
    assert [line for line in uses if not re.fullmatch(r"[\w/-]+@[0-9a-f]{40} # v\d+\.\d+\.\d+", line)] == []


def test_one_action_has_one_version():
    uses = re.findall(
        r"uses: ([\w/-]+)@(.*)", "".join(path.read_text(encoding="utf-8") for path in WORKFLOWS)
    )
    assert len(set(uses)) == len({name for name, _ in uses})


def test_jobs_may_read_and_end(workflow):
    """A job that writes says so itself; none runs for GitHub's six hours."""
    parsed = yaml.safe_load(workflow)
    assert parsed["permissions"] == {"contents": "read"}
    assert "concurrency" in parsed
    for name, job in parsed["jobs"].items():
        assert job["timeout-minutes"] <= 90, name
        assert job.get("permissions", {}).keys() <= {"contents"}, name


def test_only_the_jobs_that_push_keep_a_token(workflow):
    for name, job in yaml.safe_load(workflow)["jobs"].items():
        for step in job["steps"]:
            if step.get("uses", "").startswith("actions/checkout@"):
                kept = step["with"]["persist-credentials"]
                assert kept == (job.get("permissions") == {"contents": "write"}), name


def test_the_version_to_cite_is_the_packages():
    citation = yaml.safe_load((ROOT / "CITATION.cff").read_text(encoding="utf-8"))
    assert citation["version"] == version("adamlearn")


def run(*command, cwd):
    return subprocess.run(command, cwd=cwd, capture_output=True, encoding="utf-8")


def git(folder, *arguments):
    done = run("git", "-c", "user.name=A", "-c", "user.email=a@localhost", *arguments, cwd=folder)
    assert done.returncode == 0, done.stderr
    return done.stdout


@pytest.fixture
def checkout(tmp_path):
    """A repository with this one's scripts, whose remote is a bare repository beside it."""
    git(tmp_path, "init", "--quiet", "--bare", "remote.git")
    git(tmp_path, "init", "--quiet", "--initial-branch=main", "checkout")
    folder = tmp_path / "checkout"
    shutil.copytree(ROOT / ".ci", folder / ".ci")
    (folder / ".gitignore").write_text("_build/\n", encoding="utf-8")
    git(folder, "add", "--all")
    git(folder, "commit", "--quiet", "--message", "Begin")
    git(folder, "remote", "add", "origin", "../remote.git")
    return folder


@needs_bash
def test_deploy_pushes_the_site_as_one_commit(checkout):
    site = checkout / "_build/html"
    (site / "notebooks").mkdir(parents=True)
    (site / "index.html").write_text("first", encoding="utf-8")
    (site / "old.html").write_text("gone in the second", encoding="utf-8")
    (site / "notebooks/01-adam.ipynb").write_text("{}", encoding="utf-8")
    remote = checkout.parent / "remote.git"
    for text in ("first", "second"):
        (site / "index.html").write_text(text, encoding="utf-8")
        done = run(checkout / ".ci/deploy", "_build/html", cwd=checkout)
        assert done.returncode == 0, done.stderr
        assert git(remote, "show", "gh-pages:index.html") == text
        assert git(remote, "rev-list", "--count", "gh-pages") == "1\n"
        (site / "old.html").unlink(missing_ok=True)
    files = git(remote, "ls-tree", "-r", "--name-only", "gh-pages").split()
    assert files == [".nojekyll", "index.html", "notebooks/01-adam.ipynb"]
    assert git(checkout, "status", "--porcelain") == ""


@needs_bash
def test_deploy_refuses_what_is_no_site(checkout):
    (checkout / "_build/html").mkdir(parents=True)
    done = run(checkout / ".ci/deploy", "_build/html", cwd=checkout)
    assert done.returncode == 1
    assert "holds no index.html: build the book first" in done.stderr
    assert git(checkout.parent / "remote.git", "branch") == ""


@pytest.fixture
def built(checkout):
    """What `make wheel notebooks pdf` leaves, in name."""
    for name in (
        "dist/adamlearn-0.1.0-py3-none-any.whl",
        "dist/adamlearn-0.1.0.tar.gz",
        "adamlearn.pdf",
        "notebooks/solutions/01-adam.ipynb",
        "notebooks/exercises/01-adam.ipynb",
    ):
        (checkout / "_build" / name).parent.mkdir(parents=True, exist_ok=True)
        (checkout / "_build" / name).write_text(name, encoding="utf-8")
    changes = "# Changelog\n\n## [Unreleased]\n\nnext\n\n## [0.1.0]\n\n- all\n\n## [0.0.1]\n\nold\n"
    (checkout / "CHANGELOG.md").write_text(changes, encoding="utf-8")
    return checkout


@needs_bash
def test_release_gathers_its_files_and_notes(built):
    done = run(built / ".ci/release", "v0.1.0", cwd=built)
    assert done.returncode == 0, done.stderr
    release = built / "_build/release"
    assert sorted(path.name for path in release.iterdir()) == [
        "adamlearn-0.1.0-py3-none-any.whl",
        "adamlearn-0.1.0.pdf",
        "adamlearn-0.1.0.tar.gz",
        "adamlearn-notebooks-0.1.0.zip",
        "notes.md",
    ]
    assert (release / "notes.md").read_text(encoding="utf-8").strip() == "- all"
    with zipfile.ZipFile(release / "adamlearn-notebooks-0.1.0.zip") as archive:
        assert {"solutions/01-adam.ipynb", "exercises/01-adam.ipynb"} <= set(archive.namelist())


@needs_bash
@pytest.mark.parametrize(
    ("tag", "message"),
    [
        ("v0.2.0", "the tag is v0.2.0, but _build/dist holds: adamlearn-0.1.0-py3-none-any.whl"),
        ("v0.1.0", "CHANGELOG.md has no text under '## [0.1.0]'"),
    ],
)
def test_release_refuses_another_version_and_no_notes(built, tag, message):
    (built / "CHANGELOG.md").write_text("# Changelog\n\n## [0.1.0]\n\n## [0.0.1]\n\nold\n", encoding="utf-8")
    done = run(built / ".ci/release", tag, cwd=built)
    assert done.returncode == 1
    assert message in done.stderr
    assert not (built / "_build/release/notes.md").exists()
