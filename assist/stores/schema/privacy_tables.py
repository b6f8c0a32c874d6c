"""What is masked in the logs of calls, encrypted."""

from __future__ import annotations

from sqlalchemy import JSON, Column, ForeignKeyConstraint, Integer, String, Table, Text

from assist.stores.schema.base import metadata

seals = Table(
    "seals",
    metadata,
    Column("call_id", String(64), primary_key=True),
    Column("seq", Integer, primary_key=True, autoincrement=False),
    Column("places", JSON, nullable=False),
    Column("sealed", Text, nullable=False),
    ForeignKeyConstraint(["call_id"], ["calls.call_id"], ondelete="CASCADE"),
)
"""One row per masked envelope; ``places`` are lists of path, start, end and kind."""
