"""
Every line of the checklists is seen red once, on the embedded stack in that system's dialect.

It takes half a minute a fault, so it is asked for: `SMOKE_SEEN_RED=cartly/prod`, or `all`, and
`SMOKE_SEEN_RED_FAULTS=frozen-time,wrong-env` for some. What the verdicts say is recorded, and `make docs` writes it
into `docs/checklists.md`.
"""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from smoke.demo.systems import dialect_of
from smoke.verdict.words import EXIT_STATUS, Word
from tools import checklists

ASKED = os.environ.get("SMOKE_SEEN_RED", "")
SOME = tuple(filter(None, os.environ.get("SMOKE_SEEN_RED_FAULTS", "").split(",")))
CASES = [
    (checklist.environment, fault)
    for checklist in checklists.checklists()
    if ASKED in {"all", checklist.environment}
    for fault in dict.fromkeys(fault for line in checklist.lines for fault in line.faults)
    if not SOME or fault in SOME
]


@pytest.mark.parametrize(("environment", "fault"), CASES)
def test_the_line_turns_red(environment: str, fault: str, tmp_path: Path) -> None:
    """The verdict is what the fault deserves, and what it said is recorded."""
    command = ["-m", "smoke", "demo", "--system", environment, "--fault", fault, "--reports", str(tmp_path)]
    ended = subprocess.run([sys.executable, *command], cwd=checklists.ROOT, check=False)
    verdict = json.loads((tmp_path / environment / "latest" / "verdict.json").read_text("utf-8"))
    trap = next(one for one in dialect_of(environment).traps if one.id == fault)
    checklists.record(environment, fault, verdict)
    assert Word(verdict["verdict"]) in {trap.truth, *trap.also_ok}, verdict["summary"]
    assert ended.returncode == EXIT_STATUS[Word(verdict["verdict"])]
