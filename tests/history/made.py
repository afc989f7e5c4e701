"""Runs for tests."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from smoke.alerts.message import Message
from smoke.history.records import Consequences, Ended, Found, Run, RunKind
from smoke.verdict.words import Severity

AT = 1_800_000_000.0
ENVIRONMENT = "portal/prod"


def begun(run_id: str = "run-1", at: float = AT, **given: Any) -> Run:
    """Return a run that goes on."""
    return Run(**{"run_id": run_id, "environment": ENVIRONMENT, "kind": RunKind.SCHEDULED, "began_at": at, **given})


def ended(run_id: str = "run-1", at: float = AT, **given: Any) -> Ended:
    """Return a run that ended well, with two findings."""
    run = begun(run_id, at)
    known = {"ended_at": at + 10, "standing": "sound", "verdict": "pass", "summary": "2 of 2", "duration_s": 10.0}
    return Ended(
        replace(run, **{**known, "report": f"{ENVIRONMENT}/{run_id}", **given}),
        (found("page/home"), found("page/terms", outcome="failed", cause="release", message="HTTP 500")),
    )


def found(check: str, **given: Any) -> Found:
    """Return a finding that passed."""
    known = {"stage": "immediate", "gating": True, "outcome": "passed", "cause": None, "message": "", "duration_s": 0.2}
    return Found(**{"check_id": check, **known, **given})


def message(number: int = 1, incident: str = "i", **given: Any) -> Message:
    """Return a message."""
    known = {
        "environment": ENVIRONMENT,
        "news": "opened",
        "severity": Severity.ERROR,
        "title": "t",
        "text": "",
        "at": AT,
    }
    return Message(**{"id": f"{incident}/{number}", "incident": incident, **known, **given})


def counting(messages: tuple[tuple[str, Message], ...] = ()) -> Any:
    """Return what follows from a run: the state counts runs, and *messages* are to be sent."""

    def follow(state: Mapping[str, Any]) -> Consequences:
        return Consequences({"count": state.get("count", 0) + 1}, None, messages)

    return follow
