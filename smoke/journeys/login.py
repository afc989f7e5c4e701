"""Log in as a person does, and stay logged in."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from smoke.browser.credentials import Credentials
from smoke.browser.guard import login_writes
from smoke.browser.hosts import Party
from smoke.browser.login_page import LoginPage
from smoke.browser.visit import Unmet, Visit
from smoke.browser.wording import shown
from smoke.environment.environment import Environment
from smoke.http.exchange import Request
from smoke.http.guard import LOGIN

if TYPE_CHECKING:
    from playwright.sync_api import Request as Asked
    from playwright.sync_api import Response

REFUSALS = frozenset({400, 401, 403, 422, 423, 429})
"""What a login API answers to credentials that it does not take."""

_STORED = "() => Object.entries(sessionStorage)"


def sign_in(visit: Visit, form: LoginPage, service: str, credentials: Credentials) -> None:
    """
    Type the credentials into the open *form*, arrive, and arrive again after the page was loaded anew; raises Unmet.

    The second arrival proves that the browser has stored the session, not merely that the answer was right.
    """
    with _refusals(visit, service, credentials) as refusals:
        form.submit(credentials.user, credentials.password)
        try:
            form.arrived(unless=lambda: bool(refusals))
        except Unmet as unmet:
            raise _explained(unmet, refusals) from None
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


def _explained(unmet: Unmet, refusals: Sequence["Response"]) -> Unmet:
    if not refusals:
        return unmet
    refusal = refusals[0]
    found = f"a refusal: {refusal.request.method} {shown(refusal.url)} answered HTTP {refusal.status}"
    return Unmet(unmet.expected, found, {**unmet.facts, "refused": True, "status": refusal.status})


@contextmanager
def _refusals(visit: Visit, service: str, credentials: Credentials) -> Iterator["list[Response]"]:
    """Collect the refusals of the login, and of nothing else that the page may send meanwhile."""
    url = visit.environment.services[service].url
    own = [one for one in login_writes(visit.environment, url) if one.name == LOGIN]
    refusals: list[Response] = []

    def heard(answer: "Response") -> None:
        asked = answer.request
        if asked.method != "POST" or answer.status not in REFUSALS or visit.hosts.party(answer.url) is not Party.OWN:
            return
        named = any(one.covers(Request(asked.method, asked.url, write=LOGIN)) for one in own)
        if named or credentials.sent_in(_body(asked)):
            refusals.append(answer)

    visit.page.on("response", heard)
    try:
        yield refusals
    finally:
        visit.page.remove_listener("response", heard)


def _body(asked: "Asked") -> str:
    return (asked.post_data_buffer or b"").decode(errors="replace")
