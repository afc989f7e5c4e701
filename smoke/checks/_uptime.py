"""When the processes behind a service started, as far as their uptime tells."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from math import isfinite
from typing import Any

from smoke.checks._answers import cached, find, not_json, not_ok, parse, quote, replica_of
from smoke.checks._health_answer import bare_word
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
        return Request("GET", f"{self.service.url}{self.uptime.path}")

    def starts(self, exchanges: Iterable[Exchange]) -> tuple[Start, ...]:
        """Read the answers."""
        return tuple(self._start(one) for one in exchanges)

    def _start(self, exchange: Exchange) -> Start:
        # What is alone needs no name to be recognised again.
        replica = replica_of(exchange, self.service.replica_header) or ("" if self.service.replicas == 1 else None)
        stale = cached(exchange)
        if not stale and bare_word(exchange):
            return Start(exchange.at, None, replica, "only a word is told, no uptime", untold=True)
        wrong = not_ok(exchange) or (f"answered by a cache ({stale})" if stale else not_json(exchange))
        if wrong:
            return Start(exchange.at, None, replica, wrong)
        seconds = find(self.uptime.at, parse(exchange))
        if not _is_duration(seconds):
            return Start(exchange.at, None, replica, f"the uptime is {quote(seconds)}, not seconds", untold=True)
        return Start(exchange.at, exchange.at - float(seconds), replica, blur_s=exchange.duration_s)


def restarted(starts: Iterable[Start]) -> list[str]:
    """
    Return the replicas whose process certainly changed between two of their answers; a lone one without a name is ''.

    A process that started after another answer of its replica had come is not the one that gave that answer. However
    late an answer is made or read, and in whatever order, it only makes a start look earlier; so do other processes of
    the same replica. What rounding adds is less than the tolerance.
    """
    told = [one for one in starts if one.replica is not None and one.started_at is not None]
    newest, proof = dict[str, float](), dict[str, float]()
    for one in told:
        name, began = one.replica or "", one.started_at or 0.0
        newest[name] = max(newest.get(name, began), began)
        after = max(one.asked_at, began + TOLERANCE_S) + one.blur_s
        proof[name] = min(proof.get(name, after), after)
    return sorted(name for name, began in newest.items() if began > proof[name])


def newcomers(starts: Sequence[Start]) -> int:
    """Return how many processes without a name, at the least, started after the first answer was asked for."""
    known = [(one.asked_at, one.started_at, one.blur_s) for one in starts if one.replica is None]
    spans = [(at, began, began + blur) for at, began, blur in known if began is not None]
    watched_from = min((at for at, _, _ in spans), default=0.0)
    told_apart, last = 0, watched_from
    for _, earliest, latest in sorted(spans, key=lambda span: span[2]):
        if earliest > last + TOLERANCE_S:
            told_apart, last = told_apart + 1, latest
    return told_apart


def describe(replicas: Sequence[str]) -> str:
    """Say which replicas restarted."""
    named = [one for one in replicas if one]
    if not named:
        return "the process restarted during the verification"
    return f"replica {', '.join(named)} restarted during the verification"


def _is_duration(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool) and isfinite(value) and value >= 0
