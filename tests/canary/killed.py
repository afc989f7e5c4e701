"""
A canary that looks without pause, to be killed at any moment: `python -m tests.canary.killed STATE URL`.

For each line on standard input a new process begins to look, and says which runs were kept, after they were. All is
imported once, before, so that it can be killed often. The history is where `SMOKE_HISTORY_URL` says.
"""

import os
import random
import sys
from pathlib import Path

import psycopg

from smoke.history import runs
from tests.canary.simulation import BEGAN, A, Script, World

_ = psycopg  # used by the processes that are started; imported here, so that each need not do it anew


class Trouble(Script):
    """Forty minutes of every ninety are bad."""

    def failing(self, now: float) -> tuple[str, ...]:
        """Return the checks that fail."""
        return ("page/home",) if (now - BEGAN) // 60 % 90 < 40 else ()


def look(state: Path, url: str) -> None:
    """Look until somebody kills this process."""
    world = World(state, url, Trouble(ends="", live=[("08:00", A)]))
    dice = random.Random(os.getpid())
    while True:
        world.pass_(300 + dice.randrange(60))
        world.watcher.beat()
        with world.history.reading() as connection:
            last = runs.last(connection, world.environment.name)
        os.write(1, f"kept {last.run_id if last else ''}\n".encode())


def main() -> None:
    """Start a process for each line of standard input, one after the other."""
    for _ in sys.stdin:
        pid = os.fork()
        if pid == 0:
            look(Path(sys.argv[1]), sys.argv[2])
        os.write(1, f"pid {pid}\n".encode())
        _, status = os.waitpid(pid, 0)
        os.write(1, f"ended {os.waitstatus_to_exitcode(status)}\n".encode())


if __name__ == "__main__":
    main()
