"""kill -9 at any moment loses nothing that was finished, corrupts nothing, and nobody is told twice or not at all."""

import os
import random
import signal
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from sqlalchemy import URL, text

from smoke.alerts.incident import State
from smoke.alerts.look import Look, Standing, Trouble
from smoke.alerts.machine import advance
from smoke.canary.policies import policy_of
from smoke.history import database, outbox, place, runs
from smoke.history.records import Run, RunKind
from smoke.history.store import History
from tests.canary.receiver import Received, receiving
from tests.canary.simulation import BEGAN, environment, messages
from tests.history.postgres import server
from tests.plugin.project import ROOT

KILLS = 25
ENVIRONMENT = "portal/prod"


@pytest.fixture(params=["sqlite", "postgresql"])
def place_of(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[URL]:
    """Return where the history is, on a file and on a server."""
    if request.param == "sqlite":
        yield database.location(tmp_path, {})
        return
    with server() as running:
        yield database.location(tmp_path, {place.VARIABLE: running.database()})


class Nursery:
    """The process that starts the canaries, and what they said."""

    def __init__(self, process: "subprocess.Popen[str]", dice: random.Random) -> None:
        self._process = process
        self._dice = dice
        self.kept: list[str] = []

    def live(self) -> None:
        """Let a canary look until it has kept a run, then kill it at any moment."""
        self._write("live\n")
        pid = int(self._until("pid "))
        self.kept.append(self._until("kept "))
        threading.Event().wait(self._dice.random() * 0.12)
        os.kill(pid, signal.SIGKILL)
        assert self._until("ended ") == str(-signal.SIGKILL)

    def _write(self, line: str) -> None:
        assert self._process.stdin is not None
        self._process.stdin.write(line)
        self._process.stdin.flush()

    def _until(self, start: str) -> str:
        assert self._process.stdout is not None
        for line in self._process.stdout:
            if line.startswith(start):
                return line.removeprefix(start).strip()
            if line.startswith("kept "):
                self.kept.append(line.removeprefix("kept ").strip())
        raise AssertionError(f"it ended instead of saying {start}")


@contextmanager
def nursery(state: Path, url: URL, received: Received) -> Iterator[Nursery]:
    """Run a process that starts canaries."""
    environ = {**os.environ, place.VARIABLE: url.render_as_string(hide_password=False)}
    command = [sys.executable, "-m", "tests.canary.killed", str(state), received.url]
    pipe = subprocess.PIPE
    with subprocess.Popen(command, cwd=ROOT, env=environ, stdin=pipe, stdout=pipe, stderr=pipe, text=True) as process:
        yield Nursery(process, random.Random(7))
        _, err = process.communicate()
        assert err == ""


def test_killed_again_and_again(place_of: URL, tmp_path: Path) -> None:
    """After every kill the history is whole, and in the end all that was to be told was told once."""
    with receiving() as received, nursery(tmp_path, place_of, received) as canaries:
        for _ in range(KILLS):
            canaries.live()
    history = History(database.connect(place_of))
    with history.reading() as connection:
        seen = runs.since(connection, ENVIRONMENT, BEGAN)
        waiting = {one.message.id for one in outbox.waiting(connection, ENVIRONMENT)}
        found = {one.run_id: len(runs.found_in(connection, one.run_id)) for one in seen}
        state = runs.state(connection, ENVIRONMENT)
        if history.file is not None:
            assert connection.execute(text("PRAGMA integrity_check")).scalar() == "ok"
    history.close()
    assert len(canaries.kept) > KILLS
    assert set(canaries.kept) <= {one.run_id for one in seen if one.ended_at is not None}
    assert all(found[one.run_id] in (0, 4) for one in seen)
    replayed, expected = replay(seen)
    assert State.from_json(state) == replayed
    told = [one.id for one in messages(tmp_path)]
    assert len(told) == len(set(told))
    assert set(told) | {one for one in waiting if one.endswith("/dev")} == {f"{one}/dev" for one in expected}
    assert len(told) > 3
    said = (tmp_path / "said.txt").read_text("utf-8")
    assert "was cut off" in said or "kept the run" in said  # some kill hit where it hurts


def replay(seen: list[Run]) -> tuple[State, set[str]]:
    """Return the state and the names of all alerts that *seen* should have made."""
    policy, state, names = policy_of(environment("http://localhost").alerts), State(), set()
    for one in seen:
        if one.ended_at is None or one.standing is None or one.kind is RunKind.GATE:
            continue
        standing = Standing(one.standing)
        checks = ("page/home",) if standing is Standing.FAILING else ()
        look = Look(
            one.run_id,
            one.environment,
            one.began_at,
            one.ended_at,
            standing,
            tuple(Trouble(check, "release", "m") for check in checks),
            one.live,
            one.kind is RunKind.CONFIRMING,
        )
        state, alerts = advance(state, look, policy)
        names |= {alert.id for alert in alerts if "dev" in alert.to}
    return state, names
