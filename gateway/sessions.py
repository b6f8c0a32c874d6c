"""Notices that sessions end while something depends on them: a desk does not outlive its log-in."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Generator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field

from assist.errors import UnavailableError
from assist.notice import Notice
from assist.stores.accounts import User
from gateway.auth import Accounts

log = logging.getLogger(__name__)


@dataclass(slots=True, eq=False)
class WatchedSession:
    """A log-in on which something depends."""

    user: User
    """Who holds it, as last seen."""
    ended: asyncio.Event = field(default_factory=asyncio.Event)


class SessionWatch:
    """Asks the store about all watched sessions at once, so that the cost does not grow with the number of desks.

    Who holds a session may get other teams while it lasts, noticed within ``every_s``. It ends by log-out, expiry, a
    new password or a disabled user, in this process (noticed at once) or in another (noticed within ``every_s``).
    While the store cannot answer, nobody is sent away.
    """

    def __init__(self, accounts: Accounts, *, every_s: float = 1.0) -> None:
        if not every_s > 0:
            raise ValueError("every_s must be positive")
        self._accounts = accounts
        self._every_s = every_s
        self._watched: dict[WatchedSession, str] = {}
        self._came = Notice()

    @contextmanager
    def watching(self, token: str, user: User) -> Generator[WatchedSession]:
        """The session of a token, which this user held just now; watched inside the block."""
        session = WatchedSession(user)
        self._watched[session] = token
        self._came.notify()
        try:
            yield session
        finally:
            del self._watched[session]

    async def somebody(self) -> None:
        """Wait until a session is watched."""
        while not self._watched:
            await self._came.wait()

    async def run(self) -> None:
        """Look again every ``every_s`` and whenever this process ends a session."""
        while True:
            with suppress(TimeoutError):
                async with asyncio.timeout(self._every_s):
                    await self._accounts.sessions_changed.wait()
            try:
                await self.look()
            except UnavailableError as error:
                log.warning("sessions cannot be looked up", extra={"code": error.code})

    async def look(self) -> None:
        """Tell sessions who holds them now, or that they are over. Raises StoreError."""
        watched = dict(self._watched)
        if not watched:
            return
        live = await self._accounts.live_sessions(set(watched.values()))
        for session, token in watched.items():
            if token in live:
                session.user = live[token]
            else:
                session.ended.set()
