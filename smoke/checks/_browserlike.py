"""
Ask as a browser asks, and ask past a cache.

Servers and caches answer by these headers. The product's own User-Agent stays: every request is recognisable.
"""

from dataclasses import replace
from secrets import token_hex

import anyio

from smoke.checks._world import Http
from smoke.http import Exchange, Request

PAGE = {
    "accept": "text/html,application/xhtml+xml,application/xml;q=0.9,image/avif,image/webp,*/*;q=0.8",
    "sec-fetch-dest": "document",
    "sec-fetch-mode": "navigate",
    "sec-fetch-site": "none",
    "sec-fetch-user": "?1",
    "upgrade-insecure-requests": "1",
}
"""What a browser sends when somebody opens a page."""

_FRESH = "smoke-fresh"
_DESTINATIONS = {"style sheet": ("style", "no-cors"), "script": ("script", "no-cors"), "module": ("script", "cors")}


def page_request(url: str, languages: str, *, follow_redirects: bool = False) -> Request:
    """Return the request of a browser that opens *url*; *languages* is what its person reads."""
    headers = {**PAGE, "accept-language": languages}
    return Request("GET", url, headers=headers, follow_redirects=follow_redirects)


def asset_request(url: str, kind: str) -> Request:
    """Return the request of a page for one of its files."""
    if kind not in _DESTINATIONS:
        return Request("GET", url)
    destination, mode = _DESTINATIONS[kind]
    headers = {"sec-fetch-dest": destination, "sec-fetch-mode": mode, "sec-fetch-site": "same-origin"}
    return Request("GET", url, headers=headers)


async def ask_past_the_cache(http: Http, request: Request, times: int) -> tuple[Exchange, ...]:
    """Ask the same so many times at once, each time with a query that no cache has seen."""
    joint = "&" if "?" in request.url else "?"
    answers: dict[int, Exchange] = {}

    async def ask(place: int) -> None:
        answers[place] = await http.send(replace(request, url=f"{request.url}{joint}{_FRESH}={token_hex(4)}"))

    async with anyio.create_task_group() as group:
        for place in range(times):
            group.start_soon(ask, place)
    return tuple(answers[place] for place in range(times))
