"""
`cdevents.json`: what the run was, as CDEvents (https://cdevents.dev) in a batch of CloudEvents 1.0.

That a service was deployed or rolled back is for whoever does it to say; these events name the environment that they
are about.
"""

import json
import uuid
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from urllib.parse import quote

from smoke.files import replace_file
from smoke.outputs import answer, untrusted
from smoke.outputs.answer import CheckJson, VerdictJson
from smoke.verdict.words import Outcome, Stage, Tier, Word

FILE = "cdevents.json"

SPEC_VERSION = "0.5.1"

SUITE_FINISHED = "dev.cdevents.testsuiterun.finished.0.3.0"
CASE_FINISHED = "dev.cdevents.testcaserun.finished.0.3.0"
CASE_SKIPPED = "dev.cdevents.testcaserun.skipped.0.2.0"

OUTCOMES = {Outcome.PASSED: "success", Outcome.FAILED: "failure", Outcome.UNDECIDED: "error"}
VERDICTS = {Word.PASS: "success", Word.FAIL: "failure", Word.INCONCLUSIVE: "error"}

REASON = 1000
"""Characters of a reason."""

Json = dict[str, Any]


def write(run_directory: Path, verdict: VerdictJson) -> None:
    """Write the file; raises OSError."""
    replace_file(run_directory / FILE, json.dumps(render(verdict), indent=2) + "\n")


def render(verdict: VerdictJson) -> list[Json]:
    """Return the events: each check that was made or skipped, and the suite; their ids follow from the run."""
    return [*(_case(check, verdict) for check in verdict["checks"]), _suite(verdict)]


def _suite(verdict: VerdictJson) -> Json:
    word = Word(verdict["verdict"])
    content: Json = {
        "environment": _environment(verdict),
        "testSuite": {"id": "smokegate", "version": _line(verdict["suite"]["version"]), "name": "Smokegate"},
        "outcome": VERDICTS[word],
    }
    if word is not Word.PASS:
        content["severity"] = "critical" if word is Word.FAIL and verdict["tier"] == Tier.PROD else "high"
        content["reason"] = _line(f"{answer.headline(verdict)}. {verdict['summary']}")
    release = verdict["release"]
    custom = {name: verdict[name] for name in ("verdict", "action", "complete", "tier")}
    custom |= {"release": {name: release[name] for name in ("expected", "previous")}}
    moment = datetime.fromisoformat(verdict["finished_at"])
    return _with(_event(verdict, SUITE_FINISHED, _line(verdict["run_id"]), content, moment), custom)


def _case(check: CheckJson, verdict: VerdictJson) -> Json:
    outcome = Outcome(check["outcome"])
    content: Json = {
        "environment": _environment(verdict),
        "testSuiteRun": {"id": _line(verdict["run_id"]), "source": _source(verdict)},
        "testCase": {"id": _line(check["id"]), "type": _kind(check)},
    }
    if outcome is not Outcome.SKIPPED:
        content["outcome"] = OUTCOMES[outcome]
        if outcome is not Outcome.PASSED:
            content["severity"] = "high" if check["gating"] else "low"
    if outcome is not Outcome.PASSED:
        content["reason"] = _line(check["message"])
    ended = datetime.fromisoformat(verdict["started_at"])
    ended += timedelta(seconds=check.get("started_at", 0) + check["duration_s"])
    custom = {name: check[name] for name in ("outcome", "cause", "stage", "gating")}
    kind = CASE_SKIPPED if outcome is Outcome.SKIPPED else CASE_FINISHED
    subject = f"{_line(verdict['run_id'])}/{_line(check['id'])}"
    return _with(_event(verdict, kind, subject, content, ended), custom)


def _event(verdict: VerdictJson, kind: str, subject: str, content: Json, moment: datetime) -> Json:
    """Return one CDEvent in the envelope that its binding to CloudEvents asks for."""
    identity = str(uuid.uuid5(uuid.NAMESPACE_URL, f"urn:smokegate:{kind}:{subject}"))
    timestamp = moment.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
    context = {"specversion": SPEC_VERSION, "id": identity, "source": _source(verdict), "type": kind}
    return {
        "specversion": "1.0",
        "id": identity,
        "source": _source(verdict),
        "type": kind,
        "subject": subject,
        "time": timestamp,
        "datacontenttype": "application/json",
        "data": {
            "context": {**context, "timestamp": timestamp},
            "subject": {"id": subject, "source": _source(verdict), "content": content},
        },
    }


def _with(event: Json, custom: Json) -> Json:
    """Return *event* with what CDEvents have no word for."""
    return {**event, "data": {**event["data"], "customData": custom, "customDataContentType": "application/json"}}


def _environment(verdict: VerdictJson) -> Json:
    return {"id": _line(verdict["environment"])}


def _source(verdict: VerdictJson) -> str:
    return f"/smokegate/{quote(_line(verdict['environment']))}"


def _kind(check: CheckJson) -> str:
    if str(check["id"]).startswith("journey/"):
        return "e2e"
    return "integration" if check["stage"] == Stage.INTEGRATION else "functional"


def _line(text: object) -> str:
    return untrusted.one_line(text, REASON)
