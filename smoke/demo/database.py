"""Connections to PostgreSQL: a small pool for each replica, and the waiting for a server that is starting."""

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any, LiteralString

import psycopg
from psycopg.rows import DictRow, dict_row

from smoke.demo.endurance import Pooling
from smoke.demo.errors import StackError

Connection = psycopg.AsyncConnection[DictRow]


def dsn(socket_directory: Path, database: str, user: str = "postgres") -> str:
    """Return the address of *database* behind the socket in *socket_directory*."""
    return f"postgresql://{user}@/{database}?host={socket_directory}"


async def connect(address: str) -> Connection:
    """Open one connection that commits each statement by itself."""
    return await psycopg.AsyncConnection.connect(address, autocommit=True, row_factory=dict_row)


async def connect_when_ready(address: str, timeout_s: float = 20.0) -> Connection:
    """Open a connection as soon as the server takes one; raises StackError after *timeout_s*."""
    try:
        async with asyncio.timeout(timeout_s):
            while True:
                try:
                    return await connect(address)
                except psycopg.OperationalError:
                    await asyncio.sleep(0.02)
    except TimeoutError as error:
        raise StackError(f"PostgreSQL took no connection within {timeout_s:g} s") from error


class PoolExhausted(Exception):
    """No connection became free in time."""


class Pool:
    """A few connections, opened when needed and reused; *read_only* ones, where nothing may be written."""

    def __init__(self, address: str, pooling: Pooling | None = None, *, read_only: bool = False) -> None:
        self._address = f"{address}&options=-c%20default_transaction_read_only%3Don" if read_only else address
        self._pooling = pooling or Pooling()
        self._free: asyncio.LifoQueue[Connection | None] = asyncio.LifoQueue()
        for _ in range(self._pooling.size):
            self._free.put_nowait(None)

    @asynccontextmanager
    async def connection(self) -> AsyncIterator[Connection]:
        """Lend a connection; a broken one is replaced. Raises PoolExhausted if none becomes free in time."""
        held = await self._next()
        try:
            if self._pooling.holds_s:
                await asyncio.sleep(self._pooling.holds_s)
            if held is None or held.closed:
                held = await connect(self._address)
            yield held
        finally:
            self._free.put_nowait(held)

    async def _next(self) -> Connection | None:
        try:
            async with asyncio.timeout(self._pooling.wait_s):
                return await self._free.get()
        except TimeoutError as error:
            raise PoolExhausted("Timed out fetching a new connection from the connection pool") from error

    async def rows(self, sql: LiteralString, *values: Any) -> Sequence[DictRow]:
        """Run one statement and return its rows; a statement without an answer gives none."""
        async with self.connection() as connection:
            cursor = await connection.execute(sql, values)
            return await cursor.fetchall() if cursor.description else []

    async def close(self) -> None:
        """Close all connections that are not lent."""
        while not self._free.empty():
            held = self._free.get_nowait()
            if held is not None:
                await held.close()
