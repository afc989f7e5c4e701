"""A small real site on loopback: every path answers as a test says, and all requests are counted."""

import json
import socket
import threading
import zlib
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import cache
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

COMMIT = "9f1c2ab4d5e6f708192a3b4c5d6e7f8091a2b3c4"
PREVIOUS = "4e77d01a2b3c4d5e6f708192a3b4c5d6e7f80912"

MEGABYTE = 2**20


class Ask(BaseHTTPRequestHandler):
    """One request to the site."""

    protocol_version = "HTTP/1.1"
    server: "Site"

    def do_GET(self) -> None:
        """Answer as the path's behaviour says."""
        path = self.path.partition("?")[0]
        self.server.asked[path] += 1
        self.server.came.set()
        try:
            self.server.answers.get(path, status(404, "Not Found"))(self)
        except OSError:
            self.close_connection = True  # the other side has gone, as it may

    def do_POST(self) -> None:
        """Read the body, and answer as the path's behaviour says."""
        self.rfile.read(int(self.headers.get("content-length", "0")))
        self.do_GET()

    def say(self, code: int, body: bytes, **headers: str) -> None:
        """Send a whole answer; underscores in header names become hyphens."""
        self.send_response(code)
        for name, value in {"content_length": str(len(body)), **headers}.items():
            self.send_header(name.replace("_", "-"), value)
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *args: Any) -> None:  # noqa: A002 - the library's interface
        """Keep quiet."""


Answer = Callable[[Ask], None]


class Site(ThreadingHTTPServer):
    """A healthy site; change `answers` to make it ill, set `ended` to release whoever is kept waiting."""

    daemon_threads = True
    block_on_close = False
    request_queue_size = 128

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), Ask)
        self.commit = COMMIT
        self.session = "0123456789abcdef0123456789abcdef"
        self.asked: Counter[str] = Counter()
        self.came = threading.Event()
        self.ended = threading.Event()
        self.answers: dict[str, Answer] = {
            "/health": lambda ask: ask.say(200, json.dumps({"status": "ok", "version": self.commit}).encode()),
            "/": page("Welcome"),
            "/terms": page("Terms"),
            "/account": status(401, "Unauthorized"),
            "/items": lambda ask: ask.say(200, b'{"items": [{"id": 1}]}', content_type="application/json"),
            "/login": lambda ask: ask.say(200, b"{}", set_cookie=f"session={self.session}; HttpOnly"),
            "/me": lambda ask: ask.say(200 if self.session in ask.headers.get("cookie", "") else 401, b"{}"),
            "/orders": page("Orders", "<ul><li>one</li></ul>"),
        }

    @property
    def port(self) -> int:
        """Where it listens."""
        return int(self.server_address[1])

    @property
    def url(self) -> str:
        """Its address."""
        return f"http://127.0.0.1:{self.port}"

    def handle_error(self, request: Any, client_address: Any) -> None:
        """Say nothing of clients that went away."""


@contextmanager
def serving() -> Iterator[Site]:
    """Serve a site until the block ends."""
    with Site() as site:
        thread = threading.Thread(target=site.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True)
        thread.start()
        try:
            yield site
        finally:
            site.ended.set()
            site.shutdown()


def page(heading: str, body: str = "") -> Answer:
    """Answer a page with a heading."""
    html = f"<!doctype html><title>{heading}</title><h1>{heading}</h1>{body}<p>Some text that a page would have.</p>"
    return lambda ask: ask.say(200, html.encode(), content_type="text/html")


def status(code: int, text: str) -> Answer:
    """Answer a status with a short text."""
    return lambda ask: ask.say(code, text.encode(), content_type="text/plain")


def silent(ask: Ask) -> None:
    """Accept, and never answer."""
    ask.server.ended.wait(60)
    ask.close_connection = True


def dripping(ask: Ask) -> None:
    """Answer one byte at a time, without an end."""
    ask.send_response(200)
    ask.send_header("content-length", "1000000")
    ask.end_headers()
    while not ask.server.ended.wait(0.1):
        ask.wfile.write(b"x")
    ask.close_connection = True


def endless_body(ask: Ask) -> None:
    """Answer a body as fast as it is read, without an end."""
    ask.send_response(200)
    ask.send_header("connection", "close")
    ask.end_headers()
    while not ask.server.ended.is_set():
        ask.wfile.write(b"x" * 65536)


def endless_redirects(ask: Ask) -> None:
    """Redirect to another address of its own each time."""
    ask.say(302, b"", location=f"{ask.path.partition('?')[0]}?n={ask.server.asked.total()}")


@cache
def _bomb() -> bytes:
    packer = zlib.compressobj(wbits=31)
    return b"".join(packer.compress(bytes(MEGABYTE)) for _ in range(300)) + packer.flush()


def gzip_bomb(ask: Ask) -> None:
    """Answer a small body that unpacks to three hundred megabytes."""
    ask.say(200, _bomb(), content_type="text/html", content_encoding="gzip")


def free_port() -> int:
    """Return a port on which nothing listens."""
    with socket.socket() as sock:
        sock.bind(("127.0.0.1", 0))
        return int(sock.getsockname()[1])
