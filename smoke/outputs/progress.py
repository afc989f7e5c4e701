"""The lines of a run in the terminal while its stages complete."""

from collections.abc import Mapping, Sequence
from typing import Any

from smoke.outputs import untrusted
from smoke.outputs.ansi import BOLD, DIM, Style, columns, shorten, wrap
from smoke.outputs.answer import enumerate_in_words, seconds, short
from smoke.verdict.finding import Finding
from smoke.verdict.words import Outcome, Stage

STAGE_WIDTH = 13
TEXT_AT = 2 + STAGE_WIDTH + 3
"""Column at which the text of a line begins."""

FINDING_LINES = 2
NOTICEABLE_S = 0.05
"""A shorter duration would show as zero."""


def opening_line(environment: str, expected: str | None, previous: str | None, budget_s: float, style: Style) -> str:
    """Return the first line: the environment, the release, the release before it, the budget."""
    before = f"  (before: {short(untrusted.for_log(previous))})" if previous and expected else ""
    release = short(untrusted.for_log(expected)) if expected else "any release"
    left = style.showable(f"{environment}   {release}{before}")
    right = f"budget {budget_s:g} s"
    bold = style.paint(left[: len(environment)], BOLD) + left[len(environment) :]
    return bold + " " * max(2, style.room - columns(left) - len(right)) + style.paint(right, DIM)


def finding_lines(finding: Finding, stage: str, style: Style, most: int = FINDING_LINES) -> list[str]:
    """Return the lines of one finding, at most so many, its message under a hanging indent when it is long."""
    advisory = "" if finding.gating else " (advisory)"
    message = untrusted.for_log(finding.message) + advisory
    mark = style.mark(finding.outcome, gating=finding.gating)
    return _line(stage, mark, f"{finding.check}   {message}", finding.duration_s, style, most)


def stage_lines(stage: str, findings: Sequence[Finding], style: Style, replicas: Mapping[str, int]) -> list[str]:
    """Return the line of a complete stage; nothing when its findings had lines of their own."""
    skipped = [one for one in findings if one.outcome is Outcome.SKIPPED]
    passed = [one for one in findings if one.outcome is Outcome.PASSED]
    longest = max((one.duration_s for one in findings), default=0.0)
    if skipped:
        made = f"{len(passed)} passed, " if passed else ""
        text = f"{made}{_checks(len(skipped))} skipped: {untrusted.for_log(skipped[0].message)}"
        return _line(stage, style.mark(Outcome.SKIPPED), text, longest, style)
    if len(passed) < len(findings):
        return []
    census = census_in_words(findings, replicas) if stage in {Stage.CONVERGE, Stage.CONFIRM} else ""
    text = census or _checks(len(findings))
    return _line(stage, style.mark(Outcome.PASSED), text, longest, style)


def census_in_words(findings: Sequence[Finding], replicas: Mapping[str, int]) -> str:
    """
    Return `bff 3/3 · web 3/3 · worker serve 9f1c2ab` from the findings that counted releases, else nothing.

    Reads `facts["census"]`, `{"commits": {commit: answers}, "replicas": {name: answers}}`; *replicas* says how many
    replicas each service is to have.
    """
    counted = {one.service: one.facts["census"] for one in findings if one.service and "census" in one.facts}
    commits = {short(commit) for census in counted.values() for commit in census.get("commits", ())}
    if not counted or len(commits) != 1:
        return ""
    services = [_replicas_in_words(service, census, replicas.get(service, 1)) for service, census in counted.items()]
    return f"{' · '.join(services)} {'serve' if len(services) > 1 else 'serves'} {untrusted.for_log(commits.pop())}"


def status_text(pending: Mapping[str, Sequence[str]], planned: Mapping[str, Sequence[str]], note: str) -> str:
    """Return what a run waits for: its first incomplete stage, how far that is, and the checks that are missing."""
    for stage, missing in pending.items():
        if missing:
            total = len(planned[stage])
            waiting = note or f"waiting for {enumerate_in_words(list(missing), 3)}"
            return f"  {stage:<{STAGE_WIDTH}}{total - len(missing)}/{total}  {untrusted.for_log(waiting)}"
    return "  deciding"


def status_line(text: str, left_s: float, style: Style) -> str:
    """Return the status line: *text*, and at its end what is left of the budget."""
    right = f"{max(0.0, left_s):.0f} s left"
    shown = shorten(style.showable(text), style.room - len(right) - 2)
    return style.paint(shown + " " * (style.room - columns(shown) - len(right)) + right, DIM)


def _line(  # noqa: PLR0913, PLR0917 - the parts of a line, from left to right
    stage: str, mark: str, text: str, duration_s: float, style: Style, most: int = FINDING_LINES
) -> list[str]:
    right = f"  {seconds(duration_s)}" if duration_s >= NOTICEABLE_S else ""
    first, *others = wrap(style.showable(text), style.room - TEXT_AT - len(right), 2, most)
    start = f"  {stage:<{STAGE_WIDTH}}{mark}  "
    gap = " " * (style.room - TEXT_AT - columns(first) - len(right)) if right else ""
    return [start + first + gap + style.paint(right, DIM), *(" " * TEXT_AT + line for line in others)]


def _replicas_in_words(service: str, census: Mapping[str, Any], expected: int) -> str:
    named = len(census.get("replicas", ()))
    if expected == 1 or not named:
        return service
    return f"{service} {named}/{expected}" if named >= expected else f"{service} ({named} met of {expected})"


def _checks(count: int) -> str:
    return f"{count} check" if count == 1 else f"{count} checks"
