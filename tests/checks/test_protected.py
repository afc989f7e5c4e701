"""Protected routes must refuse the anonymous."""

from typing import Any

import pytest

from smoke.checks.protected import checks
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
