"""How a build names itself."""

import pytest

from smoke.verdict.release import Release, is_final, is_newer, is_pre_release, long_tag, same_commit, same_version

NEW = "9f1c2ab4d5e60718293a4b5c6d7e8f9012345678"


@pytest.mark.parametrize(
    ("version", "than", "newer"),
    [
        ("1.43.0", "1.42.0", True),
        ("v1.42.1", "1.42", True),
        ("2026.11.3", "2026.9.30", True),
        ("1.42.0-rc.1", "1.41.9", True),
        ("1.42", "1.42.0", False),
        ("1.41.9", "1.42.0", False),
        ("1.42.0", None, False),
        (None, "1.42.0", False),
        (["9.9"], "1.0", False),
        ("nightly", "1.0", False),
        ("9f1c2ab.1", "1.0", False),
        ("1.0.x", "2.0", False),
    ],
)
def test_versions_are_compared_by_their_numbers(version: object, than: object, newer: bool) -> None:
    """Only plain numbers count, and what tells none is never newer."""
    assert is_newer(version, than) is newer


@pytest.mark.parametrize(
    ("version", "early"),
    [
        ("1.4.0-rc.1", True),
        ("v1.4.0-beta", True),
        ("web@1.4.0-alpha.2", True),
        ("registry.test/app:v1.4.0-rc.1", True),
        ("1.4.0rc1", True),
        ("1.4.dev3", True),
        ("1.4.0a1", True),
        ("1.4.0.dev1", True),
        ("1.4.0-SNAPSHOT", True),
        ("1.4.0-0.beta", True),
        ("1.4.0-canary.12+build.7", True),
        ("1.4.0-alpine-rc.1", True),
        ("v1.4.0_beta", True),
        ("v1.4-beta", True),
        ("prod-v1.4.0-rc.1", True),
        ("app:v1.4.0-rc.1@sha256:0a1b", True),
        ("registry.test:5000/app-1.2.0-rc.1/web", False),
        ("1.4.0-57", False),
        ("1.4.0-b57", False),
        ("1.0.2a", False),
        ("1.4.0-hotfix.1", False),
        ("1.4.0-alpine", False),
        ("api:v1.4.0-alpine3.20", False),
        ("1.4.0-betamax", False),
        ("1.4.0+rc.1", False),
        ("1.4.0.post1", False),
        ("dev-1.4.0", False),
        ("1234567a1", False),
        (f"feature-beta-{NEW}", False),
        ("1.4.0", False),
        ("v1.4.0+build-7", False),
        ("1.4.0-9f1c2ab", False),
        ("v1.4.0-3-g9f1c2ab", False),
        (f"prod-{NEW}", False),
        ("", False),
        (None, False),
        (1.4, False),
    ],
)
def test_pre_releases(version: object, early: bool) -> None:
    """Its word tells it, in SemVer's or Python's spelling; a build, a fix, a base image or a commit is none."""
    assert is_pre_release(version) is early


@pytest.mark.parametrize(
    ("version", "final"),
    [
        ("1.4.0", True),
        ("app:v1.4.0-alpine", True),
        (f"prod-{NEW[:7]}", True),
        ("1.4.0-rc.1", False),
        (NEW, False),
        ("latest", False),
        ("${APP_VERSION}", False),
        ("", False),
        (None, False),
        (1.4, False),
    ],
)
def test_what_says_that_it_is_none(version: object, final: bool) -> None:
    """Numbers do, and so does a tag of the commit; a bare commit or a placeholder says nothing of it."""
    assert is_final(version) is final


@pytest.mark.parametrize(
    ("one", "same"),
    [
        (NEW[:7], True),
        (NEW[:6], False),
        (f"sha-{NEW[:7]}", True),
        (f"feature-x-{NEW[:8]}", True),
        (f"v1.4.0-3-g{NEW[:7]}", True),
        (f"registry.test/app:main-{NEW}", True),
        ("feature-9f1c2ac", False),
        (f"x{NEW}", False),
        ("", False),
    ],
)
def test_names_of_one_commit(one: str, same: bool) -> None:
    """Seven digits suffice, whatever branch stands before them."""
    assert same_commit(one, NEW) is same
    assert same_commit(NEW, one) is same


def test_versions_and_tags_agree() -> None:
    """Without a commit only equal names agree."""
    assert same_version("v1.4.0", "1.4.0", None)
    assert not same_version("1.4.0", "1.4.1", None)
    assert not same_version("nightly", f"prod-{NEW}", NEW)


def test_a_tag_that_was_never_pushed_is_explained() -> None:
    """The usual workflow pushes seven digits, so a deploy that names forty finds nothing."""
    explained = long_tag(f"staging-{NEW}")

    assert explained is not None
    assert "pushes 7 (staging-9f1c2ab)" in explained
    assert long_tag("staging-9f1c2ab") is None
    assert long_tag(NEW) is None


def test_what_is_due_of_one_service() -> None:
    """A release that names its services says nothing of the others, whatever is known of their commits."""
    of_all = Release(commit=NEW, condemned="4e77d01")
    of_some = Release(commit=NEW, condemned="4e77d01", version="1.4.0", deployed_at=1.8e9, services=("web", "bff"))

    assert of_all.of("worker") == of_all
    assert of_some.of("web") == of_some
    assert of_some.of(None) == of_some
    assert of_some.of("worker") == Release(services=("web", "bff"))
