"""Real Prometheus, Alertmanager and RabbitMQ for tests, as Debian packages them; who has none of them skips."""

import http.client
import os
import shutil
import subprocess
import tempfile
import time
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass, field
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread

import httpx
import pytest

from tests.dependencies.postgres_server import _die_with_parent
from tests.http.servers import free_port

STARTING_S = 60.0
EVERY_S = 0.1
RABBITMQ = "/usr/lib/rabbitmq/bin/rabbitmq-server"
"""The server's own script: the one on PATH changes to a user of its own, who may not write where the test does."""

SCRAPING = """
global: {scrape_interval: 200ms, scrape_timeout: 200ms}
scrape_configs:
  - job_name: api
    static_configs: [{targets: ["127.0.0.1:%d"]}]
"""
ALERTING = "{route: {receiver: nobody}, receivers: [{name: nobody}]}"
BROKER = """
listeners.tcp.1 = 127.0.0.1:%d
management.tcp.ip = 127.0.0.1
management.tcp.port = %d
collect_statistics_interval = 1000
"""


@dataclass
class Exporter:
    """A service whose metrics a test sets; while *down*, it answers nothing but errors."""

    lines: str = ""
    down: bool = False
    server: ThreadingHTTPServer = field(init=False)

    @property
    def port(self) -> int:
        """Where it listens."""
        return int(self.server.server_address[1])


@dataclass(frozen=True)
class Watching:
    """A running Prometheus, and the service that it scrapes as the job `api`."""

    url: str
    exporter: Exporter


@dataclass(frozen=True)
class Broker:
    """A running RabbitMQ: the address of its management API, with the administrator's name, and its AMQP port."""

    url: str
    port: int


@contextmanager
def prometheus() -> Iterator[Watching]:
    """Run Prometheus on a free port; it scrapes an exporter of this process five times a second."""
    with _started() as (stack, directory, port):
        exporter = stack.enter_context(_exporting())
        (directory / "prometheus.yml").write_text(SCRAPING % exporter.port)
        files = (f"--config.file={directory}/prometheus.yml", f"--storage.tsdb.path={directory}/data")
        url = f"http://127.0.0.1:{port}"
        command = [program("prometheus"), *files, f"--web.listen-address=127.0.0.1:{port}"]
        stack.enter_context(_running(command, f"{url}/-/ready", directory))
        yield Watching(url, exporter)


@contextmanager
def alertmanager() -> Iterator[str]:
    """Run Alertmanager on a free port, alone; yields its address."""
    with _started() as (stack, directory, port):
        (directory / "alertmanager.yml").write_text(ALERTING)
        files = (f"--config.file={directory}/alertmanager.yml", f"--storage.path={directory}/data")
        url = f"http://127.0.0.1:{port}"
        listening = (f"--web.listen-address=127.0.0.1:{port}", "--cluster.listen-address=")
        command = [program("prometheus-alertmanager", "alertmanager"), *files, *listening]
        stack.enter_context(_running(command, f"{url}/-/ready", directory))
        yield url


@contextmanager
def rabbitmq() -> Iterator[Broker]:
    """Run RabbitMQ with its management API; the name server of Erlang is a child too, so that nothing stays behind."""
    with _started() as (stack, directory, port):
        amqp, epmd, distribution = (free_port() for _ in range(3))
        (directory / "plugins").write_text("[rabbitmq_management].")
        (directory / "rabbitmq.conf").write_text(BROKER % (amqp, port))
        names = [program("epmd"), "-port", str(epmd), "-address", "127.0.0.1"]
        stack.enter_context(_running(names, None, directory))
        url = f"http://guest:guest@127.0.0.1:{port}"
        place = {"ERL_EPMD_PORT": str(epmd), "RABBITMQ_DIST_PORT": str(distribution), "HOME": str(directory)}
        stack.enter_context(_running([program(RABBITMQ)], f"{url}/api/overview", directory, _broker(directory) | place))
        yield Broker(url, amqp)


def program(*names: str) -> str:
    """Return the first of these programs that is on this machine; skips where there is none."""
    found = next(filter(None, map(shutil.which, names)), None)
    return found or pytest.skip(f"{Path(names[0]).name} is not on this machine; Debian has it as a package")


def _broker(directory: Path) -> dict[str, str]:
    return {
        "RABBITMQ_NODENAME": f"smoke{os.getpid()}@localhost",
        "RABBITMQ_MNESIA_BASE": f"{directory}/data",
        "RABBITMQ_LOG_BASE": f"{directory}/log",
        "RABBITMQ_ENABLED_PLUGINS_FILE": f"{directory}/plugins",
        "RABBITMQ_CONFIG_FILE": f"{directory}/rabbitmq.conf",
        "RABBITMQ_ALLOW_INPUT": "true",  # the script becomes the server, instead of watching over it
        "RABBITMQ_SERVER_ADDITIONAL_ERL_ARGS": "-noinput -kernel inet_dist_use_interface {127,0,0,1}",
    }


@contextmanager
def _started() -> Iterator[tuple[ExitStack, Path, int]]:
    """Yield what is closed in the end, a directory that goes with it, and a free port."""
    with (
        tempfile.TemporaryDirectory(prefix="smokegate-server-", ignore_cleanup_errors=True) as name,
        ExitStack() as stack,
    ):
        yield stack, Path(name), free_port()


@contextmanager
def _exporting() -> Iterator[Exporter]:
    exporter = Exporter()

    class Metrics(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            """Tell the metrics."""
            body = exporter.lines.encode()
            self.send_response(HTTPStatus.INTERNAL_SERVER_ERROR if exporter.down else HTTPStatus.OK)
            self.send_header("Content-Type", "text/plain; version=0.0.4")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            with suppress(ConnectionError):  # Prometheus was stopped meanwhile
                self.wfile.write(body)

        def log_message(self, *_: object) -> None:
            """Say nothing of a request."""

    exporter.server = ThreadingHTTPServer(("127.0.0.1", 0), Metrics)
    thread = Thread(target=exporter.server.serve_forever, args=(0.05,))
    thread.start()
    try:
        yield exporter
    finally:
        exporter.server.shutdown()
        thread.join()
        exporter.server.server_close()


@contextmanager
def _running(
    command: list[str], ready: str | None, directory: Path, more: Mapping[str, str] | None = None
) -> Iterator[None]:
    """Run a server until the block ends; *ready* is an address that answers 200 once it serves."""
    log = directory / f"{Path(command[0]).name}.log"
    with log.open("wb") as said:
        server = subprocess.Popen(
            command,
            stdin=subprocess.DEVNULL,
            stdout=said,
            stderr=subprocess.STDOUT,
            cwd=directory,
            env={**os.environ, **(more or {})},
            preexec_fn=_die_with_parent,  # noqa: PLW1509 - it calls one system call and takes no lock
        )
    try:
        if ready is not None:
            _wait(server, ready, log)
        yield
    finally:
        server.kill()
        server.wait(30)


def _wait(server: subprocess.Popen[bytes], ready: str, log: Path) -> None:
    deadline = time.monotonic() + STARTING_S
    while time.monotonic() < deadline and server.poll() is None:
        with suppress(httpx.TransportError):
            if httpx.get(ready, trust_env=False).status_code == http.client.OK:
                return
        time.sleep(EVERY_S)
    raise RuntimeError(f"{server.args!r} does not serve: {log.read_text(errors='replace')[-2000:]}")
