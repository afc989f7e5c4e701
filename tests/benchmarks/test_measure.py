"""Tests of how a contender is measured."""

import os
import sys
from pathlib import Path

import pytest

from benchmarks.measure import Contender, Failed, run, side_by_side
from benchmarks.memory import PeakMemory


def script(name: str, code: str, directory: Path, **more: object) -> Contender:
    """Return a contender that runs *code*."""
    return Contender(name, [sys.executable, "-c", code], directory, **more)  # type: ignore[arg-type]


def test_the_result_is_timed_by_its_file(tmp_path: Path) -> None:
    """What is written early counts from when it was written, not from when the process ended."""
    result = tmp_path / "result"
    code = f"import pathlib; pathlib.Path({str(result)!r}).write_text('done')"
    sample = run(script("writer", code, tmp_path, result=result))
    assert sample.result_s is not None
    assert 0 < sample.result_s <= sample.wall_s


def test_who_fails_is_not_timed(tmp_path: Path) -> None:
    """A contender that did not do its job says what it said, and has no time."""
    with pytest.raises(Failed, match=r"broken: exit status 3\n.*no such page"):
        run(script("broken", "print('no such page'); raise SystemExit(3)", tmp_path))


def test_one_that_fails_is_skipped_and_the_others_go_on(tmp_path: Path) -> None:
    """A broken contender costs its own numbers only."""
    good, bad = script("good", "pass", tmp_path), script("bad", "raise SystemExit(1)", tmp_path)
    measured = side_by_side([good, bad], 2, lambda _: None)
    assert [len(one.samples) for one in measured] == [2, 0]
    assert measured[1].skipped.startswith("bad: exit status 1")


def test_every_run_is_prepared(tmp_path: Path) -> None:
    """What an earlier round left is removed before the next."""
    prepared: list[str] = []
    side_by_side([script("one", "pass", tmp_path, prepare=lambda: prepared.append("again"))], 3, lambda _: None)
    assert prepared == ["again"] * 3


def test_the_peak_of_the_memory_is_seen(tmp_path: Path) -> None:
    """A process that held much for a moment has held it."""
    watched: list[PeakMemory] = []
    # It ends only when it was seen, so that the test depends on no clock.
    seen = tmp_path / "seen"
    os.mkfifo(seen)
    code = f"held = bytearray(80 * 2**20); del held; open({str(seen)!r}).read()"

    class Watched(PeakMemory):
        def _look(self, parent: object) -> None:
            super()._look(parent)  # type: ignore[arg-type]
            if self.largest_mib > 80 and not self._ended.is_set():
                seen.write_text("seen", encoding="utf-8")
                self._ended.set()

    def watch(process: int) -> PeakMemory:
        watched.append(Watched(process))
        return watched[0]

    run(script("large", code, tmp_path), watch)
    assert watched[0].largest_mib > 80
