"""Work that is long for an event loop, done in turns, so that whatever else is ready gets in between."""

from __future__ import annotations

import asyncio
from collections import deque

OPENINGS_A_PASS = 4
"""Calls that are opened before the event loop looks at its sockets again: some milliseconds."""
BEGINNINGS_A_PASS = 1
"""Opened calls that begin: their lanes, look-ups, and what carries their logs to bus and store."""


class Turns:
    """Lets so many begin in one pass of the event loop; the others wait, in order, for the next.

    A pass is what the loop does before it looks at its sockets again: a connection that knocks needs four of them.
    """

    def __init__(self, per_pass: int, *, behind: Turns | None = None) -> None:
        """``behind``: while somebody waits for one of those turns, nobody gets one of these."""
        if per_pass < 1:
            raise ValueError("per_pass must be at least 1")
        self._per_pass = per_pass
        self._behind = behind
        self._taken = 0
        self._counts = False
        """Whether the end of this pass is waited for."""
        self._waiting: deque[asyncio.Future[None]] = deque()
        """Bounded by whoever works in turns: each waits for one."""

    async def take(self) -> None:
        """Wait until it is one's turn; the work has to begin without waiting for anything else."""
        self._count()
        if self._waiting or self._taken == self._per_pass or self._is_held_back:
            turn: asyncio.Future[None] = asyncio.get_running_loop().create_future()
            self._waiting.append(turn)
            await turn
            return
        self._taken += 1

    @property
    def _is_held_back(self) -> bool:
        return self._behind is not None and bool(self._behind._waiting)

    def _count(self) -> None:
        if not self._counts:
            self._counts = True
            asyncio.get_running_loop().call_soon(self._begin_pass)

    def _begin_pass(self) -> None:
        """Hand the turns of the next pass out: to those who wait, the longest first."""
        self._taken, self._counts = 0, False
        while self._waiting and self._taken < self._per_pass and not self._is_held_back:
            turn = self._waiting.popleft()
            if not turn.done():  # who waited may have given up
                turn.set_result(None)
                self._taken += 1
        if self._taken or self._waiting:
            self._count()


class CallTurns:
    """Of those who have calls opened, and of the calls that are open and begin.

    A call is open, and its source is answered, once its log has begun on disk. What the call sets out to do then waits
    until nobody waits to have one opened; sound that comes in between is kept like any that a lane has not heard yet.
    """

    def __init__(self) -> None:
        self._openings = Turns(OPENINGS_A_PASS)
        self._beginnings = Turns(BEGINNINGS_A_PASS, behind=self._openings)

    async def open(self) -> None:
        """Wait until it is one's turn to have a call opened."""
        await self._openings.take()

    async def begin(self) -> None:
        """Wait until it is an open call's turn to begin."""
        await self._beginnings.take()
