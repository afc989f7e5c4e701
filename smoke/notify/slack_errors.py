"""What Slack's words for a refusal mean, and what a person can do about it."""

from collections.abc import Mapping
from typing import Any

from smoke.outputs.untrusted import one_line

NEW_TOKEN = "put a valid bot token (xoxb-…) into the variable that 'token' names"  # noqa: S105 - a remedy

REMEDIES = {
    "not_in_channel": "the app is not in channel {channel}; write `/invite @<app>` there, or give it chat:write.public",
    "channel_not_found": "there is no channel {channel}, or it is private and the app is not in it; give the channel's "
    "id, and invite the app",
    "is_archived": "channel {channel} is archived; name another one, or unarchive it",
    "channel_is_archived": "channel {channel} is archived; make a webhook for another one",
    "invalid_auth": f"the token is not valid; {NEW_TOKEN}",
    "not_authed": f"no token arrived; {NEW_TOKEN}",
    "account_inactive": f"the token belongs to a removed app or user; {NEW_TOKEN}",
    "token_revoked": f"the token was revoked; {NEW_TOKEN}",
    "token_expired": f"the token has expired; {NEW_TOKEN}",
    "not_allowed_token_type": f"this is no bot token; {NEW_TOKEN}",
    "missing_scope": "the token lacks the scope {needed}; add it to the app and install the app again",
    "restricted_action": "the workspace forbids posting in channel {channel}; ask its administrators",
    "restricted_action_read_only_channel": "channel {channel} is read-only; name another one",
    "action_prohibited": "the workspace forbids this webhook; ask its administrators",
    "no_service": "the webhook was removed; make another one",
    "no_service_id": "the webhook's URL is not whole; copy it again",
    "no_team": "the webhook's workspace is gone; make another one",
    "team_disabled": "the webhook's workspace is gone; make another one",
    "ratelimited": "Slack is asked too often",
    "rate_limited": "Slack is asked too often",
}

CONTENT = frozenset(
    {"no_text", "msg_too_long", "invalid_payload", "invalid_blocks", "invalid_blocks_format", "too_many_attachments"}
)
"""Refusals of the message itself; everything else a person can mend while the message waits."""


def explained(error: str, channel: str, said: Mapping[str, Any]) -> str:
    """Return Slack's word *error* with what it means; *said* is the whole answer, which may name a scope."""
    word, needed = one_line(error, 60), one_line(said.get("needed") or "it needs", 60)
    remedy = REMEDIES.get(error, "see this word in Slack's documentation of chat.postMessage")
    return f"Slack refused it, {word}: {remedy.format(channel=channel, needed=needed)}"


def lasts(error: str) -> bool:
    """Tell whether trying the same message again is useless."""
    return error in CONTENT
