"""Decide whether an answer leads on, and with which request: pure."""

from dataclasses import dataclass, replace
from urllib.parse import urljoin, urlsplit

from smoke.http.exchange import Exchange, Failure, FailureKind, Request
from smoke.http.origins import DEFAULT_PORTS, origin, same_origin
from smoke.http.secrecy import is_secret_header

_REDIRECTS = frozenset({301, 302, 303, 307, 308})
_FOLLOWED = frozenset({"GET", "HEAD"})


@dataclass(frozen=True, slots=True)
class Trail:
    """The addresses seen on the way, the first request's own included."""

    urls: tuple[str, ...]
    limit: int

    def onward(self, answer: Exchange) -> Request | Failure | None:
        """
        Return the next request, None if *answer* is the end, or the failure of leading nowhere.

        Only GET and HEAD are followed: nothing is ever sent twice because a target says so. What proves an identity
        does not go to another origin, nor come back from there.
        """
        request = answer.request
        if answer.failure or not leads_on(answer):
            return None
        location = answer.headers["location"]
        url = _target(request.url, location)
        if url is None:
            return Failure(FailureKind.REDIRECTS, f"redirected to {location}, which is no address")
        if urlsplit(url).scheme not in DEFAULT_PORTS:
            return Failure(FailureKind.REDIRECTS, f"redirected to {url}, which is no HTTP address")
        if url in self.urls:
            return Failure(FailureKind.REDIRECTS, f"redirected in a circle, back to {url}")
        if len(self.urls) > self.limit:
            return Failure(FailureKind.REDIRECTS, f"redirected more than {self.limit} times, at last to {url}")
        headers = request.headers
        if not same_origin(url, request.url):
            headers = {name: value for name, value in headers.items() if not is_secret_header(name)}
        return replace(request, url=url, headers=headers)

    def step(self, url: str) -> "Trail":
        """Return the trail with one more address."""
        return replace(self, urls=(*self.urls, url))


def leads_on(answer: Exchange) -> bool:
    """Tell whether *answer* is a redirect that is to be followed, so that its body need not be read."""
    request = answer.request
    if not request.follow_redirects or request.method.upper() not in _FOLLOWED:
        return False
    location = answer.headers.get("location")
    if answer.status not in _REDIRECTS or not location:
        return False
    return not request.within_origin or same_origin(_target(request.url, location) or "", request.url)


def _target(url: str, location: str) -> str | None:
    """Return where *location* leads from *url*; None if that is no address."""
    try:
        target = urljoin(url, location)
    except ValueError:
        return None
    return target if origin(target) else None
