"""Work that is long for an event loop, done in turns, so that whatever else is ready gets in between."""

from __future__ import annotations

import asyncio


class Turns:
    """Lets so many begin in one pass of the event loop; the others wait, in order, for the next.

    A pass is what the loop does before it looks at its sockets again: a connection that knocks needs four of them.
    """

    def __init__(self, per_pass: int) -> None:
        if per_pass < 1:
            raise ValueError("per_pass must be at least 1")
        self._per_pass = per_pass
        self._taken = 0

    async def take(self) -> None:
        """Wait until it is one's turn; the work has to begin without waiting for anything else."""
        while self._taken == self._per_pass:  # noqa: ASYNC110 -- the next pass is no event
            await asyncio.sleep(0)
        if not self._taken:
            asyncio.get_running_loop().call_soon(self._begin_pass)
        self._taken += 1

    def _begin_pass(self) -> None:
        self._taken = 0
