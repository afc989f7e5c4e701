"""Response headers are as promised, and a server's clock is right."""

from collections.abc import Iterator
from dataclasses import dataclass
from email.utils import parsedate_to_datetime
from typing import TYPE_CHECKING, ClassVar

from smoke.checks._answers import no_answer, quote
from smoke.checks._browserlike import page_request
from smoke.checks._replicas import every_replica_of
from smoke.checks._sampled import SampledCheck, curl
from smoke.environment import Environment
from smoke.environment.edge import Headers
from smoke.http import Exchange, Request
from smoke.verdict.evidence import BETWEEN_FAULTS
from smoke.verdict.release import Release
from smoke.verdict.words import Stage

if TYPE_CHECKING:
    from smoke.checks._world import World

SKEW_S = 60.0
"""From here on a clock is worth a note: tokens and signatures of other parties begin to be refused."""


def checks(environment: Environment, release: Release) -> Iterator["HeadersCheck"]:
    """Return a check for each promise about headers."""
    for one in environment.headers:
        service = environment.services[one.service]
        yield HeadersCheck(
            subject=one.name,
            **every_replica_of(environment, one.service),
            gating=one.gating,
            url=service.url + one.path,
            promise_of=one,
            languages=environment.browser.accept_language,
        )


@dataclass(frozen=True, kw_only=True)
class HeadersCheck(SampledCheck):
    """
    The response headers that are promised are there, and those that must not be are not, on every replica.

    Whatever the status: errors need their security headers too. A server whose clock is off is noted.
    """

    kind: ClassVar[str] = "headers"
    stage: ClassVar[Stage] = Stage.IMMEDIATE
    refines: ClassVar[bool] = True

    url: str
    promise_of: Headers
    languages: str

    async def request(self, world: "World") -> Request:
        """Ask as a browser that opens the address."""
        return page_request(self.url, self.languages)

    def fault(self, exchange: Exchange) -> str | None:
        """Return every header that is not as promised: one that was missing before excuses no other."""
        silent = no_answer(exchange)
        if silent:
            return silent
        wrong = [_unmet(exchange, name.lower(), part) for name, part in self.promise_of.expect.items()]
        present = [f"{one.lower()} is there" for one in self.promise_of.absent if one.lower() in exchange.headers]
        return BETWEEN_FAULTS.join([*filter(None, wrong), *present]) or None

    @property
    def expected(self) -> str:
        """The promise in words."""
        wanted = [f"{name} with {quote(part)}" for name, part in self.promise_of.expect.items()]
        return ", ".join([*wanted, *(f"no {name}" for name in self.promise_of.absent)]) or "an answer"

    def remark(self, exchange: Exchange) -> str | None:
        """Note a clock that is off; what a cache gives carries the time of long ago."""
        skew_s = clock_skew_s(exchange)
        if skew_s is None or abs(skew_s) < SKEW_S:
            return None
        return "its clock is ahead of ours" if skew_s > 0 else "its clock is behind ours"

    def reproduce(self) -> str:
        """Return the request as a curl command."""
        return curl(self.url)


def _unmet(exchange: Exchange, name: str, part: str) -> str | None:
    values = [value for key, value in exchange.header_list if key == name]
    if not values:
        return f"no {name}"
    return None if any(part.lower() in value.lower() for value in values) else f"{name} without {quote(part)}"


def clock_skew_s(exchange: Exchange) -> float | None:
    """Return by how much the server's clock is ahead of ours, None if it does not tell; pure."""
    try:
        told = parsedate_to_datetime(exchange.headers["date"]).timestamp()
    except (KeyError, ValueError, OverflowError):
        return None
    age = exchange.headers.get("age", "").strip()
    return told + (int(age[:9]) if age.isdecimal() and age.isascii() else 0) - exchange.at
