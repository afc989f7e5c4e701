"""The image that the platform made live is no pre-release, where the environment forbids those."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

from smoke.checks._check import Check, Observation
from smoke.checks._deployments import early, shipped
from smoke.checks._platforms import name_of, observed
from smoke.environment import Environment
from smoke.environment.platforms import Platform
from smoke.verdict.finding import Judgement
from smoke.verdict.release import Release
from smoke.verdict.words import Cause, Outcome, Stage

if TYPE_CHECKING:
    from smoke.checks._world import World

TAGGED = frozenset({"coolify", "compose", "kubernetes", "github"})
"""Platforms that tell the tag of what they deploy; elsewhere a branch is deployed, and there is none."""

EXPECTED = "no pre-release"


@dataclass(frozen=True, kw_only=True)
class PreReleaseCheck(Check):
    """
    The image that the platform made live is no pre-release, where the environment forbids those.

    It is there for a platform that is otherwise only reported: whatever else it says, a tag such as `v1.4.0-rc.1` in
    production is the release's fault. A platform that cannot be asked, or tells no tag, decides nothing; then it is up
    to the version that the build and the manifest tell (`version/*`), and the verdict says so.
    """

    kind: ClassVar[str] = "pre-release"
    stage: ClassVar[Stage] = Stage.IMMEDIATE

    platform: Platform
    release: Release

    async def observe(self, world: "World", round_number: int) -> Observation:  # noqa: ARG002 - every look is the same
        """Look once: the release is served by now, so its deployment is there."""
        seen = await observed(self.platform, world)
        if seen.obstacle is None:
            return seen
        return Observation(seen.exchanges, {"unasked": seen.obstacle[0]})

    def judge(self, rounds: Sequence[Observation]) -> Judgement:
        """Judge the newest look."""
        facts, platform = rounds[-1].facts, name_of(self.platform)
        if "unasked" in facts:
            return _unknown(facts["unasked"])
        found = shipped(facts["deployments"], self.release)
        if found is None:
            return _unknown(f"{platform} lists no deployment that is the release's")
        if not found.tag:
            return _unknown(f"{platform} tells no tag of the release's image")
        tag = early(found)
        if tag is None:
            message = f"{found.tag.rpartition('/')[2]}, deployed by {platform}, is no pre-release"
            return Judgement(Outcome.PASSED, message, None, EXPECTED, message, {"hearsay": platform})
        message = f"{tag} was deployed by {platform}, a pre-release, which this environment forbids"
        return Judgement(Outcome.FAILED, message, Cause.RELEASE, EXPECTED, message, {"signature": "pre-release"})


def _unknown(why: str) -> Judgement:
    message = f"not known from the platform, only from the version that the build or the manifest tells: {why}"
    return Judgement(Outcome.SKIPPED, message, None, EXPECTED, why, {"waived": "no tag"})


def checks(environment: Environment, release: Release) -> Iterator[Check]:
    """Return a check for each platform that is only reported; `deployment/*` judges the tags of the others."""
    if environment.pre_releases_are != "forbid":
        return
    for name, platform in environment.platforms.items():
        if platform.kind in TAGGED and not platform.gating:
            yield PreReleaseCheck(
                subject=name, service=platform.service, platform=platform, release=release.of(platform.service)
            )
