"""`ctrf.json`: the Common Test Report Format (ctrf.io), a test for each check and one for the verdict itself."""

import json
import uuid
from collections import Counter
from datetime import datetime
from pathlib import Path
from typing import Any

from smoke.files import replace_file
from smoke.outputs import answer, untrusted
from smoke.outputs.answer import CheckJson, VerdictJson
from smoke.outputs.evidence import locate
from smoke.verdict.words import Outcome, Word

FILE = "ctrf.json"

SPEC_VERSION = "0.0.0"
"""The version that the schema of the format demands; it is not 1.0 yet."""

STATUSES = {
    Outcome.PASSED: "passed",
    Outcome.FAILED: "failed",
    Outcome.UNDECIDED: "other",
    Outcome.SKIPPED: "skipped",
}
VERDICTS = {Word.PASS: "passed", Word.FAIL: "failed", Word.INCONCLUSIVE: "other"}

_TYPES = {
    ".png": "image/png",
    ".jpg": "image/jpeg",
    ".json": "application/json",
    ".jsonl": "application/jsonl",
    ".txt": "text/plain",
    ".html": "text/plain",  # as text: it may be what a target served
    ".zip": "application/zip",
}


def write(run_directory: Path, verdict: VerdictJson) -> None:
    """Write the file; raises OSError."""
    replace_file(run_directory / FILE, json.dumps(render(verdict, run_directory), indent=2) + "\n")


def render(verdict: VerdictJson, run_directory: Path) -> dict[str, Any]:
    """
    Return the report.

    Undecided is `other`. Readers take a report of skipped tests for a success; the test `verdict` therefore fails when
    the verdict is fail, and is `other` when it is inconclusive.
    """
    start = _milliseconds(verdict["started_at"])
    tests = [_test(check, verdict, start, run_directory) for check in verdict["checks"]]
    tests.append(_verdict_test(verdict, start))
    return {
        "reportFormat": "CTRF",
        "specVersion": SPEC_VERSION,
        "reportId": str(uuid.uuid5(uuid.NAMESPACE_URL, f"urn:smokegate:{verdict['run_id']}:ctrf")),
        "runId": _line(verdict["run_id"]),
        "timestamp": verdict["finished_at"],
        "generatedBy": "smokegate",
        "results": {
            "tool": {"name": "smokegate", "version": _line(verdict["suite"]["version"])},
            "summary": _summary(verdict, tests, start),
            "tests": tests,
            "environment": _environment(verdict),
        },
    }


def _summary(verdict: VerdictJson, tests: list[dict[str, Any]], start: int) -> dict[str, Any]:
    count = Counter(str(one["status"]) for one in tests)
    return {
        "tests": len(tests),
        **{name: count[name] for name in ("passed", "failed", "skipped", "pending", "other")},
        "flaky": sum(1 for one in tests if one.get("flaky")),
        "suites": len(answer.by_stage(verdict)) + 1,
        "start": start,
        "stop": _milliseconds(verdict["finished_at"]),
        "duration": round(verdict["duration_s"] * 1000),
        "extra": {"verdict": verdict["verdict"], "action": verdict["action"], "complete": verdict["complete"]},
    }


def _environment(verdict: VerdictJson) -> dict[str, Any]:
    commit = verdict["release"]["expected"]
    return {
        "appName": _line(verdict["environment"]).partition("/")[0],
        "testEnvironment": _line(verdict["environment"]),
        **({"commit": _line(commit)} if commit else {}),
        "healthy": verdict["verdict"] == Word.PASS,
        "extra": {"tier": verdict["tier"]},
    }


def _test(check: CheckJson, verdict: VerdictJson, start: int, run_directory: Path) -> dict[str, Any]:
    outcome, rounds = Outcome(check["outcome"]), int(check["rounds"])
    begins = start + round(check.get("started_at", 0) * 1000)
    lasts = round(check["duration_s"] * 1000)
    told = {} if outcome is Outcome.PASSED else {"message": _line(check["message"]), "trace": _trace(check)}
    attachments = _attachments(check, run_directory)
    return {
        "testId": _line(check["id"]),
        "name": _line(check["id"]),
        "status": STATUSES[outcome],
        "rawStatus": outcome.value,
        "duration": lasts,
        "start": begins,
        "stop": begins + lasts,
        "suite": [_line(verdict["environment"]), _line(check["stage"])],
        "type": "e2e" if str(check["id"]).startswith("journey/") else "smoke",
        **({"retries": rounds - 1, "flaky": outcome is Outcome.PASSED} if rounds > 1 else {}),
        **told,
        "labels": _labels(check),
        **({"attachments": attachments} if attachments else {}),
    }


def _verdict_test(verdict: VerdictJson, start: int) -> dict[str, Any]:
    word = Word(verdict["verdict"])
    return {
        "testId": "verdict",
        "name": "verdict",
        "status": VERDICTS[word],
        "rawStatus": word.value,
        "duration": round(verdict["duration_s"] * 1000),
        "start": start,
        "stop": _milliseconds(verdict["finished_at"]),
        "suite": [_line(verdict["environment"]), "verdict"],
        "type": "smoke",
        "message": untrusted.one_line(f"{answer.headline(verdict)}. {verdict['summary']}", 2000),
    }


def _labels(check: CheckJson) -> dict[str, str | bool]:
    texts = {name: check.get(name) for name in ("cause", "service", "stage")}
    return {**{name: _line(text) for name, text in texts.items() if text}, "gating": bool(check["gating"])}


def _trace(check: CheckJson) -> str:
    names = ("expected", "found", "noted", "reproduce")
    return untrusted.block("\n".join(f"{name}: {check[name]}" for name in names if check.get(name)))


def _attachments(check: CheckJson, run_directory: Path) -> list[dict[str, str]]:
    files = [(path, locate(run_directory, path)) for path in check["evidence"]]
    return [
        {
            "name": _line(file.name),
            "contentType": _TYPES.get(file.suffix, "application/octet-stream"),
            "path": _line(path),
        }
        for path, file in files
        if file is not None
    ]


def _milliseconds(moment: str) -> int:
    return round(datetime.fromisoformat(moment).timestamp() * 1000)


def _line(text: object) -> str:
    return untrusted.one_line(text, 1000)
