"""What an alert says to people: one line that tells all, and a few that tell why."""

from collections.abc import Iterator
from datetime import UTC, datetime

from smoke.alerts.incident import Alert, Incident, Kind, News
from smoke.alerts.look import Blame, Look, Standing, Trouble
from smoke.alerts.message import Message
from smoke.outputs.untrusted import one_line

NAMED = 5
"""Checks that are named; the others are counted."""

LINE = 200
"""Characters of what one check said."""

SHORT_COMMIT = 7
MINUTE_S, HOUR_S, DAY_S = 60, 3600, 86400


def message_of(alert: Alert) -> Message:
    """Return what *alert* says, for any channel."""
    incident, look = alert.incident, alert.look
    return Message(
        id=alert.id,
        incident=incident.id,
        environment=look.environment,
        news=alert.news.value,
        severity=incident.severity,
        title=one_line(f"{look.environment}{_TITLES[alert.news](incident, look)}", 2 * LINE),
        text="\n".join(_lines(alert)),
        at=look.ended_at,
        facts=dict(_facts(alert)),
    )


def lasting(seconds: float) -> str:
    """Return a duration as people say it: `45 s`, `31 min`, `2 h 15 min`, `3 d 4 h`."""
    whole = max(0, round(seconds))
    if whole < 2 * MINUTE_S:
        return f"{whole} s"
    if whole < HOUR_S:
        return f"{whole // MINUTE_S} min"
    large, small, names = (HOUR_S, MINUTE_S, ("h", "min")) if whole < 2 * DAY_S else (DAY_S, HOUR_S, ("d", "h"))
    count, rest = whole // large, whole % large // small
    return f"{count} {names[0]} {rest} {names[1]}" if rest else f"{count} {names[0]}"


def clock(at: float, beside: float | None = None) -> str:
    """Return a time of day in UTC, with its date unless it is on the day of *beside*."""
    moment = datetime.fromtimestamp(at, UTC)
    same_day = beside is not None and datetime.fromtimestamp(beside, UTC).date() == moment.date()
    return f"{moment:%H:%M} UTC" if same_day else f"{moment:%Y-%m-%d %H:%M} UTC"


def _opened(incident: Incident, look: Look) -> str:
    since = clock(incident.began_at, look.ended_at)
    if incident.kind is Kind.UNCLEAR:
        return f" cannot be judged since {since}: {_first(look)}"
    if incident.blame is None:
        return f" is failing since {since}: {_named(look.checks)}"
    blame = incident.blame
    late = lasting(incident.began_at - blame.passed_at)
    return (
        f": roll back {blame.commit[:SHORT_COMMIT]}: {_named(blame.checks)} failing {late} after the release had passed"
    )


def _worse(incident: Incident, look: Look) -> str:
    what = _opened(incident, look)
    return f" got worse, {incident.severity}{what if incident.blame else f', and{what}'}"


def _changed(_: Incident, look: Look) -> str:
    return f" is failing in more places: {_named(look.checks)}"


def _goes_on(incident: Incident, look: Look) -> str:
    after = lasting(look.ended_at - incident.began_at)
    if incident.kind is Kind.UNCLEAR:
        return f" still cannot be judged after {after}: {_first(look)}"
    if look.standing is Standing.UNCLEAR:
        return f" was failing and cannot be judged now, after {after}: {_first(look)}"
    return f" is still failing after {after}: {_named(look.checks)}"


def _resolved(incident: Incident, _: Look) -> str:
    after = lasting((incident.resolved_at or incident.began_at) - incident.began_at)
    return f" is sound again after {after}"


_TITLES = {
    News.OPENED: _opened,
    News.WORSE: _worse,
    News.CHANGED: _changed,
    News.ESCALATED: _goes_on,
    News.REMINDER: _goes_on,
    News.RESOLVED: _resolved,
}


def _lines(alert: Alert) -> Iterator[str]:
    incident, look = alert.incident, alert.look
    if alert.news is News.RESOLVED:
        ended = clock(incident.resolved_at or look.ended_at)
        what = "could not be judged" if incident.kind is Kind.UNCLEAR else f"failed: {_named(incident.checks)}"
        yield f"{clock(incident.began_at)} to {ended}; {what}"
        return
    for one in look.troubles[:NAMED]:
        yield _trouble(one)
    if len(look.troubles) > NAMED:
        yield f"and {len(look.troubles) - NAMED} more"
    if incident.blame and alert.news in {News.OPENED, News.WORSE}:
        yield from _evidence(incident.blame, look)
    yield f"live: {look.commit[:12] if look.commit else 'no single commit'}"
    yield f"repeat: smoke verify {look.environment}"


def _trouble(one: Trouble) -> str:
    whose = {"release": "", "preexisting": ""}.get(one.cause, f" ({one.cause})")
    return one_line(f"{one.check}{whose}: {one.message}", LINE)


def _evidence(blame: Blame, look: Look) -> Iterator[str]:
    passed, last = clock(blame.passed_at, look.ended_at), clock(blame.last_sound_at, look.ended_at)
    yield f"{blame.commit[:12]} passed at {passed}, and what fails now was last sound with it at {last};"
    yield "no third party, no old fault and no network of ours explains it"
    target = blame.previous[:12] if blame.previous else "the release before"
    yield f"do: roll back to {target}"


def _facts(alert: Alert) -> Iterator[tuple[str, str]]:
    incident, look = alert.incident, alert.look
    ended = incident.resolved_at if incident.resolved_at is not None else look.ended_at
    yield "since", clock(incident.began_at)
    yield "lasted", lasting(ended - incident.began_at)
    yield "severity", incident.severity.value
    if look.commit:
        yield "live", look.commit
    if incident.blame:
        yield "roll_back", incident.blame.commit
        yield "roll_back_to", incident.blame.previous or ""


def _named(checks: tuple[str, ...]) -> str:
    more = f" and {len(checks) - NAMED} more" if len(checks) > NAMED else ""
    return ", ".join(checks[:NAMED]) + more


def _first(look: Look) -> str:
    return one_line(look.troubles[0].message, LINE) if look.troubles else "no reason was given"
