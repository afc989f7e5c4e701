"""
Ask Sentry which issues a release brought, and whether it knows the release at all.

Facts (docs/wire-formats.md): `firstRelease` is where an issue was first seen; `count` is a string; a page holds 100
issues, and the `Link` header names the cursor of the next; a release that is not found was never registered or saw no
event, which does not mean that there are no errors.
"""

import re
from dataclasses import dataclass
from http import HTTPStatus
from typing import Any
from urllib.parse import quote, urlencode

from smoke.dependencies._moments import epoch_s
from smoke.dependencies._reply import Reply, odd, reply_of, told
from smoke.dependencies.answer import Answer, unknown
from smoke.environment.monitoring import Sentry
from smoke.environment.secrets import Reveal
from smoke.environment.telemetry import Errors
from smoke.http import Exchange, Request

NAME = "Sentry"
PAGE = 100
PERIOD = "24h"

OLDER_S = 3600.0
"""An issue first seen so long before its release existed was not brought by that, whatever the search returned."""

_NEXT = re.compile(r'<[^>]*>;[^,]*\brel="next"[^,]*\bresults="true"[^,]*\bcursor="([^"]{1,80})"')


@dataclass(frozen=True, slots=True)
class Issue:
    """A group of events with one cause; *first_seen* is epoch seconds."""

    short_id: str
    title: str
    level: str
    events: int
    users: int
    first_seen: float | None = None

    def __str__(self) -> str:
        """Return the issue in a few words, the number of its events included."""
        times = f"{self.events} {'event' if self.events == 1 else 'events'}"
        people = f", {self.users} users" if self.users > 1 else ""
        return f"{self.short_id} {self.title} ({times}{people})"


@dataclass(frozen=True, slots=True)
class Registered:
    """What Sentry knows of the release: since when, in epoch seconds."""

    since: float | None = None


@dataclass(frozen=True, slots=True)
class Asker:
    """Makes the requests about one project and release."""

    sentry: Sentry
    errors: Errors
    release: str
    secret: Reveal
    timeout_s: float

    def issues(self, cursor: str | None = None) -> Request:
        """Return the question for the issues that the release brought; raises SecretMissing."""
        query = [f'firstRelease:"{_quoted(self.release)}"', "is:unresolved"]
        fields = dict(self._scope)
        if "project" not in fields:
            query.append(f"project:{self.errors.project}")
        fields |= {"query": " ".join(query), "statsPeriod": PERIOD, "limit": str(PAGE)}
        return self._ask("issues/", {**fields, **({"cursor": cursor} if cursor else {})})

    def registration(self) -> Request:
        """Return the question for the release itself; raises SecretMissing."""
        return self._ask(f"releases/{quote(self.release, safe='')}/", {})

    def crash_free(self) -> Request:
        """Return the question for the share of sessions without a crash; raises SecretMissing."""
        query = f'release:"{_quoted(self.release)}"'
        if "project" not in self._scope:
            query += f" project:{self.errors.project}"
        fields = {**self._scope, "field": CRASH_FREE, "query": query, "statsPeriod": PERIOD, "interval": "1h"}
        return self._ask("sessions/", fields)

    @property
    def _scope(self) -> dict[str, str]:
        scope = {"project": self.errors.project} if self.errors.project.isdecimal() else {}
        return scope | ({"environment": self.errors.environment} if self.errors.environment else {})

    def _ask(self, what: str, fields: dict[str, str]) -> Request:
        headers = {"Accept": "application/json", "Authorization": f"Bearer {self.secret(self.sentry.token)}"}
        url = f"{self.sentry.url}/api/0/organizations/{quote(self.sentry.organization, safe='')}/{what}"
        address = f"{url}?{urlencode(fields)}" if fields else url
        return Request("GET", address, headers=headers, timeout_s=self.timeout_s)


CRASH_FREE = "crash_free_rate(session)"


def read_issues(exchange: Exchange) -> list[Issue] | Answer:
    """Return the issues of one page, or why there are none to read; pure."""
    reply = _reply(exchange)
    if reply.trouble:
        return reply.trouble
    if not isinstance(reply.document, list):
        return odd(NAME, "no list of issues")
    found = [_issue(one) for one in reply.document]
    issues = [one for one in found if one is not None]
    return issues if len(issues) == len(found) else odd(NAME, "a list with entries that are no issues")


def next_cursor(exchange: Exchange) -> str | None:
    """Return where the next page begins, or None at the end."""
    match = _NEXT.search(exchange.headers.get("link", ""))
    return match[1] if match else None


def read_registration(exchange: Exchange) -> Registered | Answer | None:
    """Return what Sentry knows of the release, None if it does not know it, or why that cannot be read; pure."""
    if exchange.status == HTTPStatus.NOT_FOUND and isinstance(
        reply_of(NAME, exchange, {HTTPStatus.NOT_FOUND}).document, dict
    ):
        return None
    reply = _reply(exchange)
    if reply.trouble:
        return reply.trouble
    if not isinstance(reply.document, dict) or "version" not in reply.document:
        return odd(NAME, "no release")
    return Registered(epoch_s(reply.document.get("dateCreated")))


def read_crash_free(exchange: Exchange) -> float | Answer:
    """Return the share of sessions without a crash, or why there is none; pure."""
    reply = _reply(exchange)
    if reply.trouble:
        return reply.trouble
    groups = reply.document.get("groups") if isinstance(reply.document, dict) else None
    if not isinstance(groups, list):
        return odd(NAME, "no groups of sessions")
    totals = [one.get("totals") for one in groups if isinstance(one, dict)]
    shares = [one.get(CRASH_FREE) for one in totals if isinstance(one, dict)]
    found = [float(one) for one in shares if isinstance(one, (int, float)) and not isinstance(one, bool)]
    return min(found) if found else unknown("Sentry knows no session of the release")


def _reply(exchange: Exchange) -> Reply:
    """Read an answer; of a refusal Sentry's own words are worth more than the status."""
    reply = reply_of(NAME, exchange)
    said = reply_of(NAME, exchange, {401, 403, 404}).document
    detail = said.get("detail") if isinstance(said, dict) else None
    if reply.trouble is None or not isinstance(detail, str):
        return reply
    trouble = Answer(reply.trouble.standing, f"{reply.trouble.message} ({told(detail)})", reply.trouble.cause)
    return Reply(status=reply.status, trouble=trouble)


def _issue(item: Any) -> Issue | None:
    if not isinstance(item, dict) or "id" not in item:
        return None
    return Issue(
        short_id=told(item.get("shortId") or item["id"])[:40],
        title=told(item.get("title") or "without title")[:80],
        level=told(item.get("level") or "error"),
        events=_count(item.get("count")),
        users=_count(item.get("userCount")),
        first_seen=epoch_s(item.get("firstSeen")),
    )


def _count(value: Any) -> int:
    """Read a number of events, which is a text; an issue has at least one event."""
    text = str(value)
    return int(text) if text.isdecimal() and text.isascii() and len(text) < 16 else 1  # noqa: PLR2004 - no such number


def _quoted(text: str) -> str:
    return text.replace("\\", "\\\\").replace('"', '\\"')
