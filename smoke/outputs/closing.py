"""The last lines of a run in the terminal: the verdict, why, what to do, and where the evidence lies."""

from collections.abc import Iterator

from smoke.outputs import answer, response, untrusted
from smoke.outputs.ansi import BOLD, DIM, GREEN, RED, YELLOW, Style, wrap
from smoke.outputs.answer import CauseGroup, CheckJson, VerdictJson
from smoke.verdict.words import Cause, Outcome, Word

_COLOURS = {Word.PASS: GREEN, Word.FAIL: RED, Word.INCONCLUSIVE: YELLOW}

KEY_WIDTH = 9
WARNINGS_SHOWN = 3
CAUSES_SHOWN = 3
SUMMARY_LINES = 4
DETAIL_LINES = 2

PARTIAL = "Only a part was verified"
"""How a summary begins that says itself what was left out (`smoke.verdict.sentences`)."""


def closing_lines(verdict: VerdictJson, report: str, style: Style, since: str = "") -> list[str]:
    """
    Return the block that ends a run, each line at most *room* columns but for commands and paths.

    Those are never broken, so that they can be copied. *report* is the path of the report, *since* says since when it
    has been so, and when it was last good.
    """
    return [
        *_answer(verdict, style),
        *_state(verdict, since, style),
        *_causes(verdict, style),
        *_response(verdict, style),
        *_warnings(verdict, style),
        *_entries(verdict, report, style),
    ]


def _answer(verdict: VerdictJson, style: Style) -> Iterator[str]:
    headline = untrusted.for_log(answer.headline(verdict))
    summary = untrusted.for_log(verdict["summary"], style.room * SUMMARY_LINES)
    lines = wrap(style.showable(f"{headline}. {summary}"), style.room, 2, SUMMARY_LINES)
    start = style.showable(headline)
    first = lines[0].removeprefix(start)
    colour = _COLOURS[Word(verdict["verdict"])]
    # A headline with many services may itself be wrapped; then it goes without colour.
    yield style.paint(start, BOLD, colour) + first if first != lines[0] else lines[0]
    yield from lines[1:]


def _state(verdict: VerdictJson, since: str, style: Style) -> Iterator[str]:
    if since:
        yield from _entry("since", since, style)
    at = list(dict.fromkeys(one["service"] for one in answer.problems(verdict) if _holds(verdict, one)))
    if at and verdict["verdict"] == Word.INCONCLUSIVE:  # a fail names them first of all
        yield from _entry("at", answer.enumerate_in_words(at), style)
    left_out = answer.not_selected(verdict)
    if left_out and not str(verdict["summary"]).startswith(PARTIAL):
        total = sum(1 for one in verdict["checks"] if one["gating"])
        yield from _entry("partial", f"{len(left_out)} of {total} required checks were not selected", style)


def _holds(verdict: VerdictJson, check: CheckJson) -> bool:
    """Tell whether *check* was made and is a reason that names a service."""
    made = check["service"] and check["outcome"] != Outcome.SKIPPED
    return bool(made) and any(one["check"] == check["id"] for one in verdict["reasons"])


def _causes(verdict: VerdictJson, style: Style) -> Iterator[str]:
    fails = verdict["verdict"] == Word.FAIL
    # What could not be made matters no more once the release is condemned; the report has it.
    groups = [one for one in answer.causes(verdict) if not fails or one.cause != Cause.SUITE]
    for group in groups[:CAUSES_SHOWN]:
        condemns = fails and group.cause == Cause.RELEASE
        if condemns and len(group.checks) == 1 and len(groups) == 1:
            return
        yield from _entry("cause", _of(group), style)
        # The summary ends with what to do about the first cause.
        if not condemns and group.next_step.lower() not in str(verdict["summary"]).lower():
            yield from _entry("do", group.next_step, style)
    if len(groups) > CAUSES_SHOWN:
        others = [group.cause for group in groups[CAUSES_SHOWN:]]
        yield from _entry("cause", f"also {answer.enumerate_in_words(others)}", style)


def _response(verdict: VerdictJson, style: Style) -> Iterator[str]:
    for way in response.ways_back(verdict):
        yield from _entry("rollback", f"{way.component}: {way.words}", style)
        if way.command:
            yield f"  {' ' * KEY_WIDTH}{style.showable(untrusted.for_log(way.command))}"
    if graded := response.severity(verdict):
        yield from _entry("severity", graded, style)
    yield from (line for one in response.to_tell(verdict) for line in _entry("tell", one, style))


def _of(group: CauseGroup) -> str:
    return f"{group.cause}: {answer.enumerate_in_words(group.checks)}"


def _warnings(verdict: VerdictJson, style: Style) -> Iterator[str]:
    warnings = verdict["warnings"]
    for warning in warnings[:WARNINGS_SHOWN]:
        yield from _entry("note", warning, style, DIM)
    if len(warnings) > WARNINGS_SHOWN:
        yield from _entry("note", f"and {len(warnings) - WARNINGS_SHOWN} more in the report", style, DIM)


def _entries(verdict: VerdictJson, report: str, style: Style) -> Iterator[str]:
    if verdict["verdict"] != Word.PASS:
        command = answer.repeat_command(verdict, style.room - KEY_WIDTH - 2)
        yield f"  {style.paint('repeat'.ljust(KEY_WIDTH), DIM)}{style.showable(command)}"
        ids = list(dict.fromkeys(str(one["check"]) for one in verdict["reasons"]))
        one = answer.repeat_one(verdict, ids[0]) if ids else ""
        if one and one != command:
            yield f"  {style.paint('one'.ljust(KEY_WIDTH), DIM)}{style.showable(one)}"
    yield f"  {style.paint('report'.ljust(KEY_WIDTH), DIM)}{style.showable(report)}"


def _entry(key: str, text: object, style: Style, *codes: str) -> Iterator[str]:
    start = f"  {key.ljust(KEY_WIDTH)}"
    shown = style.showable(untrusted.for_log(text))
    first, *others = wrap(shown, style.room - len(start), 0, DETAIL_LINES)
    yield style.paint(start, DIM) + style.paint(first, *codes)
    yield from (" " * len(start) + style.paint(line, *codes) for line in others)
