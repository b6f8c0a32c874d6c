"""Places of the utterances of archived calls among meanings, which the service makes; an index of corrected calls."""

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0009"


def upgrade() -> None:
    op.create_table(
        "archive_meanings",
        sa.Column("call_no", sa.Integer(), nullable=False),
        sa.Column("version", sa.BigInteger(), nullable=False),
        sa.Column("source", sa.String(128), nullable=False),
        sa.Column("parties", sa.LargeBinary(), nullable=False),
        sa.Column("places", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(
            ["call_no"], ["archive_calls.call_no"], name="fk_archive_meanings_call_no", ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("call_no", name="pk_archive_meanings"),
    )
    op.create_index("ix_archive_meanings_source_version", "archive_meanings", ["source", "version"])
    is_correction = sa.text("type = 'line-corrected'")
    op.create_index(
        "ix_envelopes_corrected",
        "envelopes",
        ["call_id"],
        sqlite_where=is_correction,
        postgresql_where=is_correction,
    )


def downgrade() -> None:
    op.drop_index("ix_envelopes_corrected", "envelopes")
    op.drop_table("archive_meanings")
