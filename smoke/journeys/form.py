"""
Send a harmless form: once as a person does, and the same request again over fresh connections.

What a form posts may be taken by the replica that served the page and refused by the others. The browser's one
submission says that the form works; how often it works, the repetitions say, which cost next to nothing. Where a
request can be made only once (a token that is used up), the form is sent by the browser again and again instead.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from smoke.browser.guard import named_writes
from smoke.browser.visit import Visit
from smoke.environment.journeys import Form, Journey
from smoke.environment.services import Service
from smoke.errors import SmokeError
from smoke.http.exchange import Exchange, Request
from smoke.http.guard import AllowedWrite
from smoke.journeys.judging import judge
from smoke.journeys.look import Look
from smoke.journeys.looking import Part, look
from smoke.journeys.roles import RoleSession
from smoke.journeys.rounds import Result, located, result
from smoke.journeys.submission import Sent, submit
from smoke.journeys.world import JourneyWorld
from smoke.verdict.finding import Judgement
from smoke.verdict.tally import Reading, Sample, read, samples_needed, tally
from smoke.verdict.words import Cause, Outcome

BY_HAND = 6
"""How often the browser sends a form whose request cannot be repeated."""


@dataclass(frozen=True, slots=True)
class _Plan:
    journey: Journey
    form: Form
    world: JourneyWorld
    made: RoleSession | None
    write: AllowedWrite
    service: Service

    def send(self, number: int) -> tuple[Look, Sent | None]:
        """Let the browser send the form once."""
        sent: list[Sent] = []
        header = self.service.replica_header or ""

        def act(visit: Visit) -> None:
            for one in submit(visit, self.journey, self.form, self.write, header):
                sent.append(one)  # noqa: PERF402 - what was sent is kept although the next step may raise

        part = Part(
            f"{self.journey.name}-{number}",
            act,
            writes=(self.write,),
            session=self.made.session if self.made else None,
        )
        seen = look(self.world, part)
        return seen, sent[-1] if sent else None

    def repeat(self, sent: Sent, times: int) -> list[Sample]:
        """Send the same request again over fresh connections, and remove what it made."""
        try:
            exchanges = self.world.ask(replace(sent.request, unsent=self.service.left_to_pages), times)
        except SmokeError:
            return []
        self.remove([*(_made(one) for one in exchanges if _fault(one) is None), sent.made], sent.request.headers)
        return [Sample(_fault(one), one.headers.get(self.service.replica_header or "")) for one in exchanges]

    def remove(self, made: Sequence[str | None], headers: Mapping[str, str]) -> None:
        """Remove what submissions made."""
        if self.form.cleanup_path is None:
            return
        for one in filter(None, made):
            url = self.service.url + self.form.cleanup_path.replace("{id}", one)
            kept = {name: value for name, value in headers.items() if name != "content-type"}
            unsent = self.service.left_to_pages
            self.world.ask(Request("DELETE", url, headers=kept, write=self.write.name, unsent=unsent), 1)


def send_form(journey: Journey, world: JourneyWorld, made: RoleSession | None) -> Result:
    """Send the form of *journey* until it is clear how often it is accepted."""
    if journey.form is None:
        raise ValueError("a journey with the flow 'form' has a form")
    allowed = next(one for one in named_writes(world.environment) if one.name == journey.form.write)
    owner = next(one.service for one in world.environment.writes if one.name == journey.form.write)
    plan = _Plan(journey, journey.form, world, made, allowed, world.environment.services[owner])
    looks: list[Look] = []
    rounds: list[list[Sample]] = []
    repeatable = _was_repeatable(world, journey)
    while len(looks) < world.environment.confirm.rounds and _open(rounds, looks, plan.service.share):
        if looks:
            world.pause(min(world.environment.confirm.pause_s, world.remaining_s()))
        seen, sent = plan.send(len(looks) + 1)
        looks.append(seen)
        if sent is not None:
            samples, repeatable = _samples(plan, sent, looks, repeatable=repeatable)
            rounds.append(samples)
    judgement = _judge(journey, looks, rounds, plan.service.share, repeatable=repeatable)
    return result(located(judgement, world, journey.service), looks)


def _samples(plan: _Plan, sent: Sent, looks: list[Look], *, repeatable: bool) -> tuple[list[Sample], bool]:
    """Return the browser's submission and its repetitions, and whether the request can be repeated at all."""
    needed = samples_needed(plan.service.share)
    repeated = plan.repeat(sent, needed - 1 if len(looks) == 1 else 2 * needed) if repeatable else []
    once_only = sent.sample.fault is None and len(repeated) > 1 and all(one.fault for one in repeated)
    if repeated and not once_only:
        return [sent.sample, *repeated], True
    samples = [sent.sample]
    while len(samples) < min(needed, BY_HAND):
        seen, again = plan.send(len(looks) + 1)
        looks.append(seen)
        if again is None:
            break
        plan.remove([again.made], again.request.headers)
        samples.append(again.sample)
    return samples, False


def _open(rounds: Sequence[Sequence[Sample]], looks: Sequence[Look], share: float) -> bool:
    if not rounds:
        return not looks or judge(looks, "", last=False).unclear
    return _reading(rounds, share) is Reading.UNCLEAR


def _reading(rounds: Sequence[Sequence[Sample]], share: float) -> Reading:
    reading = read(rounds, share)
    clean = not any(one.fault for samples in rounds for one in samples)
    return Reading.HEALTHY if clean else reading


def _judge(
    journey: Journey, looks: Sequence[Look], rounds: Sequence[Sequence[Sample]], share: float, *, repeatable: bool
) -> Judgement:
    if not rounds:
        return judge(looks, "", last=True)
    samples = [one for samples in rounds for one in samples]
    failed = [one for one in samples if one.fault]
    how = "once by the browser, then the same request over fresh connections" if repeatable else "by the browser"
    facts: dict[str, Any] = {"answered": True, "measured": {"repeatable": repeatable}}
    total = f"{len(samples)} submissions ({how})"
    reading = _reading(rounds, share)
    if reading is Reading.HEALTHY:
        if failed:
            facts["noted"] = f"{failed[0].fault} in {len(failed)} of {total}, not seen again"
        return Judgement(Outcome.PASSED, f"{len(samples) - len(failed)} of {total} were accepted", facts=facts)
    fault = failed[-1].fault or ""
    facts |= {"signature": fault, "failed_share": round(len(failed) / len(samples), 3)}
    by_replica = {name: list(counts) for name, counts in tally(samples).items() if name}
    if by_replica:
        facts["replicas"] = by_replica
    message = f"the form at {journey.path} is refused: {fault} in {len(failed)} of {total}"
    if reading is Reading.FAULTY:
        return Judgement(Outcome.FAILED, message, None, "every submission to be accepted", fault, facts)
    return Judgement(
        Outcome.UNDECIDED, f"{message}: too often for chance, too seldom for certainty", Cause.SUITE, facts=facts
    )


def _fault(exchange: Exchange) -> str | None:
    if exchange.failure is not None:
        return str(exchange.failure.kind)
    return f"HTTP {exchange.status}" if exchange.is_error else None


def _made(exchange: Exchange) -> str | None:
    try:
        return str(exchange.json()["id"])
    except (ValueError, KeyError, TypeError):
        return None


def _was_repeatable(world: JourneyWorld, journey: Journey) -> bool:
    before = world.before(f"journey/{journey.name}")
    return before is None or before.measured.get("repeatable") is not False
