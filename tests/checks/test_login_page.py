"""Logging in by the form of a page: tokens against forged requests, redirects in place of statuses, pages as proof."""

from collections.abc import Callable
from dataclasses import dataclass, field, replace

import pytest

from smoke.checks._login_page import hidden_fields
from smoke.checks._session import log_in
from smoke.checks.login import checks
from smoke.errors import LoginRefused
from smoke.http import Exchange, FailureKind, Request
from smoke.verdict.finding import Judgement
from smoke.verdict.release import Release
from smoke.verdict.words import Cause, Outcome
from tests.checks.fake_world import Answer, answer, concluded, failing, html
from tests.checks.logins import logged_in_world, portal, secret

PAGE = "https://api.test/accounts/login/"
HOME = "https://api.test/home"
FORM = (
    '<form method="post"><input type="hidden" name="csrf" value="t0k3n"><input name="user"><input name="pass" '
    'type="password"><button>Go</button></form>'
)
KEYS = {
    "path": "/accounts/login/",
    "page": "/accounts/login/",
    "encoding": "form",
    "user_field": "user",
    "password_field": "pass",
    "accepted": [302],
    "refused": [200, 403],
    "who": "/home",
    "who_contains": "Hello",
}


@dataclass
class Forms:
    """A site that logs in by a form: without the page's cookie and token it refuses, however good the password."""

    refuse: Callable[[], Exchange] = lambda: html(FORM)
    page: Callable[[], Exchange] = lambda: html(FORM, headers={"set-cookie": "csrf=c00kie; Path=/"})
    posted: list[Request] = field(default_factory=list)

    def routes(self) -> dict[str, Answer]:
        """Return the routes."""
        return {PAGE: self._login, HOME: self._home}

    def _login(self, request: Request) -> Exchange:
        if request.method == "GET":
            return self.page()
        self.posted.append(request)
        sent, headers = dict(request.form or {}), request.headers
        if sent.pop("csrf", "") != "t0k3n" or headers.get("Cookie") != "csrf=c00kie" or headers.get("Referer") != PAGE:
            return html("<h1>Forbidden</h1>", 403)
        if sent != {"user": "smoke@test", "pass": "right-password"}:
            return self.refuse()
        return answer("", 302, headers={"location": "/home", "set-cookie": "session=s; Path=/"})

    def _home(self, request: Request) -> Exchange:
        known = request.headers.get("Cookie") == "csrf=c00kie; session=s"
        return html("<h1>Hello</h1>") if known else answer("", 302, headers={"location": "/accounts/login/?next=/home"})


def judged(site: Forms, place: int = 0, home: Answer | None = None, **login: object) -> Judgement:
    """Judge the login of the customer, or with *place* -1 the wrong password."""
    environment = portal(login={**KEYS, **login}).model_copy()
    roles = {"customer": environment.roles["customer"]}
    environment = environment.model_copy(update={"roles": roles})
    routes = {**site.routes(), **({HOME: home} if home else {})}
    return concluded(list(checks(environment, Release()))[place], logged_in_world(routes, environment))


def test_logged_in() -> None:
    """The hidden fields and the cookies of the page are sent along, and both cookies are the session."""
    site = Forms()
    assert judged(site).outcome is Outcome.PASSED
    assert [one.write for one in site.posted] == ["login"]
    assert site.posted[0].secret_body


@pytest.mark.parametrize(
    ("refuse", "said"),
    [
        (lambda: html(FORM), "the login form came again"),
        (lambda: answer("", 302, headers={"location": "/accounts/login/?error=1"}), "HTTP 302 back to the login page"),
        (lambda: html("no", 403), "HTTP 403"),
    ],
    ids=["form", "redirect", "status"],
)
def test_refused(refuse: Callable[[], Exchange], said: str) -> None:
    """A form that comes again, or a redirect back to it, is a refusal, as a status is."""
    wrong = judged(Forms(refuse), -1)
    assert wrong.outcome is Outcome.PASSED, wrong
    environment = portal(login=KEYS)
    with pytest.raises(LoginRefused, match=said) as error:
        concluded_login(Forms(refuse), environment)
    assert error.value.facts["refused"] is True


def concluded_login(site: Forms, environment: object) -> None:
    """Log the other role in, which this site does not know."""
    import asyncio

    world = logged_in_world(site.routes(), environment)  # type: ignore[arg-type]
    asyncio.run(log_in(world.http, world.environment, "control", secret))


def test_a_wrong_password_that_is_accepted() -> None:
    """Whoever is led onward with any password is let in."""
    site = Forms(lambda: answer("", 302, headers={"location": "/home", "set-cookie": "session=s"}))
    assert judged(site, -1).outcome is Outcome.FAILED


def test_a_page_that_nobody_is_greeted_on() -> None:
    """A page without the promised text is no proof of a session."""
    found = judged(Forms(), who_contains="Goodbye")
    assert found.outcome is Outcome.FAILED
    assert 'HTTP 200 without "Goodbye"' in found.message


def test_the_page_that_greets_is_asked_as_a_browser_does() -> None:
    """It may have moved within its own site: what it shows counts, in the language in which people read it."""
    asked: list[Request] = []

    def moved(request: Request) -> Exchange:
        asked.append(request)
        return replace(html("<h1>Hello</h1>"), final_url="https://api.test/my/home")

    site = Forms()
    assert judged(site, home=moved).outcome is Outcome.PASSED
    assert {(one.follow_redirects, one.within_origin) for one in asked} == {(True, True)}
    assert asked[0].headers["accept"].startswith("text/html")
    assert asked[0].headers["accept-language"]


def test_a_page_that_leads_to_the_login() -> None:
    """Where it leads to is said."""
    led = replace(html(FORM), final_url=PAGE)
    assert 'HTTP 200 without "Hello" at /accounts/login/' in judged(Forms(), home=lambda _: led).message


@pytest.mark.parametrize(
    ("page", "said"),
    [
        (html("<h1>Welcome</h1>"), "but with no form that asks for pass"),
        (html(""), "but with no form that asks for pass"),
        (answer(b"\xff\xfe", 200, "text/html"), "but with no form that asks for pass"),
        (answer("", 302, headers={"location": "/sso"}), "HTTP 302"),
        (html("oops", 500), "HTTP 500"),
        (answer("", 404), "HTTP 404"),
        (failing(FailureKind.TIMEOUT), "timeout"),
    ],
    ids=["no form", "empty", "not utf-8", "elsewhere", "error", "missing", "timeout"],
)
def test_a_page_without_its_form(page: Exchange, said: str) -> None:
    """Where the page is broken nobody logs in; nothing is posted, and the finding says what came instead."""
    site = Forms(page=lambda: page)
    found = judged(site)
    assert found.outcome is Outcome.FAILED
    assert said in found.message
    assert site.posted == []
    assert found.cause in {None, Cause.RELEASE}


def test_a_page_that_limits() -> None:
    """Too many requests for the page are no refusal of the password."""
    assert judged(Forms(page=lambda: answer("", 429))).outcome is Outcome.UNDECIDED


def test_hidden_fields() -> None:
    """Only the form with the password counts: pages have other ones, to search or to choose a language."""
    search = '<form><input type="hidden" name="lang" value="en"><input name="q"></form>'
    assert hidden_fields(search + FORM, "pass") == {"csrf": "t0k3n"}
    assert hidden_fields(search, "pass") is None
