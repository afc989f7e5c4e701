"""From a file to the word that the job which promotes may obey."""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from importlib.resources import files
from pathlib import Path
from typing import Any

from jsonschema import Draft202012Validator

from smoke import __version__
from smoke.errors import UsageError
from smoke.gate import reading, soundness
from smoke.gate.demand import FUTURE_S, Demand, Refused
from smoke.outputs.answer import short
from smoke.record import events
from smoke.verdict.decide import End, decide
from smoke.verdict.release import same_commit
from smoke.verdict.unmade import NOT_SELECTED
from smoke.verdict.words import Outcome, Word

VERDICT = "verdict.json"
ENVELOPE = "verdict.intoto.json"


@dataclass(frozen=True, slots=True)
class Admitted:
    """A verdict that may be obeyed; *age_s* is how old it is, *signed* whether that was demanded and found."""

    verdict: Mapping[str, Any]
    age_s: float
    signed: bool

    @property
    def word(self) -> Word:
        """What it says."""
        return Word(self.verdict["verdict"])


def admit(path: Path, demand: Demand) -> Admitted:
    """Return the verdict at *path*, a run directory or its file; raises Refused unless it is what is asked for."""
    file = path / VERDICT if path.is_dir() else path
    content = reading.content_of(file)
    verdict = _of_schema(reading.parsed(content, str(file)), file)
    _signature(file, content, Word(verdict["verdict"]), demand)
    wrong = soundness.contradiction(verdict) or _of_its_events(file.parent, verdict)
    if wrong is not None:
        raise Refused(f"{file} contradicts itself: {wrong}", reading.AGAIN)
    _about(verdict, demand)
    age_s = _age_s(verdict, demand)
    if verdict["verdict"] == Word.INCONCLUSIVE:
        raise Refused(*_held(verdict))
    return Admitted(verdict, age_s, bool(demand.keys))


def _of_schema(data: Any, file: Path) -> Mapping[str, Any]:
    schema = json.loads(files("smoke.verdict").joinpath("schema.json").read_text("utf-8"))
    wrong = next(Draft202012Validator(schema).iter_errors(data), None)  # of a million faults the first will do
    if wrong is not None:
        place = f" at {wrong.json_path}" if wrong.path else ""
        raise Refused(f"{file} is no verdict of version 1{place}: {wrong.message[:120]}", reading.AGAIN)
    checked: Mapping[str, Any] = data
    return checked


def _signature(file: Path, content: bytes, word: Word, demand: Demand) -> None:
    """Raise Refused unless the statement beside *file* is about it, and signed where that is demanded."""
    beside = file.with_name(ENVELOPE)
    if not demand.keys and not beside.exists():
        return
    from smoke.attestation import envelope, statement  # slow to import, and needed only where a signature is

    if demand.keys and not beside.exists():
        raise Refused(
            f"{file} is not signed: there is no {ENVELOPE} beside it",
            "let `smoke verify` sign it with SMOKE_SIGNING_KEY, and hand on both files",
        )
    try:
        found = reading.parsed(reading.content_of(beside), str(beside))
        payload = (
            envelope.opened(found, statement.PAYLOAD_TYPE, demand.keys)
            if demand.keys
            else envelope.payload_of(found, statement.PAYLOAD_TYPE)
        )
    except envelope.NotGenuine as error:
        raise Refused(f"{beside} does not vouch for it: {error}", reading.AGAIN) from None
    wrong = statement.contradiction(
        reading.parsed(payload, f"what {beside} holds"), hashlib.sha256(content).hexdigest(), word
    )
    if wrong is not None:
        raise Refused(f"{beside} does not vouch for it: {wrong}", reading.AGAIN)


def _of_its_events(directory: Path, verdict: Mapping[str, Any]) -> str | None:
    """Return in what the events beside a verdict contradict it; None where there are none that this version reads."""
    try:
        log = events.read(directory / events.FILE)
    except UsageError:
        return None  # they need not be handed on, and another version may have written them
    if log.plan.run_id != verdict["run_id"]:
        return f"{events.FILE} beside it is of the run {log.plan.run_id[:40]}, not of {verdict['run_id'][:40]}"
    if log.plan.suite_version != verdict["suite"]["version"] or log.plan.suite_version != __version__:
        return None
    judged = decide(log.plan, log.findings, log.end or End(log.plan.started_at, "it did not come to its end"))
    if judged.word != verdict["verdict"]:
        return f"{events.FILE} beside it says {judged.word}, not {verdict['verdict']}"
    logged = {(one.check, one.gating, one.outcome.value) for one in judged.findings}
    said = {(one["id"], one["gating"], one["outcome"]) for one in verdict["checks"]}
    other = min(logged ^ said, default=None)
    return f"{events.FILE} beside it says something else of {other[0]}" if other else None


def _about(verdict: Mapping[str, Any], demand: Demand) -> None:
    command = f"run `smoke verify {demand.environment} --sha {demand.sha}`"
    if verdict["environment"] != demand.environment:
        raise Refused(f"the verdict is about {verdict['environment']}", command)
    expected = verdict["release"]["expected"]
    if expected is None:
        raise Refused("the verdict names no commit: it was verified without --sha", command)
    if not same_commit(expected, demand.sha):
        raise Refused(f"the verdict is about the commit {short(expected)}", command)
    if verdict["verdict"] == Word.PASS:
        seen = [name for census in verdict["release"]["observed"].values() for name in census["commits"]]
        other = next((one for one in seen if not same_commit(one, demand.sha)), None)
        if other is not None:  # two long names may share the short one that was expected
            raise Refused(f"what was seen live is {other[:64]}", command)


def _age_s(verdict: Mapping[str, Any], demand: Demand) -> float:
    ended = soundness.moment(verdict, "finished_at")
    age_s = demand.now - (demand.now if ended is None else ended)
    if age_s < -FUTURE_S:
        raise Refused(f"the verdict is dated {verdict['finished_at']}, in the future", "set this machine's clock")
    if age_s > demand.max_age_s:
        raise Refused(
            f"the verdict is {_in_words(age_s)} old, and at most {_in_words(demand.max_age_s)} is allowed",
            f"run `smoke verify {demand.environment} --sha {demand.sha}` again",
        )
    return max(0.0, age_s)


def _held(verdict: Mapping[str, Any]) -> tuple[str, str]:
    required = soundness.required(verdict)
    left_out = [one for one in required if one["outcome"] == Outcome.SKIPPED and one["message"] == NOT_SELECTED]
    advice = str(verdict.get("advice") or "run the whole verification again")
    if left_out:
        return f"only a part was verified: {len(left_out)} of {len(required)} required checks were left out", advice
    return f"the verdict is inconclusive: {str(verdict['summary']).rstrip('.')}", advice


def _in_words(duration_s: float) -> str:
    whole = int(duration_s)
    for size, unit in ((86400, "d"), (3600, "h"), (60, "min")):
        if whole >= 2 * size or (whole >= size and whole % size == 0):
            return f"{whole // size} {unit}"
    return f"{whole} s"
