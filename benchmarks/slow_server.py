"""
A local server that takes its time: every answer comes after the same delay, however many are asked for at once.

`python -m benchmarks.slow_server DELAY_S` serves on a free port, prints it, and ends when its standard input does.
"""

import asyncio
import json
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager

COMMIT = "5f0c9a17d2b84e6fa1c35d7708e92b4c6d1e0f3a"
_PAGE = b"<!doctype html><html><head><title>Page</title></head><body><h1>Customer Portal</h1></body></html>"
_BODIES = {
    "/health": json.dumps({"status": "ok", "version": COMMIT, "uptime": 4200}).encode(),
    "/read": json.dumps({"items": [{"number": f"INV-{n:04}", "total": "105.19"} for n in range(20)]}).encode(),
}


class SlowAnswers(asyncio.Protocol):
    """One connection: answer each request head *delay_s* seconds after it came, and keep the connection."""

    def __init__(self, delay_s: float) -> None:
        self._delay_s = delay_s
        self._received = b""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Remember where to answer."""
        assert isinstance(transport, asyncio.WriteTransport)
        self._transport = transport

    def data_received(self, data: bytes) -> None:
        """Take what came; requests here have no body, so each head is one request."""
        self._received += data
        while b"\r\n\r\n" in self._received:
            head, _, self._received = self._received.partition(b"\r\n\r\n")
            path = head.split(b" ", 2)[1].decode("ascii").partition("?")[0]
            asyncio.get_running_loop().call_later(self._delay_s, self._answer, path)

    def _answer(self, path: str) -> None:
        if self._transport.is_closing():
            return
        name = "/" + path.split("/")[1]
        body, kind = (_BODIES[name], "application/json") if name in _BODIES else (_PAGE, "text/html; charset=utf-8")
        head = f"HTTP/1.1 200 OK\r\ncontent-type: {kind}\r\ncontent-length: {len(body)}\r\n\r\n"
        self._transport.write(head.encode("ascii") + body)


@contextmanager
def slow_server(delay_s: float) -> Iterator[str]:
    """Run the server as a process of its own, so that it takes no time from who is measured; gives its URL."""
    command = [sys.executable, "-m", "benchmarks.slow_server", str(delay_s)]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdin is not None
        assert process.stdout is not None
        try:
            yield f"http://127.0.0.1:{int(process.stdout.readline())}"
        finally:
            process.stdin.close()


async def _serve(delay_s: float) -> None:
    server = await asyncio.get_running_loop().create_server(lambda: SlowAnswers(delay_s), "127.0.0.1", 0, backlog=512)
    sys.stdout.write(f"{server.sockets[0].getsockname()[1]}\n")
    sys.stdout.flush()
    async with server:
        await asyncio.to_thread(sys.stdin.read)


if __name__ == "__main__":
    asyncio.run(_serve(float(sys.argv[1])))
