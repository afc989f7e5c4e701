"""`guard.md` and the last lines of `smoke guard`: one deployment from before to after."""

from collections.abc import Iterator, Mapping
from typing import Any

from smoke.outputs import answer, untrusted
from smoke.outputs.ansi import BOLD, DIM, GREEN, RED, YELLOW, Style, wrap
from smoke.outputs.summary import escape

StoryJson = Mapping[str, Any]
"""The contents of `guard.json`, version 1."""

LOUD = "not restored"
"""The outcome that nobody may miss: the release is bad, and the one before is not proven to be back."""

_SIGNS = {"promoted": "✅", "restored": "↩️", LOUD: "🚨", "left": "❌"}
_COLOURS = {"promoted": GREEN, "restored": RED, LOUD: RED, "left": RED}
_HOLDS = "⚠️"


def headline(story: StoryJson) -> str:
    """Return the outcome in capitals: `RESTORED`, `NOT RESTORED`."""
    return str(story["outcome"]).upper()


def render(story: StoryJson) -> str:
    """Return the Markdown of the whole deployment."""
    return "".join(_markdown(story))


def closing_lines(story: StoryJson, report: str, style: Style) -> list[str]:
    """Return the block that ends a guarded deployment; a failed rollback stands between two bars."""
    said = f"{headline(story)}. {untrusted.for_log(story['summary'], 1000)}"
    lines = wrap(style.showable(said), style.room, 2)
    colour = _COLOURS.get(str(story["outcome"]), YELLOW)
    painted = [style.paint(line, BOLD, colour) for line in lines]
    bar = [style.paint("!" * style.room, BOLD, RED)] if story["outcome"] == LOUD else []
    return [*bar, *painted, *bar, *_steps(story, style), f"  {style.paint('report'.ljust(9), DIM)}{report}"]


def _steps(story: StoryJson, style: Style) -> Iterator[str]:
    for one in story["steps"]:
        took = "" if one["took_s"] is None else answer.seconds(one["took_s"])
        start = f"  {_mark(one)} {str(one['name']).ljust(9)}"
        first, *others = wrap(style.showable(untrusted.for_log(one["words"])), style.room - len(start) - 12, 0, 2)
        yield f"{style.showable(start)}{first.ljust(style.room - len(start) - 12)}{took.rjust(12)}".rstrip()
        yield from (" " * len(start) + line for line in others)


def _mark(step: Mapping[str, Any]) -> str:
    return {True: "✓", False: "✗", None: "·"}[step["well"]]


def _markdown(story: StoryJson) -> Iterator[str]:
    sign = _SIGNS.get(str(story["outcome"]), _HOLDS)
    yield f"## {sign} {escape(story['environment'])}: {escape(headline(story))}\n\n{escape(story['summary'], 1000)}\n\n"
    previous = f" over `{_code(story['previous'])}`" if story["previous"] else ""
    yield f"`{_code(story['sha'])}`{previous} · {answer.seconds(story['duration_s'])}"
    if story["restored_in_s"] is not None:
        yield f" · back in {answer.seconds(story['restored_in_s'])} of {story['restore_within_s']:g} s"
    yield "\n\n| | step | what came of it | took |\n|---|---|---|---|\n"
    for one in story["steps"]:
        took = "" if one["took_s"] is None else answer.seconds(one["took_s"])
        yield f"| {_mark(one)} | {escape(one['name'])} | {escape(one['words'], 600)} | {took} |\n"
    if story["warnings"]:
        yield "\n### Warnings\n\n"
        yield from (f"- {escape(one, 600)}\n" for one in story["warnings"])
    yield f"\n<sub>Guard {escape(story['id'])}, started {escape(answer.moment(story['started_at']))}</sub>\n"


def _code(commit: object) -> str:
    return untrusted.one_line(answer.short(commit)).replace("`", "'")
