"""
Every line of the checklists is seen red once, and every file passes where nothing is wrong.

On the embedded stack in each environment's dialect, which takes half a minute a run; so only one run is made unless
more are asked for: `SMOKE_SEEN_RED=all`, or `cartly/prod`, or `cartly/prod:2` for its second run, `cartly/prod:0` for
the one in which nothing is wrong. What is asked for is recorded, and `make docs` writes it into `docs/checklists.md`.
"""

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from smoke.demo.systems import SYSTEMS, dialect_of
from smoke.verdict.words import EXIT_STATUS, Word
from tests.long import EARLY
from tools import checklists
from tools.checklists import Checklist, Line

ASKED = os.environ.get("SMOKE_SEEN_RED", "")
QUICK = "impulse_ai/prod:2"
EVERY = [name for names in SYSTEMS.values() for name in names]

Run = tuple[str, ...]


def is_due(name: str) -> bool:
    """Tell whether a run is asked for, or is the one that is always made."""
    return ASKED in {"all", name, name.partition(":")[0]} or (not ASKED and name == QUICK)


RUNS = [
    pytest.param(checklist, run, id=f"{checklist.environment}:{number}")
    for checklist in checklists.checklists()
    for number, run in enumerate(checklist.runs, start=1)
    if is_due(f"{checklist.environment}:{number}")
]


def verified(environment: str, reports: Path, *faults: str) -> dict[str, Any]:
    """Return the verdict on a deploy with *faults*; its exit status fits."""
    # In a process of their own, journeys do not hurry where other checks have condemned the release already.
    command = [sys.executable, "-m", "smoke", "demo", "--system", environment, "--workers=1", "--reports", str(reports)]
    command += [f"--fault={fault}" for fault in faults]
    ended = subprocess.run(command, cwd=checklists.ROOT, check=False)
    verdict: dict[str, Any] = json.loads((reports / environment / "latest" / "verdict.json").read_text("utf-8"))
    assert ended.returncode == EXIT_STATUS[Word(verdict["verdict"])]
    return verdict


@pytest.mark.parametrize("environment", [name for name in EVERY if is_due(f"{name}:0")])
def test_it_passes_where_nothing_is_wrong(environment: str, tmp_path: Path) -> None:
    """The unmodified file passes on a healthy stand-in, and none of its checks is undecided."""
    verdict = verified(environment, tmp_path)
    assert verdict["verdict"] == Word.PASS, verdict["summary"]
    assert [one["id"] for one in verdict["checks"] if one["outcome"] in {"failed", "undecided"}] == []
    if ASKED:
        checklists.record_healthy(environment, verdict)


@EARLY
@pytest.mark.parametrize(("checklist", "run"), RUNS)
def test_its_lines_turn_red(checklist: Checklist, run: Run, tmp_path: Path) -> None:
    """Each line is red by the check that its own fault breaks, which says so; the verdict is what they deserve."""
    verdict = verified(checklist.environment, tmp_path, *run)
    failed = {one["id"]: one["message"] for one in verdict["checks"] if one["outcome"] == "failed"}
    incidents = {one["name"] for one in verdict["incidents"]}
    missed = [missing for line in checklist.shown(run) if (missing := not_seen(line, failed, incidents))]
    assert not missed, "\n".join(missed)
    truths = {one.id: one.truth for one in dialect_of(checklist.environment).traps}
    deserved = Word.FAIL if any(truths[fault] is Word.FAIL for fault in run) else Word.PASS
    assert verdict["verdict"] == deserved, verdict["summary"]
    if ASKED:
        checklists.record_run(checklist.environment, run, verdict)


def not_seen(line: Line, failed: dict[str, str], incidents: set[str]) -> str:
    """Return what is missing for a line to be seen red, or nothing."""
    if line.red not in failed:
        return f"{line.fault}: {line.red} did not fail"
    if line.says not in failed[line.red]:
        return f"{line.fault}: {line.red} does not say {line.says!r}: {failed[line.red]}"
    if line.incident and line.incident not in incidents:
        return f"{line.fault}: no incident {line.incident}, only {sorted(incidents)}"
    return ""
