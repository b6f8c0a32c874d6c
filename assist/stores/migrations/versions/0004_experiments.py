"""Trials of experiments, one for each closed call that drew for them, and what was decided about experiments."""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"


def upgrade() -> None:
    op.create_table(
        "experiment_trials",
        sa.Column("call_id", sa.String(64), nullable=False),
        sa.Column("playbook", sa.String(64), nullable=False),
        sa.Column("opened_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("trial", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["call_id"], ["calls.call_id"], name="fk_experiment_trials_call_id", ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("call_id", name="pk_experiment_trials"),
    )
    op.create_index("ix_experiment_trials_playbook_opened_at", "experiment_trials", ["playbook", "opened_at"])
    op.create_table(
        "experiment_decisions",
        sa.Column("decision_id", sa.Integer(), nullable=False),
        sa.Column("playbook", sa.String(64), nullable=False),
        sa.Column("experiment", sa.String(64), nullable=False),
        sa.Column("kind", sa.String(16), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("by", sa.Text(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("figures", sa.JSON(), nullable=False),
        sa.PrimaryKeyConstraint("decision_id", name="pk_experiment_decisions"),
    )


def downgrade() -> None:
    op.drop_table("experiment_decisions")
    op.drop_table("experiment_trials")
