"""What GitHub Actions is told: annotations, the step's summary and its outputs."""

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import TextIO

from smoke.outputs import answer, summary, untrusted
from smoke.outputs.answer import CheckJson, VerdictJson
from smoke.outputs.story import StoryJson, headline, render
from smoke.verdict.words import Cause, Outcome, Word

MOST_PER_TYPE = 10
"""Annotations of one type that GitHub shows for a step; more are dropped in silence."""


def is_here(variables: Mapping[str, str]) -> bool:
    """Tell whether this process runs in GitHub Actions, from its environment *variables*."""
    return variables.get("GITHUB_ACTIONS") == "true"


def publish(verdict: VerdictJson, report: str, variables: Mapping[str, str], stream: TextIO) -> list[str]:
    """
    Tell GitHub everything, if this process runs there, and return a warning for what could not be told.

    *report* is the path of the report, *stream* the log of the step.
    """
    if not is_here(variables):
        return []
    try:
        annotate(verdict, stream)
        write_step_files(verdict, report, variables)
    except OSError as error:
        return [f"GitHub was not told: {error.strerror or error}"]
    return []


def publish_story(story: StoryJson, report: str, variables: Mapping[str, str], stream: TextIO) -> list[str]:
    """
    Tell GitHub how a guarded deployment ended, likewise.

    The outputs are `outcome`, `restored` and `guard-report`, the path of the report.
    """
    if not is_here(variables):
        return []
    kinds = {"promoted": "notice", "restored": "error", "not restored": "error", "left": "error"}
    title = f"{story['environment']}: {headline(story)}"
    restored = {True: "true", False: "false"}.get(story["restored"], "")
    values = {"outcome": story["outcome"], "restored": restored, "guard-report": report}
    try:
        stream.write(f"{_command(kinds.get(str(story['outcome']), 'warning'), title, story['summary'])}\n")
        stream.flush()
        if variables.get("GITHUB_STEP_SUMMARY"):
            _append(variables["GITHUB_STEP_SUMMARY"], render(story))
        if variables.get("GITHUB_OUTPUT"):
            lines = [f"{name}={untrusted.one_line(value, 2000)}\n" for name, value in values.items()]
            _append(variables["GITHUB_OUTPUT"], "".join(lines))
    except OSError as error:
        return [f"GitHub was not told: {error.strerror or error}"]
    return []


def annotate(verdict: VerdictJson, stream: TextIO) -> None:
    """Print the workflow commands that annotate the run; raises OSError."""
    lines = [*_verdict_annotation(verdict)]
    found = answer.problems(verdict)
    errors = [check for check in found if _condemns(check)]
    others = [check for check in found if not _condemns(check) and check["outcome"] != Outcome.SKIPPED]
    taken = {"error": 0, "warning": 0, lines[0].split(" ")[0].strip(":"): 1}
    lines += _annotations("error", errors, verdict, MOST_PER_TYPE - taken["error"])
    lines += _annotations("warning", others, verdict, MOST_PER_TYPE - taken["warning"])
    stream.write("".join(f"{line}\n" for line in lines))
    stream.flush()


def write_step_files(verdict: VerdictJson, report: str, variables: Mapping[str, str]) -> None:
    """
    Append to the files that `GITHUB_STEP_SUMMARY` and `GITHUB_OUTPUT` name; raises OSError.

    The outputs are `verdict`, `action`, `summary`, `advice` and `report`, the path of the report.
    """
    if variables.get("GITHUB_STEP_SUMMARY"):
        _append(variables["GITHUB_STEP_SUMMARY"], summary.render(verdict))
    if variables.get("GITHUB_OUTPUT"):
        values = {name: verdict[name] for name in ("verdict", "action", "summary")}
        values |= {"advice": answer.advice(verdict), "report": report}
        # One line each, so no value can begin another output.
        lines = [f"{name}={untrusted.one_line(value, 2000)}\n" for name, value in values.items()]
        _append(variables["GITHUB_OUTPUT"], "".join(lines))


def _verdict_annotation(verdict: VerdictJson) -> Iterator[str]:
    kinds = {Word.PASS: "notice", Word.FAIL: "error", Word.INCONCLUSIVE: "warning"}
    title = f"{verdict['environment']}: {answer.headline(verdict)}"
    yield _command(kinds[Word(verdict["verdict"])], title, verdict["summary"])


def _annotations(kind: str, checks: list[CheckJson], verdict: VerdictJson, most: int) -> Iterator[str]:
    shown = checks if len(checks) <= most else checks[: most - 1]
    for check in shown:
        yield _command(kind, f"{verdict['environment']}: {check['id']}", check["message"])
    if len(shown) < len(checks):
        yield _command(kind, str(verdict["environment"]), f"{len(checks) - len(shown)} more in report.html")


def _condemns(check: CheckJson) -> bool:
    return bool(check["gating"]) and check["outcome"] == Outcome.FAILED and check["cause"] == Cause.RELEASE


def _command(kind: str, title: str, message: object) -> str:
    return f"::{kind} title={_property(title)}::{_data(message)}"


def _data(text: object) -> str:
    """Escape as the runner undoes it (actions/toolkit, packages/core/src/command.ts)."""
    return untrusted.block(text, 2000).replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")


def _property(text: object) -> str:
    return _data(untrusted.one_line(text)).replace(":", "%3A").replace(",", "%2C")


def _append(path: str, text: str) -> None:
    with Path(path).open("a", encoding="utf-8", errors="replace") as stream:
        stream.write(text)
