"""Every public host shows a certificate that clients accept."""

from dataclasses import replace
from typing import Any

import pytest

from smoke.checks.tls import DAY_S, TlsCheck, checks
from smoke.environment import Environment
from smoke.http import EXPIRED, Certificate, Exchange, Failure, FailureKind, Request
from smoke.verdict.finding import Judgement
from smoke.verdict.release import Release
from smoke.verdict.words import Cause, Outcome, Stage
from tests.checks.fake_world import NOW, Answer, FakeHttp, answer, concluded, environment_of, failing, in_turn, world_of

URL = "https://api.test/"


def refused(why: str = "the certificate is self-signed") -> Exchange:
    """Return a handshake that failed over the certificate."""
    failure = Failure(FailureKind.TLS, f"TLS with api.test:443 failed: {why}", why)
    return Exchange(Request("HEAD", URL), NOW, 0.01, failure=failure)


def accepted(days: float = 60, lifetime: float = 90) -> Exchange:
    """Return an answer over a certificate with *days* left of *lifetime*."""
    end = NOW + days * DAY_S
    return replace(answer(""), certificate=Certificate(("api.test",), "Test CA", end - lifetime * DAY_S, end))


def environment(**keys: Any) -> Environment:
    """Return an environment with quick waiting."""
    return environment_of(**{"converge": {"within_s": 12, "stuck_after_s": 6, "every_s": 0.5}, **keys})


def judged(made: Answer, rounds: int = 3, **keys: Any) -> tuple[Judgement, FakeHttp]:
    """Conclude the check of one host that answers *made*."""
    described = environment(**keys)
    (check,) = checks(described, Release())
    world = world_of({URL: made}, described)
    assert isinstance(world.http, FakeHttp)
    return concluded(check, world, rounds), world.http


def test_identity() -> None:
    """Each host has one check, whoever shares it; plain HTTP has none; it looks whatever becomes of the rollout."""
    urls = {
        "web": "https://a.test",
        "api": "https://A.test:443/api",
        "cdn": "https://cdn.test",
        "plain": "http://b.test",
    }
    made = list(checks(environment_of(services={name: {"url": url} for name, url in urls.items()}), Release()))
    assert [one.id for one in made] == ["tls/web", "tls/cdn"]
    assert (TlsCheck.stage, TlsCheck.independent, made[0].gating) == (Stage.IMMEDIATE, True, True)
    assert made[0].reproduce() == "curl -sS -i -v https://a.test/"


def test_accepted() -> None:
    """An accepted certificate passes with the days that it has left."""
    judgement, http = judged(accepted())
    assert (judgement.outcome, judgement.message) == (Outcome.PASSED, "accepted, good for 60 more days")
    assert "noted" not in judgement.facts
    assert {one.method for one in http.asked} == {"HEAD"}


@pytest.mark.parametrize("made", [answer("", 503), answer("", 404), answer("", 405)])
def test_any_answer_is_an_accepted_certificate(made: Exchange) -> None:
    """What the host answers is other checks' business."""
    assert judged(made)[0].outcome is Outcome.PASSED


@pytest.mark.parametrize(
    ("days", "lifetime", "warned"), [(13, 90, True), (15, 90, False), (4, 6, False), (1, 6, True), (13, 20, False)]
)
def test_soon_over(days: float, lifetime: float, *, warned: bool) -> None:
    """A certificate that should have been renewed is a warning; short-lived ones have their own measure."""
    judgement, _ = judged(accepted(days, lifetime))
    assert judgement.outcome is Outcome.PASSED
    assert ("noted" in judgement.facts) is warned


def test_the_limit_is_the_environments() -> None:
    """Who renews late says so."""
    assert "noted" not in judged(accepted(13), tls={"warn_days": 7})[0].facts


@pytest.mark.parametrize(
    ("why", "remedy"),
    [
        ("the certificate is self-signed", None),
        ("the certificate is for another name", None),
        ("the certificate's issuer is unknown", None),
        (EXPIRED, "certificate"),
    ],
)
def test_refused(why: str, remedy: str | None) -> None:
    """A certificate that stays refused fails, in words of its own; no rollback renews an expired one."""
    judgement, http = judged(refused(why))
    assert (judgement.outcome, judgement.cause) == (Outcome.FAILED, Cause.RELEASE)
    assert judgement.message == f"no client connects to api.test: {why}"
    assert (judgement.facts["signature"], judgement.facts.get("remedy")) == (why, remedy)
    assert judgement.facts["distrusted"] is True
    assert 6 <= http.clock.elapsed_s < 7


def test_refused_by_one_of_several() -> None:
    """One ingress of three that shows the wrong certificate is enough."""
    judgement, _ = judged(in_turn(accepted(), accepted(), refused()))
    assert judgement.outcome is Outcome.FAILED
    assert "distrusted" not in judgement.facts


def test_refused_at_first() -> None:
    """A new ingress that waits for its certificate is waited for."""
    judgement, http = judged(in_turn(*[refused()] * 24, *[accepted()] * 99))
    assert judgement.outcome is Outcome.PASSED
    assert 0 < http.clock.elapsed_s < 6


@pytest.mark.parametrize("kind", [FailureKind.REFUSED, FailureKind.NAME, FailureKind.TIMEOUT, FailureKind.TLS])
def test_not_reached(kind: FailureKind) -> None:
    """A host that is not reached is told from one whose certificate is refused, with the evidence for its cause."""
    judgement, http = judged(failing(kind))
    assert judgement.outcome is Outcome.FAILED
    assert judgement.message.startswith("api.test was not reached")
    assert judgement.facts["failure_kinds"] == [kind.value]
    assert http.clock.elapsed_s < 2


def test_a_lost_connection_is_noise() -> None:
    """A handshake that broke off beside others that did not says nothing."""
    assert judged(in_turn(failing(FailureKind.RESET), accepted(), accepted()))[0].outcome is Outcome.PASSED
