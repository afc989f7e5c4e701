"""The run ends in time, whatever hangs: real processes, real signals."""

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from time import monotonic

import pytest

from smoke.running.watchdog import SUPERVISOR_PIPE

CHILD = """
import os, sys
from threading import Event
from time import time
from smoke.running import watchdog
from smoke.running.watchdog import Interrupted, Watchdog

watchdog.GRACE_S = {grace}

def say(*words):
    print(*words, flush=True)

def expire(reason):
    say("expired:", reason)
    os._exit(20)

dog = Watchdog(time() + {budget}, expire)
dog.start()
{body}
"""

HANG = "Event().wait()"
STOP_TIDILY = """
try:
    say("ready")
    Event().wait()
except Interrupted as interrupted:
    say("interrupted:", interrupted)
dog.stop()
say("stopped:", dog.reason)
"""
HANG_ON = """
try:
    say("ready")
    Event().wait()
except KeyboardInterrupt as interrupted:
    say("interrupted:", interrupted)
Event().wait()
"""
WRITING = """
dog.close()
say("ready")
sys.stdin.readline()
say("written:", dog.reason)
"""


@contextmanager
def child(
    body: str, *, budget: float = 60, grace: float = 0.3, pipe: int | None = None
) -> Iterator["subprocess.Popen[str]"]:
    """Run a process with a watchdog and the main thread of *body*; it never outlives the test."""
    environ = {**os.environ, **({SUPERVISOR_PIPE: str(pipe)} if pipe is not None else {})}
    with subprocess.Popen(
        [sys.executable, "-c", CHILD.format(budget=budget, grace=grace, body=body)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        env=environ,
        pass_fds=() if pipe is None else (pipe,),
    ) as process:
        try:
            yield process
        finally:
            process.kill()


def ready(process: "subprocess.Popen[str]") -> None:
    """Wait until the process can be interrupted."""
    assert process.stdout
    assert process.stdout.readline() == "ready\n"


def rest(process: "subprocess.Popen[str]") -> str:
    """Return what the process still says until it ends."""
    return process.communicate(timeout=20)[0]


def test_budget_ends_although_the_main_thread_hangs() -> None:
    """Some seconds after the deadline the process is ended from a thread of its own."""
    with child(HANG, budget=0.2) as process:
        assert rest(process) == "expired: the budget ended and something still hung\n"
    assert process.returncode == 20


def test_a_deadline_long_past_expires_at_once() -> None:
    """A budget that was used up before the start is no endless one."""
    with child(HANG, budget=-100) as process:
        assert "expired" in rest(process)


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_a_signal_interrupts_the_run(number: signal.Signals) -> None:
    """SIGTERM and Ctrl-C stop the run with the signal's name, and it ends tidily."""
    with child(STOP_TIDILY) as process:
        ready(process)
        process.send_signal(number)
        assert rest(process) == f"interrupted: interrupted by {number.name}\nstopped: interrupted by {number.name}\n"
    assert process.returncode == 0


def test_a_run_that_hangs_after_a_signal_is_ended() -> None:
    """After a signal the grace begins, though the budget has not ended."""
    with child(HANG_ON) as process:
        ready(process)
        process.send_signal(signal.SIGTERM)
        assert rest(process).splitlines()[-1] == "expired: interrupted by SIGTERM"
    assert process.returncode == 20


def test_impatience_makes_the_grace_no_longer() -> None:
    """Further signals neither interrupt what tidies up nor put off the end."""
    with child(HANG_ON, grace=1.0) as process:
        ready(process)
        process.send_signal(signal.SIGINT)
        assert process.stdout
        assert process.stdout.readline() == "interrupted: interrupted by SIGINT\n"
        began = monotonic()
        while process.poll() is None and monotonic() - began < 10:
            process.send_signal(signal.SIGTERM)
            try:
                process.wait(0.1)
            except subprocess.TimeoutExpired:
                continue
        assert monotonic() - began < 5
        assert process.stdout.read() == "expired: interrupted by SIGINT\n"


def test_a_late_signal_does_not_outlast_the_budget() -> None:
    """A signal shortly before the end leaves no more time than the budget did."""
    with child(HANG_ON, budget=-4.5, grace=6.0) as process:
        ready(process)
        began = monotonic()
        process.send_signal(signal.SIGTERM)
        assert "expired: interrupted by SIGTERM" in rest(process)
        assert monotonic() - began < 5.0


def test_signals_do_not_interrupt_the_writing_of_the_verdict() -> None:
    """Once closing has begun a signal is noted, and nothing is torn."""
    with child(WRITING, grace=60) as process:
        ready(process)
        process.send_signal(signal.SIGTERM)
        assert process.communicate("\n", timeout=20)[0] == "written: interrupted by SIGTERM\n"


def test_the_supervisors_death_interrupts_the_run() -> None:
    """When the other end of the supervisor's pipe closes, the run stops as if by Ctrl-C."""
    read_end, write_end = os.pipe()
    with child(STOP_TIDILY, pipe=read_end) as process:
        ready(process)
        os.close(read_end)
        os.close(write_end)
        assert rest(process) == "interrupted: the supervisor died\nstopped: the supervisor died\n"


def test_after_the_end_nothing_is_watched() -> None:
    """A stopped watchdog neither expires nor keeps the signals or the process."""
    body = 'dog.stop()\nsay(dog.reason, __import__("signal").getsignal(__import__("signal").SIGTERM).name)'
    with child(body, budget=0.1) as process:
        assert rest(process) == "None SIG_DFL\n"
    assert process.returncode == 0
