"""
A stand-in for Slack's Web API and its incoming webhooks, as far as messages and threads go.

As Slack does, it answers 200 with `ok: false` to what it refuses, and 429 with `Retry-After` to what comes too often; a
`ts` is a string, unique in its channel. Methods that only read are asked by a form; JSON is not promised for them.
It knows nothing of the code that it serves.
"""

import json
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qsl

TOKEN = "xoxb-1111-2222-AbCdEfGhIjKl"
HOOK = "/services/T000/B000/s3cr3t-of-the-hook"
READING = {"conversations.history", "conversations.replies"}
LIMITS = {"header": 150, "section": 3000, "context": 3000}

Json = dict[str, Any]


@dataclass
class Channel:
    """One channel."""

    id: str
    name: str
    joined: bool = True
    archived: bool = False
    private: bool = False
    messages: list[Json] = field(default_factory=list)

    def roots(self) -> list[Json]:
        """Return what stands in the channel itself."""
        return [one for one in self.messages if one.get("thread_ts", one["ts"]) == one["ts"]]

    def replies(self, ts: str) -> list[Json]:
        """Return the answers to one message."""
        return [one for one in self.messages if one.get("thread_ts") == ts and one["ts"] != ts]


class Slack:
    """The state of the stand-in; *scopes* are those of the bot, *busy* the pauses that are asked for next."""

    def __init__(self) -> None:
        self.url = ""
        self.channels = [Channel("C0DEPLOYS", "deploys"), Channel("C0ARCHIVE", "old", archived=True)]
        self.channels += [
            Channel("C0OTHERS", "others", joined=False),
            Channel("C0SECRET", "x", joined=False, private=True),
        ]
        self.scopes = {"chat:write", "channels:history"}
        self.busy: list[str] = []
        self.refuse: list[str] = []
        """Errors with which the next calls are answered."""
        self.cut_off = 0
        """So many of the next messages are taken, and their answer is lost."""
        self.calls: list[str] = []
        self.hooked: list[Json] = []
        self.hook: tuple[int, str] = (200, "ok")
        self._ticks = 100
        self.lock = threading.Lock()

    @property
    def deploys(self) -> Channel:
        """The channel that the bot is in."""
        return self.channels[0]

    def threads(self) -> list[list[str]]:
        """Return the first words of each thread: the root's text, then those of its answers."""
        return [
            [root["text"], *(one["text"] for one in self.deploys.replies(root["ts"]))] for root in self.deploys.roots()
        ]

    def answer(self, method: str, token: str, asked: Json) -> Json:
        """Return what a method answers."""
        with self.lock:
            if not token:
                return _no("not_authed")
            if token != TOKEN:
                return _no("invalid_auth")
            if self.refuse:
                return _no(self.refuse.pop(0))
            known: dict[str, Callable[[Json], Json]] = {
                "auth.test": self._auth_test,
                "chat.postMessage": self._post,
                "conversations.history": self._history,
                "conversations.replies": self._replies,
            }
            return known[method](asked) if method in known else _no("unknown_method")

    def _auth_test(self, _: Json) -> Json:
        return {"ok": True, "url": "https://acme.slack.com/", "team": "Acme", "user": "smokegate", "bot_id": "B0SMOKE"}

    def _post(self, asked: Json) -> Json:
        channel = self._channel(asked.get("channel"), by_name=True)
        if refused := self._closed(channel) or _unfit(asked):
            return refused
        assert channel is not None
        if problems := list(_wrong_blocks(asked.get("blocks", []))):
            return _no("invalid_blocks", response_metadata={"messages": problems})
        root = asked.get("thread_ts")
        if root is not None and all(one["ts"] != root for one in channel.messages):
            return _no("cannot_reply_to_message")
        self._ticks += 1
        kept = ("text", "blocks", "metadata", "thread_ts", "reply_broadcast")
        message: Json = {key: asked[key] for key in kept if key in asked}
        message |= {"type": "message", "bot_id": "B0SMOKE", "ts": f"1763634000.{self._ticks:06d}"}
        channel.messages.append(message)
        return {"ok": True, "channel": channel.id, "ts": message["ts"], "message": message}

    def _closed(self, channel: Channel | None) -> Json | None:
        if "chat:write" not in self.scopes:
            return _no("missing_scope", needed="chat:write", provided=",".join(sorted(self.scopes)))
        if channel is None or (channel.private and not channel.joined):
            return _no("channel_not_found")
        if channel.archived:
            return _no("is_archived")
        return None if channel.joined or "chat:write.public" in self.scopes else _no("not_in_channel")

    def _history(self, asked: Json) -> Json:
        return self._listed(asked, lambda channel: channel.roots()[::-1])

    def _replies(self, asked: Json) -> Json:
        ts = str(asked.get("ts"))
        return self._listed(
            asked, lambda channel: [one for one in channel.messages if ts in {one["ts"], one.get("thread_ts")}]
        )

    def _listed(self, asked: Json, of: Any) -> Json:
        if "channels:history" not in self.scopes:
            return _no("missing_scope", needed="channels:history", provided=",".join(sorted(self.scopes)))
        channel = self._channel(asked.get("channel"), by_name=False)  # only ids, unlike chat.postMessage
        if channel is None:
            return _no("channel_not_found")
        told = str(asked.get("include_all_metadata")).lower() in {"true", "1"}
        shown = [{key: one[key] for key in one if told or key != "metadata"} for one in of(channel)]
        return {"ok": True, "messages": shown[: int(asked.get("limit", 100))], "has_more": False}

    def _channel(self, named: object, *, by_name: bool) -> Channel | None:
        names = (str(named), str(named).removeprefix("#"))
        return next((one for one in self.channels if one.id == names[0] or (by_name and one.name == names[1])), None)


def _no(error: str, **more: Any) -> Json:
    return {"ok": False, "error": error, **more}


def _unfit(asked: Json) -> Json | None:
    if not asked.get("text") and not asked.get("blocks"):
        return _no("no_text")
    return _no("msg_too_long") if len(asked.get("text", "")) > 40_000 else None


def _wrong_blocks(blocks: list[Json]) -> Iterator[str]:
    if len(blocks) > 50:
        yield "no more than 50 items allowed"
    for number, block in enumerate(blocks):
        texts = [block["text"]] if "text" in block else []
        fields = block.get("fields", [])
        if len(fields) > 10:
            yield f"/blocks/{number}/fields no more than 10 items allowed"
        if any(not 0 < len(one["text"]) <= 2000 for one in fields):
            yield f"/blocks/{number}/fields must be 1 to 2000 characters"
        for one in [*texts, *block.get("elements", [])]:
            if not 0 < len(one["text"]) <= LIMITS[block["type"]]:
                yield f"/blocks/{number}/text must be 1 to {LIMITS[block['type']]} characters"


def handler(slack: Slack) -> type[BaseHTTPRequestHandler]:  # noqa: C901 - one small method after another
    """Return what answers for *slack*."""

    class Answer(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers.get("content-length", "0")))
            slack.calls.append(self.path)
            if slack.busy:
                self._say(429, b'{"ok":false,"error":"ratelimited"}', {"retry-after": slack.busy.pop(0)})
            elif self.path.startswith("/services/"):
                self._hook(body)
            elif slack.cut_off and self.path.endswith("postMessage"):
                slack.cut_off -= 1
                self._method(body)
                self.close_connection = True
            else:
                self._say(200, json.dumps(self._method(body)).encode(), {"content-type": "application/json"})

        def _method(self, body: bytes) -> Json:
            token = self.headers.get("authorization", "").removeprefix("Bearer ").strip()
            kind = self.headers.get("content-type", "")
            asked = json.loads(body) if "json" in kind else dict(parse_qsl(body.decode()))
            method = self.path.rpartition("/")[2]
            if "json" in kind and method in READING:
                return _no("invalid_arguments")
            return slack.answer(method, token, asked)

        def _hook(self, body: bytes) -> None:
            status, said = slack.hook if self.path == HOOK else (404, "no_service")
            if status == 200:
                slack.hooked.append(json.loads(body))
            self._say(status, said.encode(), {"content-type": "text/html"})

        def _say(self, status: int, said: bytes, headers: dict[str, str]) -> None:
            self.send_response(status)
            for name, value in {**headers, "content-length": str(len(said))}.items():
                self.send_header(name, value)
            self.end_headers()
            self.wfile.write(said)

        def log_message(self, *_: object) -> None:
            pass

    return Answer


@contextmanager
def serving() -> Iterator[Slack]:
    """Serve a Slack: its Web API under `<url>/api`, its webhook under `<url>` and HOOK."""
    slack = Slack()
    server = ThreadingHTTPServer(("127.0.0.1", 0), handler(slack))
    server.daemon_threads = True
    thread = threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True)
    thread.start()
    slack.url = f"http://127.0.0.1:{server.server_port}"
    try:
        yield slack
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
