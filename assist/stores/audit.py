"""The log of who did what, written in the transaction that does it."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime

from sqlalchemy import insert, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from assist.stores.schema import audit_log

PARAMETERS = 500
"""Values in one query."""


@dataclass(frozen=True, slots=True)
class AuditEntry:
    """One thing that somebody did."""

    at: datetime
    by: str
    """A user's id, the name of a command's user, or "retention"."""
    action: str
    subject: str
    """A call's or customer's id, or what stands for an erased one."""
    details: Mapping[str, object]


async def write_audit(connection: AsyncConnection, entry: AuditEntry) -> None:
    await connection.execute(insert(audit_log), asdict(entry))


async def read_audit(
    connection: AsyncConnection, *, limit: int, before: datetime | None = None, actions: Collection[str] | None = None
) -> Sequence[AuditEntry]:
    """The latest entries of these actions (None: of all), newest first; ``before``: only earlier ones."""
    columns = [audit_log.c[name] for name in AuditEntry.__slots__]
    statement = select(*columns).order_by(audit_log.c.entry_id.desc()).limit(limit)
    if before is not None:
        statement = statement.where(audit_log.c.at < before)
    if actions is not None:
        statement = statement.where(audit_log.c.action.in_(actions))
    rows = await connection.execute(statement)
    return [AuditEntry(**row) for row in rows.mappings()]


async def rename_in_audit(connection: AsyncConnection, subjects: Sequence[str], name: str) -> None:
    """Take out what names erased customers and calls."""
    for start in range(0, len(subjects), PARAMETERS):
        some = subjects[start : start + PARAMETERS]
        await connection.execute(update(audit_log).where(audit_log.c.subject.in_(some)).values(subject=name))
