"""Pages of strangers may not call, whatever was so before the deploy."""

from typing import Any

import pytest

from smoke.checks.strangers import checks
from smoke.environment import Environment
from smoke.http import Exchange, FailureKind
from smoke.verdict.finding import Judgement
from smoke.verdict.release import Release
from smoke.verdict.words import Cause, Outcome
from tests.checks.fake_world import (
    Answer,
    FakeHttp,
    answer,
    concluded,
    environment_of,
    failing,
    html,
    in_turn,
    world_of,
)

EVIL = "https://evil.example"
ORIGIN, CREDENTIALS = "access-control-allow-origin", "access-control-allow-credentials"


def environment(*refused: str, **cors: Any) -> Environment:
    """Return an API that refuses the pages of *refused*."""
    bff = {
        "url": "https://api.test",
        "replicas": 3,
        "replica_header": "x-replica",
        "cors": {"refused": refused, **cors},
    }
    services = {"bff": bff, "web": {"url": "https://web.test"}}
    return environment_of(services=services, login={"path": "/login", "who": "/me"})


def judged(made: Answer) -> tuple[Judgement, FakeHttp]:
    """Conclude the check for an API that answers a stranger's preflights with *made*."""
    described = environment(EVIL)
    (check,) = checks(described, Release())
    world = world_of({"https://api.test/login": made}, described)
    assert isinstance(world.http, FakeHttp)
    return concluded(check, world), world.http


def allowing(origin: str, status: int = 200, replica: str = "a") -> Exchange:
    """Return an answer that allows *origin*."""
    return answer("", status, headers={ORIGIN: origin, CREDENTIALS: "true", "x-replica": replica})


@pytest.mark.parametrize(
    "made",
    [
        answer("Disallowed CORS origin", 400),
        answer("", 204),
        answer("", 200),
        answer("Not allowed by CORS", 500),
        answer("", 403),
        answer("", 405),
        html("<h1>Portal</h1>"),
        allowing("https://web.test"),
        allowing("null"),
        answer("", 204, headers={"access-control-allow-methods": "GET, POST", CREDENTIALS: "true"}),
    ],
)
def test_refused(made: Exchange) -> None:
    """A browser makes the call only where its page's origin is allowed by name, whatever the status."""
    judgement, http = judged(made)
    assert judgement.outcome is Outcome.PASSED
    asked = http.asked[0]
    assert (asked.method, asked.headers["origin"]) == ("OPTIONS", EVIL)
    assert (asked.headers["access-control-request-method"], asked.headers["access-control-request-headers"]) == (
        "POST",
        "content-type",
    )


@pytest.mark.parametrize(
    ("made", "said"),
    [
        (allowing(EVIL), f"allows the stranger {EVIL}"),
        (allowing(EVIL.upper(), 204), f"allows the stranger {EVIL}"),
        (allowing("*"), "allows every origin"),
        (answer("", 403, headers={ORIGIN: EVIL}), f"allows the stranger {EVIL}"),
        (answer("", 429), "tells nothing of who is allowed"),
        (answer("", 503), "tells nothing of who is allowed"),
        (html("<h1>Bad gateway</h1>", 502), "tells nothing of who is allowed"),
        (failing(FailureKind.TIMEOUT), "timeout"),
        (failing(FailureKind.TLS), "TLS"),
    ],
)
def test_let_in(made: Exchange, said: str) -> None:
    """An origin that is let in is found without any baseline; and what was not asked is not refused."""
    judgement, _ = judged(made)
    assert (judgement.outcome, judgement.cause) == (Outcome.FAILED, Cause.RELEASE)
    assert said in judgement.message


def test_let_in_by_one_replica() -> None:
    """One replica with another allow-list is found."""
    good = [answer("", 204, headers={"x-replica": name}) for name in "ab"]
    judgement, _ = judged(in_turn(*good, allowing(EVIL, replica="c")))
    assert judgement.outcome is Outcome.FAILED
    assert "from replica c" in judgement.message


def test_a_lost_answer_is_noise() -> None:
    """One dropped connection says nothing."""
    assert judged(in_turn(failing(FailureKind.RESET), *[answer("", 204)] * 99))[0].outcome is Outcome.PASSED


def test_which_checks_there_are() -> None:
    """One for each stranger; none where none is named."""
    several = environment(EVIL, "https://evil.example/", "https://web.test.evil.example:8443")
    assert [one.id for one in checks(several, Release())] == [
        "cors/bff-refuses-evil.example",
        "cors/bff-refuses-web.test.evil.example:8443",
    ]
    assert not list(checks(environment(), Release()))
    assert not list(checks(environment_of(), Release()))


def test_by_hand() -> None:
    """The preflight can be repeated."""
    (check,) = checks(environment(EVIL), Release())
    assert check.reproduce().startswith(f"curl -sS -i -X OPTIONS -H 'origin: {EVIL}' -H ")
