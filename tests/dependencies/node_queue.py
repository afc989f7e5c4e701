"""Node's own queue libraries at work: a process that adds jobs, pauses the queue or works on it, as it is told."""

import hashlib
import json
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO, Any

import pytest
from filelock import FileLock

from tests.dependencies.postgres_server import _die_with_parent

HERE = Path(__file__).parent / "node"
CACHE = Path(__file__).parent.parent.parent / ".cache" / "node"


class Node:
    """A running process that obeys."""

    def __init__(self, process: subprocess.Popen[str]) -> None:
        self.process = process
        self._orders: IO[str] = process.stdin  # type: ignore[assignment]  # both are pipes
        self._answers: IO[str] = process.stdout  # type: ignore[assignment]

    def tell(self, order: str, *given: Any) -> Any:
        """Give an order, and return its result once it is carried out."""
        self._orders.write(json.dumps([order, *given]) + "\n")
        self._orders.flush()
        return self.answer()

    def answer(self) -> Any:
        """Return what the process says next."""
        line = self._answers.readline()
        if not line:
            raise RuntimeError("the Node process has ended")
        return line.strip() if line == "ready\n" else json.loads(line)

    def kill(self) -> None:
        """End the process as a machine that dies does."""
        self.process.kill()
        self.process.wait(30)


@contextmanager
def node(library: str, port: int) -> Iterator[Node]:
    """Start a process that uses *library* with the server at *port*."""
    process = subprocess.Popen(
        [shutil.which("node") or "node", str(installed() / "queue.mjs"), library, str(port)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        preexec_fn=_die_with_parent,  # noqa: PLW1509 - it calls one system call and takes no lock
    )
    running = Node(process)
    try:
        assert running.answer() == "ready"
        yield running
    finally:
        running.kill()
        for pipe in (process.stdin, process.stdout):
            if pipe:
                pipe.close()


def installed() -> Path:
    """Install the libraries once for each set of them; skips where npm is missing."""
    npm = shutil.which("npm")
    if npm is None or shutil.which("node") is None:
        pytest.skip(
            "Node.js with npm is not on this machine, so its queue libraries cannot be tried; install Node.js 20"
        )
    wanted = [HERE / name for name in ("package.json", "package-lock.json")]
    place = CACHE / hashlib.sha256(b"".join(file.read_bytes() for file in wanted)).hexdigest()[:16]
    place.mkdir(parents=True, exist_ok=True)
    with FileLock(place / "lock"):
        if not (place / "complete").exists():
            for file in wanted:
                shutil.copy(file, place)
            subprocess.run(
                [npm, "ci", "--ignore-scripts", "--no-audit", "--no-fund", "--silent"], cwd=place, check=True
            )
            (place / "complete").touch()
        for script in HERE.glob("*.mjs"):
            shutil.copy(script, place)
    return place
