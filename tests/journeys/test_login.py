"""The login: typed once per role and run, green, red and undecided."""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from smoke.browser.live import LiveBrowser
from smoke.environment.journeys import Journey, Landmark
from smoke.errors import SecretMissing
from smoke.journeys import JourneyWorld, Result, run_journey
from smoke.verdict.words import Cause, Outcome
from tests.browser.chromium import world
from tests.browser.site import Answer, Asked, Site, running
from tests.journeys.portal import PASSWORD, SESSION, USER, Portal

LOGIN = Journey(name="login", flow="login", role="customer")
DASHBOARD = Journey(
    name="dashboard", path="/dashboard", role="customer", landmark=Landmark(role="heading", name="Dashboard")
)
SECRETS = {"USER": USER, "PASSWORD": PASSWORD}
OWN_LOGIN = {"name": "login", "flow": "login", "role": "customer"}
ACCOUNT = {"user": {"env": "USER"}, "password": {"env": "PASSWORD"}}
ROLES = {"customer": ACCOUNT, "other": ACCOUNT}
FIELDS = "<label>Email <input name=email></label><label>Password <input name=password type=password></label>"
SCRIPTS = {
    "nextauth": """document.forms[0].onsubmit = async event => {
        event.preventDefault();
        const body = new URLSearchParams(new FormData(event.target));
        body.set('csrfToken', 'c5rf'); body.set('json', 'true');
        await fetch('/session', {method: 'POST', body}); location = '/dashboard';
    }""",
    "csrf": """document.forms[0].onsubmit = async event => {
        event.preventDefault();
        await fetch('/csrf', {method: 'POST', body: '{}', headers: {'content-type': 'application/json'}});
        event.target.submit();
    }""",
}


@pytest.fixture
def at(live: LiveBrowser, tmp_path: Path) -> Callable[[Portal], JourneyWorld]:
    """Return a function that sets the world at a portal."""

    def at(portal: Portal, secrets: Any = SECRETS, chosen: Any = None, **changes: Any) -> JourneyWorld:
        listed = portal.environment(**changes)
        place = world(live, listed, tmp_path, secret=lambda reference: _secret(secrets, reference.env))
        return replace(place, chosen=chosen)

    return at


def _secret(secrets: dict[str, str], name: str) -> str:
    if name not in secrets:
        raise SecretMissing(f"the variable {name} is not set")
    return secrets[name]


def _classic(site: Site, kind: str, *, action: str = "/session", status: int = 303) -> list[str]:
    """Serve a login form that posts to a path of its own; return the list of what is posted."""
    posted: list[str] = []
    encoding = "enctype=multipart/form-data" if kind == "multipart" else ""
    form = f"<form method=post action={action} {encoding}>{FIELDS}<button>Sign in</button></form>"
    site.serve("/login", f"<!doctype html><h1>Sign in</h1>{form}<script>{SCRIPTS.get(kind, '')}</script>")

    def answer(asked: Asked) -> Answer:
        posted.append(asked.body)
        cookie = ("set-cookie", f"session={SESSION}; Path=/; HttpOnly; SameSite=Lax")
        return Answer("<h1>Wrong</h1>", status, headers=(("location", "/dashboard"), cookie) if status == 303 else ())

    site.reply("/session", answer, method="POST")
    return posted


def test_logs_in_once_for_all_journeys(at: Any, site: Site) -> None:
    """The first journey that needs a role logs it in; the login journey and the others use the same session."""
    portal = Portal(site)
    place = at(portal)

    results = [run_journey(one, place) for one in (DASHBOARD, LOGIN, DASHBOARD)]

    assert [one.judgement.outcome for one in results] == [Outcome.PASSED] * 3
    assert portal.logins == 1
    facts = {name: value for name, value in results[1].judgement.facts.items() if name != "measured"}
    assert facts == {"role": "customer", "logged_in": True, "answered": True}


def test_another_process_uses_the_same_login(at: Any, site: Site) -> None:
    """A second world over the same private directory, as an xdist worker has it, does not log in again."""
    portal = Portal(site)

    assert run_journey(DASHBOARD, at(portal)).judgement.outcome is Outcome.PASSED
    assert run_journey(DASHBOARD, at(portal)).judgement.outcome is Outcome.PASSED
    assert portal.logins == 1


def test_session_in_session_storage_is_handed_on(at: Any, site: Site) -> None:
    """A token that a page keeps in its session storage logs the next context in too."""
    portal = Portal(site, keep="sessionStorage.token = 'a-token-of-some-length'")
    check = (
        "<!doctype html><script>document.write(sessionStorage.token ? '<h1>Dashboard</h1>' : '<h1>Out</h1>')</script>"
    )
    site.serve("/dashboard", check)

    assert run_journey(DASHBOARD, at(portal)).judgement.outcome is Outcome.PASSED


def test_wrong_credentials_fail_as_refused(at: Any, site: Site) -> None:
    """A login that is refused twice fails with the facts by which the account can be told from the release."""
    portal = Portal(site)
    place = at(portal, {"USER": USER, "PASSWORD": "wrong"})

    result = run_journey(LOGIN, place)

    assert result.judgement.outcome is Outcome.FAILED
    assert result.judgement.facts["refused"] is True
    assert (result.judgement.facts["role"], result.judgement.facts["status"]) == ("customer", 401)
    assert "a refusal: POST" in result.judgement.message
    assert portal.logins == 2, "tried again once, and not until the account is locked"


def test_refusal_by_one_replica_does_not_condemn(at: Any, site: Site) -> None:
    """A login that is refused once and then taken passes, and says so."""
    result = run_journey(LOGIN, at(Portal(site, refusals=1)))

    assert result.judgement.outcome is Outcome.PASSED
    assert result.judgement.facts["noted"].startswith("failed at first")


@pytest.mark.parametrize("status", [403, 500])
def test_one_of_two_replicas_lets_nobody_in(at: Any, site: Site, status: int) -> None:
    """After a login that was turned away and one that was not more are made: a second one turned away condemns."""
    portal = Portal(site, turned_away=(0, 3), refused_with=status)
    place = at(portal, services={"web": {"url": site.url, "replicas": 2}})
    result = run_journey(LOGIN, place)

    assert result.judgement.outcome is Outcome.FAILED
    assert portal.logins == 4
    assert run_journey(DASHBOARD, place).judgement.outcome is Outcome.PASSED, "a session was had all the same"


@pytest.mark.parametrize(("replicas", "logins"), [(2, 8), (1, 2)])
def test_one_login_that_was_turned_away_is_cleared(at: Any, site: Site, replicas: int, logins: int) -> None:
    """Where all further ones are taken it was noise; where there is one replica only none are made."""
    portal = Portal(site, turned_away=(0,))
    result = run_journey(LOGIN, at(portal, services={"web": {"url": site.url, "replicas": replicas}}))

    assert result.judgement.outcome is Outcome.PASSED
    assert "failed at first" in result.judgement.facts["noted"]
    assert portal.logins == logins


def test_journeys_behind_a_failed_login_are_not_looked_at(at: Any, site: Site) -> None:
    """What needs the role is undecided, says which check blocks it, and does not log in again."""
    portal = Portal(site, refusals=99)
    place = at(portal)
    run_journey(LOGIN, place)

    judgement = run_journey(DASHBOARD, place).judgement

    assert judgement.outcome is Outcome.UNDECIDED
    assert judgement.facts == {"blocked_by": "journey/login"}
    assert portal.logins == 2


@pytest.mark.parametrize(
    "changes",
    [
        {"journeys": []},
        {"journeys": [{**OWN_LOGIN, "role": "other"}], "roles": ROLES},
        {"journeys": [{**OWN_LOGIN, "gating": False}]},
        {"chosen": frozenset({"journey/dashboard"})},
    ],
    ids=["none", "other-role", "advisory", "deselected"],
)
def test_journey_carries_a_failed_login_that_nothing_else_answers_for(
    at: Any, site: Site, changes: dict[str, Any]
) -> None:
    """Without a gating login journey for the role in this run, what needs the role fails itself, with all evidence."""
    result = run_journey(DASHBOARD, at(Portal(site, refusals=99), **changes))

    judgement = result.judgement
    assert judgement.outcome is Outcome.FAILED
    assert judgement.message.startswith("cannot be made: the login of role 'customer' failed: expected the heading")
    assert (judgement.expected, judgement.facts["refused"]) == ("the heading 'Dashboard'", True)
    assert judgement.found.startswith("a refusal: POST")
    assert "blocked_by" not in judgement.facts
    assert judgement.facts["signature"]
    assert (result.rounds, result.samples > 0) == (2, True)


def test_login_page_that_is_not_reached_on_this_machine_says_so(at: Any, site: Site) -> None:
    """A refused connection on loopback is no network's fault, in the facts of the journey that carries it."""
    portal = Portal(site)
    with running() as gone:
        pass

    judgement = run_journey(DASHBOARD, at(portal, journeys=[], services={"web": {"url": gone.url}})).judgement

    assert judgement.outcome is Outcome.FAILED
    assert judgement.facts["local"] is True


@pytest.mark.parametrize("kind", ["urlencoded", "multipart", "nextauth"])
def test_form_may_post_anywhere_to_our_own_services(at: Any, site: Site, kind: str) -> None:
    """A login that posts its credentials to a path which the environment file does not know works all the same."""
    portal = Portal(site)
    posted = _classic(site, kind)

    result = run_journey(LOGIN, at(portal, login=None))

    assert result.judgement.outcome is Outcome.PASSED, result.judgement.message
    assert len(posted) == 1


def test_form_that_is_refused_elsewhere_is_a_refusal(at: Any, site: Site) -> None:
    """The answer to a form that posts to a path of its own tells a wrong password from a broken login."""
    portal = Portal(site)
    _classic(site, "urlencoded", status=401)

    judgement = run_journey(LOGIN, at(portal, login=None)).judgement

    assert judgement.outcome is Outcome.FAILED
    assert (judgement.facts["refused"], judgement.facts["status"]) == (True, 401)


def test_credentials_are_never_posted_to_strangers(at: Any, site: Site) -> None:
    """A login page that sends the credentials to a host which is no service fails to log in, and nothing is sent."""
    portal = Portal(site)
    with running() as stranger:
        address = stranger.url.replace("127.0.0.1", "localhost")
        _classic(site, "urlencoded", action=f"{address}/session")

        judgement = run_journey(LOGIN, at(portal, login=None)).judgement

        assert judgement.outcome is Outcome.FAILED
        assert stranger.asked == []


def test_writes_that_the_file_names_may_be_made_while_logging_in(at: Any, site: Site) -> None:
    """What a login page posts before the credentials is held back, and the remedy that is told helps."""
    portal = Portal(site)
    _classic(site, "csrf")
    site.serve("/csrf", "{}", method="POST", status=429)

    held = run_journey(LOGIN, at(portal, login=None)).judgement
    assert (held.outcome, held.cause) == (Outcome.UNDECIDED, Cause.SUITE)
    assert f"POST {site.url}/csrf was held back" in held.message
    assert "allow it with [[writes]]" in held.message

    for stored in (at(portal).directory.parent / "private").glob("*"):
        stored.unlink()
    writes = [{"name": "csrf", "service": "web", "methods": ["POST"], "path": "/csrf"}]
    passed = run_journey(LOGIN, at(portal, login=None, writes=writes)).judgement
    assert passed.outcome is Outcome.PASSED, "an answer to another request is no refusal of the login"


def test_session_that_is_not_stored_is_a_fault(at: Any, site: Site) -> None:
    """A login that answers 200 and shows the dashboard, but whose cookie the browser does not keep, fails."""
    judgement = run_journey(
        LOGIN, at(Portal(site, cookie=f"session={SESSION}; Path=/; Secure; Domain=other.test"))
    ).judgement

    assert judgement.outcome is Outcome.FAILED
    assert judgement.message.startswith("expected to stay logged in when the page is loaded anew, found the login page")


def test_missing_secret_is_undecided(at: Any, site: Site) -> None:
    """Without its secret the login is undecided, cause credentials, and so is what needs it."""
    portal = Portal(site)
    place = at(portal, {"USER": USER})

    for journey in (LOGIN, DASHBOARD):
        judgement = run_journey(journey, place).judgement
        assert (judgement.outcome, judgement.cause) == (Outcome.UNDECIDED, Cause.CREDENTIALS)
        assert "the variable PASSWORD is not set" in judgement.message
    assert portal.logins == 0


def test_no_evidence_holds_the_credentials(at: Any, site: Site, tmp_path: Path) -> None:
    """No screenshot is taken of the form that holds the password, and no trace of a login."""
    place = at(Portal(site, refusals=99))

    result: Result = run_journey(LOGIN, place)

    assert result.evidence == ()
    assert not list((tmp_path / "browser").glob("*"))
    assert place.evidence.dropped


def test_stored_session_is_private(at: Any, site: Site, tmp_path: Path) -> None:
    """The session lies in a file that only its owner may read, and its values are masked from then on."""
    place = at(Portal(site))
    run_journey(LOGIN, place)

    (stored,) = (tmp_path / "private").glob("*.json")

    assert stored.stat().st_mode & 0o777 == 0o600
    assert SESSION in stored.read_text()
    assert SESSION not in place.redactor.redact(stored.read_text())
