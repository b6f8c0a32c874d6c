"""Searches that people keep under a name, each for themselves."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import delete, func, insert, select
from sqlalchemy.ext.asyncio import AsyncConnection

from assist.errors import InputError, NotFoundError
from assist.stores.database import Database
from assist.stores.schema import saved_searches

MOST_SAVED = 100
"""Of one user."""

_COLUMNS = saved_searches.c


@dataclass(frozen=True, slots=True)
class SavedSearch:
    """A question that a user keeps."""

    search_id: int
    name: str
    asked: str
    """Its fields as JSON text."""
    at: datetime


class SavedSearchStore:
    """In the same database as the accounts. Every method raises StoreError when the database cannot serve."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def searches(self, user_id: str) -> Sequence[SavedSearch]:
        """Those of a user, by name."""
        statement = select(_COLUMNS.search_id, _COLUMNS.name, _COLUMNS.asked, _COLUMNS.at)
        async with self._database.reading() as connection:
            rows = await connection.execute(statement.where(_COLUMNS.user_id == user_id).order_by(_COLUMNS.name))
            return [SavedSearch(*row) for row in rows]

    async def save(self, user_id: str, name: str, asked: str, at: datetime) -> SavedSearch:
        """Keep a question, in place of the one with that name. Raises InputError "too-many-searches"."""
        async with self._database.writing() as connection:
            await connection.execute(delete(saved_searches).where(_COLUMNS.user_id == user_id, _COLUMNS.name == name))
            if await _count(connection, user_id) >= MOST_SAVED:
                raise InputError(f"{MOST_SAVED} searches can be kept; remove one.", code="too-many-searches")
            statement = insert(saved_searches).returning(_COLUMNS.search_id)
            values = {"user_id": user_id, "name": name, "asked": asked, "at": at}
            search_id = (await connection.execute(statement, values)).scalar_one()
        return SavedSearch(search_id, name, asked, at)

    async def remove(self, user_id: str, search_id: int) -> None:
        """Forget one of the user's own. Raises NotFoundError "unknown-search"."""
        statement = delete(saved_searches).where(_COLUMNS.user_id == user_id, _COLUMNS.search_id == search_id)
        async with self._database.writing() as connection:
            if (await connection.execute(statement)).rowcount == 0:
                raise NotFoundError("There is no such search.", code="unknown-search")


async def _count(connection: AsyncConnection, user_id: str) -> int:
    statement = select(func.count()).select_from(saved_searches).where(_COLUMNS.user_id == user_id)
    return (await connection.execute(statement)).scalar_one()
