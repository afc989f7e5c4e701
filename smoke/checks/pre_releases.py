"""The image that the platform made live is no pre-release, where the environment forbids those."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

from smoke.checks._census import Electorate, Vote, electorates
from smoke.checks._check import Check, Observation
from smoke.checks._deployments import early, shipped, tag_of
from smoke.checks._platforms import name_of, observed
from smoke.dependencies.deployment import Deployment
from smoke.environment import Environment
from smoke.environment.platforms import Platform
from smoke.verdict.finding import Judgement
from smoke.verdict.release import Release, is_final, is_pre_release, normalise
from smoke.verdict.words import Cause, Outcome, Stage

if TYPE_CHECKING:
    from smoke.checks._world import World

TAGGED = frozenset({"coolify", "compose", "kubernetes", "github"})
"""Platforms that tell the tag of what they deploy; elsewhere a branch is deployed, and there is none."""

EXPECTED = "no pre-release"
DECIDER = "see which image is deployed, or let the build or the release manifest tell the version"


@dataclass(frozen=True, kw_only=True)
class PreReleaseCheck(Check):
    """
    The image that the platform made live is no pre-release, where the environment forbids those.

    It is there for a platform that is otherwise only reported: whatever else it says, a tag such as `v1.4.0-rc.1` in
    production is the release's fault. Where it cannot be asked, or tells no tag, the version counts that the service or
    the manifest tells, and the verdict says whose word was taken; without any it is undecided.
    """

    kind: ClassVar[str] = "pre-release"
    stage: ClassVar[Stage] = Stage.IMMEDIATE

    platform: Platform
    release: Release
    electorate: Electorate | None = None

    async def observe(self, world: "World", round_number: int) -> Observation:
        """Look once: the release is served by now, so its deployment is there."""
        seen = await observed(self.platform, world)
        if seen.obstacle is None and self._silent(seen.facts["deployments"]) is None:
            return seen
        votes = await self._votes(world)
        told = tuple(sorted({one.version for one in votes if one.version and normalise(one.version)}))
        unasked = {} if seen.obstacle is None else {"unasked": seen.obstacle}
        return Observation(seen.exchanges, {**seen.facts, **unasked, "told": told})

    def judge(self, rounds: Sequence[Observation]) -> Judgement:
        """Judge the newest look."""
        facts, platform = rounds[-1].facts, name_of(self.platform)
        if "unasked" in facts:
            why, cause = facts["unasked"]
            return self._by_version(why, Cause(cause), facts["told"])
        found = shipped(facts["deployments"], self.release)
        silent = self._silent(facts["deployments"])
        if found is None or silent is not None:
            return self._by_version(silent or "", Cause.SUITE, facts["told"])
        tag = early(found)
        if tag is None:
            message = f"{tag_of(found)}, deployed by {platform}, is no pre-release"
            return Judgement(Outcome.PASSED, message, None, EXPECTED, message, {"hearsay": platform})
        message = f"{tag} was deployed by {platform}, a pre-release, which this environment forbids"
        return Judgement(Outcome.FAILED, message, Cause.RELEASE, EXPECTED, message, {"signature": "pre-release"})

    def _silent(self, deployments: Sequence[Deployment]) -> str | None:
        """Say why the platform does not tell the tag of the release's image; None if it does."""
        found = shipped(deployments, self.release)
        if found is None:
            return f"{name_of(self.platform)} lists no deployment that is the release's"
        return None if tag_of(found) else f"{name_of(self.platform)} tells no tag of the release's image"

    async def _votes(self, world: "World") -> Sequence[Vote]:
        """Return the census of the service; ask once where it is still being taken, or by another process."""
        taken = world.memory.census.get(self.service or "", ())
        if taken or self.electorate is None or self.electorate.probe.version is None:
            return taken
        return self.electorate.votes(await self.electorate.ask(world.http, 1))

    def _by_version(self, why: str, cause: Cause, told: Sequence[str]) -> Judgement:
        """Take the service's word for it, else the manifest's; `version/*` judges one that is a pre-release."""
        announced = self.release.version
        early = [one for one in (*told, *filter(None, [announced])) if is_pre_release(one)]
        if not early and told and all(is_final(one) for one in told):
            return _waived(why, f"the service calls itself {', '.join(told)}")
        if not early and is_final(announced):
            return _waived(why, f"the manifest announced {announced}")
        known = f"only {', '.join(early)} is told" if early else "neither the service nor the manifest tells a version"
        message = f"not known whether the image is a pre-release: {why}; {known}"
        unclear = cause is not Cause.CREDENTIALS
        return Judgement(Outcome.UNDECIDED, message, cause, EXPECTED, why, {"decider": DECIDER}, unclear=unclear)


def _waived(why: str, word: str) -> Judgement:
    message = f"not known from the platform ({why}), but {word}, which is no pre-release"
    return Judgement(Outcome.SKIPPED, message, None, EXPECTED, why, {"waived": "no tag"})


def checks(environment: Environment, release: Release) -> Iterator[Check]:
    """Return a check for each platform that is only reported; `deployment/*` judges the tags of the others."""
    if environment.pre_releases_are != "forbid":
        return
    voters = electorates(environment, release)
    for name, platform in environment.platforms.items():
        if platform.kind in TAGGED and not platform.gating:
            yield PreReleaseCheck(
                subject=name,
                service=platform.service,
                platform=platform,
                release=release.of(platform.service),
                electorate=voters.get(platform.service or ""),
            )
