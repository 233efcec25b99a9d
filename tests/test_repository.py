"""The repository's addresses, from remotes and environments of every form."""

import subprocess

import pytest
from tools.repository import Repository, repository

from tests.small_site import set_remote

OURS = Repository("some-body", "A.book", "trunk")


@pytest.fixture(autouse=True)
def no_ci(monkeypatch):
    for name in ("REPOSITORY", "SERVER_URL", "REF", "REF_NAME", "REF_TYPE", "BASE_REF"):
        monkeypatch.delenv(f"GITHUB_{name}", raising=False)


@pytest.mark.parametrize(
    "address",
    [
        "https://github.com/some-body/A.book.git",
        "https://github.com/some-body/A.book",
        "https://github.com/some-body/A.book/",
        "https://user:secret@github.com/some-body/A.book.git",
        "git@github.com:some-body/A.book.git",
        "ssh://git@github.com/some-body/A.book.git",
    ],
)
def test_a_remote_names_it(tmp_path, address):
    set_remote(tmp_path, address)
    assert repository(tmp_path) == OURS
    assert OURS.url == "https://github.com/some-body/A.book"
    assert OURS.site == "https://some-body.github.io/A.book/"


@pytest.mark.parametrize(
    "address",
    ["/srv/git/book.git", "https://example.org/some-body/A.book.git", "https://github.com.example.org/a/b"],
)
def test_another_host_is_none(tmp_path, address):
    set_remote(tmp_path, address)
    assert repository(tmp_path) is None


def test_no_checkout_and_no_remote_are_none(tmp_path):
    assert repository(tmp_path) is None
    subprocess.run(["git", "init", "--quiet", tmp_path], check=True)
    assert repository(tmp_path) is None


def test_a_folder_in_a_checkout_is_not_its_repository(tmp_path):
    set_remote(tmp_path, "https://github.com/some-body/A.book")
    (tmp_path / "unpacked").mkdir()
    assert repository(tmp_path / "unpacked") is None


def test_the_main_branch_of_the_remote_goes_before_the_present_one(tmp_path):
    set_remote(tmp_path, "https://github.com/some-body/A.book", branch="a-change")
    head = ["symbolic-ref", "refs/remotes/origin/HEAD", "refs/remotes/origin/trunk"]
    subprocess.run(["git", "-C", tmp_path, *head], check=True)
    assert repository(tmp_path) == OURS


@pytest.mark.parametrize(
    ("environment", "branch"),
    [
        ({"REF": "refs/heads/trunk", "REF_TYPE": "branch", "REF_NAME": "trunk"}, "trunk"),
        (
            {"REF": "refs/pull/7/merge", "REF_TYPE": "branch", "REF_NAME": "7/merge", "BASE_REF": "next"},
            "next",
        ),
        ({"REF": "refs/tags/v1", "REF_TYPE": "tag", "REF_NAME": "v1"}, "main"),
    ],
)
def test_ci_names_it(tmp_path, monkeypatch, environment, branch):
    for name, value in {**environment, "REPOSITORY": "some-body/A.book"}.items():
        monkeypatch.setenv(f"GITHUB_{name}", value)
    assert repository(tmp_path) == Repository("some-body", "A.book", branch)


def test_ci_on_another_host_is_none(tmp_path, monkeypatch):
    monkeypatch.setenv("GITHUB_REPOSITORY", "some-body/A.book")
    monkeypatch.setenv("GITHUB_SERVER_URL", "https://git.example.org")
    assert repository(tmp_path) is None


def test_the_repository_of_an_owners_own_site():
    assert Repository("Some-Body", "some-body.github.io", "main").site == "https://some-body.github.io/"
