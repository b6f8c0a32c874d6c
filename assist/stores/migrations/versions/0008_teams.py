"""Teams of agents, and who works with them."""

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"


def upgrade() -> None:
    op.create_table(
        "teams",
        sa.Column("team_id", sa.String(64), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("team_id", name="pk_teams"),
        sa.UniqueConstraint("name", name="uq_teams_name"),
    )
    op.create_table(
        "team_agents",
        sa.Column("agent_id", sa.Text(), nullable=False),
        sa.Column("team_id", sa.String(64), nullable=False),
        sa.ForeignKeyConstraint(["team_id"], ["teams.team_id"], name="fk_team_agents_team_id", ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("agent_id", name="pk_team_agents"),
    )
    op.create_index("ix_team_agents_team_id", "team_agents", ["team_id"])
    op.create_table(
        "team_assignments",
        sa.Column("team_id", sa.String(64), nullable=False),
        sa.Column("user_id", sa.String(64), nullable=False),
        sa.ForeignKeyConstraint(["team_id"], ["teams.team_id"], name="fk_team_assignments_team_id", ondelete="CASCADE"),
        sa.ForeignKeyConstraint(["user_id"], ["users.user_id"], name="fk_team_assignments_user_id", ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("team_id", "user_id", name="pk_team_assignments"),
    )
    op.create_index("ix_team_assignments_user_id", "team_assignments", ["user_id"])


def downgrade() -> None:
    op.drop_table("team_assignments")
    op.drop_table("team_agents")
    op.drop_table("teams")
