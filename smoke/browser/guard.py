"""
Keep the browser from changing anything that the environment file does not allow.

Playwright's own routing would answer CORS preflights itself and so hide a release that refuses them; it also lets
redirects, popups and workers through. The guard therefore sits in the browser as a whole (DevTools `Fetch` domain):
every request of every context passes it, whoever makes it.
"""

import base64
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from smoke.browser.appraisal import DATA, READS
from smoke.browser.credentials import Credentials
from smoke.browser.events import Event, Kind
from smoke.browser.hosts import Hosts, Party
from smoke.environment.environment import Environment
from smoke.http.exchange import Request
from smoke.http.guard import LOGIN, AllowedWrite, allowed_writes
from smoke.http.origins import origin
from smoke.http.service_headers import Carry, nothing

if TYPE_CHECKING:
    from playwright.sync_api import Browser, CDPSession

_RESOURCES = {"cspviolationreport": "cspreport"}
TELEMETRY = "ping"


@dataclass(frozen=True, slots=True)
class Policy:
    """
    What one visit may send.

    *writes* are the allowed ones, by the name of the check or flow that makes them; *report* gets an event for each
    request that is remarkable. A visit that logs in may also post its *credentials*, to services only: wherever a login
    form sends them is the login, and nobody else is told them. *carry* returns what requests to a URL carry for the
    sake of a gate before their service.
    """

    hosts: Hosts
    writes: tuple[AllowedWrite, ...]
    report: Callable[[Event], None]
    credentials: Credentials | None = None
    carry: Carry = nothing

    def permits(self, method: str, url: str, resource: str, body: str = "") -> bool:
        """Tell whether a request may go out; reports what is remarkable about it."""
        party = self.hosts.party(url)
        reads = method.upper() in READS
        if party in {Party.OWN, Party.ALLOWED}:
            permitted = reads or (party is Party.OWN and self._allows(method, url, body))
            if not permitted:
                self.report(Event(Kind.WRITE, url=url, party=party, method=method, resource=resource))
            return permitted
        permitted = party is Party.UNKNOWN and reads and resource not in DATA
        self.report(Event(Kind.HOST, url=url, party=party, method=method, resource=resource, sent=permitted))
        return permitted

    def _allows(self, method: str, url: str, body: str) -> bool:
        if any(one.covers(Request(method, url, write=one.name)) for one in self.writes):
            return True
        return method.upper() == "POST" and self.credentials is not None and self.credentials.sent_in(body)


class Guard:
    """
    Stands in one browser from its start to its end.

    Without a policy nothing may be written; no visit can forget to set one and be unguarded. *name* is the user agent
    that requests are sent with, for a context that cannot be given one: workers ask on their own.
    """

    def __init__(self, browser: "Browser") -> None:
        self.policy: Policy | None = None
        self.name: str | None = None
        self._documents: dict[str, tuple[str, str, int | None] | None] = {}
        self._session: CDPSession = browser.new_browser_cdp_session()
        self.user_agent: str = self._session.send("Browser.getVersion")["userAgent"]
        self._session.on("Fetch.requestPaused", self._paused)
        self._session.send("Fetch.enable", {"patterns": [{"urlPattern": "*"}]})

    def _paused(self, paused: dict[str, Any]) -> None:
        from playwright.sync_api import Error  # imported by the time there is a browser

        request = paused["request"]
        try:
            if self._permits(request["method"], request["url"], _resource(paused), _body(request)):
                self._session.send("Fetch.continueRequest", {"requestId": paused["requestId"], **self._marked(paused)})
            else:
                reason = {"requestId": paused["requestId"], "errorReason": "BlockedByClient"}
                self._session.send("Fetch.failRequest", reason)
        except Error:
            # The page, or the whole browser, went away with its request: there is nothing left to decide.
            return

    def _marked(self, paused: dict[str, Any]) -> dict[str, Any]:
        """Return what is to be changed about a request: its user agent, and what it carries past a gate."""
        sent = paused["request"].get("headers", {})
        added = {"User-Agent": self.name} if self.name is not None else {}
        if self.policy is not None and self._at_home(paused):
            added |= self.policy.carry(paused["request"]["url"], frozenset(name.lower() for name in sent))
        if not added:
            return {}
        return {"headers": [{"name": name, "value": str(value)} for name, value in {**sent, **added}.items()]}

    def _at_home(self, paused: dict[str, Any]) -> bool:
        """
        Tell whether a page asks its own origin, or is itself asked for.

        What it calls elsewhere would need a preflight for a header of ours, which users' calls do not need. The news of
        each step of a redirect comes anew, so that a header goes no further than its own origin.
        """
        frame, asked = str(paused.get("frameId", "")), origin(paused["request"]["url"])
        if str(paused.get("resourceType", "")).lower() == "document":
            self._documents[frame] = asked
        return asked is not None and self._documents.get(frame) == asked

    def _permits(self, method: str, url: str, resource: str, body: str) -> bool:
        if self.policy is None:
            return method.upper() in READS
        return self.policy.permits(method, url, resource, body)


def _resource(paused: dict[str, Any]) -> str:
    """
    Return the resource type in Playwright's words.

    A POST of bare text is telemetry (error reports, page views), which no page waits for; a server action looks alike
    but says so in a header (Next.js).
    """
    request, resource = paused["request"], str(paused.get("resourceType", "other")).lower()
    headers = {name.lower(): str(value).lower() for name, value in request.get("headers", {}).items()}
    bare = headers.get("content-type", "text/plain").startswith("text/plain") and "next-action" not in headers
    if request["method"] == "POST" and resource in DATA and bare:
        return TELEMETRY
    return _RESOURCES.get(resource, resource)


def _body(request: dict[str, Any]) -> str:
    """Return the body of a request; a long one comes in pieces only (DevTools `Network.Request.postDataEntries`)."""
    if "postData" in request:
        return str(request["postData"])
    pieces = [base64.b64decode(one.get("bytes", "")) for one in request.get("postDataEntries", ())]
    return b"".join(pieces).decode(errors="replace")


def login_writes(environment: Environment, service_url: str) -> tuple[AllowedWrite, ...]:
    """Return what signing in may send: to the login API, to the login page itself, and what the file lists."""
    form = AllowedWrite(LOGIN, frozenset({"POST"}), service_url + environment.browser.login.path)
    own = [one for one in allowed_writes(environment) if one.name == LOGIN]
    return (*own, form, *(one for one in named_writes(environment) if one not in own))


def named_writes(environment: Environment) -> tuple[AllowedWrite, ...]:
    """Return the writes that the environment file lists."""
    listed = {one.name for one in environment.writes}
    return tuple(one for one in allowed_writes(environment) if one.name in listed)
