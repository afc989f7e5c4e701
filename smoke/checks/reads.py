"""A read through the API answers with what it must hold, on every replica."""

import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any, ClassVar

from smoke.checks._agreement import AGREE, Answers, agreed, by_replica, dissenters
from smoke.checks._answers import replica_of
from smoke.checks._check import Check, Observation
from smoke.checks._expectations import unmet, wish
from smoke.checks._flags import FlaggedCheck, Gate
from smoke.checks._json import document_of
from smoke.checks._obstacle import role_headers
from smoke.checks._relations import compares_with_before, remembered
from smoke.checks._replicas import every_replica_of
from smoke.checks._sampled import curl
from smoke.checks._shapes import common, departures, losses, shape_of
from smoke.environment import Environment
from smoke.environment.promises import Read
from smoke.http import Exchange, Request
from smoke.verdict.evidence import BETWEEN_FAULTS
from smoke.verdict.finding import Judgement
from smoke.verdict.plan import Before
from smoke.verdict.release import Release
from smoke.verdict.words import Outcome, Stage

if TYPE_CHECKING:
    from smoke.checks._world import World

SHAPE = "shape"
"""The key under which the shape of the answers is remembered, beside those of single expectations."""

GONE = frozenset({404, 410})

_AMOUNT = re.compile(r"(?:(?<= is )|(?<= has ))(?!0(?:,| ))-?[\d.e+-]+(?=(?: entries)?, expected at )")
"""An amount outside its range; none at all is another fault than too few."""


@dataclass(frozen=True, kw_only=True)
class ReadCheck(FlaggedCheck):
    """
    A read through the API answers with what it must hold, on every replica.

    *before* is what the same check measured before the deploy; empty where there is nothing to compare with.
    """

    kind: ClassVar[str] = "read"

    read: Read
    url: str
    before: Mapping[str, Any] = field(default_factory=dict)
    judged: dict[tuple[object, ...], str | None] = field(default_factory=dict, compare=False, repr=False)
    """Faults by answer: a dozen samples of one large list are compared once."""

    @property
    def stage(self) -> Stage:  # type: ignore[override]  # the environment file says when each read is made
        """The stage that the environment file gives the read."""
        return Stage(self.read.stage)

    async def request(self, world: "World") -> Request:
        """Ask as the role, or anonymously."""
        return Request("GET", self.url, headers={**self.read.headers, **await role_headers(world, self.read.role)})

    async def observe(self, world: "World", round_number: int) -> Observation:
        """Ask, and look up what was measured before the deploy."""
        seen = await super().observe(world, round_number)
        known = self.then(world)
        return replace(seen, facts={**seen.facts, "before": dict(known.measured)}) if known else seen

    def then(self, world: "World") -> Before | None:
        """Return what the same read found before the deploy."""
        return world.before(self.id)

    def judge(self, rounds: Sequence[Observation]) -> Judgement:
        """Judge the answers one by one, by what they must hold and by what they held before."""
        before, flag = rounds[-1].facts.get("before", {}), rounds[-1].facts.get("flag")
        if self.gate and flag is False and not self.gate.staged and not before.get("flag"):
            message = f"not made: the flag {self.gate.flag} is off for this user"
            return Judgement(Outcome.SKIPPED, message, facts={"waived": "flag"})
        judgement = FlaggedCheck.judge(replace(self, before=before, judged={}), rounds)
        if "signature" not in judgement.facts:
            return judgement
        return replace(judgement, facts={**judgement.facts, "signature": lasting(judgement.facts["signature"])})

    def is_absence(self, exchange: Exchange) -> bool:
        """Tell whether an answer may mean that the route is not there; a wrong answer never does."""
        return super().is_absence(exchange) and exchange.is_error

    def fault(self, exchange: Exchange) -> str | None:
        """Demand HTTP 200, JSON, every field that clients rely on, and every expectation."""
        if exchange.failure is not None:
            return document_of(exchange).fault
        key = (exchange.status, exchange.content_type, exchange.headers.get("location"), exchange.body)
        if key not in self.judged:
            self.judged[key] = self._fault(exchange)
        return self.judged[key]

    def _fault(self, exchange: Exchange) -> str | None:
        document = document_of(exchange)
        if document.fault:
            return document.fault
        departed = departures(self.read.shape, document.value)
        if self.read.keeps_shape:
            changed = [one for one in self._changes(document.value) if one not in departed]
            departed += [f"{one}, unlike before the deploy" for one in changed]
        faults = (unmet(one, document.value, self.before) for one in self.read.expect)
        return _listed(departed) or BETWEEN_FAULTS.join(dict.fromkeys(filter(None, faults))) or None

    def remark(self, exchange: Exchange) -> str | None:
        """Say which fields changed since the deploy though nobody relies on them, and what could not be compared."""
        changed = _listed(self._changes(document_of(exchange).value))
        wanted = [one.at for one in self.read.expect if not set(compares_with_before(one)) <= set(self.before)]
        said = [
            f"since the deploy {changed}" if changed else "",
            f"nothing of before the deploy to compare {', '.join(wanted)} with" if wanted else "",
        ]
        return "; ".join(filter(None, said)) or None

    def together(self, rounds: Sequence[Sequence[Exchange]]) -> str | None:
        """Return that a replica always answers otherwise than the others, where before the deploy all agreed."""
        odd, usual = dissenters(self._answers(rounds)) if self.before.get(AGREE) else ([], [])
        if not odd:
            return None
        names, others = ", ".join(odd), " and ".join(usual)
        return f"replica {names} answers otherwise than {others}, which agree; before the deploy all did"

    def more_facts(self, rounds: Sequence[Observation]) -> Mapping[str, Any]:
        """Remember what a later run compares with, and say what this one could not compare."""
        different = {(one.status, one.body): one for seen in rounds for one in seen.exchanges}.values()
        good = [document_of(one).value for one in different if self.fault(one) is None]
        told = {"flag": True} if any(one.facts.get("flag") is True for one in rounds) else {}
        told |= {AGREE: True} if agreed(self._answers([one.exchanges for one in rounds])) else {}
        facts: dict[str, Any] = {"measured": {**self._measured(good), **told}} if good else {}
        if self.read.fixture:
            wrong = [one for seen in rounds for one in seen.exchanges if self.fault(one) is not None]
            facts["fixture"] = 2 * sum(map(_misses, wrong)) > len(wrong)
        return facts

    @property
    def expected(self) -> str:
        """The expectations in words."""
        shape = [f"the {len(self.read.shape)} fields that clients rely on"] if self.read.shape else []
        return ", ".join(["HTTP 200 with JSON", *shape, *map(wish, self.read.expect)])

    def reproduce(self) -> str:
        """Return the request; the role's session is left out."""
        return curl(self.url)

    def _answers(self, rounds: Sequence[Sequence[Exchange]]) -> Answers:
        good = (one for each in rounds for one in each if self.fault(one) is None)
        return by_replica((replica_of(one, self.replica_header), one.body) for one in good)

    def _changes(self, document: Any) -> list[str]:
        return losses(self.before.get(SHAPE, {}), document)

    def _measured(self, documents: Sequence[Any]) -> dict[str, Any]:
        """Return the smallest of each count and the commonest of each value: single answers may differ."""
        seen = [remembered(expectation, document) for document in documents for expectation in self.read.expect]
        values: dict[str, list[Any]] = {}
        for key, value in ((key, value) for one in seen for key, value in one.items()):
            values.setdefault(key, []).append(value)
        measured = {key: min(found) if key.startswith("keeps ") else _commonest(found) for key, found in values.items()}
        return {**measured, SHAPE: common([shape_of(document) for document in documents])}


def lasting(fault: str) -> str:
    """Return a fault without the amount that is outside its range: 523 jobs too many and 525 are one and the same."""
    return _AMOUNT.sub("…", fault)


def _misses(exchange: Exchange) -> bool:
    """Tell whether the service works and merely lacks what was asked for."""
    return exchange.status in GONE or document_of(exchange).fault is None


def _listed(faults: Sequence[str]) -> str:
    more = len(faults) - 2
    return ", ".join(faults[:2]) + (f" and {more} more" if more > 0 else "")


def _commonest(values: Sequence[Any]) -> Any:
    counts = Counter(map(repr, values))
    return max(values, key=lambda value: counts[repr(value)])


def checks(environment: Environment, release: Release) -> Iterator[Check]:
    """Return one check for each read."""
    for read in environment.reads:
        service = environment.services[read.service]
        yield ReadCheck(
            subject=read.name,
            **every_replica_of(environment, read.service),
            gating=read.gating,
            depends_on=read.depends_on,
            read=read,
            url=service.url + read.path,
            gate=Gate(read.flag, read.role, release.staged(read.flag)) if read.flag else None,
        )
