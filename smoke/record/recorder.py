"""Keep the record of one run: log each finding as it comes, and end with a verdict and everything derived from it."""

from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import replace
from functools import partial
from pathlib import Path
from threading import Lock
from time import monotonic
from typing import Any, Protocol

from smoke.outputs.untrusted import visible
from smoke.record import run_directory
from smoke.record.events import FILE, EventWriter
from smoke.verdict.decide import End, condemned, decide
from smoke.verdict.finding import Finding
from smoke.verdict.plan import Plan
from smoke.verdict.verdict import Verdict
from smoke.verdict.words import Outcome, Stage

OUR_WORDS = frozenset({"role", "dependency", "blocked_by", "unmade", "waived", "failure_kinds"})
"""Facts whose values are names from the environment file or our own words."""

GO_ON = ("journey/", "soak/")
"""Checks that take their time, and stop once the others condemn the release."""

UNFINISHED = "it did not come to its end"

READER_GONE = (OSError, ValueError)
"""
What a display raises when nobody reads any more: a broken pipe, a closed stream, an exhausted encoding.

The verdict does not need it.
"""


class Display(Protocol):
    """What shows a run to a person while it happens (see `smoke.outputs.terminal`)."""

    def finding(self, finding: Finding) -> None:
        """Show one finding; of one check a second time when it was looked at again."""
        ...

    def verdict(self, verdict: Mapping[str, Any], directory: Path) -> None:
        """Show the verdict, last of all."""
        ...


class Recorder:
    """
    The record of one run.

    `verdict.json` is there from the start and says that the run did not finish, until `finish` replaces it; so a killed
    run leaves an honest verdict. Findings may come from several threads, and twice: the first counts. With *latest* the
    link beside *directory* leads to it.
    """

    def __init__(
        self, plan: Plan, directory: Path, display: Display, redact: Callable[[str], str], *, latest: bool = True
    ) -> None:
        self.plan = plan
        self.directory = directory
        self._display = display
        self._redact = redact
        self._lock = Lock()
        self._findings: dict[str, Finding] = {}
        self._verdict: Verdict | None = None
        self._derived = False
        self._condemned_at: float | None = None
        run_directory.write_verdict(directory, self._unfinished().to_json())
        if latest:
            run_directory.point_latest(directory)
        self._events = EventWriter(directory / FILE)
        self._events.plan(plan)

    def record(self, finding: Finding) -> None:
        """Take one finding; what comes after the end is dropped."""
        finding = redacted(finding, self._redact)
        with self._lock:
            if finding.check in self._findings or self._verdict is not None:
                return
            self._findings[finding.check] = finding
            self._events.finding(finding)
            if self._condemned_at is None and not self._waits_for_http() and condemned(self.plan, self.findings):
                self._condemned_at = monotonic()
            with suppress(*READER_GONE):
                self._display.finding(finding)

    def condemned_for_s(self) -> float:
        """
        Return for how many seconds it has been certain that the release is at fault; 0 while it is not.

        It is not before every check that is no journey has its finding, since any of them may excuse another.
        """
        return 0.0 if self._condemned_at is None else monotonic() - self._condemned_at

    def _waits_for_http(self) -> bool:
        later = {one.id for one in self.plan.checks if one.stage is Stage.CONFIRM}
        return any(one not in later and not one.startswith(GO_ON) for one in self.waiting_for())

    def doubt(self, finding: Finding) -> None:
        """Take an undecided *finding* of a check that broke, although it may have passed before."""
        with self._lock:
            known = self._findings.get(finding.check)
            if known is not None and known.outcome in {Outcome.PASSED, Outcome.SKIPPED}:
                del self._findings[finding.check]
        self.record(finding)

    def provisional(self, finding: Finding) -> None:
        """Show a finding that is looked at again before it counts."""
        finding = redacted(finding, self._redact)
        with self._lock, suppress(*READER_GONE):
            if finding.check not in self._findings and self._verdict is None:
                self._display.finding(finding)

    def waiting_for(self) -> list[str]:
        """Return the ids of the selected checks that have no finding yet."""
        return [one.id for one in self.plan.checks if one.selected and one.id not in self._findings]

    def finding(self, check: str) -> Finding | None:
        """Return what was found for *check* so far."""
        return self._findings.get(check)

    @property
    def findings(self) -> tuple[Finding, ...]:
        """Everything found so far."""
        return tuple(self._findings.values())

    @property
    def verdict(self) -> Verdict | None:
        """The verdict, once `finish` has been called."""
        return self._verdict

    def finish(self, end: End) -> Verdict:
        """Conclude, and let everything derive from the verdict; the first call counts."""
        verdict = self.conclude(end)
        self.derive()
        return verdict

    def conclude(self, end: End) -> Verdict:
        """Decide and write `verdict.json`; the first call counts. Raises OSError."""
        with self._lock:
            if self._verdict is None:
                verdict = decide(self.plan, self.findings, end)
                # In this order, since a verdict that is not on disk must not become the exit status.
                run_directory.write_verdict(self.directory, verdict.to_json())
                self._verdict = verdict
                self._events.end(end)
                self._events.close()
            return self._verdict

    def derive(self) -> None:
        """Write and show what derives from the verdict, once it is on disk."""
        with self._lock:
            if self._verdict is None or self._derived:
                return
            self._derived, verdict = True, self._verdict
        from smoke.outputs import write_all  # renderers are slow to import and not needed before

        data = verdict.to_json()
        warnings = write_all(self.directory, data)
        if warnings:
            data = {**data, "warnings": [*data["warnings"], *warnings]}
            run_directory.write_verdict(self.directory, data)
        with suppress(*READER_GONE):
            self._display.verdict(data, self.directory)

    def _unfinished(self) -> Verdict:
        return decide(self.plan, (), End(finished_at=self.plan.started_at, interruption=UNFINISHED))


def redacted(finding: Finding, redact: Callable[[str], str]) -> Finding:
    """
    Return *finding* with every secret masked in its free texts and facts (law 7), and without what is not seen.

    Pipelines print `verdict.json` as it is, and a target that writes to their terminal could repaint a verdict.

    Ids, stages and causes are our own words: a user called "customer" must not garble the id `login/customer`.
    """
    redact = partial(_harmless, redact)
    return replace(
        finding,
        message=redact(finding.message),
        expected=redact(finding.expected),
        found=redact(finding.found),
        reproduce=redact(finding.reproduce),
        facts={key: value if key in OUR_WORDS else _masked(value, redact) for key, value in finding.facts.items()},
    )


def _harmless(redact: Callable[[str], str], text: str) -> str:
    return visible(redact(text))


def _masked(value: Any, redact: Callable[[str], str]) -> Any:
    if isinstance(value, str):
        return redact(value)
    if isinstance(value, Mapping):
        # Below our own words come the target's, such as the names that replicas give themselves.
        return {redact(str(key)): _masked(one, redact) for key, one in value.items()}
    if isinstance(value, list | tuple):
        return [_masked(one, redact) for one in value]
    return value
