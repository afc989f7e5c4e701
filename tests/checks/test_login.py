"""The login API is judged by what it accepts, what it refuses, and what its session is worth."""

from collections.abc import Callable
from typing import Any

import pytest

from smoke.checks.login import checks
from smoke.environment import Environment
from smoke.http import Exchange, FailureKind, Request
from smoke.verdict.finding import Judgement
from smoke.verdict.release import Release
from smoke.verdict.words import Cause, Outcome
from tests.checks.fake_world import answer, concluded, failing, html, json_answer
from tests.checks.logins import LoginApi, logged_in_world, portal

REFUSES = "login/refuses-wrong-password"


def judged(api: LoginApi, check: str = "login/customer", environment: Environment | None = None) -> Judgement:
    """Make one check of the module against *api*."""
    environment = environment or portal()
    made = {one.id: one for one in checks(environment, Release())}
    return concluded(made[check], logged_in_world(api.routes(), environment))


def always(exchange: Exchange) -> Callable[[Request, int], Exchange]:
    """Answer every login with *exchange*."""
    return lambda _request, _number: exchange


def test_one_check_for_each_role_and_one_refusal() -> None:
    """Each role is a check; a wrong password is tried on the last role only."""
    made = {one.id: one for one in checks(portal(), Release())}

    assert list(made) == ["login/customer", "login/control", REFUSES]
    assert made[REFUSES].role == "control"  # type: ignore[attr-defined]


def test_no_login_no_check() -> None:
    """An environment without a login API has none of these checks."""
    assert list(checks(portal().model_copy(update={"login": None}), Release())) == []


def test_accepted_by_every_replica() -> None:
    """A session that all replicas accept passes, and tells that this account logs in."""
    api = LoginApi()

    found = judged(api)

    assert found.outcome is Outcome.PASSED
    assert (found.facts["role"], found.facts["logged_in"]) == ("customer", True)
    assert api.attempts == ["smoke@test"]


def test_without_a_path_that_proves_it() -> None:
    """Where nothing answers to a session only, having got one is what is promised."""
    found = judged(LoginApi(), environment=portal(login={"who": None}))

    assert found.outcome is Outcome.PASSED
    assert found.facts["logged_in"] is True


def test_one_replica_does_not_accept_the_session() -> None:
    """A replica that refuses the fresh session fails the check and is named; the account is not called refused."""

    def lacks_a_secret(_request: Request, replica: str) -> Exchange | None:
        return answer("", 401, headers={"x-replica": "b"}) if replica == "b" else None

    found = judged(LoginApi(who=lacks_a_secret))

    assert found.outcome is Outcome.FAILED
    assert "replica b" in found.message
    assert "refused" not in found.facts
    assert "logged_in" not in found.facts


def test_password_refused() -> None:
    """A refused right password fails with the reason given, so that other accounts can be compared."""
    refusal = json_answer({"message": "password expired", "statusCode": 401}, 401)

    found = judged(LoginApi(login=always(refusal)), environment=portal(replicas=1))

    assert found.outcome is Outcome.FAILED
    assert found.cause is None
    assert {"refused": True, "role": "customer", "detail": "password expired"}.items() <= found.facts.items()
    assert found.facts["signature"] == "HTTP 401 (password expired)"


@pytest.mark.parametrize(("replicas", "attempts"), [(1, 2), (3, 4)])
def test_few_attempts(replicas: int, attempts: int) -> None:
    """Even a confirmed refusal costs two attempts, and two more where one replica of several may be the odd one."""
    api = LoginApi(login=always(answer("", 401)))

    judged(api, environment=portal(replicas=replicas))

    assert len(api.attempts) == attempts


@pytest.mark.parametrize(
    ("exchange", "said"),
    [
        (answer("", 500), "HTTP 500"),
        (answer("", 404), "HTTP 404"),
        (html("<h1>We'll be back soon</h1>"), "no cookie"),
        (json_answer({"ok": True}), "no cookie"),
        (json_answer({}, headers={"set-cookie": "session=; Max-Age=0"}), "browsers drop its cookie"),
        (json_answer({}, headers={"set-cookie": "session=x; SameSite=None"}), "SameSite=None without Secure"),
        (json_answer({}, headers={"set-cookie": "session=x; Domain=other.test"}), "Domain=other.test"),
        (answer("", 302, headers={"location": "/login"}), "HTTP 302"),
        (failing(FailureKind.RESET), "connection reset"),
        (failing(FailureKind.TIMEOUT), "timeout"),
    ],
)
def test_no_session_arises(exchange: Exchange, said: str) -> None:
    """Whatever does not lead to a session that a browser would keep fails, and does not blame the account."""
    found = judged(LoginApi(login=always(exchange)))

    assert found.outcome is Outcome.FAILED
    assert said in found.message
    assert not found.facts["refused"]


def test_no_answer_is_evidence() -> None:
    """A login that was never reached says so, for the control hosts to be compared with."""
    found = judged(LoginApi(login=always(failing(FailureKind.REFUSED))))

    assert (found.facts["failure_kinds"], found.facts["answered"]) == (["connection refused"], False)


def test_too_many_attempts() -> None:
    """A rate limit decides nothing."""
    api = LoginApi(login=always(answer("", 429, headers={"retry-after": "60"})))

    found = judged(api)

    assert (found.outcome, found.cause) == (Outcome.UNDECIDED, Cause.SUITE)
    assert len(api.attempts) == 1


def test_accepted_at_the_second_attempt_of_several_replicas() -> None:
    """A first refusal by one replica of several is noted, not judged."""
    api = LoginApi(login=lambda _request, number: answer("", 401) if number == 1 else None)

    found = judged(api)

    assert found.outcome is Outcome.PASSED
    assert "HTTP 401" in found.facts["noted"]


def odd_replica(fault: Exchange, every: int = 3) -> Callable[[Request, int], Exchange | None]:
    """Answer *fault* in place of the API at the first attempt and at each *every*-th from there."""
    return lambda _request, number: fault if number % every == 1 else None


def patient(api: LoginApi, environment: Environment | None = None) -> Judgement:
    """Make the check of the customer in a world that acquires its session as a run does."""
    environment = environment or portal()
    world = logged_in_world(api.routes(), environment, patient=True)
    return concluded(next(checks(environment, Release())), world)


@pytest.mark.parametrize("fault", [answer("", 500), answer("", 503), json_answer({"ok": True}), answer("", 401)])
def test_one_replica_of_three_lets_nobody_in(fault: Exchange) -> None:
    """That a later attempt got a session is no proof: further attempts meet the same replica again."""
    found = patient(LoginApi(login=odd_replica(fault)))

    assert (found.outcome, found.cause) == (Outcome.FAILED, Cause.RELEASE)
    assert "the login of role customer was not accepted" in found.message
    assert found.facts["logged_in"]


@pytest.mark.parametrize(("everywhere", "outcome"), [(True, Outcome.FAILED), (False, Outcome.PASSED)])
def test_a_replica_that_the_first_login_missed(everywhere: bool, outcome: Outcome) -> None:
    """The run's one login was lucky: who wants every replica met has each role log in a dozen times."""
    api = LoginApi(login=lambda _request, number: answer("", 500) if number % 3 == 0 else None)

    found = patient(api, portal(login={"everywhere": everywhere}))

    assert found.outcome is outcome
    assert len(api.attempts) == (1 if outcome is Outcome.PASSED else 25)


def test_every_replica_logs_in() -> None:
    """A dozen logins of which each is accepted are no doubt, and nothing is noted."""
    api = LoginApi()

    found = patient(api, portal(login={"everywhere": True}))

    assert found.outcome is Outcome.PASSED
    assert ("noted" in found.facts, len(api.attempts)) == (False, 13)


def test_one_lost_login_of_many() -> None:
    """A single lost attempt is noted, with how many others were accepted."""
    api = LoginApi(login=lambda _request, number: answer("", 502) if number == 1 else None)

    found = patient(api)

    assert found.outcome is Outcome.PASSED
    assert found.facts["noted"] == "a first attempt was not accepted: HTTP 502; 12 further ones were"


def test_two_lost_logins_hold_nothing() -> None:
    """A second one among a dozen is looked at once more, and cleared by another dozen."""
    api = LoginApi(login=lambda _request, number: answer("", 502) if number in {1, 6} else None)

    assert patient(api).outcome is Outcome.PASSED


def test_a_limit_ends_the_further_attempts() -> None:
    """Where further attempts are limited nothing tells that the first one was more than chance."""
    limited = answer("", 429)
    api = LoginApi(login=lambda _request, number: {1: answer("", 500), 2: None}.get(number, limited))

    found = patient(api)

    assert found.outcome is Outcome.PASSED
    assert "HTTP 500" in found.facts["noted"]
    assert len(api.attempts) == 3


def test_a_limit_that_was_waited_for_is_no_doubt() -> None:
    """A first attempt that came too soon is noted, and no more are made than it took."""
    soon = answer("", 429, headers={"retry-after": "1"})
    api = LoginApi(login=lambda _request, number: soon if number == 1 else None)

    found = patient(api)

    assert found.outcome is Outcome.PASSED
    assert found.facts["noted"] == "a first attempt was not accepted: HTTP 429"
    assert len(api.attempts) == 2


def test_refusals_end_the_further_attempts() -> None:
    """The right password is never refused so often in a row that an account would be locked."""
    api = LoginApi(login=lambda _request, number: None if number == 2 else answer("", 401))

    found = patient(api)

    assert found.outcome is Outcome.FAILED
    assert len(api.attempts) == 4


def test_refused_and_later_accepted() -> None:
    """A login that was refused at first and works later is undecided: one success does not absolve."""
    api = LoginApi(login=lambda _request, number: answer("", 500) if number == 1 else None)

    found = judged(api)

    assert (found.outcome, found.cause) == (Outcome.UNDECIDED, Cause.RELEASE)
    assert "a later attempt was accepted" in found.message


def test_missing_secret() -> None:
    """A role without its password is undecided for want of credentials, and names the variable."""
    environment = portal().model_copy(update={"roles": portal().roles})
    broken: dict[str, Any] = {"customer": {"user": {"env": "NOWHERE"}, "password": {"env": "PASSWORD"}}}
    environment = Environment.model_validate({**environment.model_dump(), "roles": broken})

    found = judged(LoginApi(), environment=environment)

    assert found.outcome is Outcome.UNDECIDED
    assert found.message == "set NOWHERE"


def test_bearer_token() -> None:
    """Where the answer carries a token, the token is the session."""
    api = LoginApi(
        login=always(json_answer({"data": {"token": "t0ken"}})),
        who=lambda request, _: answer("", 200 if request.headers.get("Authorization") == "Bearer t0ken" else 401),
    )

    assert judged(api, environment=portal(login={"token": "data.token"})).outcome is Outcome.PASSED


@pytest.mark.parametrize("body", [{"data": {"token": ""}}, {"data": {"token": 5}}, {"data": []}, []])
def test_no_bearer_token(body: object) -> None:
    """An accepted login without a token where one is due starts no session."""
    found = judged(LoginApi(login=always(json_answer(body))), environment=portal(login={"token": "data.token"}))

    assert found.outcome is Outcome.FAILED
    assert "no token at data.token" in found.message


def test_wrong_password_refused() -> None:
    """A wrong password that is refused passes after a single attempt."""
    api = LoginApi()

    assert judged(api, REFUSES).outcome is Outcome.PASSED
    assert api.attempts == ["control@test"]


def test_wrong_password_accepted() -> None:
    """A login API that accepts anything fails."""
    everything = json_answer({}, headers={"set-cookie": "session=abc123"})

    found = judged(LoginApi(login=always(everything)), REFUSES)

    assert (found.outcome, found.cause) == (Outcome.FAILED, Cause.RELEASE)
    assert found.facts["signature"] == "accepts a wrong password"


def test_wrong_password_accepted_once() -> None:
    """A wrong password that was accepted once never passes, whatever came later."""
    everything = json_answer({}, headers={"set-cookie": "session=abc123"})

    found = judged(LoginApi(login=lambda _request, number: everything if number == 1 else None), REFUSES)

    assert found.outcome is Outcome.UNDECIDED


@pytest.mark.parametrize(
    ("exchange", "outcome"),
    [
        (answer("", 429), Outcome.UNDECIDED),
        (answer("", 500), Outcome.FAILED),
        (answer("", 404), Outcome.FAILED),
        (answer("", 302, headers={"location": "/login"}), Outcome.FAILED),
        (failing(FailureKind.RESET), Outcome.FAILED),
        (json_answer({"message": "Bad credentials"}, 400), Outcome.PASSED),
        (json_answer({"ok": False, "message": "Bad credentials"}), Outcome.PASSED),
        (json_answer({"user": 7}, headers={"set-cookie": "session=abc123"}), Outcome.FAILED),
    ],
)
def test_wrong_password_other_answers(exchange: Exchange, outcome: Outcome) -> None:
    """Only a refusal passes; a rate limit decides nothing; the rest is neither."""
    assert judged(LoginApi(login=always(exchange)), REFUSES).outcome is outcome


def test_an_error_that_every_third_login_meets() -> None:
    """After an error in place of a refusal the right password is tried often enough to meet the bad replica again."""
    broken = answer("", 500)
    api = LoginApi(login=lambda _request, number: broken if number % 3 == 1 else None)

    found = judged(api, REFUSES)

    assert (found.outcome, found.cause) == (Outcome.FAILED, Cause.RELEASE)
    assert found.message.startswith("logins are not always answered: HTTP 500")


def test_one_error_in_place_of_a_refusal() -> None:
    """Where all further logins are answered it is noted."""
    api = LoginApi(login=lambda _request, number: answer("", 500) if number == 1 else None)

    found = judged(api, REFUSES)

    assert found.outcome is Outcome.PASSED
    assert "a first look met HTTP 500" in found.facts["noted"]
    assert len(api.attempts) > 10


def test_wrong_password_and_one_dropped_connection() -> None:
    """One dropped connection is looked at again."""
    api = LoginApi(login=lambda _request, number: failing(FailureKind.RESET) if number == 1 else None)

    assert judged(api, REFUSES).outcome is Outcome.PASSED
