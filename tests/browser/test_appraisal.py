"""Appraising events: pure, so every rule is a table row."""

import pytest

from smoke.browser.appraisal import appraise, held_back
from smoke.browser.events import Event, Kind
from smoke.browser.hosts import Party
from smoke.browser.wording import lateness, shown, stable

OWN, OTHER, ALLOWED, PRIVATE = Party.OWN, Party.UNKNOWN, Party.ALLOWED, Party.PRIVATE
URL = "https://portal.test/main.js"


def event(kind: Kind, **fields: object) -> Event:
    """Return an event of ours."""
    return Event(kind, **{"url": URL, **fields})  # type: ignore[arg-type]


FAULTS = [
    event(Kind.ERROR, what="features is undefined"),
    event(Kind.ERROR, what="Failed to fetch dynamically imported module: /a.js"),
    event(Kind.STATUS, resource="document", status=404),
    event(Kind.STATUS, resource="document", status=401),
    event(Kind.STATUS, resource="script", status=404),
    event(Kind.STATUS, resource="stylesheet", status=503),
    event(Kind.STATUS, resource="xhr", status=500),
    event(Kind.STATUS, resource="fetch", status=502, method="POST"),
    event(Kind.FAILURE, resource="xhr", what="net::ERR_FAILED"),
    event(Kind.FAILURE, resource="document", what="net::ERR_CONNECTION_RESET"),
    event(Kind.TYPE, resource="script", what="text/html"),
    event(Kind.CSP, what="script-src-elem"),
    event(Kind.CSP, what="connect-src", url="inline"),
    event(Kind.HOST, party=OTHER, resource="xhr", url="https://staging.test/api"),
    event(Kind.HOST, party=PRIVATE, resource="script", url="http://localhost:3001/x.js"),
    event(Kind.SOCKET, party=PRIVATE, what="was refused", url="ws://localhost:1"),
]
NOTES = [
    event(Kind.ERROR, what="boom", party=ALLOWED, url="https://ads.test/x.js"),
    event(Kind.ERROR, what="ResizeObserver loop completed with undelivered notifications."),
    event(Kind.ERROR, what="Script error."),
    event(Kind.STATUS, resource="xhr", status=404),
    event(Kind.STATUS, resource="image", status=404),
    event(Kind.STATUS, resource="subframe", status=500),
    event(Kind.STATUS, resource="script", status=500, party=ALLOWED),
    event(Kind.FAILURE, resource="script", what="net::ERR_TIMED_OUT", party=OTHER),
    event(Kind.FAILURE, resource="image", what="net::ERR_CONNECTION_RESET"),
    event(Kind.WRITE, method="POST", resource="xhr"),
    event(Kind.CSP, what="style-src-attr", url="inline"),
    event(Kind.CSP, what="script-src-elem", party=OTHER, url="https://ads.test/x.js"),
    event(Kind.HOST, party=OTHER, resource="script", url="https://widget.test/x.js", sent=True),
    event(Kind.HOST, party=OTHER, resource="ping", method="POST", url="https://metrics.test/x"),
    event(Kind.SOCKET, party=OTHER, what="was refused", url="wss://chat.test"),
    event(Kind.CONSOLE, what="Warning: each child should have a key"),
    event(Kind.CRASH),
]
SILENT = [
    event(Kind.FAILURE, resource="xhr", what="net::ERR_ABORTED"),
    event(Kind.FAILURE, resource="xhr", what="net::ERR_BLOCKED_BY_CLIENT.Inspector"),
    event(Kind.STATUS, resource="other", status=404, url="https://portal.test/favicon.ico"),
    event(Kind.CONSOLE, what="Failed to load resource: net::ERR_FAILED"),
    event(Kind.CONSOLE, what=""),
]


@pytest.mark.parametrize("one", FAULTS, ids=lambda one: f"{one.kind}-{one.resource}{one.status or one.what[:20]}")
def test_faults_of_the_product(one: Event) -> None:
    """What breaks the product for its users is a fault, with a signature."""
    appraisal = appraise([one], survived=True)

    assert len(appraisal.faults) == 1
    assert appraisal.notes == ()
    assert appraisal.faults[0].signature.startswith(one.kind.value)


@pytest.mark.parametrize("one", NOTES, ids=lambda one: f"{one.kind}-{one.resource}{one.status or one.what[:20]}")
def test_notes_about_the_surroundings(one: Event) -> None:
    """What third parties do, and what users do not feel, is noted."""
    appraisal = appraise([one], survived=True)

    assert appraisal.faults == ()
    assert len(appraisal.notes) == 1


@pytest.mark.parametrize("one", SILENT, ids=lambda one: one.what or one.url)
def test_echoes_are_not_worth_a_word(one: Event) -> None:
    """What follows from navigating on, from our guard or from another event is passed over."""
    assert appraise([one], survived=True) == appraise([], survived=True)


def test_one_reset_that_the_page_survives_is_noise() -> None:
    """A single connection that broke is noted if the page came up; two, or a page that did not, are faults."""
    reset = event(Kind.FAILURE, resource="script", what="net::ERR_CONNECTION_RESET")
    other = event(Kind.FAILURE, resource="script", what="net::ERR_CONNECTION_RESET", url="https://portal.test/b.js")

    assert appraise([reset], survived=True).faults == ()
    assert appraise([reset], survived=False).faults
    assert appraise([reset, other], survived=True).faults


def test_failed_fetch_after_the_guard_stepped_in_is_noted() -> None:
    """A page that complains about a request that we held back is not at fault."""
    held = event(Kind.WRITE, method="POST", resource="xhr")
    complaint = event(Kind.ERROR, what="TypeError: Failed to fetch")

    assert appraise([held, complaint], survived=True).faults == ()
    assert appraise([complaint], survived=True).faults


def test_held_back_is_what_a_page_may_need() -> None:
    """Telemetry is not; a POST that carries data is."""
    assert held_back([event(Kind.WRITE, method="POST", resource="ping")]) is None
    assert held_back([event(Kind.WRITE, method="POST", resource="xhr")]) == f"POST {URL}"


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("/assets/main-9f1c2ab4.js", "/assets/main-4e77d01b.js"),
        ("/assets/chunk-Bx9f2kQ1.js", "/assets/chunk-Zq81mNa0.js"),
        ("expected at least 1 row, found 0 rows", "expected at least 1 row, found 3 rows"),
    ],
)
def test_signatures_do_not_depend_on_the_build(one: str, other: str) -> None:
    """Hashes and numbers differ from release to release; a status does not go away."""
    assert stable(one) == stable(other)
    assert stable("HTTP 401") != stable("HTTP 500")


def test_addresses_are_shown_without_secrets() -> None:
    """Queries, fragments and credentials stay out of messages."""
    assert shown("https://anna:pw@portal.test/a?token=1#b") == "https://portal.test/a"


@pytest.mark.parametrize(
    ("said", "shows"),
    [
        ("Locator.inner_text: Timeout 4000ms exceeded.\nCall log:\n  - waiting", "no end of 'inner text' within 4 s"),
        ("Page.screenshot: Timeout 500.5ms exceeded.", "no end of 'screenshot' within 0.5005 s"),
        ("something else\nand more", "something else"),
    ],
)
def test_a_step_that_took_too_long(said: str, shows: str) -> None:
    """What the browser's driver says of it is put into words."""
    assert lateness(said) == shows
