"""The log of a run, one JSON line an event; the verdict can be recomputed from it."""

import json
from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, TextIO

from smoke.errors import UsageError
from smoke.verdict.decide import End
from smoke.verdict.finding import Finding
from smoke.verdict.plan import Plan

FILE = "events.jsonl"


@dataclass(frozen=True, slots=True)
class Log:
    """What `events.jsonl` holds; *end* is None when the run never came to its end."""

    plan: Plan
    findings: tuple[Finding, ...]
    end: End | None


class EventWriter:
    """Append events to the log; every line is flushed, so that a killed run loses none."""

    def __init__(self, path: Path) -> None:
        self._stream: TextIO = path.open("a", encoding="utf-8")

    def plan(self, plan: Plan) -> None:
        """Write what the run sets out to do."""
        self._write({"event": "plan", "plan": plan.to_json()})

    def finding(self, finding: Finding) -> None:
        """Write one finding."""
        self._write({"event": "finding", "finding": finding.to_json()})

    def end(self, end: End) -> None:
        """Write how the run ended."""
        self._write({"event": "end", "end": asdict(end)})

    def close(self) -> None:
        """Close the file."""
        self._stream.close()

    def _write(self, event: Mapping[str, Any]) -> None:
        self._stream.write(json.dumps(event) + "\n")
        self._stream.flush()


def complete(path: Path, log: Log, end: End) -> None:
    """Add to the log of a run that was killed how it ended, in place of what the kill cut off."""
    written = path.read_bytes() if path.exists() else b""
    whole = written[: written.rfind(b"\n") + 1]
    path.write_bytes(whole)
    writer = EventWriter(path)
    if not whole:
        writer.plan(log.plan)
    writer.end(end)
    writer.close()


def read(path: Path) -> Log:
    """
    Read a log back; a last line cut off by a kill is ignored, and of several runs only the last is read.

    Raises UsageError when *path* is not there, is damaged or holds no plan.
    """
    plan: Plan | None = None
    findings: list[Finding] = []
    end: End | None = None
    for event in _events(path):
        if isinstance(event, Plan):
            plan, findings, end = event, [], None
        elif isinstance(event, Finding):
            findings.append(event)
        else:
            end = event
    if plan is None:
        raise UsageError(
            f"{path}: holds no plan of a run; give the directory of a run, such as reports/portal/prod/latest"
        )
    return Log(plan, tuple(findings), end)


def _events(path: Path) -> Iterator[Plan | Finding | End]:
    try:
        *lines, last = path.read_bytes().split(b"\n")
    except OSError as error:
        raise UsageError(f"{path}: cannot be read ({error.strerror}); give the directory of a run") from error
    for number, line in enumerate(lines, 1):
        try:
            yield _event(json.loads(line))
        except (ValueError, KeyError, TypeError, AttributeError) as error:
            raise UsageError(
                f"{path}, line {number}: is no event of this version of Smokegate ({error}); the log is damaged"
            ) from error
    _ = last  # every event ends its line, so that what follows the last end of a line was cut off


def _event(data: Mapping[str, Any]) -> Plan | Finding | End:
    kind = data["event"]
    if kind == "plan":
        return Plan.from_json(data["plan"])
    if kind == "finding":
        return Finding.from_json(data["finding"])
    if kind == "end":
        return End(**{**data["end"], "warnings": tuple(data["end"]["warnings"])})
    raise ValueError(f"an event {kind!r} is not known")
