"""
Judge a journey by its looks: pure.

One failure does not condemn: the same fault seen in two looks does, and so do three looks that failed each in another
way. One success does not erase a failure either; it is noted (law 8). Of looks that failed in different ways, what came
most often is told, and an answer rather than a lost connection.
"""

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from smoke.browser.appraisal import Appraisal, appraise, broken_routes, held_back
from smoke.browser.events import Kind
from smoke.browser.familiar import UNKNOWN, Known, measured
from smoke.journeys.look import Look
from smoke.verdict.finding import Judgement
from smoke.verdict.plan import Before
from smoke.verdict.words import Cause, Outcome

_ENOUGH = 2
_TOLD = 3


def judge(looks: Sequence[Look], promise: str, *, last: bool, before: Before | None = None) -> Judgement:
    """
    Judge all looks so far; *promise* is said if all went well, *last* tells that there will be no further look.

    *before* is what the journey found before the deploy. The judgement is unclear when another look is needed and
    possible.
    """
    look = looks[-1]
    known = Known.of(before.measured if before else None)
    appraisal = _appraised(look, known)
    earlier = [_message(one, _appraised(one, known)) for one in looks[:-1] if not is_good(one, known)]
    if look.obstacle:
        return _hindered(look, earlier)
    if is_good(look, known):
        judgement = _passed(look, appraisal, earlier, promise)
        judgement = replace(judgement, facts={**judgement.facts, **_met_once(looks[:-1], known)})
    elif _is_ours(look, appraisal):
        judgement = _held(look)
    else:
        judgement = _failed(looks, known, last=last)
    seen = measured(look.events, [one.signature for one in appraisal.faults])
    return replace(judgement, facts={**judgement.facts, "measured": seen})


def is_good(look: Look, known: Known = UNKNOWN) -> bool:
    """Tell whether a look saw all it should, and no fault."""
    return look.met and not _appraised(look, known).faults


def _appraised(look: Look, known: Known) -> Appraisal:
    return appraise(look.events, survived=look.met, known=known)


def _hindered(look: Look, before: Sequence[str]) -> Judgement:
    message, cause = look.obstacle or ("", Cause.SUITE.value)
    seen = f"{before[-1]}; then {message}" if before else message
    return Judgement(Outcome.UNDECIDED, seen, Cause(cause), facts={**look.facts, "unmade": message})


def _passed(look: Look, appraisal: Appraisal, before: Sequence[str], promise: str) -> Judgement:
    notes = [*look.noted, *appraisal.notes]
    if before:
        notes.insert(0, f"failed at first ({before[-1]}), then passed in a fresh browser context")
    facts: dict[str, Any] = {**look.facts, "answered": True}
    if notes:
        facts["noted"] = "; ".join(notes[:_TOLD]) + (f" (and {len(notes) - _TOLD} more)" if len(notes) > _TOLD else "")
    return Judgement(Outcome.PASSED, promise, facts=facts)


def _met_once(looks: Sequence[Look], known: Known) -> dict[str, Any]:
    """Return the faults of the page in failed looks, but for those with a lost connection or an error status."""
    undisturbed = [one for one in looks if not {Kind.FAILURE, Kind.STATUS} & {event.kind for event in one.events}]
    faults = {each.signature for one in undisturbed for each in _appraised(one, known).faults if not each.doubtful}
    return {"met_once": sorted(faults)} if faults else {}


def _is_ours(look: Look, appraisal: Appraisal) -> bool:
    """Our guard held back what the page may have needed, and nothing else explains what is missing."""
    return held_back(look.events) is not None and all(one.doubtful for one in appraisal.faults)


def _held(look: Look) -> Judgement:
    message = (
        f"{_missing(look)}; but {held_back(look.events)} was held back, which the page may need: "
        "if it changes nothing that matters, allow it with [[writes]] in the environment file"
    )
    return Judgement(Outcome.UNDECIDED, message, Cause.SUITE, look.expected, look.found, facts=look.facts)


def _failed(looks: Sequence[Look], known: Known, *, last: bool) -> Judgement:
    bad = [one for one in looks if not is_good(one, known) and not one.obstacle]
    seen = [_signature(one, known) for one in bad]
    look = _telling(bad, seen, known)
    appraisal, signature = _appraised(look, known), _signature(look, known)
    facts = {**_facts(look, bad), "signature": signature}
    answered = [one for one in bad if not _lost(one, known)]
    unlike = last and len(answered or bad) >= _ENOUGH
    certain = seen.count(signature) >= _ENOUGH or len(bad) > _ENOUGH or unlike
    if last and not certain:
        message = f"{_message(look, appraisal)}; seen only once"
        return Judgement(
            Outcome.UNDECIDED,
            message,
            Cause.SUITE,
            look.expected,
            look.found,
            facts=facts,
        )
    times = f" (in {len(bad)} looks, each in a fresh browser context)" if len(bad) > 1 else ""
    return Judgement(
        Outcome.FAILED,
        f"{_message(look, appraisal)}{times}",
        expected=look.expected or "no fault of the page while the journey is made",
        found=look.found or "; ".join(one.text for one in appraisal.faults[:_TOLD]),
        facts=facts,
        unclear=not certain,
    )


def _lost(look: Look, known: Known) -> bool:
    """Tell whether a look failed for want of an answer: to the page itself, or to what it asked for first of all."""
    faults = _appraised(look, known).faults
    return bool(look.facts.get("failure_kinds")) or bool(faults and faults[0].signature.startswith(Kind.FAILURE.value))


def _telling(bad: Sequence[Look], signatures: Sequence[str], known: Known) -> Look:
    """Return the look that failed as most did; of as many, one that was answered, as connections fail by themselves."""

    def weight(number: int) -> tuple[int, bool, int]:
        return signatures.count(signatures[number]), not _lost(bad[number], known), number

    return bad[max(range(len(bad)), key=weight)]


def _facts(look: Look, bad: Sequence[Look]) -> dict[str, Any]:
    kinds = sorted({kind for one in bad for kind in one.facts.get("failure_kinds", ())})
    answered = any(one.requests and not one.facts.get("failure_kinds") for one in bad)
    routes = broken_routes(look.events) if look.met else None
    known: dict[str, Any] = {"broken_routes": list(routes)} if routes else {}
    left = [note for one in bad for note in one.noted]
    if left:
        known["noted"] = "; ".join(dict.fromkeys(left))
    return {**look.facts, **known, "failure_kinds": kinds, "answered": answered}


def _signature(look: Look, known: Known) -> str:
    faults = _appraised(look, known).faults
    return " | ".join(filter(None, [look.signature, *(one.signature for one in faults[:1])]))


def _message(look: Look, appraisal: Appraisal) -> str:
    if look.obstacle:
        return look.obstacle[0]
    reasons = [one.text for one in appraisal.faults]
    if not look.expected:
        return "; ".join(reasons[:_TOLD])
    return f"{reasons[0]}; {_missing(look)}" if reasons else _missing(look)


def _missing(look: Look) -> str:
    return f"expected {look.expected}, found {look.found}" if look.expected else "the page reported an error"
