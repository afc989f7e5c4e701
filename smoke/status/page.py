"""`status.html`: every environment of the history on one page that needs nothing else, no network and no script."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

from smoke.alerts.sentences import clock, lasting
from smoke.files import replace_file
from smoke.history.records import Deploy, PastIncident
from smoke.history.store import History
from smoke.outputs import html_page
from smoke.outputs.untrusted import one_line
from smoke.status import strips
from smoke.status.gathering import DAY_S, DAYS, HOUR_S, CheckHistory, EnvironmentHistory, gather
from smoke.status.latency import Latency, latency
from smoke.status.state import State, state_of
from smoke.status.strips import Moment, Piece, Span

if TYPE_CHECKING:
    from jinja2 import Template

FILE = "status.html"
TEMPLATE = Path(__file__).parent / "status.html.jinja"
STYLE_SHEET = Path(__file__).parent / "status.css"

INCIDENTS = 20
"""So many incidents are listed, the newest; the others are counted."""

TOUCHING = 1.5
"""A look whose successor is late by no more than half a gap lasts until then."""

BROKEN = 3
"""After so many usual gaps the line of a latency is broken."""

SHORT_COMMIT = 7

ROOM = 150.0
"""What the name of a release needs on a strip, in its units, on a phone too."""

MARGIN = 60.0
"""Nearer to the end of a strip a name does not fit around its mark."""


@dataclass(frozen=True, slots=True)
class Mark:
    """A release on a time axis; *named* if there is room for its name."""

    x: float
    commit: str
    words: str
    named: bool = True

    @property
    def anchor(self) -> str:
        """Where its name is held, so that it stays within the axis."""
        return "start" if self.x < MARGIN else "end" if self.x > strips.WIDTH - MARGIN else "middle"


@dataclass(frozen=True, slots=True)
class Row:
    """One row: a strip of 24 hours, one of 90 days, the share of good looks in each, and how long it took."""

    name: str
    day: list[Piece]
    quarter: list[Piece]
    day_share: float | None
    quarter_share: float | None
    latency: Latency | None = None
    so: str = ""
    gating: bool = True
    words: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Section:
    """One environment on the page."""

    history: EnvironmentHistory
    state: State
    whole: Row
    rows: list[Row]
    day_marks: list[Mark]
    quarter_marks: list[Mark]
    hours: list[tuple[float, str]]
    releases: tuple[Deploy, ...]


def write(history: History, directory: Path, now: float) -> Path:
    """Write the page into *directory* and return its path; raises OSError, HistoryFailed and ValueError."""
    directory.mkdir(parents=True, exist_ok=True)
    replace_file(directory / FILE, render(gather(history, now), now))
    return directory / FILE


def render(environments: Sequence[EnvironmentHistory], now: float) -> str:
    """Return the page."""
    from jinja2 import TemplateError

    style = html_page.style_sheet(STYLE_SHEET)
    try:
        return _template().render(
            sections=[section_of(one) for one in environments],
            now=now,
            style=style,
            style_hash=html_page.style_hash(style),
            most=INCIDENTS,
            days=DAYS,
        )
    except TemplateError as error:
        raise ValueError(f"the status cannot be shown by {TEMPLATE.name}: {error}") from error


def section_of(known: EnvironmentHistory) -> Section:
    """Return what the page shows of one environment."""
    day = Span(known.now - DAY_S, known.now)
    first_day = (int(known.now // DAY_S) - DAYS + 1) * DAY_S
    quarter = Span(first_day, first_day + DAYS * DAY_S)
    return Section(
        history=known,
        state=state_of(known),
        whole=_whole(known, day),
        rows=[_row(one, known, day) for one in known.checks],
        day_marks=_marks(known.deploys, day),
        quarter_marks=_marks(known.deploys, quarter),
        hours=list(_hours(day)),
        releases=tuple(one for one in reversed(known.deploys) if one.live),
    )


def incident_words(one: PastIncident, now: float) -> str:
    """Return when an incident was and how long it lasted."""
    if one.resolved_at is None:
        return f"{clock(one.began_at)}, for {lasting(now - one.began_at)}, still open"
    return f"{clock(one.began_at)}, for {lasting(one.resolved_at - one.began_at)}"


def _whole(known: EnvironmentHistory, day: Span) -> Row:
    moments = [Moment(one.began_at, one.standing or "aside", one.summary) for one in known.runs]
    took = [(one.began_at, one.duration_s) for one in known.runs if one.duration_s is not None]
    standings = [{one.standing or "aside": 1} for one in known.runs]
    return Row(
        name=known.name,
        day=strips.pieces(moments, day, TOUCHING * known.gap_s),
        quarter=list(strips.days(known.days, known.now)),
        day_share=strips.share_good(standings),
        quarter_share=strips.share_good(known.days.values()),
        latency=latency(took, day, BROKEN * known.gap_s),
    )


def _row(one: CheckHistory, known: EnvironmentHistory, day: Span) -> Row:
    moments = [Moment(at, found.outcome, found.message) for at, found in one.found]
    took = [(at, found.duration_s) for at, found in one.found if found.outcome != "skipped"]
    said = [f"{clock(at, known.now)}: {one_line(found.message)}" for at, found in reversed(one.found) if found.message]
    return Row(
        name=one.check,
        day=strips.pieces(moments, day, TOUCHING * known.gap_s),
        quarter=list(strips.days(one.days, known.now)),
        day_share=strips.share_good({found.outcome: 1} for _, found in one.found),
        quarter_share=strips.share_good(one.days.values()),
        latency=latency(took, day, BROKEN * known.gap_s),
        so=one.found[-1][1].outcome,
        gating=one.gating,
        words=tuple(said[:5]),
    )


def _marks(deploys: Sequence[Deploy], span: Span) -> list[Mark]:
    """Return the releases within *span*, the newest first; of those that lie close together the newest is named."""
    marks: list[Mark] = []
    for one in reversed(deploys):
        if not span.begins <= one.begun_at <= span.ends:
            continue
        said = f"verified: {one.verdict}" if one.verdict else "seen, not verified" if one.live else "not verified"
        commit, x = (one.live or "deploy")[:SHORT_COMMIT], span.x(one.begun_at)
        named = all(abs(x - other.x) >= ROOM for other in marks if other.named)
        marks.append(Mark(x, commit, f"{clock(one.begun_at)} release {commit}, {said}", named))
    return marks


def _hours(span: Span) -> Iterator[tuple[float, str]]:
    """Yield where every third hour lies."""
    step = 3 * HOUR_S
    at = (span.begins // step + 1) * step
    while at < span.ends:
        yield span.x(at), clock(at, at)[:5]
        at += step


def percent(share: float | None) -> str:
    """Return a share as people read it; what is not all is never rounded up to all."""
    if share is None:
        return "no data"
    if share == 1:
        return "100 %"
    return f"{min(99.99, 100 * share):.2f} %" if share > 0.99 else f"{100 * share:.1f} %"  # noqa: PLR2004 - where it matters


def brief(seconds: float) -> str:
    """Return a short duration: `12 ms`, `1.4 s`."""
    return f"{1000 * seconds:.0f} ms" if seconds < 1 else f"{seconds:.1f} s"


@cache
def _template() -> "Template":
    return html_page.template(
        TEMPLATE,
        {
            "line": one_line,
            "clock": clock,
            "percent": percent,
            "brief": brief,
            "incident": incident_words,
        },
    )
