"""Log in as a person does, and stay logged in."""

from typing import Any

from smoke.browser.appraisal import shown
from smoke.browser.events import Event, Kind
from smoke.browser.login_page import LoginPage
from smoke.browser.visit import Unmet, Visit
from smoke.environment.environment import Environment
from smoke.environment.journeys import Journey

REFUSALS = frozenset({400, 401, 403, 422, 423, 429})
"""What a login API answers to credentials that it does not take."""

_STORED = "() => Object.entries(sessionStorage)"


def sign_in(visit: Visit, service: str, user: str, password: str) -> None:
    """
    Type the credentials, arrive, and arrive again after the page was loaded anew; raises Unmet.

    The second arrival proves that the browser has stored the session, not merely that the answer was right.
    """
    form = LoginPage(visit, service)
    form.open()
    form.submit(user, password)
    try:
        form.arrived(unless=lambda: _refusal(visit) is not None)
    except Unmet as unmet:
        raise _explained(visit, unmet) from None
    visit.settle()
    try:
        visit.open(visit.page.url)
        form.arrived()
    except Unmet as unmet:
        raise Unmet(
            "to stay logged in when the page is loaded anew", unmet.found, {**unmet.facts, "logged_in": False}
        ) from None
    visit.settle()


def session_of(visit: Visit) -> dict[str, Any]:
    """Return what makes a fresh context logged in: Playwright's storage state, and what it leaves out."""
    state: dict[str, Any] = dict(visit.context.storage_state(indexed_db=True))
    return {"state": state, "session_storage": {visit.page.evaluate("origin"): visit.page.evaluate(_STORED)}}


def service_of_login(environment: Environment, role: str) -> str:
    """Return the service that serves the login page: that of the role's login journey, else `web`, else the first."""
    own = [one.service for one in environment.journeys if one.flow == "login" and one.role == role]
    other = "web" if "web" in environment.services else next(iter(environment.services))
    return own[0] if own else other


def login_journey(environment: Environment, role: str) -> Journey:
    """Return the role's login journey, or one that says the same where the file has none."""
    for one in environment.journeys:
        if one.flow == "login" and one.role == role:
            return one
    return Journey(name="login", flow="login", role=role, service=service_of_login(environment, role))


def _explained(visit: Visit, unmet: Unmet) -> Unmet:
    refusal = _refusal(visit)
    if refusal is None:
        return unmet
    found = f"a refusal: {refusal.method} {shown(refusal.url)} answered HTTP {refusal.status}"
    return Unmet(unmet.expected, found, {**unmet.facts, "refused": True, "status": refusal.status})


def _refusal(visit: Visit) -> Event | None:
    return next((one for one in visit.watch.events if _is_refusal(one)), None)


def _is_refusal(event: Event) -> bool:
    return event.kind is Kind.STATUS and event.method == "POST" and event.status in REFUSALS
