"""Which archived calls are practice, beside them; what they had left for experiments and for later calls goes."""

import sqlalchemy as sa
from alembic import op

revision = "0012"
down_revision = "0011"

OF_PRACTICE = "call_id IN (SELECT call_id FROM calls WHERE source LIKE 'softphone/%')"


def upgrade() -> None:
    op.add_column("archive_calls", sa.Column("is_practice", sa.Boolean(), nullable=False, server_default=sa.false()))
    op.execute(sa.text(f"UPDATE archive_calls SET is_practice = TRUE WHERE {OF_PRACTICE}"))
    for table in ("experiment_trials", "customer_calls"):
        op.execute(sa.text(f"DELETE FROM {table} WHERE {OF_PRACTICE}"))


def downgrade() -> None:
    op.drop_column("archive_calls", "is_practice")
