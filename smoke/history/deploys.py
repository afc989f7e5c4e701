"""Deploys in the history: they are announced by priming and verifying, or seen by the canary."""

from typing import Any

from sqlalchemy import Connection, Row, insert, select, update

from smoke.history.records import Deploy
from smoke.history.tables import DEPLOY
from smoke.verdict.release import same_commit


def begun(connection: Connection, environment: str, at: float) -> None:
    """Note that a deploy begins; one that was begun and never verified is taken for over."""
    over(connection, environment, at)
    connection.execute(insert(DEPLOY).values(environment=environment, begun_at=at))


def over(connection: Connection, environment: str, at: float) -> None:
    """Note that what was begun and never verified is over."""
    connection.execute(
        update(DEPLOY).where(DEPLOY.c.environment == environment, DEPLOY.c.ended_at.is_(None)).values(ended_at=at)
    )


def verified(connection: Connection, deploy: Deploy) -> None:
    """
    Note how the verification of a deploy ended: of the one that was begun, or of that commit's if verified again.

    *deploy* holds what is known now; when it began counts only if nobody had noted that.
    """
    known = last(connection, deploy.environment)
    values = {
        "live": deploy.live,
        "previous": deploy.previous,
        "ended_at": deploy.ended_at,
        "verdict": deploy.verdict,
    }
    if known is not None and (known.ended_at is None or same_commit(known.live, deploy.live)):
        connection.execute(update(DEPLOY).where(DEPLOY.c.id == known.id).values(**values))
    else:
        connection.execute(insert(DEPLOY).values(environment=deploy.environment, begun_at=deploy.begun_at, **values))


def seen(connection: Connection, environment: str, at: float, live: str, previous: str | None) -> None:
    """Note that another commit is live although nobody announced a deploy."""
    connection.execute(
        insert(DEPLOY).values(environment=environment, begun_at=at, ended_at=at, live=live, previous=previous)
    )


def last(connection: Connection, environment: str) -> Deploy | None:
    """Return the newest deploy, or None."""
    asked = (
        select(DEPLOY).where(DEPLOY.c.environment == environment).order_by(DEPLOY.c.begun_at.desc(), DEPLOY.c.id.desc())
    )
    row = connection.execute(asked.limit(1)).one_or_none()
    return None if row is None else _deploy(row)


def since(connection: Connection, environment: str, moment: float) -> list[Deploy]:
    """Return the deploys that began at *moment* or later, the oldest first."""
    asked = select(DEPLOY).where(DEPLOY.c.environment == environment, DEPLOY.c.begun_at >= moment)
    return [_deploy(row) for row in connection.execute(asked.order_by(DEPLOY.c.begun_at, DEPLOY.c.id))]


def _deploy(row: Row[Any]) -> Deploy:
    return Deploy(**row._mapping)  # noqa: SLF001 - SQLAlchemy's public name
