"""`report.html`: the whole run on one page that needs nothing else, no network and no script."""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

from smoke.files import replace_file
from smoke.outputs import answer, html_page, response, timeline, untrusted
from smoke.outputs.answer import CheckJson, VerdictJson
from smoke.outputs.evidence import link, locate, picture
from smoke.verdict.release import same_commit
from smoke.verdict.words import Outcome

if TYPE_CHECKING:
    from jinja2 import Template

FILE = "report.html"
TEMPLATE = Path(__file__).parent / "report.html.jinja"
STYLE_SHEET = Path(__file__).parent / "report.css"

PICTURE_BYTES = 500_000
"""A larger screenshot is linked, not embedded."""

PICTURES_BYTES = 5_000_000
"""All embedded screenshots together."""

OPENED = 10
"""Findings that are shown unfolded, the gravest first."""

COMPANIONS = ("verdict.json", "events.jsonl", "summary.md", "junit.xml")


@dataclass(frozen=True, slots=True)
class Evidence:
    """One piece of evidence: its *name*, its *address* if the file is there, and the embedded *picture*."""

    name: str
    address: str | None = None
    picture: str | None = None


@dataclass(frozen=True, slots=True)
class Share:
    """How many of a service's answers named one commit; *standing* is `expected`, `previous`, `other` or empty."""

    commit: str
    answers: int
    percent: float
    standing: str


def write(run_directory: Path, verdict: VerdictJson) -> None:
    """Write the file; raises OSError, and ValueError when the verdict cannot be shown."""
    replace_file(run_directory / FILE, render(verdict, run_directory))


def render(verdict: VerdictJson, run_directory: Path) -> str:
    """Return the page; evidence is looked for in *run_directory*. Raises OSError and ValueError."""
    from jinja2 import TemplateError

    style = html_page.style_sheet(STYLE_SHEET)
    problems = answer.problems(verdict)
    unfolded = {one["id"] for one in problems[:OPENED] if one["expected"] or one["found"] or one["evidence"]}
    try:
        return _template().render(
            verdict=verdict,
            style=style,
            style_hash=html_page.style_hash(style),
            headline=answer.what_to_do(verdict),
            missing=answer.what_is_missing(verdict),
            causes=answer.causes(verdict),
            ways_back=response.ways_back(verdict),
            severity=response.severity(verdict),
            to_tell=response.to_tell(verdict),
            repeat=answer.repeat_command(verdict),
            stages=answer.by_stage(verdict),
            problems=problems,
            unfolded=unfolded,
            anchors={one["id"]: f"check-{number}" for number, one in enumerate(verdict["checks"], 1)},
            evidence=_all_evidence(verdict, run_directory),
            census=dict(_census(verdict)),
            timeline=timeline.draw(verdict),
            row=timeline.ROW,
            companions=[name for name in COMPANIONS if (run_directory / name).is_file()],
        )
    except TemplateError as error:
        raise ValueError(f"the verdict cannot be shown by {TEMPLATE.name}: {error}") from error


@cache
def _template() -> "Template":
    return html_page.template(
        TEMPLATE,
        {
            "line": untrusted.one_line,
            "block": untrusted.block,
            "short": answer.short,
            "seconds": answer.seconds,
            "counts": answer.counts,
            "moment": answer.moment,
            "link": link,
        },
    )


def _all_evidence(verdict: VerdictJson, run_directory: Path) -> dict[str, list[Evidence]]:
    room = PICTURES_BYTES
    found: dict[str, list[Evidence]] = {}
    for check in (*answer.problems(verdict), *_passed(verdict)):
        pieces = []
        for path in check["evidence"]:
            piece = _evidence(path, run_directory, min(room, PICTURE_BYTES))
            room -= len(piece.picture or "")
            pieces.append(piece)
        found[check["id"]] = pieces
    return found


def _passed(verdict: VerdictJson) -> list[CheckJson]:
    return [one for one in verdict["checks"] if one["outcome"] == Outcome.PASSED]


def _evidence(path: str, run_directory: Path, most_bytes: int) -> Evidence:
    file = locate(run_directory, path)
    if file is None:
        return Evidence(path)
    return Evidence(path, link(path), picture(file, most_bytes))


def _census(verdict: VerdictJson) -> Iterator[tuple[str, tuple[list[Share], dict[str, int]]]]:
    release = verdict["release"]
    for service, census in release["observed"].items():
        total = sum(census["commits"].values()) or 1
        shares = [
            Share(commit, answers, round(100 * answers / total, 1), _standing(commit, release))
            for commit, answers in sorted(census["commits"].items(), key=lambda item: -item[1])
        ]
        yield service, (shares, census["replicas"])


def _standing(commit: str, release: CheckJson) -> str:
    if release["expected"] is None:
        return ""
    if same_commit(commit, release["expected"]):
        return "expected"
    return "previous" if same_commit(commit, release["previous"]) else "other"
