"""The canary that schedules itself."""

import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from smoke.canary.loop import APART_S, Loop


@dataclass
class Clock:
    """A clock that stands still until it is moved."""

    now: float = 0.0

    def __call__(self) -> float:
        """Return the time."""
        return self.now


@dataclass
class Child:
    """A process that goes on until it is told to end."""

    status: int | None = None
    signals: list[str] = field(default_factory=list)

    def poll(self) -> int | None:
        """Return how it ended."""
        return self.status

    def kill(self) -> None:
        """End at once."""
        self.signals.append("kill")
        self.status = -9


def loop(clock: Clock, due: Callable[[str], bool], started: list[Child], said: list[str]) -> Loop:
    """Return a loop over two environments."""

    def start(_: str) -> Any:
        started.append(Child())
        return started[-1]

    return Loop(
        ("a", "b"), due, start, {"a": 300.0, "b": 300.0}, clock, lambda name, what: said.append(f"{name} {what}")
    )


def test_one_never_waits_for_another() -> None:
    """Each environment has a process of its own, and none is started while its last one goes on."""
    clock, started = Clock(), list[Child]()
    made = loop(clock, lambda _: True, started, [])
    for _ in range(3):
        made.step("a")
        made.step("b")
    assert len(started) == 2
    started[0].status = 0
    clock.now = APART_S
    made.step("a")
    made.step("a")
    made.step("b")
    assert len(started) == 3


def test_what_breaks_at_once_is_not_repeated_all_the_time() -> None:
    """Between two starts lies a minute at least."""
    clock, started = Clock(), list[Child]()
    made = loop(clock, lambda _: True, started, [])
    for second in range(120):
        clock.now = float(second)
        made.step("a")
        started[-1].status = 20
    assert len(started) == 2


def test_what_is_not_due_is_not_started() -> None:
    """Nothing happens while nothing is due."""
    started: list[Child] = []
    loop(Clock(), lambda name: name == "b", started, []).step("a")
    assert started == []


def test_a_look_that_hangs_is_killed() -> None:
    """A look that takes longer than it may is ended, and that is said."""
    clock, started, said = Clock(), list[Child](), list[str]()
    made = loop(clock, lambda _: True, started, said)
    made.step("a")
    clock.now = 301
    made.step("a")
    assert started[0].signals == ["kill"]
    assert said == ["a killed: the look takes longer than 300 s"]


def test_its_end_is_the_end_of_its_looks() -> None:
    """A signal ends the looks that go on, the stubborn ones too."""
    code = "import signal, time; signal.signal(signal.SIGTERM, signal.SIG_IGN); time.sleep(60)"
    started: list[subprocess.Popen[bytes]] = []

    def start(_: str) -> subprocess.Popen[bytes]:
        started.append(subprocess.Popen([sys.executable, "-c", code if started else "import time; time.sleep(60)"]))
        return started[-1]

    made = Loop(("a", "b"), lambda _: True, start, {"a": 300.0, "b": 300.0}, Clock(), lambda *_: None, ending_s=0.5)
    made.step("a")
    made.step("b")
    made.stopped.set()
    made.run()
    assert all(one.returncode < 0 for one in started)
