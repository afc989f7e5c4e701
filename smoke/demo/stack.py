"""
The process of the embedded stack: `python -m smoke.demo.stack --state DIRECTORY [--fault ID]...`.

It prints one JSON line when it is ready, obeys one order a line on stdin or over a socket (`deploy`, `rollback`,
`purge`), answers each with one JSON line, and ends when stdin ends or on SIGTERM or SIGINT. Nothing is left behind,
however it ends.
"""

import argparse
import asyncio
import json
import logging
import math
import os
import secrets
import signal
import sys
import threading
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

from smoke.demo.daemons import Sentinel
from smoke.demo.dialect import OWN
from smoke.demo.errors import StackError
from smoke.demo.foundation import Paths
from smoke.demo.orders import Order, listening
from smoke.demo.portal import Portal
from smoke.demo.release import SERVICES
from smoke.demo.scratch import scratch_directory
from smoke.demo.systems import dialect_of, find
from smoke.errors import SmokeError, UsageError
from smoke.verdict.words import EXIT_USAGE


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the stack until stdin ends; returns the exit status."""
    options = _parser().parse_args(arguments)
    logging.basicConfig(level=logging.WARNING, stream=sys.stderr, format="smoke demo: %(message)s")
    logging.getLogger("asyncio").setLevel(logging.CRITICAL)
    try:
        asyncio.run(_run(options))
    except UsageError as error:
        _say(event="failed", message=str(error))
        return EXIT_USAGE
    except (SmokeError, OSError) as error:
        _say(event="failed", message=str(error))
        return 1
    return 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m smoke.demo.stack", description="Run the embedded stack.")
    parser.add_argument("--state", type=Path, required=True, help="directory that receives addresses and credentials")
    parser.add_argument("--fault", action="append", default=[], metavar="ID", help="switch on a fault; repeatable")
    parser.add_argument("--seed", type=int, default=1, help="which replica, which moment (default 1)")
    parser.add_argument("--system", help="the environment whose dialect is spoken, e.g. cartly/prod")
    parser.add_argument("--speed", type=_positive, default=1.0, help="2 lets everything happen twice as fast")
    parser.add_argument(
        "--cluster", type=Path, help="an empty PostgreSQL cluster to copy; if there is none, left there"
    )
    parser.add_argument("--temporary", action="store_true", help="remove the state directory too, in the end")
    return parser


def _positive(text: str) -> float:
    number = float(text)
    if not 0 < number < math.inf:
        raise argparse.ArgumentTypeError(f"{text}: must be more than 0")
    return number


async def _run(options: argparse.Namespace) -> None:
    dialect = dialect_of(options.system) if options.system else OWN
    faults = tuple(find(identifier, dialect) for identifier in options.fault)
    ended = asyncio.Event()
    orders = _orders(ended)
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
        loop.add_signal_handler(number, ended.set)
    directory = scratch_directory() / f"smoke-demo-{secrets.token_hex(6)}"
    paths = Paths(directory, options.cluster)
    portal = Portal(options.state.resolve(), paths, faults, options.seed, options.speed, dialect=dialect)
    state = portal.files.directory
    async with _sentinel(directory, state.parent if options.temporary else state) as sentinel:
        directory.mkdir(mode=0o711 if os.geteuid() == 0 else 0o700)
        portal.files.create()
        work = asyncio.create_task(_work(portal, sentinel, orders, directory / "orders"))
        watches = [asyncio.create_task(ended.wait()), asyncio.create_task(sentinel.gone())]
        await asyncio.wait([work, *watches], return_when=asyncio.FIRST_COMPLETED)
        for watch in watches:
            watch.cancel()
        work.cancel()
        result = (await asyncio.gather(work, return_exceptions=True))[0]
        if isinstance(result, SmokeError):
            raise result
        if isinstance(result, Exception):
            raise StackError(f"{type(result).__name__}: {result}") from result


async def _work(portal: Portal, sentinel: Sentinel, orders: "asyncio.Queue[Order]", address: Path) -> None:
    portal.takes_orders_at = address
    await portal.start(sentinel)
    try:
        async with listening(address, orders):
            _say(event="ready", **portal.description())
            while True:
                order = await orders.get()
                order.answer(await _obey(portal, *order.line.split()))
    finally:
        await portal.stop()


async def _obey(portal: Portal, word: str = "", *names: str) -> dict[str, Any]:
    """Carry out one order and return what came of it."""
    if word == "deploy":
        return {"event": "deployed", **await portal.deploy()}
    if unknown := set(names) - set(SERVICES):
        return {"event": "refused", "message": f"unknown service {', '.join(sorted(unknown))}"}
    if word == "rollback":
        return {"event": "rolled back", **await portal.rollback(names)}
    if word == "purge":
        portal.purge()
        return {"event": "purged"}
    return {"event": "refused", "message": f"unknown order {word!r}; known are: deploy, rollback, purge"}


@asynccontextmanager
async def _sentinel(*directories: Path) -> AsyncIterator[Sentinel]:
    sentinel = await Sentinel.start(*directories)
    try:
        yield sentinel
    finally:
        await sentinel.close()


def _orders(ended: asyncio.Event) -> "asyncio.Queue[Order]":
    """
    Return a queue of the lines of stdin; *ended* is set when they end.

    A thread reads the bare descriptor: the event loop cannot wait for every kind of stdin, and a buffered reader
    would hold a lock when the interpreter ends.
    """
    queue: asyncio.Queue[Order] = asyncio.Queue()
    loop = asyncio.get_running_loop()

    def tell(call: Any, *values: Any) -> None:
        if not loop.is_closed():
            loop.call_soon_threadsafe(call, *values)

    def read() -> None:
        rest = b""
        while chunk := os.read(0, 4096):
            *lines, rest = (rest + chunk).split(b"\n")
            for line in filter(bytes.strip, lines):
                tell(queue.put_nowait, Order(line.decode("utf-8", "replace"), lambda answer: _say(**answer)))
        tell(ended.set)

    threading.Thread(target=read, name="stdin", daemon=True).start()
    return queue


def _say(**content: Any) -> None:
    sys.stdout.write(f"{json.dumps(content)}\n")
    sys.stdout.flush()


if __name__ == "__main__":
    sys.exit(main())
