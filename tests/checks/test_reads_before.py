"""What a read remembers of before the deploy, compares with it, and relies on."""

import time
from collections.abc import Mapping
from typing import Any

import pytest

from smoke.checks.reads import checks
from smoke.environment import Environment
from smoke.http import Exchange, Request
from smoke.verdict.finding import Judgement
from smoke.verdict.plan import Before
from smoke.verdict.release import Release, StagedFlag
from smoke.verdict.words import Outcome
from tests.checks.fake_world import Answer, answer, concluded, environment_of, in_turn, json_answer, world_of

URL = "https://api.test/items"
GOOD = {"items": [{"id": 1}, {"id": 2}], "name": "prod"}


def environment(**keys: Any) -> Environment:
    """Return an environment with one read and a route of flags."""
    read = {"name": "items", "path": "/items", **keys}
    return environment_of(reads=[read], flags={"path": "/flags", "at": "flags"})


def judged(given: Answer, before: Mapping[str, Any] | None = None, **keys: Any) -> Judgement:
    """Make a read that is answered *given*, after a deploy before which *before* was measured."""
    known = None if before is None else Before(Outcome.PASSED, measured=before)
    made = environment(**keys)
    (check,) = checks(made, Release())
    return concluded(check, world_of({URL: given}, made, before=lambda _: known))


def measured(given: Answer, **keys: Any) -> Mapping[str, Any]:
    """Return what a run before the deploy would remember."""
    found: Mapping[str, Any] = judged(given, **keys).facts["measured"]
    return found


EXPECT = [{"at": "items", "keeps": 0.9}, {"at": "name", "unchanged": True}]


def test_remembers() -> None:
    """The smallest count, the commonest value and the shape that all answers share."""
    fewer = json_answer({"items": [{"id": 1}], "name": "prod", "new": True})
    found = measured(in_turn(json_answer(GOOD), fewer, json_answer(GOOD)), expect=EXPECT)
    assert found["keeps items"] == 1
    assert found["unchanged name"] == "prod"
    assert found["shape"] == {"items": "array", "items[]": "object", "items[].id": "number", "name": "string"}


def test_nothing_changed() -> None:
    """What is as before passes without a word."""
    found = judged(json_answer(GOOD), measured(json_answer(GOOD), expect=EXPECT), expect=EXPECT)
    assert found.outcome is Outcome.PASSED
    assert "noted" not in found.facts


def test_shrunk_and_other() -> None:
    """A list that lost most of its entries fails, and so does another identity."""
    before = measured(json_answer({**GOOD, "items": [{"id": one} for one in range(10)]}), expect=EXPECT)
    assert judged(json_answer(GOOD), before, expect=EXPECT).facts["signature"] == (
        "items shrank to 2, before the deploy it was 10"
    )
    other = json_answer({"items": [{"id": 1}] * 10, "name": "staging"})
    assert judged(other, before, expect=EXPECT).outcome is Outcome.FAILED


def test_without_baseline() -> None:
    """What cannot be compared is said, and no fault."""
    found = judged(json_answer(GOOD), expect=EXPECT)
    assert found.outcome is Outcome.PASSED
    assert found.facts["noted"] == "nothing of before the deploy to compare items, name with"


@pytest.mark.parametrize(("now", "same"), [(4, True), (0, False), (6, None)])
def test_amounts_that_move(now: int, same: bool | None) -> None:
    """Too few before and too few now are one fault, though the amount moved; none at all is another."""
    expect = [{"at": "items", "at_least": 5}]
    then = judged(json_answer({"items": [1] * 3}), expect=expect)
    found = judged(json_answer({"items": [1] * now}), expect=expect)
    assert then.facts["signature"] == "items has … entries, expected at least 5"
    assert (found.facts.get("signature") == then.facts["signature"] if found.facts.get("signature") else None) is same


def test_many_samples_of_one_large_answer() -> None:
    """A dozen equal answers are compared once."""
    large = json_answer({"items": [{"price": "1.00"}] * 20_000})
    began = time.monotonic()
    assert (
        judged(large, expect=[{"each": "items", "at": "price", "as": "number", "at_least": 1}]).outcome
        is Outcome.PASSED
    )
    assert time.monotonic() - began < 20


def test_what_clients_rely_on() -> None:
    """A field that is gone or of another type fails where clients rely on it."""
    shape = {"items[].id": "integer"}
    assert judged(json_answer(GOOD), shape=shape).outcome is Outcome.PASSED
    found = judged(json_answer({"items": [{"id": "1"}]}), shape=shape)
    assert (found.outcome, found.facts["signature"]) == (Outcome.FAILED, "items[].id is string, not integer")


def test_what_nobody_declared() -> None:
    """A change of shape since the deploy is noted; with `keeps_shape` it fails."""
    before, now = measured(json_answer(GOOD)), json_answer({"items": [{"id": "1"}]})
    noted = judged(now, before)
    assert noted.outcome is Outcome.PASSED
    assert noted.facts["noted"] == "since the deploy items[].id is string, not number, name is missing"
    assert judged(now, before, keeps_shape=True).outcome is Outcome.FAILED


@pytest.mark.parametrize(
    ("given", "misses"),
    [
        (answer("", 404), True),
        (json_answer({"name": "other"}), True),
        (answer("", 410), True),
        (answer("", 500), False),
        (answer("", 401), False),
        (answer("<html>", content_type="text/html"), False),
    ],
)
def test_fixture(given: Exchange, misses: bool) -> None:
    """Test data is missing where the service works and lacks them; an error is no missing data."""
    found = judged(given, fixture=True, expect=[{"at": "name", "equals": "prod"}])
    assert (found.outcome, found.facts["fixture"]) == (Outcome.FAILED, misses)
    assert "fixture" not in judged(given, expect=[{"at": "name", "equals": "prod"}]).facts


def test_headers_of_an_app() -> None:
    """The request names the version of the app that it stands for."""

    def versioned(request: Request) -> Exchange:
        return json_answer(GOOD, 200 if request.headers.get("x-app-version") == "4.2.0" else 400)

    assert judged(versioned, headers={"x-app-version": "4.2.0"}).outcome is Outcome.PASSED


FLAGGED = {"flag": "beta"}
STAGED = Release(staged_flags=(StagedFlag("beta", 0.1),))
ABSENT = answer("", 404)


@pytest.mark.parametrize(
    ("given", "flags", "before", "release", "outcome"),
    [
        (json_answer(GOOD), {"beta": True}, None, None, Outcome.PASSED),
        (ABSENT, {"beta": True}, None, None, Outcome.FAILED),
        (ABSENT, {}, None, None, Outcome.SKIPPED),
        (ABSENT, {"beta": False}, {"flag": True}, None, Outcome.FAILED),
        (ABSENT, {"beta": False}, {"flag": True}, STAGED, Outcome.PASSED),
        (ABSENT, {"beta": False}, None, STAGED, Outcome.PASSED),
        (ABSENT, {"beta": True}, None, STAGED, Outcome.FAILED),
        (answer("", 500), {"beta": False}, None, STAGED, Outcome.FAILED),
        (json_answer([], 200), {"beta": False}, None, STAGED, Outcome.FAILED),
    ],
)
def test_behind_a_flag(
    given: Exchange, flags: dict[str, Any], before: dict[str, Any] | None, release: Release | None, outcome: Outcome
) -> None:
    """A route behind a flag is demanded where the flag is on, or was; an error is never explained by a flag."""
    made = environment(**FLAGGED, expect=[{"at": "items"}])
    (check,) = checks(made, release or Release())
    routes: dict[str, Answer] = {URL: given, "https://api.test/flags": json_answer({"flags": flags})}
    known = None if before is None else Before(Outcome.PASSED, measured=before)
    found = concluded(check, world_of(routes, made, before=lambda _: known))
    assert found.outcome is outcome
