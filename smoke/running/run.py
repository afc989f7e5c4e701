"""One run over one environment, as every process that takes part in it sees it."""

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path
from time import monotonic, time

from smoke import __version__, baseline
from smoke.baseline import Baseline
from smoke.browser import executable
from smoke.checks._check import Check
from smoke.checks.registry import build
from smoke.environment import Environment
from smoke.environment._model import FileReference
from smoke.environment.connect_to import ConnectTo, resolve_connect_to
from smoke.environment.environment import config_sha256
from smoke.environment.journeys import Journey
from smoke.environment.redaction import Redactor
from smoke.environment.returning import journeys_of
from smoke.errors import ConfigurationError
from smoke.running.engine import Engine, reserve_s
from smoke.running.exchange_evidence import keep
from smoke.running.once import once
from smoke.running.response import components_of, grading_of
from smoke.running.world import open_world
from smoke.verdict.finding import Finding
from smoke.verdict.plan import Before, Plan, Planned
from smoke.verdict.release import Release, same_commit
from smoke.verdict.words import Stage


@dataclass(frozen=True, slots=True)
class Settings:
    """
    What all processes of one session share; JSON primitives, so that xdist can hand it to its workers.

    *started_at* is epoch seconds; *private* is a directory for this session only (mode 0700), made when it is needed.
    """

    run_id: str
    started_at: float
    private: str
    reports: str
    state: str
    connect_to: tuple[str, ...] = ()
    prime: bool = False


@dataclass
class Run:
    """
    An environment, its checks and the release they are made against.

    *ends_at* (epoch seconds) is known once it is known which environments share the session.
    """

    environment: Environment
    release: Release
    settings: Settings
    redactor: Redactor
    ends_at: float = math.inf

    @cached_property
    def directory(self) -> Path:
        """Where the results go: `reports/<environment>/<run id>`."""
        return Path(self.settings.reports) / self.environment.name / self.settings.run_id

    @cached_property
    def private(self) -> Path:
        """A private directory for this environment's sessions and locks."""
        path = Path(self.settings.private) / self.environment.name.replace("/", "-")
        for one in (path.parent, path):  # with `parents` the outer one would be open to all
            one.mkdir(mode=0o700, exist_ok=True)
        return path

    @property
    def profile(self) -> Path:
        """Where a run that records the baseline puts the browser profile until it is saved."""
        return self.private / baseline.PROFILE

    @cached_property
    def connect_to(self) -> ConnectTo:
        """Where connections really go; raises ConfigurationError when the file with the rules is missing."""
        return resolve_connect_to(self.environment.connect_to, Path(self.settings.state))

    @cached_property
    def ca_file(self) -> Path | None:
        """The extra CA bundle; raises ConfigurationError when it is missing."""
        ca = self.environment.ca
        if ca is None:
            return None
        path = Path(self.settings.state) / ca.file if isinstance(ca, FileReference) else Path(ca)
        if not path.is_file():
            raise ConfigurationError(f"{self.environment.name}: ca: there is no file {path}; provide the CA bundle")
        return path

    @cached_property
    def recorded(self) -> Baseline | None:
        """The baseline on disk; a run that records one does not compare."""
        if self.settings.prime:
            return None
        return baseline.load(Path(self.settings.state), self.environment.name, self.environment.given.values)

    @cached_property
    def baseline(self) -> Baseline | None:
        """What was recorded before this very deploy, or None."""
        known = self.recorded
        return None if known is None or known.unfit_for(self.release) else known

    @cached_property
    def checks(self) -> tuple[Check, ...]:
        """Every check that is not a journey."""
        return build(self.environment, self.release)

    @cached_property
    def journeys(self) -> tuple[Journey, ...]:
        """Every journey that the release has not declared retired."""
        return tuple(one for one in journeys_of(self.environment) if f"journey/{one.name}" not in self.release.retired)

    def ready(self, selected: frozenset[str]) -> None:
        """Raise UsageError or ConfigurationError for what the *selected* checks need and this machine lacks."""
        self.environment.given.demand(self.environment.name)
        _ = self.connect_to, self.ca_file
        if self.settings.prime:
            baseline.make_place(Path(self.settings.state), self.environment.name)
        if any(one.startswith("journey/") for one in selected):
            from smoke.browser.launch import plan_launch  # only who makes journeys pays for this import

            plan_launch(self.environment, self.connect_to, self.ca_file, executable.find())

    def remaining_s(self) -> float:
        """Return what is left for looking, in seconds; never negative."""
        return max(0.0, self.ends_at - reserve_s(self.environment.budget_s) - time())

    def plan(self, selected: frozenset[str] | None = None) -> Plan:
        """Return the plan; *selected* are the ids that the command line left in, None means all."""
        return Plan(
            run_id=self.settings.run_id,
            environment=self.environment.name,
            tier=self.environment.tier,
            budget_s=self.environment.budget_s,
            started_at=self.settings.started_at,
            checks=tuple(self._planned(selected)),
            release=self.release,
            when_down={name: one.when_down for name, one in self.environment.dependencies.by_name().items()},
            before=self._before(),
            without_baseline=(self.recorded.unfit_for(self.release) or "") if self.recorded else "",
            components=components_of(self.environment),
            grading=grading_of(self.environment.alerts),
            suite_version=__version__,
            config_sha256=config_sha256(self.environment),
        )

    def _before(self) -> Mapping[str, Before] | None:
        if self.settings.prime:
            return {}  # nothing to compare with, and nothing missing
        return self.baseline.before if self.baseline else None

    def _planned(self, selected: frozenset[str] | None) -> list[Planned]:
        checks = [
            Planned(one.id, one.stage, one.service, one.gating, _in(one, selected), one.promise, one.depends_on)
            for one in self.checks
        ]
        journeys = [
            Planned(
                id=f"journey/{one.name}",
                stage=Stage(one.stage),
                service=one.service,
                gating=one.gating,
                selected=selected is None or f"journey/{one.name}" in selected,
                promise=f"A browser makes the journey {one.name}.",
                depends_on=one.depends_on,
            )
            for one in self.journeys
        ]
        return [*checks, *journeys]

    def engine(
        self,
        publish: Callable[[Finding], None],
        provisional: Callable[[Finding], None],
        condemned: Callable[[], bool] = lambda: False,
    ) -> Engine:
        """Return an engine for this run, not started; what it gets is said in `smoke.running.engine`."""
        epoch_to_monotonic = monotonic() - time()
        return Engine(
            world=open_world(self, condemned),
            checks=self.checks,
            started=self.settings.started_at + epoch_to_monotonic,
            deadline=self.ends_at + epoch_to_monotonic,
            once=lambda key, produce: once(self.private, key, produce),
            publish=publish,
            provisional=provisional,
            keep=lambda check, rounds: keep(self.directory, check, rounds, self.redactor.redact),
        )


def _in(check: Check, selected: frozenset[str] | None) -> bool:
    """Converging and confirming bind the verdict to the release, so they are made whatever is selected (law 2)."""
    return selected is None or check.stage in {Stage.CONVERGE, Stage.CONFIRM} or check.id in selected


def with_previous(release: Release, known: Baseline | None) -> Release:
    """Fill in the previous commit from the baseline when nobody named it; a way back has none."""
    if release.replaced is None and known is not None and not same_commit(known.commit, release.commit):
        return replace(release, previous=known.commit)
    return release
