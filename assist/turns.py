"""Work that is long for an event loop, done in turns, so that whatever else is ready gets in between."""

from __future__ import annotations

import asyncio
from collections import deque


class Turns:
    """Lets so many begin in one pass of the event loop; the others wait, in order, for the next.

    A pass is what the loop does before it looks at its sockets again: a connection that knocks needs four of them.
    """

    def __init__(self, per_pass: int) -> None:
        if per_pass < 1:
            raise ValueError("per_pass must be at least 1")
        self._per_pass = per_pass
        self._taken = 0
        self._waiting: deque[asyncio.Future[None]] = deque()
        """Bounded by whoever works in turns: each waits for one."""

    async def take(self) -> None:
        """Wait until it is one's turn; the work has to begin without waiting for anything else."""
        if self._taken == self._per_pass:
            turn: asyncio.Future[None] = asyncio.get_running_loop().create_future()
            self._waiting.append(turn)
            await turn
            return
        if not self._taken:
            asyncio.get_running_loop().call_soon(self._begin_pass)
        self._taken += 1

    def _begin_pass(self) -> None:
        """Hand the turns of the next pass out: to those who wait, the longest first."""
        self._taken = 0
        while self._waiting and self._taken < self._per_pass:
            turn = self._waiting.popleft()
            if not turn.done():  # who waited may have given up
                turn.set_result(None)
                self._taken += 1
        if self._taken:
            asyncio.get_running_loop().call_soon(self._begin_pass)
