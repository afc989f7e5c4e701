"""Any other third party, as reported and as it answers us."""

from typing import Any

import pytest
from pydantic import ValidationError

from smoke.checks.health import checks as health_checks
from smoke.checks.third_parties import checks
from smoke.environment import Environment
from smoke.environment.dependencies import Dependencies
from smoke.http import Exchange, FailureKind
from smoke.verdict.finding import Judgement
from smoke.verdict.release import Release
from smoke.verdict.words import Cause, Outcome
from tests.checks.fake_world import Answer, answer, concluded, environment_of, failing, html, json_answer, world_of

API = "https://api.pay.test/v1"
STATUS = {"url": API, "at": "status.indicator", "up": ["none", "minor"]}


def environment(direct: dict[str, Any] | None = None, **more: Any) -> Environment:
    """Return an environment with a payment provider that is asked as *direct* says."""
    reported = {"path": "/status", "at": "parts.pay"}
    return environment_of(
        dependencies={"others": {"pay": {"reported": reported, "direct": direct or {"url": API}}}}, **more
    )


def judged(check_id: str, routes: dict[str, Answer], direct: dict[str, Any] | None = None) -> Judgement:
    """Make one check of the module."""
    built = environment(direct)
    check = next(one for one in checks(built, Release()) if one.id == check_id)
    return concluded(check, world_of(routes, built))


def test_which_checks() -> None:
    """Only the report is gating; our own call is evidence."""
    assert {one.id: one.gating for one in checks(environment(), Release())} == {
        "reported/pay": True,
        "dependency/pay": False,
    }


@pytest.mark.parametrize(("value", "outcome"), [("up", Outcome.PASSED), ({"status": "DOWN"}, Outcome.FAILED)])
def test_reported(value: Any, outcome: Outcome) -> None:
    """What the system reports decides, and says of whom it is."""
    found = judged("reported/pay", {"https://api.test/status": json_answer({"parts": {"pay": value}})})

    assert (found.outcome, found.facts["dependency"]) == (outcome, "pay")


@pytest.mark.parametrize(
    ("exchange", "outcome", "cause", "direct"),
    [
        (json_answer({}), Outcome.PASSED, None, "up"),
        (json_answer({"error": "no key"}, 401), Outcome.PASSED, None, "up"),
        (html("<h1>Not found</h1>", 404), Outcome.PASSED, None, "up"),
        (answer("", 503), Outcome.FAILED, Cause.DEPENDENCY, "down"),
        (html("<h1>Bad gateway</h1>", 502), Outcome.FAILED, Cause.DEPENDENCY, "down"),
        (failing(FailureKind.REFUSED), Outcome.FAILED, Cause.DEPENDENCY, "down"),
        (failing(FailureKind.CONNECT_TIMEOUT), Outcome.FAILED, Cause.DEPENDENCY, "down"),
        (answer("", 429), Outcome.UNDECIDED, Cause.CREDENTIALS, "refused"),
        (failing(FailureKind.NAME), Outcome.UNDECIDED, Cause.RUNNER, "unknown"),
    ],
)
def test_direct(exchange: Exchange, outcome: Outcome, cause: Cause | None, direct: str) -> None:
    """Whoever answers at all is there; silence and server errors are an outage; our own network proves nothing."""
    found = judged("dependency/pay", {API: exchange})

    assert (found.outcome, found.cause, found.facts["direct"]) == (outcome, cause, direct)


@pytest.mark.parametrize(
    ("exchange", "direct"),
    [
        (json_answer({"status": {"indicator": "None"}}), "up"),
        (json_answer({"status": {"indicator": "major"}}), "down"),
        (json_answer({"status": {"indicator": 3}}), "down"),
        (json_answer({"status": {}}), "unknown"),
        (json_answer([]), "unknown"),
        (html("<h1>Sign in</h1>"), "unknown"),
        (answer(""), "unknown"),
    ],
)
def test_its_own_word(exchange: Exchange, direct: str) -> None:
    """A status page is believed in its own words; what tells no state proves nothing."""
    found = judged("dependency/pay", {API: exchange}, STATUS)

    assert found.facts["direct"] == direct


@pytest.mark.parametrize(
    ("word", "direct"), [("ok", "up"), ("degraded", "up"), ("down", "down"), (False, "down"), ("purple", "unknown")]
)
def test_the_usual_words(word: Any, direct: str) -> None:
    """Without words of its own those of the health table are understood."""
    found = judged("dependency/pay", {API: json_answer({"state": word})}, {"url": API, "at": "state"})

    assert found.facts["direct"] == direct


def test_a_component_of_that_name_is_the_third_party() -> None:
    """What a service reports down alone is left to the direct call, under the same name."""
    service = {"url": "https://api.test", "health": {"path": "/health", "components": "components"}}
    built = environment(services={"bff": service})
    body = {"status": "DOWN", "components": {"db": {"status": "UP"}, "pay": {"status": "DOWN"}}}
    [check] = health_checks(built, Release())

    found = concluded(check, world_of({"https://api.test/health": json_answer(body, 503)}, built))

    assert (found.outcome, found.facts["reported_down"]) == (Outcome.FAILED, ["pay"])


def test_names_that_have_a_table_of_their_own() -> None:
    """Salesforce among the others would be asked by nobody's credential; the message names its table."""
    with pytest.raises(ValidationError, match=r"write \[dependencies\.salesforce\]"):
        Dependencies.model_validate({"others": {"salesforce": {"direct": {"url": API}}}})
