"""From a run that ended to the history: what it says and what follows from it, all in one transaction."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any

from smoke.alerts.incident import Alert, Incident, State
from smoke.alerts.lateness import blame
from smoke.alerts.look import Look, Standing, VerdictJson, look_of
from smoke.alerts.machine import advance
from smoke.alerts.message import Message
from smoke.alerts.policy import Policy
from smoke.alerts.sentences import message_of
from smoke.canary import schedule
from smoke.environment.canary import Canary
from smoke.history import deploys, runs
from smoke.history.records import Consequences, Deploy, Ended, Found, PastIncident, Run, RunKind
from smoke.history.store import Connection, History
from smoke.outputs.untrusted import one_line
from smoke.verdict.release import same_commit
from smoke.verdict.words import Outcome

OVERLAPPED = "a deploy went on meanwhile, so this look counts for nothing"


@dataclass(frozen=True, slots=True)
class Recorder:
    """Keeps the runs of one environment."""

    history: History
    canary: Canary
    policy: Policy

    def record(self, run: Run, verdict: VerdictJson) -> Look:
        """
        Keep *run*, which ended with *verdict*; returns what it says.

        Keeping it once more changes nothing, so whoever finds a run that ended and was not kept may keep it.
        """
        look = look_of(verdict, confirms=run.kind is RunKind.CONFIRMING)
        with self.history.writing() as connection:
            deploy = deploys.last(connection, run.environment)
            if schedule.overlaps(self.canary, deploy, run.began_at, look.ended_at):
                look = replace(look, standing=Standing.ASIDE)
            else:
                look = self._blamed(connection, deploy, look)
            new = _unannounced(connection, deploy, look)
            kept = runs.end(connection, ended(run, look, verdict), lambda known: self._follow(known, look))
            if kept and new is not None:
                deploys.seen(connection, run.environment, look.began_at, str(look.commit), new)
        return look

    def keep(self, run: Run, look: Look) -> None:
        """Keep a run that ended without a verdict."""
        with self.history.writing() as connection:
            runs.end(connection, Ended(run), lambda known: self._follow(known, look))

    def _blamed(self, connection: Connection, deploy: Deploy | None, look: Look) -> Look:
        """Add the evidence against the release; one that was sound before its deploy is what one rolls back to."""
        release = schedule.watched(self.canary, deploy)
        if release is None or deploy is None or look.standing is not Standing.FAILING:
            return look
        if runs.was_sound_with(connection, look.environment, release.commit, deploy.begun_at):
            return look
        sound = runs.last_sound(connection, look.environment, look.checks)
        return replace(look, blame=blame(release, look, sound))

    def _follow(self, known: Mapping[str, Any], look: Look) -> Consequences:
        before = State.from_json(known) if known else State()
        state, alerts = advance(before, look, self.policy)
        return Consequences(
            state=state.to_json(),
            incident=_past(_touched(before, state), look.environment),
            messages=tuple(_addressed(alerts)),
        )


def findings_of(verdict: VerdictJson) -> Iterator[Found]:
    """Yield what the checks of a verdict found; a check that passed needs no words."""
    for one in verdict["checks"]:
        said = "" if one["outcome"] == Outcome.PASSED else one_line(one["message"])
        yield Found(one["id"], one["stage"], one["gating"], one["outcome"], one["cause"], said, one["duration_s"])


def ended(run: Run, look: Look, verdict: VerdictJson) -> Ended:
    """Return *run* with what its verdict says; words of a target are cleaned of what no database takes."""
    overlapped = look.standing is Standing.ASIDE and not look.troubles
    summary = OVERLAPPED if overlapped and run.kind is not RunKind.GATE else one_line(verdict["summary"])
    known = replace(
        run,
        ended_at=look.ended_at,
        standing=look.standing.value,
        verdict=verdict["verdict"],
        summary=summary,
        live=look.commit,
        duration_s=verdict["duration_s"],
        report=f"{run.environment}/{run.run_id}",
    )
    return Ended(known, tuple(findings_of(verdict)))


def _unannounced(connection: Connection, deploy: Deploy | None, look: Look) -> str | None:
    """Return the commit that was live before, if another one is live now of which no deploy tells."""
    if look.commit is None or (deploy is not None and same_commit(deploy.live, look.commit)):
        return None
    before = runs.last_live(connection, look.environment)
    return None if before is None or same_commit(before, look.commit) else before


def _touched(before: State, now: State) -> Incident | None:
    """Return the incident of before or of now; one that is over ended when the successes began."""
    if now.incident is not None or before.incident is None:
        return now.incident
    return replace(before.incident, resolved_at=now.since)


def _past(incident: Incident | None, environment: str) -> PastIncident | None:
    if incident is None:
        return None
    return PastIncident(
        id=incident.id,
        environment=environment,
        kind=incident.kind.value,
        severity=incident.severity.value,
        began_at=incident.began_at,
        opened_at=incident.opened_at,
        resolved_at=incident.resolved_at,
        checks=incident.checks,
        blamed=incident.blame.commit if incident.blame else None,
    )


def _addressed(alerts: tuple[Alert, ...]) -> Iterator[tuple[str, Message]]:
    for alert in alerts:
        for channel in alert.to:
            yield channel, message_of(alert)
