"""A wake-up call between tasks of one event loop."""

from __future__ import annotations

import asyncio


class Notice:
    """Wakes everyone who waits; they look again at what they waited for.

    Use as ``while not condition: await notice.wait()`` and call ``notify`` after every change. Nothing is stored: a
    notify without waiters is forgotten.
    """

    def __init__(self) -> None:
        self._event = asyncio.Event()

    def notify(self) -> None:
        self._event.set()
        self._event = asyncio.Event()

    async def wait(self) -> None:
        """Return at the next ``notify``."""
        await self._event.wait()
