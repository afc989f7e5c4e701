"""What a run sets out to do: the first line of `events.jsonl`, against which completeness is measured."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, replace
from typing import Any

from smoke.verdict.component import Component
from smoke.verdict.release import Release, same_commit
from smoke.verdict.severities import Grading
from smoke.verdict.words import Cause, Outcome, Stage, Tier


@dataclass(frozen=True, slots=True)
class Planned:
    """One check of the environment; *selected* is False when the command line left it out."""

    id: str
    stage: Stage
    service: str | None = None
    gating: bool = True
    selected: bool = True
    promise: str = ""
    depends_on: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Before:
    """
    What one check found before the deploy.

    *signature* is the short stable text of its fault, *cause* whose doing it was then. *failed_share* is the share of
    samples that failed, None for a check that does not sample. *measured* is what the check put into its fact of that
    name to be compared with later (latencies, depths, counts): JSON primitives.
    """

    outcome: Outcome
    message: str = ""
    signature: str = ""
    cause: Cause | None = None
    failed_share: float | None = None
    measured: Mapping[str, Any] = field(default_factory=dict)

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> "Before":
        """Read back what `dataclasses.asdict` made of it; raises KeyError, TypeError or ValueError on anything else."""
        cause = data.get("cause")
        return cls(**{**data, "outcome": Outcome(data["outcome"]), "cause": Cause(cause) if cause else None})


@dataclass(frozen=True, slots=True)
class Plan:
    """
    A run, before anything is observed.

    *started_at* is epoch seconds. *when_down* says for each dependency whether its outage holds or passes the
    verdict. *before* is the baseline by check id; None when there is none, for the reason *without_baseline*.
    *components* are what can be rolled back, *grading* says how bad which incident is.
    """

    run_id: str
    environment: str
    tier: Tier
    budget_s: float
    started_at: float
    checks: tuple[Planned, ...]
    release: Release = field(default_factory=Release)
    when_down: Mapping[str, str] = field(default_factory=dict)
    before: Mapping[str, Before] | None = None
    without_baseline: str = ""
    components: tuple[Component, ...] = ()
    grading: Grading = field(default_factory=Grading)
    suite_version: str = ""
    config_sha256: str = ""

    def as_seen(self, observed: Mapping[str, Any]) -> "Plan":
        """
        Return the plan without a release before, where that is what is live still; *observed* are the censuses.

        Where no release is announced, the commit of the baseline is taken for the one before; nobody has deployed
        since if nothing else is served.
        """
        commits = {commit for census in observed.values() for commit in census.get("commits", ())}
        release = self.release
        if release.commit or not commits or not all(same_commit(one, release.previous) for one in commits):
            return self
        return replace(self, release=replace(release, previous=None))

    def to_json(self) -> dict[str, Any]:
        """Return JSON primitives only."""
        return asdict(self)

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> "Plan":
        """Read back what `to_json` wrote; raises KeyError, TypeError or ValueError on anything else."""
        before = data["before"]
        return cls(
            **{
                **data,
                "tier": Tier(data["tier"]),
                "release": Release.from_json(data["release"]),
                "checks": tuple(_planned(one) for one in data["checks"]),
                "before": None if before is None else {check: Before.from_json(one) for check, one in before.items()},
                "components": tuple(Component.from_json(one) for one in data.get("components", ())),
                "grading": Grading.from_json(data["grading"]) if "grading" in data else Grading(),
            }
        )


def _planned(data: Mapping[str, Any]) -> Planned:
    return Planned(**{**data, "stage": Stage(data["stage"]), "depends_on": tuple(data["depends_on"])})
