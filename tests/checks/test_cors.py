"""Preflights are judged as a browser would."""

from typing import Any

import pytest

from smoke.checks.cors import STRANGER, UNPROMISED, checks
from smoke.environment import Environment
from smoke.http import Exchange, FailureKind, Request
from smoke.verdict.finding import Judgement
from smoke.verdict.plan import Before
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
    json_answer,
    world_of,
)

WEB = "https://web.test"
GOOD = {
    "access-control-allow-origin": WEB,
    "access-control-allow-credentials": "true",
    "access-control-allow-methods": "GET, POST",
    "access-control-allow-headers": "Accept, Content-Type",
}
DISALLOWED = answer("Disallowed CORS origin", 400)
WHO = json_answer({}, 401, {key: GOOD[key] for key in list(GOOD)[:2]})


def environment(cors: dict[str, Any] | None, **keys: Any) -> Environment:
    """Return an API that pages of another origin log in to; *cors* is the promise, None for no promise."""
    bff = {"url": "https://api.test", "replicas": 3, "replica_header": "x-replica"}
    services = {"bff": {**bff, **({} if cors is None else {"cors": cors})}, "web": {"url": f"{WEB}/"}}
    login = {"path": "/login", "who": "/me"}
    pages = [{"name": "home", "path": "/", "contains": ["x"]}]
    return environment_of(services=services, login=login, pages=pages, **keys)


def preflight(status: int = 200, **changed: str | None) -> Exchange:
    """Return a good answer to a preflight, but for what is *changed*."""
    headers = {**GOOD, **{f"access-control-allow-{name}": value for name, value in changed.items()}}
    return answer("", status, headers={name: value for name, value in headers.items() if value is not None})


def judged(  # noqa: PLR0913 - what is asked for by name is optional
    made: Answer,
    who: Answer = WHO,
    cors: dict[str, Any] | None = None,
    *,
    before: Before | None = None,
    stranger: Exchange = DISALLOWED,
    promised: bool = True,
) -> tuple[Judgement, FakeHttp]:
    """Conclude the check for an API that answers preflights with *made*, strangers with a refusal."""
    described = environment(cors or {}) if promised else environment(None)
    (check,) = checks(described, Release())

    def api(request: Request) -> Exchange:
        if request.headers.get("origin") == STRANGER:
            return stranger
        return made if isinstance(made, Exchange) else made(request)

    world = world_of({"https://api.test/login": api, "https://api.test/me": who}, described, before=lambda _: before)
    assert isinstance(world.http, FakeHttp)
    return concluded(check, world), world.http


def test_allowed() -> None:
    """A preflight that allows the call passes; it is asked as a browser asks, with nothing written."""
    judgement, http = judged(preflight())
    assert judgement.outcome is Outcome.PASSED
    assert judgement.facts["measured"] == {"allowed": True, "strangers": False, "unread": False}
    asked = next(one for one in http.asked if one.headers["origin"] == WEB)
    assert (asked.method, asked.headers["access-control-request-method"]) == ("OPTIONS", "POST")
    assert asked.headers["access-control-request-headers"] == "content-type"


def test_no_key_goes_with_a_preflight() -> None:
    """Browsers send none of the service's own headers beforehand, but for what they send along with everything."""
    headers = {"X-API-Key": {"env": "KEY"}, "X-Gate": {"env": "GATE", "browser": True}}
    described = environment({})
    bff = described.services["bff"].model_validate({**described.services["bff"].model_dump(), "headers": headers})
    (check,) = checks(described.model_copy(update={"services": {**described.services, "bff": bff}}), Release())
    world = world_of({"https://api.test/login": preflight(), "https://api.test/me": WHO}, described)
    assert isinstance(world.http, FakeHttp)
    concluded(check, world)
    assert {one.method: one.unsent for one in world.http.asked} == {"OPTIONS": {"x-api-key"}, "GET": frozenset()}


@pytest.mark.parametrize(
    ("made", "fault"),
    [
        (answer("Disallowed CORS origin", 400), "HTTP 400 to the preflight"),
        (answer("", 405), "HTTP 405 to the preflight"),
        (answer("", 302, headers={"location": "/login"}), "HTTP 302 to the preflight"),
        (json_answer({}, 401), "HTTP 401 to the preflight"),
        (answer("", 429), "HTTP 429 to the preflight"),
        (answer("", 204), "allows no origin"),
        (html("<h1>Portal</h1>"), "allows no origin"),
        (preflight(origin="https://staging.test"), "instead of the pages'"),
        (preflight(origin=f"{WEB}/"), "instead of the pages'"),
        (preflight(origin="*"), "none with credentials"),
        (preflight(credentials=None), "does not allow credentials"),
        (preflight(credentials="True"), "does not allow credentials"),
        (preflight(headers="Accept"), "does not allow the header content-type"),
        (preflight(headers="*"), "does not allow the header content-type"),
        (preflight(headers=None), "does not allow the header content-type"),
        (failing(FailureKind.TIMEOUT), "timeout"),
    ],
)
def test_refused(made: Exchange, fault: str) -> None:
    """Whatever keeps a browser from calling fails, in words of its own."""
    judgement, _ = judged(made)
    assert (judgement.outcome, judgement.cause) == (Outcome.FAILED, Cause.RELEASE)
    assert fault in judgement.message
    assert judgement.facts["measured"]["allowed"] is False


def test_refused_by_one_replica() -> None:
    """One replica with another allow-list is found."""
    good = [answer("", headers={**GOOD, "x-replica": name}) for name in "ab"]
    judgement, _ = judged(in_turn(*good, answer("", 400, headers={"x-replica": "c"})))
    assert judgement.outcome is Outcome.FAILED
    assert "from replica c" in judgement.message


@pytest.mark.parametrize(
    ("cors", "made", "passes"),
    [
        ({"method": "DELETE"}, preflight(), False),
        ({"method": "DELETE"}, preflight(methods="get, delete"), True),
        ({"method": "DELETE"}, preflight(methods="*"), False),
        ({"method": "DELETE", "credentials": False}, preflight(methods="*"), True),
        ({"credentials": False}, preflight(origin="*", headers="*", credentials=None), True),
        ({"credentials": False, "headers": ["Authorization"]}, preflight(origin="*", headers="*"), False),
        ({"headers": []}, preflight(headers=None), True),
    ],
)
def test_as_the_fetch_standard_says(cors: dict[str, Any], made: Exchange, *, passes: bool) -> None:
    """A star stands for everything only where no credentials go along, and never for Authorization."""
    assert (judged(made, cors=cors)[0].outcome is Outcome.PASSED) is passes


def test_the_answer_itself_must_be_readable() -> None:
    """A preflight may be fine while the answer lacks the header, which it had before the deploy."""
    then = Before(Outcome.PASSED, measured={"allowed": True, "strangers": False, "unread": False})
    judgement, _ = judged(preflight(), who=json_answer({}, 401), before=then)
    assert judgement.outcome is Outcome.FAILED
    assert judgement.message == "preflights are fine, but the answer of /me allows no origin"
    assert judged(preflight(), who=json_answer({}))[0].outcome is Outcome.FAILED


def test_a_refusal_that_pages_never_could_read() -> None:
    """Many servers leave the headers out of errors: that is noted, unless they were there before the deploy."""
    judgement, _ = judged(preflight(), who=json_answer({}, 401))
    assert judgement.outcome is Outcome.PASSED
    assert "the refusal of /me allows no origin" in judgement.facts["noted"]
    then = Before(Outcome.PASSED, measured=judgement.facts["measured"])
    assert judged(preflight(), who=json_answer({}, 401), before=then)[0].outcome is Outcome.PASSED


def test_a_lost_answer_is_noise() -> None:
    """One dropped connection says nothing."""
    assert judged(in_turn(failing(FailureKind.RESET), *[preflight()] * 99))[0].outcome is Outcome.PASSED
    assert judged(preflight(), who=failing())[0].outcome is Outcome.PASSED


STRANGE = answer("", headers={**GOOD, "access-control-allow-origin": STRANGER})


def test_strangers_let_in_since_the_deploy() -> None:
    """Where any origin is let in with credentials now and was not before, the release opened the door."""
    before = Before(Outcome.PASSED, measured={"allowed": True, "strangers": False})
    judgement, _ = judged(preflight(), before=before, stranger=STRANGE)
    assert judgement.outcome is Outcome.FAILED
    assert "any origin" in judgement.message


@pytest.mark.parametrize("before", [None, Before(Outcome.PASSED, measured={"allowed": True, "strangers": True})])
def test_strangers_let_in_all_along(before: Before | None) -> None:
    """Where it is not known to be new it is noted."""
    judgement, _ = judged(preflight(), before=before, stranger=STRANGE)
    assert judgement.outcome is Outcome.PASSED
    assert "any origin" in judgement.facts["noted"]


def test_unpromised() -> None:
    """What is not promised counts only if it was allowed before the deploy."""
    assert judged(preflight(), promised=False)[0].outcome is Outcome.PASSED
    skipped, _ = judged(answer("", 404), promised=False)
    assert (skipped.outcome, skipped.message, skipped.facts["waived"]) == (Outcome.SKIPPED, UNPROMISED, "unpromised")
    allowed = Before(Outcome.PASSED, measured={"allowed": True, "strangers": False})
    assert judged(answer("", 404), promised=False, before=allowed)[0].outcome is Outcome.FAILED


def test_which_checks_there_are() -> None:
    """One for each origin; none where pages and API share an origin, or nobody logs in."""
    several = environment({"origins": ["https://admin.test"]})
    assert [one.id for one in checks(several, Release())] == ["cors/bff", "cors/bff-admin.test"]
    same = {"bff": {"url": f"{WEB}/api"}, "web": {"url": WEB}}
    pages = [{"name": "home", "path": "/", "contains": ["x"]}]
    assert not list(checks(environment_of(services=same, login={"path": "/l", "who": "/m"}, pages=pages), Release()))
    assert not list(checks(environment_of(), Release()))


def test_by_hand() -> None:
    """The preflight can be repeated."""
    (check,) = checks(environment({}), Release())
    assert check.reproduce().startswith("curl -sS -i -X OPTIONS -H 'origin: https://web.test' -H ")


def test_cookies_are_promised_where_they_are_the_session() -> None:
    """Where the login answers a bearer token pages need no credentials, unless the file says so."""
    for token, credentials, needed in ((None, None, True), ("token", None, False), ("token", True, True)):
        described = environment({} if credentials is None else {"credentials": credentials})
        login = described.login
        assert login is not None
        described = described.model_copy(update={"login": login.model_copy(update={"token": token})})
        (check,) = checks(described, Release())
        assert check.cors.credentials is needed
