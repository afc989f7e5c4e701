"""However the stack ends, no process and no file of it is left."""

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import psutil
import pytest

from smoke.demo.errors import StackError
from smoke.demo.process import Stack
from smoke.errors import UsageError
from tests.demo.visitor import WEB, Visitor, eventually

HOLDER = """
import sys, time
from pathlib import Path
from smoke.demo.process import Stack
stack = Stack(Path(sys.argv[1]))
stack.start()
print(stack.description["pid"], flush=True)
time.sleep(60)
"""


class Remains:
    """What a stack consists of beside its own process: its descendants and its temporary directory."""

    def __init__(self, pid: int, state: Path) -> None:
        stack = psutil.Process(pid)
        self.processes = [stack, *stack.children(recursive=True)]
        self.state = state
        commands = [argument for process in self.processes for argument in process.cmdline()]
        self.directories = {Path(one).parents[1] for one in commands if one.endswith("/postgres/data")}

    def are_gone(self) -> bool:
        """Tell whether nothing is left; a dead process that nobody has buried yet is gone."""
        left = any(one.exists() for one in (*self.directories, self.state / "demo"))
        return not left and not any(map(_runs, self.processes))


def _runs(process: psutil.Process) -> bool:
    with suppress(psutil.NoSuchProcess):  # it may end between the two questions
        return process.is_running() and process.status() != psutil.STATUS_ZOMBIE
    return False


@pytest.fixture
def stack(tmp_path: Path) -> Iterator[Stack]:
    """Return a running stack."""
    with Stack(tmp_path) as running:
        yield running


def remains_of(stack: Stack) -> Remains:
    """Take stock of a running stack: it has databases, and they have a directory."""
    found = Remains(stack.description["pid"], stack.state)
    names = {process.name() for process in found.processes}
    assert {"postgres", "valkey-server"} <= names
    assert len(found.directories) == 1
    assert all(one.exists() for one in found.directories)
    return found


def test_closing_leaves_nothing(stack: Stack) -> None:
    """After a clean end all is gone at once."""
    remains = remains_of(stack)
    stack.close()
    assert remains.are_gone()


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT, signal.SIGKILL])
def test_a_killed_stack_leaves_nothing(stack: Stack, number: signal.Signals) -> None:
    """Whichever signal ends the stack's process, the sentinel ends the rest."""
    remains = remains_of(stack)
    os.kill(stack.description["pid"], number)
    assert eventually(remains.are_gone)


def test_a_killed_sentinel_ends_the_stack(stack: Stack) -> None:
    """Without its sentinel the stack does not go on, and takes the servers with it."""
    remains = remains_of(stack)
    sentinel = next(one for one in remains.processes if "sentinel.py" in " ".join(one.cmdline()))
    sentinel.kill()
    assert eventually(remains.are_gone)


def test_a_killed_parent_leaves_nothing(tmp_path: Path) -> None:
    """A stack whose parent is killed by SIGKILL notices and goes."""
    with subprocess.Popen(
        [sys.executable, "-c", HOLDER, str(tmp_path)], stdout=subprocess.PIPE, text=True, start_new_session=True
    ) as holder:
        assert holder.stdout is not None
        remains = Remains(int(holder.stdout.readline()), tmp_path)
        holder.kill()
    assert eventually(remains.are_gone)


@pytest.mark.parametrize("seconds", [0, 0.5, 0.9, 1.3, 1.8])
def test_a_stack_that_is_ended_while_starting_leaves_nothing(tmp_path: Path, seconds: float) -> None:
    """Whenever stdin ends on the way to being ready, everything that was there by then goes."""
    before = set(Path("/tmp").glob("smoke-demo-*"))
    command = [sys.executable, "-m", "smoke.demo.stack", "--state", str(tmp_path)]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:
        time.sleep(seconds)
        process.communicate(timeout=20)
    assert process.returncode == 0
    assert not (tmp_path / "demo").exists()
    assert not {one for one in set(Path("/tmp").glob("smoke-demo-*")) - before if _mine(one)}


def test_two_stacks_started_at_once_stand_side_by_side(tmp_path: Path) -> None:
    """Two stacks share nothing, and each serves its own visitors."""
    states = [tmp_path / name for name in ("one", "two")]
    command = [sys.executable, "-m", "smoke.demo.stack", "--state"]
    running = [
        subprocess.Popen([*command, str(state)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        for state in states
    ]
    try:
        ready = [json.loads(process.stdout.readline()) for process in running if process.stdout]
        assert [one["event"] for one in ready] == ["ready", "ready"]
        assert ready[0]["addresses"] != ready[1]["addresses"]
        assert all(Visitor(state).ask(WEB, "/_health").status == 200 for state in states)
    finally:
        for process in running:
            process.communicate(timeout=20)
    assert not any((state / "demo").exists() for state in states)


def test_an_unknown_fault_is_wrong_usage(tmp_path: Path) -> None:
    """The message names the nearest faults, and nothing is started."""
    with pytest.raises(UsageError, match="--fault B99: there is no such fault; did you mean B"):
        Stack(tmp_path, ["B99"])


def test_a_state_directory_that_cannot_be_written_is_said(tmp_path: Path) -> None:
    """The stack fails with a sentence, not with a traceback, and leaves nothing."""
    blocked = tmp_path / "state"
    blocked.write_text("a file where a directory should be")
    with pytest.raises(StackError, match="state"), Stack(blocked):
        pass


def test_orders_to_a_stack_that_is_gone_are_refused(stack: Stack) -> None:
    """A deploy to a stack that has ended says so."""
    stack.close()
    with pytest.raises(StackError, match="not running"):
        stack.deploy()


def _mine(directory: Path) -> bool:
    """Tell whether a leftover belongs to no running stack, since other tests run stacks at the same time."""
    for process in psutil.process_iter():
        with suppress(psutil.Error):
            if any(str(directory) in argument for argument in process.cmdline()):
                return False
    return directory.exists()


@pytest.mark.parametrize("speed", ["0", "-1", "inf", "quick"])
def test_an_impossible_speed_is_wrong_usage(tmp_path: Path, speed: str) -> None:
    """A speed that is no positive number is refused before anything starts."""
    command = [sys.executable, "-m", "smoke.demo.stack", "--state", str(tmp_path), "--speed", speed]
    ended = subprocess.run(command, capture_output=True, text=True, timeout=20, check=False)
    assert ended.returncode == 2
    assert "--speed" in ended.stderr
