"""What the checks saw before the deploy."""

import json
import stat
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from smoke import baseline
from smoke.baseline import OUTCOMES, SESSIONS, Baseline
from smoke.errors import UsageError
from smoke.verdict.plan import Before
from smoke.verdict.release import Release
from smoke.verdict.words import Cause, Outcome
from tests.verdict.made import COMMIT, STARTED_AT, finding, passed

OLD = "4e77d01b2c3d4e5f60718293a4b5c6d7e8f90a1b"
BASELINE = Baseline(
    run_id="20270115T075500Z-000001",
    recorded_at=STARTED_AT - 300,
    before={
        "read/x": Before(Outcome.FAILED, "HTTP 500", "HTTP 500", Cause.RELEASE, measured={"median_s": 0.2}),
        "page/home": Before(Outcome.PASSED),
    },
    observed={"bff": {"commits": {OLD: 12}, "replicas": {"a": 4}}},
    sessions={"customer": {"Cookie": "sid=secret"}},
)


def test_what_was_saved_is_loaded(tmp_path: Path) -> None:
    """Outcomes, causes, commits and sessions come back."""
    baseline.save(tmp_path, "portal/prod", BASELINE)
    assert baseline.load(tmp_path, "portal/prod") == BASELINE


def test_there_is_none(tmp_path: Path) -> None:
    """An environment that was never primed has no baseline, whatever others have."""
    baseline.save(tmp_path, "portal/prod", BASELINE)
    assert baseline.load(tmp_path, "portal/staging") is None


def test_the_last_one_counts(tmp_path: Path) -> None:
    """Priming again replaces everything, sessions included, and leaves nothing temporary."""
    baseline.save(tmp_path, "portal/prod", BASELINE)
    directory = baseline.save(tmp_path, "portal/prod", replace(BASELINE, before={}, sessions={}))
    loaded = baseline.load(tmp_path, "portal/prod")
    assert loaded
    assert (loaded.before, loaded.sessions) == ({}, {})
    assert sorted(one.name for one in directory.iterdir()) == [OUTCOMES, SESSIONS]


def test_sessions_are_private_and_apart(tmp_path: Path) -> None:
    """Only the owner can read sessions, and the outcomes hold none of them."""
    directory = baseline.save(tmp_path, "portal/prod", BASELINE)
    assert stat.S_IMODE((directory / SESSIONS).stat().st_mode) == 0o600
    assert "secret" not in (directory / OUTCOMES).read_text()
    assert "secret" not in repr(BASELINE)


def test_a_place_that_cannot_be_written(tmp_path: Path) -> None:
    """A file where the state should lie is one sentence with the remedy."""
    (tmp_path / "state").write_text("")
    with pytest.raises(UsageError, match=r"cannot be written \(.+\); set SMOKE_STATE_DIR to a writable directory"):
        baseline.save(tmp_path / "state", "portal/prod", BASELINE)


def damaged(change: Callable[[dict[str, Any]], Any]) -> str:
    """Return the text of a file of outcomes with a change."""
    whole: dict[str, Any] = {
        "run_id": "r",
        "recorded_at": 1.0,
        "observed": {},
        "before": {"page/home": {"outcome": "passed", "message": "", "signature": ""}},
    }
    change(whole)
    return json.dumps(whole)


@pytest.mark.parametrize(
    "content",
    [
        "",
        "{",
        "[]",
        "{}",
        damaged(lambda whole: whole.pop("before")),
        damaged(lambda whole: whole.update(before=[])),
        damaged(lambda whole: whole.update(recorded_at="yesterday")),
        damaged(lambda whole: whole["before"]["page/home"].update(outcome="green")),
        damaged(lambda whole: whole["before"]["page/home"].update(colour="green")),
    ],
)
def test_damaged(tmp_path: Path, content: str) -> None:
    """A damaged file is refused with the remedy: without it failures would be compared with nothing, silently."""
    directory = baseline.save(tmp_path, "portal/prod", BASELINE)
    (directory / OUTCOMES).write_text(content)
    with pytest.raises(UsageError, match=r"outcomes\.json: is damaged .+; delete it and run `smoke prime` again"):
        baseline.load(tmp_path, "portal/prod")


def test_an_older_file_without_causes(tmp_path: Path) -> None:
    """A file from before causes were kept can still be read."""
    directory = baseline.save(tmp_path, "portal/prod", BASELINE)
    (directory / OUTCOMES).write_text(damaged(lambda _: None))
    loaded = baseline.load(tmp_path, "portal/prod")
    assert loaded
    assert loaded.before == {"page/home": Before(Outcome.PASSED)}


def test_what_a_later_verdict_compares_with() -> None:
    """Of each finding its outcome, message, signature and cause are kept."""
    findings = [finding("read/x", facts={"signature": "HTTP 500"}, cause="dependency"), passed("page/home")]
    assert baseline.before(findings) == {
        "read/x": Before(Outcome.FAILED, "HTTP 500 in 12 of 12 samples", "HTTP 500", Cause.DEPENDENCY),
        "page/home": Before(Outcome.PASSED, "as promised"),
    }


@pytest.mark.parametrize(
    ("services", "commit"),
    [
        ([], None),
        ([{OLD: 12}], OLD),
        ([{OLD: 12}, {OLD: 3}], OLD),
        ([{OLD: 12}, {OLD[:7]: 3}], OLD),
        ([{OLD: 12, COMMIT: 1}], None),
        ([{OLD: 12}, {COMMIT: 12}], None),
        ([{}], None),
    ],
)
def test_the_commit_that_was_live(services: list[dict[str, int]], commit: str | None) -> None:
    """One commit was live if all services served it, in whatever spelling."""
    observed = {str(number): {"commits": census} for number, census in enumerate(services)}
    assert replace(BASELINE, observed=observed).commit == commit


class TestUnfit:
    """A baseline that is not of what this deploy replaced must excuse nothing."""

    @pytest.mark.parametrize(
        "release",
        [
            Release(),
            Release(commit=COMMIT),
            Release(commit=COMMIT, previous=OLD),
            Release(commit=COMMIT, previous=OLD[:7], deployed_at=STARTED_AT - 60),
            Release(commit=OLD, deployed_at=STARTED_AT - 60),
        ],
    )
    def test_fit(self, release: Release) -> None:
        """Recorded before, with the previous release live, it fits; also before a deploy of the same commit anew."""
        assert BASELINE.unfit_for(release) is None

    @pytest.mark.parametrize(
        ("release", "why"),
        [
            (Release(commit=COMMIT, deployed_at=STARTED_AT - 600), "it was recorded after the deploy began"),
            (Release(commit=OLD), "it was recorded while the release was live already"),
            (Release(commit=OLD[:8]), "it was recorded while the release was live already"),
            (Release(commit=COMMIT, previous="7aa31b9c"), "it was recorded with 4e77d01b2c3d live, not the previous"),
        ],
    )
    def test_unfit(self, release: Release, why: str) -> None:
        """Recorded too late, or before another deploy, it says why it does not fit."""
        assert (BASELINE.unfit_for(release) or "").startswith(why)

    def test_recorded_during_the_rollout(self) -> None:
        """If the new release was live on one replica already, its faults may be in it."""
        mixed = replace(BASELINE, observed={"bff": {"commits": {OLD: 8, COMMIT: 4}}})
        assert "the release's own faults" in (mixed.unfit_for(Release(commit=COMMIT)) or "")
