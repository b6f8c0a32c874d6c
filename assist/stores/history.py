"""``CallHistory`` on a relational database: records of closed calls, written in the transaction that stores a log."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import datetime

from pydantic import TypeAdapter, ValidationError
from sqlalchemy import delete, insert, select
from sqlalchemy.ext.asyncio import AsyncConnection

from assist.errors import StoreError
from assist.history.record import REMEMBERED, record_of
from assist.ports import CallRecord
from assist.stores import schema
from assist.stores.database import Database
from assist.stores.logs import read_log

_record_adapter: TypeAdapter[CallRecord] = TypeAdapter(CallRecord)


class SqlCallHistory:
    """Closed calls by customer, in the same database as the calls; see ``CallHistory``."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def calls_of(
        self, customer_id: str, *, since: datetime, before: datetime, limit: int
    ) -> Sequence[CallRecord]:
        columns = schema.customer_calls.c
        statement = (
            select(columns.record)
            .where(columns.customer_id == customer_id, columns.opened_at >= since, columns.opened_at < before)
            .order_by(columns.opened_at.desc())
            .limit(limit)
        )
        async with self._database.reading() as connection:
            rows = (await connection.execute(statement)).scalars().all()
        try:
            return [_record_adapter.validate_json(row) for row in rows]
        except ValidationError as error:
            raise StoreError(
                "The records of this customer's calls cannot be read; run livecue history rebuild.",
                code="history-damaged",
            ) from error

    async def rebuild(self, call_ids: Sequence[str]) -> None:
        async with self._database.writing() as connection:
            await write_records(connection, call_ids)


async def write_records(connection: AsyncConnection, call_ids: Collection[str]) -> None:
    """Make the records of these calls anew from what the database holds of their logs."""
    rows: list[dict[str, object]] = []
    for call_id in call_ids:
        record = record_of(await read_log(connection, call_id, types=REMEMBERED))
        if record is not None:
            rows.append(
                {
                    "call_id": call_id,
                    "customer_id": record.customer_id,
                    "opened_at": record.call.opened_at,
                    "record": _record_adapter.dump_json(record).decode(),
                }
            )
    if call_ids:
        await connection.execute(delete(schema.customer_calls).where(schema.customer_calls.c.call_id.in_(call_ids)))
    if rows:
        await connection.execute(insert(schema.customer_calls), rows)
