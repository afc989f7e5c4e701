"""
The score at small scale: telling cases through the real harness, with the real stack, verifier and policies.

`-m "not accuracy"` leaves it out.
"""

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from tempfile import TemporaryDirectory

import psutil
import pytest

from benchmarks.accuracy.cases import case_of
from benchmarks.accuracy.judged import judged
from benchmarks.accuracy.one_case import US
from benchmarks.accuracy.policies import POLICIES
from benchmarks.accuracy.runner import ROOT
from benchmarks.accuracy.scoring import Judged, Mark
from tests.long import EARLY, LONG

pytestmark = pytest.mark.accuracy

LIMIT_S = 240


def run(row: str, seed: int) -> dict[str, Judged]:
    """Run one case; returns everybody's verdict."""
    case = case_of(row, seed)
    faults = [argument for fault in case.faults for argument in ("--fault", fault)]
    command = [sys.executable, "-m", "benchmarks.accuracy.one_case", "--seed", str(seed), *faults]
    with subprocess.Popen(command, cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        line = process.stdout.readline()
        assert process.wait(LIMIT_S) == 0, line
    return {one.policy: one for one in judged([case], {case.key: json.loads(line)})}


@EARLY
@pytest.mark.parametrize("row", ["healthy", *(pytest.param(one, marks=LONG) for one in ("N03+B02", "N04", "I04"))])
def test_the_verdict_is_right(row: str) -> None:
    """A good deploy, a bad one in noise, noise alone, and a blind runner; everybody judged, and none took for ever."""
    found = run(row, seed=2)
    assert found[US].marks == {Mark.RIGHT}, found
    assert set(found) == {US, *POLICIES}
    assert all(0 < one.seconds < LIMIT_S for one in found.values())


@pytest.fixture
def temporary() -> Iterator[Path]:
    """Return a directory for temporary files, with a short name, which the user of the database can reach too."""
    with TemporaryDirectory(prefix="s-") as directory:
        place = Path(directory)
        place.chmod(0o711)
        yield place


def family_with_browser(process: subprocess.Popen[bytes]) -> list[psutil.Process]:
    """Wait until a case has come as far as a browser; returns all that it started."""
    while process.poll() is None:
        family = psutil.Process(process.pid).children(recursive=True)
        with suppress(psutil.Error):
            if any("--headless" in one.cmdline() for one in family):
                return family
        time.sleep(0.1)
    pytest.fail("the case ended before it had a browser")


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_an_interrupted_case_leaves_nothing(temporary: Path, number: signal.Signals) -> None:
    """No stack, no verifier, no browser, no file."""
    command = [sys.executable, "-m", "benchmarks.accuracy.one_case", "--seed", "1"]
    with subprocess.Popen(
        command, cwd=ROOT, stdin=subprocess.PIPE, env={**os.environ, "TMPDIR": str(temporary)}, start_new_session=True
    ) as process:
        family = family_with_browser(process)
        process.send_signal(number)
        assert process.wait(30) == 130
    gone, alive = psutil.wait_procs(family, timeout=10)
    assert gone
    assert not [one for one in alive if one.is_running() and one.status() != psutil.STATUS_ZOMBIE]
    assert list(temporary.iterdir()) == []
