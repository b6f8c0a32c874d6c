"""Reading the stored log of a call."""

from __future__ import annotations

from collections.abc import Collection

from pydantic import TypeAdapter, ValidationError
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncConnection

from assist.errors import StoreError
from assist.messages import Envelope, Event
from assist.stores import schema

_event_adapter: TypeAdapter[Event] = TypeAdapter(Event)


async def read_log(
    connection: AsyncConnection,
    call_id: str,
    *,
    after: int = 0,
    limit: int | None = None,
    types: Collection[str] | None = None,
) -> list[Envelope]:
    """Envelopes with ``seq > after`` in order, of these types (None: all). Raises StoreError "store-damaged"."""
    columns = schema.envelopes.c
    statement = (
        select(columns.seq, columns.at, columns.body)
        .where(columns.call_id == call_id, columns.seq > after)
        .order_by(columns.seq)
        .limit(limit)
    )
    if types is not None:
        statement = statement.where(columns.type.in_(types))
    rows = (await connection.execute(statement)).all()
    try:
        events = [_event_adapter.validate_json(row.body) for row in rows]
    except ValidationError as error:
        raise StoreError(f"The stored log of call {call_id!r} cannot be read.", code="store-damaged") from error
    # Events are validated by now, and the rest has the types of its columns: looking again would double the time.
    return [
        Envelope.model_construct(call_id=call_id, seq=row.seq, at=row.at, event=event)
        for row, event in zip(rows, events, strict=True)
    ]
