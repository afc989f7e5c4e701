"""`summary.md`: the verdict in GitHub-flavoured Markdown, for job summaries and comments."""

import re
from collections.abc import Iterable, Iterator
from pathlib import Path

from smoke.files import replace_file
from smoke.outputs import answer, response, untrusted
from smoke.outputs.answer import CheckJson, VerdictJson
from smoke.verdict.words import Outcome, Word

FILE = "summary.md"

MOST_BYTES = 900_000
"""GitHub shows nothing of a step summary over 1 MiB."""

CELL_LIMIT = 300

_SIGNS = {Word.PASS: "✅", Word.FAIL: "❌", Word.INCONCLUSIVE: "⚠️"}
_MARKS = {Outcome.PASSED: "✅", Outcome.FAILED: "❌", Outcome.UNDECIDED: "❔", Outcome.SKIPPED: "⏭️"}

_MARKUP = re.compile(r"[\\`*_\[\]|~$]|:(?=//|[A-Za-z+-]|100:|1234:)|(?<=www)\.")
_REFERENCE = re.compile(r"([@#])(?=\w)")


def write(run_directory: Path, verdict: VerdictJson) -> None:
    """Write the file; raises OSError."""
    replace_file(run_directory / FILE, render(verdict))


def render(verdict: VerdictJson) -> str:
    """Return the Markdown; cut where it would be too long."""
    return _cut(
        [*_opening(verdict), *_response(verdict), *_problems(verdict), *_footer(verdict), *_everything(verdict)]
    )


def escape(text: object, limit: int = CELL_LIMIT) -> str:
    """
    Return untrusted text that Markdown shows as it is, on one line.

    No markup, no HTML, no address that becomes a link, and no `@name` or `#1` that notifies or refers to anybody.
    """
    line = untrusted.one_line(text, limit)
    line = _MARKUP.sub(lambda found: "\\" + found[0], line)
    line = line.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
    return _REFERENCE.sub("\\1\u200b", line)


def _opening(verdict: VerdictJson) -> Iterator[str]:
    sign = _SIGNS[Word(verdict["verdict"])]
    release = verdict["release"]
    expected = f" · `{_code(release['expected'])}`" if release["expected"] else ""
    previous = f" (before: `{_code(release['previous'])}`)" if release["previous"] else ""
    yield f"## {sign} {escape(answer.headline(verdict))}\n\n"
    yield f"{escape(verdict['summary'], 1000)}\n\n"
    yield f"**{escape(verdict['environment'])}**{expected}{previous} · {answer.counts(verdict['checks'])}"
    yield f" · {answer.seconds(verdict['duration_s'])} of {verdict['budget_s']:g} s"
    missing = answer.what_is_missing(verdict)
    yield f" · **{missing}**\n\n" if missing else "\n\n"
    for group in answer.causes(verdict):
        checks = answer.enumerate_in_words(group.checks)
        yield f"- **{escape(group.cause)}**: {escape(checks)}. What to do: {escape(group.next_step)}.\n"


def _response(verdict: VerdictJson) -> Iterator[str]:
    for way in response.ways_back(verdict):
        command = untrusted.one_line(way.command, 1000).replace("`", "'")
        yield f"- **{escape(way.component)}**: {escape(way.words)}{f': `{command}`' if command else ''}\n"
    if graded := response.severity(verdict):
        yield f"- **severity**: {escape(graded)}\n"
    yield from (f"- **tell** {escape(one)}\n" for one in response.to_tell(verdict))


def _problems(verdict: VerdictJson) -> Iterator[str]:
    found = answer.problems(verdict)
    if found:
        yield f"\n### What did not pass\n\n{_TABLE_HEAD}"
        yield from (_row(check) for check in found)
    if verdict["verdict"] != Word.PASS:
        yield f"\nRepeat:\n\n```bash\n{untrusted.one_line(answer.repeat_command(verdict)).replace('`', '')}\n```\n"
    if verdict["warnings"]:
        yield "\n### Warnings\n\n"
        yield from (f"- {escape(warning)}\n" for warning in verdict["warnings"])


def _everything(verdict: VerdictJson) -> Iterator[str]:
    checks = [check for stage in answer.by_stage(verdict).values() for check in stage]
    yield f"\n<details><summary>All {len(checks)} checks</summary>\n\n{_TABLE_HEAD}"
    yield from (_row(check) for check in checks)
    yield _CLOSING


def _footer(verdict: VerdictJson) -> Iterator[str]:
    yield f"\n<sub>Run {escape(verdict['run_id'])}, started {escape(answer.moment(verdict['started_at']))}, "
    yield f"Smokegate {escape(verdict['suite']['version'])}</sub>\n"


_TABLE_HEAD = "| | check | stage | found | expected | cause |\n|---|---|---|---|---|---|\n"
_CLOSING = "\n</details>\n"


def _row(check: CheckJson) -> str:
    advisory = "" if check["gating"] else " (advisory)"
    cells = (
        _MARKS[Outcome(check["outcome"])],
        escape(check["id"]) + advisory,
        escape(check["stage"]),
        escape(check["message"]),
        escape(check["expected"]),
        escape(check["cause"] or ""),
    )
    return f"| {' | '.join(cells)} |\n"


def _code(text: object) -> str:
    return untrusted.one_line(answer.short(text)).replace("`", "'")


def _cut(parts: Iterable[str]) -> str:
    closing = "\nThe rest is in report.html.\n"
    room = MOST_BYTES - len(closing) - len(_CLOSING)
    kept: list[str] = []
    for part in parts:
        room -= len(part.encode("utf-8", "replace"))
        if room < 0:
            return "".join([*kept, closing, _CLOSING if "<details>" in "".join(kept) else ""])
        kept.append(part)
    return "".join(kept)
