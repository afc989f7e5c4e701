"""Whatever another system answers, in any place of its answer, its check comes to a finding."""

import asyncio
import json
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest

from smoke.checks import deployments, migrations, reads, salesforce, whmcs
from smoke.checks._check import Check
from smoke.dependencies.postgres import NotRead
from smoke.dependencies.queue_state import QueueState
from smoke.dependencies.rabbitmq import read
from smoke.verdict.release import Release
from smoke.verdict.words import Cause, Outcome
from tests.checks import test_over_sockets as services
from tests.checks import test_platforms_over_sockets as platforms
from tests.checks import test_telemetry_over_sockets as telemetry
from tests.checks.fake_world import NEW, Answer, FakeHttp, concluded, environment_of, json_answer, world_of
from tests.checks.odd_values import odd
from tests.checks.test_salesforce import environment as with_salesforce
from tests.checks.test_whmcs import API
from tests.checks.test_whmcs import environment as with_whmcs
from tests.dependencies import fake_salesforce
from tests.dependencies.test_rabbitmq import FINE, QUEUE, URL

SYSTEMS = "https://systems.test"


def comes_to_a_finding(check: Check, routes: dict[str, Answer], **world: Any) -> None:
    """Make *check*: it says something that any report can hold, and does not blame the release."""
    found = concluded(check, world_of(routes, check_environment(check), **world))
    assert found.message
    assert found.outcome in Outcome
    json.dumps(found.facts, allow_nan=False)


def check_environment(check: Check) -> Any:
    """Return the environment that *check* was made from, which this module keeps beside it."""
    return ENVIRONMENTS[check.id.partition("/")[0]]


ENVIRONMENTS: dict[str, Any] = {"salesforce": with_salesforce(), "whmcs": with_whmcs()}


@pytest.mark.parametrize("endpoint", ["versions", "token", "query", "status"])
def test_salesforce(endpoint: str) -> None:
    """Each endpoint of Salesforce answers oddly, in each place."""
    fine = fake_salesforce.FakeSalesforce()
    asked = {
        "versions": fake_salesforce.VERSIONS,
        "token": {"access_token": "00Dxx!1", "instance_url": fake_salesforce.INSTANCE, "issued_at": "1763634000000"},
        "query": {"totalSize": 1, "done": True, "records": [{"InstanceName": "AP15", "IsSandbox": False}]},
        "status": {"key": "AP15", "status": "OK", "Maintenances": [{"plannedStartTime": "2031-01-01T00:00:00Z"}]},
    }
    names = ("trust",) if endpoint == "status" else ("direct",)
    for check in salesforce.checks(with_salesforce(), Release()):
        if check.id.partition("/")[2] in names:
            for document in odd(asked[endpoint]):
                query = json_answer({"totalSize": 1, "done": True, "records": []})
                routes = replace(fine, instead={"query": query, endpoint: json_answer(document)}).routes()
                comes_to_a_finding(check, routes, secret=fake_salesforce.secret)


def test_whmcs() -> None:
    """WHMCS answers oddly, in each place."""
    (check,) = (one for one in whmcs.checks(with_whmcs(), Release()) if one.id == "whmcs/direct")
    for document in odd({"result": "success", "whmcs": {"version": "8.13.1"}}):
        comes_to_a_finding(check, {API: json_answer(document)}, secret=lambda reference: reference.env)


@pytest.mark.parametrize("name", ["salesforce", "whmcs"])
def test_what_a_service_reports(name: str) -> None:
    """A service reports a third party oddly, in each place."""
    checks = {"salesforce": salesforce.checks, "whmcs": whmcs.checks}[name]
    (check,) = (one for one in checks(ENVIRONMENTS[name], Release()) if one.id == f"{name}/reported")
    for document in odd({"services": {name: {"status": "up"}}}):
        comes_to_a_finding(check, {"https://api.test/auth/health-check": json_answer(document)})


def test_rabbitmq() -> None:
    """A queue tells of itself oddly, in each place."""
    for document in odd({**FINE, "head_message_timestamp": 1_800_000_000}):
        asked = read(FakeHttp({QUEUE: json_answer(document)}), URL, "/", "emails", 5.0)
        assert isinstance(asyncio.run(asked), QueueState | NotRead)


def never_blames(
    checks: Callable[[Any], Any], described: Any, release: Release, documents: dict[str, Any], path: str
) -> None:
    """Answer oddly at *path* and properly elsewhere: no check breaks, and none fails by an answer of another kind."""
    for document in odd(documents[path]):
        answers = {f"{SYSTEMS}{one}": json_answer(told) for one, told in {**documents, path: document}.items()}
        world = replace(world_of(dict(answers), described, release), secret=lambda _: "token-of-ours")
        for check in checks(described):
            found = concluded(check, world, rounds=1)
            assert (found.outcome, found.cause) != (Outcome.PASSED, Cause.RELEASE)
            assert found.message


def test_a_service_of_the_release() -> None:
    """The service itself answers oddly, in each place: whatever that makes of its checks, none of them breaks."""
    described = services.environment(SYSTEMS).model_copy(
        update={
            "reads": environment_of(
                reads=[
                    {
                        "name": "total",
                        "path": "/health",
                        "service": "web",
                        "expect": [{"at": "uptime", "at_least": 1, "at_most": 9}],
                    },
                    {
                        "name": "version",
                        "path": "/health",
                        "service": "web",
                        "expect": [{"at": "version", "as": "version"}],
                    },
                    {
                        "name": "shape",
                        "path": "/health",
                        "service": "web",
                        "shape": {"details.database.status": "string"},
                    },
                    {
                        "name": "kept",
                        "path": "/health",
                        "service": "web",
                        "expect": [{"at": "details", "keeps": 0.9, "unchanged": True}],
                    },
                ]
            ).reads
        }
    )
    fine = {"status": "ok", "version": NEW, "uptime": 5.0, "details": {"database": {"status": "up"}}}
    checks = [*services.all_checks(described).values(), *reads.checks(described, Release())]
    for document in odd(fine):
        world = world_of({f"{SYSTEMS}/health": json_answer(document)}, described, services.RELEASE)
        for check in checks:
            assert concluded(check, world, rounds=1).message


@pytest.mark.parametrize("path", telemetry.documents_of(well=False))
def test_monitoring(path: str) -> None:
    """Each monitoring system answers oddly, in each place."""
    described = telemetry.environment(SYSTEMS)
    documents = telemetry.documents_of(well=False)
    never_blames(lambda one: telemetry.every_check(one).values(), described, telemetry.RELEASE, documents, path)


@pytest.mark.parametrize("path", platforms.ANSWERS)
def test_platforms(path: str) -> None:
    """Each platform answers oddly, in each place."""
    described = platforms.environment(SYSTEMS)

    def made(one: Any) -> Any:
        return [*deployments.checks(one, platforms.RELEASE), *migrations.checks(one, platforms.RELEASE)]

    never_blames(made, described, platforms.RELEASE, platforms.ANSWERS, path)
