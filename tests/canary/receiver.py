"""A server that takes what the canary sends: alerts to a webhook, and signs of life to a dead man's switch."""

import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any


@dataclass
class Received:
    """What came, in its order; *answer* is the status of what is asked next, by path."""

    url: str = ""
    alerts: list[dict[str, Any]] = field(default_factory=list)
    keys: list[str] = field(default_factory=list)
    signs: list[tuple[str, str]] = field(default_factory=list)
    answer: dict[str, int] = field(default_factory=dict)

    @property
    def once(self) -> list[dict[str, Any]]:
        """The alerts without repetitions, as a receiver keeps them that heeds their keys."""
        seen: dict[str, dict[str, Any]] = {}
        for key, alert in zip(self.keys, self.alerts, strict=True):
            seen.setdefault(key, alert)
        return list(seen.values())


@contextmanager
def receiving() -> Iterator[Received]:
    """Take what is sent to `<url>/alerts` and `<url>/ping`."""
    received = Received()

    class Ask(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers.get("content-length", "0")))
            path, _, query = self.path.partition("?")
            status = received.answer.get(path, 200)
            if status == 200 and path == "/alerts":
                received.keys.append(str(self.headers["Idempotency-Key"]))
                received.alerts.append(json.loads(body))
            elif path.startswith("/ping"):
                received.signs.append((path.removeprefix("/ping") or "/success", query))
            said = json.dumps({"thread": "t-1"}).encode()
            self.send_response(status)
            self.send_header("content-length", str(len(said)))
            self.send_header("location", "http://127.0.0.1:1/elsewhere")
            self.end_headers()
            self.wfile.write(said)

        def log_message(self, *_: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Ask)
    thread = threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True)
    thread.start()
    received.url = f"http://127.0.0.1:{server.server_port}"
    try:
        yield received
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
