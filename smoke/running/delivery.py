"""
How findings travel: out of the items of whichever process made them, into the record.

They go as JSON primitives in `user_properties`, since that is what xdist hands from a worker to the controller.
"""

from collections.abc import Generator, Mapping
from typing import Any

import pytest

from smoke.record.recorder import redacted
from smoke.running import selection
from smoke.running.records import Records
from smoke.running.run import Run
from smoke.running.selection import Case
from smoke.verdict.finding import Finding
from smoke.verdict.words import Cause, Outcome

FINDING = "smoke_finding"
"""Key in `user_properties` of what an item found."""

BROKE = "smoke_broke"
"""Likewise, of the finding of a check that broke, which stands against what it may have found."""


class FindingFailed(AssertionError):
    """A check found what must not be; the text is the finding's message."""


class FindingUndecided(Exception):
    """A check could not tell; the text is the finding's message."""


class Delivery:
    """The plugin object that hands findings on; *records* is there in the process that keeps the record."""

    def __init__(self, runs: Mapping[str, Run]) -> None:
        self.records: Records | None = None
        self.warnings: list[str] = []
        self._runs = runs

    def publish(self, environment: str, finding: Finding) -> None:
        """Take a finding into the record, if it is kept in this process."""
        if self.records is not None:
            self.records.record(environment, finding)

    def provisional(self, environment: str, finding: Finding) -> None:
        """Show a finding that is looked at again before it counts, if the record is kept in this process."""
        if self.records is not None:
            self.records.provisional(environment, finding)

    def deliver(self, item: pytest.Item, case: Case, finding: Finding) -> None:
        """Hand a finding to the record, and say as a test outcome what it says."""
        finding = redacted(finding, case.run.redactor.redact)  # only this process may know the secrets in it
        item.user_properties.append((FINDING, _sent(case.run, finding)))
        self.publish(case.run.environment.name, finding)
        if finding.outcome is Outcome.FAILED:
            raise FindingFailed(finding.message)
        if finding.outcome is Outcome.UNDECIDED:
            raise FindingUndecided(finding.message)
        if finding.outcome is Outcome.SKIPPED:
            pytest.skip(finding.message)

    @pytest.hookimpl(wrapper=True, tryfirst=True)
    def pytest_runtest_makereport(self, item: pytest.Item, call: pytest.CallInfo[None]) -> Generator[None, Any, Any]:
        """Send along that a check broke, when its test failed for another reason than what it found."""
        report: pytest.TestReport = yield
        said = call.excinfo is not None and isinstance(call.excinfo.value, FindingFailed | FindingUndecided)
        if report.failed and not said:
            case: Case = item.callspec.params["case"]  # type: ignore[attr-defined]  # parametrized items have it
            why = call.excinfo.exconly() if call.excinfo else report.longreprtext
            finding = redacted(_broken(case.run, case.check, why), case.run.redactor.redact)
            report.user_properties.append((BROKE, {"when": report.when, **_sent(case.run, finding)}))
        return report

    @pytest.hookimpl(tryfirst=True)
    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        """Take a finding into the record; a check that broke, or took its worker with it, is undecided."""
        if self.records is None:
            return
        sent: list[tuple[str, Any]] = [one for one in report.user_properties if one[0] in {FINDING, BROKE}]
        crashed = None if sent or not report.failed else selection.check_of(report.nodeid)
        if crashed:
            run = self._runs[crashed[0]]
            sent = [(BROKE, {"when": "call", **_sent(run, _broken(run, crashed[1], report.longreprtext))})]
        for key, value in sent:
            self._take(self.records, key, dict(value))

    def _take(self, records: Records, key: str, value: dict[str, Any]) -> None:
        environment, when = value.pop("environment"), value.pop("when", "call")
        finding = Finding.from_json(value)
        if key == FINDING:
            records.record(environment, finding)
        elif when == "teardown":  # it was made; only what came after it broke
            self.warnings.append(f"{finding.check}: {finding.message}")
        else:
            records.doubt(environment, finding)


def last_error(report: str) -> str:
    """Return the line of pytest's *report* that names the error."""
    lines = [line.removeprefix("E ").strip() for line in report.splitlines() if line.strip()]
    return next((line for line in reversed(lines) if "Error: " in line), lines[-1] if lines else "no report")


def _sent(run: Run, finding: Finding) -> dict[str, Any]:
    return {"environment": run.environment.name, **finding.to_json()}


def _broken(run: Run, check: str, why: str) -> Finding:
    """Return that the test of *check* broke; *why* is pytest's account of it."""
    planned = next(one for one in run.plan().checks if one.id == check)
    return Finding(
        check=check,
        stage=planned.stage,
        outcome=Outcome.UNDECIDED,
        message=f"the check itself broke: {last_error(why)}",
        service=planned.service,
        gating=planned.gating,
        cause=Cause.SUITE,
    )
