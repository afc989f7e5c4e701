"""Two reads agree with each other, on every replica."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, ClassVar

from smoke.checks._answers import find
from smoke.checks._check import Check, Observation
from smoke.checks._expectations import unmet
from smoke.checks._json import document_of
from smoke.checks._obstacle import obstacle
from smoke.checks._sampled import commonest_fault, curl, intern, locate, transport_facts
from smoke.checks.reads import ReadCheck
from smoke.checks.reads import checks as reads
from smoke.environment import Environment
from smoke.environment.expectations import Expectation
from smoke.environment.invariants import Invariant
from smoke.errors import SmokeError
from smoke.http import Exchange
from smoke.verdict.finding import Judgement
from smoke.verdict.release import Release
from smoke.verdict.tally import Reading, Sample, read
from smoke.verdict.words import Cause, Outcome, Stage

if TYPE_CHECKING:
    from smoke.checks._world import World


@dataclass(frozen=True, kw_only=True)
class InvariantCheck(Check):
    """
    Two reads agree with each other, on every replica.

    A read that does not answer at all has a check of its own, whose finding this one waits for.
    """

    kind: ClassVar[str] = "invariant"
    stage: ClassVar[Stage] = Stage.FUNCTIONAL

    invariant: Invariant
    left: ReadCheck
    right: ReadCheck

    async def observe(self, world: "World", round_number: int) -> Observation:
        """Make both reads, as often as it takes to meet a bad replica."""
        times = max(self.left.times(round_number), self.right.times(round_number))
        answers: list[Exchange] = []
        try:
            for side in (self.left, self.right):
                answers += intern(await world.http.sample(await side.request(world), times))
        except SmokeError as error:
            return obstacle(error, tuple(answers))
        return Observation(tuple(answers))

    def judge(self, rounds: Sequence[Observation]) -> Judgement:
        """Compare the answers pair by pair."""
        samples = [list(self._pairs(one.exchanges)) for one in rounds]
        facts = transport_facts([exchange for one in rounds for exchange in one.exchanges])
        if not samples[-1]:
            return self._waiting(rounds[-1].exchanges, facts)
        reading = read(samples, min(self.left.share, self.right.share))
        fault = commonest_fault(samples)
        flat = [sample for one in samples for sample in one]
        if reading is Reading.HEALTHY:
            once = {"noted": f"{fault}, not seen again"} if fault else {}
            message = f"{len(flat)} pairs as expected"
            return Judgement(Outcome.PASSED, message, None, self.expected, message, {**facts, **once})
        facts |= {"signature": fault, "failed_share": round(sum(1 for one in flat if one.fault) / len(flat), 3)}
        message = f"{fault} {locate(samples[-1])}"
        if reading is Reading.FAULTY:
            return Judgement(Outcome.FAILED, message, Cause.RELEASE, self.expected, str(fault), facts)
        return Judgement(Outcome.UNDECIDED, message, Cause.RELEASE, self.expected, str(fault), facts, unclear=True)

    @property
    def expected(self) -> str:
        """The relation in words."""
        relation = "at most" if self.invariant.relation == "at_most" else "equal to"
        left, right = self.invariant.left, self.invariant.right
        return f"{left.at} of {left.read} {relation} {right.at} of {right.read}"

    def reproduce(self) -> str:
        """Return the requests; the roles' sessions are left out."""
        return f"{curl(self.left.url)}; {curl(self.right.url)}"

    def _pairs(self, exchanges: Sequence[Exchange]) -> Iterator[Sample]:
        """Yield one sample for each pair of answers of which both can be read."""
        half = len(exchanges) // 2
        for one, other in zip(exchanges[:half], exchanges[half:], strict=True):
            left, right = document_of(one), document_of(other)
            if left.fault is None and right.fault is None:
                yield Sample(self._fault(left.value, right.value), self.left.sample(one).replica)

    def _fault(self, left: Any, right: Any) -> str | None:
        sides = self.invariant.left, self.invariant.right
        names = [f"{side.at} of {side.read}" for side in sides]
        values = [find(side.at, document) for side, document in zip(sides, (left, right), strict=True)]
        missing = next((name for name, value in zip(names, values, strict=True) if value is None), None)
        if missing:
            return f"nothing at {missing}"
        relation = "at_most_at" if self.invariant.relation == "at_most" else "equals_at"
        wanted = Expectation.model_validate({"at": "left", relation: "right", "as": self.invariant.read_as})
        fault = unmet(wanted, dict(zip(("left", "right"), values, strict=True)))
        return fault and fault.replace("left", names[0], 1).replace("right", names[1], 1)

    def _waiting(self, exchanges: Sequence[Exchange], facts: dict[str, Any]) -> Judgement:
        half = len(exchanges) // 2
        mute = self.left if all(document_of(one).fault for one in exchanges[:half]) else self.right
        message = f"{mute.id} gives nothing to compare"
        return Judgement(Outcome.UNDECIDED, message, Cause.RELEASE, facts={**facts, "blocked_by": mute.id})


def checks(environment: Environment, release: Release) -> Iterator[InvariantCheck]:
    """Yield a check for each invariant."""
    known = {one.subject: one for one in reads(environment, release) if isinstance(one, ReadCheck)}
    for invariant in environment.invariants:
        left, right = known[invariant.left.read], known[invariant.right.read]
        yield InvariantCheck(
            subject=invariant.name,
            service=left.service,
            gating=invariant.gating,
            depends_on=tuple(dict.fromkeys((*left.depends_on, *right.depends_on))),
            invariant=invariant,
            left=left,
            right=right,
        )
