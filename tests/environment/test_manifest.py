"""The release manifest and the flags that are its short form."""

import dataclasses
import json
from pathlib import Path

import pytest

from smoke.environment.manifest import combine, load
from smoke.errors import ConfigurationError
from smoke.verdict.release import Maintenance, Marker, Release, StagedFlag, is_commit

FULL = """
commit = "sha-9F1C2AB"
version = "v1.8.0"
previous = "4e77d01"
deployed_at = 2026-11-20T10:02:00+09:00
author = "A. Uthor"
changelog = "Invoices by month."
invalidates_sessions = true
retired = ["journey/old-report"]
migrations = ["20261120_add_months"]

[[markers]]
name = "months"
path = "/account/invoices/months"
role = "customer"
contains = ["November"]
flag = "months"

[[staged_flags]]
name = "new-checkout"
share = 0.1

[maintenance]
from = "2026-11-20T01:00:00Z"
until = 1763604000
"""


def write(directory: Path, text: str) -> Path:
    """Write a manifest."""
    file = directory / "release.toml"
    file.write_text(text, "utf-8")
    return file


def test_everything_is_read(tmp_path: Path) -> None:
    """All that a release declares arrives as plain data, commits bare and times in epoch seconds."""
    text = FULL.replace("1763604000", "1795140000")
    assert load(write(tmp_path, text)) == Release(
        commit="9f1c2ab",
        version="v1.8.0",
        previous="4e77d01",
        deployed_at=1795136520.0,
        author="A. Uthor",
        changelog="Invoices by month.",
        invalidates_sessions=True,
        retired=("journey/old-report",),
        migrations=("20261120_add_months",),
        markers=(Marker("months", "/account/invoices/months", role="customer", contains=("November",), flag="months"),),
        staged_flags=(StagedFlag("new-checkout", 0.1),),
        maintenance=Maintenance(1795136400.0, 1795140000.0),
    )


def test_empty_manifest_declares_nothing(tmp_path: Path) -> None:
    """A manifest may be empty: then nothing was announced."""
    assert load(write(tmp_path, "")) == Release()


def test_release_survives_events(tmp_path: Path) -> None:
    """A release is the same after it went through JSON."""
    release = load(write(tmp_path, FULL.replace("1763604000", "1795140000")))
    assert Release.from_json(json.loads(json.dumps(dataclasses.asdict(release)))) == release


def test_maintenance_covers_its_window() -> None:
    """A window begins with its first moment and ends before its last."""
    window = Maintenance(10, 20)
    assert [window.covers(now) for now in (9, 10, 19, 20)] == [False, True, True, False]


@pytest.mark.parametrize(
    ("told", "commit"),
    [
        ("9F1C2AB", "9f1c2ab"),
        ("sha-9f1c2ab", "9f1c2ab"),
        ("v2.3.1-14-g9f1c2ab", "9f1c2ab"),
        ("registry.test/shop:feature-x-9f1c2ab", "9f1c2ab"),
    ],
)
def test_a_commit_as_builds_name_it(tmp_path: Path, told: str, commit: str) -> None:
    """What `git describe` or an image's tag ends in is the commit."""
    assert load(write(tmp_path, f'commit = "{told}"')).commit == commit


NO_COMMIT = (
    "but a commit has 7 to 64 hex digits (after a prefix such as 'sha-'); "
    "give the commit, as `git rev-parse HEAD` says it"
)

WRONG = {
    "deployed_at = 0": ":1: deployed_at: found 0, which is no moment after 1970; write epoch seconds",
    'comit = "9f1c2ab"': ":1: comit: unknown key 'comit'; did you mean 'commit'?",
    'commit = "main"': f":1: commit: found 'main', {NO_COMMIT}",
    'commit = "fix-defaced"': f":1: commit: found 'fix-defaced', {NO_COMMIT}",
    'commit = "9f1c2a"': f":1: commit: found '9f1c2a', {NO_COMMIT}",
    "commit = 1234567": ":1: commit: found 1234567, but a text in quotes is needed (the commit that must be live)",
    "deployed_at = 2026-11-20T10:02:00": (
        ":1: deployed_at: found '2026-11-20T10:02:00', a time without zone; add Z or an offset such as +09:00"
    ),
    "deployed_at = 1795136520000": (
        ":1: deployed_at: found 1795136520000, but epoch seconds are needed, not milliseconds; divide by 1000"
    ),
    'deployed_at = "noon"': ":1: deployed_at: found 'noon', which is no time; write it as 2026-11-20T10:02:00+09:00",
    "deployed_at = true": ":1: deployed_at: found no time; write it as 2026-11-20T10:02:00+09:00 or as epoch seconds",
    'retired = ["invoices"]': (
        ":1: retired[0]: found 'invoices', but the id of a check, such as 'journey/invoices' is needed "
        "(ids of checks that the release makes obsolete; they are not made, which the verdict says)"
    ),
    '[[staged_flags]]\nname = "x"\nshare = 10': (
        ":3: staged_flags[x].share: found 10, but at most 1 is needed (the share of users that see the feature, 0 to 1)"
    ),
    '[[markers]]\nname = "x"': ":1: markers[x]: the key 'path' is missing; add it: where it must answer",
    '[[markers]]\nname = "x"\npath = "/a"\n[[markers]]\nname = "x"\npath = "/b"': (
        ":1: markers[x]: found the name 'x' 2 times in one file; rename or remove one"
    ),
    "[maintenance]\nfrom = 20\nuntil = 10": (
        ":1: maintenance: found 'until' that is not after 'from'; swap or correct them"
    ),
    "[maintenance]\nfrom = 20": ":1: maintenance: the key 'until' is missing; add it: when it ends",
    "commit = ": ": this is not TOML: invalid value; the file ends too early",
}


@pytest.mark.parametrize("text", WRONG)
def test_wrong_manifest_is_explained(text: str, tmp_path: Path) -> None:
    """Each mistake is one sentence with file, line, key, what was found and what to do."""
    file = write(tmp_path, text)
    with pytest.raises(ConfigurationError) as refusal:
        load(file)
    assert str(refusal.value) == f"{file}{WRONG[text]}"


def test_missing_manifest(tmp_path: Path) -> None:
    """A manifest that is not there is named."""
    with pytest.raises(ConfigurationError, match=r"gone\.toml: there is no such file"):
        load(tmp_path / "gone.toml")


@pytest.mark.parametrize("prefix", ["", "v", "sha-", "prod-", "main-"])
def test_flags_alone(prefix: str) -> None:
    """The flags are the short form of a manifest, and known prefixes are dropped."""
    assert combine(None, f"{prefix}9f1c2ab", "4E77D01") == Release(commit="9f1c2ab", previous="4e77d01")


def test_flags_complete_the_manifest() -> None:
    """Flags add what the manifest leaves open and keep what it says."""
    assert combine(Release(version="1.8", commit="9f1c2ab"), None, "4e77d01") == Release(
        version="1.8", commit="9f1c2ab", previous="4e77d01"
    )


def test_longer_name_of_one_commit_counts() -> None:
    """Two names of one commit do not contradict each other."""
    full = "9f1c2ab4d5e60718293a4b5c6d7e8f9012345678"
    assert combine(Release(commit="9f1c2ab"), full, None).commit == full
    assert combine(Release(commit=full), "9f1c2ab", None).commit == full


@pytest.mark.parametrize(
    ("sha", "previous", "message"),
    [
        ("1111111", None, "--sha: found '1111111', but the release manifest says commit = '9f1c2ab'; drop one of them"),
        (
            None,
            "1111111",
            "--previous: found '1111111', but the release manifest says previous = '4e77d01'; drop one of them",
        ),
        (
            "latest",
            None,
            f"--sha: found 'latest', {NO_COMMIT}",
        ),
        (
            "",
            None,
            "--sha: nothing was given, as where a variable is not set; give the commit",
        ),
    ],
)
def test_contradiction_is_refused(sha: str | None, previous: str | None, message: str) -> None:
    """A flag that contradicts the manifest, or names no commit, is refused with both values."""
    with pytest.raises(ConfigurationError) as refusal:
        combine(Release(commit="9f1c2ab", previous="4e77d01"), sha, previous)
    assert str(refusal.value) == message


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("9f1c2ab", True),
        ("a" * 64, True),
        ("prod-9f1c2ab", True),
        ("9f1c2a", False),
        ("a" * 65, False),
        ("v1.2.3", False),
    ],
)
def test_what_names_a_commit(text: str, expected: bool) -> None:
    """A commit is 7 to 64 hex digits after a known prefix."""
    assert is_commit(text) is expected
