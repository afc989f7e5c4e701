"""Two plain ways out: a file of JSON lines, and a webhook. Chat senders fit the same port (`smoke.alerts.message`)."""

import json
import os
from dataclasses import dataclass
from pathlib import Path

from smoke.alerts.message import Message, Receipt, SendingFailed
from smoke.posting import PostFailed, post

TOO_EARLY, TOO_MANY, TIMED_OUT = 425, 429, 408
TRANSIENT = frozenset({TIMED_OUT, TOO_EARLY, TOO_MANY})
"""Client errors that another moment may answer differently; the others last, since the message stays what it is."""

SERVER_ERRORS = 500


@dataclass(frozen=True)
class FileSender:
    """Append each message to a file, once: what an attempt that was cut off had written is not written again."""

    path: Path

    def send(self, message: Message) -> Receipt:
        """Write one line; raises SendingFailed."""
        try:
            self.path.parent.mkdir(parents=True, exist_ok=True)
            written = self.path.read_bytes() if self.path.exists() else b""
            if not (message.again and _holds(written, message.id)):
                self._append(message, whole=written.endswith(b"\n") or not written)
        except OSError as error:
            raise SendingFailed(f"{self.path}: {error.strerror or error}") from error
        return Receipt(message.thread or message.incident)

    def _append(self, message: Message, *, whole: bool) -> None:
        line = json.dumps({**message.to_json(), "thread": message.thread or message.incident}) + "\n"
        descriptor = os.open(self.path, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
        try:
            os.write(descriptor, (line if whole else "\n" + line).encode())  # in one piece, or not at all
            os.fsync(descriptor)
        finally:
            os.close(descriptor)


def _holds(written: bytes, message_id: str) -> bool:
    """Tell whether a whole line of the file is the message."""
    for line in written.splitlines():
        try:
            if json.loads(line)["id"] == message_id:
                return True
        except (ValueError, TypeError, KeyError):
            continue  # cut off by a power cut, or somebody else's
    return False


@dataclass(frozen=True)
class WebhookSender:
    """POST each message as JSON; its id goes along as `Idempotency-Key`, by which a repetition can be dropped."""

    url: str

    def send(self, message: Message) -> Receipt:
        """Send it; raises SendingFailed. An answer `{"thread": "…"}` names the thread of the incident."""
        headers = {"Content-Type": "application/json", "Idempotency-Key": message.id}
        try:
            answer = post(self.url, json.dumps(message.to_json()).encode(), headers)
        except PostFailed as error:
            lasts = error.status is not None and error.status < SERVER_ERRORS and error.status not in TRANSIENT
            raise SendingFailed(f"the webhook did not take it: {error}", lasting=lasts) from error
        return Receipt(_thread(answer) or message.thread)


def _thread(answer: bytes) -> str | None:
    try:
        said = json.loads(answer)
    except ValueError:
        return None
    thread = said.get("thread") if isinstance(said, dict) else None
    return thread if isinstance(thread, str) else None
