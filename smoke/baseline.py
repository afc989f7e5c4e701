"""
What the checks saw before the deploy, recorded by `smoke prime` in the state directory.

Outcomes and sessions lie in separate files: outcomes may be shown, sessions are secrets (mode 0600) and never enter a
report.
"""

import json
import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from smoke.errors import UsageError
from smoke.verdict.finding import Finding
from smoke.verdict.plan import Before
from smoke.verdict.words import Outcome

OUTCOMES = "outcomes.json"
SESSIONS = "sessions.json"


@dataclass(frozen=True, slots=True)
class Baseline:
    """Outcomes by check id, session headers by role, and the commits that each service served."""

    run_id: str
    recorded_at: float
    before: Mapping[str, Before]
    observed: Mapping[str, Any] = field(default_factory=dict)
    sessions: Mapping[str, Mapping[str, str]] = field(default_factory=dict, repr=False)

    @property
    def commit(self) -> str | None:
        """The one commit that was live everywhere, or None if there were several."""
        commits = {commit for census in self.observed.values() for commit in census.get("commits", {})}
        return commits.pop() if len(commits) == 1 else None


def before(findings: Sequence[Finding]) -> dict[str, Before]:
    """Return what a later verdict compares with."""
    return {one.check: Before(one.outcome, one.message, str(one.facts.get("signature", ""))) for one in findings}


def save(state: Path, environment: str, baseline: Baseline) -> Path:
    """Write both files, each in one step; returns their directory. Raises UsageError when it cannot be written."""
    directory = _directory(state, environment)
    outcomes = {
        "run_id": baseline.run_id,
        "recorded_at": baseline.recorded_at,
        "observed": dict(baseline.observed),
        "before": {
            check: {"outcome": one.outcome.value, "message": one.message, "signature": one.signature}
            for check, one in baseline.before.items()
        },
    }
    try:
        directory.mkdir(parents=True, exist_ok=True, mode=0o700)
        _replace(directory / OUTCOMES, outcomes)
        _replace(directory / SESSIONS, {role: dict(headers) for role, headers in baseline.sessions.items()})
    except OSError as error:
        raise UsageError(
            f"{directory}: cannot be written ({error.strerror}); set SMOKE_STATE_DIR to a writable directory"
        ) from error
    return directory


def load(state: Path, environment: str) -> Baseline | None:
    """Return the last baseline of *environment*, or None; raises UsageError when its file is damaged."""
    directory = _directory(state, environment)
    outcomes = _read(directory / OUTCOMES)
    if outcomes is None:
        return None
    return Baseline(
        run_id=outcomes["run_id"],
        recorded_at=outcomes["recorded_at"],
        observed=outcomes["observed"],
        before={
            check: Before(Outcome(one["outcome"]), one["message"], one["signature"])
            for check, one in outcomes["before"].items()
        },
        sessions=_read(directory / SESSIONS) or {},
    )


def _directory(state: Path, environment: str) -> Path:
    return state / "baseline" / environment


def _replace(path: Path, data: Mapping[str, Any]) -> None:
    temporary = path.with_name(f".{path.name}-{os.getpid()}")
    descriptor = os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(descriptor, "w", encoding="utf-8") as stream:
        json.dump(data, stream)
    temporary.replace(path)


def _read(path: Path) -> dict[str, Any] | None:
    try:
        data = json.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        return None
    except (OSError, ValueError) as error:
        raise UsageError(f"{path}: is damaged ({error}); delete it and run `smoke prime` again") from error
    return dict(data)
