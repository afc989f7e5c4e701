"""The tables of the history. Times are epoch seconds; what is only carried along is JSON."""

from sqlalchemy import (
    JSON,
    BigInteger,
    Boolean,
    Column,
    Double,
    ForeignKey,
    Index,
    Integer,
    MetaData,
    String,
    Table,
    Text,
)

VERSION = 1
"""Grows when the tables change; a newer history than this code knows is refused."""

DAY_S = 86400
"""Days are those of UTC, counted from 1970."""

METADATA = MetaData()

COUNTER = BigInteger().with_variant(Integer, "sqlite")
"""SQLite counts up by itself in a column of this very type only."""

META = Table("smoke_meta", METADATA, Column("key", String(64), primary_key=True), Column("value", Text, nullable=False))

RUN = Table(
    "smoke_run",
    METADATA,
    Column("run_id", String(100), primary_key=True),
    Column("environment", String(200), nullable=False),
    Column("kind", String(16), nullable=False),
    Column("began_at", Double, nullable=False),
    Column("day", Integer, nullable=False),
    Column("ended_at", Double),
    Column("standing", String(16)),
    Column("verdict", String(16)),
    Column("summary", Text, nullable=False, default=""),
    Column("live", String(64)),
    Column("duration_s", Double),
    Column("report", Text, nullable=False, default=""),
    Index("smoke_run_by_time", "environment", "began_at"),
)
"""One run or one start that was set aside; `day` is that of its beginning, `ended_at` is null while it goes on."""

FINDING = Table(
    "smoke_finding",
    METADATA,
    Column("run_id", ForeignKey("smoke_run.run_id", ondelete="CASCADE"), primary_key=True),
    Column("check_id", String(200), primary_key=True),
    Column("stage", String(16), nullable=False),
    Column("gating", Boolean, nullable=False),
    Column("outcome", String(16), nullable=False),
    Column("cause", String(16)),
    Column("message", Text, nullable=False, default=""),
    Column("duration_s", Double, nullable=False),
)
"""What one check found in one run; a check that passed has no message."""

DEPLOY = Table(
    "smoke_deploy",
    METADATA,
    Column("id", COUNTER, primary_key=True, autoincrement=True),
    Column("environment", String(200), nullable=False),
    Column("begun_at", Double, nullable=False),
    Column("live", String(64)),
    Column("previous", String(64)),
    Column("ended_at", Double),
    Column("verdict", String(16)),
    Index("smoke_deploy_by_time", "environment", "begun_at"),
)
"""A deploy: begun when it was primed or first seen, ended when it was verified or taken for over."""

INCIDENT = Table(
    "smoke_incident",
    METADATA,
    Column("id", String(300), primary_key=True),
    Column("environment", String(200), nullable=False),
    Column("kind", String(16), nullable=False),
    Column("severity", String(16), nullable=False),
    Column("began_at", Double, nullable=False),
    Column("opened_at", Double, nullable=False),
    Column("resolved_at", Double),
    Column("checks", JSON, nullable=False),
    Column("blamed", String(64)),
    Index("smoke_incident_by_time", "environment", "began_at"),
)

STATE = Table(
    "smoke_state",
    METADATA,
    Column("environment", String(200), primary_key=True),
    Column("state", JSON, nullable=False),
)
"""What the alerts remember of each environment."""

OUTBOX = Table(
    "smoke_outbox",
    METADATA,
    Column("seq", COUNTER, primary_key=True, autoincrement=True),
    Column("id", String(400), nullable=False, unique=True),
    Column("environment", String(200), nullable=False),
    Column("incident", String(300), nullable=False),
    Column("channel", String(100), nullable=False),
    Column("message", JSON, nullable=False),
    Column("made_at", Double, nullable=False),
    Column("tries", Integer, nullable=False, default=0),
    Column("sent_at", Double),
    Column("refused_at", Double),
    Column("thread", Text),
    Column("error", Text),
    Index("smoke_outbox_waiting", "environment", "channel", "sent_at"),
)
"""Every message to be sent, written together with the run that made it; sent or refused when the channel said so."""
