"""When the processes behind a service started, as far as their uptime tells."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from math import isfinite
from typing import Any

from smoke.checks._answers import cached, find, not_json, not_ok, parse, quote, replica_of
from smoke.environment.services import Service, Uptime
from smoke.http import Exchange, Request
from smoke.verdict.tally import samples_needed

TOLERANCE_S = 2.0
"""What whole seconds and the way of an answer may blur a start."""


@dataclass(frozen=True, slots=True)
class Start:
    """
    When the process that gave one answer started at the earliest, epoch seconds; *fault* says why that is not known.

    It may have been *blur_s* later: nobody knows when, on the way of the answer, the uptime was read.
    """

    asked_at: float
    started_at: float | None = None
    replica: str | None = None
    fault: str | None = None
    untold: bool = False
    blur_s: float = 0.0


@dataclass(frozen=True, slots=True)
class Clockwork:
    """How the processes of one service tell when they started."""

    service: Service
    uptime: Uptime

    @property
    def size(self) -> int:
        """How many answers it takes to meet every replica."""
        return samples_needed(self.service.share)

    @property
    def request(self) -> Request:
        """The question."""
        return Request("GET", f"{self.service.url.rstrip('/')}{self.uptime.path}")

    def starts(self, exchanges: Iterable[Exchange]) -> tuple[Start, ...]:
        """Read the answers."""
        return tuple(self._start(one) for one in exchanges)

    def _start(self, exchange: Exchange) -> Start:
        # What is alone needs no name to be recognised again.
        replica = replica_of(exchange, self.service.replica_header) or ("" if self.service.replicas == 1 else None)
        stale = cached(exchange)
        wrong = not_ok(exchange) or (f"answered by a cache ({stale})" if stale else not_json(exchange))
        if wrong:
            return Start(exchange.at, None, replica, wrong)
        seconds = find(self.uptime.at, parse(exchange))
        if not _is_duration(seconds):
            return Start(exchange.at, None, replica, f"the uptime is {quote(seconds)}, not seconds", untold=True)
        return Start(exchange.at, exchange.at - float(seconds), replica, blur_s=exchange.duration_s)


def restarted(starts: Iterable[Start]) -> list[str]:
    """Return the replicas whose process changed between two of their answers; a lone one without a name is ''."""
    first: dict[str, float] = {}
    changed: set[str] = set()
    for one in sorted(starts, key=lambda start: start.asked_at):
        if one.replica is not None and one.started_at is not None:
            known = first.setdefault(one.replica, one.started_at + one.blur_s)
            if one.started_at > known + TOLERANCE_S:
                changed.add(one.replica)
    return sorted(changed)


def newcomers(starts: Sequence[Start]) -> int:
    """Return how many processes without a name started after the first answer, told apart by their starts."""
    known = [one for one in starts if one.started_at is not None and one.replica is None]
    if not known:
        return 0
    began = min(one.asked_at for one in known)
    births = sorted(one.started_at for one in known if one.started_at and one.started_at > began + TOLERANCE_S)
    return sum(1 for place, birth in enumerate(births) if not place or birth - births[place - 1] > TOLERANCE_S)


def describe(replicas: Sequence[str]) -> str:
    """Say which replicas restarted."""
    named = [one for one in replicas if one]
    if not named:
        return "the process restarted during the verification"
    return f"replica {', '.join(named)} restarted during the verification"


def _is_duration(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool) and isfinite(value) and value >= 0
