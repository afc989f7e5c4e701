"""What can stand before everything: the edge answers in place of whatever lies behind it."""

from collections.abc import Iterable
from dataclasses import dataclass
from urllib.parse import quote

from smoke.demo.wire import Answer, Headers

HTML = (b"content-type", b"text/html; charset=utf-8")
UNCACHED = (b"cache-control", b"private, no-store")


@dataclass(frozen=True, slots=True)
class Screen:
    """
    One answer to every request; with *everybody* also to those for other customers of the edge.

    *login* is the host of a foreign login that every request is sent to, with a way back; *for_data* is the status for
    requests that want no page.
    """

    status: int
    headers: tuple[tuple[bytes, bytes], ...] = (HTML,)
    body: bytes = b""
    everybody: bool = False
    login: str = ""
    for_data: int | None = None

    def answer(self, host: str, target: str, headers: Iterable[tuple[bytes, bytes]]) -> Answer:
        """Return the answer to a request for *target* at *host*."""
        wants_page = b"application/json" not in dict(headers).get(b"accept", b"")
        if self.for_data is not None and not wants_page:
            return Answer(self.for_data, [(b"content-type", b"application/json"), UNCACHED], b"{}\n")
        mine: Headers = [*self.headers, *self._onward(host, target)]
        return Answer(self.status, mine, self.body)

    def _onward(self, host: str, target: str) -> Headers:
        if not self.login:
            return []
        back = quote(f"https://{host}{target}", safe="")
        return [(b"location", f"https://{self.login}/authorize?client_id=portal&redirect_uri={back}".encode())]


def _page(title: bytes, text: bytes) -> bytes:
    head = b'<!doctype html><html lang="en"><head><meta charset="utf-8"><title>' + title + b"</title></head><body>"
    return head + text + b"</body></html>\n"


def _maintenance_page(length: int = 308) -> bytes:
    text = b"<h1>We'll be back soon</h1><p>Our website is down for scheduled maintenance. Please try again later.</p>"
    return _page(b"Maintenance", text.ljust(length - len(_page(b"Maintenance", b""))))


MAINTENANCE_PAGE = _maintenance_page()
MAINTENANCE = Screen(200, body=MAINTENANCE_PAGE)
"""The maintenance page with the status of a good answer."""

MAINTENANCE_503 = Screen(503, (HTML, UNCACHED, (b"retry-after", b"600")), MAINTENANCE_PAGE)
"""The same, as HTTP wants it."""

SSO = Screen(302, (UNCACHED,), login="sso.corp.demo.test")
PASSWORD = Screen(
    401, (HTML, UNCACHED, (b"www-authenticate", b'Basic realm="preview"')), _page(b"401", b"<h1>Sign in</h1>")
)
PROXY = Screen(302, (UNCACHED,), login="sso.corp.demo.test", for_data=401)
WALLS = (SSO, PASSWORD, PROXY)
"""Logins before the whole deployment: a redirect, a refusal, and a proxy that refuses data and redirects pages."""


def provider_outage(status: int) -> Screen:
    """Return the error page of the edge's provider, for all of its customers."""
    headers = (HTML, UNCACHED, (b"server", b"cloudflare"), (b"cf-ray", b"9a2f0c71de5b4e11-NRT"))
    text = f"<h1>Error {status}</h1><p>Internal server error. Visit the provider's status page.</p>".encode()
    return Screen(status, headers, _page(f"{status}: error at the edge".encode(), text), everybody=True)
