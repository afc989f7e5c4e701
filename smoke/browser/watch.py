"""Watch everything that happens in a browser context, and write it down."""

import re
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from smoke.browser.appraisal import CODE, DATA
from smoke.browser.events import Event, Kind
from smoke.browser.failures import plain
from smoke.browser.hosts import Hosts, Party
from smoke.browser.wording import shown

if TYPE_CHECKING:
    from playwright.sync_api import BrowserContext, Page, Request, Response, WebError, WebSocketRoute

_FIRST_ERROR = 400
_ON_PAGES = frozenset({"document", "script", "stylesheet", "xhr", "fetch"})
_PLACE = re.compile(r"((?:https?|wss?)://[^\s()]+?)(?::\d+){0,2}(?=[\s)]|$)")
_BINDING = "__smokegateViolation"

_LISTEN = f"""
addEventListener("securitypolicyviolation", event => {{
    if (event.disposition === "enforce") globalThis.{_BINDING}?.({{
        directive: event.effectiveDirective, blocked: event.blockedURI, page: event.documentURI,
    }});
}});
"""


class Watch:
    """
    Collects the events of one context, from before its first page.

    *pending* are the requests to services that a page is made of and that have not ended; *unanswered* are those of
    them to which not even the beginning of an answer came. *code* is what came of
    the scripts and style sheets of services. While it is *resting* it writes nothing down.
    """

    def __init__(self, context: "BrowserContext", hosts: Hosts) -> None:
        self.events: list[Event] = []
        self.requests = 0
        self.resting = False
        self.pending: set[Request] = set()
        self.code: dict[str, None] = {}
        self._begun: set[Request] = set()
        self._hosts = hosts
        context.expose_binding(_BINDING, lambda _source, violation: self._violated(violation))
        context.add_init_script(_LISTEN)
        context.route_web_socket("**/*", self._socket)
        context.on("request", self._asked)
        context.on("requestfinished", self._ended)
        context.on("requestfailed", self._failed)
        context.on("response", self._answered)
        context.on("weberror", self._erred)
        context.on("console", self._said)
        context.on("page", self._opened)

    @property
    def unanswered(self) -> "set[Request]":
        """The pending requests that got no answer yet."""
        return self.pending - self._begun

    def add(self, event: Event) -> None:
        """Write down what somebody else saw."""
        if not self.resting:
            self.events.append(event)

    def _opened(self, page: "Page") -> None:
        page.on("crash", lambda crashed: self.add(Event(Kind.CRASH, url=crashed.url)))

    def _asked(self, request: "Request") -> None:
        self.requests += 1
        if request.resource_type in _ON_PAGES and self._hosts.party(request.url) is Party.OWN:
            self.pending.add(request)

    def _ended(self, request: "Request") -> None:
        self.pending.discard(request)

    def _failed(self, request: "Request") -> None:
        self.pending.discard(request)
        self.add(self._event(Kind.FAILURE, request, what=plain(request.failure or "no reason given")))

    def _answered(self, response: "Response") -> None:
        request = response.request
        self._begun.add(request)
        if request.resource_type in DATA and response.status < _FIRST_ERROR:
            event = self._event(Kind.DATA, request)
            self._gave_data(replace(event, url=shown(event.url)))
        if response.status >= _FIRST_ERROR:
            self.add(self._event(Kind.STATUS, request, status=response.status))
        elif request.resource_type in CODE and _is_html(response):
            self.add(self._event(Kind.TYPE, request, what="text/html", status=response.status))
        elif request.resource_type in CODE and self._hosts.party(request.url) is Party.OWN:
            self.code[request.url] = None

    def _gave_data(self, event: Event) -> None:
        if event.party is Party.OWN and event not in self.events:
            self.add(event)

    def _event(self, kind: Kind, request: "Request", what: str = "", status: int | None = None) -> Event:
        resource = request.resource_type
        if resource == "document" and not _is_main(request):
            resource = "subframe"
        party = self._hosts.party(request.url)
        return Event(kind, what, request.url, party, request.method, resource, status)

    def _erred(self, raised: "WebError") -> None:
        error = raised.error
        place = _PLACE.search(error.stack or "")
        url = place[1] if place else ""
        self.add(Event(Kind.ERROR, error.message or str(error), url, self._hosts.party(url)))

    def _said(self, message: Any) -> None:
        if message.type == "error":
            self.add(Event(Kind.CONSOLE, message.text))

    def _violated(self, violation: dict[str, str]) -> None:
        blocked = violation.get("blocked", "")
        self.add(Event(Kind.CSP, violation.get("directive", ""), blocked, self._hosts.party(blocked)))

    def _socket(self, route: "WebSocketRoute") -> None:
        """Let services speak to the page; what the page says stays here, since nobody can tell reads from writes."""
        party = self._hosts.party(route.url)
        if party not in {Party.OWN, Party.ALLOWED}:
            self.add(Event(Kind.SOCKET, "was refused: its host is not allowed", route.url, party))
            route.close(code=1008, reason="not allowed")
            return
        route.connect_to_server()
        route.on_message(lambda _message: self._held(route.url, party))

    def _held(self, url: str, party: Party) -> None:
        event = Event(Kind.SOCKET, "wanted to send, which was held back", url, party)
        if event not in self.events:
            self.add(event)


def _is_main(request: "Request") -> bool:
    from playwright.sync_api import Error  # imported by the time there is a request

    try:
        return request.frame.parent_frame is None
    except Error:
        # A worker's request has no frame, and a navigation has none before it is committed.
        return request.is_navigation_request()


def _is_html(response: "Response") -> bool:
    return response.headers.get("content-type", "").partition(";")[0].strip().lower() == "text/html"
