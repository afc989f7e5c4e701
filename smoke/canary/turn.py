"""One run of the canary an environment at a time, on this machine and on all that share a history."""

import hashlib
from collections.abc import Iterator
from contextlib import contextmanager, nullcontext
from pathlib import Path

from filelock import FileLock, Timeout

from smoke.errors import SmokeError
from smoke.history.exclusion import exclusive
from smoke.history.store import History


class Taken(SmokeError):
    """Another run of the canary is still going."""


@contextmanager
def turn(state: Path, environment: str, history: History) -> Iterator[None]:
    """
    Take the turn of *environment*, or raise Taken at once: a start that comes too early is skipped, not queued.

    Both locks go with the process that holds them, however it dies: the kernel drops the one, the server the other.
    """
    directory = state / "canary"
    directory.mkdir(parents=True, exist_ok=True, mode=0o700)
    lock = FileLock(str(directory / f"{environment.replace('/', '-')}.lock"), mode=0o600)
    try:
        lock.acquire(blocking=False)
    except Timeout:
        raise Taken("a run is still going") from None
    try:
        with exclusive(history, _number(environment)) if history.file is None else nullcontext(True) as alone:
            if not alone:
                raise Taken("a run is still going on another machine")
            yield
    finally:
        lock.release()


def _number(environment: str) -> int:
    """Return the number of the server's lock: 63 bits of a hash."""
    return int.from_bytes(hashlib.sha256(f"smokegate canary {environment}".encode()).digest()[:8], "big") >> 1
