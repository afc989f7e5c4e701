"""Run a command and measure it from outside: wall clock, processor time, and when a file was there."""

import os
import subprocess
from collections.abc import Callable, Mapping, Sequence
from contextlib import AbstractContextManager, nullcontext
from dataclasses import asdict, dataclass, field
from pathlib import Path
from random import Random
from statistics import median
from time import time
from typing import Any

Watch = Callable[[int], AbstractContextManager[object]]
"""Makes, of a process id, a context in which that process runs."""


@dataclass(frozen=True, slots=True)
class Contender:
    """
    A command that does the job, and the file, if any, that it is really about.

    *prepare* is called before every run; *yardstick* marks those that Smokegate is compared with.
    """

    name: str
    command: Sequence[str]
    directory: Path
    variables: Mapping[str, str] = field(default_factory=dict)
    result: Path | None = None
    yardstick: bool = False
    prepare: Callable[[], None] = lambda: None


@dataclass(frozen=True, slots=True)
class Sample:
    """One run, in seconds: until it ended, its processors' time with all its children's, until its result was there."""

    wall_s: float
    cpu_s: float
    result_s: float | None = None


@dataclass(frozen=True, slots=True)
class Measured:
    """What all runs of one contender took, or why there are none."""

    contender: Contender
    samples: tuple[Sample, ...] = ()
    skipped: str = ""

    @property
    def wall_s(self) -> float:
        """The median until the end."""
        return median(one.wall_s for one in self.samples)

    @property
    def cpu_s(self) -> float:
        """The median of the processor time."""
        return median(one.cpu_s for one in self.samples)

    @property
    def result_s(self) -> float | None:
        """The median until the result was there."""
        known = [one.result_s for one in self.samples if one.result_s is not None]
        return median(known) if known else None

    def to_json(self) -> dict[str, Any]:
        """Return the numbers."""
        return {
            "name": self.contender.name,
            "yardstick": self.contender.yardstick,
            "skipped": self.skipped,
            "samples": [asdict(one) for one in self.samples],
        }


class Failed(Exception):
    """A contender did not do its job, so that its time means nothing."""


def run(contender: Contender, watch: Watch = lambda _: nullcontext()) -> Sample:
    """Run *contender* once, under a *watch* on its process; raises Failed unless it succeeds."""
    contender.prepare()
    began = time()
    process = subprocess.Popen(
        contender.command,
        cwd=contender.directory,
        env={**os.environ, **contender.variables},
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
    )
    with watch(process.pid):
        said = _drain(process)
    _, status, usage = os.wait4(process.pid, 0)
    ended = time()
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode != 0:
        raise Failed(f"{contender.name}: exit status {process.returncode}\n{said.decode(errors='replace')[-2000:]}")
    written = contender.result.stat().st_mtime - began if contender.result else None
    return Sample(ended - began, usage.ru_utime + usage.ru_stime, written)


def side_by_side(contenders: Sequence[Contender], repeat: int, say: Callable[[str], None]) -> list[Measured]:
    """Run every contender *repeat* times, in another order in each round; one that fails is skipped, visibly."""
    samples: dict[str, list[Sample]] = {one.name: [] for one in contenders}
    failed: dict[str, str] = {}
    for turn in range(repeat):
        for one in Random(turn).sample(list(contenders), len(contenders)):
            if one.name in failed:
                continue
            try:
                samples[one.name].append(run(one))
            except Failed as error:
                failed[one.name] = str(error)
                continue
            say(f"  round {turn + 1}  {one.name}  {samples[one.name][-1].wall_s:.2f} s")
    return [
        Measured(one, () if one.name in failed else tuple(samples[one.name]), failed.get(one.name, ""))
        for one in contenders
    ]


def _drain(process: subprocess.Popen[bytes]) -> bytes:
    assert process.stdout is not None
    with process.stdout as stream:
        return stream.read()
