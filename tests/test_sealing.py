"""A baseline that travels: encrypted, bound to its environment and run, and refused with one sentence."""

import stat
from dataclasses import replace
from pathlib import Path

import pytest

from smoke import baseline
from smoke.errors import UsageError
from smoke.sealing import Sealed, key_from, seal, unseal
from tests.test_baseline import BASELINE

KEY = "correct horse battery staple"


@pytest.fixture
def file(tmp_path: Path) -> Path:
    """Return an exported baseline with a profile."""
    profile = tmp_path / "profile"
    profile.write_bytes(b"cookies and workers")
    baseline.save(tmp_path / "here", "portal/prod", replace(BASELINE, profile=profile))
    seal(tmp_path / "here", "portal/prod", KEY, tmp_path / "portable")
    return tmp_path / "portable"


def test_what_was_exported_is_imported(file: Path, tmp_path: Path) -> None:
    """Outcomes, sessions and profile arrive, readable by their owner alone."""
    assert unseal(tmp_path / "there", KEY, file) == Sealed("portal/prod", BASELINE.run_id)

    arrived = baseline.load(tmp_path / "there", "portal/prod")
    assert arrived
    assert (arrived.before, arrived.sessions) == (BASELINE.before, BASELINE.sessions)
    assert arrived.profile
    assert arrived.profile.read_bytes() == b"cookies and workers"
    assert {stat.S_IMODE(one.stat().st_mode) for one in arrived.profile.parent.iterdir()} == {0o600}
    assert stat.S_IMODE(file.stat().st_mode) == 0o600


def test_nothing_can_be_read_in_between(file: Path) -> None:
    """The file shows which baseline it is, and nothing of what it holds."""
    content = file.read_bytes()
    assert b"portal/prod" in content
    assert not [part for part in (b"secret", b"cookies and workers", b"HTTP 500") if part in content]


def test_a_wrong_key_is_refused_in_one_sentence(file: Path, tmp_path: Path) -> None:
    """Nothing is imported, and what there was stays."""
    with pytest.raises(UsageError, match="SMOKE_BASELINE_KEY is not the key it was exported with"):
        unseal(tmp_path / "there", "another horse altogether", file)
    assert not (tmp_path / "there").exists()


@pytest.mark.parametrize(("old", "new"), [(b"portal/prod", b"portal/demo"), (b"000001", b"000002")])
def test_another_environment_or_run_is_refused(file: Path, tmp_path: Path, old: bytes, new: bytes) -> None:
    """Environment and run are authenticated with the rest."""
    file.write_bytes(file.read_bytes().replace(old, new, 1))
    with pytest.raises(UsageError, match="it was changed since"):
        unseal(tmp_path / "there", KEY, file)


@pytest.mark.parametrize("content", [b"", b"no JSON\n", b"[]\n", b'{"kind": "smokegate baseline 1"}\n', b"\x00" * 9000])
def test_other_files_are_refused(tmp_path: Path, content: bytes) -> None:
    """Whatever else a file holds is said to be no exported baseline."""
    (tmp_path / "other").write_bytes(content)
    with pytest.raises(UsageError, match="is no exported baseline"):
        unseal(tmp_path / "there", KEY, tmp_path / "other")


def test_there_is_nothing_to_export(tmp_path: Path) -> None:
    """Who did not prime is told to."""
    with pytest.raises(UsageError, match="run `smoke prime portal/prod` first"):
        seal(tmp_path, "portal/prod", KEY, tmp_path / "portable")


@pytest.mark.parametrize(
    ("environ", "said"),
    [({}, "the variable SMOKE_BASELINE_KEY is not set"), ({"SMOKE_BASELINE_KEY": "short"}, "too short")],
)
def test_the_key_must_be_given(tmp_path: Path, environ: dict[str, str], said: str) -> None:
    """A missing key and one that could be guessed are refused."""
    with pytest.raises(UsageError, match=said):
        key_from(environ, tmp_path)
    assert key_from({"SMOKE_BASELINE_KEY": KEY}, tmp_path) == KEY
