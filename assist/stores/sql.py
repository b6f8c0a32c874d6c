"""``CallStore`` on a relational database, through SQLAlchemy Core."""

from __future__ import annotations

import asyncio
import logging
from collections import deque
from collections.abc import AsyncGenerator, Collection, Iterable, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, fields, replace
from typing import Any

from sqlalchemy import RowMapping, bindparam, func, insert, not_, select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncConnection

from assist.closed_call import PRACTICE
from assist.errors import NotFoundError, StoreError
from assist.experiments.trial import TRIAL_EVENTS
from assist.history.record import REMEMBERED
from assist.messages import Envelope
from assist.ports import CallQuery, CallSummary
from assist.redaction.sealing import Seal
from assist.search.document import ARCHIVED
from assist.search.places import Placer
from assist.stores import Stores, schema
from assist.stores.accounts import AccountStore
from assist.stores.archive import SqlCallArchive, write_documents
from assist.stores.archive_by_meaning import ArchiveByMeaning
from assist.stores.database import Database
from assist.stores.draws import DrawStore
from assist.stores.experiments import ExperimentStore, write_trials
from assist.stores.history import SqlCallHistory, write_records
from assist.stores.locks import CALL, take_turns
from assist.stores.logs import read_log
from assist.stores.meaning_search import MeaningSearch
from assist.stores.meanings import MeaningProjection, MeaningStore
from assist.stores.migrations import downgrade
from assist.stores.playbooks import PlaybookStore
from assist.stores.records import RecordStore
from assist.stores.reports import ReportStore
from assist.stores.review_projections import REVIEW_TRIGGERS, RISK_TRIGGERS, write_reviews, write_risks
from assist.stores.reviews import ReviewStore
from assist.stores.saved_searches import SavedSearchStore
from assist.stores.scopes import in_scope
from assist.stores.seals import SqlSealStore, amend_log, write_seals
from assist.stores.teams import TeamStore
from assist.stores.together import Together
from assist.stores.turns import LogTurns
from assist.summary import summarise

log = logging.getLogger(__name__)

_SUMMARY_FIELDS = tuple(field.name for field in fields(CallSummary))


@asynccontextmanager
async def open_sql_stores(url: str, *, placer: Placer | None = None) -> AsyncGenerator[Stores]:
    """Everything on one database, closed at the end; see ``open_stores``."""
    database = await Database.open(url)
    meanings = MeaningSearch(MeaningStore(database), placer) if placer else None
    records = RecordStore(database)
    records.register(MeaningProjection())
    try:
        yield Stores(
            calls=SqlCallStore(database),
            history=SqlCallHistory(database),
            archive=ArchiveByMeaning(database, SqlCallArchive(database), meanings),
            experiments=ExperimentStore(database),
            accounts=AccountStore(database),
            records=records,
            playbooks=PlaybookStore(database),
            product=database.product,
            meanings=meanings,
            reports=ReportStore(database),
            searches=SavedSearchStore(database),
            seals=SqlSealStore(database),
            reviews=ReviewStore(database),
            draws=DrawStore(database),
            log_turns=LogTurns(database),
            teams=TeamStore(database),
        )
    finally:
        await database.close()


async def downgrade_sql_stores(url: str, revision: str) -> None:
    """See ``downgrade_store``."""
    async with Database.migrating(url) as connection:
        await connection.run_sync(downgrade, revision)


class SqlCallStore:
    """Calls and their logs in SQL tables.

    Appends that arrive while a transaction runs share the next one, up to ``batch_limit`` envelopes; each of them is
    stored whole or not at all. Logs are read ``page_rows`` at a time, which bounds the work between two turns of the
    event loop.
    """

    def __init__(self, database: Database, *, batch_limit: int = 1_000, page_rows: int = 500) -> None:
        if batch_limit < 1 or page_rows < 1:
            raise ValueError("batch_limit and page_rows must be at least 1")
        self._database = database
        self._batch_limit = batch_limit
        self._page_rows = page_rows
        self._waiting: deque[_Append] = deque()
        self._append_turn = asyncio.Lock()
        self._summaries = Together(self._read_together)

    @classmethod
    async def open(cls, url: str, *, busy_timeout_ms: int = 5_000) -> SqlCallStore:
        """A store on its own database, brought to the newest schema."""
        return cls(await Database.open(url, busy_timeout_ms=busy_timeout_ms))

    async def append(self, envelopes: Sequence[Envelope]) -> None:
        """Store envelopes; see ``CallStore``. A cancelled append may or may not have been stored."""
        await self.append_masked(envelopes, amended=(), seals=())

    async def append_masked(
        self, envelopes: Sequence[Envelope], *, amended: Sequence[Envelope], seals: Sequence[Seal]
    ) -> None:
        """See ``MaskedLogStore``."""
        if not envelopes and not amended:
            return
        entry = _Append([_Row.of(envelope) for envelope in envelopes], [_Row.of(one) for one in amended], seals)
        self._waiting.append(entry)
        try:
            async with self._append_turn:
                while not entry.is_done:
                    await self._commit_waiting()
        finally:
            if not entry.is_done:
                self._waiting.remove(entry)
        if entry.error is not None:
            raise StoreError(entry.error.message, code=entry.error.code) from entry.error

    async def rewrite(self, call_id: str, envelopes: Sequence[Envelope], *, seals: Sequence[Seal]) -> None:
        """See ``MaskedLogStore``."""
        async with self._database.writing() as connection:
            await take_turns(connection, CALL, [call_id])
            old = (await _read_summaries(connection, [call_id], lock=True))[call_id]
            rows = [_Row.of(envelope) for envelope in envelopes]
            await amend_log(connection, [(call_id, row.envelope.seq, row.body) for row in rows])
            await write_seals(connection, seals)
            summary = replace(_project(None, await read_log(connection, call_id)), has_audio=old.has_audio)
            await _write_summaries(connection, {call_id: summary}, known=[call_id])
            for remake in (write_records, write_documents, write_trials, write_risks, write_reviews):
                await remake(connection, [call_id])

    async def purge(self) -> None:
        """Let nothing that was overwritten be readable in the files of the database. Raises StoreError."""
        await self._database.purge()

    async def envelopes(
        self, call_id: str, *, after: int = 0, limit: int = 10_000, types: Collection[str] | None = None
    ) -> Sequence[Envelope]:
        found: list[Envelope] = []
        async with self._database.reading() as connection:
            while len(found) < limit:
                page_rows = min(self._page_rows, limit - len(found))
                page = await read_log(connection, call_id, after=after, limit=page_rows, types=types)
                found += page
                if len(page) < page_rows:
                    break
                after = page[-1].seq
        return found

    async def is_whole(self, call_id: str) -> bool:
        """The key of a log holds each ``seq`` once, so that counting them finds every hole."""
        columns = schema.envelopes.c
        statement = select(func.count(), func.max(columns.seq)).where(columns.call_id == call_id, columns.seq > 0)
        async with self._database.reading() as connection:
            count, last = (await connection.execute(statement)).one()
        return count == (last or 0)

    async def summary(self, call_id: str) -> CallSummary | None:
        return await self._summaries.find(call_id)

    async def _read_together(self, call_ids: Collection[str]) -> Mapping[str, CallSummary]:
        async with self._database.reading() as connection:
            return await _read_summaries(connection, call_ids)

    async def calls(self, query: CallQuery) -> Sequence[CallSummary]:
        columns = schema.calls.c
        statement = select(schema.calls).order_by(columns.opened_at.desc(), columns.call_id.desc()).limit(query.limit)
        statement = statement.where(in_scope(query.scope, call_id=columns.call_id, agent_id=columns.agent_id))
        if query.agent_id is not None:
            statement = statement.where(columns.agent_id == query.agent_id)
        if query.is_open is not None:
            statement = statement.where(columns.closed_at.is_(None) == query.is_open)
        if query.is_corrected:
            corrected = select(schema.envelopes.c.call_id).where(schema.IS_CORRECTION)
            statement = statement.where(columns.call_id.in_(corrected))
        if not query.with_practice:
            statement = statement.where(not_(columns.source.startswith(PRACTICE, autoescape=True)))
        if query.since is not None:
            statement = statement.where(columns.opened_at >= query.since)
        if query.before is not None:
            statement = statement.where(columns.opened_at < query.before)
        async with self._database.reading() as connection:
            rows = (await connection.execute(statement)).mappings().all()
        return [_summary(row) for row in rows]

    async def mark_audio(self, call_id: str) -> None:
        """Remember that the audio store holds this call. Raises NotFoundError "unknown-call"."""
        columns = schema.calls.c
        statement = update(schema.calls).where(columns.call_id == call_id).values(has_audio=True)
        async with self._database.writing() as connection:
            result = await connection.execute(statement)
        if result.rowcount == 0:
            raise NotFoundError(f"No call has the id {call_id!r}.", code="unknown-call")

    async def check(self) -> None:
        await self._database.check()

    async def close(self) -> None:
        """Close the database under the store, and under those that share it."""
        await self._database.close()

    async def _commit_waiting(self) -> None:
        """Store the oldest appends that fit in one transaction, and tell each how it went."""
        batch: list[_Append] = []
        size = 0
        for entry in self._waiting:
            if batch and size + len(entry.rows) > self._batch_limit:
                break
            batch.append(entry)
            size += len(entry.rows)
        error = await self._commit(batch)
        # What is wrong with one of them must not keep the others out.
        is_one_wrong = error is not None and error.code == "store-inconsistent" and len(batch) > 1
        for entry in batch:
            entry.error = await self._commit([entry]) if is_one_wrong else error
            entry.is_done = True
        # Others may have left the queue while the transaction ran: they gave up waiting.
        self._waiting = deque(entry for entry in self._waiting if not entry.is_done)

    async def _commit(self, batch: Sequence[_Append]) -> StoreError | None:
        """Store appends in one transaction; why they are not."""
        rows = [row for entry in batch for row in entry.rows]
        try:
            async with self._database.writing() as connection:
                await _store(connection, rows, amended=[row for entry in batch for row in entry.amended])
                await write_seals(connection, [seal for entry in batch for seal in entry.seals])
        except StoreError as error:
            return error
        except IntegrityError:
            log.exception("what calls log contradicts what is stored")
            return StoreError("The database refuses what a call logs; see the server's log.", code="store-inconsistent")
        return None


@dataclass(frozen=True, slots=True)
class _Row:
    """An envelope and its JSON text, made before the transaction so that a bad one fails its own append only."""

    envelope: Envelope
    body: str

    @classmethod
    def of(cls, envelope: Envelope) -> _Row:
        return cls(envelope, envelope.event.model_dump_json())

    def columns(self) -> dict[str, object]:
        envelope = self.envelope
        return {
            "call_id": envelope.call_id,
            "seq": envelope.seq,
            "at": envelope.at,
            "type": envelope.event.type,
            "body": self.body,
        }


@dataclass(slots=True, eq=False)
class _Append:
    """One caller's envelopes on their way into a transaction."""

    rows: list[_Row]
    amended: list[_Row] = field(default_factory=list[_Row])
    seals: Sequence[Seal] = ()
    is_done: bool = False
    error: StoreError | None = None


async def _store(connection: AsyncConnection, rows: Iterable[_Row], *, amended: Sequence[_Row]) -> None:
    """Insert what is new, and bring what is made from the log up to date."""
    by_call: dict[str, dict[int, _Row]] = {}
    for row in rows:
        by_call.setdefault(row.envelope.call_id, {}).setdefault(row.envelope.seq, row)
    await take_turns(connection, CALL, by_call)
    stored = await _read_summaries(connection, list(by_call), lock=True)
    new: list[_Row] = []
    summaries: dict[str, CallSummary] = {}
    for call_id, by_seq in by_call.items():
        old = stored.get(call_id)
        late = [seq for seq in by_seq if old is not None and seq <= old.last_seq]
        known = await _known_seqs(connection, call_id, min(late), max(late)) if late else frozenset[int]()
        added = [by_seq[seq] for seq in sorted(by_seq) if seq not in known]
        if not added:
            continue
        new += added
        envelopes = [row.envelope for row in added]
        if old is not None and envelopes[0].seq < old.last_seq:
            envelopes = sorted([*await read_log(connection, call_id), *envelopes], key=lambda e: e.seq)
            summaries[call_id] = replace(_project(None, envelopes), has_audio=old.has_audio)
        else:
            summaries[call_id] = _project(old, envelopes)
    await _write_summaries(connection, summaries, known=stored.keys())
    if new:
        await connection.execute(insert(schema.envelopes), [row.columns() for row in new])
    await amend_log(connection, [(row.envelope.call_id, row.envelope.seq, row.body) for row in amended])
    new += amended
    over = {call_id for call_id, summary in summaries.items() if summary.closed_at is not None}
    said = {row.envelope.call_id for row in new if row.envelope.event.type in REMEMBERED}
    await write_records(connection, sorted(over & said))
    await write_documents(connection, sorted(over & {row.envelope.call_id for row in new if _changes(row, ARCHIVED)}))
    await write_trials(connection, sorted(over & {row.envelope.call_id for row in new if _changes(row, TRIAL_EVENTS)}))
    await write_risks(connection, sorted(over & {row.envelope.call_id for row in new if _changes(row, RISK_TRIGGERS)}))
    await write_reviews(connection, sorted({row.envelope.call_id for row in new if _changes(row, REVIEW_TRIGGERS)}))


def _changes(row: _Row, types: Collection[str]) -> bool:
    """Whether what is made of events of these types changes with it."""
    return row.envelope.event.type in types


def _project(summary: CallSummary | None, envelopes: Sequence[Envelope]) -> CallSummary:
    for envelope in envelopes:
        summary = summarise(summary, envelope)
    if summary is None:
        raise ValueError("a call without envelopes has no summary")
    return summary


async def _write_summaries(
    connection: AsyncConnection, summaries: dict[str, CallSummary], *, known: Iterable[str]
) -> None:
    old = set(known)
    values = {call_id: {name: getattr(row, name) for name in _SUMMARY_FIELDS} for call_id, row in summaries.items()}
    if inserted := [row for call_id, row in values.items() if call_id not in old]:
        await connection.execute(insert(schema.calls), inserted)
    if updated := [{"_call_id": call_id, **row} for call_id, row in values.items() if call_id in old]:
        await connection.execute(update(schema.calls).where(schema.calls.c.call_id == bindparam("_call_id")), updated)


async def _read_summaries(
    connection: AsyncConnection, call_ids: Collection[str], *, lock: bool = False
) -> dict[str, CallSummary]:
    statement = select(schema.calls).where(schema.calls.c.call_id.in_(call_ids))
    if lock:
        statement = statement.with_for_update()
    return {row["call_id"]: _summary(row) for row in (await connection.execute(statement)).mappings()}


async def _known_seqs(connection: AsyncConnection, call_id: str, first: int, last: int) -> frozenset[int]:
    columns = schema.envelopes.c
    statement = select(columns.seq).where(columns.call_id == call_id, columns.seq.between(first, last))
    return frozenset((await connection.execute(statement)).scalars())


def _summary(row: RowMapping) -> CallSummary:
    values: dict[str, Any] = dict(row)
    values["standing_flags"] = tuple(values["standing_flags"])
    return CallSummary(**values)
