"""Pages are judged by what they show."""

from dataclasses import replace
from itertools import cycle
from typing import Any

import pytest

from smoke.checks.pages import PageCheck, checks
from smoke.environment import Environment
from smoke.http import Exchange, FailureKind, Request
from smoke.verdict.finding import Judgement
from smoke.verdict.release import Release
from smoke.verdict.words import Cause, Outcome, Stage
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
from tests.checks.logins import LoginApi, logged_in_world, portal

URL = "https://web.test/"
GOOD = '<html><head><title>Portal</title></head><body><div id="root"></div><h1>Customer Portal</h1></body></html>'


def environment(path: str = "/", **page: Any) -> Environment:
    """Return an environment with one page on a web service of three replicas."""
    web = {"url": "https://web.test", "replicas": 3, "replica_header": "x-replica"}
    described = {"name": "home", "path": path, "contains": ['<div id="root"', "Customer Portal"], **page}
    return environment_of(services={"web": web}, pages=[described])


def the_check(described: Environment) -> PageCheck:
    """Return the only page check."""
    (check,) = checks(described, Release())
    return check


def judged(made: Answer, path: str = "/", **page: Any) -> Judgement:
    """Conclude the check for a page that is served so."""
    described = environment(path, **page)
    return concluded(the_check(described), world_of({f"https://web.test{path}": made}, described))


def page(*parts: str, head: str = "") -> Exchange:
    """Return the good page with more in it."""
    return html(GOOD.replace("</head>", f"{head}</head>").replace("</body>", f"{' '.join(parts)}</body>"))


def test_identity() -> None:
    """The check is immediate, named after the page, gating unless said otherwise, and can be repeated by hand."""
    check = the_check(environment())
    assert (check.id, check.stage, check.service, check.gating) == ("page/home", Stage.IMMEDIATE, "web", True)
    assert check.reproduce() == "curl -sS -i -L https://web.test/"
    assert not the_check(environment(gating=False)).gating
    assert check.expected == 'HTML with "<div id=\\"root\\"" and "Customer Portal"'


def test_a_page_with_its_landmarks_passes() -> None:
    """Texts and pieces of HTML that must be there are there."""
    assert judged(html(GOOD)).outcome is Outcome.PASSED


def test_landmarks_may_be_split_by_markup() -> None:
    """What a person reads as one text counts as one."""
    split = GOOD.replace("Customer Portal", "<b>Customer</b>\n <i>Portal</i>")
    assert judged(html(split)).outcome is Outcome.PASSED


def test_it_asks_as_an_anonymous_visitor() -> None:
    """Redirects are followed and nothing identifies a user."""
    described = environment()
    world = world_of({URL: html(GOOD)}, described)
    concluded(the_check(described), world)
    assert isinstance(world.http, FakeHttp)
    assert {(one.method, one.follow_redirects) for one in world.http.asked} == {("GET", True)}
    assert len(world.http.asked) == 12


def test_a_text_is_told_in_its_own_script() -> None:
    """Whoever reads the verdict reads the text that is missing, not its code points."""
    judgement = judged(html(GOOD), contains=["お客様 für Sie\u202e"])

    assert judgement.message.startswith('"お客様 für Sie " is not on the page')


@pytest.mark.parametrize(
    ("made", "signature"),
    [
        (html("<body>hello</body>"), '"<div id=\\"root\\"" is not on the page; "Customer" is not on the page'),
        (html(""), '"<div id=\\"root\\"" is not on the page; "Customer" is not on the page'),
        (json_answer({"ok": True}), "application/json instead of HTML"),
        (html(GOOD, 500), "HTTP 500"),
        (html(GOOD, 404), "HTTP 404"),
        (failing(FailureKind.TLS), "TLS"),
        (html("<h1>We\u2019ll be back soon</h1>"), 'the page says "we\'ll be back soon"'),
        (html("<title>Maintenance</title><h1>Under maintenance</h1>"), 'the page says "under maintenance"'),
        (page("<p>Something went wrong</p>"), 'the page says "something went wrong"'),
        (page("<p>Application error: a client-side exception</p>"), 'the page says "application error"'),
        (page(head="<title>502 Bad Gateway</title>"), '"Customer" is not on the page'),
        (page("<p>Welcome to nginx!</p>"), 'the page says "welcome to nginx"'),
    ],
)
def test_what_is_wrong_with_a_page_is_said(made: Exchange, signature: str) -> None:
    """A missing landmark, an error phrase, another content type or status fails."""
    contains = ['<div id="root"', "Customer"]
    if "Bad Gateway" in made.text():
        made = html("<title>502 Bad Gateway</title>")
        signature = 'the page says "bad gateway"'
    judgement = judged(made, contains=contains)
    assert (judgement.outcome, judgement.cause) == (Outcome.FAILED, Cause.RELEASE)
    assert judgement.facts["signature"] == signature


@pytest.mark.parametrize(
    "unseen",
    [
        "<script>const text = 'Something went wrong'</script>",
        "<noscript>Application error</noscript>",
        "<template>Internal Server Error</template>",
        "<div hidden>Bad Gateway</div>",
        "<!-- Internal Server Error -->",
        "<p title='Application error'>fine</p>",
    ],
)
def test_error_phrases_count_only_where_a_person_sees_them(unseen: str) -> None:
    """Texts that are there for the case of an error do not make one."""
    assert judged(page(unseen)).outcome is Outcome.PASSED


def test_a_notice_on_a_full_page_is_no_error() -> None:
    """A real page may announce a scheduled maintenance."""
    words = "Read all about your subscriptions, invoices and domains in one place. " * 10
    assert judged(page(f"<p>{words} Scheduled maintenance on Sunday.</p>")).outcome is Outcome.PASSED


def test_a_short_page_may_announce_a_maintenance_too() -> None:
    """Where all that the page promises is there it is not closed; a heading that says so, or a missing text, is."""
    notice = "<p>Scheduled maintenance on Sunday from 02:00 to 04:00.</p>"
    assert judged(page(notice)).outcome is Outcome.PASSED
    closed = 'the page says "scheduled maintenance"'
    headed = GOOD.replace("Portal</title>", "Scheduled maintenance</title>")
    assert judged(html(headed)).facts["signature"] == closed
    assert judged(html(f"<title>Shop</title>{notice}")).facts["signature"] == closed


def test_a_phrase_that_belongs_to_the_page_is_no_error() -> None:
    """A help page about errors says which phrase is its own."""
    made = page("<p>What Internal Server Error means</p>")
    assert judged(made, contains=["Internal Server Error"]).outcome is Outcome.PASSED


def test_unwanted_texts_fail() -> None:
    """What must be absent is looked for too."""
    judgement = judged(page("<p>Staging</p>"), absent=["Staging"])
    assert judgement.facts["signature"] == '"Staging" is on the page'


def test_a_truncated_page_fails() -> None:
    """A page beyond the size limit was not seen whole."""
    made = answer(GOOD, content_type="text/html", truncated=True)
    assert judged(made).facts["signature"] == "the page exceeds the size limit"


@pytest.mark.parametrize(
    ("final", "signature"),
    [
        ("https://sso.example/authorize", "redirected to sso.example"),
        ("https://web.test/login?next=%2F", "redirected to /login"),
    ],
)
def test_a_redirect_to_a_login_fails(final: str, signature: str) -> None:
    """A public page must not end at a login or on another host, whatever is shown there."""
    judgement = judged(answer(GOOD, content_type="text/html", final_url=final))
    assert judgement.facts["signature"] == signature


@pytest.mark.parametrize(("path", "final"), [("/", "https://web.test/en/"), ("/login", "https://web.test/login/")])
def test_other_redirects_are_followed(path: str, final: str) -> None:
    """A language prefix is fine, and a login page may be a login page."""
    assert judged(answer(GOOD, content_type="text/html", final_url=final), path).outcome is Outcome.PASSED


def test_a_replica_with_a_broken_page_is_named() -> None:
    """A third of the visitors get the error."""
    good, bad = html(GOOD, headers={"x-replica": "a"}), html("<p>oops", headers={"x-replica": "b"})
    assert "from replica b (8 of 8)" in judged(in_turn(good, bad, good)).message


def test_a_rare_error_is_undecided() -> None:
    """Between noise and fault nothing is decided."""
    assert judged(in_turn(answer("", 502), *[html(GOOD)] * 7)).outcome is Outcome.UNDECIDED


@pytest.mark.parametrize("body", [b"\x00" * 1000, b"\xff\xfe<", b"<div>" * 200_000, b"<" * 100_000])
def test_hostile_bodies_are_a_finding(body: bytes) -> None:
    """Rubbish is judged like any other page without its landmark."""
    assert judged(answer(body, content_type="text/html")).outcome is Outcome.FAILED


SCRIPT = '<script type="module" src="/main.js"></script><link rel="stylesheet" href="/main.css">'


def by_replica(policies: dict[str, str]) -> Answer:
    """Answer with a page of scripts, in turn from replicas that each send a policy of their own."""
    shown = page(head=SCRIPT)
    made = [
        replace(shown, header_list=(*shown.header_list, ("content-security-policy", policy), ("x-replica", replica)))
        for replica, policy in policies.items()
    ]
    turns = cycle(made)
    return lambda _request: next(turns)


@pytest.mark.parametrize(
    ("policy", "kind"),
    [
        ("default-src 'none'; style-src 'self'", "script /main.js"),
        ("script-src https://cdn.test; style-src *", "script /main.js"),
        ("default-src 'self'; script-src-elem", "script /main.js"),
        ("default-src https:, script-src 'none'", "script /main.js"),
        ("script-src 'self'; style-src 'unsafe-inline'", "style sheet /main.css"),
    ],
)
def test_one_replica_forbids_its_own_files(policy: str, kind: str) -> None:
    """A policy that only one replica sends, and with which no browser can run the page, fails."""
    good = "default-src 'self'"
    found = judged(by_replica({"a": good, "b": policy, "c": good}))
    assert (found.outcome, found.cause) == (Outcome.FAILED, Cause.RELEASE)
    assert found.message == (
        f"the content security policy forbids the page's own {kind} on replica b, elsewhere it does not"
    )


@pytest.mark.parametrize(
    "policy",
    [
        *("", "upgrade-insecure-requests", "default-src 'self'", "script-src *; style-src https:"),
        *("script-src 'nonce-abc' 'strict-dynamic'", "script-src 'sha256-abc'", "default-src web.test *.cdn.test"),
        *("default-src https://*.test:443/files/", "img-src 'none'; frame-ancestors 'none'", ";;, ;"),
    ],
)
def test_policies_that_allow(policy: str) -> None:
    """Whatever might allow the page's own files is none of our business."""
    assert judged(by_replica({"a": "default-src 'self'", "b": policy})).outcome is Outcome.PASSED


def test_a_policy_that_every_replica_sends() -> None:
    """A page whose policy forbids scripts everywhere may do without them: that is for a browser to see."""
    assert judged(by_replica({"a": "default-src 'none'", "b": "default-src 'none'"})).outcome is Outcome.PASSED


ACCOUNT = "https://api.test/account"


def seen_by_a_customer(page: Answer, api: LoginApi | None = None) -> Judgement:
    """Conclude the check of a page behind the login."""
    page_of_role = {"name": "account", "service": "bff", "path": "/account", "role": "customer", "contains": ["Hello"]}
    described = portal(pages=[page_of_role])
    (check,) = checks(described, Release())
    assert (check.id, check.stage) == ("page/account", Stage.FUNCTIONAL)
    return concluded(check, logged_in_world({**(api or LoginApi()).routes(), ACCOUNT: page}, described))


def test_a_page_of_a_role() -> None:
    """It is asked for with the session of the role, as a browser would."""
    asked: list[Request] = []

    def greet(request: Request) -> Exchange:
        asked.append(request)
        return html("<h1>Hello</h1>")

    assert seen_by_a_customer(greet).outcome is Outcome.PASSED
    assert {(one.headers["Cookie"], one.headers["accept"][:9]) for one in asked} == {("session=abc123", "text/html")}


def test_a_page_of_a_role_that_one_replica_does_not_show() -> None:
    """The one replica of three is met."""
    greeting, broken = html("<h1>Hello</h1>", headers={"x-replica": "a"}), html("oops", 500, headers={"x-replica": "b"})
    found = seen_by_a_customer(in_turn(greeting, broken, greeting))
    assert (found.outcome, found.cause) == (Outcome.FAILED, Cause.RELEASE)


def test_a_page_behind_a_login_that_is_refused() -> None:
    """Who is not let in has not seen the page: the login is to blame."""
    refusing = LoginApi(login=lambda _request, _number: json_answer({}, 401))
    found = seen_by_a_customer(html("<h1>Hello</h1>"), refusing)
    assert (found.outcome, found.cause) == (Outcome.UNDECIDED, Cause.CREDENTIALS)
    assert "the login of role customer was not accepted" in found.message
