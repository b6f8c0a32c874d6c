"""Places of the utterances of archived calls among meanings, a row for each call."""

from __future__ import annotations

import time
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy import ColumnElement, delete, func, insert, or_, select
from sqlalchemy.ext.asyncio import AsyncConnection

from assist.messages import Party
from assist.search.document import Line
from assist.stores.archive import read_lines
from assist.stores.database import Database
from assist.stores.locks import CALL, MEANINGS, take_turns
from assist.stores.schema import archive_calls, archive_meanings

PARTY_CODES: dict[Party, int] = {"agent": 0, "customer": 1, "mixed": 2}
"""Who said an utterance, as a byte."""

CHECK_PRIME = 1_000_003

_CALLS, _MEANINGS = archive_calls.c, archive_meanings.c


@dataclass(frozen=True, slots=True)
class PlacedCall:
    """The utterances of a call in their order."""

    call_no: int
    version: int
    """Grows with everything that is written."""
    parties: bytes
    """A code of PARTY_CODES each."""
    places: bytes
    """A vector of signed bytes each, all of one width; zeros for what means too little."""


class MeaningStore:
    """In the same database as the archive. Rows go with their calls, and with their words when those change.

    Every method raises StoreError when the database cannot serve.
    """

    def __init__(self, database: Database) -> None:
        self._database = database

    async def lacking(self, source: str, *, limit: int) -> Mapping[int, Sequence[Line]]:
        """The newest calls whose utterances have no places of this model yet, with their lines."""
        of_call = archive_calls.outerjoin(archive_meanings, _MEANINGS.call_no == _CALLS.call_no)
        is_lacking = or_(_MEANINGS.call_no.is_(None), _MEANINGS.source != source)
        statement = select(_CALLS.call_no).select_from(of_call).where(is_lacking)
        async with self._database.reading() as connection:
            newest = statement.order_by(_CALLS.opened_at.desc(), _CALLS.call_no.desc()).limit(limit)
            call_nos = (await connection.execute(newest)).scalars().all()
            lines = await read_lines(connection, call_nos)
        return {call_no: lines.get(call_no, ()) for call_no in call_nos}

    async def lines(self, call_ids: Collection[str]) -> Mapping[int, Sequence[Line]]:
        """Of those of the calls that are in the archive."""
        statement = select(_CALLS.call_no).where(_CALLS.call_id.in_(call_ids))
        async with self._database.reading() as connection:
            call_nos = (await connection.execute(statement)).scalars().all()
            lines = await read_lines(connection, call_nos)
        return {call_no: lines.get(call_no, ()) for call_no in call_nos}

    async def write(self, source: str, placed: Mapping[int, tuple[Sequence[Line], Sequence[bytes]]]) -> None:
        """Keep the places of calls, each beside the lines that were placed.

        Calls that are gone meanwhile, or whose lines are others by now, are passed over.
        """
        async with self._database.writing() as connection:
            ids = select(_CALLS.call_id).where(_CALLS.call_no.in_(placed))
            await take_turns(connection, CALL, (await connection.execute(ids)).scalars().all())
            await take_turns(connection, MEANINGS, [""])
            there = (await connection.execute(select(_CALLS.call_no).where(_CALLS.call_no.in_(placed)))).scalars().all()
            lines = await read_lines(connection, there)
            last = (await connection.execute(select(func.max(_MEANINGS.version)))).scalar_one() or 0
            # By the clock, since the number of an erased call, and with it the latest version, may come again.
            first = max(last + 1, time.time_ns() // 1_000)
            current = [no for no in sorted(there) if list(lines.get(no, ())) == list(placed[no][0])]
            rows = [
                {
                    "call_no": call_no,
                    "version": version,
                    "source": source,
                    "parties": bytes(PARTY_CODES[line.party] for line in placed[call_no][0]),
                    "places": b"".join(placed[call_no][1]),
                }
                for version, call_no in enumerate(current, start=first)
            ]
            if rows:
                await connection.execute(delete(archive_meanings).where(_MEANINGS.call_no.in_(current)))
                await connection.execute(insert(archive_meanings), rows)

    async def written_after(self, version: int, source: str, *, limit: int) -> Sequence[PlacedCall]:
        """What was written since, in its order, of this model."""
        columns = (_MEANINGS.call_no, _MEANINGS.version, _MEANINGS.parties, _MEANINGS.places)
        statement = select(*columns).where(_MEANINGS.version > version, _MEANINGS.source == source)
        async with self._database.reading() as connection:
            rows = await connection.execute(statement.order_by(_MEANINGS.version).limit(limit))
            return [PlacedCall(*row) for row in rows]

    async def checksum(self, source: str) -> int:
        """Of all rows of this model: another one after any change (``checksum_of``)."""
        summed = func.coalesce(func.sum(_MEANINGS.version % CHECK_PRIME), 0)
        statement = select(summed).where(_MEANINGS.source == source)
        async with self._database.reading() as connection:
            return int((await connection.execute(statement)).scalar_one())

    async def versions(self, source: str) -> Mapping[int, int]:
        """Of the calls that have places of this model, by number."""
        statement = select(_MEANINGS.call_no, _MEANINGS.version).where(_MEANINGS.source == source)
        async with self._database.reading() as connection:
            rows = (await connection.execute(statement)).all()
        return {row.call_no: row.version for row in rows}


def checksum_of(versions: Iterable[int]) -> int:
    """What ``MeaningStore.checksum`` is of rows with these versions."""
    return sum(version % CHECK_PRIME for version in versions)


class MeaningProjection:
    """What ``RecordStore`` removes of calls and customers; the index in memory follows with its next ``refresh``."""

    name = "meanings"

    async def erase(self, connection: AsyncConnection, call_ids: Sequence[str]) -> int:
        return (await connection.execute(delete(archive_meanings).where(_of(call_ids)))).rowcount

    async def remains(self, connection: AsyncConnection, call_ids: Sequence[str]) -> int:
        counted = select(func.count()).select_from(archive_meanings).where(_of(call_ids))
        return (await connection.execute(counted)).scalar_one()


def _of(call_ids: Sequence[str]) -> ColumnElement[bool]:
    return _MEANINGS.call_no.in_(select(_CALLS.call_no).where(_CALLS.call_id.in_(call_ids)))
