"""A server that takes JSON and answers with one status."""

import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any


@dataclass
class Taken:
    """What came; *status* is what is answered."""

    port: int = 0
    status: int = 200
    sent: list[dict[str, Any]] = field(default_factory=list)


@contextmanager
def taking() -> Iterator[Taken]:
    """Take what is posted to any path."""
    taken = Taken()

    class Take(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            taken.sent.append(json.loads(self.rfile.read(int(self.headers.get("content-length", "0")))))
            self.send_response(taken.status)
            self.send_header("content-length", "0")
            self.end_headers()

        def log_message(self, *_: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Take)
    thread = threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True)
    thread.start()
    taken.port = server.server_port
    try:
        yield taken
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
