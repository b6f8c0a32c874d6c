"""Versions and drafts of playbooks."""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"


def upgrade() -> None:
    op.create_table(
        "playbook_versions",
        sa.Column("name", sa.String(64), nullable=False),
        sa.Column("number", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("version", sa.String(32), nullable=False),
        sa.Column("digest", sa.String(64), nullable=False),
        sa.Column("origin", sa.String(16), nullable=False),
        sa.Column("author_id", sa.String(64)),
        sa.Column("author", sa.Text(), nullable=False),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("file", sa.Text(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("name", "number", name="pk_playbook_versions"),
    )
    op.create_index("ix_playbook_versions_file_at", "playbook_versions", ["file", "at"])
    op.create_table(
        "playbook_drafts",
        sa.Column("name", sa.String(64), nullable=False),
        sa.Column("saves", sa.Integer(), nullable=False),
        sa.Column("base", sa.Integer(), nullable=False),
        sa.Column("author_id", sa.String(64)),
        sa.Column("author", sa.Text(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("name", name="pk_playbook_drafts"),
    )


def downgrade() -> None:
    op.drop_table("playbook_drafts")
    op.drop_table("playbook_versions")
