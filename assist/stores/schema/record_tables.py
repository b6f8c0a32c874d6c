"""How long calls are kept: what holds them, and who did what to them."""

from __future__ import annotations

from sqlalchemy import JSON, Column, Index, Integer, String, Table, UniqueConstraint

from assist.stores.schema.base import FreeText, UtcDateTime, metadata

legal_holds = Table(
    "legal_holds",
    metadata,
    Column("hold_id", String(64), primary_key=True),
    Column("kind", String(16), nullable=False),
    Column("subject", FreeText, nullable=False),
    Column("reason", FreeText, nullable=False),
    Column("by", FreeText, nullable=False),
    Column("at", UtcDateTime, nullable=False),
    UniqueConstraint("kind", "subject"),
)
"""Calls, or all calls of customers, that nothing may remove; a hold that was released has no row."""

audit_log = Table(
    "audit_log",
    metadata,
    Column("entry_id", Integer, primary_key=True),
    Column("at", UtcDateTime, nullable=False),
    Column("by", FreeText, nullable=False),
    Column("action", String(32), nullable=False),
    Column("subject", FreeText, nullable=False),
    Column("details", JSON, nullable=False),
    Index(None, "subject"),
)
"""Who did what, in that order; rows are never changed, but that what names an erased customer is taken out of them."""
