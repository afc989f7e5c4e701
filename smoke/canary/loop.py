"""
The canary that schedules itself: `smoke canary ENV --every 15m`.

Each look is a process of its own, so nothing that a look does to its process lasts, and one environment never waits for
another. However many starts were missed, because the machine slept or a look took long, one look makes up for them.
"""

import math
import signal
import subprocess
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from threading import Event
from types import FrameType

POLL_S = 5.0
"""How often it looks whether something is due or has ended."""

APART_S = 60.0
"""What lies at least between two starts: one that broke at once is not repeated all the time."""

ENDING_S = 15.0
"""What a look may take to end when it is told to, in seconds; then it is killed."""


@dataclass
class Loop:
    """
    Start *looks* when they are due.

    *due* tells of an environment whether a look is due now, *start* starts one, and *limit_s* is what it may take.
    """

    environments: tuple[str, ...]
    due: Callable[[str], bool]
    start: Callable[[str], subprocess.Popen[bytes]]
    limit_s: Mapping[str, float]
    now: Callable[[], float]
    say: Callable[[str, str], None]
    stopped: Event = field(default_factory=Event)
    ending_s: float = ENDING_S
    _going: dict[str, subprocess.Popen[bytes]] = field(default_factory=dict)
    _began: dict[str, float] = field(default_factory=dict)

    def run(self) -> None:
        """Go on until SIGINT or SIGTERM; what still looks then is told to end."""
        with self._until_stopped():
            while not self.stopped.is_set():
                for name in self.environments:
                    self.step(name)
                self.stopped.wait(POLL_S)
        self._end()

    def step(self, name: str) -> None:
        """Look after one environment once."""
        process, apart_s = self._going.get(name), self.now() - self._began.get(name, -math.inf)
        if process is None:
            if apart_s >= APART_S and self.due(name):
                self._began[name] = self.now()
                self._going[name] = self.start(name)
        elif process.poll() is not None:
            del self._going[name]
        elif apart_s > self.limit_s[name]:
            self.say(name, f"killed: the look takes longer than {self.limit_s[name]:g} s")
            process.kill()

    @contextmanager
    def _until_stopped(self) -> Iterator[None]:
        def stop(_number: int, _frame: FrameType | None) -> None:
            self.stopped.set()

        previous = {one: signal.signal(one, stop) for one in (signal.SIGINT, signal.SIGTERM)}
        try:
            yield
        finally:
            for one, handler in previous.items():
                signal.signal(one, handler)

    def _end(self) -> None:
        for process in self._going.values():
            process.send_signal(signal.SIGTERM)
        for process in self._going.values():
            try:
                process.wait(self.ending_s)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()
