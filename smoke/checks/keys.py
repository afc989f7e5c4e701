"""An API accepts the keys that partners use, the previous one too while the overlap lasts, and nobody without one."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, ClassVar

from smoke.checks._answers import not_ok
from smoke.checks._check import Check, Observation
from smoke.checks._obstacle import obstacle
from smoke.checks._replicas import every_replica_of
from smoke.checks._sampled import SampledCheck, carried_facts, curl
from smoke.checks.protected import ANONYMOUS, ProtectedCheck
from smoke.environment import Environment
from smoke.environment.keys import ApiKey
from smoke.environment.promises import Protected
from smoke.environment.secrets import Secret
from smoke.errors import SecretMissing
from smoke.http import Exchange, Request
from smoke.http.service_headers import option
from smoke.verdict.finding import Judgement
from smoke.verdict.release import Release
from smoke.verdict.words import Outcome, Stage

if TYPE_CHECKING:
    from smoke.checks._world import World

PREVIOUS = "previous"
WRONG_KEY = "smokegate-is-refused-with-this"
OVER = "the overlap is over"
NO_ROTATION = "no rotation is under way"


@dataclass(frozen=True, kw_only=True)
class KeyCheck(SampledCheck):
    """An API key that partners use is accepted, on every replica."""

    kind: ClassVar[str] = "key"
    stage: ClassVar[Stage] = Stage.FUNCTIONAL

    key: ApiKey
    secret: Secret
    which: str
    until: float | None
    url: str

    async def observe(self, world: "World", round_number: int) -> Observation:
        """
        Use the key, unless it may have ceased to be accepted.

        That nobody provides a previous key says that no rotation is under way, unless the file says until when it is.
        """
        if self.until is not None and world.now() > self.until:
            return Observation(facts={"waived": OVER})
        if self.which == PREVIOUS and self.until is None:
            try:
                world.secret(self.secret)
            except SecretMissing as missing:
                return Observation(facts={"waived": NO_ROTATION}) if missing.unset else obstacle(missing)
        return await super().observe(world, round_number)

    async def request(self, world: "World") -> Request:
        """Ask with the key; raises SecretMissing."""
        return Request("GET", self.url, headers=headers_with(self.key, world.secret(self.secret)))

    def fault(self, exchange: Exchange) -> str | None:
        """Demand a success."""
        fault = not_ok(exchange)
        return f"{fault} with the {self.which} key" if fault else None

    @property
    def expected(self) -> str:
        """What a partner gets."""
        return f"HTTP 200 with the {self.which} key"

    def more_facts(self, rounds: Sequence[Observation]) -> Mapping[str, Any]:
        """Return whether the key is admitted, which other checks go by; its refusal explains theirs."""
        facts = carried_facts([one for seen in rounds for one in seen.exchanges], self.key.header)
        explains = self.which != PREVIOUS and facts.get("admitted") is False
        return {**facts, **({"explains": True} if explains else {})}

    def judge(self, rounds: Sequence[Observation]) -> Judgement:
        """Waive a previous key whose time is over; tally the rest."""
        waived = rounds[-1].facts.get("waived")
        if waived:
            message = f"the {self.which} key: {waived}"
            if waived == NO_ROTATION:
                message = f"{message}, as {self.secret.env} is not set, so it was not looked at"
            return Judgement(Outcome.SKIPPED, message, facts={"waived": waived})
        return super().judge(rounds)

    def reproduce(self) -> str:
        """Return the request; a variable stands for the key."""
        return curl(self.url, option(self.key.header, self.secret, self.key.scheme))


@dataclass(frozen=True, kw_only=True)
class RetiredKeyCheck(ProtectedCheck):
    """An API key that was rotated away is refused, on every replica."""

    key: ApiKey
    secret: Secret

    async def request(self, world: "World") -> Request:
        """Ask with the retired key; raises SecretMissing."""
        return Request("GET", self.url, headers=headers_with(self.key, world.secret(self.secret)))

    def reproduce(self) -> str:
        """Return the request; a variable stands for the key."""
        return curl(self.url, option(self.key.header, self.secret, self.key.scheme))


def headers_with(key: ApiKey, value: str) -> dict[str, str]:
    """Return the headers that carry *value* as *key* says."""
    return {"Accept": "application/json", key.header: f"{key.scheme} {value}" if key.scheme else value}


def checks(environment: Environment, release: Release) -> Iterator[Check]:
    """Return one check for each key, one without any, one with a wrong and one with a retired one."""
    for name, key in environment.keys.items():
        yield from _accepted(environment, name, key)
        yield from _refused(environment, name, key)
        yield from _retired(environment, name, key)


def _accepted(environment: Environment, name: str, key: ApiKey) -> Iterator[Check]:
    service = environment.services[key.service]
    for which, secret in (("current", key.current), (PREVIOUS, key.previous)):
        if secret is not None:
            yield KeyCheck(
                subject=f"{name}-{which}",
                **every_replica_of(environment, key.service),
                key=key,
                secret=secret,
                which=which,
                until=key.previous_until if which == PREVIOUS else None,
                url=service.url + key.path,
                unsent=frozenset({key.header.lower()}),
            )


def _refused(environment: Environment, name: str, key: ApiKey) -> Iterator[Check]:
    service = environment.services[key.service]
    tries: tuple[tuple[str, dict[str, str], str, float], ...] = (
        ("without-key", {}, ANONYMOUS, service.share),
        # What every replica does with strangers is seen without a key; one request tells whether a key is read at all.
        ("wrong-key", headers_with(key, WRONG_KEY), "a wrong key", 1.0),
    )
    for subject, headers, whom, share in tries:
        route = Protected(name=f"{name}-{subject}", service=key.service, path=key.path, refused=key.refused)
        yield ProtectedCheck(
            subject=route.name,
            service=key.service,
            share=share,
            replica_header=service.replica_header,
            route=route,
            url=service.url + key.path,
            headers=headers,
            unsent=frozenset({key.header.lower()}),
            whom=whom,
        )


def _retired(environment: Environment, name: str, key: ApiKey) -> Iterator[Check]:
    if key.retired is None:
        return
    service = environment.services[key.service]
    route = Protected(name=f"{name}-retired-key", service=key.service, path=key.path, refused=key.refused)
    yield RetiredKeyCheck(
        subject=route.name,
        **every_replica_of(environment, key.service),
        route=route,
        url=service.url + key.path,
        unsent=frozenset({key.header.lower()}),
        whom="the retired key",
        key=key,
        secret=key.retired,
    )
