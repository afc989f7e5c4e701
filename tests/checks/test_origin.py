"""What a service answers beside its edge."""

from typing import Any

import pytest

from smoke.checks.origin import checks
from smoke.http import Exchange, FailureKind
from smoke.verdict.finding import Judgement
from smoke.verdict.release import Release
from smoke.verdict.words import Outcome, Stage
from tests.checks.fake_world import (
    NEW,
    OLD,
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

URL = "https://origin.test/version"
RELEASE = Release(commit=NEW, previous=OLD)


def described(**more: Any) -> Any:
    """Return an environment with a service that tells its release, and may be reached beside its edge."""
    service = {"url": "https://api.test", "release": {"path": "/version", "commit": "sha"}, **more}
    return environment_of(services={"bff": service})


def judged(made: Answer, release: Release = RELEASE) -> Judgement:
    """Conclude the check for an origin that answers so."""
    environment = described(origin="https://origin.test")
    return concluded(next(checks(environment, release)), world_of({URL: made}, environment))


def test_identity() -> None:
    """It is asked in the end, whatever happened before, and gates nothing."""
    (check,) = checks(described(origin="https://origin.test"), RELEASE)
    assert (check.id, check.stage, check.gating, check.independent) == ("origin/bff", Stage.CONFIRM, False, True)
    assert check.reproduce() == f"curl -sS -i {URL}"


def test_no_origin() -> None:
    """Without an address beside the edge there is no check."""
    assert not list(checks(described(), RELEASE))


@pytest.mark.parametrize("release", [RELEASE, Release()])
def test_up(release: Release) -> None:
    """The release is served there, or any if none was announced."""
    found = judged(json_answer({"sha": NEW}), release)
    assert (found.outcome, found.facts["origin"]) == (Outcome.PASSED, "up")


@pytest.mark.parametrize(
    "made", [answer("", 503), html("<h1>502</h1>", 502), failing(FailureKind.REFUSED), json_answer({"sha": OLD})]
)
def test_down(made: Exchange) -> None:
    """Errors beside the edge, or another release there, are its own."""
    found = judged(made)
    assert (found.outcome, found.facts["origin"]) == (Outcome.FAILED, "down")


@pytest.mark.parametrize(
    "made", [answer("", 403), answer("", 404), html("<h1>hello</h1>"), answer(""), json_answer({}), json_answer([])]
)
def test_says_nothing(made: Exchange) -> None:
    """An origin that refuses the verifier, or answers beside the point, proves nothing."""
    found = judged(made)
    assert found.outcome is Outcome.UNDECIDED
    assert "origin" not in found.facts


def test_a_lost_connection_is_noise() -> None:
    """Most of the answers decide."""
    made = in_turn(json_answer({"sha": NEW}), failing(FailureKind.RESET), json_answer({"sha": NEW}))
    assert judged(made).facts["origin"] == "up"
