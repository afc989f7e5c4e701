"""The watch: what happens in a context is written down."""

from base64 import b64encode
from collections.abc import Iterator
from hashlib import sha1
from time import monotonic

import pytest
from playwright.sync_api import Page

from smoke.browser.events import Event, Kind
from smoke.browser.hosts import Hosts, Party
from smoke.browser.live import LiveBrowser
from smoke.browser.watch import Watch
from tests.browser.chromium import environment
from tests.browser.site import Answer, Asked, Site


@pytest.fixture
def watched(live: LiveBrowser, site: Site) -> Iterator[tuple[Page, Watch]]:
    """Open a watched page."""
    browser, _guard = live.open()
    context = browser.new_context(service_workers="block")
    watch = Watch(context, Hosts.of(environment(site)))
    try:
        yield context.new_page(), watch
    finally:
        context.close()


def kinds(watch: Watch, *wanted: Kind) -> list[Event]:
    """Return the events of some kinds."""
    return [one for one in watch.events if one.kind in wanted]


def heard(page: Page, watch: Watch, kind: Kind, count: int) -> None:
    """Wait until so many events of a kind are written down and no request is open; a busy machine takes its time."""

    def there() -> bool:
        return sum("favicon" not in one.url for one in kinds(watch, kind)) >= count and not watch.pending

    deadline = monotonic() + 10
    while not there() and monotonic() < deadline:
        page.wait_for_timeout(20)


def test_uncaught_errors_name_their_script(watched: tuple[Page, Watch], site: Site) -> None:
    """Errors and unhandled rejections are written down with the script that they come from."""
    page, watch = watched
    site.serve("/main.js", "Promise.reject(new Error('lost')); throw new TypeError('boom')", type="text/javascript")
    site.serve("/", "<!doctype html><script src=/main.js></script>")

    page.goto(site.url)
    heard(page, watch, Kind.ERROR, 2)

    errors = kinds(watch, Kind.ERROR)
    assert {one.what for one in errors} == {"boom", "lost"}
    assert {one.url for one in errors} == {f"{site.url}/main.js"}


def test_statuses_are_told_by_resource(watched: tuple[Page, Watch], site: Site) -> None:
    """Error statuses of documents, frames, scripts and data are told apart."""
    page, watch = watched
    body = "<script src=/a.js></script><iframe src=/frame></iframe><script>fetch('/data')</script>"
    site.serve("/", f"<!doctype html>{body}", status=500)

    page.goto(site.url)
    heard(page, watch, Kind.STATUS, 4)

    seen = {one.url.removeprefix(site.url): (one.resource, one.status) for one in kinds(watch, Kind.STATUS)}
    seen.pop("/favicon.ico", None)
    assert seen == {
        "/": ("document", 500),
        "/a.js": ("script", 404),
        "/frame": ("subframe", 404),
        "/data": ("fetch", 404),
    }
    assert not watch.pending


def test_service_workers_are_not_registered(watched: tuple[Page, Watch], site: Site) -> None:
    """A service worker, which could answer in the release's place, is kept out."""
    page, _watch = watched
    site.serve("/", "<!doctype html>")
    site.serve("/sw.js", "self.onfetch = () => 0", type="text/javascript")

    page.goto(site.url)
    page.evaluate("() => navigator.serviceWorker.register('/sw.js').catch(() => 0)")

    assert site.requests("GET", "/sw.js") == []


def test_socket_to_another_host_is_refused(watched: tuple[Page, Watch], site: Site) -> None:
    """A WebSocket to a host that is not allowed is closed before it leaves the browser."""
    page, watch = watched
    site.serve("/", "<!doctype html>")
    page.goto(site.url)

    code = page.evaluate(
        "() => new Promise(done => { new WebSocket('ws://localhost:1/live').onclose = event => done(event.code) })"
    )

    assert code == 1008
    assert [(one.what, one.party) for one in kinds(watch, Kind.SOCKET)] == [
        ("was refused: its host is not allowed", Party.PRIVATE)
    ]


def test_what_a_page_says_into_a_socket_stays_here(watched: tuple[Page, Watch], site: Site) -> None:
    """A WebSocket of a service opens, but what the page sends is held back and written down once."""
    page, watch = watched
    site.serve("/", "<!doctype html>")
    site.reply("/live", _switch)
    page.goto(site.url)

    page.evaluate(
        """url => new Promise(done => {
            const socket = new WebSocket(url);
            socket.onopen = () => { socket.send('a'); socket.send('b'); setTimeout(done, 200) };
        })""",
        site.url.replace("http", "ws") + "/live",
    )

    assert [one.what for one in kinds(watch, Kind.SOCKET)] == ["wanted to send, which was held back"]


def _switch(asked: Asked) -> Answer:
    """Answer the handshake of RFC 6455, section 4.2.2."""
    key = asked.headers["Sec-WebSocket-Key"] + "258EAFA5-E914-47DA-95CA-C5AB0DC85B11"
    accept = b64encode(sha1(key.encode()).digest()).decode()
    return Answer(
        status=101, headers=(("upgrade", "websocket"), ("connection", "Upgrade"), ("sec-websocket-accept", accept))
    )
