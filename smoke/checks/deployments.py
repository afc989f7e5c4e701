"""The platform says that the deployment of the release is live."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, ClassVar

from smoke.checks._check import Check, Observation
from smoke.checks._deployments import judge_deployments
from smoke.checks._platforms import name_of, observed
from smoke.environment import Environment
from smoke.environment.environment import PreReleases
from smoke.environment.platforms import Platform
from smoke.verdict.finding import Judgement
from smoke.verdict.release import Release
from smoke.verdict.words import Stage

if TYPE_CHECKING:
    from smoke.checks._world import World

RESERVE_S = 3.0
"""What waiting leaves of the budget."""


@dataclass(frozen=True, kw_only=True)
class DeploymentCheck(Check):
    """
    The platform says that the deployment of the release is live.

    While it is under way it is looked at again, as long as converging may take; one that is not there yet is awaited
    as long as converging may stand still. One that failed or crashed is the release's fault if it is this commit's,
    and so is an image whose tag is a pre-release where those are forbidden; one that a newer deployment has replaced
    holds. A platform that cannot be asked, refuses us or answers anything else decides nothing.
    """

    kind: ClassVar[str] = "deployment"
    stage: ClassVar[Stage] = Stage.IMMEDIATE
    independent: ClassVar[bool] = True
    watches: ClassVar[bool] = True

    platform: Platform
    release: Release
    within_s: float
    stuck_after_s: float
    pre_releases: PreReleases = "allow"

    async def observe(self, world: "World", round_number: int) -> Observation:
        """Look until the deployment has come to an end, or the time is up."""
        began = world.remaining_s()
        while True:
            seen = await observed(self.platform, world)
            if seen.obstacle or not self._goes_on(seen):
                return seen
            waited, left = began - world.remaining_s(), world.remaining_s() - RESERVE_S
            limit = self.within_s if self._judged(seen).facts.get("standing") else self.stuck_after_s
            if waited + self.platform.every_s > limit or self.platform.every_s > left or world.condemned():
                return replace(seen, facts={**seen.facts, "waited_s": waited})
            await world.pause(self.platform.every_s)

    def judge(self, rounds: Sequence[Observation]) -> Judgement:
        """Judge the newest look."""
        return replace(self._judged(rounds[-1]), unclear=False)

    def _goes_on(self, seen: Observation) -> bool:
        judgement = self._judged(seen)
        return judgement.unclear or judgement.facts.get("standing") == "moving"

    def _judged(self, seen: Observation) -> Judgement:
        deployments = seen.facts["deployments"]
        return judge_deployments(
            name_of(self.platform), deployments, self.release, pre_releases=self.pre_releases != "forbid"
        )


def checks(environment: Environment, release: Release) -> Iterator[Check]:
    """Return a check for each platform."""
    for name, platform in environment.platforms.items():
        yield DeploymentCheck(
            subject=name,
            service=platform.service,
            gating=platform.gating,
            platform=platform,
            release=release.of(platform.service),
            within_s=environment.converge.within_s,
            stuck_after_s=environment.converge.stuck_after_s,
            pre_releases=environment.pre_releases_are,
        )
