"""The tables, as SQLAlchemy metadata; the migrations must lead to exactly this (a test compares them)."""

from __future__ import annotations

from datetime import UTC, datetime

from sqlalchemy import (
    JSON,
    Boolean,
    Column,
    DateTime,
    Dialect,
    ForeignKey,
    Index,
    Integer,
    MetaData,
    String,
    Table,
    Text,
    TypeDecorator,
)


class UtcDateTime(TypeDecorator[datetime]):
    """Aware UTC ``datetime`` to the microsecond, also where the database knows no time zones."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is not None and value.tzinfo is None:
            raise ValueError("a stored time must be aware")
        return None if value is None else value.astimezone(UTC)

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


metadata = MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "fk": "fk_%(table_name)s_%(column_0_N_name)s",
        "pk": "pk_%(table_name)s",
    }
)

calls = Table(
    "calls",
    metadata,
    Column("call_id", String(64), primary_key=True),
    Column("source", String(64), nullable=False),
    Column("opened_at", UtcDateTime, nullable=False),
    Column("closed_at", UtcDateTime),
    Column("cause", String(32)),
    Column("duration_ms", Integer, nullable=False),
    Column("agent_id", Text),
    Column("agent_name", Text, nullable=False),
    Column("customer_id", Text),
    Column("customer_name", Text, nullable=False),
    Column("external_id", Text),
    Column("playbook", Text, nullable=False),
    Column("utterances", Integer, nullable=False),
    Column("prompts", Integer, nullable=False),
    Column("flags", Integer, nullable=False),
    Column("last_seq", Integer, nullable=False),
    Column("has_audio", Boolean, nullable=False),
    Column("standing_flags", JSON, nullable=False),
    Index(None, "opened_at"),
    Index(None, "agent_id", "opened_at"),
    Index(None, "closed_at", "opened_at"),
)
"""One row per call; columns are the fields of ``CallSummary``."""

envelopes = Table(
    "envelopes",
    metadata,
    Column("call_id", String(64), ForeignKey("calls.call_id", ondelete="CASCADE"), primary_key=True),
    Column("seq", Integer, primary_key=True, autoincrement=False),
    Column("at", UtcDateTime, nullable=False),
    Column("type", String(32), nullable=False),
    Column("body", Text, nullable=False),
)
"""The log; ``body`` is the event as JSON text."""

customer_calls = Table(
    "customer_calls",
    metadata,
    Column("call_id", String(64), ForeignKey("calls.call_id", ondelete="CASCADE"), primary_key=True),
    Column("customer_id", Text, nullable=False),
    Column("opened_at", UtcDateTime, nullable=False),
    Column("record", Text, nullable=False),
    Index(None, "customer_id", "opened_at"),
)
"""One row per closed call of a known customer; ``record`` is its ``CallRecord`` as JSON text."""

users = Table(
    "users",
    metadata,
    Column("user_id", String(64), primary_key=True),
    Column("name", Text, nullable=False, unique=True),
    Column("display_name", Text, nullable=False),
    Column("password_hash", Text, nullable=False),
    Column("role", String(16), nullable=False),
    Column("agent_id", Text),
    Column("created_at", UtcDateTime, nullable=False),
    Column("disabled", Boolean, nullable=False),
)

sessions = Table(
    "sessions",
    metadata,
    Column("token_hash", String(128), primary_key=True),
    Column("user_id", String(64), ForeignKey("users.user_id", ondelete="CASCADE"), nullable=False),
    Column("created_at", UtcDateTime, nullable=False),
    Column("expires_at", UtcDateTime, nullable=False),
)

api_keys = Table(
    "api_keys",
    metadata,
    Column("key_hash", String(128), primary_key=True),
    Column("name", Text, nullable=False, unique=True),
    Column("created_at", UtcDateTime, nullable=False),
    Column("last_used_at", UtcDateTime),
    Column("disabled", Boolean, nullable=False),
)

playbook_versions = Table(
    "playbook_versions",
    metadata,
    Column("name", String(64), primary_key=True),
    Column("number", Integer, primary_key=True, autoincrement=False),
    Column("version", String(32), nullable=False),
    Column("digest", String(64), nullable=False),
    Column("origin", String(16), nullable=False),
    Column("author_id", String(64)),
    Column("author", Text, nullable=False),
    Column("note", Text, nullable=False),
    Column("at", UtcDateTime, nullable=False),
    Column("file", Text, nullable=False),
    Column("text", Text, nullable=False),
    Index(None, "file", "at"),
)
"""Every text a playbook ran with; rows are never changed."""

playbook_drafts = Table(
    "playbook_drafts",
    metadata,
    Column("name", String(64), primary_key=True),
    Column("saves", Integer, nullable=False),
    Column("base", Integer, nullable=False),
    Column("author_id", String(64)),
    Column("author", Text, nullable=False),
    Column("at", UtcDateTime, nullable=False),
    Column("text", Text, nullable=False),
)
"""What is being edited; at most one text per playbook."""

experiment_trials = Table(
    "experiment_trials",
    metadata,
    Column("call_id", String(64), ForeignKey("calls.call_id", ondelete="CASCADE"), primary_key=True),
    Column("playbook", String(64), nullable=False),
    Column("opened_at", UtcDateTime, nullable=False),
    Column("trial", Text, nullable=False),
    Index(None, "playbook", "opened_at"),
)
"""Closed calls that drew for experiments; ``trial`` is a ``Trial`` as JSON text."""

experiment_decisions = Table(
    "experiment_decisions",
    metadata,
    Column("decision_id", Integer, primary_key=True),
    Column("playbook", String(64), nullable=False),
    Column("experiment", String(64), nullable=False),
    Column("kind", String(16), nullable=False),
    Column("at", UtcDateTime, nullable=False),
    Column("by", Text, nullable=False),
    Column("reason", Text, nullable=False),
    Column("figures", JSON, nullable=False),
)
"""What was decided about experiments, in that order; rows are never changed."""
