"""A protected route refuses who may not see it, on every replica."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, ClassVar

from smoke.checks._answers import no_answer, not_ok
from smoke.checks._check import Check, Observation
from smoke.checks._debug_output import debug_output
from smoke.checks._doors import judge_door
from smoke.checks._obstacle import obstacle, role_headers
from smoke.checks._replicas import every_replica_of
from smoke.checks._sampled import SampledCheck, curl
from smoke.environment import Environment
from smoke.environment.promises import Protected
from smoke.errors import SmokeError
from smoke.http import Exchange, Request
from smoke.verdict.finding import Judgement
from smoke.verdict.release import Release
from smoke.verdict.words import Cause, Outcome, Stage

if TYPE_CHECKING:
    from smoke.checks._world import World

ANONYMOUS = "the anonymous"
ASKS_OWNER = 2
"""How often its owner asks for a route: one dropped connection must not make a refusal worthless."""


@dataclass(frozen=True, kw_only=True)
class ProtectedCheck(SampledCheck):
    """A protected route refuses who may not see it, on every replica."""

    kind: ClassVar[str] = "protected"
    stage: ClassVar[Stage] = Stage.FUNCTIONAL

    route: Protected
    url: str
    headers: Mapping[str, str] = field(default_factory=dict, repr=False)
    """Sent beside those of the role: a key that is none."""
    whom: str = ANONYMOUS

    async def request(self, world: "World") -> Request:
        """Ask as the role that may not see it, else as a person who is not logged in."""
        headers = await role_headers(world, self.route.role)
        return Request("GET", self.url, headers={**headers, **self.headers}, unsent=self.unsent)

    async def observe(self, world: "World", round_number: int) -> Observation:
        """Ask as who may not see it, and once as who may."""
        seen = await super().observe(world, round_number)
        if self.route.owner is None or seen.obstacle:
            return seen
        try:
            request = Request("GET", self.url, headers=await role_headers(world, self.route.owner))
        except SmokeError as error:
            return obstacle(error, seen.exchanges)
        answers = await world.http.sample(request, ASKS_OWNER)
        faults = [not_ok(one) for one in answers]
        return replace(seen, facts={"owner": None if None in faults else faults[0]})

    def fault(self, exchange: Exchange) -> str | None:
        """Accept a refusal or the redirect that stands for one; a missing route proves nothing."""
        silent = no_answer(exchange)
        if silent or exchange.status in self.route.refused or self._sent_away(exchange):
            shown = debug_output(exchange)
            return silent or (f"the refusal shows {shown}" if shown else None)
        if self._open(exchange):
            return f"HTTP {exchange.status} to {self.whom}"
        return not_ok(exchange)

    @property
    def expected(self) -> str:
        """What counts as a refusal."""
        statuses = " or ".join(str(status) for status in self.route.refused)
        target = f", or a redirect to {self.route.redirects_to}" if self.route.redirects_to else ""
        return f"HTTP {statuses}{target}"

    def judge(self, rounds: Sequence[Observation]) -> Judgement:
        """Judge as any sampled check, but for what was let in, and for refusals of what is not even there."""
        asked = "anonymous requests" if self.whom == ANONYMOUS else f"requests of {self.whom}"
        judgement = judge_door(
            super().judge(rounds), rounds, self._open, f"{asked} were let in", f"open to {self.whom}"
        )
        nobody = rounds[-1].facts.get("owner")
        if judgement.outcome is not Outcome.PASSED or nobody is None:
            return judgement
        message = f"the refusal proves nothing: role {self.route.owner}, who may see it, gets {nobody}"
        facts = {**judgement.facts, "unproven": True}
        return replace(judgement, outcome=Outcome.UNDECIDED, cause=Cause.FIXTURE, message=message, facts=facts)

    def reproduce(self) -> str:
        """Return the request; the role's session is left out."""
        return curl(self.url)

    def _open(self, exchange: Exchange) -> bool:
        status = exchange.status or 0
        return exchange.failure is None and status // 100 == 2  # noqa: PLR2004 - the class of successes

    def _sent_away(self, exchange: Exchange) -> bool:
        wanted, location = self.route.redirects_to, exchange.headers.get("location", "")
        return exchange.status in range(300, 400) and wanted is not None and wanted in location


def checks(environment: Environment, release: Release) -> Iterator[Check]:
    """Return one check for each protected route."""
    for route in environment.protected:
        service = environment.services[route.service]
        yield ProtectedCheck(
            subject=route.name,
            **every_replica_of(environment, route.service),
            depends_on=route.depends_on,
            route=route,
            url=service.url + route.path,
            whom=f"role {route.role}" if route.role else ANONYMOUS,
        )
