"""The full-text index of the archive, as each kind of database has it.

Both hold the same tokens (``assist.search.tokens``) under the call's number, in a column for each party: FTS5 in
SQLite, whose own tokenizer only splits at spaces here, and vectors of PostgreSQL, made without its parser.
"""

from __future__ import annotations

import asyncio
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Protocol, get_args

from sqlalchemy import (
    ColumnElement,
    Integer,
    Select,
    Text,
    bindparam,
    cast,
    column,
    delete,
    func,
    insert,
    or_,
    select,
    table,
    text,
)
from sqlalchemy.dialects.postgresql import TSQUERY, TSVECTOR
from sqlalchemy.ext.asyncio import AsyncConnection

from assist.messages import Party
from assist.search.archive import MOST_RANKED
from assist.search.document import Line
from assist.search.query import Said
from assist.search.tokens import BREAK, Phrase, phrase_of, tokens
from assist.stores.schema import ARCHIVE_TEXT, archive_calls

PARTIES: tuple[Party, ...] = get_args(Party)
MAX_POSITION = 16_383
"""Of PostgreSQL: phrases beyond so many tokens of one party are not told from their words."""

Statement = Select[*tuple[Any, ...]]
"""Over archived calls, of whatever columns."""

MERGED_PAGES = 500
"""In one step of forgetting; some milliseconds."""

_CALL_NO = archive_calls.c.call_no
_BY_INDEX = text("SET LOCAL enable_seqscan = off")
_TOTAL_CHANGES = text("SELECT total_changes()")
_MERGE = text(f"INSERT INTO {ARCHIVE_TEXT} ({ARCHIVE_TEXT}, rank) VALUES ('merge', :pages)")


@dataclass(frozen=True, slots=True)
class TextRow:
    """The words of one call."""

    call_no: int
    lines: Sequence[Line]


class FullText(Protocol):
    """Words of calls, in one kind of database."""

    async def prepare(self, connection: AsyncConnection) -> None:
        """Make the rest of a transaction that only reads fit for looking for words."""
        ...

    def joined(self, statement: Statement, said: Sequence[Said]) -> Statement:
        """The statement over archived calls, for those in which all of this was said."""
        ...

    def by_relevance(self, statement: Statement, said: Sequence[Said]) -> Statement:
        """What ``joined`` gave, the most relevant first, then the newest."""
        ...

    def says(self, said: Said) -> ColumnElement[bool]:
        """Whether this was said in an archived call."""
        ...

    def tokens_of(self, party: Party, call_nos: Select[int]) -> Select[int, str]:
        """The numbers of calls, and what the party said in each as tokens between spaces, in whatever order."""
        ...

    async def write(self, connection: AsyncConnection, rows: Iterable[TextRow]) -> None:
        """Index calls that are not in it."""
        ...

    async def remove(self, connection: AsyncConnection, call_nos: Collection[int]) -> None: ...

    async def forget(self, connection: AsyncConnection, *, goes_on: bool) -> bool:
        """Take some of what was removed out of the index itself, where it stays until then; whether more is to be done.

        ``goes_on``: it has begun. Each step belongs into a transaction of its own, so that others can write in between.
        """
        ...


def full_text_of(dialect: str) -> FullText:
    """That of a kind of database: "sqlite" or "postgresql"."""
    return PostgresqlFullText() if dialect == "postgresql" else SqliteFullText()


class SqliteFullText:
    """An FTS5 table whose row ids are the numbers of calls."""

    _index = table(ARCHIVE_TEXT, column("rowid"), column("rank"), column(ARCHIVE_TEXT))

    async def prepare(self, connection: AsyncConnection) -> None:
        """Nothing to do."""

    def joined(self, statement: Statement, said: Sequence[Said]) -> Statement:
        return statement.join(self._index, self._index.c.rowid == _CALL_NO).where(self._matches(said))

    def by_relevance(self, statement: Statement, said: Sequence[Said]) -> Statement:
        return statement.order_by(self._index.c.rank, archive_calls.c.opened_at.desc(), _CALL_NO.desc())

    def says(self, said: Said) -> ColumnElement[bool]:
        return _CALL_NO.in_(select(self._index.c.rowid).where(self._matches([said])))

    def tokens_of(self, party: Party, call_nos: Select[int]) -> Select[int, str]:
        index = table(ARCHIVE_TEXT, column("rowid", Integer()), column(party, Text()))
        return select(index.c.rowid, index.c[party]).where(index.c.rowid.in_(call_nos))

    async def write(self, connection: AsyncConnection, rows: Iterable[TextRow]) -> None:
        if values := await asyncio.to_thread(_values, rows, "rowid", _as_text):
            written = table(ARCHIVE_TEXT, column("rowid"), *(column(party, Text()) for party in PARTIES))
            await connection.execute(insert(written), values)

    async def remove(self, connection: AsyncConnection, call_nos: Collection[int]) -> None:
        await connection.execute(delete(self._index).where(self._index.c.rowid.in_(call_nos)))

    async def forget(self, connection: AsyncConnection, *, goes_on: bool) -> bool:
        """FTS5 only marks words as removed until it merges its parts (sqlite.org/fts5.html, "The 'merge' Command")."""
        before = (await connection.execute(_TOTAL_CHANGES)).scalar_one()
        pages = MERGED_PAGES if goes_on else -MERGED_PAGES
        await connection.execute(_MERGE, {"pages": pages})
        return (await connection.execute(_TOTAL_CHANGES)).scalar_one() - before > 1

    def _matches(self, said: Sequence[Said]) -> ColumnElement[bool]:
        asked = " AND ".join(_match(one) for one in said)
        return self._index.c[ARCHIVE_TEXT].bool_op("MATCH")(asked)


class PostgresqlFullText:
    """A table of vectors of tokens, one for each party."""

    _index = table(ARCHIVE_TEXT, column("call_no", Integer()), *(column(party, TSVECTOR()) for party in PARTIES))

    async def prepare(self, connection: AsyncConnection) -> None:
        """The planner holds vectors to be as cheap to look at as numbers, and would read every one for frequent words.

        Most of them lie where PostgreSQL puts long values: a second for 100,000 calls, and a tenth by the index.
        """
        await connection.execute(_BY_INDEX)

    def joined(self, statement: Statement, said: Sequence[Said]) -> Statement:
        # All calls that match are found first: with an order and a limit in sight, the planner would read vector after
        # vector of the newest calls until enough of them match.
        matching = select(self._index.c.call_no).where(*map(self._holds, said))
        found = matching.cte("said").prefix_with("MATERIALIZED")
        return statement.join(found, found.c.call_no == _CALL_NO)

    def by_relevance(self, statement: Statement, said: Sequence[Said]) -> Statement:
        # The rank is worked out from the whole vector, which is read from where PostgreSQL puts long values.
        found = statement.cte("found").prefix_with("MATERIALIZED")
        newest = select(found).order_by(found.c.opened_at.desc(), found.c.call_no.desc()).limit(MOST_RANKED).subquery()
        ranks: list[ColumnElement[Any]] = [
            func.ts_rank(self._index.c[party], _query(one)) for one in said for party in _parties(one)
        ]
        return (
            select(*newest.c)
            .join(self._index, self._index.c.call_no == newest.c.call_no)
            .order_by(sum(ranks[1:], ranks[0]).desc(), newest.c.opened_at.desc(), newest.c.call_no.desc())
        )

    def says(self, said: Said) -> ColumnElement[bool]:
        return _CALL_NO.in_(select(self._index.c.call_no).where(self._holds(said)))

    def tokens_of(self, party: Party, call_nos: Select[int]) -> Select[int, str]:
        said = func.array_to_string(func.tsvector_to_array(self._index.c[party]), " ", type_=Text())
        return select(self._index.c.call_no, said).where(self._index.c.call_no.in_(call_nos))

    async def write(self, connection: AsyncConnection, rows: Iterable[TextRow]) -> None:
        if values := await asyncio.to_thread(_values, rows, "call_no", _as_vector):
            parts = ", ".join(f"CAST(:{party} AS tsvector)" for party in PARTIES)
            names = ", ".join(PARTIES)
            statement = text(f"INSERT INTO {ARCHIVE_TEXT} (call_no, {names}) VALUES (:call_no, {parts})")
            await connection.execute(statement, values)

    async def remove(self, connection: AsyncConnection, call_nos: Collection[int]) -> None:
        await connection.execute(delete(self._index).where(self._index.c.call_no.in_(call_nos)))

    async def forget(self, connection: AsyncConnection, *, goes_on: bool) -> bool:
        """Its vacuum does."""
        return False

    def _holds(self, said: Said) -> ColumnElement[bool]:
        query = _query(said)
        return or_(*(self._index.c[party].bool_op("@@")(query) for party in _parties(said)))


def _parties(said: Said) -> Sequence[Party]:
    return PARTIES if said.party is None else (said.party,)


def _phrase(said: Said) -> Phrase:
    found = phrase_of(said.words)
    if found is None:
        raise ValueError("there is no word in what is to be found")
    return found


def _match(said: Said) -> str:
    """One condition in the language of FTS5. Tokens hold no quotes."""
    phrase = _phrase(said)
    asked = f'"{" ".join(phrase.tokens)}"' + (" *" if phrase.is_prefix else "")
    return f"({asked})" if said.party is None else f"({said.party} : {asked})"


def _query(said: Said) -> ColumnElement[Any]:
    phrase = _phrase(said)
    asked = [f"'{token}'" for token in phrase.tokens]
    if phrase.is_prefix:
        asked[-1] += ":*"
    return cast(bindparam(None, " <-> ".join(asked)), TSQUERY)


class _Written(Protocol):
    def __call__(self, texts: Sequence[str], /) -> str: ...


def _values(rows: Iterable[TextRow], key: str, written: _Written) -> list[dict[str, object]]:
    """The rows of an index; ``key`` is the name of its column of numbers."""
    return [{key: row.call_no, **_columns(row.lines, written)} for row in rows]


def _columns(lines: Iterable[Line], written: _Written) -> Mapping[str, str]:
    """What each party said, in every form in which it may be looked for."""
    said: dict[Party, list[str]] = {party: [] for party in PARTIES}
    for line in lines:
        said[line.party].append(line.text)
        if line.spoken is not None:
            said[line.party].append(line.spoken)
    return {party: written(texts) for party, texts in said.items()}


def _as_text(texts: Sequence[str]) -> str:
    return f" {BREAK} ".join(" ".join(token.text for token in tokens(one)) for one in texts)


def _as_vector(texts: Sequence[str]) -> str:
    """As PostgreSQL writes vectors: 'token':1,7 … A break between utterances leaves one position out."""
    places: dict[str, list[str]] = {}
    at = 0
    for one in texts:
        at += 1
        for token in tokens(one):
            at += 1
            places.setdefault(token.text, []).append(str(min(at, MAX_POSITION)))
    return " ".join(f"'{token}':{','.join(dict.fromkeys(found))}" for token, found in places.items())
