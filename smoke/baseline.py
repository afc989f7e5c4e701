"""
What the checks saw before the deploy, recorded by `smoke prime` in the state directory.

Outcomes, sessions and the browser profile lie in separate files: outcomes may be shown, the others are secrets (mode
0600) and never enter a report.
"""

import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from smoke.errors import UsageError
from smoke.files import PRIVATE, replace_file
from smoke.verdict.finding import Finding
from smoke.verdict.plan import Before
from smoke.verdict.release import Release, same_commit

OUTCOMES = "outcomes.json"
SESSIONS = "sessions.json"
PROFILE = "profile.tar.gz"


@dataclass(frozen=True, slots=True)
class Baseline:
    """
    Outcomes by check id, session headers by role, and the commits that each service served.

    *profile* is the archive of the returning visitor's browser profile (see `smoke.browser.profile`); *parameters* are
    what the environment was told at run time.
    """

    run_id: str
    recorded_at: float
    before: Mapping[str, Before]
    observed: Mapping[str, Any] = field(default_factory=dict)
    sessions: Mapping[str, Mapping[str, str]] = field(default_factory=dict, repr=False)
    profile: Path | None = None
    parameters: Mapping[str, str] = field(default_factory=dict)

    @property
    def commits(self) -> tuple[str, ...]:
        """The commits that were live, each in its longest spelling."""
        told = sorted({commit for census in self.observed.values() for commit in census.get("commits", {})}, key=len)
        return tuple(one for at, one in enumerate(told) if not any(same_commit(one, other) for other in told[at + 1 :]))

    @property
    def commit(self) -> str | None:
        """The one commit that was live everywhere, or None if there were several."""
        return self.commits[0] if len(self.commits) == 1 else None

    def unfit_for(self, release: Release) -> str | None:
        """
        Return why this is not what was there before the deploy of *release*, or None if it is.

        Recorded too late, it holds the faults of the release itself, and would excuse them; recorded before an earlier
        deploy, it tells nothing of what this one replaced.
        """
        if release.deployed_at is not None:
            if self.recorded_at > release.deployed_at:
                return "it was recorded after the deploy began, so it may hold the release's own faults"
        elif release.condemned is None and any(same_commit(one, release.commit) for one in self.commits):
            return "it was recorded while the release was live already, so it may hold the release's own faults"
        if release.previous and self.commit and not same_commit(self.commit, release.previous):
            return f"it was recorded with {self.commit[:12]} live, not the previous release {release.previous[:12]}"
        return None


def before(findings: Sequence[Finding]) -> dict[str, Before]:
    """Return what a later verdict compares with."""
    return {one.check: _before(one) for one in findings}


def _before(finding: Finding) -> Before:
    facts = finding.facts
    return Before(
        outcome=finding.outcome,
        message=finding.message,
        signature=str(facts.get("signature", "")),
        cause=finding.cause,
        failed_share=facts.get("failed_share"),
        measured=facts.get("measured", {}),
    )


def save(state: Path, environment: str, baseline: Baseline) -> Path:
    """Write the files, each in one step; returns their directory. Raises UsageError when it cannot be written."""
    directory = make_place(state, environment)
    outcomes = {
        "run_id": baseline.run_id,
        "recorded_at": baseline.recorded_at,
        "parameters": dict(baseline.parameters),
        "observed": dict(baseline.observed),
        "before": {check: asdict(one) for check, one in baseline.before.items()},
    }
    try:
        replace_file(directory / OUTCOMES, json.dumps(outcomes), PRIVATE)
        sessions = {role: dict(headers) for role, headers in baseline.sessions.items()}
        replace_file(directory / SESSIONS, json.dumps(sessions), PRIVATE)
        if baseline.profile is not None and baseline.profile.is_file():
            replace_file(directory / PROFILE, baseline.profile.read_bytes(), PRIVATE)
        else:
            (directory / PROFILE).unlink(missing_ok=True)
    except OSError as error:
        raise _unwritable(directory, error) from error
    return directory


def make_place(state: Path, environment: str) -> Path:
    """Make the directory of a baseline and return it; raises UsageError when that cannot be done."""
    directory = directory_of(state, environment)
    try:
        directory.mkdir(parents=True, exist_ok=True, mode=0o700)
    except OSError as error:
        raise _unwritable(directory, error) from error
    return directory


def _unwritable(directory: Path, error: OSError) -> UsageError:
    return UsageError(f"{directory}: cannot be written ({error.strerror}); set SMOKE_STATE_DIR to a writable directory")


def load(state: Path, environment: str, parameters: Mapping[str, str] | None = None) -> Baseline | None:
    """
    Return the last baseline of *environment*, or None; raises UsageError when its file is damaged.

    With *parameters*, what was recorded with others tells nothing: it was another pull request's, for instance.
    """
    directory = directory_of(state, environment)
    outcomes = _read(directory / OUTCOMES)
    if outcomes is None:
        return None
    try:
        known = Baseline(
            run_id=str(outcomes["run_id"]),
            recorded_at=float(outcomes["recorded_at"]),
            observed=dict(outcomes["observed"]),
            before={check: Before.from_json(one) for check, one in outcomes["before"].items()},
            sessions=_read(directory / SESSIONS) or {},
            profile=directory / PROFILE if (directory / PROFILE).is_file() else None,
            parameters=dict(outcomes.get("parameters", {})),
        )
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        raise _damaged(directory / OUTCOMES, error) from error
    return known if parameters is None or known.parameters == dict(parameters) else None


def directory_of(state: Path, environment: str) -> Path:
    """Return where the baseline of *environment* lies."""
    return state / "baseline" / environment


def _read(path: Path) -> dict[str, Any] | None:
    try:
        data = json.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        return None
    except (OSError, ValueError) as error:
        raise _damaged(path, error) from error
    if not isinstance(data, dict):
        raise _damaged(path, f"it holds a {type(data).__name__}")
    return data


def _damaged(path: Path, why: object) -> UsageError:
    return UsageError(f"{path}: is damaged ({why}); delete it and run `smoke prime` again")
