"""WHMCS, as reported and as it answers us."""

from typing import Any

import pytest

from smoke.checks.whmcs import checks
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

API = "https://billing.test/includes/api.php"
GOOD = json_answer({"result": "success", "whmcs": {"version": "8.13.1"}})


def environment() -> Environment:
    """Return an environment that reports WHMCS and may ask it."""
    direct = {"url": "https://billing.test", "identifier": {"env": "ID"}, "secret": {"env": "SECRET"}}
    reported = {"path": "/auth/health-check", "at": "services.whmcs"}
    return environment_of(dependencies={"whmcs": {"reported": reported, "direct": direct}})


def judged(name: str, routes: dict[str, Answer], **more: Any) -> Judgement:
    """Make one check of the module."""
    check = next(one for one in checks(environment(), Release()) if one.id == f"whmcs/{name}")
    return concluded(check, world_of(routes, environment(), **{"secret": lambda reference: reference.env, **more}))


def test_which_checks() -> None:
    """Only the report is gating; our own call is evidence."""
    assert {one.id: one.gating for one in checks(environment(), Release())} == {
        "whmcs/reported": True,
        "whmcs/direct": False,
    }


@pytest.mark.parametrize(("value", "outcome"), [("up", Outcome.PASSED), ({"status": "down"}, Outcome.FAILED)])
def test_reported(value: Any, outcome: Outcome) -> None:
    """What the system reports of WHMCS decides."""
    found = judged("reported", {"https://api.test/auth/health-check": json_answer({"services": {"whmcs": value}})})

    assert (found.outcome, found.facts["dependency"]) == (outcome, "whmcs")


@pytest.mark.parametrize(
    ("exchange", "outcome", "cause", "direct"),
    [
        (GOOD, Outcome.PASSED, None, "up"),
        (html("<h1>Down for maintenance</h1>"), Outcome.FAILED, Cause.DEPENDENCY, "down"),
        (answer("", 503), Outcome.FAILED, Cause.DEPENDENCY, "down"),
        (failing(FailureKind.REFUSED), Outcome.FAILED, Cause.DEPENDENCY, "down"),
        (
            json_answer({"result": "error", "message": "Invalid IP 203.0.113.7"}, 403),
            Outcome.UNDECIDED,
            Cause.CREDENTIALS,
            "refused",
        ),
        (json_answer({"result": "error", "message": "Oops"}), Outcome.UNDECIDED, Cause.SUITE, "unknown"),
        (failing(FailureKind.NAME), Outcome.UNDECIDED, Cause.RUNNER, "unknown"),
    ],
)
def test_direct(exchange: Exchange, outcome: Outcome, cause: Cause | None, direct: str) -> None:
    """They are down, we are refused, and nothing is proved are told apart."""
    found = judged("direct", {API: exchange})

    assert (found.outcome, found.cause, found.facts["direct"]) == (outcome, cause, direct)


def test_down_for_a_moment() -> None:
    """WHMCS that answers the second look is up, and the first is noted."""
    found = judged("direct", {API: in_turn(answer("", 502), GOOD)})

    assert (found.outcome, found.facts["direct"]) == (Outcome.PASSED, "up")
    assert "HTTP 502" in found.facts["noted"]


def test_missing_secret() -> None:
    """Without our credential the check is undecided."""

    def missing(_reference: object) -> str:
        raise SecretMissing("set ID")

    assert judged("direct", {}, secret=missing).outcome is Outcome.UNDECIDED


def health(body: Any, status: int = 200, *, gating: bool = False) -> Judgement:
    """Make the check of what WHMCS finds wrong with itself."""
    direct = {"url": "https://billing.test", "identifier": {"env": "ID"}, "secret": {"env": "SECRET"}}
    asked = environment_of(dependencies={"whmcs": {"direct": {**direct, "health": {"gating": gating}}}})
    made = next(one for one in checks(asked, Release()) if one.id == "whmcs/health")
    assert made.gating is gating
    assert "GetHealthStatus" in made.reproduce()
    return concluded(made, world_of({API: json_answer(body, status)}, asked, secret=lambda reference: reference.env))


def test_nothing_dangerous() -> None:
    """No danger passes, and an answer without any checks does too, which is said."""
    told = health({"result": "success", "checks": {"danger": [], "warning": [{"name": "x"}]}})
    untold = health({"result": "success"})

    assert (told.outcome, untold.outcome) == (Outcome.PASSED, Outcome.PASSED)
    assert "no checks" in untold.message


def test_dangers() -> None:
    """A danger is degraded: WHMCS's own matter, and no outage."""
    found = health(
        {"result": "success", "checks": {"danger": [{"name": "cron"}, {"name": "permissions"}]}}, gating=True
    )

    assert (found.outcome, found.cause, found.facts["direct"]) == (Outcome.FAILED, Cause.DEPENDENCY, "degraded")
    assert found.message == "WHMCS reports 2 dangers: cron, permissions"


def test_health_that_may_not_be_read() -> None:
    """A role that lacks the action proves nothing about WHMCS."""
    message = 'Invalid Permissions: API action "gethealthstatus" is not allowed'
    found = health({"result": "error", "message": message}, 403)

    assert (found.outcome, found.cause, found.facts["direct"]) == (Outcome.UNDECIDED, Cause.CREDENTIALS, "unknown")
    assert "lacks the action GetHealthStatus" in found.message


def test_rest_api() -> None:
    """The REST API of WHMCS 9 is asked for its catalogue, without a credential."""
    direct = {"url": "https://billing.test", "api": "rest"}
    asked = environment_of(dependencies={"whmcs": {"direct": direct}})
    (made,) = checks(asked, Release())
    routes: dict[str, Answer] = {"https://billing.test/api/v2/store/products/groups": json_answer({"data": []})}

    assert concluded(made, world_of(routes, asked)).outcome is Outcome.PASSED
    assert made.reproduce().startswith("curl 'https://billing.test/api/v2/")


def test_a_limit_on_requests_is_waited_for() -> None:
    """A 429 with Retry-After is come back to once."""
    limited = answer("slow down", 429, headers={"retry-after": "2"})

    assert judged("direct", {API: in_turn(limited, GOOD)}).outcome is Outcome.PASSED
