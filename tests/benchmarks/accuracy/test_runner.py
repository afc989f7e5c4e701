"""Tests of how cases are run and ended, with a stand-in for what a case does."""

import asyncio
import os
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from benchmarks.accuracy import runner
from benchmarks.accuracy.cases import Case, case_of

Does = Callable[[str], None]

LEAVES_ITS_PID = "import os, sys, pathlib; pathlib.Path(r'{place}').write_text(str(os.getpid()));"
HANGS = LEAVES_ITS_PID + "import signal, time; signal.signal(signal.SIGTERM, signal.SIG_IGN); time.sleep(60)"


@pytest.fixture
def pid(tmp_path: Path) -> Path:
    """Return where a case leaves its process id."""
    return tmp_path / "pid"


@pytest.fixture
def case_does(monkeypatch: pytest.MonkeyPatch, pid: Path) -> Does:
    """Return a way to say what a case does instead of what it really does."""

    def does(program: str) -> None:
        monkeypatch.setattr(runner, "CASE", ("-c", program.format(place=pid)))
        monkeypatch.setattr(runner, "GRACE_S", 0.3)

    return does


def is_gone(pid: Path) -> bool:
    """Tell whether the process that left its id is no more."""
    try:
        os.kill(int(pid.read_text()), 0)
    except ProcessLookupError:
        return True
    return False


def wait_for(pid: Path) -> None:
    """Wait until a process has left its id."""
    while not pid.exists() or not pid.read_text():
        time.sleep(0.01)


def one(limit_s: float = 30.0) -> dict[str, object]:
    """Run one case."""
    return asyncio.run(runner.one(case_of("A01", 3), limit_s, Path("nowhere"), Path("ground")))


def test_a_case_tells_its_end_in_a_line(case_does: Does) -> None:
    """The line is what came of it; the case was told its faults and seed."""
    case_does("import json, sys; print(json.dumps({{'verdicts': sys.argv[1:]}}))")
    told = ["--seed", "3", "--fault", "A01", "--keep-run", "nowhere", "--cluster", "ground/cluster"]
    assert one() == {"verdicts": told}


def test_a_hung_case_is_ended_and_recorded(case_does: Does, pid: Path) -> None:
    """However deaf it is, it is gone, and it counts as hung."""
    case_does(HANGS)
    assert one(limit_s=2.5) == {"broken": "it took more than 2.5 s", "hung": True, "seconds": 2.5}
    assert is_gone(pid)


def test_a_crashed_case_is_broken(case_does: Does) -> None:
    """It said nothing, so nobody was judged."""
    case_does("import sys; sys.exit(3)")
    assert one() == {"broken": "its process ended with status 3 and no word"}


def test_interrupting_the_run_ends_its_cases(case_does: Does, pid: Path) -> None:
    """What was going on is gone, and nobody hears of it."""
    case_does(HANGS)
    heard: list[Case] = []

    async def interrupted() -> None:
        running = asyncio.create_task(
            runner.run([case_of("A01", 1)], 1, 30.0, Path("nowhere"), lambda case, _: heard.append(case))
        )
        await asyncio.to_thread(wait_for, pid)
        running.cancel()
        await running

    with pytest.raises(asyncio.CancelledError):
        asyncio.run(interrupted())
    assert is_gone(pid)
    assert heard == []


def test_all_cases_are_run_some_at_a_time(case_does: Does) -> None:
    """Each is heard of once."""
    case_does("import json; print(json.dumps({{'verdicts': []}}))")
    heard: list[str] = []
    cases = [case_of("A01", seed) for seed in range(1, 6)]
    asyncio.run(runner.run(cases, 2, 30.0, Path("nowhere"), lambda case, _: heard.append(case.key)))
    assert sorted(heard) == [case.key for case in cases]
