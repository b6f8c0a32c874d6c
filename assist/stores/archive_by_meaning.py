"""``CallArchive`` in which words are also found by what they mean, ranked by likeness or together with the words."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace

import numpy as np
from sqlalchemy import String, cast, func, select
from sqlalchemy.ext.asyncio import AsyncConnection

from assist.errors import InputError
from assist.scope import EVERY_CALL, CallScope
from assist.search.archive import MOST_RANKED, CallArchive, Choices, FoundCall, FoundPage
from assist.search.document import Line
from assist.search.query import PageWanted, Said, Search
from assist.search.snippets import MAX_SNIPPETS, Snippet, cut, snippets_of
from assist.stores.archive import read_documents, read_lines
from assist.stores.archive_conditions import matching
from assist.stores.archive_pages import cursor_after, cursor_at, from_cursor, read_cursor
from assist.stores.database import Database
from assist.stores.full_text import full_text_of
from assist.stores.meaning_index import Int64Array
from assist.stores.meaning_search import Asked, MeaningSearch
from assist.stores.schema import archive_calls

FUSED_AFTER = 60
"""Reciprocal rank fusion: a rank counts 1 / (60 + rank) (Cormack et al. 2009)."""

_CALLS = archive_calls.c


class ArchiveByMeaning:
    """The archive of words, and beside it the places of utterances; see ``CallArchive``.

    Found by meaning are the MOST_RANKED likest of the calls for which everything else that is asked holds; "both"
    adds those with the words themselves, and ranks by place in both orders.
    """

    def __init__(self, database: Database, words: CallArchive, meanings: MeaningSearch | None) -> None:
        """``meanings``: None where the model of the settings places nothing."""
        self._database = database
        self._words = words
        self._meanings = meanings
        self._full_text = full_text_of(database.engine.dialect.name)

    async def find(self, search: Search, page: PageWanted) -> FoundPage:
        if search.by == "words" or not search.has_words:
            return await self._words.find(search, page)
        meanings = self._required()
        begin = read_cursor(page.after, page.order)
        asked = await meanings.asked(search.said)
        async with self._database.reading() as connection:
            await self._full_text.prepare(connection)
            ranked = await self._ranked(connection, search, asked, meanings)
            if page.order == "relevance":
                offset = int(begin[0]) if begin else 0
                found, follows = ranked[offset : offset + page.limit], len(ranked) > offset + page.limit
                next_page = cursor_at(offset + page.limit) if follows else None
            else:
                columns = (_CALLS.call_no, _CALLS.opened_at, _CALLS.duration_ms)
                statement = from_cursor(select(*columns).where(_CALLS.call_no.in_(ranked)), page.order, begin)
                rows = (await connection.execute(statement.limit(page.limit + 1))).mappings().all()
                found = [row["call_no"] for row in rows[: page.limit]]
                next_page = cursor_after(rows[page.limit - 1], page.order) if len(rows) > page.limit else None
            documents = await read_documents(connection, found)
            lines = await read_lines(connection, found)
        calls = [
            FoundCall(documents[call_no], self._snippets(call_no, lines.get(call_no, ()), search, asked, meanings))
            for call_no in found
            if call_no in documents
        ]
        return FoundPage(tuple(calls), next_page)

    async def count(self, search: Search) -> int:
        if search.by == "words" or not search.has_words:
            return await self._words.count(search)
        meanings = self._required()
        asked = await meanings.asked(search.said)
        async with self._database.reading() as connection:
            await self._full_text.prepare(connection)
            return len(await self._ranked(connection, search, asked, meanings))

    async def choices(self, scope: CallScope) -> Choices:
        return await self._words.choices(scope)

    async def rebuild(self, call_ids: Sequence[str]) -> None:
        await self._words.rebuild(call_ids)
        if self._meanings is not None:
            await self._meanings.place_again(call_ids)

    def _required(self) -> MeaningSearch:
        if self._meanings is None:
            message = "The model of this installation places no utterances; look for words."
            raise InputError(message, code="search-no-meanings")
        return self._meanings

    async def _ranked(
        self, connection: AsyncConnection, search: Search, asked: Asked, meanings: MeaningSearch
    ) -> list[int]:
        """Numbers of the calls that are found, the best first."""
        near = await meanings.nearest(asked, among=await self._among(connection, search), most=MOST_RANKED)
        by_meaning: list[int] = near.call_nos.tolist()
        if search.by == "meaning":
            return by_meaning
        columns = (_CALLS.call_no, _CALLS.opened_at, _CALLS.duration_ms)
        statement = self._full_text.by_relevance(matching(select(*columns), search, self._full_text), list(search.said))
        by_words = (await connection.execute(statement.limit(MOST_RANKED))).scalars().all()
        return fused(by_words, by_meaning)[:MOST_RANKED]

    async def _among(self, connection: AsyncConnection, search: Search) -> Int64Array | None:
        """Numbers of the calls for which everything but the words holds; None: all."""
        left = tuple(one for one in search.conditions if not isinstance(one, Said) or one.is_excluded)
        if not left and search.scope == EVERY_CALL:
            return None
        narrowed = matching(select(_CALLS.call_no), replace(search, conditions=left), self._full_text).subquery()
        # One long text instead of up to all calls as rows, each of which costs as much as the comparison.
        joined = func.aggregate_strings(cast(narrowed.c.call_no, String), ",")
        text = (await connection.execute(select(joined))).scalar_one()
        return np.array(text.split(",") if text else [], dtype=np.int64)

    def _snippets(
        self, call_no: int, lines: Sequence[Line], search: Search, asked: Asked, meanings: MeaningSearch
    ) -> tuple[Snippet, ...]:
        """What shows why a call was found, in the order of the call."""
        said = snippets_of(lines, search.said) if search.by == "both" else ()
        known = {snippet.utterance_id for snippet in said}
        like = meanings.lines_like(call_no, asked, most=MAX_SNIPPETS)
        meant = [
            cut(lines[place], lines[place].text, (), score=round(likeness, 3))
            for place, likeness in like
            if place < len(lines) and lines[place].utterance_id not in known
        ]
        chosen = [*said, *meant][:MAX_SNIPPETS]
        return tuple(sorted(chosen, key=lambda snippet: snippet.start_ms))


def fused(*orders: Sequence[int]) -> list[int]:
    """Several orders as one, by reciprocal rank; of equals the one of the first order comes first."""
    scores: dict[int, float] = {}
    for call_no, rank in _ranks(orders):
        scores[call_no] = scores.get(call_no, 0.0) + 1 / (FUSED_AFTER + rank)
    return sorted(scores, key=lambda call_no: -scores[call_no])


def _ranks(orders: Iterable[Sequence[int]]) -> Iterator[tuple[int, int]]:
    for order in orders:
        for rank, call_no in enumerate(order, start=1):
            yield call_no, rank
