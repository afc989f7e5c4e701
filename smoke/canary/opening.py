"""From the command line to a watcher: environment, history, ways out, and the suite as a child process."""

import argparse
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from threading import Event
from time import time
from typing import Any

from smoke.alerts.look import VerdictJson
from smoke.canary import housekeeping
from smoke.canary.baselines import forget_sessions
from smoke.canary.heartbeat import Heartbeat
from smoke.canary.policies import policy_of, senders_of
from smoke.canary.recording import Recorder
from smoke.canary.schedule import Known
from smoke.canary.watcher import Watcher
from smoke.checks._patterns import dead_patterns
from smoke.environment import Environment, secrets
from smoke.errors import SecretMissing, SmokeError
from smoke.history import deploys, runs
from smoke.history.database import connect, location
from smoke.history.store import History
from smoke.record.run_directory import read_verdict
from smoke.running.choice import environment_of
from smoke.running.places import reports_directory, state_of

NO_SOAK = 0.0
"""The canary comes again anyhow; watching on after each look would be a second canary."""


@dataclass(frozen=True)
class Place:
    """What the canaries of one command share."""

    chosen: argparse.Namespace
    environ: Mapping[str, str]
    history: History
    state: Path
    reports: Path
    environments: tuple[Environment, ...]

    @classmethod
    def open(cls, chosen: argparse.Namespace, names: list[str], environ: Mapping[str, str]) -> "Place":
        """Load the environments *names* and open the history; raises ConfigurationError or UsageError."""
        loaded = tuple(environment_of(chosen, name, rule=dead_patterns) for name in dict.fromkeys(names))
        state = state_of(chosen, environ)
        return cls(
            chosen, environ, History(connect(location(state, environ))), state, reports_directory(chosen), loaded
        )

    def known(self, name: str) -> Known:
        """Return what the history knows of an environment."""
        with self.history.reading() as connection:
            return Known(runs.last(connection, name), deploys.last(connection, name))

    def watcher(self, environment: Environment, say: Callable[[str], None]) -> Watcher:
        """Return the watcher of *environment*."""
        return Watcher(
            environment=environment,
            history=self.history,
            state=self.state,
            reports=self.reports,
            recorder=Recorder(self.history, environment.canary, policy_of(environment.alerts)),
            senders=senders_of(environment.alerts, environment.notify, self.state, self.environ),
            heartbeat=Heartbeat(_ping_url(environment, self.environ, self.state, say), say),
            suite=lambda run_id: self._suite(environment, run_id),
            now=time,
            pause=_pause,
            say=say,
            afterwards=lambda verdict, known: self._afterwards(environment, verdict, known, say),
        )

    def _suite(self, environment: Environment, run_id: str) -> VerdictJson | None:
        from smoke.cli import parser
        from smoke.commands.verify import supervised  # the gate itself is what the canary repeats

        with self.history.reading() as connection:
            deploy = deploys.last(connection, environment.name)
        forget_sessions(self.state, environment.name, deploy, environment.canary, time())
        chosen = parser(["verify"]).parse_args(["verify", environment.name])
        chosen = argparse.Namespace(
            **{**vars(chosen), **_passed_on(self.chosen), "smoke_run_id": run_id, "smoke_soak": NO_SOAK}
        )
        supervised(chosen, self.environ, quiet=True)
        return read_verdict(self.reports / environment.name / run_id)

    def _afterwards(
        self, environment: Environment, verdict: VerdictJson | None, known: Known, say: Callable[[str], None]
    ) -> None:
        from smoke.status.page import write  # its template engine is needed now only

        housekeeping.settle(verdict, known, self.state, self.reports, say)
        try:
            housekeeping.tidy(self.history, environment, known, self.reports, time())
            write(self.history, self.reports, time())
        except (SmokeError, OSError) as error:
            say(f"the status page was not written: {error}")


def _passed_on(chosen: argparse.Namespace) -> dict[str, Any]:
    return {name: value for name, value in vars(chosen).items() if name.startswith("smoke_")}


def _ping_url(
    environment: Environment, environ: Mapping[str, str], state: Path, complain: Callable[[str], None]
) -> str | None:
    if environment.canary.ping is None:
        return None
    try:
        return secrets.resolve(environment.canary.ping, environ=environ, state=state)
    except SecretMissing as error:
        complain(f"no sign of life is given: {error}")
        return None


def _pause(seconds: float) -> None:
    """Wait; a signal ends the wait as it ends the process."""
    Event().wait(seconds)
