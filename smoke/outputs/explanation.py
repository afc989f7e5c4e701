"""A verdict explained check by check: what was promised, expected and found, whose doing it is, and what to do."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from smoke.outputs import answer, untrusted
from smoke.outputs.ansi import BOLD, DIM, Style, wrap
from smoke.outputs.answer import CheckJson, VerdictJson
from smoke.verdict.sentences import next_step
from smoke.verdict.words import Cause, Outcome, Word

DOING = {
    Cause.RELEASE: "the release's own doing",
    Cause.DEPENDENCY: "a third party's doing",
    Cause.PREEXISTING: "there before this release",
    Cause.RUNNER: "this machine's, or its network's, doing",
    Cause.CREDENTIALS: "an account or a secret of ours is not accepted",
    Cause.FIXTURE: "test data are missing, or in the way",
    Cause.MAINTENANCE: "a maintenance is declared",
    Cause.SUPERSEDED: "another release took over",
    Cause.SUITE: "the verification did not get to its end",
}
"""Each cause in the words of somebody who was woken up."""

NO_OTHER = "no evidence speaks for another cause"

KEY_WIDTH = 10
FIELD_LINES = 4
NAMES_LINES = 6
REPLICAS_SHOWN = 8
TOGETHER = 3
"""So many checks of which nothing was seen, for the same reason, are one entry."""


@dataclass(frozen=True, slots=True)
class Background:
    """
    What a verdict itself does not hold of one check.

    *replicas* counts the samples of each replica: failed, and all. *before* says what was there before the deploy,
    *evidence* on what the cause rests.
    """

    replicas: Mapping[str, Sequence[int]] = field(default_factory=dict)
    before: str = ""
    evidence: str = ""


def explanation(verdict: VerdictJson, background: Mapping[str, Background], run: str, style: Style) -> list[str]:
    """Return the explanation, each line at most *room* columns but for commands and paths; *run* is the directory."""
    lines, unseen = [*_opening(verdict, run, style)], _unseen(verdict)
    for check in answer.problems(verdict):
        if check["outcome"] != Outcome.SKIPPED and not any(check in group for group in unseen):
            lines += ["", *_problem(verdict, check, background.get(check["id"], Background()), style)]
    for group in unseen:
        lines += ["", *_together(group, style)]
    return [*lines, *_skipped(verdict, style), *_passed(verdict, style), *_warnings(verdict, style)]


def _opening(verdict: VerdictJson, run: str, style: Style) -> Iterator[str]:
    release = verdict["release"]
    expected = answer.short(release["expected"]) if release["expected"] else "any release"
    before = f"  (before: {answer.short(release['previous'])})" if release["previous"] else ""
    if release.get("condemned"):
        before = f"  (back from {answer.short(release['condemned'])}, which was condemned)"
    yield style.paint(_clean(f"{verdict['environment']}   {expected}{before}", style), BOLD)
    yield from _wrapped(f"{answer.headline(verdict)}. {verdict['summary']}", style)
    took = f"{answer.seconds(verdict['duration_s'])} of {verdict['budget_s']:g} s"
    yield from _field("verified", f"{answer.moment(verdict['started_at'])}, {took}", style)
    yield from _field("live", _live(verdict), style)
    yield from _field("missing", _missing(verdict), style)
    yield from _field("next", answer.advice(verdict), style)
    yield from _command("run", run, style)


def _live(verdict: VerdictJson) -> str:
    censuses = verdict["release"]["observed"].items()
    return "; ".join(f"{service} {_commits(census['commits'])}" for service, census in censuses if census["commits"])


def _commits(commits: Mapping[str, int]) -> str:
    if len(commits) == 1:
        return answer.short(next(iter(commits)))
    total = sum(commits.values())
    return ", ".join(f"{answer.short(name)} in {count} of {total} answers" for name, count in commits.items())


def _missing(verdict: VerdictJson) -> str:
    left_out = answer.not_selected(verdict)
    if left_out:
        total = sum(1 for one in verdict["checks"] if one["gating"])
        return f"partial: {len(left_out)} of {total} required checks were not selected"
    return answer.what_is_missing(verdict)


def _problem(verdict: VerdictJson, check: CheckJson, known: Background, style: Style) -> Iterator[str]:
    outcome = Outcome(check["outcome"])
    where = " · ".join(filter(None, [check["stage"], check["service"], "" if check["gating"] else "advisory"]))
    name = _clean(check["id"], style)
    mark = style.mark(outcome, gating=check["gating"])
    yield f"{mark} {style.paint(name, BOLD)}   {outcome} ({_clean(where, style)})"
    yield from _field("promised", check.get("promise", ""), style)
    yield from _field("said", str(check["message"]).removesuffix(f"; {known.evidence}"), style)
    yield from _field("expected", check["expected"], style)
    yield from _field("found", check["found"], style)
    yield from _field("looked", _effort(check, known), style)
    yield from _field("noted", check.get("noted", ""), style)
    yield from _field("before", known.before, style)
    yield from _field("cause", _cause(verdict, check, known), style)
    yield from _what_next(verdict, check, style)
    yield from _command("evidence", ", ".join(check["evidence"]), style)
    yield from _command("by hand", check["reproduce"], style)
    yield from _command("repeat", answer.repeat_one(verdict, check["id"]), style)


def _effort(check: CheckJson, known: Background) -> str:
    rounds, samples = check["rounds"], check["samples"]
    said = f"{rounds} {'round' if rounds == 1 else 'rounds'}, {samples} {'sample' if samples == 1 else 'samples'}"
    if not known.replicas:
        return said
    named = [f"{name} {failed} of {total}" for name, (failed, total) in sorted(known.replicas.items())]
    more = f" and {len(named) - REPLICAS_SHOWN} more" if len(named) > REPLICAS_SHOWN else ""
    return f"{said}; wrong by replica: {', '.join(named[:REPLICAS_SHOWN])}{more}"


def _cause(verdict: VerdictJson, check: CheckJson, known: Background) -> str:
    if not check["cause"]:
        return ""
    cause, certain = Cause(check["cause"]), check["outcome"] == Outcome.FAILED
    proof = known.evidence or (_against_others(verdict) if cause is Cause.RELEASE and certain else "")
    doing = DOING[cause] if certain or cause is not Cause.RELEASE else "open; it may be the release's own doing"
    return f"{cause}: {doing}" + (f"; {proof}" if proof else "")


def _against_others(verdict: VerdictJson) -> str:
    controls = [one for one in verdict["checks"] if str(one["id"]).startswith("control")]
    reached = bool(controls) and all(one["outcome"] == Outcome.PASSED for one in controls)
    return NO_OTHER + (", and this network is sound: the control hosts were reached" if reached else "")


def _what_next(verdict: VerdictJson, check: CheckJson, style: Style) -> Iterator[str]:
    if check["outcome"] == Outcome.FAILED and check["cause"] == Cause.RELEASE:
        decided = verdict["verdict"] == Word.FAIL and check["gating"]
        yield from _field("do", answer.what_to_do(verdict) if decided else "", style)
        return
    cause = Cause(check["cause"] or Cause.SUITE)
    yield from _field("decides", next_step(cause, [check["message"]], str(check.get("decider", ""))), style)


def _unseen(verdict: VerdictJson) -> list[list[CheckJson]]:
    """Return the undecided checks of which nothing was seen, those together of which the same is said."""
    groups: dict[tuple[str, str], list[CheckJson]] = {}
    for one in answer.problems(verdict):
        if one["outcome"] == Outcome.UNDECIDED and not one["samples"] and not one["evidence"]:
            groups.setdefault((str(one["message"]), str(one["cause"])), []).append(one)
    return [group for group in groups.values() if len(group) >= TOGETHER]


def _together(group: Sequence[CheckJson], style: Style) -> Iterator[str]:
    first, cause = group[0], Cause(group[0]["cause"] or Cause.SUITE)
    yield from _wrapped(f"{style.mark(Outcome.UNDECIDED)} {len(group)} undecided: {first['message']}", style)
    yield from _field("checks", ", ".join(str(one["id"]) for one in group), style, NAMES_LINES)
    yield from _field("cause", f"{cause}: {DOING[cause]}", style)
    yield from _field("decides", next_step(cause, [first["message"]], str(first.get("decider", ""))), style)


def _skipped(verdict: VerdictJson, style: Style) -> Iterator[str]:
    groups: dict[str, list[str]] = {}
    for one in answer.problems(verdict):
        if one["outcome"] == Outcome.SKIPPED:
            groups.setdefault(str(one["message"]), []).append(str(one["id"]))
    for message, ids in groups.items():
        yield ""
        yield from _wrapped(f"{style.mark(Outcome.SKIPPED)} {len(ids)} not made: {message}", style)
        yield from _field("checks", ", ".join(ids), style, NAMES_LINES)


def _passed(verdict: VerdictJson, style: Style) -> Iterator[str]:
    passed = [one for one in verdict["checks"] if one["outcome"] == Outcome.PASSED]
    yield ""
    yield f"{style.mark(Outcome.PASSED)} {len(passed)} passed"
    for stage, checks in answer.by_stage({**verdict, "checks": passed}).items():
        yield from _field(stage, ", ".join(one["id"] for one in checks), style, NAMES_LINES)
    for one in passed:
        yield from _field("noted", f"{one['id']}: {one['noted']}" if one.get("noted") else "", style)


def _warnings(verdict: VerdictJson, style: Style) -> Iterator[str]:
    said = {f"{one['id']}: {text}" for one in verdict["checks"] for text in (one["message"], one.get("noted"))}
    for one in verdict["warnings"]:
        yield from _field("note", one if one not in said else "", style)


def _field(key: str, text: object, style: Style, most: int = FIELD_LINES) -> Iterator[str]:
    """Yield one entry, wrapped under itself; nothing where there is nothing to say."""
    shown = _clean(text, style, style.room * most)
    if not shown:
        return
    start = f"  {key.ljust(KEY_WIDTH)} "
    first, *others = wrap(shown, style.room - len(start), 0, most)
    yield style.paint(start, DIM) + first
    yield from (" " * len(start) + line for line in others)


def _command(key: str, text: str, style: Style) -> Iterator[str]:
    """Yield one entry that is never broken, so that it can be copied."""
    shown = _clean(text, style)
    if shown:
        yield style.paint(f"  {key.ljust(KEY_WIDTH)} ", DIM) + shown


def _wrapped(text: str, style: Style) -> list[str]:
    return wrap(_clean(text, style, style.room * FIELD_LINES), style.room, 2, FIELD_LINES)


def _clean(text: object, style: Style, limit: int = untrusted.LINE_LIMIT) -> str:
    return style.showable(untrusted.for_log(text, limit))
