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


def read(path: Path) -> Log:
    """
    Read a log back; a last line cut off by a kill is ignored.

    Raises UsageError when *path* is not there or holds no plan.
    """
    plan: Plan | None = None
    findings: list[Finding] = []
    end: End | None = None
    for event in _lines(path):
        if event.get("event") == "plan":
            plan = Plan.from_json(event["plan"])
        elif event.get("event") == "finding":
            findings.append(Finding.from_json(event["finding"]))
        elif event.get("event") == "end":
            end = End(**{**event["end"], "warnings": tuple(event["end"]["warnings"])})
    if plan is None:
        raise UsageError(
            f"{path}: holds no plan of a run; give the directory of a run, such as reports/portal/prod/latest"
        )
    return Log(plan, tuple(findings), end)


def _lines(path: Path) -> Iterator[dict[str, Any]]:
    try:
        lines = path.read_text(encoding="utf-8").splitlines()
    except OSError as error:
        raise UsageError(f"{path}: cannot be read ({error.strerror}); give the directory of a run") from error
    for number, line in enumerate(lines, 1):
        try:
            yield json.loads(line)
        except ValueError as error:
            if number < len(lines):
                raise UsageError(f"{path}, line {number}: is not JSON; the log is damaged") from error
