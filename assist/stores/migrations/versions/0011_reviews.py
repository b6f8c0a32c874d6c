"""How people judge calls."""

import sqlalchemy as sa
from alembic import op

revision = "0011"
down_revision = "0010"


def _of_call(table: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint(["call_id"], ["calls.call_id"], name=f"fk_{table}_call_id", ondelete="CASCADE")


def _of_review(table: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint(
        ["review_id"], ["reviews.review_id"], name=f"fk_{table}_review_id", ondelete="CASCADE"
    )


def _at(name: str, *, nullable: bool = False) -> sa.Column[object]:
    return sa.Column(name, sa.DateTime(timezone=True), nullable=nullable)


def upgrade() -> None:
    op.create_table(
        "call_risks",
        sa.Column("call_id", sa.String(64), nullable=False),
        _at("closed_at"),
        sa.Column("agent_id", sa.Text()),
        sa.Column("utterances", sa.Integer(), nullable=False),
        sa.Column("risk", sa.Integer(), nullable=False),
        sa.Column("reasons", sa.Text(), nullable=False),
        _of_call("call_risks"),
        sa.PrimaryKeyConstraint("call_id", name="pk_call_risks"),
    )
    op.create_index("ix_call_risks_closed_at", "call_risks", ["closed_at"])
    op.create_table(
        "review_draws",
        sa.Column("draw_id", sa.String(64), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        _at("since"),
        _at("until"),
        sa.Column("calls", sa.Integer(), nullable=False),
        sa.Column("risk_calls", sa.Integer(), nullable=False),
        sa.Column("random_calls", sa.Integer(), nullable=False),
        sa.Column("seed", sa.Text(), nullable=False),
        sa.Column("by", sa.Text(), nullable=False),
        _at("at"),
        sa.PrimaryKeyConstraint("draw_id", name="pk_review_draws"),
        sa.UniqueConstraint("since", name="uq_review_draws_since"),
    )
    op.create_table(
        "drawn_calls",
        sa.Column("call_id", sa.String(64), nullable=False),
        sa.Column("draw_id", sa.String(64), nullable=False),
        sa.Column("place", sa.Integer(), nullable=False),
        sa.Column("is_for_risk", sa.Boolean(), nullable=False),
        sa.Column("inclusion", sa.Float(), nullable=False),
        sa.Column("risk", sa.Integer(), nullable=False),
        sa.Column("reasons", sa.Text(), nullable=False),
        sa.Column("is_opened", sa.Boolean(), nullable=False),
        _of_call("drawn_calls"),
        sa.ForeignKeyConstraint(["draw_id"], ["review_draws.draw_id"], name="fk_drawn_calls_draw_id"),
        sa.PrimaryKeyConstraint("call_id", name="pk_drawn_calls"),
    )
    op.create_index("ix_drawn_calls_is_opened_draw_id_place", "drawn_calls", ["is_opened", "draw_id", "place"])
    op.create_table(
        "reviews",
        sa.Column("review_id", sa.String(64), nullable=False),
        sa.Column("call_id", sa.String(64), nullable=False),
        sa.Column("kind", sa.String(16), nullable=False),
        sa.Column("calibration_id", sa.String(64)),
        sa.Column("origin", sa.String(16), nullable=False),
        sa.Column("inclusion", sa.Float()),
        sa.Column("risk", sa.Integer(), nullable=False),
        sa.Column("state", sa.String(16), nullable=False),
        sa.Column("reviewer_id", sa.Text()),
        sa.Column("agent_id", sa.Text()),
        _at("call_opened_at"),
        sa.Column("scorecard", sa.Text(), nullable=False),
        sa.Column("score", sa.Float()),
        sa.Column("is_zeroed", sa.Boolean(), nullable=False),
        sa.Column("is_told", sa.Boolean(), nullable=False),
        sa.Column("unacknowledged", sa.Integer(), nullable=False),
        _at("acknowledge_by", nullable=True),
        _at("opened_at"),
        _at("due_at", nullable=True),
        sa.Column("body", sa.Text(), nullable=False),
        _of_call("reviews"),
        sa.PrimaryKeyConstraint("review_id", name="pk_reviews"),
    )
    op.create_index("ix_reviews_call_id", "reviews", ["call_id"])
    op.create_index("ix_reviews_state_due_at", "reviews", ["state", "due_at"])
    op.create_index("ix_reviews_reviewer_id_state", "reviews", ["reviewer_id", "state"])
    op.create_index("ix_reviews_agent_id_state", "reviews", ["agent_id", "state"])
    op.create_index("ix_reviews_calibration_id", "reviews", ["calibration_id"])
    op.create_index("ix_reviews_call_opened_at", "reviews", ["call_opened_at"])
    op.create_table(
        "flag_rulings",
        sa.Column("review_id", sa.String(64), nullable=False),
        sa.Column("flag_id", sa.String(200), nullable=False),
        sa.Column("call_id", sa.String(64), nullable=False),
        sa.Column("playbook", sa.Text(), nullable=False),
        sa.Column("rule_id", sa.Text(), nullable=False),
        sa.Column("rule", sa.Text(), nullable=False),
        sa.Column("verdict", sa.String(16), nullable=False),
        sa.Column("is_right", sa.Boolean(), nullable=False),
        sa.Column("inclusion", sa.Float()),
        sa.Column("agent_id", sa.Text()),
        _at("call_opened_at"),
        _of_call("flag_rulings"),
        _of_review("flag_rulings"),
        sa.PrimaryKeyConstraint("review_id", "flag_id", name="pk_flag_rulings"),
    )
    op.create_index("ix_flag_rulings_call_id", "flag_rulings", ["call_id"])
    op.create_index(
        "ix_flag_rulings_playbook_rule_id_call_opened_at", "flag_rulings", ["playbook", "rule_id", "call_opened_at"]
    )
    op.create_table(
        "rule_cases",
        sa.Column("case_id", sa.String(64), nullable=False),
        sa.Column("call_id", sa.String(64), nullable=False),
        sa.Column("review_id", sa.String(64), nullable=False),
        sa.Column("playbook", sa.Text(), nullable=False),
        sa.Column("rule_id", sa.Text(), nullable=False),
        _at("at"),
        sa.Column("body", sa.Text(), nullable=False),
        _of_call("rule_cases"),
        _of_review("rule_cases"),
        sa.PrimaryKeyConstraint("case_id", name="pk_rule_cases"),
    )
    op.create_index("ix_rule_cases_call_id", "rule_cases", ["call_id"])
    op.create_index("ix_rule_cases_playbook_rule_id", "rule_cases", ["playbook", "rule_id"])


def downgrade() -> None:
    for table in ("rule_cases", "flag_rulings", "reviews", "drawn_calls", "review_draws", "call_risks"):
        op.drop_table(table)
