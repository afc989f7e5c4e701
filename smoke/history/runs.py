"""Runs in the history: begun, ended with all that follows from them, and read again."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict
from typing import Any

from sqlalchemy import Connection, Row, func, insert, select, update

from smoke.history import outbox
from smoke.history.records import Consequences, Ended, Found, PastIncident, Run, RunKind
from smoke.history.tables import DAY_S, FINDING, INCIDENT, RUN, STATE
from smoke.verdict.release import same_commit

STATELESS: Mapping[str, Any] = {}
"""What is remembered of an environment that was never looked at."""


def begin(connection: Connection, run: Run) -> None:
    """Note that *run* begins, so that it is missed should this process die."""
    connection.execute(insert(RUN).values(**asdict(run), day=int(run.began_at // DAY_S)))


def end(connection: Connection, ended: Ended, follow: Callable[[Mapping[str, Any]], Consequences] | None) -> bool:
    """
    Keep a run that ended, and what *follow* makes of the state before it; False if it was kept already.

    Everything belongs to one transaction, so a run is never counted twice, and no alert is lost or made without it.
    """
    run = ended.run
    already = select(RUN.c.ended_at).where(RUN.c.run_id == run.run_id).with_for_update()
    begun = connection.execute(already).one_or_none()
    if begun is not None and begun.ended_at is not None:
        return False
    if begun is None:
        begin(connection, run)
    else:
        connection.execute(update(RUN).where(RUN.c.run_id == run.run_id).values(**asdict(run)))
    if ended.found:
        connection.execute(insert(FINDING), [{"run_id": run.run_id, **asdict(one)} for one in ended.found])
    if follow is not None:
        _keep(connection, run, follow(state(connection, run.environment, alone=True)))
    return True


def state(connection: Connection, environment: str, *, alone: bool = False) -> Mapping[str, Any]:
    """Return what the alerts remember of *environment*; with *alone* nobody else may change it meanwhile."""
    asked = select(STATE.c.state).where(STATE.c.environment == environment)
    found = connection.execute(asked.with_for_update() if alone else asked).one_or_none()
    return STATELESS if found is None else dict(found.state)


def unfinished(connection: Connection, environment: str) -> list[Run]:
    """Return the runs that began and never ended, the oldest first."""
    asked = select(RUN).where(RUN.c.environment == environment, RUN.c.ended_at.is_(None)).order_by(RUN.c.began_at)
    return [run_of(row) for row in connection.execute(asked)]


def since(connection: Connection, environment: str, moment: float) -> list[Run]:
    """Return the runs that began at *moment* or later, the oldest first."""
    asked = select(RUN).where(RUN.c.environment == environment, RUN.c.began_at >= moment).order_by(RUN.c.began_at)
    return [run_of(row) for row in connection.execute(asked)]


def last(connection: Connection, environment: str) -> Run | None:
    """Return the last run of the canary that ended, or None."""
    asked = (
        select(RUN)
        .where(RUN.c.environment == environment, RUN.c.ended_at.is_not(None), RUN.c.kind != RunKind.GATE)
        .order_by(RUN.c.began_at.desc())
        .limit(1)
    )
    row = connection.execute(asked).one_or_none()
    return None if row is None else run_of(row)


def last_live(connection: Connection, environment: str) -> str | None:
    """Return the commit that was live when that was last told."""
    told = (RUN.c.environment == environment) & RUN.c.live.is_not(None)
    return connection.scalar(select(RUN.c.live).where(told).order_by(RUN.c.began_at.desc()).limit(1))


def was_sound_with(connection: Connection, environment: str, commit: str, before: float) -> bool:
    """Tell whether *commit* was live and everything sound with it at some time before *before*."""
    asked = (
        select(RUN.c.live)
        .where(RUN.c.environment == environment, RUN.c.began_at < before, RUN.c.standing == "sound")
        .where(RUN.c.live.is_not(None))
        .distinct()
    )
    return any(same_commit(live, commit) for live in connection.scalars(asked))


def environments(connection: Connection) -> list[str]:
    """Return the names of all environments that have runs."""
    return list(connection.scalars(select(RUN.c.environment).distinct().order_by(RUN.c.environment)))


def found_in(connection: Connection, run_id: str) -> list[Found]:
    """Return what the checks of a run found."""
    columns = [column for column in FINDING.c if column.name != "run_id"]
    return [Found(**row._mapping) for row in connection.execute(select(*columns).where(FINDING.c.run_id == run_id))]  # noqa: SLF001 - SQLAlchemy's public name


def last_sound(connection: Connection, environment: str, checks: Sequence[str]) -> dict[str, float]:
    """Return when each of *checks* passed last."""
    asked = (
        select(FINDING.c.check_id, func.max(RUN.c.ended_at))
        .join_from(FINDING, RUN)
        .where(RUN.c.environment == environment, FINDING.c.check_id.in_(checks), FINDING.c.outcome == "passed")
        .group_by(FINDING.c.check_id)
    )
    return {check: at for check, at in connection.execute(asked)}  # noqa: C416 - rows are no pairs to dict


def incidents(connection: Connection, environment: str, moment: float) -> list[PastIncident]:
    """Return the incidents that were open at *moment* or later, the newest first."""
    alive = INCIDENT.c.resolved_at.is_(None) | (INCIDENT.c.resolved_at >= moment)
    asked = select(INCIDENT).where(INCIDENT.c.environment == environment, alive).order_by(INCIDENT.c.began_at.desc())
    return [
        PastIncident(**{**row._mapping, "checks": tuple(row.checks)})  # noqa: SLF001 - SQLAlchemy's public name
        for row in connection.execute(asked)
    ]


def _keep(connection: Connection, run: Run, consequences: Consequences) -> None:
    values = {"state": dict(consequences.state)}
    changed = connection.execute(update(STATE).where(STATE.c.environment == run.environment).values(**values))
    if not changed.rowcount:
        connection.execute(insert(STATE).values(environment=run.environment, **values))
    if consequences.incident is not None:
        _keep_incident(connection, consequences.incident)
    outbox.add(connection, run.environment, consequences.messages, run.ended_at or run.began_at)


def _keep_incident(connection: Connection, incident: PastIncident) -> None:
    values = {**asdict(incident), "checks": list(incident.checks)}
    if not connection.execute(update(INCIDENT).where(INCIDENT.c.id == incident.id).values(**values)).rowcount:
        connection.execute(insert(INCIDENT).values(**values))


def run_of(row: Row[Any]) -> Run:
    """Return the run that a row holds."""
    values = {name: value for name, value in row._mapping.items() if name != "day"}  # noqa: SLF001 - its public name
    return Run(**{**values, "kind": RunKind(row.kind)})
