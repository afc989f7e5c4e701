"""
The outbox: messages are written with the run that made them and leave one by one, each channel's in their order.

A message whose sending was begun and never confirmed may have arrived. It is sent again with the same id and says so.
"""

from collections.abc import Sequence
from dataclasses import replace

from sqlalchemy import Connection, insert, select, update

from smoke.alerts.message import Message
from smoke.history.records import Waiting
from smoke.history.tables import OUTBOX

Addressed = tuple[str, Message]
"""A channel and what it is to be told."""


def add(connection: Connection, environment: str, messages: Sequence[Addressed], made_at: float) -> None:
    """Put *messages* into the outbox."""
    for channel, message in messages:
        connection.execute(
            insert(OUTBOX).values(
                id=f"{message.id}/{channel}",
                environment=environment,
                incident=message.incident,
                channel=channel,
                message=message.to_json(),
                made_at=made_at,
                tries=0,
            )
        )


def waiting(connection: Connection, environment: str) -> list[Waiting]:
    """Return what waits to be sent, in the order in which it was made."""
    asked = (
        select(OUTBOX)
        .where(OUTBOX.c.environment == environment, OUTBOX.c.sent_at.is_(None), OUTBOX.c.refused_at.is_(None))
        .order_by(OUTBOX.c.seq)
    )
    return [
        Waiting(row.seq, row.channel, replace(Message.from_json(row.message), id=row.id), row.made_at, row.tries)
        for row in connection.execute(asked)
    ]


def thread_of(connection: Connection, one: Waiting) -> str | None:
    """Return the channel's name for the thread of the incident, if an earlier message began one."""
    asked = (
        select(OUTBOX.c.thread)
        .where(OUTBOX.c.incident == one.message.incident, OUTBOX.c.channel == one.channel)
        .where(OUTBOX.c.thread.is_not(None))
        .order_by(OUTBOX.c.seq)
        .limit(1)
    )
    return connection.scalar(asked)


def trying(connection: Connection, one: Waiting) -> None:
    """Note that sending begins: from here on the message may have arrived."""
    connection.execute(update(OUTBOX).where(OUTBOX.c.seq == one.seq).values(tries=one.tries + 1))


def sent(connection: Connection, one: Waiting, at: float, thread: str | None) -> None:
    """Note that the message arrived."""
    connection.execute(update(OUTBOX).where(OUTBOX.c.seq == one.seq).values(sent_at=at, thread=thread, error=None))


def failed(connection: Connection, one: Waiting, why: str, refused_at: float | None) -> None:
    """Note why it did not arrive; with *refused_at* it never will."""
    connection.execute(update(OUTBOX).where(OUTBOX.c.seq == one.seq).values(error=why, refused_at=refused_at))
