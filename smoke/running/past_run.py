"""A run that was made before, found again under `reports/` and read with all that is known of it."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from time import time
from typing import Any

from smoke.errors import UsageError
from smoke.outputs.explanation import Background
from smoke.record import events, run_directory
from smoke.record.recorder import UNFINISHED
from smoke.record.run_directory import LATEST, VERDICT
from smoke.verdict.decide import End, decide
from smoke.verdict.finding import Finding
from smoke.verdict.plan import Plan
from smoke.verdict.words import Outcome

ENVIRONMENT = re.compile(r"[\w-]+/[\w-]+")
"""What an environment is called; anything else that lies beneath the reports is none."""


@dataclass(frozen=True, slots=True)
class PastRun:
    """A run's *directory*, its *verdict*, and the *background* of its checks."""

    directory: Path
    verdict: Mapping[str, Any]
    background: Mapping[str, Background]


def find(reports: Path, named: str | None) -> Path:
    """
    Return the run directory that *named* means: itself, its file, or the last run of an environment; None: of all.

    Raises UsageError when there is none.
    """
    if named is None:
        return _newest(reports, "*/*", f"{reports}: holds no run; verify an environment first")
    for path in (Path(named), Path(named).parent if Path(named).name == VERDICT else Path(named)):
        if any((path / one).is_file() for one in (VERDICT, events.FILE)):
            return path
    if ENVIRONMENT.fullmatch(named) and (reports / named).is_dir():
        return _newest(reports / named, ".", f"{reports / named}: holds no run; run `smoke verify {named}`")
    raise UsageError(
        f"{named}: there is neither such a run nor runs of such an environment in {reports}; "
        "name a run's directory, or an environment such as portal/prod"
    )


def read(directory: Path) -> PastRun:
    """
    Return the run in *directory*; one that never came to its end is judged by what it had found until then.

    Raises UsageError when neither its verdict nor its events can be read.
    """
    verdict = run_directory.read_verdict(directory)
    try:
        log = events.read(directory / events.FILE)
    except UsageError:
        if verdict is None:
            raise
        return PastRun(directory, verdict, {})
    judged = decide(log.plan, log.findings, log.end or End(time(), UNFINISHED))
    if verdict is None or log.end is None:
        verdict = judged.to_json()
    return PastRun(directory, verdict, dict(_background(log.plan, log.findings, judged.findings)))


def _newest(directory: Path, below: str, nothing: str) -> Path:
    runs = [one.parent for one in directory.glob(f"{below}/*/{VERDICT}") if one.parent.name != LATEST]
    if not runs:
        raise UsageError(nothing)
    return max(runs, key=lambda one: ((one / VERDICT).stat().st_mtime, one.name))


def _background(
    plan: Plan, found: tuple[Finding, ...], judged: tuple[Finding, ...]
) -> Iterator[tuple[str, Background]]:
    first = {one.check: one.message for one in found}
    for one in judged:
        replicas = one.facts.get("replicas")
        yield (
            one.check,
            Background(
                replicas=replicas if isinstance(replicas, Mapping) else {},
                before=_before(plan, one.check),
                evidence=_evidence(one.message, first.get(one.check, "")),
            ),
        )


def _evidence(message: str, found: str) -> str:
    """Return what attribution added to the message of a finding: the evidence for its cause."""
    start = f"{found.rstrip('.')}; "
    return message.removeprefix(start) if found and message.startswith(start) else ""


def _before(plan: Plan, check: str) -> str:
    before = (plan.before or {}).get(check)
    if before is None:
        return "not known: there is no baseline (smoke prime)" if plan.before is None else "not known"
    said = f": {before.message}" if before.outcome is not Outcome.PASSED else ""
    return f"{before.outcome}{said}"
