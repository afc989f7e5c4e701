"""Feature flags as the product tells them to one user, and what they mean for a check that stands behind one."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from smoke.checks._answers import find, quote
from smoke.checks._check import Observation
from smoke.checks._json import document_of
from smoke.checks._obstacle import obstacle, role_headers
from smoke.checks._sampled import SampledCheck
from smoke.environment.flags import Flags
from smoke.errors import SmokeError
from smoke.http import Exchange, Request
from smoke.verdict.finding import Judgement
from smoke.verdict.release import StagedFlag
from smoke.verdict.tally import Sample, samples_needed
from smoke.verdict.words import Outcome

if TYPE_CHECKING:
    from smoke.checks._world import World

UNTOLD = "untold"
"""Nothing tells which flags are on."""

VARIES = "varies"


@dataclass(frozen=True, slots=True)
class Gate:
    """A feature flag that a check stands behind; *staged* is the release's word that only some users see it."""

    flag: str
    role: str | None
    staged: StagedFlag | None = None


async def look_up(world: "World", gate: Gate) -> dict[str, Any]:
    """
    Return the fact `flag`: what the user of *gate* is told about it.

    True or False where the flag is known, a text that says why it is not otherwise. Raises LoginRefused and the like.
    """
    flags = world.environment.flags
    if flags is None:
        return {"flag": UNTOLD}
    service = world.environment.services[flags.service]
    request = Request("GET", service.url + flags.path, headers=await role_headers(world, gate.role))
    answers = await world.http.sample(request, samples_needed(service.share))
    told = [value_of(flags, one, gate) for one in answers]
    known = [one for one in told if isinstance(one, bool)] or told
    return {"flag": known[0] if all(one == known[0] for one in known) else VARIES}


def value_of(flags: Flags, exchange: Exchange, gate: Gate) -> bool | str:
    """Return what one answer tells about a flag; what is missing is off, and so is null where it is staged."""
    document = document_of(exchange)
    found = find(flags.at, document.value)
    if document.fault or not isinstance(found, (dict, list)):
        return f"the flags cannot be read: {document.fault or f'no table at {flags.at}'}"
    if isinstance(found, list):
        return gate.flag in found
    value = found.get(gate.flag, False)
    if isinstance(value, bool):
        return value
    return False if value is None and gate.staged else f"the flag {gate.flag} is {quote(value)}"


def behind(gate: Gate, judgement: Judgement, rounds: Sequence[Observation], *, absent: bool) -> Judgement:
    """
    Return *judgement* in the light of the flag; *absent* tells that all that is wrong is that the feature is not there.

    Presence is always fine. Absence is, where the release stages the flag and it is off for this user, or nobody tells;
    an error is never explained by a flag.
    """
    if judgement.outcome is Outcome.PASSED or not absent:
        return judgement
    told = rounds[-1].facts.get("flag")
    who = f"role {gate.role}" if gate.role else "the anonymous"
    if gate.staged and told in (False, UNTOLD):
        share = f"the release stages {gate.flag} to {gate.staged.share:.0%} of users"
        why = f"it is off for {who}" if told is False else "nothing tells whether this user is one of them"
        message = f"absent by design: {share}, and {why}"
        facts = {name: value for name, value in judgement.facts.items() if name not in {"signature", "failed_share"}}
        return Judgement(Outcome.PASSED, message, None, judgement.expected, message, {**facts, "noted": message})
    if told == UNTOLD:
        return judgement
    known = {True: f"although the flag {gate.flag} is on for {who}", False: f"the flag {gate.flag} is off for {who}"}
    varies = f"the flag {gate.flag} is on in some answers to {who} and off in others"
    reason = known[told] if isinstance(told, bool) else varies if told == VARIES else str(told)
    return replace(judgement, message=f"{judgement.message}; {reason}")


def is_absence(exchange: Exchange) -> bool:
    """Tell whether an answer may mean that a feature is not there: no server error, no limit, not silence."""
    return exchange.status is not None and exchange.status < 500 and exchange.status != 429  # noqa: PLR2004 - errors, too many


@dataclass(frozen=True, kw_only=True)
class FlaggedCheck(SampledCheck):
    """
    Ask for something that may stand behind a feature flag, its *gate*.

    With *absence_is_fine* an answer that `is_absence` counts as good: what is still wrong then, no flag explains.
    """

    gate: Gate | None = None
    absence_is_fine: bool = False

    async def observe(self, world: "World", round_number: int) -> Observation:
        """Ask what the flag is for this very user, and look."""
        if self.gate is None:
            return await super().observe(world, round_number)
        try:
            told = await look_up(world, self.gate)
        except SmokeError as error:
            return obstacle(error)
        seen = await super().observe(world, round_number)
        return replace(seen, facts={**seen.facts, **told})

    def sample(self, exchange: Exchange) -> Sample:
        """Return the fault and the replica of one answer."""
        sample = super().sample(exchange)
        return replace(sample, fault=None) if self.absence_is_fine and self.is_absence(exchange) else sample

    def is_absence(self, exchange: Exchange) -> bool:
        """Tell whether an answer may mean that the feature is not there."""
        return is_absence(exchange)

    def judge(self, rounds: Sequence[Observation]) -> Judgement:
        """Tally the faults; absence is forgiven where the flag explains it."""
        judgement = super().judge(rounds)
        if self.gate is None or judgement.outcome is Outcome.PASSED:
            return judgement
        forgiving = SampledCheck.judge(replace(self, absence_is_fine=True), rounds)
        return behind(self.gate, judgement, rounds, absent=forgiving.outcome is Outcome.PASSED)
