"""A read must answer with what was promised."""

from typing import Any

import pytest

from smoke.checks._expectations import unmet, wish
from smoke.checks._world import Session
from smoke.checks.reads import checks
from smoke.environment.expectations import Expectation
from smoke.errors import LoginRefused
from smoke.http import Exchange, FailureKind
from smoke.verdict.finding import Judgement
from smoke.verdict.release import Release
from smoke.verdict.words import Outcome, Stage
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
from tests.checks.logins import portal

GOOD = json_answer({"items": [{"number": "INV-1"}]})
READ = {"name": "invoices", "path": "/invoices", "expect": [{"at": "items", "at_least": 1}]}


def judged(given: Answer, **keys: Any) -> Judgement:
    """Make an anonymous read that is answered *given*."""
    environment = environment_of(reads=[{**READ, **keys}])
    (check,) = checks(environment, Release())
    return concluded(check, world_of({"https://api.test/invoices": given}, environment))


def test_as_promised() -> None:
    """An answer that holds what it must passes."""
    assert judged(GOOD).outcome is Outcome.PASSED


@pytest.mark.parametrize(
    ("exchange", "signature"),
    [
        (json_answer({"items": []}), "items has 0 entries, expected at least 1"),
        (json_answer({}), "nothing at items"),
        (json_answer([]), "nothing at items"),
        (json_answer({"items": "many"}), 'items is "many", which is neither a number nor a list'),
        (html("<h1>Something went wrong</h1>"), "HTML instead of JSON"),
        (answer(""), "an empty body instead of JSON"),
        (answer("{", content_type="application/json"), "invalid JSON"),
        (answer(b'{"items": ["\xff"]}', content_type="application/json"), "invalid JSON"),
        (answer("[" * 100_000, content_type="application/json"), "invalid JSON"),
        (answer('{"items": [1]}', truncated=True), "a body beyond the size limit instead of JSON"),
        (answer("", 302, headers={"location": "/login?next=x"}), "HTTP 302 to /login"),
        (answer("", 204), "HTTP 204"),
        (json_answer({"items": [1]}, 401), "HTTP 401"),
        (json_answer({"items": [1]}, 403), "HTTP 403"),
        (answer("", 404), "HTTP 404"),
        (answer("", 429), "HTTP 429"),
        (json_answer({"items": [1]}, 500), "HTTP 500"),
        (failing(FailureKind.TIMEOUT), "timeout"),
    ],
)
def test_not_as_promised(exchange: Exchange, signature: str) -> None:
    """Whatever else comes fails, in words that stay the same from run to run."""
    found = judged(exchange)

    assert (found.outcome, found.facts["signature"]) == (Outcome.FAILED, signature)


def test_one_replica_of_three() -> None:
    """A replica that answers wrongly is found and named."""
    bad = answer("", 500, headers={"x-replica": "c"})
    good = [json_answer({"items": [1]}, headers={"x-replica": name}) for name in "ab"]

    found = judged(in_turn(bad, *good))

    assert found.outcome is Outcome.FAILED
    assert "from replica c" in found.message


def test_as_a_role() -> None:
    """The session of the role goes along."""
    seen = []

    async def session(role: str) -> Session:
        return Session(role, {"Cookie": f"session={role}"})

    environment = portal(reads=[{**READ, "role": "customer"}])
    (check,) = checks(environment, Release())
    routes: dict[str, Answer] = {"https://api.test/invoices": lambda request: seen.append(request) or GOOD}  # type: ignore[func-returns-value]
    found = concluded(check, world_of(routes, environment, session=session))

    assert found.outcome is Outcome.PASSED
    assert {one.headers["Cookie"] for one in seen} == {"session=customer"}


def test_without_a_session() -> None:
    """A role that could not log in leaves the read undecided, with the login's words."""

    async def refuse(role: str) -> Session:
        raise LoginRefused("the login of role customer was not accepted: HTTP 401", facts={"role": role})

    environment = portal(reads=[{**READ, "role": "customer"}])
    (check,) = checks(environment, Release())
    found = concluded(check, world_of({}, environment, session=refuse))

    assert (found.outcome, found.message) == (
        Outcome.UNDECIDED,
        "the login of role customer was not accepted: HTTP 401",
    )


def test_takes_its_place_from_the_file() -> None:
    """Stage, gating and what a read depends on come from the environment file."""
    environment = environment_of(reads=[{**READ, "stage": "integration", "gating": False, "depends_on": ["whmcs"]}])

    (check,) = checks(environment, Release())

    assert (check.id, check.stage, check.gating, check.depends_on) == (
        "read/invoices",
        Stage.INTEGRATION,
        False,
        ("whmcs",),
    )


@pytest.mark.parametrize(
    ("expectation", "document", "fault"),
    [
        ({"equals": 1}, 1, None),
        ({"equals": 1}, 1.0, None),
        ({"equals": 1}, True, "at is true (a truth value, not a number), expected 1"),
        ({"equals": True}, 1, "at is 1 (a number, not a truth value), expected true"),
        ({"equals": "105.19"}, 105.19, 'at is 105.19 (a number, not text), expected "105.19"'),
        ({"equals": 105.19}, "105.19", 'at is "105.19" (text, not a number), expected 105.19'),
        ({"equals": "105.19"}, "10.51", 'at is "10.51", expected "105.19"'),
        ({"equals": "x"}, ["x"], 'at is ["x"], expected "x"'),
        ({"equals": False}, False, None),
        ({"contains": "oz"}, "Aozora", None),
        ({"contains": "x"}, "Aozora", 'at does not contain "x"'),
        ({"contains": 1}, [2, 1], None),
        ({"contains": 1}, ["1", True], "at does not contain 1"),
        ({"contains": "a"}, {"a": 1}, None),
        ({"contains": 1}, 1, "at does not contain 1"),
        ({"at_least": 3}, 3, None),
        ({"at_least": 3}, 2.5, "at is 2.5, expected at least 3"),
        ({"at_most": 3}, [1, 2, 3, 4], "at has 4 entries, expected at most 3"),
        ({"at_least": 1}, {"a": 1}, None),
        ({"at_least": 1}, "5", 'at is "5", which is neither a number nor a list'),
        ({"at_least": 1}, True, "at is true, which is neither a number nor a list"),
    ],
)
def test_expectations(expectation: dict[str, Any], document: Any, fault: str | None) -> None:
    """Numbers, texts and truth values are different things, and the message says which came."""
    wanted = Expectation.model_validate({"at": "at", **expectation})

    assert unmet(wanted, {"at": document}) == fault


def test_wish() -> None:
    """An expectation is said in words."""
    assert wish(Expectation(at="items", at_least=1, at_most=5)) == "items at least 1 and at most 5"
    assert wish(Expectation(at="name", equals="x")) == 'name = "x"'


def test_an_expression_that_does_not_fit() -> None:
    """A JMESPath function on the wrong type finds nothing and breaks nothing."""
    assert unmet(Expectation(at="length(items)", at_least=1), {"items": 5}) == "nothing at length(items)"
