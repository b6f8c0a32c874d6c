"""What closed calls are found by, until ``livecue archive rebuild`` of later calls alone; searches that people keep."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import TSVECTOR

revision = "0005"
down_revision = "0004"

PARTIES = ("agent", "customer", "mixed")


def upgrade() -> None:
    op.create_table(
        "archive_calls",
        sa.Column("call_no", sa.Integer(), nullable=False),
        sa.Column("call_id", sa.String(64), nullable=False),
        sa.Column("opened_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("duration_ms", sa.Integer(), nullable=False),
        sa.Column("agent_id", sa.Text()),
        sa.Column("agent_name", sa.Text(), nullable=False),
        sa.Column("customer_id", sa.Text()),
        sa.Column("customer_name", sa.Text(), nullable=False),
        sa.Column("longest_silence_ms", sa.Integer(), nullable=False),
        sa.Column("silence_share", sa.Float(), nullable=False),
        sa.Column("overtalk_ms", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["call_id"], ["calls.call_id"], name="fk_archive_calls_call_id", ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("call_no", name="pk_archive_calls"),
        sa.UniqueConstraint("call_id", name="uq_archive_calls_call_id"),
    )
    op.create_index("ix_archive_calls_opened_at_call_no", "archive_calls", ["opened_at", "call_no"])
    op.create_index("ix_archive_calls_duration_ms_call_no", "archive_calls", ["duration_ms", "call_no"])
    for person in ("agent_id", "agent_name", "customer_id", "customer_name"):
        op.create_index(f"ix_archive_calls_{person}_opened_at", "archive_calls", [person, "opened_at"])
    op.create_table(
        "archive_documents",
        sa.Column("call_no", sa.Integer(), nullable=False),
        sa.Column("document", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["call_no"], ["archive_calls.call_no"], name="fk_archive_documents_call_no", ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("call_no", name="pk_archive_documents"),
    )
    _create_part(
        "archive_lines",
        sa.Column("place", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("utterance_id", sa.Text(), nullable=False),
        sa.Column("party", sa.String(16), nullable=False),
        sa.Column("start_ms", sa.Integer(), nullable=False),
        sa.Column("end_ms", sa.Integer(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("spoken", sa.Text()),
        key=("place",),
    )
    _create_part(
        "archive_labels",
        sa.Column("kind", sa.String(16), nullable=False),
        sa.Column("label", sa.String(128), nullable=False),
        key=("kind", "label"),
    )
    op.create_index("ix_archive_labels_kind_label_call_no", "archive_labels", ["kind", "label", "call_no"])
    _create_part(
        "archive_flags",
        sa.Column("place", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("rule", sa.Text(), nullable=False),
        sa.Column("severity", sa.String(16), nullable=False),
        sa.Column("verdict", sa.String(16), nullable=False),
        key=("place",),
    )
    names = ["verdict", "rule", "severity", "call_no"]
    op.create_index("ix_archive_flags_verdict_rule_severity_call_no", "archive_flags", names)
    _create_part(
        "archive_offers",
        sa.Column("place", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("offer", sa.Text(), nullable=False),
        sa.Column("reaction", sa.String(16)),
        sa.Column("is_sold", sa.Boolean(), nullable=False),
        key=("place",),
    )
    op.create_index("ix_archive_offers_offer_reaction_call_no", "archive_offers", ["offer", "reaction", "call_no"])
    op.create_index("ix_archive_offers_reaction_call_no", "archive_offers", ["reaction", "call_no"])
    op.create_table(
        "archive_names",
        sa.Column("kind", sa.String(16), nullable=False),
        sa.Column("code", sa.Text(), nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("kind", "code", "title", name="pk_archive_names"),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "saved_searches",
        sa.Column("search_id", sa.Integer(), nullable=False),
        sa.Column("user_id", sa.String(64), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("asked", sa.Text(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["user_id"], ["users.user_id"], name="fk_saved_searches_user_id", ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("search_id", name="pk_saved_searches"),
        sa.UniqueConstraint("user_id", "name", name="uq_saved_searches_user_id_name"),
    )
    if op.get_bind().dialect.name == "postgresql":
        _create_vectors()
    else:
        _create_fts5()


def downgrade() -> None:
    op.drop_table("saved_searches")
    for part in ("text", "names", "offers", "flags", "labels", "lines", "documents", "calls"):
        op.drop_table(f"archive_{part}")


def _create_part(name: str, *columns: sa.Column[object], key: tuple[str, ...]) -> None:
    """A table of rows of a call that go with it."""
    op.create_table(
        name,
        sa.Column("call_no", sa.Integer(), nullable=False),
        *columns,
        sa.ForeignKeyConstraint(["call_no"], ["archive_calls.call_no"], name=f"fk_{name}_call_no", ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("call_no", *key, name=f"pk_{name}"),
        sqlite_with_rowid=False,
    )


def _create_fts5() -> None:
    """Its rows go with the call through a trigger: a virtual table has no foreign keys."""
    columns = ", ".join(PARTIES)
    # Tokens come ready-made: its own tokenizer only has to split at spaces.
    tokenizer = "unicode61 remove_diacritics 0 categories ''L* M* N* P* S* C*''"
    op.execute(f"CREATE VIRTUAL TABLE archive_text USING fts5({columns}, tokenize = '{tokenizer}')")
    op.execute(
        "CREATE TRIGGER archive_calls_gone AFTER DELETE ON archive_calls"
        " BEGIN DELETE FROM archive_text WHERE rowid = old.call_no; END"
    )


def _create_vectors() -> None:
    op.create_table(
        "archive_text",
        sa.Column("call_no", sa.Integer(), nullable=False),
        *(sa.Column(party, TSVECTOR(), nullable=False) for party in PARTIES),
        sa.ForeignKeyConstraint(
            ["call_no"], ["archive_calls.call_no"], name="fk_archive_text_call_no", ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("call_no", name="pk_archive_text"),
    )
    for party in PARTIES:
        op.create_index(f"ix_archive_text_{party}", "archive_text", [party], postgresql_using="gin")
