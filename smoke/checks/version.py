"""Every replica serves the release, measured once the rollout has settled."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, ClassVar

from smoke.checks._census import Electorate, Vote, electorates, slim
from smoke.checks._check import Check, Observation
from smoke.checks._sampled import curl, transport_facts
from smoke.checks._unanimity import Unanimity, goal_of
from smoke.environment import Environment
from smoke.environment.environment import PreReleases
from smoke.verdict.finding import Judgement
from smoke.verdict.release import Release, is_pre_release, normalise, same_version
from smoke.verdict.words import Cause, Outcome, Stage

if TYPE_CHECKING:
    from smoke.checks._world import World


def checks(environment: Environment, release: Release) -> Iterator["VersionCheck"]:
    """Return a check for each service that tells its release."""
    for name, electorate in electorates(environment, release).items():
        yield VersionCheck(subject=name, service=name, electorate=electorate, pre_releases=environment.pre_releases_are)


@dataclass(frozen=True, kw_only=True)
class VersionCheck(Check):
    """
    Every replica serves the expected commit in a full census after the rollout.

    One vote for another commit is no noise: it is asked for again in a census twice as large, and only if that is
    unanimous it counts as the last straggler of the rollout. Answers that name no commit verify nothing: if all do so,
    the finding is undecided, since the build may never have told, unless the baseline disproves that; if only some do,
    the replicas differ, which the release must answer for. The version's text is compared too, but only noted: process
    managers keep stale ones. A pre-release where the environment forbids it fails, whether the build or the manifest
    says so; one that the build called itself before the deploy already is no news, if the manifest tells none.
    """

    kind: ClassVar[str] = "version"
    stage: ClassVar[Stage] = Stage.IMMEDIATE

    electorate: Electorate
    pre_releases: PreReleases

    async def observe(self, world: "World", round_number: int) -> Observation:
        """Take a full census; a later one is twice as large."""
        exchanges = await self.electorate.ask(world.http, self.electorate.size * min(round_number, 2))
        votes = self.electorate.votes(exchanges)
        world.memory.census[self.subject] = votes
        earlier = world.memory.settled.get(self.subject, {}).get("earlier", ())
        facts = {"votes": votes, "earlier": earlier, "transport": transport_facts(exchanges)}
        return Observation(slim(exchanges), facts)

    def judge(self, rounds: Sequence[Observation]) -> Judgement:
        """Judge all censuses; the newest must be unanimous."""
        censuses: list[tuple[Vote, ...]] = [one.facts["votes"] for one in rounds]
        unanimity = Unanimity(self.electorate, goal_of(self.electorate, censuses[-1]), rounds[-1].facts["earlier"])
        judgement = unanimity.judge(censuses, rounds[-1].facts["transport"])
        versions = sorted({one.version for one in censuses[-1] if one.version and normalise(one.version)})
        if judgement.outcome is not Outcome.PASSED:
            return judgement
        early, announced = self._early(versions), self.electorate.release.version
        if early and self.pre_releases == "forbid":
            found = f"{early}, which this environment forbids"
            # The same text before the deploy is one that no build ever changes; another one is a pre-release anew.
            facts = {**judgement.facts, "signature": early, "unchanging": not is_pre_release(announced)}
            return Judgement(Outcome.FAILED, found, Cause.RELEASE, "no pre-release", found, facts)
        notes = [*self._notes(versions), *([early] if early and self.pre_releases == "note" else [])]
        if not notes:
            return judgement
        noted = "; ".join([*([judgement.facts["noted"]] if "noted" in judgement.facts else []), *notes])
        message = "; ".join([judgement.message, *notes])
        return replace(judgement, message=message, found=message, facts={**judgement.facts, "noted": noted})

    def reproduce(self) -> str:
        """Return the question as a curl command."""
        return curl(self.electorate.request.url)

    def _early(self, versions: Sequence[str]) -> str:
        names = dict.fromkeys([*versions, *filter(None, [self.electorate.release.version])])
        early = [one for one in names if is_pre_release(one)]
        return f"{', '.join(early)} is a pre-release" if early else ""

    def _notes(self, versions: Sequence[str]) -> list[str]:
        release = self.electorate.release
        if not versions:
            announced = f", announced was {release.version}" if release.version else ""
            return [f"the version is not told{announced}"] if self.electorate.probe.version and announced else []
        due = release.version
        differing = [one for one in versions if due and not same_version(one, due, release.commit)]
        return [f"the version calls itself {', '.join(differing)}, announced was {due}"] if differing else []
