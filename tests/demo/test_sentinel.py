"""The sentinel runs, starts, stops and removes what it was told to."""

import json
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import psutil
import pytest

from smoke.demo import sentinel
from tests.demo.visitor import eventually


@pytest.fixture
def running(tmp_path: Path) -> Iterator[subprocess.Popen[str]]:
    """Return a sentinel that looks after one directory."""
    (tmp_path / "kept").mkdir()
    (tmp_path / "watched").mkdir()
    command = [sys.executable, "-IS", sentinel.__file__, str(tmp_path / "watched"), str(tmp_path / "never-made")]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:
        yield process
        if process.poll() is None:
            process.communicate()


def order(process: subprocess.Popen[str], **content: object) -> dict[str, object]:
    """Give one order and return the answer."""
    assert process.stdin is not None
    assert process.stdout is not None
    process.stdin.write(json.dumps({"user": None, "log": "/dev/null", **content}) + "\n")
    process.stdin.flush()
    return dict(json.loads(process.stdout.readline()))


def test_it_runs_programs_to_their_end(running: subprocess.Popen[str]) -> None:
    """The answer is the exit status."""
    assert order(running, run=["sh", "-c", "exit 3"]) == {"status": 3}


def test_a_program_that_is_none_is_said(running: subprocess.Popen[str]) -> None:
    """A missing program is an answer, and the sentinel goes on."""
    assert "No such file" in str(order(running, run=["/no/such/program"])["error"])
    assert order(running, run=["true"]) == {"status": 0}


def test_the_end_of_stdin_stops_servers_and_removes_directories(running: subprocess.Popen[str], tmp_path: Path) -> None:
    """What was started ends, what was watched goes, the rest stays."""
    pid = int(str(order(running, start=["sleep", "60"], stop="SIGTERM")["pid"]))
    assert psutil.pid_exists(pid)
    running.communicate()
    assert not psutil.pid_exists(pid)
    assert [path.name for path in tmp_path.iterdir()] == ["kept"]


def test_a_server_that_will_not_stop_is_killed(running: subprocess.Popen[str]) -> None:
    """After its grace a stubborn server is killed."""
    stubborn = [sys.executable, "-IS", "-c", "import signal, time; signal.signal(15, signal.SIG_IGN); time.sleep(60)"]
    pid = int(str(order(running, start=stubborn, stop="SIGTERM")["pid"]))
    assert eventually(lambda: "SIG_IGN" in " ".join(psutil.Process(pid).cmdline()))
    assert eventually(lambda: _ignores_term(pid))
    running.communicate()
    assert not psutil.pid_exists(pid)


def test_signals_do_not_end_it(running: subprocess.Popen[str]) -> None:
    """Ctrl-C at the terminal is for others."""
    order(running, run=["true"])
    for number in (2, 15, 1):
        running.send_signal(number)
    assert order(running, run=["true"]) == {"status": 0}


def _ignores_term(pid: int) -> bool:
    ignored = next(line for line in Path(f"/proc/{pid}/status").read_text().splitlines() if line.startswith("SigIgn"))
    return bool(int(ignored.split()[1], 16) & 1 << 14)
