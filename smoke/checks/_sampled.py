"""Checks that ask one thing several times at once, so that one bad replica of many cannot hide."""

from abc import abstractmethod
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from http import HTTPStatus
from shlex import quote as shell_quote
from typing import TYPE_CHECKING, Any

from smoke.checks._answers import replica_of
from smoke.checks._check import Check, Observation
from smoke.checks._login_wall import wall_facts
from smoke.checks._obstacle import obstacle
from smoke.checks._one_page import page_facts
from smoke.errors import SmokeError
from smoke.http import Exchange, Request
from smoke.http.too_many import TOO_MANY, rest_s
from smoke.verdict.finding import Judgement
from smoke.verdict.tally import Reading, Sample, read, samples_needed, tally
from smoke.verdict.words import Cause, Outcome

if TYPE_CHECKING:
    from smoke.checks._world import World

_SUCCESS = range(200, 300)
_REFUSED = frozenset({401, 403})

LATER_AT_LEAST = 3
"""Fewest samples of a later round: one failure among them is still told from a fault."""


@dataclass(frozen=True, kw_only=True)
class SampledCheck(Check):
    """
    Ask one request as often as it takes to meet a bad replica, and judge the answers together.

    *share* is the smallest share of failing requests that must be seen; *replica_header* is the response header in
    which a replica names itself. Subclasses say what to ask (`request`), what is wrong with one answer (`fault`)
    and what was `expected`; `remark` and `together` are there to be overridden where they help.
    """

    share: float = 1.0
    replica_header: str | None = None

    @abstractmethod
    async def request(self, world: "World") -> Request:
        """Return what to ask; a SmokeError raised here (no session, no secret) leaves the check undecided."""

    @abstractmethod
    def fault(self, exchange: Exchange) -> str | None:
        """
        Return what is wrong with one answer, or None; pure.

        The text is short and stable (no times, ids, counts): it is compared with what was seen before the deploy.
        """

    @property
    def expected(self) -> str:
        """What a good answer looks like, in words."""
        return "HTTP 200"

    def remark(self, exchange: Exchange) -> str | None:
        """Return what is noteworthy, though not wrong, about one good answer; pure."""
        return None

    def together(self, rounds: Sequence[Sequence[Exchange]]) -> str | None:
        """Return what is wrong with answers that look good one by one, or None; pure."""
        return None

    def more_facts(self, rounds: Sequence[Observation]) -> Mapping[str, Any]:
        """Return further facts for the finding; pure."""
        return {}

    async def observe(self, world: "World", round_number: int) -> Observation:
        """Ask, all samples at once, each on a fresh connection."""
        try:
            request = await self.request(world)
        except SmokeError as error:
            return obstacle(error)
        return Observation(intern(await world.http.sample(request, self.times(round_number))))

    def times(self, round_number: int) -> int:
        """Return how many samples a round takes; later rounds take more, since they decide."""
        needed = samples_needed(self.share)
        return needed if round_number == 1 else max(LATER_AT_LEAST, 2 * needed)

    def judge(self, rounds: Sequence[Observation]) -> Judgement:
        """Tally the faults over all rounds, by replica."""
        answers = [one.exchanges for one in rounds]
        samples = [[self.sample(exchange) for exchange in one] for one in answers]
        reading = read(samples, self.share)
        facts = {**self.facts(rounds, samples), **self.more_facts(rounds)}
        if reading is Reading.HEALTHY:
            wrong = self.together(answers)
            if wrong is None:
                return self._passed(rounds, samples, facts)
            facts["signature"] = wrong
            return Judgement(
                Outcome.FAILED, wrong, Cause.RELEASE, self.expected, wrong, facts, unclear=len(rounds) == 1
            )
        return self._not_passed(reading, rounds, samples, facts)

    def sample(self, exchange: Exchange) -> Sample:
        """Return the fault and the replica of one answer."""
        return Sample(self.fault(exchange), replica_of(exchange, self.replica_header))

    def facts(self, rounds: Sequence[Observation], samples: Sequence[Sequence[Sample]]) -> dict[str, Any]:
        """Return the evidence that other pure functions use (see `smoke.verdict.causes`)."""
        answers = [exchange for one in rounds for exchange in one.exchanges]
        flat = [sample for one in samples for sample in one]
        facts = transport_facts(answers)
        named = {name: list(counts) for name, counts in tally(flat).items() if name}
        if answers:
            facts["route"] = answers[0].request.url.partition("?")[0]
        if named:
            facts["replicas"] = named
        commonest = commonest_fault(samples)
        if commonest:
            wrong = [one for one in answers if self.fault(one)]
            facts |= page_facts(wrong) | wall_facts(wrong, self.replica_header)
            facts["signature"] = commonest
            facts["failed_share"] = round(sum(1 for one in flat if one.fault) / len(flat), 3)
        return facts

    def _passed(
        self, rounds: Sequence[Observation], samples: Sequence[Sequence[Sample]], facts: dict[str, Any]
    ) -> Judgement:
        answers = [exchange for one in rounds for exchange in one.exchanges]
        failed = sum(1 for one in samples for sample in one if sample.fault)
        good = [exchange for exchange in answers if self.fault(exchange) is None]
        remarks = sorted({remark for exchange in good if (remark := self.remark(exchange))})
        if failed:
            remarks.insert(0, f"{facts.pop('signature')} in {failed} of {len(answers)} samples, not seen again")
        message = f"{len(answers)} {'sample' if len(answers) == 1 else 'samples'} as expected"
        if failed:
            message = f"{len(answers) - failed} of {len(answers)} samples as expected"
        if remarks:
            facts["noted"] = "; ".join(remarks)
            message = f"{message}; {facts['noted']}"
        return Judgement(Outcome.PASSED, message, expected=self.expected, found=message, facts=facts)

    def _not_passed(
        self,
        reading: Reading,
        rounds: Sequence[Observation],
        samples: Sequence[Sequence[Sample]],
        facts: dict[str, Any],
    ) -> Judgement:
        where = locate(samples[-1] if any(one.fault for one in samples[-1]) else [*_flat(samples)])
        fault = facts.get("signature", "no answer could be judged")
        found = next((one.outline() for one in rounds[-1].exchanges if self.fault(one) == fault), fault)
        if reading is Reading.FAULTY:
            return Judgement(Outcome.FAILED, f"{fault} {where}", Cause.RELEASE, self.expected, found, facts)
        message = f"{fault} {where}: too often for chance, too seldom for certainty"
        return Judgement(Outcome.UNDECIDED, message, Cause.RELEASE, self.expected, found, facts, unclear=True)


def intern(exchanges: Sequence[Exchange]) -> tuple[Exchange, ...]:
    """Keep equal bodies once: a dozen samples of one large page then cost one page of memory."""
    bodies: dict[bytes, bytes] = {}
    return tuple(replace(one, body=bodies.setdefault(one.body, one.body)) for one in exchanges)


def transport_facts(exchanges: Sequence[Exchange]) -> dict[str, Any]:
    """Return whether anything answered, what failed underneath HTTP, and whether all this was on one machine."""
    kinds = sorted({one.failure.kind.value for one in exchanges if one.failure is not None})
    facts: dict[str, Any] = {"answered": any(one.status is not None for one in exchanges)}
    if kinds:
        facts["failure_kinds"] = kinds
    if exchanges and all(one.failure is not None and one.failure.certificate for one in exchanges):
        facts["distrusted"] = True
    if exchanges and all(one.local for one in exchanges):
        facts["local"] = True
    failed = [one for one in exchanges if one.is_error]
    if failed and all(one.status == 503 and "retry-after" in one.headers for one in failed):  # noqa: PLR2004 - unavailable
        facts["retry_after"] = True
    if exchanges and all(_challenged(one) for one in exchanges):
        facts["challenged"] = True
    if any(one.slowed for one in exchanges):
        facts["slowed"] = True
    if failed and all(one.status == TOO_MANY for one in failed):
        facts["too_many"] = True
        if any(rest_s(one) is None for one in failed):
            facts["long_rest"] = True
    if failed and all(one.is_server_error for one in failed):
        facts["server_errors"] = True
    return {**facts, **carried_facts(exchanges)}


def _challenged(exchange: Exchange) -> bool:
    """Tell whether a request without any credential was asked for one, as HTTP asks."""
    proofs = {name.lower() for name in exchange.request.headers} & {"authorization", "cookie"}
    asked = exchange.status == HTTPStatus.UNAUTHORIZED and bool(exchange.headers.get("www-authenticate"))
    return asked and not proofs and not exchange.carried


def carried_facts(exchanges: Sequence[Exchange], header: str | None = None) -> dict[str, Any]:
    """
    Return what answers tell of the headers that their requests carried for the sake of the service.

    A success admits them; nothing but refusals does not; errors tell neither. *header* is one that all of them carried.
    """
    keyed = [one for one in exchanges if (header or one.carried) and one.status is not None]
    if not keyed:
        return {}
    names = sorted({header.lower()} if header else {name for one in keyed for name in one.carried})
    if any(one.status in _SUCCESS for one in keyed):
        return {"carried": names, "admitted": True}
    return {"carried": names, **({"admitted": False} if all(one.status in _REFUSED for one in keyed) else {})}


def commonest_fault(samples: Sequence[Sequence[Sample]]) -> str | None:
    """Return the fault seen most often, in the last round that saw any."""
    for one_round in reversed(samples):
        faults = Counter(sample.fault for sample in one_round if sample.fault)
        if faults:
            return max(sorted(faults), key=lambda fault: faults[fault])
    return None


def locate(samples: Sequence[Sample]) -> str:
    """Say where failures lie: `from replica b (4 of 4); the others are fine`, or `in 5 of 12 samples`."""
    failed = sum(1 for one in samples if one.fault)
    named = {name: counts for name, counts in tally(samples).items() if name}
    bad = sorted(name for name, (wrong, _) in named.items() if wrong)
    plain = f"in {failed} of {len(samples)} {'sample' if len(samples) == 1 else 'samples'}"
    if sum(named[name][0] for name in bad) < failed or not bad:
        return plain
    if len(bad) == len(named):
        return plain + (", on every replica" if len(bad) > 1 else "")
    counts = ", ".join(f"{name} ({named[name][0]} of {named[name][1]})" for name in bad)
    return f"from replica {counts}; the others are fine"


def curl(url: str, *options: str) -> str:
    """Return a command line that repeats a plain GET by hand."""
    return " ".join(["curl", "-sS", "-i", *options, shell_quote(url)])


def _flat(samples: Sequence[Sequence[Sample]]) -> list[Sample]:
    return [sample for one in samples for sample in one]
