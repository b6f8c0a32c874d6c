"""What figures are made of, beside a call in the archive; of calls from before by ``livecue archive rebuild`` alone."""

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"

COLUMNS = {
    "reason": sa.String(128),
    "repeat_no": sa.Integer(),
    "agent_chars_per_min": sa.Float(),
    "customer_chars_per_min": sa.Float(),
}


def upgrade() -> None:
    for name, kind in COLUMNS.items():
        op.add_column("archive_calls", sa.Column(name, kind))
    op.create_index("ix_archive_calls_reason_opened_at", "archive_calls", ["reason", "opened_at"])


def downgrade() -> None:
    op.drop_index("ix_archive_calls_reason_opened_at", "archive_calls")
    for name in reversed(COLUMNS):
        op.drop_column("archive_calls", name)
