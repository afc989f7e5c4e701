"""Prometheus and Alertmanager themselves are asked: what they really answer, and what the checks make of it."""

import asyncio
import time
from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import httpx
import pytest

from smoke.checks import alerts, metrics, targets
from smoke.checks._check import Check
from smoke.environment.loading import load_all
from smoke.verdict.finding import Judgement
from smoke.verdict.release import Release
from smoke.verdict.words import Cause, Outcome
from tests.checks.fake_world import conclude, environment_of, world_of
from tests.dependencies import real_servers
from tests.dependencies.real_servers import Exporter, Watching
from tests.http.servers import client

ENVIRONMENTS = Path(__file__).parent.parent.parent / "environments"
RATE = (
    '(sum(rate(requests_total{job="api",code=~"5.."}[{window}])) or 0 * sum(rate(requests_total{job="api",code!=""}'
    '[{window}]))) / sum(rate(requests_total{job="api"}[{window}]))'
)
WORKING_S = 30.0
BEGAN = datetime.now(UTC) - timedelta(seconds=30)
DEPLOYED = Release(deployed_at=BEGAN.timestamp() - 30)


@pytest.fixture(scope="module")
def watching() -> Iterator[Watching]:
    """Run one Prometheus for all tests of this module."""
    with real_servers.prometheus() as running:
        yield running


@pytest.fixture(scope="module")
def alerting() -> Iterator[str]:
    """Run one Alertmanager for all tests of this module."""
    with real_servers.alertmanager() as url:
        yield url


@pytest.fixture
def exporter(watching: Watching) -> Iterator[Exporter]:
    """Return the service that is scraped, with nothing to tell and in good health again afterwards."""
    yield watching.exporter
    watching.exporter.lines, watching.exporter.down = "", False


def metric_checks(url: str, **metric: Any) -> list[Check]:
    """Return the check of one metric."""
    monitoring = {"after_s": 0, "least_s": 5, "window_s": 5, "prometheus": {"url": url}}
    described = environment_of(monitoring=monitoring, metrics={"error-rate": {"at_most": 0.01, **metric}})
    return list(metrics.checks(described, Release()))


def judged(check: Check, release: Release = Release()) -> Judgement:  # noqa: B008 - frozen
    """Conclude one check against the real server, by the real clock."""

    async def run() -> Judgement:
        async with client() as http:
            world = replace(world_of({}, environment_of(), release), http=http, now=time.time)
            return await conclude(check, world, rounds=1)

    return asyncio.run(run())


def soon(check: Check, wanted: Outcome) -> Judgement:
    """Judge until the outcome is *wanted*, since what was told is scraped a moment later; gives up after a while."""
    deadline = time.monotonic() + WORKING_S
    while (found := judged(check)).outcome is not wanted and time.monotonic() < deadline:
        time.sleep(real_servers.EVERY_S)
    assert found.outcome is wanted, found
    return found


def counting(watching: Watching, name: str, counts: Mapping[str, int]) -> None:
    """Let counters grow from nothing to *counts*, one for each set of labels, and wait until both were scraped."""
    for factor in (0, 1):
        watching.exporter.lines = "".join(f"{name}{labels} {factor * count}\n" for labels, count in counts.items())
        scraped(watching, f"sum({name})", factor * sum(counts.values()))


def scraped(watching: Watching, query: str, value: float) -> None:
    """Wait until Prometheus has a value."""
    deadline = time.monotonic() + WORKING_S
    while time.monotonic() < deadline:
        told = httpx.get(f"{watching.url}/api/v1/query", params={"query": query}, trust_env=False).json()
        if [float(one["value"][1]) for one in told["data"]["result"]] == [value]:
            return
        time.sleep(real_servers.EVERY_S)
    raise AssertionError(f"{query} did not become {value}")


def queries() -> dict[str, str]:
    """Return every query of the committed environments by its name."""
    described = load_all(ENVIRONMENTS)
    asked = [(one.name, name, metric) for one in described for name, metric in one.metrics.items()]
    both = {f"{where} {name}": metric.query for where, name, metric in asked}
    return both | {f"{where} {name} volume": metric.volume for where, name, metric in asked if metric.volume}


@pytest.mark.parametrize("name", queries())
def test_a_committed_query_can_be_carried_out(watching: Watching, name: str) -> None:
    """Prometheus understands it, and without data it has no value, or that of nothing."""
    found = judged(metric_checks(watching.url, query=queries()[name])[0])

    assert "cannot carry out" not in found.message
    assert found.outcome in {Outcome.UNDECIDED, Outcome.PASSED}


def test_a_query_with_an_error_is_an_error_of_the_file(watching: Watching) -> None:
    """What Prometheus says of it reaches whoever has to mend it."""
    found = judged(metric_checks(watching.url, query="sum(rate(requests_total[5m])")[0])

    assert (found.outcome, found.cause) == (Outcome.UNDECIDED, Cause.SUITE)
    assert "cannot carry out the query (bad_data)" in found.message
    assert "correct it in the environment file" in found.message


@pytest.mark.usefixtures("exporter")
class TestErrorRate:
    """A share of failed requests, each time of a counter of its own."""

    def test_without_a_single_error(self, watching: Watching) -> None:
        """There is no series of errors yet, and the share is zero."""
        counting(watching, "requests_total", {'{code="200"}': 500})

        found = soon(metric_checks(watching.url, query=RATE)[0], Outcome.PASSED)

        assert found.message == "0 of 1 series"

    def test_with_errors(self, watching: Watching) -> None:
        """A tenth of the requests fails."""
        counting(watching, "failing_total", {'{code="200"}': 900, '{code="500"}': 100})

        found = soon(metric_checks(watching.url, query=RATE.replace("requests", "failing"))[0], Outcome.FAILED)

        assert found.cause is Cause.RELEASE
        assert found.message.startswith("0.1, expected at most 0.01")

    def test_a_label_that_nothing_has(self, watching: Watching) -> None:
        """Who counts by `status` has no errors by `code`: that is no share of zero, it is unknown."""
        counting(watching, "other_total", {'{status="200"}': 900, '{status="500"}': 100})

        found = soon(metric_checks(watching.url, query=RATE.replace("requests", "other"))[0], Outcome.UNDECIDED)

        assert found.message == "the query returns no data, which does not mean zero"

    def test_without_requests(self, watching: Watching) -> None:
        """Nothing divided by nothing is no number."""
        watching.exporter.lines = 'idle_total{code="200"} 7\n'
        scraped(watching, "sum(idle_total)", 7)

        found = judged(metric_checks(watching.url, query=RATE.replace("requests", "idle"))[0])

        assert found.outcome is Outcome.UNDECIDED


class TestTargets:
    """What is scraped."""

    @staticmethod
    def check(watching: Watching, job: str = "api", at_least: int = 1) -> Check:
        """Return the check of a job's targets."""
        described = environment_of(
            monitoring={"after_s": 0, "prometheus": {"url": watching.url}},
            targets={"api": {"job": job, "at_least": at_least, "within_s": 0.1}},
        )
        return next(iter(targets.checks(described, Release())))

    def test_up_and_down(self, watching: Watching, exporter: Exporter) -> None:
        """A service whose metrics are errors is down, and Prometheus tells why."""
        assert soon(self.check(watching), Outcome.PASSED).message == "1 of 1 targets are up"

        exporter.down = True

        found = soon(self.check(watching), Outcome.FAILED)
        assert f"127.0.0.1:{exporter.port}: server returned HTTP status 500" in found.message

    def test_a_job_that_nobody_scrapes(self, watching: Watching) -> None:
        """Whose name it is, nobody knows."""
        found = judged(self.check(watching, job="api2"))

        assert found.message == "Prometheus has no target of the job api2"
        assert found.outcome is Outcome.UNDECIDED


class TestAlerts:
    """Alerts as Prometheus sends them, and what Alertmanager makes of them."""

    @staticmethod
    def found(url: str, release: Release, **more: Any) -> Judgement:
        """Judge the alerts that count; each test has a service of its own."""
        described = environment_of(monitoring={"after_s": 0, "alertmanager": {"url": url, **more}})
        return judged(next(iter(alerts.checks(described, release))), release)

    @staticmethod
    def fire(url: str, name: str, service: str, since: datetime = BEGAN) -> None:
        """Let an alert of a service begin."""
        alert = {
            "labels": {"alertname": name, "severity": "critical", "service": service},
            "annotations": {"summary": f"{name} at {service}"},
            "startsAt": since.isoformat(),
        }
        httpx.post(f"{url}/api/v2/alerts", json=[alert], trust_env=False).raise_for_status()

    def test_an_alert_since_the_deploy(self, alerting: str) -> None:
        """It is new, and is told by its name."""
        self.fire(alerting, "HighErrorRate", "web")

        found = self.found(alerting, DEPLOYED, matchers=['service="web"'])

        assert (found.outcome, found.cause) == (Outcome.FAILED, Cause.RELEASE)
        assert found.message.startswith("1 alert since the deploy: HighErrorRate (critical, since ")
        assert found.message.endswith("): HighErrorRate at web")

    def test_an_alert_of_before(self, alerting: str) -> None:
        """It is noted, and nobody's fault."""
        self.fire(alerting, "DiskFull", "mail", BEGAN - timedelta(hours=3))

        found = self.found(alerting, DEPLOYED, matchers=['service="mail"'])

        assert found.outcome is Outcome.PASSED
        assert "from before the deploy: DiskFull" in found.message

    def test_an_alert_that_is_silenced(self, alerting: str) -> None:
        """Whoever would be told knows it already."""
        self.fire(alerting, "Slow", "search")
        matchers = [{"name": "service", "value": "search", "isRegex": False, "isEqual": True}]
        ends = (datetime.now(UTC) + timedelta(hours=1)).isoformat()
        silence = {
            "matchers": matchers,
            "startsAt": BEGAN.isoformat(),
            "endsAt": ends,
            "createdBy": "a",
            "comment": "b",
        }
        httpx.post(f"{alerting}/api/v2/silences", json=silence, trust_env=False).raise_for_status()

        assert self.found(alerting, DEPLOYED, matchers=['service="search"']).outcome is Outcome.PASSED

    def test_another_service(self, alerting: str) -> None:
        """Matchers narrow what is asked for."""
        self.fire(alerting, "HighErrorRate", "other")

        found = self.found(alerting, DEPLOYED, matchers=['service="none"'])

        assert found.message == "no alert since the deploy"

    def test_a_matcher_with_an_error(self, alerting: str) -> None:
        """What Alertmanager says of it reaches whoever has to mend it."""
        found = self.found(alerting, DEPLOYED, matchers=["no matcher"])

        assert (found.outcome, found.cause) == (Outcome.UNDECIDED, Cause.SUITE)
        assert "refuses the matchers" in found.message
