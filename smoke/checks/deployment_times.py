"""The deployment of the release takes no longer than it may."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, ClassVar

from smoke.checks._check import Check, Observation
from smoke.checks._deployments import case_of
from smoke.checks._platforms import name_of, observed
from smoke.dependencies.deployment import Deployment, Phase
from smoke.environment import Environment
from smoke.environment.platforms import Platform
from smoke.verdict.finding import Judgement
from smoke.verdict.release import Release
from smoke.verdict.words import Cause, Outcome, Stage

if TYPE_CHECKING:
    from smoke.checks._world import World

UNTIMED = frozenset({"compose"})
"""Platforms that tell no time of a deployment."""


@dataclass(frozen=True, kw_only=True)
class DeploymentTimeCheck(Check):
    """
    The deployment of the release takes no longer than it may.

    Advisory: a slow deployment is no broken release. Where the platform tells no end, the time until this look is the
    longest that it may have taken; what was seen under way for too long stays too long, whatever later looks tell.
    """

    kind: ClassVar[str] = "deployment-time"
    stage: ClassVar[Stage] = Stage.MONITORING
    independent: ClassVar[bool] = True

    platform: Platform
    release: Release

    async def observe(self, world: "World", round_number: int) -> Observation:
        """Look once."""
        return await observed(self.platform, world)

    def judge(self, rounds: Sequence[Observation]) -> Judgement:
        """Judge the newest look, unless an earlier one has seen enough."""
        judged = [self._of(one) for one in rounds if not one.obstacle]
        return next((one for one in judged if one.outcome is Outcome.FAILED), judged[-1])

    def _of(self, seen: Observation) -> Judgement:
        deployments: Sequence[Deployment] = seen.facts["deployments"]
        case = case_of(name_of(self.platform), deployments, self.release) if deployments else None
        if case is None:
            return self._undecided("there is no deployment of the release to time")
        one = case.deployment
        began = one.began_at if one.began_at is not None else self.release.deployed_at
        if began is None:
            return self._undecided(
                "nothing tells when the deployment began; give 'deployed_at' in the release manifest"
            )
        took = max(0.0, (one.ended_at or float(seen.facts["at"])) - began)
        return self._judged(took, ended=one.ended_at is not None, moving=one.phase is Phase.MOVING)

    def _judged(self, took: float, *, ended: bool, moving: bool) -> Judgement:
        limit = self.platform.longest_s
        facts: dict[str, Any] = {"took_s": round(took, 1), "limit_s": limit}
        if self.platform.severity:
            facts["severity"] = self.platform.severity
        if took <= limit:
            found = f"it {'has taken' if moving else 'took'} {'' if ended or moving else 'at most '}{took:.0f} s"
            return Judgement(Outcome.PASSED, found, expected=self._expected, found=found, facts=facts)
        if not ended and not moving:
            return self._undecided(f"the platform does not tell when it ended; it began {took:.0f} s ago")
        severity = f" ({self.platform.severity})" if self.platform.severity else ""
        found = f"it {'has already taken' if moving else 'took'} {took:.0f} s, more than {limit:.0f} s{severity}"
        signature = {"signature": "too long"}
        return Judgement(Outcome.FAILED, found, Cause.RELEASE, self._expected, found, {**facts, **signature})

    @property
    def _expected(self) -> str:
        return f"at most {self.platform.longest_s:.0f} s"

    def _undecided(self, found: str) -> Judgement:
        return Judgement(Outcome.UNDECIDED, found, Cause.SUITE, self._expected, found)


def checks(environment: Environment, release: Release) -> Iterator[Check]:
    """Return an advisory check for each platform that tells times."""
    for name, platform in environment.platforms.items():
        if platform.kind not in UNTIMED:
            yield DeploymentTimeCheck(
                subject=name,
                service=platform.service,
                gating=False,
                platform=platform,
                release=release.of(platform.service),
            )
