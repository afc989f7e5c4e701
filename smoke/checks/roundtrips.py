"""What is written can be read back at once, as before the deploy, and be removed again."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from shlex import quote as shell_quote
from typing import TYPE_CHECKING, Any, ClassVar

from smoke.checks._answers import clip
from smoke.checks._check import Check, Observation
from smoke.checks._lags import GAP, LAG, Allowed
from smoke.checks._obstacle import obstacle
from smoke.checks._replicas import every_replica_of
from smoke.checks._sampled import LATER_AT_LEAST, commonest_fault, locate, transport_facts
from smoke.checks._trips import Trips
from smoke.environment import Environment
from smoke.environment.roundtrips import ID, Roundtrip
from smoke.errors import SmokeError
from smoke.verdict.finding import Judgement
from smoke.verdict.release import Release
from smoke.verdict.tally import Reading, Sample, read, samples_needed
from smoke.verdict.words import Cause, Outcome, Stage

if TYPE_CHECKING:
    from smoke.checks._world import World

TOO_LATE_TO_SEE = 4
"""Reads may come so many times later than what a lag may grow by: a lag to be found is longer than that."""

TOO_LATE = "too little of the budget was left to write and remove once more"


@dataclass(frozen=True, kw_only=True)
class RoundtripCheck(Check):
    """
    What is written can be read back at once, as before the deploy, and be removed again.

    *share* is the smallest share of bad replicas that must be seen. How long the reads lag behind is measured, and
    compared with before the deploy. *most_rounds* is how often it may be looked at: reads that a busy machine makes too
    late see no lag, so they are made again, unless that might take longer than there is time.
    """

    kind: ClassVar[str] = "roundtrip"

    roundtrip: Roundtrip
    url: str
    writes: tuple[str, str]
    share: float = 1.0
    replica_header: str | None = None
    most_rounds: int = 3

    @property
    def stage(self) -> Stage:  # type: ignore[override]  # the environment file says when each is made
        """The stage that the environment file gives it."""
        return Stage(self.roundtrip.stage)

    async def observe(self, world: "World", round_number: int) -> Observation:
        """Write, read back and remove, as often as it takes to meet a bad replica."""
        if world.remaining_s() < world.environment.limits.timeout_s:
            return Observation(facts={"cut": True})  # nothing is begun that could not be removed again
        began = world.now()
        before = world.before(self.id)
        enough_s = self._allowed.telling_s({} if before is None else before.measured)
        trips = Trips(world, self.roundtrip, self.url, self.writes, self.replica_header, enough_s)
        needed = self.roundtrip.times or samples_needed(self.share)
        try:
            facts = await trips.make(needed if round_number == 1 else max(LATER_AT_LEAST, 2 * needed))
        except SmokeError as error:
            return obstacle(error, tuple(trips.exchanges))
        hurried = world.remaining_s() < 2 * (world.now() - began)
        known = (
            {} if before is None else {"before": before.measured.get(LAG), "unseen_s": before.measured.get(GAP, 0.0)}
        )
        return Observation(tuple(trips.exchanges), {**facts, **known, "hurried": hurried})

    def judge(self, rounds: Sequence[Observation]) -> Judgement:
        """Tally the writes over all rounds, by replica."""
        made = [one for one in rounds if "trips" in one.facts]
        cut = bool(rounds[-1].facts.get("cut"))
        if not made:
            return Judgement(Outcome.UNDECIDED, TOO_LATE, Cause.SUITE)
        samples = [[self._sample(trip, one.facts) for trip in one.facts["trips"]] for one in made]
        reading = read(samples, self.share if self.roundtrip.times is None else 1.0)
        facts = {**self._facts(made), **self._faults(samples, made)}
        doubt = self._allowed.doubt(made[-1].facts)
        if reading is Reading.HEALTHY and doubt is not None:
            return Judgement(Outcome.UNDECIDED, doubt, Cause.RUNNER, self.expected, doubt, facts, unclear=True)
        if reading is Reading.HEALTHY:
            last = cut or len(rounds) >= self.most_rounds or bool(made[-1].facts.get("hurried"))
            return self._seen_in_time(self._passed(made[-1], facts), made[-1], last=last)
        fault = str(facts.get("signature", "no write could be judged"))
        flat = [sample for one in samples for sample in one]
        message = f"{fault} {locate(samples[-1] if any(one.fault for one in samples[-1]) else flat)}"
        lag = max((one.facts[LAG] or 0.0 for one in made), default=0.0)
        message += f"; it shows about {lag:.1f} s later" if lag else ""
        judgement = Judgement(Outcome.FAILED, message, Cause.RELEASE, self.expected, fault, facts)
        if cut:
            return replace(judgement, outcome=Outcome.UNDECIDED, cause=Cause.SUITE, message=f"{message}; {TOO_LATE}")
        if reading is Reading.FAULTY:
            return judgement
        message = f"{message}: too often for chance, too seldom for certainty"
        return replace(judgement, outcome=Outcome.UNDECIDED, message=message, unclear=True)

    @property
    def _allowed(self) -> Allowed:
        return Allowed(self.roundtrip.within_s, self.roundtrip.slower_s)

    @property
    def expected(self) -> str:
        """What is promised, in words."""
        return f"written, read back within {self.roundtrip.within_s:g} s, as soon as before the deploy, and removed"

    def reproduce(self) -> str:
        """Return the write; the role's session is left out."""
        return f"curl -X POST {shell_quote(self.url + self.roundtrip.path)}"

    def _seen_in_time(self, passed: Judgement, seen: Observation, *, last: bool) -> Judgement:
        """Ask for another look where most first reads came too late to see the lag that matters; in the end, say so."""
        middle = _middle(seen.facts["trips"])
        if middle <= TOO_LATE_TO_SEE * self.roundtrip.slower_s:
            return passed
        said = f"the reads came about {middle:.1f} s after the writes: a shorter lag would not show"
        if not last:
            return replace(passed, outcome=Outcome.UNDECIDED, cause=Cause.RUNNER, message=said, unclear=True)
        noted = "; ".join(filter(None, (passed.facts.get("noted"), said)))
        return replace(passed, facts={**passed.facts, "noted": noted})

    def _sample(self, trip: Mapping[str, Any], facts: Mapping[str, Any]) -> Sample:
        late = self._allowed.exceeded(facts) if trip["late"] else None
        return Sample(trip["fault"] or late or trip["unremoved"], trip["replica"])

    def _facts(self, made: Sequence[Observation]) -> dict[str, Any]:
        facts = transport_facts([exchange for one in made for exchange in one.exchanges])
        facts["route"] = self.url + self.roundtrip.path
        lags = [one.facts[LAG] for one in made if one.facts[LAG] is not None]
        if lags:
            gaps = [_middle(one.facts["trips"]) for one in made]
            facts["measured"] = {LAG: max(lags), **({GAP: min(gaps)} if min(gaps) > self.roundtrip.slower_s else {})}
        return facts

    def _faults(self, samples: Sequence[Sequence[Sample]], made: Sequence[Observation]) -> dict[str, Any]:
        trips = [trip for one in made for trip in one.facts["trips"]]
        flat = [sample for one in samples for sample in one]
        facts: dict[str, Any] = {}
        fault = commonest_fault(samples)
        if fault:
            failed = sum(1 for one in flat if one.fault)
            facts = {"signature": fault, "failed_share": round(failed / len(flat), 3)}
            facts["fixture"] = 2 * sum(1 for trip in trips if trip["conflict"]) > failed
        left = [trip["left"] for trip in trips if trip["left"]]
        if left:
            facts["noted"] = f"{len(left)} could not be removed afterwards: {clip(', '.join(left))}"
        return facts

    def _passed(self, last: Observation, facts: dict[str, Any]) -> Judgement:
        """Say how soon it could be read, and what was seen once."""
        trips = last.facts["trips"]
        lag = last.facts[LAG]
        soon = "at once" if not lag else f"after {lag:.1f} s"
        found = f"{len(trips)} written, read back {soon} and removed"
        once = facts.pop("signature", None)
        notes = [facts.get("noted"), f"{once}, not seen again" if once else None]
        if lag and last.facts.get("before") is None:
            notes.append("how soon it could be read before the deploy is not known")
        noted = "; ".join(note for note in notes if note)
        if noted:
            facts["noted"] = noted
        return Judgement(Outcome.PASSED, found, None, self.expected, found, facts)


def _middle(trips: Sequence[Mapping[str, Any]]) -> float:
    """Return the median time after which the first reads came that showed the write, 0 if none did."""
    gaps = sorted(trip["gap_s"] for trip in trips if not trip["late"])
    return float(gaps[len(gaps) // 2]) if gaps else 0.0


def checks(environment: Environment, release: Release) -> Iterator[RoundtripCheck]:
    """Yield a check for each roundtrip."""
    for one in environment.roundtrips:
        service = environment.services[one.service]
        yield RoundtripCheck(
            subject=one.name,
            **every_replica_of(environment, one.service),
            gating=one.gating,
            depends_on=one.depends_on,
            roundtrip=one,
            url=service.url,
            most_rounds=environment.confirm.rounds,
            writes=(
                _write(environment, one, "POST", one.path),
                _write(environment, one, "DELETE", one.cleanup_path.replace(ID, "x")),
            ),
        )


def _write(environment: Environment, roundtrip: Roundtrip, method: str, path: str) -> str:
    """Return the name of the write that allows *method* on *path*; the environment's validation demands one."""
    names = (one.name for one in environment.writes if one.service == roundtrip.service and one.covers(method, path))
    return next(names, "")
