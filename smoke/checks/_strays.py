"""
Server errors that every single check takes for chance, counted together.

Who looks at one address a dozen times cannot tell one request in twenty that fails from the ambient noise; all checks
of a service together have asked some hundred times.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from shlex import quote as shell_quote
from typing import TYPE_CHECKING

from smoke.checks._check import Check
from smoke.checks._memory import Memory
from smoke.http import Exchange, Request
from smoke.verdict.tally import Reading, Sample, read
from smoke.verdict.words import Stage

if TYPE_CHECKING:
    from smoke.checks._world import World

SHARE = 0.04
"""Smallest share of failing requests that is told from the ambient noise: four times as many."""

SUSPICIOUS = SHARE / 2
"""Share from which on a fault is more likely than noise, or nearly so."""

OF_ITS_OWN = 0.3
"""An address that fails so often has a fault of its own, and checks that tell it."""

ROUTES = 3
"""Fewest addresses at which something strayed: what strays at one is for its checks to judge."""

ASKED_AGAIN = 8
GROUPS = 5
EACH = 40
PAUSE_S = 2.0
"""What is looked at again: so many addresses, in so many groups of so many requests, so many seconds apart."""

SERVER_ERRORS = range(500, 600)

_PROOFS = frozenset({"authorization", "cookie"})

_STATUS_ONLY = r"curl -sS -o /dev/null -w '%{http_code}\n'"

PRESSING = frozenset({"burst"})
"""Kinds of checks that ask for more at once than a service may bear."""


@dataclass(slots=True)
class Count:
    """How often an address was asked, and how often it answered with a server error."""

    request: Request
    asked: int = 0
    failed: int = 0

    @property
    def share(self) -> float:
        """The share of requests that failed."""
        return self.failed / self.asked

    def with_those_of(self, other: "Count") -> "Count":
        """Return both counts as one."""
        return Count(self.request, self.asked + other.asked, self.failed + other.failed)


@dataclass(frozen=True, slots=True)
class Strays:
    """The addresses of a service whose failures may be chance, one by one."""

    counts: tuple[Count, ...] = ()

    @classmethod
    def of(cls, memory: Memory, service: str) -> "Strays":
        """Return those that the checks of *service* have met so far."""
        known = memory.strays.get(service, {}).values()
        return cls(tuple(one for one in known if one.share < OF_ITS_OWN))

    @property
    def routes(self) -> tuple[Count, ...]:
        """The addresses at which something strayed."""
        return tuple(one for one in self.counts if one.failed)

    @property
    def total(self) -> tuple[int, int]:
        """How many requests failed, and how many there were."""
        return sum(one.failed for one in self.counts), sum(one.asked for one in self.counts)

    @property
    def suspicious(self) -> bool:
        """Whether all together may be more than chance, so that it is worth to look again."""
        failed, asked = self.total
        return len(self.routes) >= ROUTES and failed / asked >= SUSPICIOUS


def note(memory: Memory, check: Check, exchanges: Sequence[Exchange]) -> None:
    """
    Count what one check has asked its service, in *memory*.

    Left out is what fails for reasons of its own: what comes before the release has settled, what leans on a third
    party, presses hard, or changes something.
    """
    unfit = check.depends_on or check.kind in PRESSING or check.stage in {Stage.CONVERGE, Stage.CONFIRM}
    if check.service is None or unfit:
        return
    counts = memory.strays.setdefault(check.service, {})
    for one in exchanges:
        request = one.request
        if request.method.upper() == "GET" and request.write is None and one.status is not None:
            count = counts.setdefault(request.url.partition("?")[0], Count(request))
            count.asked += 1
            count.failed += one.status in SERVER_ERRORS


def by_hand(strays: Strays) -> str:
    """Return a command that asks the addresses again, as often, and counts the answers; a session is left out."""
    requests = [one.request for one in strays.routes if not _PROOFS & {name.lower() for name in one.request.headers}]
    if not requests:
        return ""
    asked = [f"{_STATUS_ONLY} {shell_quote(one.url)}" for one in requests[:ASKED_AGAIN]]
    return f"for n in $(seq {EACH * GROUPS // len(asked)}); do {'; '.join(asked)}; done | sort | uniq -c"


async def ask_again(strays: Strays, world: "World") -> tuple[Exchange, ...]:
    """Ask the addresses at which something strayed, in groups, so that what comes and goes in seconds is met."""
    requests = [one.request for one in strays.routes[:ASKED_AGAIN]]
    found: list[Exchange] = []
    for group in range(GROUPS):
        if group:
            await world.pause(PAUSE_S)
        for request, times in zip(requests, _shared(EACH, len(requests)), strict=True):
            found += await world.http.sample(request, times)
    return tuple(found)


def failures(exchanges: Sequence[Exchange]) -> int:
    """Return how many answers are server errors."""
    return sum(one.status in SERVER_ERRORS for one in exchanges)


def read_again(total: tuple[int, int], again: Sequence[tuple[int, int]]) -> Reading:
    """Read what strayed at first together with what failed when it was looked at again."""
    return read([_samples(*total), *(_samples(*one) for one in again)], SHARE)


def _samples(failed: int, asked: int) -> list[Sample]:
    return [Sample("server error")] * failed + [Sample()] * (asked - failed)


def _shared(total: int, parts: int) -> Iterator[int]:
    """Yield *parts* numbers that are about equal and make *total*."""
    for place in range(parts):
        yield total // parts + (place < total % parts)
