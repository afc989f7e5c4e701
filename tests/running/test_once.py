"""Something is done once per run, whichever of several processes gets there first."""

import json
import os
import signal
import stat
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from smoke.running.once import once

RACE = """
import json, os, sys
from pathlib import Path
from smoke.running.once import once

directory = Path(sys.argv[1])

def produce():
    (directory / f"made-{os.getpid()}").touch()
    return {"by": os.getpid()}

print("ready", flush=True)
sys.stdin.readline()
print(json.dumps(once(directory, "converge", produce)), flush=True)
"""

HOLDER = """
import sys
from pathlib import Path
from threading import Event
from smoke.running.once import once

def produce():
    print("holding", flush=True)
    Event().wait()

once(Path(sys.argv[1]), "converge", produce)
"""


def start(script: str, directory: Path) -> "subprocess.Popen[str]":
    """Start a process that says when it is ready."""
    return subprocess.Popen(
        [sys.executable, "-c", script, str(directory)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    )


def test_several_processes_make_it_once(tmp_path: Path) -> None:
    """All processes that come at once get what the first of them made."""
    processes = [start(RACE, tmp_path) for _ in range(3)]
    try:
        for one in processes:
            assert one.stdout
            assert one.stdout.readline() == "ready\n"
        for one in processes:
            assert one.stdin
            one.stdin.write("\n")
            one.stdin.flush()
        results = [json.loads(one.communicate(timeout=20)[0]) for one in processes]
    finally:
        for one in processes:
            one.kill()
            one.wait()
    assert len(list(tmp_path.glob("made-*"))) == 1
    assert len({one["by"] for one in results}) == 1


def test_the_next_one_produces_when_the_holder_dies(tmp_path: Path) -> None:
    """A process that is killed while it holds the lock leaves no result and no lock behind."""
    with start(HOLDER, tmp_path) as holder:
        assert holder.stdout
        assert holder.stdout.readline() == "holding\n"
        waiting = start(RACE, tmp_path)
        try:
            waiting.stdin and waiting.stdin.write("\n")
            waiting.stdin and waiting.stdin.flush()
            os.kill(holder.pid, signal.SIGKILL)
            said = waiting.communicate(timeout=20)[0].splitlines()
        finally:
            waiting.kill()
            waiting.wait()
    assert json.loads(said[-1]) == {"by": waiting.pid}


def test_a_failure_is_not_stored(tmp_path: Path) -> None:
    """What raised is tried again by the next one."""

    def fail() -> Any:
        raise RuntimeError("not now")

    with pytest.raises(RuntimeError, match="not now"):
        once(tmp_path, "login", fail)
    assert once(tmp_path, "login", lambda: [1]) == [1]


def test_keys_are_apart(tmp_path: Path) -> None:
    """Each key has its own result, also one that says nothing."""
    assert once(tmp_path, "a", lambda: None) is None
    assert once(tmp_path, "b", lambda: 2) == 2
    assert once(tmp_path, "a", lambda: 3) is None


def test_the_result_is_private(tmp_path: Path) -> None:
    """What is stored may be a session, so that nobody else can read it, and nothing temporary stays."""
    once(tmp_path, "login", lambda: {"Cookie": "secret"})
    assert stat.S_IMODE((tmp_path / "login.json").stat().st_mode) == 0o600
    assert sorted(one.name for one in tmp_path.iterdir()) in (["login.json"], ["login.json", "login.lock"])
