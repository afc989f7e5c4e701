"""A component, such as the cache or the database, is healthy as its service reports it."""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from http import HTTPStatus
from typing import TYPE_CHECKING, Any, ClassVar

from smoke.checks._answers import cached, find, quote
from smoke.checks._check import Check, Observation
from smoke.checks._health_answer import bare_word
from smoke.checks._health_words import STATE_KEYS, State, state_of
from smoke.checks._json import document_of
from smoke.checks._obstacle import role_headers
from smoke.checks._replicas import every_replica_of
from smoke.checks._sampled import SampledCheck, curl
from smoke.environment import Environment
from smoke.environment.promises import Component
from smoke.http import Exchange, Request
from smoke.verdict.finding import Judgement
from smoke.verdict.release import Release
from smoke.verdict.words import Outcome, Stage

if TYPE_CHECKING:
    from smoke.checks._world import World

STATUSES = frozenset({200, 207, 503})
"""Statuses that come with a report; another component may be what made it a 503."""

PLAIN = re.compile(r"[A-Za-z0-9_-]+(\.[A-Za-z0-9_-]+)+")
"""A place that is a path of keys, so that it tells what lies beside it."""

_DEEPEST = 6


@dataclass(frozen=True, kw_only=True)
class ComponentCheck(SampledCheck):
    """
    A component, such as the cache or the database, is healthy as its service reports it.

    A 503 says nothing against a component that is well while another one is not. It does where the place is the state
    of the whole, and where every part is well though no health check asks this address. One that the
    report may leave out is not judged where every answer does so, or is but a word.
    """

    kind: ClassVar[str] = "component"
    stage: ClassVar[Stage] = Stage.IMMEDIATE

    component: Component
    url: str
    alone: bool = False

    async def request(self, world: "World") -> Request:
        """Ask for the report."""
        return Request("GET", self.url, headers=await role_headers(world, self.component.role))

    def fault(self, exchange: Exchange) -> str | None:
        """Demand a report that names this component and says healthy, or at least degraded."""
        document = document_of(exchange, STATUSES)
        if document.fault:
            return document.fault
        stale = cached(exchange)
        if stale is not None:
            return f"answered by a cache ({stale})"
        value = find(self.component.at, document.value)
        if value is None:
            bare = "" if exchange.is_ok else f"HTTP {exchange.status} with "
            return f"{bare}nothing at {self.component.at}"
        state = state_of(value)
        if state not in {State.HEALTHY, State.DEGRADED}:
            return f"{self.component.at} is {state.value}: {quote(value)}"
        return self._contradiction(document.value) if exchange.status == HTTPStatus.SERVICE_UNAVAILABLE else None

    def judge(self, rounds: Sequence[Observation]) -> Judgement:
        """Judge the reports, unless nothing is told of what need not be told."""
        answers = [exchange for one in rounds for exchange in one.exchanges]
        if not self.component.optional or not all(map(self._left_out, answers)):
            return super().judge(rounds)
        found = f"nothing at {self.component.at}"
        facts = {"waived": "unreported", "unreported": True}
        return Judgement(Outcome.SKIPPED, f"{found}, so that it was not judged", None, self.expected, found, facts)

    @property
    def expected(self) -> str:
        """What a good report says."""
        return f"{self.component.at} is healthy"

    def remark(self, exchange: Exchange) -> str | None:
        """Note a degraded component."""
        value = find(self.component.at, document_of(exchange, STATUSES).value)
        return f"{self.component.at} is degraded" if state_of(value) is State.DEGRADED else None

    def _left_out(self, exchange: Exchange) -> bool:
        """Tell whether a good answer says nothing of this component."""
        if cached(exchange) is not None:
            return False
        document = document_of(exchange)
        untold = document.fault is None and find(self.component.at, document.value) is None
        return untold or bare_word(exchange)

    def _contradiction(self, report: Any) -> str | None:
        """Return what a 503 means that this component does not explain, if no other one does either."""
        if self.component.at in STATE_KEYS:
            return f"HTTP 503, though {self.component.at} is healthy"
        if self.alone and not _explained(self.component.at, report):
            return f"HTTP 503, though {self.component.at} and every other part is healthy"
        return None

    def reproduce(self) -> str:
        """Return the request."""
        return curl(self.url)


def checks(environment: Environment, release: Release) -> Iterator[Check]:
    """Return one check for each component."""
    for name, component in environment.components.items():
        service = environment.services[component.service]
        yield ComponentCheck(
            subject=name,
            **every_replica_of(environment, component.service),
            component=component,
            url=service.url + component.path,
            alone=service.health is None or service.health.path != component.path,
        )


def _explained(at: str, report: Any) -> bool:
    """Tell whether anything in *report* beside *at* may be what is wrong, or whether that cannot be told."""
    if not PLAIN.fullmatch(at):
        return True
    beside = find(at.rpartition(".")[0], report)
    parts = [*(beside.values() if isinstance(beside, Mapping) else ()), *_states(report, _DEEPEST)]
    return not all(state_of(one) is State.HEALTHY for one in parts if not isinstance(one, int | float) or one in {0, 1})


def _states(report: Any, depth: int, *, inner: bool = False) -> Iterator[Any]:
    """Yield the states that parts of *report* tell of themselves; that of the whole explains nothing."""
    if depth and isinstance(report, Mapping):
        yield from (report[key] for key in STATE_KEYS if inner and key in report)
        for one in report.values():
            yield from _states(one, depth - 1, inner=True)
    elif depth and isinstance(report, list):
        for one in report:
            yield from _states(one, depth - 1, inner=True)
