"""
A world in which time passes at once: releases come and go, checks fail when they should, and the canary looks.

Run as a program it lives through `script()` from where it was, in a state directory, and may be killed at any moment:
`python -m tests.canary.simulation STATE URL [KILL]`. *KILL* is `after-look:HH:MM` or `after-send:NEWS`.
"""

import json
import os
import signal
import sys
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from pathlib import Path

from smoke.alerts.look import VerdictJson, look_of
from smoke.alerts.message import Message, Receipt, Sender
from smoke.canary import schedule
from smoke.canary.heartbeat import Heartbeat
from smoke.canary.policies import policy_of, senders_of
from smoke.canary.recording import Recorder, ended
from smoke.canary.schedule import Known
from smoke.canary.watcher import Watcher
from smoke.environment import Environment
from smoke.files import replace_file
from smoke.history import deploys, runs
from smoke.history.database import connect, location
from smoke.history.records import Deploy, Run, RunKind
from smoke.history.store import History
from smoke.record import events, run_directory
from smoke.verdict.decide import End, decide
from smoke.verdict.release import Release
from tests.verdict.made import finding, passed, plan

BEGAN = 1_800_000_000.0
"""2027-01-15 08:00 UTC."""

A, B = "4e77d01a2b3c4d5e6f708192a3b4c5d6e7f80912", "9f1c2ab4d0e35f6a7b8c9d0e1f2a3b4c5d6e7f80"
CHECKS = ("page/home", "read/invoices", "journey/checkout")
LOOK_S = 10.0


def at(clock: str) -> float:
    """Return the epoch seconds of a time of that day."""
    hours, minutes, seconds = map(int, f"{clock}:00".split(":")[:3])
    return BEGAN + (hours - 8) * 3600 + minutes * 60 + seconds


@dataclass
class Script:
    """What happens: which commit is live from when, what fails from when to when, deploys, and when nothing runs."""

    ends: str
    live: list[tuple[str, str]]
    failures: list[tuple[str, str, tuple[str, ...]]] = field(default_factory=list)
    primed: list[str] = field(default_factory=list)
    verified: list[tuple[str, str]] = field(default_factory=list)
    asleep: list[tuple[str, str]] = field(default_factory=list)

    def commit(self, now: float) -> str:
        """Return what is live."""
        return next(commit for since, commit in reversed(self.live) if at(since) <= now)

    def failing(self, now: float) -> tuple[str, ...]:
        """Return the checks that fail."""
        return tuple(one for begins, ends, checks in self.failures if at(begins) <= now < at(ends) for one in checks)

    def happenings(self) -> list[tuple[float, str, str]]:
        """Return what pipelines do, in order of time."""
        done = [(at(one), "prime", "") for one in self.primed]
        return sorted([*done, *((at(one), "verify", previous) for one, previous in self.verified)])

    def sleeps(self, now: float) -> bool:
        """Tell whether the machine is off."""
        return any(at(begins) <= now < at(ends) for begins, ends in self.asleep)


def four_hours() -> Script:
    """Return two deploys (one is rolled back), a flap, an outage, and a machine that slept."""
    return Script(
        ends="12:10",
        live=[("08:00", A), ("09:14", B), ("09:51", A)],
        failures=[
            ("08:30", "08:30:20", ("page/home",)),  # a flap: gone when it is looked at again
            ("09:40", "09:51", ("journey/checkout",)),  # late, with release B
            ("10:15", "11:40", ("page/home", "read/invoices")),  # the outage
            ("10:55", "11:40", ("journey/checkout",)),
        ],
        primed=["09:13", "09:50"],
        verified=[("09:16", A), ("09:52", B)],
        asleep=[("11:05", "11:35")],
    )


def environment(url: str) -> Environment:
    """Return the environment: two channels, one told later, and a dead man's switch."""
    return Environment.model_validate(
        {
            "name": "portal/prod",
            "tier": "prod",
            "services": {"web": {"url": "https://portal.example.jp"}},
            "canary": {"ping": {"env": "PING_URL"}},
            "alerts": {
                "remind_every_s": 1500,
                "channels": {"dev": {"file": "alerts.jsonl"}, "cto": {"webhook": {"env": "WEBHOOK_URL"}}},
                "escalation": [{"to": ["dev"]}, {"to": ["cto"], "after_s": 2400, "at_least": "critical"}],
            },
        }
    )


@dataclass
class World:
    """Everything around the canary, and its clock, which survives a kill."""

    state: Path
    url: str
    script: Script
    kill: str = ""
    killed: Callable[[], None] = lambda: os.kill(os.getpid(), signal.SIGKILL)
    now: float = BEGAN

    def __post_init__(self) -> None:
        """Open the history and find the clock where it was left."""
        self.environment = environment(self.url)
        self.history = History(connect(location(self.state, os.environ)))
        self.reports = self.state / "reports"
        if (self.state / "clock").exists():
            self.now = float((self.state / "clock").read_text("utf-8"))
        environ = {"PING_URL": f"{self.url}/ping", "WEBHOOK_URL": f"{self.url}/alerts"}
        recorder = Recorder(self.history, self.environment.canary, policy_of(self.environment.alerts))
        ways_out = senders_of(self.environment.alerts, self.environment.notify, self.state, environ)
        self.watcher = Watcher(
            environment=self.environment,
            history=self.history,
            state=self.state,
            reports=self.reports,
            recorder=recorder,
            senders={name: _Deadly(one, self) for name, one in ways_out.items()},
            heartbeat=Heartbeat(environ["PING_URL"], self.say),
            suite=self.look,
            now=lambda: self.now,
            pause=self.pass_,
            say=self.say,
        )

    def live(self) -> None:
        """Live to the end of the script."""
        while self.now < at(self.script.ends):
            coming = [one for one in self.script.happenings() if one[0] > self.now]
            due = schedule.next_at(self.environment.canary, self._known(), self.now)
            if min(due, *(one[0] for one in coming), at(self.script.ends)) == at(self.script.ends):
                break
            if coming and coming[0][0] <= due:
                self.pass_(coming[0][0] - self.now)
                self._happen(*coming[0][1:])
            elif self.script.sleeps(due):
                self.pass_(60)
            else:
                self.pass_(due - self.now)
                self.watcher.beat(only_when_due=True)
        self.history.close()

    def pass_(self, seconds: float) -> None:
        """Let time pass."""
        self.now += seconds
        replace_file(self.state / "clock", str(self.now))

    def look(self, run_id: str, release: Release | None = None) -> VerdictJson:
        """Make a run as the suite does: events, then the verdict."""
        began = self.now
        bad = self.script.failing(began)
        census = {"commits": {self.script.commit(began): 12}, "replicas": {"a": 4}}
        found = [finding(one) if one in bad else passed(one, duration_s=0.2) for one in CHECKS]
        found.append(passed("version/web", service="web", facts={"census": census}))
        made = plan(*found, run_id=run_id, started_at=began, release=release or Release())
        self.pass_(LOOK_S)
        end = End(self.now)
        verdict = decide(made, found, end).to_json()
        directory = run_directory.create(self.reports, self.environment.name, run_id)
        writer = events.EventWriter(directory / events.FILE)
        writer.plan(made)
        for one in found:
            writer.finding(one)
        writer.end(end)
        writer.close()
        run_directory.write_verdict(directory, verdict)
        if self.kill == f"after-look:{datetime.fromtimestamp(began, UTC):%H:%M}":
            self.killed()
        return verdict

    def say(self, sentence: str) -> None:
        """Keep what the canary says."""
        with (self.state / "said.txt").open("a", encoding="utf-8") as stream:
            stream.write(f"{datetime.fromtimestamp(self.now, UTC):%H:%M} {sentence}\n")

    def _known(self) -> Known:
        with self.history.reading() as connection:
            name = self.environment.name
            return Known(runs.last(connection, name), deploys.last(connection, name))

    def _happen(self, what: str, previous: str) -> None:
        with self.history.writing() as connection:
            if what == "prime":
                deploys.begun(connection, self.environment.name, self.now)
                return
        began, live = self.now, self.script.commit(self.now)
        run_id = run_directory.new_run_id(datetime.fromtimestamp(began, UTC))
        verdict = self.look(run_id, Release(commit=live, previous=previous))
        look = look_of(verdict)
        run = Run(run_id, self.environment.name, RunKind.GATE, began)
        deploy = Deploy(0, self.environment.name, began, live, previous, look.ended_at, verdict["verdict"])
        with self.history.writing() as connection:
            runs.end(connection, ended(run, look, verdict), None)
            deploys.verified(connection, deploy)


@dataclass(frozen=True)
class _Deadly:
    """A sender after whose sending the process may be killed: before anybody could note that it was sent."""

    sender: Sender
    world: World

    def send(self, message: Message) -> Receipt:
        receipt = self.sender.send(message)
        if self.world.kill == f"after-send:{message.news}":
            self.world.killed()
        return receipt


def messages(state: Path) -> list[Message]:
    """Return what the file channel got."""
    lines = (state / "alerts.jsonl").read_text("utf-8").splitlines()
    return [replace(Message.from_json(json.loads(line))) for line in lines]


if __name__ == "__main__":
    World(Path(sys.argv[1]), sys.argv[2], four_hours(), sys.argv[3] if len(sys.argv) > 3 else "").live()
