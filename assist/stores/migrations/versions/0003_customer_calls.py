"""Closed calls by customer; filled for the calls that are there by ``livecue history rebuild``."""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"


def upgrade() -> None:
    op.create_table(
        "customer_calls",
        sa.Column("call_id", sa.String(64), nullable=False),
        sa.Column("customer_id", sa.Text(), nullable=False),
        sa.Column("opened_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("record", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["call_id"], ["calls.call_id"], name="fk_customer_calls_call_id", ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("call_id", name="pk_customer_calls"),
    )
    op.create_index("ix_customer_calls_customer_id_opened_at", "customer_calls", ["customer_id", "opened_at"])


def downgrade() -> None:
    op.drop_table("customer_calls")
