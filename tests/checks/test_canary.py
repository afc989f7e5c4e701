"""Unrelated hosts behind the same edge are evidence about its provider."""

import pytest

from smoke.checks.canary import checks
from smoke.http import Exchange, FailureKind
from smoke.verdict.finding import Judgement
from smoke.verdict.release import Release
from smoke.verdict.words import Cause, Outcome, Stage
from tests.checks.fake_world import Answer, answer, concluded, environment_of, failing, html, in_turn, world_of

URL = "https://neighbour.test/"
DESCRIBED = environment_of(edge={"canary": [URL]})


def judged(made: Answer) -> Judgement:
    """Conclude the check for a canary host that answers so."""
    return concluded(next(checks(DESCRIBED, Release())), world_of({URL: made}, DESCRIBED))


def test_identity() -> None:
    """It is asked at the beginning and in the end, whatever happens between, and gates nothing."""
    first, again = checks(DESCRIBED, Release())
    assert [one.id for one in (first, again)] == ["canary/neighbour.test", "canary-again/neighbour.test"]
    assert [one.stage for one in (first, again)] == [Stage.CONVERGE, Stage.CONFIRM]
    assert all(one.independent and not one.gating for one in (first, again))
    assert first.reproduce() == "curl -sS -i https://neighbour.test/"


def test_no_canary() -> None:
    """Without one there is no check."""
    assert not list(checks(environment_of(), Release()))


@pytest.mark.parametrize("made", [answer("ok"), answer("", 404), answer("", 403), answer("", 302)])
def test_it_answers(made: Exchange) -> None:
    """Whatever is no server error shows that the edge works."""
    found = judged(made)
    assert (found.outcome, found.facts["failing"], found.facts["reachable"]) == (Outcome.PASSED, False, True)


@pytest.mark.parametrize("status", [500, 502, 503, 520])
def test_it_fails_too(status: int) -> None:
    """Server errors of an unrelated host are the provider's, which is named if it names itself."""
    found = judged(html("<h1>Error</h1>", status, {"server": "cloudflare"}))
    assert (found.outcome, found.cause) == (Outcome.FAILED, Cause.DEPENDENCY)
    assert found.facts == {
        "canary": True,
        "failing": True,
        "reachable": True,
        "signature": "server error",
        "provider": "Cloudflare",
    }


@pytest.mark.parametrize("kind", [FailureKind.TIMEOUT, FailureKind.CONNECT_TIMEOUT, FailureKind.TLS])
def test_nothing_comes(kind: FailureKind) -> None:
    """Silence is a failure too; whether it is the edge or this machine's network, the control hosts tell."""
    found = judged(failing(kind))
    assert (found.outcome, found.facts["reachable"]) == (Outcome.FAILED, not kind.before_any_answer)
    assert "provider" not in found.facts


def test_one_failure_is_noise() -> None:
    """One bad answer of six proves nothing."""
    found = judged(in_turn(answer("", 503), *[answer("ok")] * 5))
    assert (found.outcome, found.facts["failing"]) == (Outcome.PASSED, False)
