"""The login: typed once per role and run, green, red and undecided."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from smoke.browser.live import LiveBrowser
from smoke.environment.journeys import Journey, Landmark
from smoke.errors import SecretMissing
from smoke.journeys import Result, Scene, run_journey
from smoke.verdict.words import Cause, Outcome
from tests.browser.chromium import scene
from tests.browser.site import Site
from tests.journeys.portal import PASSWORD, SESSION, USER, Portal

LOGIN = Journey(name="login", flow="login", role="customer")
DASHBOARD = Journey(
    name="dashboard", path="/dashboard", role="customer", landmark=Landmark(role="heading", name="Dashboard")
)
SECRETS = {"USER": USER, "PASSWORD": PASSWORD}


@pytest.fixture
def at(live: LiveBrowser, tmp_path: Path) -> Callable[[Portal], Scene]:
    """Return a function that sets the scene at a portal."""

    def at(portal: Portal, secrets: Any = SECRETS) -> Scene:
        return scene(live, portal.environment(), tmp_path, secret=lambda reference: _secret(secrets, reference.env))

    return at


def _secret(secrets: dict[str, str], name: str) -> str:
    if name not in secrets:
        raise SecretMissing(f"the variable {name} is not set")
    return secrets[name]


def test_logs_in_once_for_all_journeys(at: Any, site: Site) -> None:
    """The first journey that needs a role logs it in; the login journey and the others use the same session."""
    portal = Portal(site)
    place = at(portal)

    results = [run_journey(one, place) for one in (DASHBOARD, LOGIN, DASHBOARD)]

    assert [one.judgement.outcome for one in results] == [Outcome.PASSED] * 3
    assert portal.logins == 1
    assert results[1].judgement.facts == {"role": "customer", "logged_in": True, "answered": True}


def test_another_process_uses_the_same_login(at: Any, site: Site) -> None:
    """A second scene over the same private directory, as an xdist worker has it, does not log in again."""
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


def test_journeys_behind_a_failed_login_are_not_looked_at(at: Any, site: Site) -> None:
    """What needs the role is undecided, says which check blocks it, and does not log in again."""
    portal = Portal(site, refusals=99)
    place = at(portal)
    run_journey(LOGIN, place)

    judgement = run_journey(DASHBOARD, place).judgement

    assert judgement.outcome is Outcome.UNDECIDED
    assert judgement.facts == {"blocked_by": "journey/login"}
    assert portal.logins == 2


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
