"""Four hours of the canary in a few seconds, with two deploys, a flap, an outage, a sleeping machine and kill -9."""

import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import pytest
from sqlalchemy import text

from smoke.history import deploys, outbox, runs
from smoke.history.database import connect, location
from smoke.history.records import Run
from smoke.history.store import History
from smoke.status import page
from tests.canary.receiver import Received, receiving
from tests.canary.simulation import BEGAN, A, B, at, messages
from tests.plugin.project import ROOT

KILLS = ("after-send:opened", "after-look:10:30", "after-send:escalated", "")
"""Where the process is killed in turn; each next one goes on where the last one was killed."""

ENVIRONMENT = "portal/prod"


@dataclass(frozen=True)
class Lived:
    """What the four hours left."""

    state: Path
    received: Received
    statuses: list[int]

    def history(self) -> History:
        """Open the history."""
        return History(connect(location(self.state, {})))

    @property
    def said(self) -> list[str]:
        """What the canary said."""
        return (self.state / "said.txt").read_text("utf-8").splitlines()


def live(state: Path, kills: tuple[str, ...]) -> Iterator[Lived]:
    """Live through the four hours, in one process for each of *kills*."""
    statuses = []
    with receiving() as received:
        for kill in kills:
            command = [sys.executable, "-m", "tests.canary.simulation", str(state), received.url, kill]
            done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False, timeout=120)
            assert done.stderr == ""
            statuses.append(done.returncode)
        yield Lived(state, received, statuses)


@pytest.fixture(scope="module")
def killed(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Lived]:
    """Return four hours in which the canary was killed three times."""
    yield from live(tmp_path_factory.mktemp("killed"), KILLS)


@pytest.fixture(scope="module")
def unharmed(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Lived]:
    """Return the same four hours without a kill."""
    yield from live(tmp_path_factory.mktemp("unharmed"), ("",))


def clock(moment: float) -> str:
    """Return the time of day."""
    return f"{datetime.fromtimestamp(moment, UTC):%H:%M:%S}"


def line(run: Run) -> str:
    """Return a run as one line."""
    return f"{clock(run.began_at)} {run.kind} {run.standing} {(run.live or '-')[:7]}"


HISTORY = """\
08:00:00 scheduled sound 4e77d01
08:15:00 scheduled sound 4e77d01
08:30:00 scheduled failing 4e77d01
08:30:40 confirming sound 4e77d01
08:45:00 scheduled sound 4e77d01
09:00:00 scheduled sound 4e77d01
09:15:00 scheduled aside -
09:16:00 gate sound 9f1c2ab
09:21:10 watching sound 9f1c2ab
09:30:00 scheduled sound 9f1c2ab
09:31:10 watching sound 9f1c2ab
09:45:00 scheduled failing 9f1c2ab
09:45:40 confirming failing 9f1c2ab
09:46:10 watching failing 9f1c2ab
09:52:00 gate sound 4e77d01
09:57:10 watching sound 4e77d01
10:00:00 scheduled sound 4e77d01
10:07:10 watching sound 4e77d01
10:15:00 scheduled failing 4e77d01
10:15:40 confirming failing 4e77d01
10:22:10 watching failing 4e77d01
10:30:00 scheduled failing 4e77d01
10:45:00 scheduled failing 4e77d01
11:00:00 scheduled failing 4e77d01
11:35:10 scheduled failing 4e77d01
11:45:00 scheduled sound 4e77d01
12:00:00 scheduled sound 4e77d01
"""

TOLD = [
    ("dev", "opened", "portal/prod: roll back 9f1c2ab: journey/checkout failing 28 min after the release had passed"),
    ("dev", "resolved", "portal/prod is sound again after 12 min"),
    ("dev", "opened", "portal/prod is failing since 10:15 UTC: page/home, read/invoices"),
    ("dev", "reminder", "portal/prod is still failing after 30 min: page/home, read/invoices"),
    ("dev", "changed", "portal/prod is failing in more places: page/home, read/invoices, journey/checkout"),
    ("dev", "reminder", "portal/prod is still failing after 1 h 20 min: page/home, read/invoices, journey/checkout"),
    ("dev", "resolved", "portal/prod is sound again after 1 h 30 min"),
    ("cto", "escalated", "portal/prod is still failing after 45 min: page/home, read/invoices, journey/checkout"),
    ("cto", "reminder", "portal/prod is still failing after 1 h 20 min: page/home, read/invoices, journey/checkout"),
    ("cto", "resolved", "portal/prod is sound again after 1 h 30 min"),
]


def told(lived: Lived) -> list[tuple[str, str, str]]:
    """Return what each channel got, in its order."""
    dev = [("dev", one.news, one.title) for one in messages(lived.state)]
    return [*dev, *(("cto", one["news"], one["title"]) for one in lived.received.once)]


def test_the_kills_were_real(killed: Lived) -> None:
    """The process died by SIGKILL three times, and went on each time."""
    assert killed.statuses == [-9, -9, -9, 0]


def test_history_line_by_line(killed: Lived) -> None:
    """Every look is there once, with what it saw: nothing that was finished is lost, not even what a kill cut off."""
    history = killed.history()
    with history.reading() as connection:
        seen = runs.since(connection, ENVIRONMENT, BEGAN)
        assert runs.unfinished(connection, ENVIRONMENT) == []
        assert connection.execute(text("PRAGMA integrity_check")).scalar() == "ok"
        found = {one.run_id: runs.found_in(connection, one.run_id) for one in seen}
    history.close()
    assert "".join(f"{line(one)}\n" for one in seen) == HISTORY
    assert all(len(found[one.run_id]) == (0 if one.standing == "aside" else 4) for one in seen)


def test_alerts_line_by_line(killed: Lived) -> None:
    """Each channel was told of each change once, whatever died in between; the flap and the deploy of nobody."""
    assert told(killed) == TOLD


def test_a_kill_changes_nothing(killed: Lived, unharmed: Lived) -> None:
    """The same hours without a kill leave the same history and tell the same."""
    assert told(unharmed) == told(killed)
    rows = []
    for lived in (unharmed, killed):
        history = lived.history()
        with history.reading() as connection:
            rows.append([line(one) for one in runs.since(connection, ENVIRONMENT, BEGAN)])
            assert outbox.waiting(connection, ENVIRONMENT) == []
        history.close()
    assert rows[0] == rows[1]


def test_one_thread_an_incident(killed: Lived) -> None:
    """All that is said of an incident on a channel is said in one thread, and different incidents in different ones."""
    said = messages(killed.state)
    threads = {one.incident: {other.thread for other in said if other.incident == one.incident} for one in said}
    assert all(len(one) == 1 for one in threads.values())
    assert len(threads) == len({thread for one in threads.values() for thread in one}) == 2
    assert [one["thread"] for one in killed.received.once] == [None, "t-1", "t-1"]


def test_a_repetition_says_so(killed: Lived) -> None:
    """What was sent again after a kill came with the same key, so that nobody was told twice."""
    again = [one for one in killed.received.alerts if one["again"]]
    assert [one["news"] for one in again] == ["escalated"]
    assert len(killed.received.keys) == len(set(killed.received.keys)) + 1


def test_a_late_failure_says_roll_back(killed: Lived) -> None:
    """The release that broke half an hour after its pass is to be rolled back, with the evidence for it."""
    late = messages(killed.state)[0]
    assert late.facts["roll_back"] == B
    assert late.facts["roll_back_to"] == A
    assert "passed at 09:16 UTC, and what fails now was last sound with it at 09:31 UTC" in late.text
    assert f"do: roll back to {A[:12]}" in late.text


def test_the_release_that_was_rolled_back_to_is_not_blamed(killed: Lived) -> None:
    """The outage began under watch, but of a release that had been sound for long before."""
    outage = messages(killed.state)[2]
    assert "roll" not in outage.title + outage.text


def test_incidents_and_deploys(killed: Lived) -> None:
    """The history knows each incident from its first failure to its first success, and each deploy with its verdict."""
    history = killed.history()
    with history.reading() as connection:
        outage, late = runs.incidents(connection, ENVIRONMENT, BEGAN)
        known = deploys.since(connection, ENVIRONMENT, BEGAN)
    history.close()
    assert (late.began_at, late.resolved_at, late.blamed) == (at("09:45"), at("09:57:10"), B)
    assert (outage.began_at, outage.resolved_at, outage.blamed) == (at("10:15"), at("11:45"), None)
    assert outage.checks == ("page/home", "read/invoices", "journey/checkout")
    assert [(clock(one.begun_at), one.live, one.previous, one.verdict) for one in known] == [
        ("09:13:00", B, A, "pass"),
        ("09:50:00", A, B, "pass"),
    ]


def test_signs_of_life(killed: Lived, unharmed: Lived) -> None:
    """Every look says that it begins and that it ended, under one id; who stands aside or was killed says less."""
    kinds = [kind for kind, _ in unharmed.received.signs]
    looks = [one for one in HISTORY.splitlines() if "gate" not in one]
    confirming = sum("confirming" in one for one in looks)
    assert kinds.count("/start") == len(looks) - 1
    assert kinds.count("/success") == len(looks) - confirming
    assert "/fail" not in kinds
    started = {query for kind, query in unharmed.received.signs if kind == "/start"}
    ended = {query for kind, query in unharmed.received.signs if kind == "/success"}
    assert len(ended - started) == 1  # the one that stood aside
    assert len(killed.received.signs) == len(kinds) - 3


def test_what_it_said(killed: Lived) -> None:
    """Standing aside, starts that were missed and what was recovered are said."""
    assert "09:15 stands aside: a deploy is going on since 09:13 UTC" in killed.said
    assert "11:35 1 starts were missed since the run of 11:00 UTC" in killed.said
    assert any("kept the run of 10:30 UTC, which had ended when the canary was killed" in one for one in killed.said)


def test_the_page_line_by_line(killed: Lived) -> None:
    """The page shows the same: rows, shares, incidents and releases."""
    history = killed.history()
    written = page.write(history, killed.state, at("12:10"))
    history.close()
    html = written.read_text("utf-8")
    assert html.count('class="whole row"') == 1
    assert html.count('<summary class="row">') == 4
    assert ">sound</span>" in html
    assert "last look 12:00 UTC" in html
    assert "09:13 UTC release 9f1c2ab, verified: pass" in html
    assert "09:50 UTC release 4e77d01, verified: pass" in html
    assert "10:15 UTC, for 1 h 30 min" in html
    assert "09:45 UTC, for 12 min" in html
    assert "the late fault of release <code>9f1c2ab</code>" in html
    assert "2027-01-15 08:30 UTC failing: " in html
    assert "2027-01-15 09:15 UTC aside: a deploy is going on since 09:13 UTC" in html
    assert "2027-01-15 10:15 UTC failed: HTTP 500 in 12 of 12 samples" in html
