"""Any other third party is up: as the system reports it, and as it answers us directly."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from http import HTTPStatus
from typing import TYPE_CHECKING, ClassVar

from smoke.checks._answers import find, quote
from smoke.checks._check import Check, Observation
from smoke.checks._direct import DirectCheck, judge_answers
from smoke.checks._health_words import State, state_of
from smoke.checks._reported import ReportedCheck
from smoke.checks._sampled import curl
from smoke.dependencies.answer import Answer, Sender, by_status, down, json_of, unknown, up, without_answer
from smoke.environment import Environment
from smoke.environment.dependencies import OtherDirect
from smoke.http import Exchange, Request
from smoke.verdict.finding import Judgement
from smoke.verdict.release import Release

if TYPE_CHECKING:
    from smoke.checks._world import World


@dataclass(frozen=True, kw_only=True)
class ThirdPartyReported(ReportedCheck):
    """The system reports that it reaches a third party."""

    kind: ClassVar[str] = "reported"


@dataclass(frozen=True, kw_only=True)
class ThirdPartyCheck(DirectCheck):
    """A third party answers the verifier's own call."""

    kind: ClassVar[str] = "dependency"

    direct: OtherDirect

    @property
    def dependency(self) -> str:
        """Its name in the environment file."""
        return self.subject

    async def ask(self, world: "World", sender: Sender) -> Observation:
        """Ask it once."""
        return Observation((await sender.send(Request("GET", self.direct.url, timeout_s=self.timeout_s)),))

    def judge(self, rounds: Sequence[Observation]) -> Judgement:
        """Judge what the call proves."""
        return judge_answers(self.subject, [reading_of(self.subject, self.direct, one.exchanges[0]) for one in rounds])

    def reproduce(self) -> str:
        """Return the request."""
        return curl(self.direct.url)


def checks(environment: Environment, release: Release) -> Iterator[Check]:
    """Return the checks that the environment describes; only the reported state is gating."""
    for name, configured in environment.dependencies.others.items():
        if configured.reported:
            yield ThirdPartyReported.of(name, configured.reported, environment, subject=name)
        if configured.direct:
            timeout_s = environment.dependencies.timeout_s
            yield ThirdPartyCheck(subject=name, gating=False, direct=configured.direct, timeout_s=timeout_s)


def reading_of(name: str, direct: OtherDirect, exchange: Exchange) -> Answer:
    """Return what one call proves: only silence, a server error or its own word tell that it is down; pure."""
    failed = without_answer(name, exchange)
    if failed:
        return failed
    status = exchange.status or 0
    if status == HTTPStatus.TOO_MANY_REQUESTS or exchange.is_server_error:
        return by_status(name, exchange)
    if direct.at is None:
        return up(f"{name} answers HTTP {status}")
    told = find(direct.at, json_of(exchange))
    if told is None:
        return unknown(f"{name} answered {exchange.outline()}, with nothing at {direct.at}; check the address")
    return _by_its_word(name, direct, told)


def _by_its_word(name: str, direct: OtherDirect, told: object) -> Answer:
    said = f"{name} says that {direct.at} is {quote(told)}"
    if direct.up:
        well = isinstance(told, str) and told.strip().lower() in {one.strip().lower() for one in direct.up}
        return up(said) if well else down(said)
    state = state_of(told)
    if state is State.UNKNOWN:
        return unknown(f"{said}, which tells no state; name the words that mean up in 'up'")
    return down(said) if state is State.UNHEALTHY else up(said)
