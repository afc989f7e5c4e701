"""The log of a run can be read back, whatever happened to the run."""

import json
from pathlib import Path
from typing import Any

import pytest

from smoke.errors import UsageError
from smoke.record.events import FILE, EventWriter, Log, read
from smoke.verdict.decide import End, decide
from smoke.verdict.finding import Finding
from tests.verdict.made import END, before, direct, finding, passed, plan

HOSTILE = 'page/"\u2028\u2029\x85\x0b\x0c\x1c\r\n\x00\ud800 後 ✓'
"""Everything that a reader might take for the end of a line, and half of a character."""

FINDINGS = (
    passed("page/home"),
    finding("read/x", message=HOSTILE, facts={"signature": HOSTILE}),
    direct("whmcs", "up"),
)
PLAN = plan(*FINDINGS, before={"read/x": before("failed", HOSTILE)})


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """Return where the log lies."""
    return tmp_path / FILE


def write(path: Path, *findings: Finding, end: End | None = None) -> None:
    """Write the log of one run."""
    writer = EventWriter(path)
    writer.plan(PLAN)
    for one in findings:
        writer.finding(one)
    if end:
        writer.end(end)
    writer.close()


def test_what_was_written_is_read(path: Path) -> None:
    """Plan, findings and end come back as they were, with the strangest texts."""
    end = End(END.finished_at, "interrupted by SIGTERM", ("the disk is full",))
    write(path, *FINDINGS, end=end)
    assert read(path) == Log(PLAN, FINDINGS, end)


def test_a_replay_gives_the_same_verdict(path: Path) -> None:
    """The verdict recomputed from the log is the verdict."""
    write(path, *FINDINGS, end=END)
    log = read(path)
    assert log.end
    assert decide(log.plan, log.findings, log.end).to_json() == decide(PLAN, FINDINGS, END).to_json()


def test_an_event_is_on_disk_at_once(path: Path) -> None:
    """A run that is killed without warning has logged all it found."""
    writer = EventWriter(path)
    writer.plan(PLAN)
    writer.finding(FINDINGS[0])
    assert read(path) == Log(PLAN, FINDINGS[:1], None)
    writer.close()


@pytest.mark.parametrize("kept", [1, 10, -1, -2, -20])
def test_a_cut_last_line_is_ignored(path: Path, kept: int) -> None:
    """A line that a kill cut anywhere is as if it had never been begun."""
    write(path, FINDINGS[0])
    whole = path.read_bytes()
    write_more = b'{"event": "finding", "finding": {"message": "' + "後".encode() * 9 + b'"}}\n'
    path.write_bytes(whole + write_more[:kept])
    assert read(path) == Log(PLAN, FINDINGS[:1], None)


def test_of_several_runs_the_last_counts(path: Path) -> None:
    """Findings of an earlier run in the same file are not taken for those of the last."""
    write(path, *FINDINGS, end=END)
    write(path, FINDINGS[0])
    assert read(path) == Log(PLAN, FINDINGS[:1], None)


def good_line() -> dict[str, Any]:
    """Return a finding's event."""
    return {"event": "finding", "finding": FINDINGS[0].to_json()}


@pytest.mark.parametrize(
    "line",
    [
        b"not JSON",
        b"3",
        b"[]",
        b"{}",
        b"",
        b'{"event": "dance"}',
        b'{"event": "finding"}',
        b'{"event": "finding", "finding": {"outcome": "green"}}',
        b'{"event": "end", "end": {}}',
        b"\xff\xfe",
        json.dumps({**good_line(), "finding": {**FINDINGS[0].to_json(), "shoe_size": 44}}).encode(),
    ],
)
def test_a_damaged_line_is_refused(path: Path, line: bytes) -> None:
    """A log that holds something else is no evidence; the sentence names file and line."""
    write(path, FINDINGS[0])
    path.write_bytes(path.read_bytes() + line + b"\n" + json.dumps(good_line()).encode() + b"\n")
    with pytest.raises(UsageError, match=r"events\.jsonl, line 3: is no event of this version of Smokegate"):
        read(path)


def test_a_missing_log(tmp_path: Path) -> None:
    """A directory that is no run's is named, with what to give instead."""
    with pytest.raises(UsageError, match=r"cannot be read \(No such file or directory\); give the directory of a run"):
        read(tmp_path / FILE)


@pytest.mark.parametrize("content", [b"", b'{"event": "pl'])
def test_a_log_without_plan(path: Path, content: bytes) -> None:
    """A log that was cut before its plan was whole holds no run."""
    path.write_bytes(content)
    with pytest.raises(UsageError, match="holds no plan of a run"):
        read(path)
