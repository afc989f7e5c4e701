"""
What the events of a visit mean: faults of the product, or notes about its surroundings.

Pure. Third parties are noted and never judged, unless the page asks a host that the environment does not allow for
what is ours to give: then the release calls the wrong address. One request of ours that got no answer is ambient
noise as long as the page came up without it (law 8). What is new since the deploy goes before what was there already.
"""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from urllib.parse import urlsplit

from smoke.browser.events import Event, Kind
from smoke.browser.familiar import UNKNOWN, Known, goes_astray, line_of
from smoke.browser.hosts import Party
from smoke.browser.wording import shown, stable

DATA = frozenset({"xhr", "fetch", "eventsource"})
"""Resource types that carry a page's data."""

CODE = frozenset({"script", "stylesheet"})
"""Resource types that a page is built from."""

READS = frozenset({"GET", "HEAD", "OPTIONS"})

TRANSIENT = re.compile(
    r"ERR_(CONNECTION_(RESET|CLOSED|ABORTED|TIMED_OUT)|EMPTY_RESPONSE|TIMED_OUT|NETWORK_CHANGED"
    r"|HTTP2_\w+|SOCKET_\w+|INCOMPLETE_CHUNKED\w*|CONTENT_LENGTH_MISMATCH|SSL_PROTOCOL_ERROR)"
)
"""Errors of one connection, which may hit any request (Chromium's `net_error_list.h`)."""

OURS = re.compile(r"ERR_(ABORTED|BLOCKED_BY_CLIENT)")
"""A request that was given up, by navigating on or by the guard, which speaks for itself."""

HARMLESS = re.compile(r"(?i)ResizeObserver loop|^Script error\.?$|AbortError|signal is aborted|user aborted a request")
"""Uncaught errors that tell nothing about the page."""

FETCH_FAILED = re.compile(r"(?i)Failed to fetch(?! dynamic)|Network ?(request failed|error)|Load failed|Failed to load")
"""What a page says when a request got no answer; behind the guard it may be the guard's doing."""

ECHO = re.compile(r"Failed to load resource|net::ERR_|blocked by CORS|Content Security Policy|ERR_BLOCKED_BY_CLIENT")
"""What the console repeats of events that are seen by themselves."""

COSMETIC_POLICIES = ("style", "img", "font", "media", "manifest", "report", "prefetch")
_FIRST_SERVER_ERROR = 500
_FIRST_ERROR = 400


@dataclass(frozen=True, slots=True)
class Fault:
    """
    What is wrong, for a person, and the stable text by which it is recognised in another release.

    *doubtful* faults came after a request that our own guard had held back, which may have caused them.
    """

    text: str
    signature: str
    doubtful: bool = False


@dataclass(frozen=True, slots=True)
class Appraisal:
    """All faults of a visit, the first first, and the notes."""

    faults: tuple[Fault, ...] = ()
    notes: tuple[str, ...] = ()


def appraise(events: Sequence[Event], *, survived: bool, known: Known = UNKNOWN) -> Appraisal:
    """
    Return what *events* mean; *survived* tells that the page showed all it should.

    *known* is what the journey saw before the deploy.
    """
    faults: list[Fault] = []
    notes: list[str] = []
    for index, event in enumerate(events):
        text = _RULES[event.kind](event, events[:index])
        if event.kind is Kind.HOST and event.party is Party.UNKNOWN and event.resource in DATA:
            text = _elsewhere(event, events, known)
        if text is None or (event.kind is Kind.CONSOLE and line_of(event) in known.console):
            continue
        if _is_noise(event, events, survived=survived):
            notes.append(f"{text}; the page came up without it")
        elif text.startswith(_NOTE):
            notes.append(text.removeprefix(_NOTE))
        else:
            doubtful = event.kind is Kind.ERROR and any(_held_back(one) for one in events[:index])
            faults.append(Fault(text, f"{event.kind.value} {_signature(event)}", doubtful))
    told = sorted(dict.fromkeys(faults), key=lambda one: one.signature in known.faults)
    return Appraisal(tuple(told), tuple(dict.fromkeys(notes)))


def broken_routes(events: Sequence[Event]) -> tuple[str, ...] | None:
    """Return the data routes that answered with server errors if they are all that is wrong, else None."""
    routes = [shown(one.url) for one in events if one.kind is Kind.STATUS and one.resource in DATA]
    faults = appraise(events, survived=True).faults
    told = [one for one in faults if any(f" {route} answered HTTP 5" in one.text for route in routes)]
    return tuple(dict.fromkeys(routes)) if faults and len(told) == len(faults) else None


def held_back(events: Sequence[Event]) -> str | None:
    """Return the first request to a service that our guard held back and the page may have needed."""
    return next((f"{one.method} {shown(one.url)}" for one in events if _held_back(one)), None)


_NOTE = "note: "


def _error(event: Event, earlier: Sequence[Event]) -> str:
    first_line = event.what.strip().split("\n")[0][:300] or "without a message"
    text = f"an uncaught error: {first_line}"
    if HARMLESS.search(event.what):
        return _NOTE + text
    if event.party is not Party.OWN:
        return f"{_NOTE}{text}, in a script of {_host(event)}"
    if FETCH_FAILED.search(event.what) and any(one.kind in {Kind.WRITE, Kind.HOST} and not one.sent for one in earlier):
        return f"{_NOTE}{text}, after a request that was held back"
    return text


def _failure(event: Event, _earlier: Sequence[Event]) -> str | None:
    if OURS.search(event.what):
        return None
    text = f"{event.method} {shown(event.url)} got no answer: {event.what}"
    judged = event.party is Party.OWN and event.resource in {"document", *CODE, *DATA}
    return text if judged else _NOTE + text


def _status(event: Event, _earlier: Sequence[Event]) -> str | None:
    if event.url.endswith("/favicon.ico"):
        return None
    text = f"{event.method} {shown(event.url)} answered HTTP {event.status}"
    status = event.status or 0
    judged = (event.resource in {"document", *CODE} and status >= _FIRST_ERROR) or (
        event.resource in DATA and status >= _FIRST_SERVER_ERROR
    )
    return text if judged and event.party is Party.OWN else _NOTE + text


def _type(event: Event, _earlier: Sequence[Event]) -> str:
    text = f"{shown(event.url)} is served as {event.what}, which is no {event.resource}"
    return text if event.party is Party.OWN else _NOTE + text


def _write(event: Event, _earlier: Sequence[Event]) -> str:
    return f"{_NOTE}{event.method} {shown(event.url)} was held back: the environment file does not allow it"


def _foreign(event: Event, _earlier: Sequence[Event]) -> str:
    text = f"the page asked {_host(event)} ({event.resource}), which is neither a service nor in browser.allowed_hosts"
    if event.party is Party.PRIVATE:
        return f"the page asked {_host(event)} ({event.resource}), an address that only a developer's machine can reach"
    return _NOTE + text


def _elsewhere(event: Event, events: Sequence[Event], known: Known) -> str:
    if goes_astray(event, events, known):
        return f"the page asks {_host(event)} for its data, which is neither a service nor in browser.allowed_hosts"
    return f"{_NOTE}the page asked {_host(event)} ({event.resource}), a third party that was held back"


def _policy(event: Event, _earlier: Sequence[Event]) -> str:
    text = f"the content security policy ({event.what}) blocked {shown(event.url)}"
    judged = event.party is Party.OWN and not event.what.startswith(COSMETIC_POLICIES)
    return text if judged else _NOTE + text


def _socket(event: Event, _earlier: Sequence[Event]) -> str:
    text = f"the WebSocket {shown(event.url)} {event.what}"
    return text if event.party is Party.PRIVATE else _NOTE + text


def _console(event: Event, _earlier: Sequence[Event]) -> str | None:
    line = event.what.strip().split("\n")[0][:200]
    return None if not line or ECHO.search(line) else f"{_NOTE}the console says: {line}"


def _crash(event: Event, _earlier: Sequence[Event]) -> str:
    return f"{_NOTE}the page {shown(event.url)} crashed"


_RULES: dict[Kind, Callable[[Event, Sequence[Event]], str | None]] = {
    Kind.ERROR: _error,
    Kind.FAILURE: _failure,
    Kind.STATUS: _status,
    Kind.TYPE: _type,
    Kind.WRITE: _write,
    Kind.HOST: _foreign,
    Kind.DATA: lambda _event, _earlier: None,
    Kind.CSP: _policy,
    Kind.SOCKET: _socket,
    Kind.CONSOLE: _console,
    Kind.CRASH: _crash,
}


def _is_noise(event: Event, events: Sequence[Event], *, survived: bool) -> bool:
    """One request of ours that got no answer, among all that did."""
    if not survived or not _unanswered(event) or event.resource == "document":
        return False
    return sum(map(_unanswered, events)) == 1


def _unanswered(event: Event) -> bool:
    return event.kind is Kind.FAILURE and event.party is Party.OWN and bool(TRANSIENT.search(event.what))


def _held_back(event: Event) -> bool:
    return event.kind is Kind.WRITE and event.party is Party.OWN and event.resource not in {"ping", "cspreport"}


def _signature(event: Event) -> str:
    where = urlsplit(event.url).path if event.party is Party.OWN else _host(event)
    what = event.what.strip().split("\n")[0][:80] if event.kind is not Kind.STATUS else str(event.status)
    return f"{what if event.kind is Kind.STATUS else stable(what)} {stable(where)}".strip()


def _host(event: Event) -> str:
    return urlsplit(event.url).netloc.rpartition("@")[2] or "nowhere"
