"""
Read the messages of a Slack channel since a moment.

Facts (docs/wire-formats.md): errors come with HTTP 200 and `ok: false`; the channel is named by its id; too many
requests are a 429 with `Retry-After`. Some apps may ask once a minute and get 15 messages, so few questions.
"""

import html
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from smoke.dependencies._reply import odd, reply_of, told
from smoke.dependencies.answer import Answer, down, refused, unknown
from smoke.environment.announcements import Announcement
from smoke.environment.notify import SLACK_METADATA
from smoke.environment.secrets import Reveal
from smoke.http import Exchange, Request

NAME = "Slack"
PAGE = 200

REFUSALS = {
    "not_authed": "no token was sent",
    "invalid_auth": "the token is not valid",
    "account_inactive": "the token belongs to a removed user or app",
    "token_revoked": "the token was revoked",
    "token_expired": "the token has expired",
    "missing_scope": "the token lacks a scope; add channels:history (private channels: groups:history)",
    "no_permission": "the token may not read this channel",
    "not_in_channel": "the bot is not in the channel; invite it there",
    "access_denied": "the token may not read this channel",
    "ekm_access_denied": "an administrator has suspended access",
}
WRONG = {
    "channel_not_found": "the token sees no such channel; name it by its id, and invite the bot if it is private",
    "is_archived": "the channel is archived",
    "invalid_ts_oldest": "the moment to begin with is none",
}
BUSY = frozenset({"ratelimited", "rate_limited", "service_unavailable", "fatal_error", "internal_error"})
"""What `error` says, and what it means."""


SAID = frozenset({"text", "fallback", "title", "pretext", "value", "footer", "author_name", "alt_text"})
"""Keys of messages, their blocks and attachments under which people read something."""

_DEEPEST = 12


@dataclass(frozen=True, slots=True)
class Message:
    """
    A message: all its texts, addresses and numbers (*whole*), and what people read of it (*said*), in lines.

    *ours* tells that Smokegate has written it.
    """

    whole: str
    said: str
    ours: bool = False


@dataclass(frozen=True, slots=True)
class Page:
    """Some messages, and where the next page begins."""

    messages: tuple[Message, ...]
    cursor: str | None = None


def history(announcement: Announcement, oldest: float, cursor: str | None, secret: Reveal, timeout_s: float) -> Request:
    """Return the question for the messages since *oldest* (epoch seconds); raises SecretMissing."""
    fields = {"channel": announcement.channel, "oldest": f"{oldest:.6f}", "inclusive": "true", "limit": str(PAGE)}
    fields |= {"include_all_metadata": "true"}  # tells which messages are ours
    address = f"{announcement.url}/conversations.history?{urlencode(fields | ({'cursor': cursor} if cursor else {}))}"
    headers = {"Accept": "application/json", "Authorization": f"Bearer {secret(announcement.token)}"}
    return Request("GET", address, headers=headers, timeout_s=timeout_s)


def read(exchange: Exchange) -> Page | Answer:
    """Return a page of messages, or why it cannot be read; pure."""
    reply = reply_of(NAME, exchange)
    if reply.trouble:
        return reply.trouble
    document = reply.document
    if not isinstance(document, dict) or not isinstance(document.get("ok"), bool):
        return odd(NAME, "not what its Web API says")
    if not document["ok"]:
        return _refusal(told(document.get("error", "")), document)
    messages = document.get("messages")
    if not isinstance(messages, list):
        return odd(NAME, "no messages")
    after = document.get("response_metadata")
    cursor = after.get("next_cursor") if isinstance(after, dict) and document.get("has_more") else None
    return Page(tuple(map(_message, messages)), cursor if isinstance(cursor, str) and cursor else None)


def _refusal(error: str, document: dict[str, Any]) -> Answer:
    needed = told(document.get("needed") or "")
    more = f" (needed: {needed})" if needed else ""
    if error in REFUSALS:
        return refused(f"{NAME} answered {error}: {REFUSALS[error]}{more}")
    if error in BUSY:
        return down(f"{NAME} answered {error}: it has no time for us")
    return unknown(f"{NAME} answered {error or 'ok: false'}: {WRONG.get(error, 'see its Web API')}")


def _message(message: Any) -> Message:
    if not isinstance(message, dict):
        return Message("", "")
    metadata = message.get("metadata")
    ours = isinstance(metadata, dict) and metadata.get("event_type") == SLACK_METADATA
    whole, said = "\n".join(_texts(message, _DEEPEST)), "\n".join(_texts(message, _DEEPEST, SAID))
    return Message(html.unescape(whole), html.unescape(said), ours)


def _texts(part: Any, depth: int, keys: frozenset[str] | None = None) -> Iterator[str]:
    """Yield the texts of a part, wherever they lie; of *keys* only, if these are given."""
    if isinstance(part, list) and depth:
        for one in part:
            yield from _texts(one, depth - 1, keys)
    elif isinstance(part, dict) and depth:
        if part.get("type") == "emoji":
            yield f":{part.get('name')}:"
        for key, one in part.items():
            if isinstance(one, str) and (keys is None or key in keys):
                yield one
            elif not isinstance(one, str):
                yield from _texts(one, depth - 1, keys)
