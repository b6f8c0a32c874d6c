"""Trials of experiments and what was decided about them."""

from __future__ import annotations

from sqlalchemy import JSON, Column, ForeignKey, Index, Integer, String, Table, Text

from assist.stores.schema.base import FreeText, UtcDateTime, metadata

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
    Column("by", FreeText, nullable=False),
    Column("reason", FreeText, nullable=False),
    Column("figures", JSON, nullable=False),
)
"""What was decided about experiments, in that order; rows are never changed."""
