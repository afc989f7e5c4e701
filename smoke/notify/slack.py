"""Slack: a bot that answers in the thread of a deploy or an incident, or a webhook that cannot."""

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from http import HTTPStatus
from time import monotonic
from typing import Any
from urllib.parse import urlencode

from smoke.alerts.message import Message, Receipt, SendingFailed
from smoke.environment.notify import SLACK_METADATA
from smoke.notify import blocks
from smoke.notify.slack_errors import explained, lasts
from smoke.posting import FALLBACK_S, PostFailed, post
from smoke.verdict.words import Severity

ANSWER_BYTES = 1_000_000
"""An answer repeats the message, a history many."""

NO_BLOCKS = {"invalid_blocks", "invalid_blocks_format", "msg_blocks_too_long"}
"""Our layout is refused; the words are not."""

NO_THREAD = {"thread_not_found", "cannot_reply_to_message", "message_not_found"}
"""Somebody removed the message that the thread hangs on."""

LOOKED_AT = 50
"""Messages that are looked through for one that may have arrived."""

ELSEWHERE_S = 6 * 3600.0
"""How long ago the thread may have been begun elsewhere."""

Pause = Callable[[float], object]


@dataclass(frozen=True)
class Patience:
    """How long one message may take, and how to wait; without *within_s* nothing is waited for."""

    within_s: float = 0.0
    pause: Pause = field(default=lambda _: None)
    timeout_s: float = 10.0


class Refused(Exception):
    """Slack answered, and not `ok`; *error* is its word for why, *said* the whole answer."""

    def __init__(self, error: str, said: Mapping[str, Any]) -> None:
        super().__init__(error)
        self.error = error
        self.said = said


@dataclass(frozen=True)
class SlackSender:
    """Write to *channel* as the bot of *token*; a thread is `<channel id>:<ts>`, since a reply needs both."""

    token: str = field(repr=False)
    channel: str
    api: str
    mention: str | None = None
    patience: Patience = field(default_factory=Patience)

    def send(self, message: Message) -> Receipt:
        """Send it, unless an earlier attempt had arrived; raises SendingFailed."""
        channel, ts = _split(message.thread) or (self.channel, None)
        try:
            if message.again and (found := self._arrived(message, channel, ts)):
                return Receipt(found)
            if message.elsewhere and ts is None:
                channel, ts = self._begun(message, channel) or (channel, None)
            return self._posted(message, channel, ts)
        except Refused as refused:
            why = explained(refused.error, channel, refused.said)
            raise SendingFailed(why, lasting=lasts(refused.error)) from None

    def _posted(self, message: Message, channel: str, ts: str | None) -> Receipt:
        content = blocks.payload(message, self.mention)
        known = {"id": message.id, "incident": message.incident}
        content |= {"channel": channel, "metadata": {"event_type": SLACK_METADATA, "event_payload": known}}
        if ts is not None:
            # What is bad, or over, must not hide in a thread that nobody has open.
            content |= {"thread_ts": ts, "reply_broadcast": _concerns_all(message)}
        try:
            said = self._call("chat.postMessage", json.dumps(content))
        except Refused as refused:
            if ts is not None and refused.error in NO_THREAD:
                return self._posted(message, channel, None)
            if refused.error not in NO_BLOCKS:
                raise
            words = {key: value for key, value in content.items() if key != "blocks"}
            said = self._call("chat.postMessage", json.dumps(words))
        return Receipt(f"{said.get('channel') or channel}:{ts or said.get('ts')}")

    def _arrived(self, message: Message, channel: str, ts: str | None) -> str | None:
        """Return the thread of *message* if it is there; without the scope to look nobody knows, and it is sent."""
        for one in self._there(channel, ts, message.at - 60):
            if identity(one).get("id") == message.id:
                return f"{channel}:{one.get('thread_ts') or one.get('ts')}"
        return None

    def _begun(self, message: Message, channel: str) -> tuple[str, str] | None:
        """Return where the thread of *message* was begun by another machine, the last one if there are several."""
        for one in self._there(channel, None, message.at - ELSEWHERE_S):
            if identity(one).get("incident") == message.incident:
                return channel, str(one.get("thread_ts") or one.get("ts"))
        return None

    def _there(self, channel: str, ts: str | None, since: float) -> list[dict[str, Any]]:
        """Return what stands in the channel, the newest first, or in a thread; nothing where we may not look."""
        asked = {"channel": channel, "limit": str(LOOKED_AT), "include_all_metadata": "true"}
        asked |= {"ts": ts} if ts else {"oldest": f"{since:.6f}"}
        method = "conversations.replies" if ts else "conversations.history"
        try:
            # A form: of the methods that only read, Slack promises none that understands JSON.
            said = self._call(method, urlencode(asked), "application/x-www-form-urlencoded")
        except Refused:
            return []
        there = said.get("messages")
        return [one for one in there if isinstance(one, dict)] if isinstance(there, list) else []

    def _call(self, method: str, body: str, kind: str = "application/json") -> Mapping[str, Any]:
        """Return what *method* answered; raises Refused when Slack says no, SendingFailed when it says nothing."""
        headers = {"Authorization": f"Bearer {self.token}", "Content-Type": f"{kind}; charset=utf-8"}
        answer = deliver(f"{self.api}/{method}", body.encode(), headers, self.patience)
        try:
            said = json.loads(answer)
        except ValueError:
            said = None
        if not isinstance(said, dict) or "ok" not in said:
            raise SendingFailed("what answered is not Slack: no JSON with 'ok'; correct the key 'api' or the proxy")
        if said["ok"] is not True:
            raise Refused(str(said.get("error", "no reason")), said)
        return said


@dataclass(frozen=True)
class SlackWebhookSender:
    """Write through an incoming webhook, which tells no `ts`: every message stands alone in the channel."""

    url: str = field(repr=False)
    mention: str | None = None
    patience: Patience = field(default_factory=Patience)

    def send(self, message: Message) -> Receipt:
        """Send it; raises SendingFailed."""
        content = json.dumps(blocks.payload(message, self.mention)).encode()
        deliver(self.url, content, {"Content-Type": "application/json; charset=utf-8"}, self.patience)
        return Receipt(message.thread)


def deliver(url: str, body: bytes, headers: Mapping[str, str], patience: Patience) -> bytes:
    """Return the answer, waiting as long as a 429 asks if there is time for it; raises SendingFailed."""
    ends_at = monotonic() + patience.within_s
    while True:
        try:
            return post(url, body, headers, timeout_s=patience.timeout_s, answer_bytes=ANSWER_BYTES)
        except PostFailed as error:
            wait_s = error.retry_after_s if error.retry_after_s is not None else FALLBACK_S
            if error.status != HTTPStatus.TOO_MANY_REQUESTS:
                raise _failure(error) from None
            if monotonic() + wait_s > ends_at:
                raise SendingFailed(
                    f"Slack is asked too often and wants a pause of {wait_s:g} s, longer than there is time for"
                ) from None
            patience.pause(wait_s)


def _failure(error: PostFailed) -> SendingFailed:
    """Return what to say of an answer that is no success; webhooks name their error in plain text."""
    word = error.answer.decode("utf-8", "replace").strip()
    if word.replace("_", "").isalpha() and len(word) < len("a_word_of_slack_for_what_is_wrong_with_it"):
        return SendingFailed(explained(word, "the webhook's", {}), lasting=lasts(word))
    return SendingFailed(f"Slack did not take it: {error}")


def identity(message: Mapping[str, Any]) -> Mapping[str, Any]:
    """Return what we wrote into the metadata of a message, nothing if it is not ours."""
    metadata = message.get("metadata")
    payload = metadata.get("event_payload") if isinstance(metadata, dict) else None
    return payload if isinstance(payload, dict) else {}


def _concerns_all(message: Message) -> bool:
    return message.severity.rank >= Severity.WARNING.rank or message.news in blocks.GOOD


def _split(thread: str | None) -> tuple[str, str] | None:
    channel, colon, ts = (thread or "").partition(":")
    return (channel, ts) if colon and channel and ts else None
