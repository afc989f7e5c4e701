"""Orders to a running stack from outside its parent process: one line over a socket, one JSON line back."""

import asyncio
import json
import socket
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from smoke.demo.errors import StackError

WITHIN_S = 60.0
"""How long an order may take; a deploy starts seven processes' worth of replicas."""

LINE_BYTES = 65536


@dataclass(frozen=True, slots=True)
class Order:
    """One line, and who is told what came of it."""

    line: str
    answer: Callable[[dict[str, Any]], None]


@asynccontextmanager
async def listening(path: Path, orders: "asyncio.Queue[Order]") -> AsyncIterator[None]:
    """Take orders at *path* for as long as the context lasts; only the owner of the stack may give any."""

    async def take(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        answered: asyncio.Future[dict[str, Any]] = asyncio.get_running_loop().create_future()
        try:
            with suppress(OSError, ValueError, asyncio.CancelledError):
                line = (await reader.readline()).decode("utf-8", "replace")
                await orders.put(Order(line, answered.set_result))
                writer.write(json.dumps(await answered).encode() + b"\n")
                await writer.drain()
        finally:
            writer.close()

    server = await asyncio.start_unix_server(take, path)
    await asyncio.to_thread(path.chmod, 0o600)
    try:
        yield
    finally:
        server.close()


def give(state: Path, line: str) -> dict[str, Any]:
    """Give an order to the stack whose files are in *state*, and return its answer; raises StackError."""
    described = state / "demo" / "stack.json"
    if not described.is_file():
        raise StackError(f"no stack is running in {state}; start one with `smoke demo --start`")
    try:
        address = json.loads(described.read_text(encoding="utf-8"))["orders"]
        with socket.socket(socket.AF_UNIX) as plug:
            plug.settimeout(WITHIN_S)
            plug.connect(address)
            plug.sendall(f"{line}\n".encode())
            with plug.makefile("rb") as stream:
                answer = json.loads(stream.readline(LINE_BYTES) or b"{}")
    except (OSError, ValueError, KeyError) as error:
        raise StackError(f"the stack in {state} does not take orders: {error}") from error
    if answer.get("event") in {None, "refused"}:
        raise StackError(f"the stack refused {line!r}: {answer.get('message', 'it ended meanwhile')}")
    return dict(answer)
