"""The answer that a verdict gives, in the words that all outputs share."""

import re
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from smoke.verdict.release import normalise
from smoke.verdict.sentences import ANOTHER_RUN, next_step
from smoke.verdict.unmade import CONDEMNED, NOT_SELECTED
from smoke.verdict.words import Action, Cause, Outcome, Stage, Word

VerdictJson = Mapping[str, Any]
"""The contents of `verdict.json`, version 1."""

CheckJson = Mapping[str, Any]
"""One entry of its `checks`."""

LONG_S = 100
"""Duration from which minutes are easier to read."""

SHORT = 7
"""Characters of a commit that people read."""

_SELECTABLE = re.compile(r"^[\w.:+/-]+$")
"""What pytest's -k takes as one word (its expression scanner)."""

_GRAVITY = (Outcome.FAILED, Outcome.UNDECIDED, Outcome.SKIPPED, Outcome.PASSED)


@dataclass(frozen=True, slots=True)
class CauseGroup:
    """The reasons that share one cause, and what to do about it."""

    cause: str
    checks: tuple[str, ...]
    messages: Mapping[str, tuple[str, ...]]
    """The checks of each message, so that what is the same for many is said once."""
    next_step: str


def what_to_do(verdict: VerdictJson) -> str:
    """Return the action in words: `roll back bff and web`, `purge the cache; a rollback would not help`, `hold`."""
    if verdict["action"] != Action.ROLLBACK:
        return str(verdict["action"])
    if verdict.get("advice"):
        return str(verdict["advice"])
    services = [str(one) for one in verdict.get("services", ())] or [_system(verdict)]
    return f"roll back {enumerate_in_words(services)}"


def advice(verdict: VerdictJson) -> str:
    """Return what to do in a few words; of a verdict from before there was such a field, the action."""
    return str(verdict.get("advice") or what_to_do(verdict))


def headline(verdict: VerdictJson) -> str:
    """Return the answer: `FAIL: roll back bff`."""
    return f"{str(verdict['verdict']).upper()}: {what_to_do(verdict)}"


def causes(verdict: VerdictJson) -> list[CauseGroup]:
    """Return the reasons by cause, in the order in which the verdict names them."""
    groups: dict[str, list[Mapping[str, Any]]] = {}
    for reason in verdict["reasons"]:
        groups.setdefault(str(reason["cause"]), []).append(reason)
    return [_cause_group(verdict, cause, reasons) for cause, reasons in groups.items()]


def repeat_command(verdict: VerdictJson, room: int = 200) -> str:
    """
    Return the command that looks at the reasons again, or at everything if that is longer than *room* characters.

    What is found at the end, over all that was asked, only a whole run finds again.
    """
    everything = _everything(verdict)
    ids = list(dict.fromkeys(str(one["check"]) for one in verdict["reasons"]))
    if not ids or not all(_SELECTABLE.match(one) for one in ids) or _found_at_the_end(verdict, ids):
        return everything
    narrowed = f"{everything} -k {ids[0]}" if len(ids) == 1 else f'{everything} -k "{" or ".join(ids)}"'
    return narrowed if len(narrowed) <= room else everything


def repeat_one(verdict: VerdictJson, check: str) -> str:
    """Return the command that looks at one check again; nothing where it cannot be named safely."""
    if _found_at_the_end(verdict, [check]):
        return _everything(verdict)
    return f"{_everything(verdict)} -k {check}" if _SELECTABLE.match(check) else ""


def not_selected(verdict: VerdictJson) -> list[str]:
    """Return the required checks that a partial selection left out."""
    return [str(one["id"]) for one in verdict["checks"] if one["gating"] and one["message"] == NOT_SELECTED]


def problems(verdict: VerdictJson) -> list[CheckJson]:
    """Return the checks that did not pass, the gravest first, gating before advisory."""
    found = [one for one in verdict["checks"] if one["outcome"] != Outcome.PASSED]
    return sorted(found, key=lambda one: (_GRAVITY.index(one["outcome"]), not one["gating"]))


def by_stage(verdict: VerdictJson) -> dict[str, list[CheckJson]]:
    """Return the checks of each stage that has any, in the order of the stages."""
    stages = {stage.value: [one for one in verdict["checks"] if one["stage"] == stage] for stage in Stage}
    return {stage: checks for stage, checks in stages.items() if checks}


def counts(checks: Sequence[CheckJson]) -> str:
    """Return `30 passed, 1 failed, 2 undecided`."""
    counter = Counter(str(one["outcome"]) for one in checks)
    order = (Outcome.PASSED, Outcome.FAILED, Outcome.UNDECIDED, Outcome.SKIPPED)
    return ", ".join(f"{counter[one]} {one}" for one in order if counter[one]) or "no checks"


def what_is_missing(verdict: VerdictJson) -> str:
    """Return why the verdict is not complete, or nothing when it is."""
    if verdict["complete"]:
        return ""
    skipped = [one for one in verdict["checks"] if one["gating"] and one["outcome"] == Outcome.SKIPPED]
    if any(str(one["message"]).endswith(CONDEMNED) for one in skipped):
        return "stopped early: the release was condemned already"
    return "not complete: required checks are missing, or the run was interrupted"


def short(commit: object) -> str:
    """Return the first characters of a commit, or the whole of what is not one."""
    text = str(commit)
    return text[:SHORT] if re.fullmatch(r"[0-9a-f]{8,64}", normalise(text) or "") else text


def seconds(duration_s: float) -> str:
    """Return `1.2 s`, or `2 min 05 s` from a hundred seconds on."""
    if duration_s < LONG_S:
        return f"{duration_s:.1f} s"
    return f"{int(duration_s) // 60} min {int(duration_s) % 60:02d} s"


def moment(written: str) -> str:
    """Return a moment as people read it, `2026-11-21 10:02:00 UTC`, or what is written when it is none."""
    try:
        return f"{datetime.fromisoformat(written).astimezone(UTC):%Y-%m-%d %H:%M:%S} UTC"
    except ValueError:
        return written


def enumerate_in_words(names: Sequence[str], most: int = 4) -> str:
    """Return `a, b and c`, or `a, b and 7 more`."""
    if len(names) <= 1:
        return "".join(names)
    if len(names) <= most:
        return f"{', '.join(names[:-1])} and {names[-1]}"
    return f"{', '.join(names[: most - 1])} and {len(names) - most + 1} more"


def _cause_group(verdict: VerdictJson, cause: str, reasons: Sequence[Mapping[str, Any]]) -> CauseGroup:
    messages: dict[str, tuple[str, ...]] = {}
    for one in reasons:
        message = str(one["message"])
        messages[message] = (*messages.get(message, ()), str(one["check"]))
    return CauseGroup(
        cause, tuple(str(one["check"]) for one in reasons), messages, _next_step(verdict, cause, tuple(messages))
    )


def _next_step(verdict: VerdictJson, cause: str, messages: Sequence[str]) -> str:
    if verdict["verdict"] == Word.FAIL and cause == Cause.RELEASE:
        previous = verdict["release"]["previous"]
        fixed = any(not one["possible"] for one in verdict.get("components", ()))
        helps = not fixed and not any(one.get("remedy") for one in verdict["checks"])
        return what_to_do(verdict) + (f" to {short(previous)}" if previous and helps else "")
    failed = {str(one["id"]) for one in verdict["checks"] if one["outcome"] == Outcome.FAILED}
    if cause == Cause.RELEASE and any(one["check"] in failed for one in verdict["reasons"] if one["cause"] == cause):
        return ANOTHER_RUN  # found, but in a run that was cut short
    told = {str(one["id"]): str(one.get("decider", "")) for one in verdict["checks"]}
    deciders = [told.get(str(one["check"]), "") for one in verdict["reasons"] if one["cause"] == cause]
    return next_step(Cause(cause), messages, next(filter(None, deciders), ""))


def _found_at_the_end(verdict: VerdictJson, ids: Sequence[str]) -> bool:
    """Tell whether any of the checks is made after all others, so that it cannot be selected alone."""
    last = {str(one["id"]) for one in verdict["checks"] if one["stage"] == Stage.CONFIRM}
    return any(one in last for one in ids)


def _everything(verdict: VerdictJson) -> str:
    return f'pytest -m "{verdict["tier"]} and {_system(verdict)}"'


def _system(verdict: VerdictJson) -> str:
    return str(verdict["environment"]).partition("/")[0]
