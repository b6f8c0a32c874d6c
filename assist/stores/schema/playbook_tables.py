"""Versions and drafts of playbooks."""

from __future__ import annotations

from sqlalchemy import Column, Index, Integer, String, Table, Text

from assist.stores.schema.base import FreeText, UtcDateTime, metadata

playbook_versions = Table(
    "playbook_versions",
    metadata,
    Column("name", String(64), primary_key=True),
    Column("number", Integer, primary_key=True, autoincrement=False),
    Column("version", String(32), nullable=False),
    Column("digest", String(64), nullable=False),
    Column("origin", String(16), nullable=False),
    Column("author_id", String(64)),
    Column("author", FreeText, nullable=False),
    Column("note", FreeText, nullable=False),
    Column("at", UtcDateTime, nullable=False),
    Column("file", Text, nullable=False),
    Column("text", FreeText, nullable=False),
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
    Column("author", FreeText, nullable=False),
    Column("at", UtcDateTime, nullable=False),
    Column("text", FreeText, nullable=False),
)
"""What is being edited; at most one text per playbook."""
