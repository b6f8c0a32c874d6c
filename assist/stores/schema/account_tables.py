"""Who may come in."""

from __future__ import annotations

from sqlalchemy import Boolean, Column, ForeignKey, Index, String, Table, Text

from assist.stores.schema.base import FreeText, UtcDateTime, metadata

users = Table(
    "users",
    metadata,
    Column("user_id", String(64), primary_key=True),
    Column("name", FreeText, nullable=False, unique=True),
    Column("display_name", FreeText, nullable=False),
    Column("password_hash", Text, nullable=False),
    Column("role", String(16), nullable=False),
    Column("agent_id", FreeText),
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

teams = Table(
    "teams",
    metadata,
    Column("team_id", String(64), primary_key=True),
    Column("name", FreeText, nullable=False, unique=True),
)

team_agents = Table(
    "team_agents",
    metadata,
    Column("agent_id", FreeText, primary_key=True),
    Column("team_id", String(64), ForeignKey("teams.team_id", ondelete="CASCADE"), nullable=False),
    Index(None, "team_id"),
)
"""Agents by the phone platform's ids; one is of one team."""

team_assignments = Table(
    "team_assignments",
    metadata,
    Column("team_id", String(64), ForeignKey("teams.team_id", ondelete="CASCADE"), primary_key=True),
    Column("user_id", String(64), ForeignKey("users.user_id", ondelete="CASCADE"), primary_key=True),
    Index(None, "user_id"),
)
"""Supervisors and QA staff who work with a team."""

api_keys = Table(
    "api_keys",
    metadata,
    Column("key_hash", String(128), primary_key=True),
    Column("name", FreeText, nullable=False, unique=True),
    Column("created_at", UtcDateTime, nullable=False),
    Column("last_used_at", UtcDateTime),
    Column("disabled", Boolean, nullable=False),
)
