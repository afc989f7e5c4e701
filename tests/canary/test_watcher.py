"""One beat of the canary when something is in its way."""

import subprocess
import sys
import threading
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from smoke.alerts.look import Trouble
from smoke.alerts.message import Message, Receipt, SendingFailed
from smoke.canary.turn import Taken, turn
from smoke.canary.watcher import COULD_NOT_BEGIN, NOTHING_DONE, said_of
from smoke.history import database, deploys, outbox, place, runs
from smoke.history.records import Run, RunKind
from smoke.history.store import History
from tests.canary.receiver import Received, receiving
from tests.canary.simulation import BEGAN, A, Script, World, messages
from tests.history.postgres import server
from tests.plugin.project import ROOT

ENVIRONMENT = "portal/prod"
BAD: list[tuple[str, str, tuple[str, ...]]] = [("08:00", "20:00", ("page/home",))]


@pytest.fixture
def received() -> Iterator[Received]:
    """Return a server that takes everything."""
    with receiving() as one:
        yield one


@pytest.fixture
def world(tmp_path: Path, received: Received) -> Iterator[World]:
    """Return a sound world."""
    made = World(tmp_path, received.url, Script(ends="", live=[("08:00", A)]))
    yield made
    made.history.close()


def said(world: World) -> list[str]:
    """Return what the canary said, without the time."""
    return [one[6:] for one in (world.state / "said.txt").read_text("utf-8").splitlines()]


def test_a_run_that_is_still_going(world: World) -> None:
    """A start that comes too early is skipped and says so, with what it found going."""
    with world.history.writing() as connection:
        runs.begin(connection, Run("r", ENVIRONMENT, RunKind.SCHEDULED, BEGAN))
    with turn(world.state, ENVIRONMENT, world.history):
        assert world.watcher.beat() == NOTHING_DONE
    assert said(world) == ["skipped: a run is still going, since 08:00 UTC"]


def test_what_is_the_same_is_said_once() -> None:
    """The line of a look names the checks that found the same together, and counts what is too much for a line."""
    slow = [Trouble(f"latency/{one}", "suite", "the budget ended") for one in ("home", "orders")]
    others = [Trouble(f"read/{one}", "release", f"HTTP {one}") for one in (500, 502, 503, 504)]
    found = list(said_of([*slow, *others]))
    assert found == [
        "latency/home and latency/orders: the budget ended",
        "read/500: HTTP 500",
        "read/502: HTTP 502",
        "and 2 more",
    ]


def test_another_process_has_the_turn(world: World) -> None:
    """The lock is one of the machine, and goes with the process that holds it, however it dies."""
    code = f"""
import time
from pathlib import Path
from smoke.canary.turn import turn
from smoke.history import database
from smoke.history.store import History

state = Path({str(world.state)!r})
with turn(state, {ENVIRONMENT!r}, History(database.connect(database.location(state, {{}})))):
    print("mine", flush=True)
    time.sleep(60)
"""
    with subprocess.Popen([sys.executable, "-c", code], cwd=ROOT, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == "mine\n"
        assert world.watcher.beat() == NOTHING_DONE
        process.kill()
        process.wait()
    assert world.watcher.beat() == 0


def test_other_environments_have_turns_of_their_own(world: World) -> None:
    """Who looks at one environment keeps nobody from another one."""
    with turn(world.state, "portal/staging", world.history), turn(world.state, ENVIRONMENT, world.history):
        pass


def test_two_machines(tmp_path: Path) -> None:
    """Machines that share a history on a server share its lock, which goes with the connection."""
    with server() as running:
        url = database.location(tmp_path, {place.VARIABLE: running.database()})
        one, other = History(database.connect(url)), History(database.connect(url))
        with turn(tmp_path / "one", ENVIRONMENT, one):
            with turn(tmp_path / "two", "portal/staging", other):
                pass
            with pytest.raises(Taken, match="on another machine"), turn(tmp_path / "two", ENVIRONMENT, other):
                pass
        with turn(tmp_path / "two", ENVIRONMENT, other):
            pass
        one.close()
        other.close()


def test_an_overlapping_deploy(world: World) -> None:
    """A look during which a deploy began counts for nothing, whatever it saw."""
    world.script.failures = BAD
    look = world.look

    def disturbed(run_id: str) -> object:
        with world.history.writing() as connection:
            deploys.begun(connection, ENVIRONMENT, world.now + 1)
        return look(run_id)

    watcher = replace(world.watcher, suite=disturbed)  # type: ignore[arg-type]
    watcher.beat()
    with world.history.reading() as connection:
        last = runs.last(connection, ENVIRONMENT)
        assert runs.state(connection, ENVIRONMENT)["failures"] == 0
    assert last is not None
    assert last.standing == "aside"


def test_it_could_not_begin(world: World, received: Received) -> None:
    """A suite that refuses to begin is a look that could not tell, and the dead man's switch says so."""
    assert replace(world.watcher, suite=lambda _: None).beat() == NOTHING_DONE
    with world.history.reading() as connection:
        last = runs.last(connection, ENVIRONMENT)
    assert last is not None
    assert (last.standing, last.summary) == ("unclear", COULD_NOT_BEGIN)
    assert [kind for kind, _ in received.signs] == ["/start", "/fail"]


def test_the_history_fails(world: World, received: Received) -> None:
    """Where nothing can be remembered nothing can be told; only the switch is left to say so."""
    with world.history.writing() as connection:
        connection.exec_driver_sql("DROP TABLE smoke_run")
    assert world.watcher.beat() == NOTHING_DONE
    assert said(world)[0].startswith("the history failed: no such table: smoke_run")
    assert [kind for kind, _ in received.signs] == ["/fail"]


class Moody:
    """A sender that fails as often as it is told to."""

    def __init__(self, *moods: bool) -> None:
        self.moods = list(moods)
        self.got: list[Message] = []

    def send(self, message: Message) -> Receipt:
        """Fail, for a while or for good, or take it."""
        if self.moods:
            raise SendingFailed("HTTP 503", lasting=self.moods.pop(0))
        self.got.append(message)
        return Receipt("t")


def test_alerts_wait(world: World, received: Received) -> None:
    """What a channel does not take is sent by the next beat, in order, marked as a repetition; the switch says fail."""
    world.script.failures = BAD
    moody = Moody(False, False)
    watcher = replace(world.watcher, senders={**world.watcher.senders, "dev": moody})
    watcher.beat()
    assert "alerts to dev are waiting: HTTP 503" in said(world)
    assert received.signs[-1][0] == "/fail"
    world.pass_(1600)
    watcher.beat()
    assert moody.got == []
    world.pass_(900)
    watcher.beat()
    assert [(one.news, one.again) for one in moody.got] == [("opened", True), ("reminder", False)]
    assert [one.thread for one in moody.got] == [None, "t"]
    with world.history.reading() as connection:
        assert [one for one in outbox.waiting(connection, ENVIRONMENT) if one.channel == "dev"] == []


def test_a_channel_refuses_for_good(world: World) -> None:
    """What is refused for good stands in nobody's way."""
    world.script.failures = BAD
    moody = Moody(True)
    watcher = replace(world.watcher, senders={**world.watcher.senders, "dev": moody})
    watcher.beat()
    world.pass_(1600)
    watcher.beat()
    assert [one.news for one in moody.got] == ["reminder"]


def test_a_channel_that_is_gone(world: World) -> None:
    """Alerts to a channel that the file does not have any more wait, and say so."""
    world.script.failures = BAD
    replace(world.watcher, senders={}).beat()
    assert "alerts to dev are waiting: the environment file has no such channel any more" in said(world)
    world.watcher.beat(only_when_due=True)
    assert [one.news for one in messages(world.state)] == ["opened"]


def test_a_third_commit(world: World) -> None:
    """Another commit that nobody announced is noted as a release."""
    world.watcher.beat()
    world.pass_(900)
    world.script.live = [("08:00", "1234567890abcdef1234567890abcdef12345678")]
    world.watcher.beat()
    with world.history.reading() as connection:
        (only,) = deploys.since(connection, ENVIRONMENT, BEGAN)
    assert (only.live, only.previous, only.verdict) == (world.script.live[0][1], A, None)


def test_cut_off(world: World) -> None:
    """A run of which there is nothing but its beginning is kept as one that could not tell."""
    with world.history.writing() as connection:
        runs.begin(connection, Run("r", ENVIRONMENT, RunKind.SCHEDULED, BEGAN))
    world.pass_(900)
    world.watcher.beat()
    with world.history.reading() as connection:
        first, second = runs.since(connection, ENVIRONMENT, 0)
    assert (first.standing, second.standing) == ("unclear", "sound")
    assert said(world)[0] == "the run of 08:00 UTC was cut off: the canary was killed while it looked"


def test_two_threads(world: World) -> None:
    """However many beat at once, one looks."""
    begun, go_on = threading.Event(), threading.Event()
    look = world.look

    def slow(run_id: str) -> object:
        begun.set()
        go_on.wait(10)
        return look(run_id)

    statuses: list[int] = []
    slow_one = replace(world.watcher, suite=slow)  # type: ignore[arg-type]
    thread = threading.Thread(target=lambda: statuses.append(slow_one.beat()))
    thread.start()
    begun.wait(10)
    assert world.watcher.beat() == NOTHING_DONE
    go_on.set()
    thread.join(10)
    assert statuses == [0]
