"""A protected route refuses the anonymous, on every replica."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, ClassVar

from smoke.checks._answers import no_answer, not_ok
from smoke.checks._check import Check, Observation
from smoke.checks._sampled import SampledCheck, curl
from smoke.environment import Environment
from smoke.environment.promises import Protected
from smoke.http import Exchange, Request
from smoke.verdict.finding import Judgement
from smoke.verdict.release import Release
from smoke.verdict.words import Cause, Outcome, Stage

if TYPE_CHECKING:
    from smoke.checks._world import World


@dataclass(frozen=True, kw_only=True)
class ProtectedCheck(SampledCheck):
    """A protected route refuses the anonymous, on every replica."""

    kind: ClassVar[str] = "protected"
    stage: ClassVar[Stage] = Stage.FUNCTIONAL

    route: Protected
    url: str

    async def request(self, world: "World") -> Request:  # noqa: ARG002 - nobody's session
        """Ask without any credential."""
        return Request("GET", self.url, headers={"Accept": "application/json"})

    def fault(self, exchange: Exchange) -> str | None:
        """Accept a refusal or the redirect that stands for one; a missing route proves nothing."""
        silent = no_answer(exchange)
        if silent or exchange.status in self.route.refused or self._sent_away(exchange):
            return silent
        if self._open(exchange):
            return f"HTTP {exchange.status} to the anonymous"
        return not_ok(exchange)

    @property
    def expected(self) -> str:
        """What counts as a refusal."""
        statuses = " or ".join(str(status) for status in self.route.refused)
        target = f", or a redirect to {self.route.redirects_to}" if self.route.redirects_to else ""
        return f"HTTP {statuses}{target}"

    def judge(self, rounds: Sequence[Observation]) -> Judgement:
        """Judge as any sampled check, except that noise never opens a door: once open again, it is at fault."""
        judgement = super().judge(rounds)
        seen = [sum(1 for one in each.exchanges if self._open(one)) for each in rounds]
        if not any(seen):
            return judgement
        total = sum(len(each.exchanges) for each in rounds)
        message = f"anonymous requests were let in: {sum(seen)} of {total}"
        facts = {**judgement.facts, "signature": "open to the anonymous"}
        facts.pop("noted", None)
        found = next(one.outline() for each in rounds for one in each.exchanges if self._open(one))
        failed = Judgement(Outcome.FAILED, message, Cause.RELEASE, self.expected, found, facts)
        if seen[-1] or len(rounds) == 1:
            return failed
        said = f"{message}, but none of the last {len(rounds[-1].exchanges)}"
        return replace(failed, outcome=Outcome.UNDECIDED, message=said, unclear=True)

    def reproduce(self) -> str:
        """Return the request."""
        return curl(self.url)

    def _open(self, exchange: Exchange) -> bool:
        status = exchange.status or 0
        return exchange.failure is None and status // 100 == 2  # noqa: PLR2004 - the class of successes

    def _sent_away(self, exchange: Exchange) -> bool:
        wanted, location = self.route.redirects_to, exchange.headers.get("location", "")
        return exchange.status in range(300, 400) and wanted is not None and wanted in location


def checks(environment: Environment, release: Release) -> Iterator[Check]:  # noqa: ARG001 - the same for every release
    """Return one check for each protected route."""
    for route in environment.protected:
        service = environment.services[route.service]
        yield ProtectedCheck(
            subject=route.name,
            service=route.service,
            share=service.share,
            replica_header=service.replica_header,
            route=route,
            url=service.url.rstrip("/") + route.path,
        )
