"""A service shows visitors nothing that is meant for developers: no debug output, no private file."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar
from uuid import uuid4

from smoke.checks._answers import no_answer
from smoke.checks._check import Check, Observation
from smoke.checks._debug_output import debug_output, private_file
from smoke.checks._doors import judge_door
from smoke.checks._replicas import every_replica_of
from smoke.checks._sampled import SampledCheck, curl, intern
from smoke.environment import Environment
from smoke.http import Exchange, Request
from smoke.verdict.evidence import BETWEEN_FAULTS
from smoke.verdict.finding import Judgement
from smoke.verdict.release import Release
from smoke.verdict.words import Stage, Tier

if TYPE_CHECKING:
    from smoke.checks._world import World

UNKNOWN = "/smokegate-unknown-path"


@dataclass(frozen=True, kw_only=True)
class ExposureCheck(SampledCheck):
    """A service shows visitors nothing that is meant for developers: no debug output, no private file."""

    kind: ClassVar[str] = "exposure"
    stage: ClassVar[Stage] = Stage.FUNCTIONAL
    refines: ClassVar[bool] = True

    url: str
    private: tuple[str, ...]

    async def request(self, world: "World") -> Request:
        """Ask for a path that nobody knows; what comes is kept out of records, as it may hold secrets."""
        return self._read(f"{UNKNOWN}-{uuid4().hex[:8]}")

    async def observe(self, world: "World", round_number: int) -> Observation:
        """Ask for an unknown path on every replica, and once for each private file."""
        unknown = await super().observe(world, round_number)
        files = [await world.http.send(self._read(path)) for path in self.private]
        return Observation(intern((*unknown.exchanges, *files)))

    def fault(self, exchange: Exchange) -> str | None:
        """Demand any answer that shows nothing; whether it is a 404 or a page is not asked here."""
        silent = no_answer(exchange)
        shown = self._shown(exchange)
        return silent or (f"shows {shown}" if shown else None)

    @property
    def expected(self) -> str:
        """What is right."""
        return "no debug output and no private file"

    def judge(self, rounds: Sequence[Observation]) -> Judgement:
        """Judge as any sampled check, except that noise never shows a stack trace."""
        exchanges = [one for each in rounds for one in each.exchanges]
        found = [(one, shown) for one in exchanges if (shown := self._shown(one))]
        judgement = super().judge(rounds)
        if not found:
            return judgement
        exchange, shown = found[-1]
        where = self._where(exchange)
        said = f"anybody who asks for {where} sees {shown}"
        every = BETWEEN_FAULTS.join(sorted({f"{self._where(one)} shows {what}" for one, what in found}))
        return judge_door(judgement, rounds, lambda one: self._shown(one) is not None, said, every)

    def reproduce(self) -> str:
        """Return the request."""
        return curl(f"{self.url}{UNKNOWN}")

    def _read(self, path: str) -> Request:
        return Request("GET", self.url + path, headers={"Accept": "text/html,*/*"}, secret_body=True)

    def _where(self, exchange: Exchange) -> str:
        path = exchange.request.url.removeprefix(self.url)
        return "an unknown path" if path.startswith(UNKNOWN) else path

    def _shown(self, exchange: Exchange) -> str | None:
        path = exchange.request.url.removeprefix(self.url)
        return private_file(exchange) if path in self.private else debug_output(exchange)


def checks(environment: Environment, release: Release) -> Iterator[Check]:
    """Return one check for each service that may not show debug output: every one, but for those of developers."""
    for name, service in environment.services.items():
        allowed = environment.tier is Tier.DEV if service.debug is None else service.debug
        if not allowed:
            yield ExposureCheck(
                subject=name,
                **every_replica_of(environment, name),
                url=service.url,
                private=service.private,
            )
