"""The guard: what may leave the browser, whoever asks for it."""

from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from playwright.sync_api import BrowserContext, Page

from smoke.browser.credentials import Credentials
from smoke.browser.events import Event, Kind
from smoke.browser.guard import Policy, login_writes, named_writes
from smoke.browser.hosts import Hosts, Party
from smoke.browser.live import LiveBrowser
from smoke.http.service_headers import carrier
from tests.browser.chromium import environment
from tests.browser.site import Answer, Site, running


@contextmanager
def guarded(live: LiveBrowser, site: Site, events: list[Event]) -> Iterator[tuple[BrowserContext, Page]]:
    """Open a page that may only read."""
    browser, guard = live.open()
    context = browser.new_context(service_workers="block")
    guard.policy = Policy(Hosts.of(environment(site)), (), events.append)
    try:
        yield context, context.new_page()
    finally:
        guard.policy = None
        context.close()


@pytest.mark.parametrize(
    "attempt",
    [
        "fetch('/write', {method: 'POST', body: '{}'}).catch(() => 0)",
        "fetch('/write', {method: 'DELETE'}).catch(() => 0)",
        "navigator.sendBeacon('/write', 'x')",
        "document.forms[0].submit()",
        "new Worker(URL.createObjectURL(new Blob([`fetch('${origin}/write', {method: 'POST'})`])))",
        "window.open('/popup')",
        "document.body.insertAdjacentHTML('beforeend', '<iframe src=/popup></iframe>')",
    ],
    ids=["fetch", "delete", "beacon", "form", "worker", "popup", "frame"],
)
def test_nothing_is_written_by_any_way(live: LiveBrowser, site: Site, attempt: str) -> None:
    """No way that a page has to send a write gets past the guard, and each is reported."""
    site.serve("/", "<!doctype html><form method=post action=/write></form>")
    site.serve("/popup", "<!doctype html><script>fetch('/write', {method: 'POST'}).catch(() => 0)</script>")
    site.serve("/write", "done", method="POST")
    events: list[Event] = []

    with guarded(live, site, events) as (_context, page):
        page.goto(site.url)
        page.evaluate(f"() => {{ {attempt} }}")
        for _ in range(100):
            if events:
                break
            page.wait_for_timeout(20)

    assert [(one.kind, one.url) for one in events] == [(Kind.WRITE, f"{site.url}/write")]
    assert [one for one in site.asked if one.method not in {"GET", "OPTIONS"}] == []


def test_redirect_to_a_private_address_is_stopped(live: LiveBrowser, site: Site) -> None:
    """The guard sees where a redirect leads, which Playwright's own routing does not."""
    events: list[Event] = []
    with running() as other:
        site.reply("/data", Answer(status=302, headers=(("location", f"http://localhost:{other.port}/data"),)))
        site.serve("/", "<!doctype html>")
        with guarded(live, site, events) as (_context, page):
            page.goto(site.url)
            page.evaluate("() => fetch('/data').catch(() => 0)")

        assert other.asked == []
    assert [(one.kind, one.party, one.sent) for one in events] == [(Kind.HOST, Party.PRIVATE, False)]


def test_preflight_is_answered_by_the_server_alone(live: LiveBrowser, site: Site) -> None:
    """A preflight reaches the server, and its refusal reaches the page."""
    with running() as api:
        api.serve("/data", "[]", headers=(("access-control-allow-origin", "*"),))
        site.serve("/", "<!doctype html>")
        with guarded(live, site, []) as (_context, page):
            page.goto(site.url)
            script = "url => fetch(url, {headers: {'x-tenant': '1'}}).then(() => 'read', () => 'refused')"
            # An unlisted host gets no data, so the API's own page asks.
            assert page.evaluate(script, f"{site.url}/data") == "read"
        with guarded(live, api, []) as (_context, page):
            page.goto(f"{api.url}/data")
            other = api.url.replace("127.0.0.1", "localhost")
            assert page.evaluate(script, f"{other}/data") == "refused"


def test_without_a_policy_nothing_is_written(live: LiveBrowser, site: Site) -> None:
    """A context that nobody gave a policy is not unguarded."""
    browser, guard = live.open()
    guard.policy = None
    site.serve("/", "<!doctype html>")
    context = browser.new_context()
    try:
        page = context.new_page()
        page.goto(site.url)
        assert page.evaluate("() => fetch('/write', {method: 'POST'}).then(() => 'sent', () => 'refused')") == "refused"
    finally:
        context.close()
    assert site.requests("POST") == []


def permits(policy: Policy, *request: str) -> bool:
    """Ask a policy."""
    return policy.permits(*request)


def test_reads_writes_and_strangers() -> None:
    """Services may be read, listed writes made; third parties only read, and only what is no data."""
    site = Site(port=4000)
    listed = environment(
        site,
        browser={"allowed_hosts": ["js.pay.test"]},
        writes=[{"name": "draft", "service": "web", "methods": ["POST"], "path": "/drafts/*"}],
    )
    events: list[Event] = []
    policy = Policy(Hosts.of(listed), named_writes(listed), events.append)

    assert permits(policy, "GET", f"{site.url}/x", "xhr")
    assert permits(policy, "POST", f"{site.url}/drafts/1", "xhr")
    assert permits(policy, "GET", "https://js.pay.test/x", "xhr")
    assert events == []
    assert not permits(policy, "PUT", f"{site.url}/drafts/1", "xhr")
    assert not permits(policy, "POST", f"{site.url}/orders", "xhr")
    assert not permits(policy, "POST", "https://js.pay.test/x", "xhr")
    assert permits(policy, "GET", "https://widget.example/x.js", "script")
    assert not permits(policy, "GET", "https://widget.example/x", "xhr")
    assert not permits(policy, "POST", "https://widget.example/x", "ping")
    assert not permits(policy, "GET", "http://localhost:3001/x.js", "script")
    assert [one.kind for one in events] == [Kind.WRITE] * 3 + [Kind.HOST] * 4


def test_only_the_login_may_post_credentials() -> None:
    """Signing in may post to the login API and the login page, and the credentials themselves to any service."""
    site = Site(port=4000)
    listed = environment(
        site,
        login={"service": "web", "path": "/auth/login"},
        browser={"allowed_hosts": ["js.pay.test"]},
        roles={"a": {"user": {"env": "U"}, "password": {"env": "P"}}},
    )
    credentials = Credentials("anna", "s3cret")
    policy = Policy(Hosts.of(listed), login_writes(listed, site.url), lambda _event: None, credentials)
    typed = "user=anna&password=s3cret"

    assert permits(policy, "POST", f"{site.url}/auth/login", "xhr")
    assert permits(policy, "POST", f"{site.url}/login", "document")
    assert not permits(policy, "POST", f"{site.url}/orders", "xhr")
    assert not permits(policy, "POST", "https://evil.example/login", "document")
    assert permits(policy, "POST", f"{site.url}/session", "document", typed)
    assert not permits(policy, "PUT", f"{site.url}/session", "xhr", typed)
    assert not permits(policy, "POST", "https://evil.example/session", "document", typed)
    assert not permits(policy, "POST", "https://js.pay.test/session", "document", typed)


def test_a_gate_is_passed_and_nobody_else_is_told(live: LiveBrowser, site: Site) -> None:
    """Pages of a gated service, and what they ask of it, carry its header; no other origin, no redirect gets it."""
    fetches = "fetch('/data'), fetch('/leads-away').catch(() => 0), fetch(`${other}/x`, {mode: 'no-cors'})"
    with running() as other:
        gate = {"X-Gate": {"env": "GATE", "browser": True}, "X-Api-Key": {"env": "KEY"}}
        services = {"web": {"url": site.url, "headers": gate}, "other": {"url": other.url}}
        described = environment(site, services=services)
        script = f"const other = '{other.url}'; Promise.all([{fetches}]).then(() => document.title = 'done')"
        site.serve("/", f"<!doctype html><title>-</title><img src={other.url}/pixel><script>{script}</script>")
        site.serve("/data", "data")
        site.serve("/leads-away", "", status=302, headers=(("location", f"{other.url}/there"),))
        site.serve("/moved", "", status=302, headers=(("location", f"{other.url}/page"),))
        for path in ("/x", "/there", "/page", "/pixel"):
            other.serve(path, "<!doctype html>x", headers=(("access-control-allow-origin", "*"),))
        carry = carrier(described, lambda reference: f"value-of-{reference.env}", browser=True)
        with guarded(live, site, []) as (_context, page):
            _, guard = live.open()
            guard.policy = Policy(Hosts.of(described), (), lambda _event: None, carry=carry)
            page.goto(site.url)
            page.wait_for_function("document.title == 'done'")
            page.goto(f"{site.url}/moved")
    gated = {one.path: {name.lower(): value for name, value in one.headers.items()} for one in site.asked}
    assert {gated[path].get("x-gate") for path in ("/", "/data", "/leads-away", "/moved")} == {"value-of-GATE"}
    assert {one.path for one in other.asked} == {"/x", "/there", "/page", "/pixel"}
    assert not [one for one in (*other.asked, *site.asked) if "value-of-KEY" in str(one.headers)]
    assert not [one for one in other.asked if "value-of-GATE" in str(one.headers)]
    assert [one for one in other.asked if one.method == "OPTIONS"] == []
