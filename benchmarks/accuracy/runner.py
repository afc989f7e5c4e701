"""Runs cases, some at a time, each in a process of its own that is ended in any case."""

import asyncio
import json
import os
import signal
import sys
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from benchmarks.accuracy.cases import Case
from smoke.demo.scratch import scratch_directory

ROOT = Path(__file__).resolve().parent.parent.parent
CASE = ("-m", "benchmarks.accuracy.one_case")
GRACE_S = 30.0
"""What a case that was told to end may take to take its stack down."""

LONGEST_LINE = 2**22

Finished = dict[str, Any]


async def run(
    cases: Iterable[Case], jobs: int, limit_s: float, runs: Path, done: Callable[[Case, Finished], None]
) -> None:
    """Run *cases*, *jobs* at a time; *done* hears of each that came to an end, be it by *limit_s*."""
    waiting = iter(list(cases))

    async def work(place: Path) -> None:
        for case in waiting:
            done(case, await one(case, limit_s, runs / case.key, place))

    with _place() as place:
        async with asyncio.TaskGroup() as group:
            for _ in range(jobs):
                group.create_task(work(place))


@contextmanager
def _place() -> Iterator[Path]:
    """Give the run a place for temporary files; its name is short, for sockets lie there."""
    with TemporaryDirectory(prefix="sg-", dir=scratch_directory()) as directory:
        place = Path(directory)
        place.chmod(0o711)  # the database has a user of its own, who must reach what is his
        yield place


async def one(case: Case, limit_s: float, keep_run: Path, place: Path) -> Finished:
    """Run one case, whose temporary files lie at *place*; its verifier's results go to *keep_run*."""
    faults = [argument for fault in case.faults for argument in ("--fault", fault)]
    # A group of its own: it can be ended as a whole, and Ctrl-C reaches it through us alone.
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, *CASE, "--seed", str(case.seed)),
        *(*faults, "--keep-run", str(keep_run), "--cluster", str(place / "cluster")),
        cwd=ROOT,
        env={**os.environ, "TMPDIR": str(place)},
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.DEVNULL,
        start_new_session=True,
        limit=LONGEST_LINE,
    )
    assert process.stdout is not None
    try:
        async with asyncio.timeout(limit_s):
            line = await process.stdout.readline()
            await process.wait()
    except TimeoutError:
        return {"broken": f"it took more than {limit_s:g} s", "hung": True, "seconds": limit_s}
    finally:
        await _end(process)
    try:
        return dict(json.loads(line))
    except ValueError:
        return {"broken": f"its process ended with status {process.returncode} and no word"}


async def _end(process: asyncio.subprocess.Process) -> None:
    """See that nothing of *process* is left, first kindly."""
    if process.returncode is None:
        process.terminate()
        with suppress(TimeoutError):
            async with asyncio.timeout(GRACE_S):
                await process.wait()
    with suppress(ProcessLookupError):
        os.killpg(process.pid, signal.SIGKILL)
    await process.wait()
