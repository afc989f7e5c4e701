"""What is remembered of an environment that is not sound."""

import os
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from smoke.baseline import Baseline, save
from smoke.history.database import connect, location
from smoke.history.records import Ended, Run, RunKind
from smoke.history.runs import end
from smoke.history.store import History
from smoke.record.run_directory import write_verdict
from smoke.running.recall import NOTHING, Memory, Past, in_words
from smoke.verdict.plan import Before
from smoke.verdict.words import Outcome
from tests.outputs import verdicts
from tests.outputs.verdicts import BEFORE, COMMIT

NOW = datetime(2026, 11, 21, 10, 2, 15, 500_000, UTC).timestamp()
CURRENT = verdicts.failing()


def at(minutes: float, sound: bool | None, commit: str | None = None) -> Past:
    """Return a look so many minutes ago."""
    return Past(NOW - 60 * minutes, sound, commit, "history")


@pytest.mark.parametrize(
    ("known", "said"),
    [
        ([], NOTHING),
        ([at(-5, True)], NOTHING),
        ([at(18, True, BEFORE)], "this look; last good 09:44 UTC, 18 min ago with 4e77d01 live (history)"),
        (
            [at(30, True), at(15, False), at(18, False), at(20, None)],
            "09:44 UTC, 18 min ago; last good 09:32 UTC, 30 min ago (history)",
        ),
        ([at(30, False), at(20, True)], "this look; last good 09:42 UTC, 20 min ago (history)"),
        ([at(30, False), at(20, None)], "09:32 UTC, 30 min ago; never seen good"),
        ([at(1500, True)], "this look; last good 2026-11-20 09:02 UTC, 25 h ago (history)"),
    ],
)
def test_in_words(known: list[Past], said: str) -> None:
    """The first bad look after the last good one is since when it has been so."""
    assert in_words(known, NOW) == said


def since(directory: Path, state: Path, environ: dict[str, str], verdict: dict[str, Any]) -> str:
    """Return what is remembered for the verdict of the run in *directory*."""
    return Memory(directory, state, environ, "portal/prod").since(verdict)


def run(reports: Path, name: str, verdict: dict[str, Any], **times: str) -> Path:
    """Write the directory of a run."""
    directory = reports / "portal" / "prod" / name
    directory.mkdir(parents=True)
    write_verdict(directory, verdict | times)
    return directory


def test_earlier_runs(tmp_path: Path) -> None:
    """Runs beside this one remember; this one, the link to it and what is damaged do not."""
    run(tmp_path, "good", verdicts.passing(), finished_at="2026-11-21T09:00:00Z")
    run(tmp_path, "part", verdicts.partial(), finished_at="2026-11-21T09:10:00Z")
    run(tmp_path, "bad", verdicts.failing(), finished_at="2026-11-21T09:30:00Z")
    (run(tmp_path, "damaged", verdicts.failing()) / "verdict.json").write_text("{", "utf-8")
    this = run(tmp_path, "this", CURRENT)
    (this.parent / "latest").symlink_to("this")
    said = since(this, tmp_path / "state", {}, CURRENT)
    assert said == "09:30 UTC, 32 min ago; last good 09:00 UTC, 1 h 2 min ago with 9f1c2ab live (earlier run)"


def test_a_baseline(tmp_path: Path) -> None:
    """What was sound before the deploy was good then."""
    before = {"page/home": Before(Outcome.PASSED)}
    observed = {"web": {"commits": {BEFORE: 3}, "replicas": {}}}
    save(tmp_path, "portal/prod", Baseline("one", NOW - 600, before, observed))
    said = since(tmp_path / "none" / "this", tmp_path, {}, CURRENT)
    assert said == "this look; last good 09:52 UTC, 10 min ago with 4e77d01 live (baseline)"


def test_a_history(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The canary remembers best."""
    monkeypatch.setattr("smoke.running.recall.time", lambda: NOW)
    history = History(connect(location(tmp_path, {})))
    with history.writing() as connection:
        for minutes, standing in ((45, "sound"), (30, "failing"), (15, "failing")):
            began_at = NOW - 60 * minutes
            one = Run(f"run-{minutes}", "portal/prod", RunKind.SCHEDULED, began_at, began_at, standing, live=COMMIT)
            end(connection, Ended(one), None)
    history.close()
    said = since(tmp_path / "none" / "this", tmp_path, {}, CURRENT)
    assert said == "09:32 UTC, 30 min ago; last good 09:17 UTC, 45 min ago with 9f1c2ab live (history)"


@pytest.mark.parametrize("content", [b"", b"garbage", b"[]"])
def test_damaged_memories(tmp_path: Path, content: bytes) -> None:
    """What cannot be read is left out, and nothing else."""
    (tmp_path / "baseline" / "portal" / "prod").mkdir(parents=True)
    (tmp_path / "baseline" / "portal" / "prod" / "outcomes.json").write_bytes(content)
    (tmp_path / "history.sqlite").write_bytes(content * 100)
    assert since(tmp_path / "none" / "this", tmp_path, {}, CURRENT) == NOTHING


def test_a_database_that_does_not_answer(tmp_path: Path) -> None:
    """Nobody waits for a memory that does not answer."""
    with_server = {"SMOKE_HISTORY_URL": "postgresql://nobody@192.0.2.1/none"}
    began = os.times().elapsed
    assert since(tmp_path / "none" / "this", tmp_path, with_server, CURRENT) == NOTHING
    assert os.times().elapsed - began < 10


def test_a_pass_needs_no_memory(tmp_path: Path) -> None:
    """Of what is sound nothing is told, and nothing asked."""
    assert since(tmp_path / "none" / "this", tmp_path, {}, verdicts.passing()) == ""
