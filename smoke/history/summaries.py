"""What many runs amount to: for pages and lists."""

from collections.abc import Iterator
from dataclasses import dataclass

from sqlalchemy import Connection, func, select

from smoke.history.records import Found, Run
from smoke.history.runs import run_of
from smoke.history.tables import FINDING, RUN


@dataclass(frozen=True, slots=True)
class DayCount:
    """How often one *outcome* of a check came on one *day* (counted from 1970, UTC)."""

    check_id: str
    day: int
    outcome: str
    count: int


def by_day(connection: Connection, environment: str, first_day: int) -> list[DayCount]:
    """Return the outcomes of every check, counted by day."""
    asked = (
        select(FINDING.c.check_id, RUN.c.day, FINDING.c.outcome, func.count())
        .join_from(RUN, FINDING)
        .where(RUN.c.environment == environment, RUN.c.day >= first_day)
        .group_by(FINDING.c.check_id, RUN.c.day, FINDING.c.outcome)
    )
    return [DayCount(*row) for row in connection.execute(asked)]


def standings_by_day(connection: Connection, environment: str, first_day: int) -> list[DayCount]:
    """Return the standings of all runs that ended, counted by day."""
    asked = (
        select(RUN.c.environment, RUN.c.day, RUN.c.standing, func.count())
        .where(RUN.c.environment == environment, RUN.c.day >= first_day, RUN.c.standing.is_not(None))
        .group_by(RUN.c.environment, RUN.c.day, RUN.c.standing)
    )
    return [DayCount(*row) for row in connection.execute(asked)]


def found_since(connection: Connection, environment: str, moment: float) -> Iterator[tuple[float, Found]]:
    """Yield what every check found in every run since *moment*, with the run's beginning, the oldest first."""
    columns = [column for column in FINDING.c if column.name != "run_id"]
    asked = (
        select(RUN.c.began_at, *columns)
        .join_from(RUN, FINDING)
        .where(RUN.c.environment == environment, RUN.c.began_at >= moment)
        .order_by(RUN.c.began_at)
    )
    for began_at, *values in connection.execute(asked):
        yield began_at, Found(*values)


def newest(connection: Connection, environment: str, most: int) -> list[Run]:
    """Return the newest runs, the newest first."""
    asked = select(RUN).where(RUN.c.environment == environment).order_by(RUN.c.began_at.desc()).limit(most)
    return [run_of(row) for row in connection.execute(asked)]
