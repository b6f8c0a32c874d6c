"""What is masked in the logs of calls, encrypted."""

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"


def upgrade() -> None:
    op.create_table(
        "seals",
        sa.Column("call_id", sa.String(64), nullable=False),
        sa.Column("seq", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("places", sa.JSON(), nullable=False),
        sa.Column("sealed", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["call_id"], ["calls.call_id"], name="fk_seals_call_id", ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("call_id", "seq", name="pk_seals"),
    )


def downgrade() -> None:
    op.drop_table("seals")
