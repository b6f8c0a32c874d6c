"""How people judge calls: projections of the logs, and what was drawn to be judged."""

from __future__ import annotations

from sqlalchemy import Boolean, Column, Date, Float, ForeignKey, Index, Integer, String, Table, Text, UniqueConstraint

from assist.stores.schema.base import FreeText, UtcDateTime, metadata


def _of_call(*, is_key: bool = False) -> Column[str]:
    return Column(
        "call_id", String(64), ForeignKey("calls.call_id", ondelete="CASCADE"), primary_key=is_key, nullable=False
    )


call_risks = Table(
    "call_risks",
    metadata,
    _of_call(is_key=True),
    Column("closed_at", UtcDateTime, nullable=False),
    Column("agent_id", FreeText),
    Column("utterances", Integer, nullable=False),
    Column("risk", Integer, nullable=False),
    Column("reasons", Text, nullable=False),
    Index(None, "closed_at"),
)
"""One row per closed call; ``reasons`` as JSON text."""

review_draws = Table(
    "review_draws",
    metadata,
    Column("draw_id", String(64), primary_key=True),
    Column("day", Date, nullable=False),
    Column("since", UtcDateTime, nullable=False),
    Column("until", UtcDateTime, nullable=False),
    Column("calls", Integer, nullable=False),
    Column("risk_calls", Integer, nullable=False),
    Column("random_calls", Integer, nullable=False),
    Column("seed", FreeText, nullable=False),
    Column("by", FreeText, nullable=False),
    Column("at", UtcDateTime, nullable=False),
    UniqueConstraint("since"),
)
"""How each draw was made; it names no calls, and stays when they go."""

drawn_calls = Table(
    "drawn_calls",
    metadata,
    _of_call(is_key=True),
    Column("draw_id", String(64), ForeignKey("review_draws.draw_id"), nullable=False),
    Column("place", Integer, nullable=False),
    Column("is_for_risk", Boolean, nullable=False),
    Column("inclusion", Float, nullable=False),
    Column("risk", Integer, nullable=False),
    Column("reasons", Text, nullable=False),
    Column("is_opened", Boolean, nullable=False),
    Index(None, "is_opened", "draw_id", "place"),
)
"""What draws took; ``is_opened``: its review is in the call's log."""

reviews = Table(
    "reviews",
    metadata,
    Column("review_id", String(64), primary_key=True),
    _of_call(),
    Column("kind", String(16), nullable=False),
    Column("calibration_id", String(64)),
    Column("origin", String(16), nullable=False),
    Column("inclusion", Float),
    Column("risk", Integer, nullable=False),
    Column("state", String(16), nullable=False),
    Column("reviewer_id", FreeText),
    Column("agent_id", FreeText),
    Column("call_opened_at", UtcDateTime, nullable=False),
    Column("scorecard", FreeText, nullable=False),
    Column("score", Float),
    Column("is_zeroed", Boolean, nullable=False),
    Column("is_told", Boolean, nullable=False),
    Column("unacknowledged", Integer, nullable=False),
    Column("acknowledge_by", UtcDateTime),
    Column("opened_at", UtcDateTime, nullable=False),
    Column("due_at", UtcDateTime),
    Column("body", Text, nullable=False),
    Index(None, "call_id"),
    Index(None, "state", "due_at"),
    Index(None, "reviewer_id", "state"),
    Index(None, "agent_id", "state"),
    Index(None, "calibration_id"),
    Index(None, "call_opened_at"),
)
"""One row per review; ``body`` is the ``Review`` as JSON text."""

flag_rulings = Table(
    "flag_rulings",
    metadata,
    Column("review_id", String(64), ForeignKey("reviews.review_id", ondelete="CASCADE"), primary_key=True),
    Column("flag_id", String(200), primary_key=True),
    _of_call(),
    Column("playbook", FreeText, nullable=False),
    Column("rule_id", FreeText, nullable=False),
    Column("rule", FreeText, nullable=False),
    Column("verdict", String(16), nullable=False),
    Column("is_right", Boolean, nullable=False),
    Column("inclusion", Float),
    Column("agent_id", FreeText),
    Column("call_opened_at", UtcDateTime, nullable=False),
    Index(None, "call_id"),
    Index(None, "playbook", "rule_id", "call_opened_at"),
)
"""Whether flags were right, as people judged them in the end."""

rule_cases = Table(
    "rule_cases",
    metadata,
    Column("case_id", String(64), primary_key=True),
    _of_call(),
    Column("review_id", String(64), ForeignKey("reviews.review_id", ondelete="CASCADE"), nullable=False),
    Column("playbook", FreeText, nullable=False),
    Column("rule_id", FreeText, nullable=False),
    Column("at", UtcDateTime, nullable=False),
    Column("body", Text, nullable=False),
    Index(None, "call_id"),
    Index(None, "playbook", "rule_id"),
)
"""Calls in which rules were wrong; ``body`` is the ``RuleCase`` as JSON text."""
