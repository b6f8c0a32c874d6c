"""What closed calls are found by; made from their logs, and gone with them."""

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    Float,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    String,
    Table,
    Text,
    UniqueConstraint,
    false,
)

from assist.stores.schema.base import FreeText, UtcDateTime, metadata

ARCHIVE_TEXT = "archive_text"
"""The full-text index, one row per call: a table of the database's own kind, which the metadata does not describe."""

archive_calls = Table(
    "archive_calls",
    metadata,
    Column("call_no", Integer, primary_key=True),
    Column("call_id", String(64), ForeignKey("calls.call_id", ondelete="CASCADE"), nullable=False),
    Column("opened_at", UtcDateTime, nullable=False),
    Column("duration_ms", Integer, nullable=False),
    Column("agent_id", FreeText),
    Column("agent_name", FreeText, nullable=False),
    Column("customer_id", FreeText),
    Column("customer_name", FreeText, nullable=False),
    Column("longest_silence_ms", Integer, nullable=False),
    Column("silence_share", Float, nullable=False),
    Column("overtalk_ms", Integer, nullable=False),
    Column("reason", String(128)),
    Column("repeat_no", Integer),
    Column("agent_chars_per_min", Float),
    Column("customer_chars_per_min", Float),
    Column("is_practice", Boolean, nullable=False, server_default=false()),
    UniqueConstraint("call_id"),
    Index(None, "opened_at", "call_no"),
    Index(None, "duration_ms", "call_no"),
    Index(None, "agent_id", "opened_at"),
    Index(None, "agent_name", "opened_at"),
    Index(None, "customer_id", "opened_at"),
    Index(None, "customer_name", "opened_at"),
    Index(None, "reason", "opened_at"),
)
"""One row per closed call: what it is filtered and ordered by, and nothing that would make looking at many slow."""


def _of_call() -> Column[int]:
    return Column("call_no", Integer, ForeignKey("archive_calls.call_no", ondelete="CASCADE"), primary_key=True)


archive_documents = Table(
    "archive_documents",
    metadata,
    _of_call(),
    Column("document", Text, nullable=False),
)
"""A call's ``CallDocument`` as JSON text."""

archive_lines = Table(
    "archive_lines",
    metadata,
    _of_call(),
    Column("place", Integer, primary_key=True, autoincrement=False),
    Column("utterance_id", FreeText, nullable=False),
    Column("party", String(16), nullable=False),
    Column("start_ms", Integer, nullable=False),
    Column("end_ms", Integer, nullable=False),
    Column("text", FreeText, nullable=False),
    Column("spoken", FreeText),
    sqlite_with_rowid=False,
)
"""The utterances of a call in their order, as they are shown; ``spoken`` where they were said in other words."""

archive_meanings = Table(
    "archive_meanings",
    metadata,
    _of_call(),
    Column("version", BigInteger, nullable=False),
    Column("source", String(128), nullable=False),
    Column("parties", LargeBinary, nullable=False),
    Column("places", LargeBinary, nullable=False),
    Index(None, "source", "version"),
)
"""Where a call's utterances lie by what they mean, one after the other: who said each as a byte, and a vector of signed
bytes each, as the model ``source`` gives it. ``version`` grows with every row that is written."""

archive_labels = Table(
    "archive_labels",
    metadata,
    _of_call(),
    Column("kind", String(16), primary_key=True),
    Column("label", String(128), primary_key=True),
    Index(None, "kind", "label", "call_no"),
    sqlite_with_rowid=False,
)

archive_flags = Table(
    "archive_flags",
    metadata,
    _of_call(),
    Column("place", Integer, primary_key=True, autoincrement=False),
    Column("rule", FreeText, nullable=False),
    Column("severity", String(16), nullable=False),
    Column("verdict", String(16), nullable=False),
    Index(None, "verdict", "rule", "severity", "call_no"),
    sqlite_with_rowid=False,
)

archive_offers = Table(
    "archive_offers",
    metadata,
    _of_call(),
    Column("place", Integer, primary_key=True, autoincrement=False),
    Column("offer", FreeText, nullable=False),
    Column("reaction", String(16)),
    Column("is_sold", Boolean, nullable=False),
    Index(None, "offer", "reaction", "call_no"),
    Index(None, "reaction", "call_no"),
    sqlite_with_rowid=False,
)
"""``offer`` is its id, or its title where the agent offered it unprompted."""

archive_names = Table(
    "archive_names",
    metadata,
    Column("kind", String(16), primary_key=True),
    Column("code", FreeText, primary_key=True),
    Column("title", FreeText, primary_key=True),
    sqlite_with_rowid=False,
)
"""What the rules (kind "rule") and offers (kind "offer") of archived calls were ever called."""

saved_searches = Table(
    "saved_searches",
    metadata,
    Column("search_id", Integer, primary_key=True),
    Column("user_id", String(64), ForeignKey("users.user_id", ondelete="CASCADE"), nullable=False),
    Column("name", FreeText, nullable=False),
    Column("asked", Text, nullable=False),
    Column("at", UtcDateTime, nullable=False),
    UniqueConstraint("user_id", "name"),
)
"""Questions that people keep; ``asked`` is the question's fields as JSON text."""
