"""What one address answered, before anything is made of it: pure."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property
from http import HTTPStatus
from typing import Any
from urllib.parse import urljoin, urlsplit

from smoke.checks._answers import not_json, parse
from smoke.http import Exchange

HTML_TYPES = frozenset({"text/html", "application/xhtml+xml"})

_VOLATILE = re.compile(r"[0-9a-fA-F-]{6,}|\d+")
_SPEAKING = 400


@dataclass(frozen=True)
class Site:
    """
    One service as it answered: all exchanges by path, in the order in which they were made.

    *strangers* are the answers to paths that nobody knows; whatever looks like one of them is no answer of its own.
    """

    url: str
    answers: Mapping[str, tuple[Exchange, ...]]
    strangers: tuple[Exchange, ...] = ()

    def all_of(self, path: str) -> tuple[Exchange, ...]:
        """Return every answer to *path*."""
        return self.answers.get(path, ())

    def first(self, path: str) -> Exchange | None:
        """Return the first answer to *path* that is one."""
        return next((one for one in self.all_of(path) if one.failure is None and one.status is not None), None)

    def own(self, path: str) -> Exchange | None:
        """
        Return the first answer to *path* if it is not the one that any path gets.

        The home page is its own in any case: applications that run in the browser serve it for every path.
        """
        answer = self.first(path)
        return None if answer is None or (path != "/" and likeness(answer) in self._strange) else answer

    def documents(self, path: str) -> list[Any]:
        """Return the JSON of every answer to *path*; empty unless all are HTTP 200 with JSON."""
        answers = self.all_of(path)
        if any(not is_json(one) or one.status != HTTPStatus.OK for one in answers):
            return []
        return [parse(one) for one in answers]

    @cached_property
    def _strange(self) -> frozenset[Any]:
        return frozenset(likeness(one) for one in self.strangers)


def is_json(exchange: Exchange) -> bool:
    """Tell whether an answer is JSON, whatever its status."""
    return exchange.failure is None and not_json(exchange) is None


def is_page(exchange: Exchange) -> bool:
    """Tell whether an answer is a whole HTML page with HTTP 200."""
    whole = exchange.failure is None and exchange.status == HTTPStatus.OK and not exchange.truncated
    return whole and exchange.content_type in HTML_TYPES and "<" in exchange.text()


def likeness(exchange: Exchange) -> tuple[Any, ...]:
    """
    Return what two answers share if they are one and the same but for the path, ids, times and counts.

    Of a page that is its title, its heading and its first words; of anything else its body.
    """
    path = urlsplit(exchange.request.url).path
    head = (exchange.status, exchange.content_type, _VOLATILE.sub("", exchange.headers.get("location", "")))
    if exchange.content_type in HTML_TYPES:
        from smoke.checks._html import shown  # the HTML parser takes time to load

        page = shown(exchange.text())
        return (*head, *(_plain(one, path) for one in (page.title, page.heading, page.text[:_SPEAKING])))
    return (*head, _plain(exchange.text()[:_SPEAKING], path))


def links(exchange: Exchange, base: str) -> list[str]:
    """Return the paths below *base* that a page links to, without query and fragment, each once, in its order."""
    from smoke.checks._html import parse as parse_page  # the HTML parser takes time to load

    start = exchange.final_url or exchange.request.url
    hrefs = (
        node.attributes.get("href") or ""
        for node in parse_page(exchange.text()).css("a[href]")
        if "download" not in node.attributes and "nofollow" not in (node.attributes.get("rel") or "")
    )
    return list(dict.fromkeys(_below(start, base, hrefs)))


def _below(start: str, base: str, hrefs: Iterable[str]) -> Iterable[str]:
    for href in hrefs:
        try:
            url = urlsplit(urljoin(start, href.strip()))
        except ValueError:
            continue
        plain = f"{url.scheme}://{url.netloc}{url.path}"
        if not url.query and plain.startswith(f"{base}/") and not re.search(r"[\s*]", url.path):
            yield plain.removeprefix(base)


def _plain(text: str, path: str) -> str:
    return _VOLATILE.sub("", text.replace(path, "") if len(path) > 1 else text)
