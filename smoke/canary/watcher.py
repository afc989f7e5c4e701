"""One beat of the canary: what was left is finished, what is due is looked at, and what must be told is told."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path

from smoke.alerts.look import Look, Standing, Trouble, VerdictJson
from smoke.alerts.message import Sender
from smoke.alerts.sentences import clock
from smoke.canary import recovery, schedule
from smoke.canary.delivery import deliver
from smoke.canary.heartbeat import Heartbeat
from smoke.canary.recording import Recorder
from smoke.canary.schedule import Known
from smoke.canary.turn import Taken, turn
from smoke.environment import Environment
from smoke.errors import HistoryFailed
from smoke.history import deploys, runs
from smoke.history.records import Ended, Run, RunKind
from smoke.history.store import History
from smoke.outputs.answer import enumerate_in_words
from smoke.record.run_directory import new_run_id
from smoke.verdict.words import EXIT_STATUS, Word

Suite = Callable[[str], VerdictJson | None]
"""Makes the run of this id to its end, and returns its verdict, None when it could not begin."""

COULD_NOT_BEGIN = "the suite could not begin: wrong usage or configuration; try `smoke verify` by hand"

SAID = 3
"""Different findings that the line of a look names; the others are counted."""

NOTHING_DONE = EXIT_STATUS[Word.INCONCLUSIVE]


@dataclass(frozen=True)
class Watcher:
    """Everything that a beat needs; time passes and pauses as it says."""

    environment: Environment
    history: History
    state: Path
    reports: Path
    recorder: Recorder
    senders: Mapping[str, Sender]
    heartbeat: Heartbeat
    suite: Suite
    now: Callable[[], float]
    pause: Callable[[float], None]
    say: Callable[[str], None]
    afterwards: Callable[[VerdictJson | None, Known], None] = lambda _verdict, _known: None
    """What is done when everybody has been told; it gets what was known before the look."""

    @property
    def name(self) -> str:
        """The environment's name."""
        return self.environment.name

    def beat(self, *, only_when_due: bool = False) -> int:
        """Do what is to be done now; returns the exit status of the look, 20 when there was none."""
        try:
            with turn(self.state, self.name, self.history):
                return self._beat(only_when_due=only_when_due)
        except Taken as taken:
            self.say(f"skipped: {taken}{self._since()}")
        except HistoryFailed as failure:
            self.say(str(failure))
            self.heartbeat.fails(new_run_id(), str(failure))
        return NOTHING_DONE

    def _beat(self, *, only_when_due: bool) -> int:
        for sentence in recovery.recover(self.history, self.recorder, self.reports, self.name, self.now()):
            self.say(sentence)
        known, now = self._known(), self.now()
        kind = schedule.due(self.environment.canary, known, now)
        if only_when_due and kind is None:
            self._deliver()
            return self._not_due(known)
        aside = schedule.stands_aside(self.environment.canary, known.deploy, now)
        if aside:
            self._stand_aside(kind or RunKind.SCHEDULED, aside)
            self.afterwards(None, known)
            return NOTHING_DONE
        late = schedule.missed(self.environment.canary, known, now)
        if late and known.last:
            self.say(f"{late} starts were missed since the run of {clock(known.last.began_at, now)}")
        verdict = self._look(kind or RunKind.SCHEDULED)
        self.afterwards(verdict, known)
        return EXIT_STATUS[Word(verdict["verdict"])] if verdict else NOTHING_DONE

    def _look(self, kind: RunKind) -> VerdictJson | None:
        """Look, once more at once if that may confirm a first failure, and tell what is to be told."""
        run, verdict, look = self._run(kind)
        if verdict and self._is_first_failure(look):
            pause_s = self.environment.canary.confirm_after_s
            self.say(f"failing: {enumerate_in_words(look.checks)}; looking again in {pause_s:g} s")
            self.pause(self.environment.canary.confirm_after_s)
            if not schedule.stands_aside(self.environment.canary, self._known().deploy, self.now()):
                run, verdict, look = self._run(RunKind.CONFIRMING)
        complaints = self._deliver()
        said = _summary(look, verdict)
        self.say(said)
        self._sign(run.run_id, said, complaints if verdict else [COULD_NOT_BEGIN])
        return verdict

    def _run(self, kind: RunKind) -> tuple[Run, VerdictJson | None, Look]:
        began_at = self.now()
        run = Run(new_run_id(datetime.fromtimestamp(began_at, UTC)), self.name, kind, began_at)
        with self.history.writing() as connection:
            runs.begin(connection, run)
        self.heartbeat.begins(run.run_id)
        verdict = self.suite(run.run_id)
        if verdict is None:
            return run, None, recovery.record_without_verdict(self.recorder, run, self.now(), COULD_NOT_BEGIN)
        return run, verdict, self.recorder.record(run, verdict)

    def _is_first_failure(self, look: Look) -> bool:
        if look.standing is not Standing.FAILING or not self.environment.canary.confirm:
            return False
        with self.history.reading() as connection:
            state = runs.state(connection, self.name)
        return state.get("incident") is None

    def _stand_aside(self, kind: RunKind, why: str) -> None:
        now = self.now()
        run = Run(new_run_id(datetime.fromtimestamp(now, UTC)), self.name, kind, now)
        run = replace(run, ended_at=now, standing=Standing.ASIDE.value, summary=why)
        with self.history.writing() as connection:
            runs.end(connection, Ended(run), None)
        self.say(f"stands aside: {why}")
        self._sign(run.run_id, why, self._deliver())

    def _sign(self, run_id: str, said: str, complaints: list[str]) -> None:
        if complaints:
            self.heartbeat.fails(run_id, "\n".join(complaints))
        else:
            self.heartbeat.goes_on(run_id, said)

    def _deliver(self) -> list[str]:
        complaints = deliver(self.history, self.name, self.senders, self.now)
        for one in complaints:
            self.say(one)
        return complaints

    def _known(self) -> Known:
        with self.history.reading() as connection:
            return Known(runs.last(connection, self.name), deploys.last(connection, self.name))

    def _since(self) -> str:
        with self.history.reading() as connection:
            going = runs.unfinished(connection, self.name)
        return f", since {clock(going[-1].began_at, self.now())}" if going else ""

    def _not_due(self, known: Known) -> int:
        verdict = known.last.verdict if known.last else None
        return EXIT_STATUS[Word(verdict)] if verdict else NOTHING_DONE


def _summary(look: Look, verdict: VerdictJson | None) -> str:
    what = "; ".join(said_of(look.troubles))
    took = f" in {verdict['duration_s']:.1f} s" if verdict else ""
    return f"{look.standing}{took}{': ' if what else ''}{what}"


def said_of(troubles: Sequence[Trouble]) -> Iterator[str]:
    """Yield what was found, once for all checks that found the same."""
    groups: dict[str, list[str]] = {}
    for one in troubles:
        groups.setdefault(one.message, []).append(one.check)
    for message, checks in list(groups.items())[:SAID]:
        yield f"{enumerate_in_words(checks)}: {message}"
    if len(groups) > SAID:
        yield f"and {sum(map(len, list(groups.values())[SAID:]))} more"
