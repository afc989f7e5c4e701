"""
The state machine of the alerts: what is known, and one more look, make what is known now and what is to be told.

Pure: no clock, no file. Time is that of the looks, so that four hours can be told in a moment, and the same looks
always make the same alerts, after a restart too.
"""

from dataclasses import replace

from smoke.alerts.incident import Alert, Incident, Kind, News, State
from smoke.alerts.look import Look, Standing
from smoke.alerts.policy import Policy


def advance(state: State, look: Look, policy: Policy) -> tuple[State, tuple[Alert, ...]]:
    """Return the state after *look*, and the alerts that it makes; a look that says nothing changes nothing."""
    if look.standing is Standing.ASIDE:
        return state, ()
    counted = _count(state, look)
    if state.incident is None:
        return _perhaps_open(counted, look, policy, confirmed=_confirms(state, look))
    if look.standing is Standing.SOUND:
        return _perhaps_resolve(counted, state.incident, look, policy)
    return _go_on(counted, state.incident, look, policy)


def _count(state: State, look: Look) -> State:
    """Count looks in a row. An unclear one neither ends a row of failures nor begins a row of successes."""
    if look.standing is Standing.SOUND:
        since = state.since if state.incident and state.successes else look.began_at
        return State(successes=state.successes + 1, since=since, incident=state.incident)
    in_a_row = state.since if state.since is not None and not state.successes else look.began_at
    if look.standing is Standing.UNCLEAR:
        return replace(state, successes=0, unclear=state.unclear + 1, since=in_a_row)
    if look.confirms and not _confirms(state, look):
        return replace(state, successes=0)  # it failed elsewhere: neither confirmed nor refuted
    return replace(
        state,
        failures=state.failures + 1,
        successes=0,
        unclear=0,
        suspects=look.checks,
        since=in_a_row if state.failures else look.began_at,
    )


def _confirms(state: State, look: Look) -> bool:
    return look.confirms and look.standing is Standing.FAILING and bool(set(look.checks) & set(state.suspects))


def _perhaps_open(state: State, look: Look, policy: Policy, *, confirmed: bool) -> tuple[State, tuple[Alert, ...]]:
    failing = look.standing is Standing.FAILING and (confirmed or state.failures >= policy.after_failures)
    unclear = look.standing is Standing.UNCLEAR and state.unclear >= policy.after_unclear
    if not failing and not unclear:
        return state, ()
    severity = policy.severity(look)
    incident = Incident(
        id=f"{look.environment}/{look.run_id}",
        kind=Kind.FAILING if failing else Kind.UNCLEAR,
        severity=severity,
        began_at=look.began_at if state.since is None else state.since,
        opened_at=look.ended_at,
        checks=look.checks if failing else (),
        blame=look.blame if failing else None,
    )
    return _tell(State(incident=incident), look, News.OPENED, policy.audience(severity, 0.0))


def _perhaps_resolve(state: State, incident: Incident, look: Look, policy: Policy) -> tuple[State, tuple[Alert, ...]]:
    if state.successes < policy.after_successes:
        return state, ()
    over = replace(incident, resolved_at=state.since)
    ended, alerts = _tell(replace(state, incident=over), look, News.RESOLVED, over.told)
    return replace(ended, incident=None), alerts


def _go_on(state: State, incident: Incident, look: Look, policy: Policy) -> tuple[State, tuple[Alert, ...]]:
    known = replace(state, incident=_updated(incident, look, policy))
    now = known.incident or incident
    known, alerts = _tell(known, look, _news(incident, now), now.told)
    told = (known.incident or now).told
    audience = policy.audience(now.severity, look.ended_at - now.opened_at)
    newcomers = tuple(one for one in audience if one not in told)
    known, escalated = _tell(known, look, News.ESCALATED, newcomers)
    if alerts or escalated or look.ended_at - now.said_at < policy.remind_every_s:
        return known, (*alerts, *escalated)
    return _tell(known, look, News.REMINDER, told)


def _updated(incident: Incident, look: Look, policy: Policy) -> Incident:
    """Return the incident with what *look* adds; it never becomes milder, and a release is blamed at its start only."""
    if look.standing is not Standing.FAILING:
        return incident
    severity = max(incident.severity, policy.severity(look), key=lambda one: one.rank)
    blame = look.blame if incident.kind is Kind.UNCLEAR else incident.blame
    checks = tuple(dict.fromkeys((*incident.checks, *look.checks)))
    return replace(incident, kind=Kind.FAILING, severity=severity, checks=checks, blame=blame)


def _news(before: Incident, now: Incident) -> News | None:
    if now.kind is not before.kind or now.severity is not before.severity:
        return News.WORSE
    return News.CHANGED if now.checks != before.checks else None


def _tell(state: State, look: Look, news: News | None, to: tuple[str, ...]) -> tuple[State, tuple[Alert, ...]]:
    """Return the state in which the channels *to* have been told, and the alert that tells them."""
    if state.incident is None or news is None or not to:
        return state, ()
    incident = replace(
        state.incident,
        told=tuple(dict.fromkeys((*state.incident.told, *to))),
        said=state.incident.said + 1,
        said_at=look.ended_at,
    )
    return replace(state, incident=incident), (Alert(news, incident, look, to),)
