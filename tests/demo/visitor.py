"""Someone who visits a running stack: fresh connections, its CA, its addresses, its accounts."""

import http.client
import json
import socket
import ssl
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from email.message import Message
from pathlib import Path
from typing import Any

API = "api.portal.demo.test"
WEB = "portal.demo.test"
WORKER = "worker.portal.demo.test"
CONTROL = "control.demo.test"
SALESFORCE = "acme.my.salesforce.demo.test"
TRUST = "status.salesforce.demo.test"
WHMCS = "billing.demo.test"


@dataclass(frozen=True)
class Seen:
    """One answer."""

    status: int
    headers: Message
    body: bytes

    @property
    def json(self) -> Any:
        """The body as JSON."""
        return json.loads(self.body)

    @property
    def text(self) -> str:
        """The body as text."""
        return self.body.decode()


@dataclass
class Visitor:
    """Talks to the stack whose files lie in *state*; keeps the cookie it was given last."""

    state: Path
    cookie: str = ""
    _ports: dict[str, int] = field(default_factory=dict)

    def file(self, name: str) -> str:
        """Return one of the state files."""
        return (self.state / "demo" / name).read_text().strip()

    def port(self, host: str) -> int:
        """Return where the public name *host* leads."""
        rules = (line.split(":") for line in self.file("connect-to").splitlines())
        return next(int(port) for name, _, _, port in rules if name == host)

    def ask(self, host: str, path: str, *, method: str = "GET", body: str | None = None, **headers: str) -> Seen:
        """Make one request on a fresh connection; after a reset, which happens, once more."""
        headers = {"content-type": "application/json", **headers}
        if self.cookie:
            headers["cookie"] = self.cookie
        for attempt in range(3):
            try:
                return self.once(host, path, method, body, **headers)
            except (ConnectionResetError, ssl.SSLEOFError, http.client.RemoteDisconnected):
                if attempt == 2:
                    raise
        raise AssertionError

    def login(self, who: str = "customer") -> Seen:
        """Log in as an account of the state files."""
        self.cookie = ""
        body = json.dumps({"email": self.file(f"{who}-user"), "password": self.file(f"{who}-password")})
        seen = self.ask(API, "/auth/login", method="POST", body=body)
        self.cookie = str(seen.headers.get("set-cookie", "")).partition(";")[0]
        return seen

    def census(self, times: int = 12, host: str = API) -> list[str]:
        """Return the commits that *times* fresh connections meet."""
        return [self.ask(host, "/health").json["version"] for _ in range(times)]

    def census_of_good(self, times: int = 12, host: str = API) -> set[str]:
        """Return the commits in the good answers of *times* fresh connections."""
        seen = (self.ask(host, "/health") for _ in range(times))
        return {one.json["version"] for one in seen if one.status == 200}

    def once(self, host: str, path: str, method: str = "GET", body: str | None = None, **headers: str) -> Seen:
        """Make one request on a fresh connection, whatever comes of it."""
        context = ssl.create_default_context(cafile=str(self.state / "demo" / "ca.pem"))
        plain = socket.create_connection(("127.0.0.1", self.port(host)), timeout=10)
        with plain, context.wrap_socket(plain, server_hostname=host) as secure:
            connection = http.client.HTTPConnection(host)
            connection.sock = secure
            connection.request(method, path, body, headers)
            answer = connection.getresponse()
            return Seen(answer.status, answer.headers, answer.read())


def eventually(condition: Callable[[], bool], within_s: float = 10.0) -> bool:
    """Wait until *condition* holds; tells whether it came to that."""
    end = time.monotonic() + within_s
    while time.monotonic() < end:
        if condition():
            return True
        time.sleep(0.05)
    return condition()
