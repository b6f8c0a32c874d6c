"""``CallArchive`` on a relational database: documents of closed calls, written in the transaction that stores a log."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import astuple
from typing import Any

from pydantic import TypeAdapter, ValidationError
from sqlalchemy import ColumnElement, Table, and_, delete, func, insert, select, update
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.ext.asyncio import AsyncConnection

from assist.errors import StoreError
from assist.messages import Envelope
from assist.scope import CallScope
from assist.search.archive import CHOICE_CALLS, MOST_COUNTED, MOST_RANKED, Choice, Choices, FoundCall, FoundPage
from assist.search.document import ARCHIVED, ArchivedCall, CallDocument, Line, archived
from assist.search.query import Order, PageWanted, Search
from assist.search.snippets import Snippet, snippets_of
from assist.stores.archive_conditions import matching, where
from assist.stores.archive_pages import cursor_after, cursor_at, from_cursor, read_cursor
from assist.stores.database import Database
from assist.stores.full_text import Statement, TextRow, full_text_of
from assist.stores.logs import read_log
from assist.stores.schema import (
    archive_calls,
    archive_documents,
    archive_flags,
    archive_labels,
    archive_lines,
    archive_meanings,
    archive_names,
    archive_offers,
)

PAGE_ROWS = 200
"""Of a log, read between two turns of the event loop."""

_document_adapter: TypeAdapter[CallDocument] = TypeAdapter(CallDocument)
_CALLS = archive_calls.c


class SqlCallArchive:
    """Closed calls by what is in them, in the same database as the calls; see ``CallArchive``."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._full_text = full_text_of(database.engine.dialect.name)

    async def find(self, search: Search, page: PageWanted) -> FoundPage:
        statement = matching(select(_CALLS.call_no, _CALLS.opened_at, _CALLS.duration_ms), search, self._full_text)
        order: Order = "newest" if page.order == "relevance" and not search.has_words else page.order
        begin = read_cursor(page.after, order)
        if order == "relevance":
            offset = int(begin[0]) if begin else 0
            limit = min(page.limit, MOST_RANKED - offset)
            statement = self._full_text.by_relevance(statement, list(search.said)).offset(offset)
        else:
            offset, limit = 0, page.limit
            statement = from_cursor(statement, order, begin)
        async with self._database.reading() as connection:
            await self._full_text.prepare(connection)
            rows = (await connection.execute(statement.limit(limit + 1))).mappings().all()
            found = [row["call_no"] for row in rows[:limit]]
            documents = await read_documents(connection, found)
            snippets = await self._snippets(connection, search, found)
        calls = tuple(FoundCall(documents[call_no], snippets.get(call_no, ())) for call_no in found)
        follows = len(rows) > limit and (order != "relevance" or offset + limit < MOST_RANKED)
        if not follows:
            return FoundPage(calls, None)
        return FoundPage(
            calls, cursor_at(offset + limit) if order == "relevance" else cursor_after(rows[limit - 1], order)
        )

    async def count(self, search: Search) -> int:
        found = matching(select(_CALLS.call_no), search, self._full_text)
        statement = select(func.count()).select_from(found.limit(MOST_COUNTED).subquery())
        async with self._database.reading() as connection:
            await self._full_text.prepare(connection)
            return (await connection.execute(statement)).scalar_one()

    async def choices(self, scope: CallScope) -> Choices:
        some = select(_CALLS.call_no).where(*where(Search(scope=scope), self._full_text))
        newest = some.order_by(_CALLS.opened_at.desc()).limit(CHOICE_CALLS).subquery()
        intents = archive_labels.c
        flags, offers, names = archive_flags.c, archive_offers.c, archive_names.c

        def told(*columns: ColumnElement[Any], number: ColumnElement[int]) -> Statement:
            return select(*columns).distinct().join(newest, newest.c.call_no == number).order_by(*columns)

        statements = (
            told(_CALLS.agent_id, _CALLS.agent_name, number=_CALLS.call_no).where(_CALLS.agent_id.is_not(None)),
            told(intents.label, number=intents.call_no).where(intents.kind == "intent"),
            told(flags.rule, names.title, number=flags.call_no).join(
                archive_names, and_(names.kind == "rule", names.code == flags.rule)
            ),
            told(offers.offer, names.title, number=offers.call_no).join(
                archive_names, and_(names.kind == "offer", names.code == offers.offer)
            ),
        )
        async with self._database.reading() as connection:
            found = [(await connection.execute(statement)).all() for statement in statements]
        return Choices(*(tuple(Choice(*row) for row in {row[0]: row for row in rows}.values()) for rows in found))

    async def rebuild(self, call_ids: Sequence[str]) -> None:
        async with self._database.writing() as connection:
            await write_documents(connection, call_ids)

    async def _snippets(
        self, connection: AsyncConnection, search: Search, call_nos: Sequence[int]
    ) -> Mapping[int, tuple[Snippet, ...]]:
        if not search.has_words or not call_nos:
            return {}
        lines = await read_lines(connection, call_nos)
        return {call_no: snippets_of(found, search.said) for call_no, found in lines.items()}


async def write_documents(connection: AsyncConnection, call_ids: Collection[str]) -> None:
    """Make the documents of these calls anew from what the database holds of their logs."""
    found: dict[str, ArchivedCall] = {}
    for call_id in call_ids:
        # A long call has thousands of these: they are read and folded where the event loop does not wait for it.
        log: list[Envelope] = []
        while page := await read_log(
            connection, call_id, types=ARCHIVED, after=log[-1].seq if log else 0, limit=PAGE_ROWS
        ):
            log += page
            if len(page) < PAGE_ROWS:
                break
        call = await asyncio.to_thread(archived, log)
        if call is not None:
            found[call_id] = call
    await write_archived(connection, found)


async def write_archived(connection: AsyncConnection, calls: Mapping[str, ArchivedCall]) -> None:
    """Put documents in place of what is there of these calls. Words that are the same stay, with all made of them."""
    if not calls:
        return
    numbering = select(_CALLS.call_id, _CALLS.call_no).where(_CALLS.call_id.in_(calls))
    numbers: dict[str, int] = {row.call_id: row.call_no for row in await connection.execute(numbering)}
    new = [_columns(call.document) for call_id, call in calls.items() if call_id not in numbers]
    for call_id, call_no in numbers.items():
        values = _columns(calls[call_id].document)
        await connection.execute(update(archive_calls).where(_CALLS.call_no == call_no).values(values))
    for table in _PARTS if numbers else ():
        await connection.execute(delete(table).where(table.c.call_no.in_(numbers.values())))
    known = frozenset(numbers.values())
    said = await read_lines(connection, sorted(known))
    if new:
        statement = insert(archive_calls).returning(_CALLS.call_id, _CALLS.call_no)
        numbers.update({row.call_id: row.call_no for row in await connection.execute(statement, new)})
    by_no = {call_no: calls[call_id] for call_id, call_no in numbers.items()}
    words = {no: call.lines for no, call in by_no.items() if no not in known or said.get(no, ()) != call.lines}
    await _write_words(connection, words, words.keys() & known)
    for table, rows_of in _PARTS.items():
        if rows := [row for no, call in by_no.items() for row in rows_of(no, call.document)]:
            await connection.execute(insert(table), rows)
    await _write_names(connection, [call.document for call in calls.values()])


async def read_lines(connection: AsyncConnection, call_nos: Sequence[int]) -> dict[int, tuple[Line, ...]]:
    """The utterances of calls, in their order."""
    columns = archive_lines.c
    names = (columns.utterance_id, columns.party, columns.start_ms, columns.end_ms, columns.text, columns.spoken)
    statement = select(columns.call_no, *names).where(columns.call_no.in_(call_nos))
    found: dict[int, list[Line]] = {}
    for call_no, *line in await connection.execute(statement.order_by(columns.call_no, columns.place)):
        found.setdefault(call_no, []).append(Line(*line))
    return {call_no: tuple(lines) for call_no, lines in found.items()}


async def read_documents(connection: AsyncConnection, call_nos: Sequence[int]) -> dict[int, CallDocument]:
    """Of those of the calls that are there. Raises StoreError "archive-damaged"."""
    columns = archive_documents.c
    statement = select(columns.call_no, columns.document).where(columns.call_no.in_(call_nos))
    try:
        return {call_no: _document_adapter.validate_json(row) for call_no, row in await connection.execute(statement)}
    except ValidationError as error:
        raise StoreError(
            "The archive of calls cannot be read; run livecue archive rebuild.", code="archive-damaged"
        ) from error


async def _write_words(
    connection: AsyncConnection, words: Mapping[int, tuple[Line, ...]], changed: Collection[int]
) -> None:
    full_text = full_text_of(connection.dialect.name)
    if changed:
        await connection.execute(delete(archive_lines).where(archive_lines.c.call_no.in_(changed)))
        await connection.execute(delete(archive_meanings).where(archive_meanings.c.call_no.in_(changed)))
        await full_text.remove(connection, changed)
    rows = [
        dict(zip(archive_lines.c.keys(), (call_no, place, *astuple(line)), strict=True))
        for call_no, lines in words.items()
        for place, line in enumerate(lines)
    ]
    if rows:
        await connection.execute(insert(archive_lines), rows)
    await full_text.write(connection, (TextRow(call_no, lines) for call_no, lines in words.items()))


def _columns(document: CallDocument) -> dict[str, Any]:
    return {column.key: getattr(document, column.key) for column in _CALLS if hasattr(document, column.key)}


def _documents(call_no: int, document: CallDocument) -> Iterator[dict[str, Any]]:
    yield {"call_no": call_no, "document": _document_adapter.dump_json(document).decode()}


def _labels(call_no: int, document: CallDocument) -> Iterator[dict[str, Any]]:
    felt = document.feelings
    labels = {("intent", label) for label in document.intents} | {("emotion", one.label) for one in felt}
    if felt and document.worst is not None:
        labels |= {("begins", felt[0].label), ("ends", felt[-1].label), ("worst", document.worst.label)}
    for kind, label in sorted(labels):
        yield {"call_no": call_no, "kind": kind, "label": label}


def _flags(call_no: int, document: CallDocument) -> Iterator[dict[str, Any]]:
    for place, flag in enumerate(document.flags):
        yield {
            "call_no": call_no,
            "place": place,
            "rule": flag.rule,
            "severity": flag.severity,
            "verdict": flag.verdict,
        }


def _offers(call_no: int, document: CallDocument) -> Iterator[dict[str, Any]]:
    for place, offer in enumerate(document.offers):
        yield {
            "call_no": call_no,
            "place": place,
            "offer": offer.offer_id or offer.title,
            "reaction": offer.reaction,
            "is_sold": offer.is_sold,
        }


_PARTS: dict[Table, Callable[[int, CallDocument], Iterator[dict[str, Any]]]] = {
    archive_documents: _documents,
    archive_labels: _labels,
    archive_flags: _flags,
    archive_offers: _offers,
}
"""What is written anew whenever a document is."""


async def _write_names(connection: AsyncConnection, documents: Iterable[CallDocument]) -> None:
    """Remember what rules and offers are called; nearly always that is known."""
    called = {("rule", flag.rule, flag.title) for one in documents for flag in one.flags}
    called |= {("offer", offer.offer_id or offer.title, offer.title) for one in documents for offer in one.offers}
    if called:
        rows = [{"kind": kind, "code": code, "title": title} for kind, code, title in sorted(called)]
        insertion = postgresql.insert if connection.dialect.name == "postgresql" else sqlite.insert
        await connection.execute(insertion(archive_names).on_conflict_do_nothing(), rows)
