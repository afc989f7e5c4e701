"""Salesforce, as reported, as it answers us, and as its vendor says."""

from typing import Any

import pytest

from smoke.checks._check import Check
from smoke.checks.salesforce import checks
from smoke.environment import Environment
from smoke.errors import SecretMissing
from smoke.http import Exchange, FailureKind
from smoke.verdict.finding import Judgement
from smoke.verdict.release import Release
from smoke.verdict.words import Cause, Outcome
from tests.checks.fake_world import (
    Answer,
    answer,
    concluded,
    environment_of,
    failing,
    html,
    in_turn,
    json_answer,
    world_of,
)
from tests.dependencies.fake_salesforce import DIRECT, INSTANCE, ORIGIN, FakeSalesforce, rest_error, secret

REPORT = "https://api.test/auth/health-check"


def environment() -> Environment:
    """Return an environment that reports Salesforce and may ask it."""
    reported = {"path": "/auth/health-check", "at": "services.salesforce"}
    return environment_of(dependencies={"salesforce": {"reported": reported, "direct": DIRECT.model_dump()}})


def check(name: str) -> Check:
    """Return one check of the module."""
    return next(one for one in checks(environment(), Release()) if one.id == f"salesforce/{name}")


def judged(name: str, routes: dict[str, Answer]) -> Judgement:
    """Make one check of the module."""
    return concluded(check(name), world_of(routes, environment(), secret=secret))


def reported(value: Any, status: int = 200) -> Judgement:
    """Make the check of a report that says *value*."""
    return judged("reported", {REPORT: json_answer({"services": {"salesforce": value}}, status)})


def test_which_checks() -> None:
    """Only the report is gating; our own calls are evidence, and made even while the release is not served."""
    made = {one.id: (one.gating, one.independent) for one in checks(environment(), Release())}

    assert made == {
        "salesforce/reported": (True, False),
        "salesforce/direct": (False, True),
        "salesforce/trust": (False, True),
    }


def test_report_depends_on_salesforce() -> None:
    """The report's failing may be Salesforce's own doing, so it says what it depends on."""
    assert check("reported").depends_on == ("salesforce",)


@pytest.mark.parametrize(
    "value", [True, "ok", "up", "connected", "Healthy", {"status": "up"}, {"healthy": True}, {"connected": True}]
)
def test_reported_up(value: Any) -> None:
    """Every usual shape of well passes."""
    found = reported(value)

    assert found.outcome is Outcome.PASSED
    assert {"dependency": "salesforce", "reported": "up"}.items() <= found.facts.items()


def test_reported_degraded() -> None:
    """A degraded dependency still serves: noted."""
    found = reported({"status": "degraded"})

    assert (found.outcome, found.facts["reported"]) == (Outcome.PASSED, "degraded")
    assert "degraded" in found.facts["noted"]


@pytest.mark.parametrize("value", [False, "down", {"status": "down", "message": "timeout"}, {"connected": False}])
@pytest.mark.parametrize("status", [200, 503])
def test_reported_down(value: Any, status: int) -> None:
    """A dependency that is reported as down fails, whatever the status."""
    found = reported(value, status)

    assert (found.outcome, found.facts["reported"]) == (Outcome.FAILED, "down")
    assert found.facts["signature"] == "salesforce is reported as down"


@pytest.mark.parametrize(
    ("exchange", "signature"),
    [
        (json_answer({"services": {"salesforce": "maybe"}}), 'services.salesforce is "maybe", which tells no state'),
        (json_answer({"services": {"salesforce": {}}}), "services.salesforce is {}, which tells no state"),
        (json_answer({"services": {}}), "nothing at services.salesforce"),
        (json_answer({}, 503), "HTTP 503 with nothing at services.salesforce"),
        (html("<h1>ok</h1>"), "HTML instead of JSON"),
        (answer(""), "an empty body instead of JSON"),
        (answer("", 401), "HTTP 401"),
        (answer("", 404), "HTTP 404"),
        (answer("", 500), "HTTP 500"),
        (failing(FailureKind.TIMEOUT), "timeout"),
    ],
)
def test_nothing_reported(exchange: Exchange, signature: str) -> None:
    """A report that tells nothing fails: unknown is never healthy."""
    found = judged("reported", {REPORT: exchange})

    assert (found.outcome, found.facts["signature"]) == (Outcome.FAILED, signature)
    assert found.facts["reported"] == "unknown"


def test_directly_up() -> None:
    """Salesforce that answers our token request and query passes."""
    found = judged("direct", FakeSalesforce().routes())

    assert found.outcome is Outcome.PASSED
    assert {"dependency": "salesforce", "direct": "up", "instance": "AP15"}.items() <= found.facts.items()


def test_directly_down() -> None:
    """Salesforce that answers nobody is the dependency's fault."""
    found = judged("direct", FakeSalesforce(instead={"versions": answer("", 503)}).routes())

    assert (found.outcome, found.cause) == (Outcome.FAILED, Cause.DEPENDENCY)
    assert (found.facts["direct"], found.facts["trust"]) == ("down", "ok")


def test_down_by_maintenance() -> None:
    """Salesforce that is down while it declares maintenance is in maintenance."""
    fake = FakeSalesforce(instead={"versions": html("<h1>Maintenance</h1>")}, status={"status": "MAINTENANCE_CORE"})

    found = judged("direct", fake.routes())

    assert (found.outcome, found.cause) == (Outcome.FAILED, Cause.MAINTENANCE)
    assert (found.facts["direct"], found.facts["trust"]) == ("down", "maintenance")


def test_we_are_refused() -> None:
    """Our own credential being refused proves nothing about the system's: undecided."""
    found = judged("direct", FakeSalesforce(instead={"token": json_answer({"error": "invalid_client"}, 400)}).routes())

    assert (found.outcome, found.cause, found.facts["direct"]) == (Outcome.UNDECIDED, Cause.CREDENTIALS, "refused")


def test_our_network() -> None:
    """A name that does not resolve here is this machine's trouble."""
    found = judged("direct", FakeSalesforce(instead={"versions": failing(FailureKind.NAME)}).routes())

    assert (found.outcome, found.cause, found.facts["direct"]) == (Outcome.UNDECIDED, Cause.RUNNER, "unknown")


def test_down_for_a_moment() -> None:
    """Salesforce that answers the second look is up, and the first is noted."""
    routes = FakeSalesforce().routes()
    versions = next(iter(routes))
    routes[versions] = in_turn(answer("", 503), routes[versions])

    found = judged("direct", routes)

    assert (found.outcome, found.facts["direct"]) == (Outcome.PASSED, "up")
    assert "HTTP 503" in found.facts["noted"]


def test_missing_secret() -> None:
    """Without our credential the check is undecided, and nothing is claimed about Salesforce."""

    def missing(_reference: object) -> str:
        raise SecretMissing("set SF_ID")

    found = concluded(check("direct"), world_of({}, environment(), secret=missing))

    assert (found.outcome, found.message) == (Outcome.UNDECIDED, "set SF_ID")


@pytest.mark.parametrize(
    ("status", "outcome", "cause", "trust"),
    [
        (json_answer({"status": "OK"}), Outcome.PASSED, None, "ok"),
        (json_answer({"status": "MAJOR_INCIDENT_CORE"}), Outcome.FAILED, Cause.DEPENDENCY, "incident"),
        (json_answer({"status": "MAINTENANCE_CORE"}), Outcome.FAILED, Cause.MAINTENANCE, "maintenance"),
        (rest_error("X", "y", 500), Outcome.UNDECIDED, Cause.RUNNER, "unknown"),
        (failing(), Outcome.UNDECIDED, Cause.RUNNER, "unknown"),
    ],
)
def test_trust(status: Exchange, outcome: Outcome, cause: Cause | None, trust: str) -> None:
    """The vendor's word is evidence; none is no evidence."""
    found = judged("trust", FakeSalesforce(instead={"status": status}).routes())

    assert (found.outcome, found.cause, found.facts["trust"]) == (outcome, cause, trust)
    assert "direct" not in found.facts


def quota(body: Any, status: int = 200, **headers: str) -> Judgement:
    """Make the check of the quota while the limits answer *body*."""
    routes = FakeSalesforce(instead={"query": json_answer({"records": []}, headers=headers)}).routes()
    routes[f"{INSTANCE}/services/data/v65.0/limits"] = json_answer(body, status)
    direct = {**DIRECT.model_dump(), "quota": {"least_share": 0.1}}
    asked = environment_of(dependencies={"salesforce": {"direct": direct}})
    made = next(one for one in checks(asked, Release()) if one.id == "salesforce/quota")
    assert not made.gating
    return concluded(made, world_of(routes, asked, secret=secret))


def daily(left: Any, most: Any = 15_000) -> dict[str, Any]:
    """Return the limits of an org."""
    return {"DailyApiRequests": {"Max": most, "Remaining": left, "App": {"Max": 0}}, "DataStorageMB": {"Max": 5}}


def test_enough_requests_are_left() -> None:
    """Enough of the daily API requests are left, which is no proof of anything of the product's."""
    found = quota(daily(14_998))

    assert (found.outcome, found.facts["direct"]) == (Outcome.PASSED, "plenty")
    assert "14998 of 15000" in found.message


@pytest.mark.parametrize("left", [0, 1, 1_499])
def test_few_requests_are_left(left: int) -> None:
    """A quota that is nearly used up is degraded: Salesforce's matter, and no outage."""
    found = quota(daily(left))

    assert (found.outcome, found.cause, found.facts["direct"]) == (Outcome.FAILED, Cause.DEPENDENCY, "degraded")
    assert "refuse every caller" in found.message


def test_quota_used_up() -> None:
    """An org that refuses for its quota has none left."""
    found = quota([{"errorCode": "REQUEST_LIMIT_EXCEEDED", "message": "TotalRequests Limit exceeded."}], 403)

    assert (found.outcome, found.facts["direct"]) == (Outcome.FAILED, "degraded")


FORBIDDEN = [{"errorCode": "INSUFFICIENT_ACCESS", "message": "no"}]


def test_quota_told_beside_another_answer() -> None:
    """A user that may not see the limits is told the use with the answer to a query."""
    header = {"sforce-limit-info": "api-usage=14018/15000; per-app-api-usage=17/250(appName=x)"}

    assert quota(FORBIDDEN, 403, **header).facts["measured"] == {"left": 982, "most": 15_000}


@pytest.mark.parametrize(
    ("body", "status", "cause"),
    [
        (FORBIDDEN, 403, Cause.SUITE),
        ({}, 200, Cause.SUITE),
        (daily("14"), 200, Cause.SUITE),
        (daily(14, 0), 200, Cause.SUITE),
        ([{"errorCode": "NOT_FOUND", "message": "x"}], 404, Cause.SUITE),
        ([{"errorCode": "SERVER_UNAVAILABLE", "message": "x"}], 503, Cause.DEPENDENCY),
    ],
)
def test_quota_that_nobody_tells(body: Any, status: int, cause: Cause) -> None:
    """Where no answer tells the quota, nothing is proved."""
    found = quota(body, status)

    assert (found.outcome, found.cause) == (Outcome.UNDECIDED, cause)


def test_few_requests_are_noted_beside_a_query() -> None:
    """The direct check notes it too, as every answer tells the use."""
    headers = {"sforce-limit-info": "api-usage=14999/15000"}
    found = judged("direct", FakeSalesforce(instead={"query": json_answer({"records": []}, headers=headers)}).routes())

    assert (found.outcome, found.facts["noted"]) == (Outcome.PASSED, "1 of 15000 daily API requests left")


def test_a_limit_on_requests_is_waited_for() -> None:
    """A 429 with Retry-After is come back to once."""
    limited = answer("slow down", 429, headers={"retry-after": "2"})
    routes = FakeSalesforce().routes()
    first = routes[f"{ORIGIN}/services/data/"]
    routes[f"{ORIGIN}/services/data/"] = in_turn(limited, first)

    assert judged("direct", routes).outcome is Outcome.PASSED


def test_status_by_alias() -> None:
    """The status may be read by My Domain's name, which follows the org when it moves."""
    direct = {**DIRECT.model_dump(), "trust": {"alias": "acme"}}
    asked = environment_of(dependencies={"salesforce": {"direct": direct}})
    made = next(one for one in checks(asked, Release()) if one.id == "salesforce/trust")

    assert made.reproduce() == "curl 'https://api.status.salesforce.com/v1/instanceAliases/acme/status'"
