"""What is masked in stored logs, and who looked at it."""

from __future__ import annotations

from collections.abc import Collection, Sequence

from sqlalchemy import RowMapping, bindparam, delete, insert, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from assist.redaction.sealing import Access, Place, Seal
from assist.stores import schema
from assist.stores.audit import AuditEntry, write_audit
from assist.stores.database import Database

REVEALED = "revealed"
"""What the audit log calls a look at masked words."""


class SqlSealStore:
    """``SealStore`` and ``AccessLog`` in the same database as the calls; seals go with their calls."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def put(self, seals: Sequence[Seal]) -> None:
        async with self._database.writing() as connection:
            await write_seals(connection, seals)

    async def seals(self, call_id: str, *, seqs: Collection[int] | None = None) -> Sequence[Seal]:
        columns = schema.seals.c
        statement = select(schema.seals).where(columns.call_id == call_id).order_by(columns.seq)
        wanted = None if seqs is None else frozenset(seqs)
        async with self._database.reading() as connection:
            rows = (await connection.execute(statement)).mappings().all()
        return [_seal(row) for row in rows if wanted is None or row["seq"] in wanted]

    async def sealed_otherwise(self, key_id: str, *, limit: int) -> Sequence[Seal]:
        """Some that were not sealed with this key."""
        columns = schema.seals.c
        statement = (
            select(schema.seals)
            .where(~columns.sealed.startswith(f"{key_id}.", autoescape=True))
            .order_by(columns.call_id, columns.seq)
            .limit(limit)
        )
        async with self._database.reading() as connection:
            return [_seal(row) for row in (await connection.execute(statement)).mappings()]

    async def add(self, access: Access) -> None:
        details = {"seqs": list(access.seqs), "kinds": list(access.kinds), "reason": access.reason}
        async with self._database.writing() as connection:
            await write_audit(connection, AuditEntry(access.at, access.by, REVEALED, access.call_id, details))


def _seal(row: RowMapping) -> Seal:
    return Seal(row["call_id"], row["seq"], tuple(Place(*place) for place in row["places"]), row["sealed"])


async def write_seals(connection: AsyncConnection, seals: Sequence[Seal]) -> None:
    """In place of those of the same envelopes."""
    if not seals:
        return
    columns = schema.seals.c
    keys = [{"_call_id": seal.call_id, "_seq": seal.seq} for seal in seals]
    of_key = (columns.call_id == bindparam("_call_id"), columns.seq == bindparam("_seq"))
    await connection.execute(delete(schema.seals).where(*of_key), keys)
    await connection.execute(
        insert(schema.seals),
        [
            {
                "call_id": seal.call_id,
                "seq": seal.seq,
                "places": [[place.path, place.start, place.end, place.kind] for place in seal.places],
                "sealed": seal.sealed,
            }
            for seal in seals
        ],
    )


async def amend_log(connection: AsyncConnection, bodies: Sequence[tuple[str, int, str]]) -> None:
    """Put other events, as JSON text, in place of stored ones: call id, seq, body."""
    if not bodies:
        return
    columns = schema.envelopes.c
    statement = (
        update(schema.envelopes)
        .where(columns.call_id == bindparam("_call_id"), columns.seq == bindparam("_seq"))
        .values(body=bindparam("_body"))
    )
    await connection.execute(
        statement, [{"_call_id": call_id, "_seq": seq, "_body": body} for call_id, seq, body in bodies]
    )
