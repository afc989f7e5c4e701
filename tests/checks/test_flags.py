"""Feature flags are told, and what stands behind them is judged by them."""

from typing import Any

import pytest

from smoke.checks.flags import checks as flag_checks
from smoke.checks.markers import checks as marker_checks
from smoke.environment import Environment
from smoke.http import Exchange, FailureKind
from smoke.verdict.finding import Judgement
from smoke.verdict.release import Marker, Release, StagedFlag
from smoke.verdict.words import Outcome
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

FLAGS = "https://api.test/flags"
NEW = Marker("beta", "/beta", service="bff", contains=("Beta",), flag="beta")
STAGED = StagedFlag("beta", 0.1)
THERE, ABSENT = html("<h1>Beta</h1>"), html("<h1>Not found</h1>", 404)


def environment(**keys: Any) -> Environment:
    """Return an environment that says where flags are told."""
    return environment_of(flags={"path": "/flags", "at": "flags", **keys})


def told(flags: Any) -> Exchange:
    """Return what the route answers."""
    return json_answer({"flags": flags})


def judged(given: Answer, flags: Answer | None, *staged: StagedFlag, at: str = "flags") -> Judgement:
    """Look for the marker, with a route of flags if *flags* says what it answers."""
    made = environment(at=at) if flags is not None else environment_of()
    (check,) = marker_checks(made, Release(markers=(NEW,), staged_flags=staged))
    routes: dict[str, Answer] = {"https://api.test/beta": given}
    return concluded(check, world_of(routes if flags is None else {**routes, FLAGS: flags}, made))


@pytest.mark.parametrize(
    ("given", "flags", "staged", "outcome"),
    [
        (THERE, told({"beta": True}), (), Outcome.PASSED),
        (THERE, told({"beta": False}), (STAGED,), Outcome.PASSED),
        (THERE, None, (STAGED,), Outcome.PASSED),
        (ABSENT, told({"beta": False}), (STAGED,), Outcome.PASSED),
        (ABSENT, told({"beta": None}), (STAGED,), Outcome.PASSED),
        (ABSENT, told({}), (STAGED,), Outcome.PASSED),
        (ABSENT, told([]), (STAGED,), Outcome.PASSED),
        (ABSENT, None, (STAGED,), Outcome.PASSED),
        (html("<h1>Welcome</h1>"), told({"beta": False}), (STAGED,), Outcome.PASSED),
        (answer("", 302, headers={"location": "/"}), told({"beta": False}), (STAGED,), Outcome.PASSED),
        (ABSENT, told({"beta": True}), (STAGED,), Outcome.FAILED),
        (ABSENT, told(["beta"]), (STAGED,), Outcome.FAILED),
        (ABSENT, told({"beta": False}), (), Outcome.FAILED),
        (ABSENT, told({"beta": False}), (StagedFlag("other", 0.1),), Outcome.FAILED),
        (ABSENT, told({"beta": False}), (StagedFlag("beta", 1.0),), Outcome.FAILED),
        (ABSENT, told({"beta": "off"}), (STAGED,), Outcome.FAILED),
        (ABSENT, html("<h1>Oops</h1>", 500), (STAGED,), Outcome.FAILED),
        (html("Error", 500), told({"beta": False}), (STAGED,), Outcome.FAILED),
        (failing(FailureKind.TIMEOUT), told({"beta": False}), (STAGED,), Outcome.FAILED),
        (html("", 429), told({"beta": False}), (STAGED,), Outcome.FAILED),
    ],
)
def test_marker_behind_a_flag(
    given: Exchange, flags: Exchange | None, staged: tuple[StagedFlag, ...], outcome: Outcome
) -> None:
    """Absence is fine where the release stages the flag and it is off for this user; presence always is."""
    assert judged(given, flags, *staged).outcome is outcome


def test_what_is_said() -> None:
    """The message tells what the flag has to do with it."""
    assert judged(ABSENT, told({"beta": False})).message.endswith("; the flag beta is off for the anonymous")
    assert "although the flag beta is on" in judged(ABSENT, told({"beta": True}), STAGED).message
    assert judged(ABSENT, told({"beta": False}), STAGED).facts["noted"] == (
        "absent by design: the release stages beta to 10% of users, and it is off for the anonymous"
    )


def test_flags_that_differ_between_answers() -> None:
    """A user whose flag is on in some answers and off in others is not served as announced."""
    flags = in_turn(told({"beta": True}), told({"beta": False}))
    assert "on in some answers" in judged(ABSENT, flags, STAGED).message


def test_one_reset_explains_nothing() -> None:
    """A single answer that did not come says nothing about the flag, and a single failure nothing about the marker."""
    flags = in_turn(failing(FailureKind.RESET), *[told({"beta": False})] * 20)
    assert judged(in_turn(html("", 502), *[ABSENT] * 60), flags, STAGED).outcome is Outcome.PASSED


def test_without_session() -> None:
    """A marker behind a flag for a role that cannot log in is undecided."""
    made = portal(flags={"path": "/flags"})
    marker = Marker("mine", "/mine", service="bff", role="customer", flag="beta")
    (check,) = marker_checks(made, Release(markers=(marker,)))
    assert concluded(check, world_of({}, made)).outcome is Outcome.UNDECIDED


@pytest.mark.parametrize(
    ("given", "signature"),
    [
        (told({"beta": None}), "the flag beta is null"),
        (told(None), "no flags at flags"),
        (told("all"), "no flags at flags"),
        (json_answer([]), "no flags at flags"),
        (answer(""), "an empty body instead of JSON"),
        (html("<h1>Oops</h1>"), "HTML instead of JSON"),
        (html("", 401), "HTTP 401"),
        (html("", 403), "HTTP 403"),
        (html("", 404), "HTTP 404"),
        (html("", 429), "HTTP 429"),
        (html("", 503), "HTTP 503"),
        (failing(), "connection refused"),
    ],
)
def test_the_route_itself(given: Exchange, signature: str) -> None:
    """Flags that cannot be read, or have no value, trip every page that asks for them."""
    made = environment()
    (check,) = flag_checks(made, Release())
    found = concluded(check, world_of({FLAGS: given}, made))
    assert (found.outcome, found.facts["signature"]) == (Outcome.FAILED, signature)


@pytest.mark.parametrize("flags", [{"beta": True, "x": False}, {}, [], ["beta"]])
def test_the_route_is_fine(flags: Any) -> None:
    """Any flags will do, and null for those that are staged."""
    made = environment()
    (check,) = flag_checks(made, Release(staged_flags=(StagedFlag("new"),)))
    given = {**flags, "new": None} if isinstance(flags, dict) else flags
    assert concluded(check, world_of({FLAGS: told(given)}, made)).outcome is Outcome.PASSED


def test_no_route_no_check() -> None:
    """Without a route of flags there is nothing to watch."""
    assert list(flag_checks(environment_of(), Release())) == []
