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
from tests.dependencies.fake_salesforce import DIRECT, FakeSalesforce, rest_error, secret

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
