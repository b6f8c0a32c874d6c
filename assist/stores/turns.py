"""Turns at the log of a closed call, between everybody who adds to it: also other services on the same database."""

from __future__ import annotations

from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager

from assist.stores.database import Database
from assist.stores.locks import CLOSED_LOG, take_turns


class LogTurns:
    """Whoever has a call's turn reads its log and adds to it, and nobody else does meanwhile."""

    def __init__(self, database: Database) -> None:
        self._database = database

    @asynccontextmanager
    async def turn(self, call_id: str) -> AsyncGenerator[None]:
        """Wait for the call's turn and have it. Takes a connection of the readers; raises StoreError."""
        async with self._database.reading() as connection:
            await take_turns(connection, CLOSED_LOG, [call_id])
            yield
