"""What was read before the deploy can be read after it, with the session and at the address from before."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, fields
from typing import TYPE_CHECKING, ClassVar

from smoke.checks._check import Observation
from smoke.checks.reads import ReadCheck
from smoke.checks.reads import checks as reads
from smoke.checks.session import DECLARED, NO_BASELINE, WAIVERS
from smoke.environment import Environment
from smoke.http import Request
from smoke.verdict.finding import Judgement
from smoke.verdict.plan import Before
from smoke.verdict.release import Release
from smoke.verdict.words import Outcome

if TYPE_CHECKING:
    from smoke.checks._world import World

UNREAD = "unread"


@dataclass(frozen=True, kw_only=True)
class WarmCheck(ReadCheck):
    """
    What was read before the deploy can be read after it, with the session and at the address from before.

    What the previous release left in caches under this account or session must not trip the new one up.
    """

    kind: ClassVar[str] = "warm"

    declared: bool = False

    async def observe(self, world: "World", round_number: int) -> Observation:
        """Use the recorded session, if there is one that should still live."""
        if self.declared:
            return Observation(facts={"waived": DECLARED})
        if world.old_session(self.read.role or "") is None:
            return Observation(facts={"waived": NO_BASELINE})
        then = self.then(world)
        if then is None or then.outcome is not Outcome.PASSED:
            return Observation(facts={"waived": UNREAD})
        return await super().observe(world, round_number)

    def then(self, world: "World") -> Before | None:
        """Return what the same read found before the deploy."""
        return world.before(f"{ReadCheck.kind}/{self.subject}")

    async def request(self, world: "World") -> Request:
        """Ask as before the deploy."""
        session = world.old_session(self.read.role or "")
        proof = session.headers if session else {}
        return Request("GET", self.url, headers={**self.read.headers, "Accept": "application/json", **proof})

    @property
    def expected(self) -> str:
        """The expectations in words."""
        return f"{super().expected}, with the session from before the deploy"

    def judge(self, rounds: Sequence[Observation]) -> Judgement:
        """Waive what cannot or need not be looked at; judge the rest as any read."""
        waived = rounds[-1].facts.get("waived")
        if waived:
            why = {**WAIVERS, UNREAD: "it could not be read before the deploy either"}[waived]
            return Judgement(Outcome.SKIPPED, why, facts={"waived": waived})
        return super().judge(rounds)


def checks(environment: Environment, release: Release) -> Iterator[WarmCheck]:
    """Yield a check for each read that is to be made with the old session too."""
    for read in reads(environment, release):
        if isinstance(read, ReadCheck) and read.read.warm:
            kept = {one.name: getattr(read, one.name) for one in fields(read)}
            yield WarmCheck(**kept, declared=release.invalidates_sessions)
