"""Calls with their log, and what a closed call leaves for the next one of its customer."""

from __future__ import annotations

from sqlalchemy import JSON, Boolean, Column, ForeignKey, Index, Integer, String, Table, Text, text

from assist.stores.schema.base import FreeText, UtcDateTime, metadata

calls = Table(
    "calls",
    metadata,
    Column("call_id", String(64), primary_key=True),
    Column("source", String(64), nullable=False),
    Column("opened_at", UtcDateTime, nullable=False),
    Column("closed_at", UtcDateTime),
    Column("cause", String(32)),
    Column("duration_ms", Integer, nullable=False),
    Column("agent_id", FreeText),
    Column("agent_name", FreeText, nullable=False),
    Column("customer_id", FreeText),
    Column("customer_name", FreeText, nullable=False),
    Column("external_id", FreeText),
    Column("playbook", FreeText, nullable=False),
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

IS_CORRECTION = text("type = 'line-corrected'")
"""A person put a line right. As text: an index of these rows alone is used only for what is written just so."""

envelopes = Table(
    "envelopes",
    metadata,
    Column("call_id", String(64), ForeignKey("calls.call_id", ondelete="CASCADE"), primary_key=True),
    Column("seq", Integer, primary_key=True, autoincrement=False),
    Column("at", UtcDateTime, nullable=False),
    Column("type", String(32), nullable=False),
    Column("body", Text, nullable=False),
    Index("ix_envelopes_corrected", "call_id", sqlite_where=IS_CORRECTION, postgresql_where=IS_CORRECTION),
)
"""The log; ``body`` is the event as JSON text."""

customer_calls = Table(
    "customer_calls",
    metadata,
    Column("call_id", String(64), ForeignKey("calls.call_id", ondelete="CASCADE"), primary_key=True),
    Column("customer_id", FreeText, nullable=False),
    Column("opened_at", UtcDateTime, nullable=False),
    Column("record", Text, nullable=False),
    Index(None, "customer_id", "opened_at"),
)
"""One row per closed call of a known customer; ``record`` is its ``CallRecord`` as JSON text."""
