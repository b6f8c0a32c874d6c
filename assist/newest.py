"""One question at a time, about the newest thing wanted: an earlier one is given up."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine

from assist.notice import Notice


class NewestQuestion:
    """Runs ``ask`` for whatever is wanted, beside everything else, until it is closed."""

    def __init__(self, ask: Callable[[str], Coroutine[None, None, None]], *, name: str) -> None:
        """``name``: of its task."""
        self._ask = ask
        self._name = name
        self._wanted: str | None = None
        self._closed = False
        self._changed = Notice()

    def want(self, subject: str) -> None:
        """Ask about this; the same one again changes nothing."""
        if subject != self._wanted:
            self._wanted = subject
            self._changed.notify()

    def close(self) -> None:
        """An answer would come too late; ``run`` returns."""
        self._closed = True
        self._changed.notify()

    async def run(self) -> None:
        async with asyncio.TaskGroup() as group:
            asked: str | None = None
            asking: asyncio.Task[None] | None = None
            while not self._closed:
                if self._wanted is not None and self._wanted != asked:
                    if asking is not None:
                        asking.cancel()
                    asked = self._wanted
                    asking = group.create_task(self._ask(asked), name=self._name)
                await self._changed.wait()
            if asking is not None:
                asking.cancel()
