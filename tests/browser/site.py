"""A small web site on loopback that serves what a test tells it to, and remembers what it was asked."""

import ssl
import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer


@dataclass(frozen=True)
class Asked:
    """One request as it arrived."""

    method: str
    path: str
    headers: Mapping[str, str]
    body: str = ""


@dataclass(frozen=True)
class Answer:
    """What is sent back; status 0 drops the connection without a word."""

    body: str = ""
    status: int = 200
    type: str = "text/html; charset=utf-8"
    headers: tuple[tuple[str, str], ...] = ()


Reply = Answer | Callable[[Asked], Answer]


@dataclass
class Site:
    """Answers by method and path; everything else is 404."""

    port: int = 0
    scheme: str = "http"
    replies: dict[tuple[str, str], Reply] = field(default_factory=dict)
    asked: list[Asked] = field(default_factory=list)
    release: threading.Event = field(default_factory=threading.Event)
    """Lets answers go that a test holds back; set at the end, so that no thread stays behind."""

    @property
    def url(self) -> str:
        """The address of the site."""
        return f"{self.scheme}://127.0.0.1:{self.port}"

    def serve(self, path: str, body: str = "", *, method: str = "GET", **answer: object) -> None:
        """Answer *path* with *body*."""
        self.replies[method, path] = Answer(body, **answer)  # type: ignore[arg-type]

    def reply(self, path: str, reply: Reply, *, method: str = "GET") -> None:
        """Answer *path* with what *reply* returns."""
        self.replies[method, path] = reply

    def requests(self, method: str, path: str = "") -> list[Asked]:
        """Return what arrived with *method*."""
        return [one for one in self.asked if one.method == method and one.path.startswith(path)]

    def answer(self, asked: Asked) -> Answer:
        """Return the answer to a request."""
        self.asked.append(asked)
        method = "GET" if asked.method == "HEAD" else asked.method
        reply = self.replies.get((method, asked.path.partition("?")[0]), Answer("not here", 404, "text/plain"))
        return reply(asked) if callable(reply) else reply


@contextmanager
def running(context: ssl.SSLContext | None = None) -> Iterator[Site]:
    """Run an empty site."""
    site = Site(scheme="https" if context else "http")
    server = ThreadingHTTPServer(("127.0.0.1", 0), _handler(site))
    server.daemon_threads = True
    if context is not None:
        server.socket = context.wrap_socket(server.socket, server_side=True)
    site.port = server.server_address[1]
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    try:
        yield site
    finally:
        site.release.set()
        server.shutdown()
        thread.join()
        server.server_close()


def _handler(site: Site) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def _any(self) -> None:
            length = int(self.headers.get("content-length") or 0)
            body = self.rfile.read(length).decode("utf-8", "replace")
            answer = site.answer(Asked(self.command, self.path, dict(self.headers), body))
            if not answer.status:
                self.close_connection = True
                return
            content = answer.body.encode()
            self.send_response(answer.status)
            for name, value in (("content-type", answer.type), ("content-length", str(len(content))), *answer.headers):
                self.send_header(name, value)
            self.end_headers()
            if self.command != "HEAD":
                self.wfile.write(content)

        do_GET = do_HEAD = do_POST = do_OPTIONS = do_DELETE = do_PUT = _any  # noqa: N815 - names in http.server

        def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the name in http.server
            """Stay quiet."""

    return Handler
