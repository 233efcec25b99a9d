"""Where the book's repository is on the web: told by the environment of CI or by the checkout's remote."""

import os
import re
import subprocess
from dataclasses import dataclass
from pathlib import Path

HOST = "https://github.com"
REMOTE = re.compile(
    r"(?:https://(?:[^@/]+@)?github\.com/|(?:ssh://)?git@github\.com[:/])"
    r"(?P<owner>[A-Za-z0-9-]+)/(?P<name>[A-Za-z0-9._-]+?)(?:\.git)?/?"
)


@dataclass(frozen=True)
class Repository:
    """A repository and the site that is made of it.

    Attributes
    ----------
    owner, name, branch : str
        As the host writes them; the branch is the one that readers' changes are meant for.
    """

    owner: str
    name: str
    branch: str

    @property
    def url(self) -> str:
        """The repository's page."""
        return f"{HOST}/{self.owner}/{self.name}"

    @property
    def site(self) -> str:
        """The address under which its Pages are served; it ends in a slash."""
        host = f"{self.owner.lower()}.github.io"
        return f"https://{host}/" if self.name.lower() == host else f"https://{host}/{self.name}/"


def repository(root: Path) -> Repository | None:
    """The repository of a checkout, or None where neither CI nor the remote names one on a known host."""
    if os.environ.get("GITHUB_REPOSITORY"):
        return of_environment(root)
    if git(root, "rev-parse", "--show-toplevel") != str(root.resolve()):
        return None  # what contains an unpacked archive is not its repository
    remote = REMOTE.fullmatch(git(root, "remote", "get-url", "origin"))
    return Repository(**remote.groupdict(), branch=branch(root)) if remote else None


def of_environment(root: Path) -> Repository | None:
    """The repository that GitHub Actions names; a tag or a pull request is no branch to edit."""
    if os.environ.get("GITHUB_SERVER_URL", HOST) != HOST:
        return None
    owner, name = os.environ["GITHUB_REPOSITORY"].split("/")
    pushed = os.environ.get("GITHUB_REF_NAME") if os.environ.get("GITHUB_REF_TYPE") == "branch" else None
    target = os.environ.get("GITHUB_BASE_REF")  # of a pull request
    if os.environ.get("GITHUB_REF", "").startswith("refs/pull/"):
        pushed = None
    return Repository(owner, name, target or pushed or branch(root))


def branch(root: Path) -> str:
    """The remote's main branch where the checkout knows it, else the present one."""
    head = git(root, "symbolic-ref", "--short", "refs/remotes/origin/HEAD").removeprefix("origin/")
    return head or git(root, "symbolic-ref", "--short", "HEAD") or "main"


def git(root: Path, *arguments: str) -> str:
    """What a git command prints, or nothing where it fails or there is no git."""
    try:
        done = subprocess.run(["git", "-C", root, *arguments], capture_output=True, text=True, check=False)
    except FileNotFoundError:
        return ""
    return done.stdout.strip() if done.returncode == 0 else ""
