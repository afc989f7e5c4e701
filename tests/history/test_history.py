"""What the history keeps, on a file and on a server."""

from dataclasses import replace
from functools import partial
from pathlib import Path

import pytest
from sqlalchemy import URL, text

from smoke.alerts.look import look_of
from smoke.alerts.policy import Policy, Step
from smoke.canary.recording import Recorder
from smoke.environment.canary import Canary
from smoke.errors import HistoryFailed, UsageError
from smoke.history import database, deploys, outbox, place, retention, runs, summaries
from smoke.history.records import Consequences, Deploy, PastIncident, RunKind
from smoke.history.store import History
from tests.history.made import AT, ENVIRONMENT, begun, counting, ended, found, message
from tests.outputs.verdicts import HOSTILE, check, verdict


def test_a_run_is_kept_whole(history: History) -> None:
    """A run, its findings, what is remembered after it and its messages are kept in one step."""
    with history.writing() as connection:
        runs.begin(connection, begun())
        assert [one.run_id for one in runs.unfinished(connection, ENVIRONMENT)] == ["run-1"]
    with history.writing() as connection:
        assert runs.end(connection, ended(), counting((("dev", message()),)))
    with history.reading() as connection:
        assert runs.last(connection, ENVIRONMENT) == ended().run
        assert runs.since(connection, ENVIRONMENT, AT) == [ended().run]
        assert runs.unfinished(connection, ENVIRONMENT) == []
        assert set(runs.found_in(connection, "run-1")) == set(ended().found)
        assert runs.state(connection, ENVIRONMENT) == {"count": 1}
        assert [one.message.title for one in outbox.waiting(connection, ENVIRONMENT)] == ["t"]
        assert runs.environments(connection) == [ENVIRONMENT]
        assert next(summaries.found_since(connection, ENVIRONMENT, AT))[0] == AT


def test_nothing_is_counted_twice(history: History) -> None:
    """A run that is kept already stays as it is, whoever brings it again."""
    for summary in ("first", "again"):
        with history.writing() as connection:
            runs.end(connection, ended(summary=summary), counting((("dev", message()),)))
    with history.reading() as connection:
        assert runs.state(connection, ENVIRONMENT) == {"count": 1}
        assert len(outbox.waiting(connection, ENVIRONMENT)) == 1
        last = runs.last(connection, ENVIRONMENT)
    assert last is not None
    assert last.summary == "first"


def test_all_or_nothing(history: History) -> None:
    """What breaks in the middle leaves no trace."""

    def breaks(_: object) -> Consequences:
        raise ValueError("no state")

    with pytest.raises(ValueError, match="no state"), history.writing() as connection:
        runs.end(connection, ended(), breaks)
    with history.reading() as connection:
        assert runs.last(connection, ENVIRONMENT) is None


def test_last_sound(history: History) -> None:
    """When a check last passed is known, for each check on its own."""
    with history.writing() as connection:
        runs.end(connection, ended("run-1", AT), None)
        runs.end(connection, ended("run-2", AT + 900), None)
        runs.end(connection, replace(ended("run-3", AT + 1800), found=(found("page/home", outcome="failed"),)), None)
        known = runs.last_sound(connection, ENVIRONMENT, ["page/home", "page/terms", "page/none"])
    assert known == {"page/home": AT + 910}


def test_the_gate_is_not_the_canary(history: History) -> None:
    """The last run of the canary is asked for to know what is due; a verification of a deploy is none."""
    with history.writing() as connection:
        runs.end(connection, ended("run-1", AT), None)
        runs.end(connection, ended("run-2", AT + 5, kind=RunKind.GATE), None)
        last = runs.last(connection, ENVIRONMENT)
    assert last is not None
    assert last.run_id == "run-1"


def test_incidents(history: History) -> None:
    """An incident is kept as it is now, from its beginning to its end."""
    incident = PastIncident("i", ENVIRONMENT, "failing", "critical", AT, AT + 900, None, ("page/home",), None)
    grown = replace(incident, checks=("page/home", "page/terms"))
    for number, known in enumerate((incident, grown, replace(incident, resolved_at=AT + 9))):
        with history.writing() as connection:
            runs.end(connection, ended(f"run-{number}"), partial(Consequences, incident=known))
        with history.reading() as connection:
            assert runs.incidents(connection, ENVIRONMENT, AT) == [known]
            assert runs.incidents(connection, ENVIRONMENT, AT + 10) == ([] if known.resolved_at else [known])


def test_the_outbox_keeps_order_and_threads(history: History) -> None:
    """Messages wait in their order, until they are sent or refused, and answer in the thread of their incident."""
    with history.writing() as connection:
        addressed = [("dev", message(1)), ("cto", message(1)), ("dev", message(2))]
        outbox.add(connection, ENVIRONMENT, addressed, AT)
        first, other, second = outbox.waiting(connection, ENVIRONMENT)
        assert [one.message.id for one in (first, other, second)] == ["i/1/dev", "i/1/cto", "i/2/dev"]
        outbox.trying(connection, first)
        outbox.failed(connection, first, "HTTP 503", None)
        assert outbox.waiting(connection, ENVIRONMENT)[0].tries == 1
        outbox.sent(connection, first, AT, "thread-7")
        assert outbox.thread_of(connection, second) == "thread-7"
        assert outbox.thread_of(connection, other) is None
        outbox.failed(connection, other, "HTTP 404", AT)
        assert outbox.waiting(connection, ENVIRONMENT) == [second]
        assert outbox.waiting(connection, "portal/dev") == []


def test_deploys(history: History) -> None:
    """A deploy is begun by priming and ended by its verification; a second verification is of the same deploy."""
    gate = Deploy(0, ENVIRONMENT, AT + 60, "abcdef1", "1234567", AT + 90, "inconclusive")
    with history.writing() as connection:
        assert deploys.last(connection, ENVIRONMENT) is None
        deploys.begun(connection, ENVIRONMENT, AT)
        deploys.verified(connection, gate)
        deploys.verified(connection, replace(gate, verdict="pass", ended_at=AT + 120, live="abcdef1234"))
        (only,) = deploys.since(connection, ENVIRONMENT, AT)
        assert (only.begun_at, only.verdict, only.ended_at, only.live) == (AT, "pass", AT + 120, "abcdef1234")
        deploys.verified(connection, replace(gate, begun_at=AT + 500, live="7777777"))
        deploys.begun(connection, ENVIRONMENT, AT + 600)
        deploys.begun(connection, ENVIRONMENT, AT + 700)
        deploys.seen(connection, ENVIRONMENT, AT + 800, "8888888", "7777777")
        known = deploys.since(connection, ENVIRONMENT, AT + 1)
    assert [(one.begun_at - AT, one.live, one.ended_at) for one in known] == [
        (500, "7777777", AT + 90),
        (600, None, AT + 700),
        (700, None, None),
        (800, "8888888", AT + 800),
    ]


def test_a_deploy_that_came_to_nothing(history: History) -> None:
    """What was begun and given up is over, and what was verified stays as it was."""
    with history.writing() as connection:
        deploys.begun(connection, ENVIRONMENT, AT)
        deploys.over(connection, ENVIRONMENT, AT + 10)
        deploys.over(connection, ENVIRONMENT, AT + 20)
        (only,) = deploys.since(connection, ENVIRONMENT, AT)
    assert (only.ended_at, only.verdict, only.live) == (AT + 10, None, None)


def test_retention(history: History) -> None:
    """What is old goes; what is open, goes on or was never sent stays."""
    week = 7 * 86400
    incident = PastIncident("i", ENVIRONMENT, "failing", "critical", AT, AT + 900)
    with history.writing() as connection:
        runs.begin(connection, begun("run-0", AT - week))
        runs.end(connection, ended("run-1", AT), lambda _: Consequences({}, incident, (("dev", message()),)))
        runs.end(
            connection, ended("run-2", AT + week), lambda _: Consequences({}, replace(incident, id="j", resolved_at=AT))
        )
        deploys.seen(connection, ENVIRONMENT, AT, "abcdef1", None)
        assert retention.reports_to_drop(connection, ENVIRONMENT, AT + 100) == ["run-1"]
        assert retention.forget(connection, ENVIRONMENT, AT + 100) == 1
    with history.reading() as connection:
        assert [one.run_id for one in runs.since(connection, ENVIRONMENT, 0)] == ["run-0", "run-2"]
        assert runs.found_in(connection, "run-1") == []
        assert [one.id for one in runs.incidents(connection, ENVIRONMENT, 0)] == ["i"]
        assert len(outbox.waiting(connection, ENVIRONMENT)) == 1
        assert deploys.since(connection, ENVIRONMENT, 0) == []


def test_opened_again(url: URL, history: History) -> None:
    """A history that is there is opened, not made again; one of a newer Smokegate is refused."""
    with history.writing() as connection:
        runs.end(connection, ended(), None)
    again = History(database.connect(url))
    with again.writing() as connection:
        assert len(runs.since(connection, ENVIRONMENT, 0)) == 1
        connection.execute(text("UPDATE smoke_meta SET value = '2'"))
    again.close()
    with pytest.raises(UsageError, match="bring Smokegate up to date"):
        database.connect(url)


def test_a_broken_history(history: History) -> None:
    """What the database refuses is one sentence, without SQL."""
    with pytest.raises(HistoryFailed) as refusal, history.writing() as connection:
        connection.execute(text("INSERT INTO nowhere VALUES (1)"))
    assert "nowhere" in str(refusal.value)
    assert "\n" not in str(refusal.value)


@pytest.mark.parametrize(
    ("written", "said"),
    [
        ("nonsense", "is no database URL"),
        ("mysql://u:hunter2@h/n", "mysql is not supported"),
        ("postgresql://u:hunter2@127.0.0.1:1/n", "cannot be opened"),
        ("sqlite:////proc/no/where.sqlite", "cannot be opened"),
    ],
)
def test_no_such_place(tmp_path: Path, written: str, said: str) -> None:
    """A wrong URL is one sentence that repeats no password."""
    with pytest.raises(UsageError, match=said) as refusal:
        database.connect(database.location(tmp_path, {place.VARIABLE: written}))
    assert "hunter2" not in str(refusal.value)


def test_where(tmp_path: Path) -> None:
    """By default it is a file in the state directory; a variable, or a file that it names, say otherwise."""
    assert database.location(tmp_path, {}).database == str(tmp_path / "history.sqlite")
    assert not place.exists(tmp_path, {})
    (tmp_path / "url").write_text("postgresql://u@h/n\n", "utf-8")
    environ = {f"{place.VARIABLE}_FILE": str(tmp_path / "url")}
    assert place.exists(tmp_path, environ)
    assert database.location(tmp_path, environ).drivername == "postgresql+psycopg"
    with pytest.raises(UsageError, match="SMOKE_HISTORY_URL"):
        database.location(tmp_path, {place.VARIABLE: ""})


def test_words_of_a_target(history: History) -> None:
    """What a target says is kept, whatever it is: a database that refuses it would lose the alert too."""
    hostile = verdict("fail", [check("page/home", "immediate", "failed", message=HOSTILE)], summary=HOSTILE)
    hostile["release"]["observed"] = {"web": {"commits": {HOSTILE: 3}}}
    run = begun(hostile["run_id"], look_of(hostile).began_at)
    recorder = Recorder(history, Canary(), Policy(after_failures=1, steps=(Step(("dev",)),)))
    assert recorder.record(run, hostile).standing == "failing"
    with history.reading() as connection:
        assert len(outbox.waiting(connection, ENVIRONMENT)) == 1
        assert runs.found_in(connection, run.run_id)[0].message.startswith("<img src=x")
