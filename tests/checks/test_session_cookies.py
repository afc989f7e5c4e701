"""What guards the cookies of a login must not get lost with a release."""

from dataclasses import replace
from typing import Any

import pytest

from smoke.checks._cookie_guards import MOST_NAMES, guards_of, losses
from smoke.checks._cookies import cookies_of
from smoke.checks.session_cookies import checks
from smoke.environment import Environment
from smoke.http import Exchange
from smoke.verdict.finding import Judgement
from smoke.verdict.plan import Before
from smoke.verdict.release import Release
from smoke.verdict.words import Cause, Outcome
from tests.checks.fake_world import answer, concluded, failing, json_answer
from tests.checks.logins import LoginApi, logged_in_world, portal

VALUE = "c2Vzc2lvbi1vZi1hLXNtb2tlLXVzZXI"
GUARDED = {"sid": ["Secure", "HttpOnly", "SameSite=Lax"]}


def logging_in(*lines: str) -> Exchange:
    """Return the answer of a login that sets cookies; `*` stands for a value that may be a secret."""
    made = json_answer({"ok": True})
    listed = tuple(("set-cookie", line.replace("*", VALUE)) for line in lines)
    return replace(made, header_list=(*made.header_list, *listed))


def judged(
    exchange: Exchange,
    then: dict[str, list[str]] | None = GUARDED,
    environment: Environment | None = None,
    release: Release | None = None,
) -> Judgement:
    """Make the check of the customer's cookies, which were guarded as *then* before the deploy."""
    environment, release = environment or portal(), release or Release()
    check = next(one for one in checks(environment, release) if one.subject == "customer")
    before = Before(Outcome.SKIPPED, measured={"cookies": then}) if then is not None else None
    world = logged_in_world(LoginApi(login=lambda _request, _number: exchange).routes(), environment, release)
    return concluded(check, replace(world, before=lambda _check: before))


def test_one_check_for_each_role() -> None:
    """Each role is a check of its own, so that a wanted change can be declared retired by id."""
    assert [one.id for one in checks(portal(), Release())] == ["session-cookies/customer", "session-cookies/control"]
    assert list(checks(portal().model_copy(update={"login": None}), Release())) == []


@pytest.mark.parametrize(
    "line",
    [
        "sid=*; Path=/; Secure; HttpOnly; SameSite=Lax",
        "sid=*; secure; httponly; samesite=lax; Max-Age=60; Domain=api.test",
        "sid=*; Secure; HttpOnly; SameSite=Strict",
    ],
)
def test_guarded_as_before(line: str) -> None:
    """What guards a cookie as well as before, or better, passes, and is what the next baseline holds."""
    found = judged(logging_in(line))

    assert found.outcome is Outcome.PASSED, found.message
    assert set(found.facts["measured"]["cookies"]["sid"]) >= {"Secure", "HttpOnly"}
    assert VALUE not in f"{found}"


@pytest.mark.parametrize(
    ("line", "lost"),
    [
        ("sid=*; HttpOnly; SameSite=Lax", "Secure"),
        ("sid=*; Secure; SameSite=Lax", "HttpOnly"),
        ("sid=*", "Secure and HttpOnly and SameSite=Lax"),
    ],
)
@pytest.mark.parametrize("release", [Release(), Release(invalidates_sessions=True)])
def test_lost(line: str, lost: str, release: Release) -> None:
    """Each attribute that was there before must be there, whether the release ends sessions or not."""
    found = judged(logging_in(line), release=release)

    assert (found.outcome, found.cause) == (Outcome.FAILED, Cause.RELEASE)
    assert found.message == f"the cookie sid of the login has lost {lost}, unlike before the deploy"
    assert found.expected == "sid with Secure, HttpOnly, SameSite=Lax"


@pytest.mark.parametrize(
    ("line", "then", "lost"),
    [
        ("sid=*; Secure; HttpOnly", "SameSite=Lax", "SameSite=Lax"),
        ("sid=*; Secure; HttpOnly; SameSite=None", "SameSite=Lax", "SameSite=Lax"),
        ("sid=*; Secure; HttpOnly; SameSite=nonsense", "SameSite=Strict", "SameSite=Strict"),
        ("sid=*; Secure; HttpOnly; SameSite=None", "HttpOnly", "the browsers' own SameSite"),
    ],
)
def test_other_sites_may_send_it_now(line: str, then: str, lost: str) -> None:
    """Letting other sites in may be wanted, by a payment page for one: a person decides, and is told how to say so."""
    found = judged(logging_in(line), {"sid": ["Secure", "HttpOnly", then]})

    assert (found.outcome, found.cause) == (Outcome.UNDECIDED, Cause.RELEASE)
    assert f"has lost {lost}" in found.message
    assert "declare session-cookies/customer as retired" in found.facts["decider"]


def test_links_of_other_sites() -> None:
    """From Strict to Lax is often wanted, and opens nothing by itself: it is noted."""
    found = judged(
        logging_in("sid=*; Secure; HttpOnly; SameSite=Lax"), {"sid": ["Secure", "HttpOnly", "SameSite=Strict"]}
    )

    assert found.outcome is Outcome.PASSED
    assert found.facts["noted"] == "sid was SameSite=Strict and is Lax now"


@pytest.mark.parametrize(("now", "lost"), [(["HttpOnly"], []), (["Secure"], ["HttpOnly"])])
def test_plain_http(now: list[str], lost: list[str]) -> None:
    """On a developer's machine there is no TLS, and nothing for Secure to guard; scripts are there too."""
    found = losses({"sid": ["Secure", "HttpOnly"]}, {"sid": now}, encrypted=False)
    service = portal().services["bff"].model_copy(update={"url": "http://localhost:3001"})
    check = next(iter(checks(portal().model_copy(update={"services": {"bff": service}}), Release())))

    assert found.get("sid", []) == lost
    assert check.encrypted is False


@pytest.mark.parametrize(
    ("lines", "outcome"),
    [
        (["__Host-sid=*; Path=/; Secure; HttpOnly; SameSite=Lax"], Outcome.PASSED),
        (["__Host-sid=*; Path=/; Secure"], Outcome.FAILED),
        (["other=*"], Outcome.FAILED),
        (["other=*; Secure; HttpOnly"], Outcome.PASSED),
        (["other=*", "third=*; Secure; HttpOnly"], Outcome.PASSED),
        (["short=1"], Outcome.PASSED),
    ],
)
def test_renamed(lines: list[str], outcome: Outcome) -> None:
    """Another name is another cookie; only if no cookie has any more what guarded the old one that is lost."""
    found = judged(logging_in(*lines))

    assert found.outcome is outcome, found.message


def test_renamed_beside_a_token() -> None:
    """Where a token is the session, the cookies beside it may come and go."""
    exchange = json_answer({"token": VALUE}, headers={"set-cookie": f"other={VALUE}"})
    environment = portal(login={"token": "token"})

    assert judged(exchange, environment=environment).outcome is Outcome.PASSED
    kept = json_answer({"token": VALUE}, headers={"set-cookie": f"sid={VALUE}; Secure; SameSite=Lax"})
    assert judged(kept, environment=environment).outcome is Outcome.FAILED


@pytest.mark.parametrize(
    "name", ["AWSALB", "AWSALBCORS", "__cf_bm", "__cflb", "ARRAffinity", "BIGipServerpool", "_abck"]
)
def test_cookies_of_what_stands_before(name: str) -> None:
    """What a balancer or a filter sets is none of the release's, whatever becomes of it."""
    sid = "sid=*; Secure; HttpOnly; SameSite=Lax"

    found = judged(logging_in(sid, f"{name}=*"), {**GUARDED, name: ["Secure", "HttpOnly"]})

    assert found.outcome is Outcome.PASSED
    assert list(found.facts["measured"]["cookies"]) == ["sid"]


def test_no_secrets() -> None:
    """A language is no secret, and a token against forged requests is there for scripts to read."""
    lines = ["sid=*; Secure; HttpOnly; SameSite=Lax", "lang=ja", "XSRF-TOKEN=*; Secure"]
    then = {**GUARDED, "lang": ["HttpOnly"], "XSRF-TOKEN": ["Secure", "HttpOnly"]}

    assert judged(logging_in(*lines), then).outcome is Outcome.PASSED
    assert judged(logging_in(lines[0], "XSRF-TOKEN=*"), then).outcome is Outcome.FAILED


def test_nothing_before() -> None:
    """Without a baseline nothing is compared, and that is said; what is measured serves the next one."""
    found = judged(logging_in("sid=*"), None)

    assert (found.outcome, found.facts["waived"]) == (Outcome.SKIPPED, "no baseline")
    assert "smoke prime" in found.message
    assert found.facts["measured"] == {"cookies": {"sid": []}}


def test_no_cookie_before() -> None:
    """Where no cookie was set none can lose anything."""
    assert judged(logging_in("sid=*"), {}).outcome is Outcome.PASSED


@pytest.mark.parametrize("exchange", [answer("", 401), answer("", 500), answer("", 429), failing(), json_answer({})])
def test_no_login(exchange: Exchange) -> None:
    """Where nobody was logged in nothing was seen, and the login's own check says why."""
    found = judged(exchange)

    assert (found.outcome, found.cause) == (Outcome.UNDECIDED, Cause.CREDENTIALS)


def test_hostile_names() -> None:
    """Many cookies, and names that are none, stay few and short."""
    lines = [f"s{number}{'x' * 500}\x1b=*" for number in range(100)]

    guards = guards_of(cookies_of(logging_in(*lines)))

    assert len(guards) == MOST_NAMES
    assert all(len(name) <= 60 and name.isprintable() for name in guards)


def test_asks_nothing_more() -> None:
    """The login that the run needs anyway tells everything: one attempt, one look."""
    api = LoginApi()
    environment = portal()
    check = next(iter(checks(environment, Release())))
    world = logged_in_world(api.routes(), environment)
    then: Any = Before(Outcome.PASSED, measured={"cookies": {"session": ["Secure", "HttpOnly"]}})

    found = concluded(check, replace(world, before=lambda _check: then))

    assert found.outcome is Outcome.PASSED  # its value is too short to be a secret
    assert api.attempts == ["smoke@test"]
