"""
Heartbeats to a dead man's switch in the style of healthchecks.io: it alerts when they stop coming.

The switch tells of the canary's own health, not of the environment's: a run that found everything broken, and said so,
is a success of the canary. What it could not tell anybody is a failure, since the switch may be the last way out.
"""

import uuid
from collections.abc import Callable
from dataclasses import dataclass
from urllib.parse import urlsplit, urlunsplit

from smoke.posting import PostFailed, post

BODY = 1000
"""Characters of what is said along with a heartbeat."""


@dataclass(frozen=True)
class Heartbeat:
    """The switch at *url*, None when there is none; *complain* says what went wrong with it, which changes nothing."""

    url: str | None
    complain: Callable[[str], None]

    def begins(self, run_id: str) -> None:
        """Say that a run begins."""
        self._send("/start", run_id, "")

    def goes_on(self, run_id: str, said: str) -> None:
        """Say that the canary did what it should."""
        self._send("", run_id, said)

    def fails(self, run_id: str, why: str) -> None:
        """Say that it could not."""
        self._send("/fail", run_id, why)

    def _send(self, suffix: str, run_id: str, said: str) -> None:
        if self.url is None:
            return
        try:
            post(address(self.url, suffix, run_id), said[:BODY].encode(), {"Content-Type": "text/plain; charset=utf-8"})
        except PostFailed as error:
            self.complain(f"the dead man's switch did not answer: {error}")


def address(url: str, suffix: str, run_id: str) -> str:
    """Return where a heartbeat goes: `/start` and its result carry the same `rid`, a UUID that follows from the run."""
    parts = urlsplit(url)
    rid = f"rid={uuid.uuid5(uuid.NAMESPACE_URL, f'smokegate:{run_id}')}"
    query = f"{parts.query}&{rid}" if parts.query else rid
    return urlunsplit((parts.scheme, parts.netloc, parts.path.rstrip("/") + suffix, query, ""))
