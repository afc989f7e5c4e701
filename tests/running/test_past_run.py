"""Earlier runs, found by their directory, their environment, or as the last one of all."""

import os
from pathlib import Path
from typing import Any

import pytest

from smoke.errors import UsageError
from smoke.record.events import FILE, EventWriter
from smoke.record.run_directory import write_verdict
from smoke.running import past_run
from smoke.verdict.decide import End, decide
from smoke.verdict.finding import Finding
from smoke.verdict.plan import Before, Plan, Planned
from smoke.verdict.words import Cause, Outcome, Stage, Tier
from tests.outputs import verdicts


def run(reports: Path, environment: str, name: str, at: float, verdict: dict[str, Any] | None = None) -> Path:
    """Write the directory of a run."""
    directory = reports / environment / name
    directory.mkdir(parents=True)
    write_verdict(directory, verdict or verdicts.passing())
    os.utime(directory / "verdict.json", (at, at))
    return directory


@pytest.fixture
def reports(tmp_path: Path) -> Path:
    """Return the results of four runs of two environments."""
    run(tmp_path, "shop/prod", "a", 100)
    run(tmp_path, "shop/prod", "b", 300)
    run(tmp_path, "shop/staging", "c", 200)
    (tmp_path / "shop" / "prod" / "latest").symlink_to("a")
    return tmp_path


@pytest.mark.parametrize(("named", "found"), [(None, "b"), ("shop/prod", "b"), ("shop/staging", "c")])
def test_the_newest(reports: Path, named: str | None, found: str) -> None:
    """Without a name the last run of all is meant, with an environment's its last one."""
    assert past_run.find(reports, named).name == found


def test_by_its_place(reports: Path) -> None:
    """A run is named by its directory, by the file in it, or by the link to it."""
    directory = reports / "shop" / "prod" / "a"
    assert past_run.find(reports, str(directory)) == directory
    assert past_run.find(reports, str(directory / "verdict.json")) == directory
    assert past_run.find(reports, str(reports / "shop" / "prod" / "latest")).resolve() == directory


@pytest.mark.parametrize("named", ["shop/dev", "nowhere", "..", "/", "shop"])
def test_no_run(reports: Path, named: str) -> None:
    """What is neither a run nor an environment with runs is said to be none."""
    with pytest.raises(UsageError):
        past_run.find(reports, named)


def test_no_run_at_all(tmp_path: Path) -> None:
    """Where nothing was ever verified, that is what to do first."""
    with pytest.raises(UsageError, match="verify an environment first"):
        past_run.find(tmp_path / "reports", None)


PLAN = Plan(
    "one",
    "shop/prod",
    Tier.PROD,
    60,
    1000,
    (Planned("page/home", Stage.IMMEDIATE, "web"), Planned("page/terms", Stage.IMMEDIATE, "web")),
    before={"page/home": Before(Outcome.FAILED, "HTTP 500 in 3 of 3 samples", "HTTP 500", Cause.RELEASE, 1.0)},
)
FAILED = Finding(
    "page/home",
    Stage.IMMEDIATE,
    Outcome.FAILED,
    "HTTP 500 in 3 of 3 samples",
    "web",
    cause=Cause.RELEASE,
    facts={"signature": "HTTP 500", "failed_share": 1.0, "replicas": {"a": [3, 3]}, "answered": True},
)


def logged(directory: Path, *findings: Finding, ended: bool) -> Path:
    """Write the log of a run, and the verdict that a run has from its start."""
    writer = EventWriter(directory / FILE)
    writer.plan(PLAN)
    for one in findings:
        writer.finding(one)
    if ended:
        writer.end(End(1010))
    writer.close()
    write_verdict(directory, decide(PLAN, findings if ended else (), End(1010)).to_json())
    return directory


def test_what_the_verdict_does_not_hold(tmp_path: Path) -> None:
    """The log tells the replicas, what was there before the deploy, and the evidence for a cause."""
    past = past_run.read(logged(tmp_path, FAILED, ended=True))
    known = past.background["page/home"]
    assert dict(known.replicas) == {"a": [3, 3]}
    assert known.before == "failed: HTTP 500 in 3 of 3 samples"
    assert known.evidence == "it failed in the same way before the deploy"
    assert past.background["page/terms"].before == "not known"


def test_a_run_that_was_killed(tmp_path: Path) -> None:
    """A run that never came to its end is judged by what it had found until then."""
    verdict = past_run.read(logged(tmp_path, FAILED, ended=False)).verdict
    assert (verdict["verdict"], verdict["complete"]) == ("inconclusive", False)
    assert {one["id"]: one["outcome"] for one in verdict["checks"]} == {"page/home": "failed", "page/terms": "skipped"}


def test_without_events(tmp_path: Path) -> None:
    """The verdict alone is explained as far as it goes."""
    write_verdict(tmp_path, verdicts.failing())
    assert past_run.read(tmp_path) == past_run.PastRun(tmp_path, verdicts.failing(), {})


def test_without_a_verdict(tmp_path: Path) -> None:
    """The events alone make one; without both there is nothing to read."""
    (logged(tmp_path, FAILED, ended=True) / "verdict.json").unlink()
    assert past_run.read(tmp_path).verdict["environment"] == "shop/prod"
    (tmp_path / FILE).write_bytes(b"garbage\n")
    with pytest.raises(UsageError):
        past_run.read(tmp_path)
