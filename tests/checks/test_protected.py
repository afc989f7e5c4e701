"""Protected routes must refuse the anonymous."""

from typing import Any

import pytest

from smoke.checks._world import Session
from smoke.checks.protected import checks
from smoke.http import Exchange, FailureKind, Request
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

REFUSED = json_answer({"message": "Unauthorized"}, 401)
OPEN = json_answer({"items": [{"number": "INV-1"}]})


def judged(given: Answer, rounds: int = 3, **keys: Any) -> Judgement:
    """Make the check of one route that answers *given*."""
    environment = environment_of(protected=[{"name": "invoices", "path": "/invoices", **keys}])
    (check,) = checks(environment, Release())
    world = world_of({"https://api.test/invoices": given}, environment)
    return concluded(check, world, rounds)


def test_refused() -> None:
    """A refusal by every replica passes."""
    assert judged(REFUSED).outcome is Outcome.PASSED


def test_asks_without_credentials() -> None:
    """Nobody's session is sent along."""
    seen = []

    judged(lambda request: seen.append(request) or REFUSED)  # type: ignore[func-returns-value]

    assert len(seen) == 12
    assert {name for one in seen for name in one.headers} == {"Accept"}


@pytest.mark.parametrize("exchange", [OPEN, answer("", 204), html("<h1>Invoices</h1>"), json_answer({"error": "no"})])
def test_open(exchange: Exchange) -> None:
    """Any success for the anonymous fails, whatever the body says."""
    found = judged(exchange)

    assert (found.outcome, found.cause) == (Outcome.FAILED, Cause.RELEASE)
    assert found.facts["signature"] == "open to the anonymous"


def test_open_on_one_replica() -> None:
    """A door that is open now and then is open: seen again, it is condemned."""
    found = judged(in_turn(*[REFUSED] * 9, OPEN))

    assert found.outcome is Outcome.FAILED
    assert "anonymous requests were let in" in found.message


def test_open_once() -> None:
    """A door seen open once and never again is undecided, not noise."""
    found = judged(in_turn(OPEN, *[REFUSED] * 999))

    assert (found.outcome, found.cause) == (Outcome.UNDECIDED, Cause.RELEASE)


@pytest.mark.parametrize(
    ("exchange", "signature"),
    [
        (answer("", 404), "HTTP 404"),
        (answer("", 500), "HTTP 500"),
        (answer("", 429), "HTTP 429"),
        (answer("", 302, headers={"location": "https://sso.example/"}), "HTTP 302 to https://sso.example/"),
        (failing(FailureKind.TIMEOUT), "timeout"),
    ],
)
def test_proves_no_refusal(exchange: Exchange, signature: str) -> None:
    """A missing route, an error or a foreign redirect does not prove that the door is shut."""
    found = judged(exchange)

    assert found.outcome is Outcome.FAILED
    assert found.facts["signature"] == signature


def test_redirect_to_the_login() -> None:
    """A redirect to the configured place is a refusal."""
    away = answer("", 307, headers={"location": "/login?next=%2Finvoices"})

    assert judged(away, redirects_to="/login").outcome is Outcome.PASSED
    assert judged(away, redirects_to="/sign-in").outcome is Outcome.FAILED


def test_one_dropped_connection() -> None:
    """One dropped connection among many refusals is not judged."""
    assert judged(in_turn(failing(FailureKind.RESET), *[REFUSED] * 99)).outcome is Outcome.PASSED


def portal(route: dict[str, Any], answers: dict[str, Exchange], before: Any = None, rounds: int = 3) -> Judgement:
    """Make the check of one route; what it answers hangs on whose session asks."""
    environment = environment_of(
        protected=[{"name": "route", "path": "/route", **route}],
        roles={
            name: {"user": {"env": "USER"}, "password": {"env": "PASSWORD"}}
            for name in ("customer", "control", "staff")
        },
        login={"path": "/login", "who": "/me"},
    )

    async def session(role: str) -> Session:
        return Session(role, {"Cookie": role})

    def give(request: Request) -> Exchange:
        return answers[request.headers.get("Cookie", "nobody")]

    (check,) = checks(environment, Release())
    world = world_of({"https://api.test/route": give}, environment, session=session, before=lambda _id: before)
    return concluded(check, world, rounds)


FORBIDDEN = json_answer({"message": "Forbidden resource"}, 403)


def test_a_role_that_is_refused() -> None:
    """A customer who may not see an admin's route passes when refused, whatever the anonymous would get."""
    found = portal({"role": "customer", "refused": [403]}, {"customer": FORBIDDEN, "nobody": OPEN})
    assert found.outcome is Outcome.PASSED


def test_a_role_that_is_let_in() -> None:
    """A customer who sees an admin's route fails, and the message says whose requests were let in."""
    found = portal({"role": "customer", "refused": [403]}, {"customer": OPEN})
    assert (found.outcome, found.cause) == (Outcome.FAILED, Cause.RELEASE)
    assert found.message == "requests of role customer were let in: 36 of 36"
    assert found.facts["signature"] == "open to role customer"


def test_another_ones_record() -> None:
    """A record that its owner gets and another does not is protected; one that both get is open."""
    route = {"role": "customer", "owner": "control", "refused": [403, 404]}
    gone = json_answer({"message": "not found"}, 404)
    assert portal(route, {"customer": gone, "control": OPEN}).outcome is Outcome.PASSED
    assert portal(route, {"customer": OPEN, "control": OPEN}).outcome is Outcome.FAILED


def test_a_record_that_a_third_party_knows() -> None:
    """What the route needs is handed on, so that the outage of a third party can explain an error, but no open door."""
    route = {"name": "invoice", "path": "/invoices/1", "depends_on": ["whmcs"]}
    whmcs = {"reported": {"path": "/health", "at": "whmcs"}}
    (check,) = checks(environment_of(protected=[route], dependencies={"whmcs": whmcs}), Release())
    assert check.depends_on == ("whmcs",)
    assert judged(OPEN).facts["let_in"]
    assert "let_in" not in judged(answer("", 502)).facts


def test_a_record_that_nobody_gets() -> None:
    """The refusal of a record that its owner does not get either proves nothing."""
    gone = json_answer({"message": "not found"}, 404)
    route = {"role": "customer", "owner": "control", "refused": [403, 404]}
    found = portal(route, {"customer": gone, "control": gone})
    assert (found.outcome, found.cause) == (Outcome.UNDECIDED, Cause.FIXTURE)
    assert "role control, who may see it, gets HTTP 404" in found.message
    assert found.facts["unproven"]


def test_no_session_for_the_role() -> None:
    """Without a session of the role nothing is decided, least of all that the door is shut."""
    environment = environment_of(
        protected=[{"name": "route", "path": "/route", "role": "customer"}],
        roles={"customer": {"user": {"env": "USER"}, "password": {"env": "PASSWORD"}}},
        login={"path": "/login", "who": "/me"},
    )
    (check,) = checks(environment, Release())
    assert concluded(check, world_of({"https://api.test/route": REFUSED}, environment)).outcome is Outcome.UNDECIDED


def test_a_refusal_with_a_stack_trace() -> None:
    """A refusal that shows how the code lies on the disk is no good refusal."""
    trace = answer('Traceback (most recent call last):\n  File "/app/auth.py", line 3', 401)
    assert judged(trace).facts["signature"] == "the refusal shows a Python stack trace"
