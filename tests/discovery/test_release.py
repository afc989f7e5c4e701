"""Commits are found under the names that builds give them; what is none is told, not taken."""

from typing import Any

import pytest

from smoke.discovery.release import found_release
from tests.checks.fake_world import NEW, OLD
from tests.discovery.sites import answer, html, json_answer, site_of, text

PAGE = "<!doctype html><title>Shop</title><meta name='{}' content='{}'><h1>Shop</h1>"


@pytest.mark.parametrize(
    ("document", "at"),
    [
        ({"commitSha": NEW}, "commitSha"),
        ({"gitCommit": NEW[:7]}, "gitCommit"),
        ({"git": {"commit": {"id": NEW[:7]}}}, "git.commit.id"),
        ({"vercel": {"gitCommitSha": NEW}}, "vercel.gitCommitSha"),
        ({"commit-sha": NEW}, '"commit-sha"'),
        ({"shortCommitSha": NEW[:7], "commitSha": NEW}, "commitSha"),
        ({"revision": f"sha-{NEW[:7]}"}, "revision"),
        ({"version": NEW}, "version"),
        ({"version": f"prod-{NEW[:12]}"}, "version"),
        ({"version": f"v2.3.1-14-g{NEW[:7]}"}, "version"),
        ({"commit": f"v2.3.1-14-g{NEW[:7]}"}, "commit"),
        ({"version": "2", "releaseId": f"v2.3.1-14-g{NEW[:7]}"}, "releaseId"),
    ],
)
def test_keys(document: dict[str, Any], at: str) -> None:
    """The usual keys are known, nested ones too, and a version that is a commit."""
    found = found_release(site_of({"/version": json_answer(document)}))
    assert found.keys["path"] == "/version"
    assert found.keys["commit"] == at


def test_the_version_is_reported_beside_the_commit() -> None:
    """Where both are told, both are written."""
    found = found_release(site_of({"/health": json_answer({"status": "ok", "version": "1.2.3", "commit": NEW})}))
    assert found.keys == {"path": "/health", "commit": "commit", "version": "version"}


@pytest.mark.parametrize("value", [None, "", "dev", "local", "unknown", "HEAD", "0.0.0", "${GIT_SHA}", "$SHA", "main"])
def test_placeholders(value: str | None) -> None:
    """A placeholder is no commit; the remark says where the commit should stand."""
    found = found_release(site_of({"/api/version": json_answer({"commit": value})}))
    assert found.keys == {}
    assert "/api/version has commit, but it holds no commit" in found.remark


@pytest.mark.parametrize("version", ["1.2.3", "v2026.11.3", "1.2.3-rc.1", "1.2.3+9f1c2ab"])
def test_a_version_stands_in_for_a_commit(version: str) -> None:
    """Where only a version is told, replicas must agree about that; any commit that is told anywhere is better."""
    found = found_release(site_of({"/version": json_answer({"version": version})}))
    assert (found.keys, found.version) == ({"path": "/version", "commit": "version"}, version)
    both = {"/version": json_answer({"version": version}), "/health": json_answer({"status": "ok", "commit": NEW})}
    assert found_release(site_of(both)).commit == NEW


@pytest.mark.parametrize("version", ["20261126", "2.0", "1.2", "stable", "7"])
def test_what_is_neither(version: str) -> None:
    """A date, a number or a word says too little to bind a verdict to."""
    found = found_release(site_of({"/version": json_answer({"version": version})}))
    assert found.keys == {}
    assert f"tells a version ({version}), but no commit" in found.remark


def test_the_version_of_a_language_is_not_the_applications() -> None:
    """What is named under `python` says nothing about the release."""
    found = found_release(site_of({"/-/versions.json": json_answer({"python": {"version": "3.11.7"}})}))
    assert (found.keys, found.remark) == ({}, "")


def test_a_commit_that_changes_is_told() -> None:
    """While a rollout goes on nothing is written."""
    found = found_release(site_of({"/version": [json_answer({"commit": one}) for one in (OLD, NEW, OLD)]}))
    assert found.keys == {}
    assert "is a deploy going on?" in found.remark


def test_meta_elements_and_headers() -> None:
    """A page may carry the commit, and so may a header."""
    page = found_release(site_of({"/": html(PAGE.format("commit", NEW))}))
    assert page.keys == {"path": "/", "meta": "commit"}
    header = found_release(site_of({"/": html("<h1>x</h1>", headers={"x-commit-sha": NEW})}))
    assert header.keys == {"path": "/", "header": "x-commit-sha"}
    assert found_release(site_of({"/": html(PAGE.format("version", "1.2.3"))})).keys == {}
    assert found_release(site_of({"/": html("<h1>x</h1>", headers={"x-version": "20261126"})})).keys == {}


@pytest.mark.parametrize("name", ["x-app-revision", "x-shop-git", "x-release-commit"])
def test_headers_of_other_names(name: str) -> None:
    """A header of any such name that holds a commit names it."""
    found = found_release(site_of({"/": html("<h1>x</h1>", headers={name: NEW})}))
    assert found.keys == {"path": "/", "header": name}
    assert found_release(site_of({"/": html("<h1>x</h1>", headers={name: "2026-11-26"})})).keys == {}


@pytest.mark.parametrize("body", [NEW, f"{NEW}\n", f"v2.3.1-14-g{NEW[:7]}\n"])
def test_a_plain_text(body: str) -> None:
    """A file that holds nothing but the commit names it."""
    found = found_release(site_of({"/version.txt": text(body)}))
    assert (found.keys, found.commit) == ({"path": "/version.txt", "text": True}, body.strip())


@pytest.mark.parametrize("body", ["1.2.3", "20261126", "", "built at noon", f"{NEW} {OLD}", NEW * 3])
def test_a_plain_text_that_names_none(body: str) -> None:
    """Anything else in such a file is no commit, and neither is one that changes."""
    assert found_release(site_of({"/version.txt": text(body)})).keys == {}
    assert found_release(site_of({"/version.txt": [text(one) for one in (OLD, NEW, OLD)]})).keys == {}


@pytest.mark.parametrize("body", [b"{", b"\xff\xfe", b"[]", b'"x"', b"[" * 5000, b""])
def test_garbage(body: bytes) -> None:
    """What is no object tells nothing, and breaks nothing."""
    assert found_release(site_of({"/version": answer(body, 200, "application/json")})).keys == {}
