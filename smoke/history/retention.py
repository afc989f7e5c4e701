"""How long the history keeps what."""

from sqlalchemy import Connection, delete, select

from smoke.history.tables import DEPLOY, FINDING, INCIDENT, OUTBOX, RUN


def forget(connection: Connection, environment: str, before: float) -> int:
    """
    Delete what ended before *before*; returns how many runs that were.

    An open incident, a run that goes on and a message that was never sent stay, however old they are.
    """
    old = (RUN.c.environment == environment) & (RUN.c.ended_at < before)
    connection.execute(delete(FINDING).where(FINDING.c.run_id.in_(select(RUN.c.run_id).where(old))))
    runs = connection.execute(delete(RUN).where(old)).rowcount
    for table, moment in ((DEPLOY, DEPLOY.c.ended_at), (INCIDENT, INCIDENT.c.resolved_at)):
        connection.execute(delete(table).where(table.c.environment == environment, moment < before))
    settled = (OUTBOX.c.sent_at < before) | (OUTBOX.c.refused_at < before)
    connection.execute(delete(OUTBOX).where(OUTBOX.c.environment == environment, settled))
    return runs


def reports_to_drop(connection: Connection, environment: str, before: float) -> list[str]:
    """Return the run ids of the canary's own passes that ended before *before*, whose reports nobody needs."""
    asked = select(RUN.c.run_id).where(
        RUN.c.environment == environment, RUN.c.kind != "gate", RUN.c.verdict == "pass", RUN.c.ended_at < before
    )
    return list(connection.scalars(asked))
