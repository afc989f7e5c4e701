"""`allure-results/`: what Allure 2 and 3 read, one result for each check."""

import hashlib
import json
import shutil
import uuid
from collections.abc import Mapping
from datetime import datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

from smoke.files import replace_file
from smoke.outputs import allure_context, untrusted
from smoke.outputs.answer import CheckJson, VerdictJson
from smoke.outputs.evidence import locate
from smoke.verdict.words import Outcome

if TYPE_CHECKING:
    from allure_commons.model2 import Attachment, Label, TestResult

DIRECTORY = "allure-results"

ATTACHMENT_BYTES = 50_000_000
"""Larger evidence is not copied; it stays where it is."""

_TYPES = {
    ".png": "image/png",
    ".jpg": "image/jpeg",
    ".json": "application/json",
    ".jsonl": "text/plain",
    ".txt": "text/plain",
    ".html": "text/plain",  # as text: it may be what a target served
    ".zip": "application/vnd.allure.playwright-trace",
}


def write(run_directory: Path, verdict: VerdictJson, variables: Mapping[str, str]) -> None:
    """
    Write the directory; raises OSError.

    Names follow from the run, so writing again replaces. *variables* of the process tell the CI system.
    """
    directory = run_directory / DIRECTORY
    directory.mkdir(exist_ok=True)
    for check in verdict["checks"]:
        result = _result(check, verdict)
        result.attachments = _attachments(check, result, run_directory)
        replace_file(directory / f"{result.uuid}-result.json", _json(result))
    for name, content in allure_context.files(verdict, variables).items():
        replace_file(directory / name, content)


def _result(check: CheckJson, verdict: VerdictJson) -> "TestResult":
    # Imported here: nothing needs it before the verdict.
    from allure_commons.model2 import Parameter, Status, StatusDetails, TestResult

    statuses = {
        Outcome.PASSED: Status.PASSED,
        Outcome.FAILED: Status.FAILED,
        Outcome.UNDECIDED: Status.BROKEN,
        Outcome.SKIPPED: Status.SKIPPED,
    }
    environment = str(verdict["environment"])
    # Allure counts everything with a message among the errors.
    told = check["outcome"] != Outcome.PASSED
    started = datetime.fromisoformat(verdict["started_at"]) + timedelta(seconds=check.get("started_at", 0))
    start = int(started.timestamp() * 1000)
    identity = hashlib.sha256(f"{environment}\n{check['id']}".encode("utf-8", "replace")).hexdigest()[:32]
    return TestResult(
        uuid=str(uuid.uuid5(uuid.NAMESPACE_URL, f"urn:smokegate:{verdict['run_id']}:{identity}")),
        name=_line(check["id"]),
        fullName=f"{_line(environment)}: {_line(check['id'])}",
        titlePath=[_line(environment), check["stage"]],
        description=untrusted.block(check.get("promise", "")),
        testCaseId=identity,
        historyId=identity,
        status=statuses[Outcome(check["outcome"])],
        statusDetails=StatusDetails(message=_line(check["message"]), trace=_trace(check)) if told else None,
        stage="finished",
        labels=_labels(check, verdict),
        parameters=[Parameter(name="environment", value=_line(environment))],
        start=start,
        stop=start + int(check["duration_s"] * 1000),
    )


def _labels(check: CheckJson, verdict: VerdictJson) -> "list[Label]":
    from allure_commons.model2 import Label
    from allure_commons.types import LabelType, Severity

    system = str(verdict["environment"]).partition("/")[0]
    kind = str(check["id"]).partition("/")[0]
    values = {
        LabelType.EPIC: system,
        LabelType.FEATURE: check["stage"],
        LabelType.STORY: kind,
        LabelType.PARENT_SUITE: verdict["environment"],
        LabelType.SUITE: check["stage"],
        LabelType.SEVERITY: (Severity.CRITICAL if check["gating"] else Severity.MINOR).value,
        LabelType.TAG: verdict["tier"],
        LabelType.FRAMEWORK: "smokegate",
        "service": check["service"],
        "cause": check["cause"],
    }
    return [Label(name=str(name), value=_line(value)) for name, value in values.items() if value]


def _trace(check: CheckJson) -> str:
    """Return the details; the first line names the cause, which `categories.json` goes by."""
    names = ("expected", "found", "noted", "reproduce")
    details = [f"{name}: {check[name]}" for name in names if check.get(name)]
    first = [f"cause: {check['cause']}"] if check["cause"] else []
    return untrusted.block("\n".join([*first, *details]))


def _attachments(check: CheckJson, result: "TestResult", run_directory: Path) -> "list[Attachment]":
    from allure_commons.model2 import ATTACHMENT_PATTERN, Attachment

    directory = run_directory / DIRECTORY
    attachments = []
    for number, path in enumerate(check["evidence"], 1):
        file = locate(run_directory, path)
        if file is None or file.stat().st_size > ATTACHMENT_BYTES:
            continue
        extension = file.suffix.lstrip(".") or "txt"
        name = ATTACHMENT_PATTERN.format(prefix=f"{result.uuid}-{number}", ext=extension)
        shutil.copyfile(file, directory / name)
        attachments.append(Attachment(name=_line(file.name), source=name, type=_TYPES.get(file.suffix, "text/plain")))
    text = ATTACHMENT_PATTERN.format(prefix=f"{result.uuid}-finding", ext="txt")
    replace_file(directory / text, f"{untrusted.block(check['message'])}\n{_trace(check)}\n")
    return [Attachment(name="finding", source=text, type="text/plain"), *attachments]


def _json(item: "TestResult") -> str:
    from attrs import asdict

    present: dict[str, Any] = asdict(item, filter=lambda _, value: value not in (None, [], ""))
    return json.dumps(present)


def _line(text: object) -> str:
    return untrusted.one_line(text)
