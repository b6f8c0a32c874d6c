"""Versions and drafts of playbooks: every text that ran, with who published it and when, and what is being edited."""

from __future__ import annotations

from collections.abc import AsyncGenerator, Callable, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Literal

from sqlalchemy import RowMapping, and_, delete, func, insert, select, update
from sqlalchemy.exc import IntegrityError

from assist.errors import InputError
from assist.stores.accounts import User
from assist.stores.database import Database
from assist.stores.locks import PLAYBOOK, take_turns
from assist.stores.schema import playbook_drafts, playbook_versions

Origin = Literal["file", "published", "rolled-back"]


@dataclass(frozen=True, slots=True)
class PlaybookVersion:
    """One text that a playbook ran with; the text itself is read apart."""

    name: str
    number: int
    """1, 2, 3 … for each name, in the order in which they came into use."""
    version: str
    """What the text calls itself."""
    digest: str
    """sha256 of the content; comments and layout do not count."""
    origin: Origin
    """``file``: somebody changed the file on the disk."""
    author: str
    """Who published it, by the name shown; empty for files."""
    note: str
    at: datetime


@dataclass(frozen=True, slots=True)
class Arrival:
    """A text that comes into use."""

    name: str
    version: str
    digest: str
    origin: Origin
    file: str
    """Name of its file, without the directory."""
    text: str
    author: User | None = None
    note: str = ""


@dataclass(frozen=True, slots=True)
class Draft:
    """What somebody is editing."""

    name: str
    saves: int
    """How often it was saved; who saves next must have seen the last one."""
    base: int
    """Number of the version it was begun from; 0: it is a new playbook."""
    author: str
    at: datetime
    text: str


class PlaybookStore:
    """Playbooks in the same database as the calls.

    ``now`` gives aware UTC times. Every method raises StoreError when the database cannot serve.
    """

    def __init__(self, database: Database, *, now: Callable[[], datetime] = lambda: datetime.now(UTC)) -> None:
        self._database = database
        self._now = now

    @asynccontextmanager
    async def adding(self, arrival: Arrival) -> AsyncGenerator[PlaybookVersion]:
        """The next version of a playbook, kept if the block ends well."""
        columns = playbook_versions.c
        highest = select(func.coalesce(func.max(columns.number), 0)).where(columns.name == arrival.name)
        author = arrival.author
        async with self._database.writing() as connection:
            await take_turns(connection, PLAYBOOK, [arrival.name])
            version = PlaybookVersion(
                name=arrival.name,
                number=(await connection.execute(highest)).scalar_one() + 1,
                version=arrival.version,
                digest=arrival.digest,
                origin=arrival.origin,
                author=author.display_name if author else "",
                note=arrival.note,
                at=self._now(),
            )
            values = {name: getattr(version, name) for name in PlaybookVersion.__slots__}
            author_id = author.user_id if author else None
            more = {"author_id": author_id, "file": arrival.file, "text": arrival.text}
            await connection.execute(insert(playbook_versions), {**values, **more})
            yield version

    async def versions(self, name: str, *, limit: int = 200) -> Sequence[PlaybookVersion]:
        """The latest versions, newest first."""
        columns = [playbook_versions.c[field] for field in PlaybookVersion.__slots__]
        statement = select(*columns).where(playbook_versions.c.name == name).limit(limit)
        async with self._database.reading() as connection:
            rows = await connection.execute(statement.order_by(playbook_versions.c.number.desc()))
            return [PlaybookVersion(**row) for row in rows.mappings()]

    async def newest(self) -> Mapping[str, tuple[PlaybookVersion, str]]:
        """The latest version of each playbook and its text, by name."""
        columns = playbook_versions.c
        last = select(columns.name, func.max(columns.number).label("number")).group_by(columns.name).subquery()
        is_last = and_(columns.name == last.c.name, columns.number == last.c.number)
        async with self._database.reading() as connection:
            rows = (await connection.execute(select(playbook_versions).join(last, is_last))).mappings()
            return {row["name"]: (_version(row), row["text"]) for row in rows}

    async def text(self, name: str, number: int) -> str | None:
        """The text of a version; None: there is no such version."""
        columns = playbook_versions.c
        statement = select(columns.text).where(columns.name == name, columns.number == number)
        async with self._database.reading() as connection:
            return (await connection.execute(statement)).scalar_one_or_none()

    async def last_of_file(self, file: str) -> str | None:
        """The text that a file ran with last; None: it never did."""
        columns = playbook_versions.c
        statement = select(columns.text).where(columns.file == file).order_by(columns.at.desc(), columns.number.desc())
        async with self._database.reading() as connection:
            return (await connection.execute(statement.limit(1))).scalar_one_or_none()

    async def number_taken(self, name: str, version: str, digest: str) -> int | None:
        """The latest version that calls itself the same and says something else."""
        columns = playbook_versions.c
        statement = select(func.max(columns.number)).where(
            columns.name == name, columns.version == version, columns.digest != digest
        )
        async with self._database.reading() as connection:
            return (await connection.execute(statement)).scalar_one_or_none()

    # --- drafts ----------------------------------------------------------------------------------------------------

    async def drafts(self) -> Sequence[Draft]:
        """All drafts, by name."""
        async with self._database.reading() as connection:
            rows = await connection.execute(select(playbook_drafts).order_by(playbook_drafts.c.name))
            return [_draft(row) for row in rows.mappings()]

    async def draft(self, name: str) -> Draft | None:
        """What is being edited of a playbook."""
        async with self._database.reading() as connection:
            statement = select(playbook_drafts).where(playbook_drafts.c.name == name)
            row = (await connection.execute(statement)).mappings().one_or_none()
        return None if row is None else _draft(row)

    async def save_draft(self, name: str, text: str, *, base: int, after: int, author: User) -> Draft:
        """Keep a text; ``after``: the ``saves`` of the draft it follows, 0 for the first.

        Raises InputError "draft-changed" when somebody else has saved meanwhile.
        """
        columns = playbook_drafts.c
        draft = Draft(name=name, saves=after + 1, base=base, author=author.display_name, at=self._now(), text=text)
        values = {field: getattr(draft, field) for field in Draft.__slots__} | {"author_id": author.user_id}
        try:
            async with self._database.writing() as connection:
                if after == 0:
                    await connection.execute(insert(playbook_drafts), values)
                    return draft
                statement = update(playbook_drafts).where(columns.name == name, columns.saves == after)
                if not (await connection.execute(statement.values(**values))).rowcount:
                    raise _changed()
        except IntegrityError as error:
            raise _changed() from error
        return draft

    async def remove_draft(self, name: str, *, after: int | None = None) -> None:
        """Forget a draft; ``after``: only the one with these ``saves``. Raises InputError "draft-changed"."""
        columns = playbook_drafts.c
        statement = delete(playbook_drafts).where(columns.name == name)
        if after is not None:
            statement = statement.where(columns.saves == after)
        async with self._database.writing() as connection:
            if not (await connection.execute(statement)).rowcount and after is not None:
                raise _changed()


def _version(row: RowMapping) -> PlaybookVersion:
    return PlaybookVersion(**{name: row[name] for name in PlaybookVersion.__slots__})


def _draft(row: RowMapping) -> Draft:
    return Draft(**{name: row[name] for name in Draft.__slots__})


def _changed() -> InputError:
    return InputError(
        "Somebody else has saved or removed this draft meanwhile; load it again and carry your changes over.",
        code="draft-changed",
    )
