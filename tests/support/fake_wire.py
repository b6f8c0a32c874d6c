"""A peer without a network, and who counts what it does."""

from __future__ import annotations

import asyncio
from collections import Counter

from assist.notice import Notice
from gateway.wire import PeerGoneError, PeerLeft


class FakeWire:
    """Implements ``Wire``; a test is the peer: it says things, reads or does not, and leaves."""

    def __init__(self) -> None:
        self.heard: list[str | bytes] = []
        """What the peer has read."""
        self.closed: tuple[int, str] | None = None
        self._said: asyncio.Queue[str | bytes | PeerLeft] = asyncio.Queue()
        self._changed = Notice()
        self._reads = asyncio.Event()
        self._reads.set()
        self._has_left = False

    # --- the peer ----------------------------------------------------------------------------------------------

    def say(self, *messages: str | bytes) -> None:
        """Send messages, one after the other and at once."""
        for message in messages:
            self._said.put_nowait(message)

    def leave(self, *, is_clean: bool) -> None:
        """Go, with a word or without."""
        self._has_left = True
        self._reads.set()
        self._said.put_nowait(PeerLeft(is_clean))

    def stop_reading(self) -> None:
        """A half-open connection: what is sent gets nowhere, and nobody says so."""
        self._reads.clear()

    async def has_heard(self, beginning: str) -> str:
        """Wait for a text that begins so."""
        while (found := next((str(one) for one in self.heard if str(one).startswith(beginning)), None)) is None:
            await self._changed.wait()
        return found

    # --- the server's side -------------------------------------------------------------------------------------

    async def receive(self) -> str | bytes | PeerLeft:
        return await self._said.get()

    async def send(self, message: str | bytes) -> None:
        await self._reads.wait()
        if self._has_left:
            raise PeerGoneError
        self.heard.append(message)
        self._changed.notify()

    async def close(self, code: int, reason: str) -> None:
        await self._reads.wait()
        if self._has_left:
            raise PeerGoneError
        self.closed = (code, reason)


class CountedSources:
    """Implements ``SourceMetrics``."""

    def __init__(self) -> None:
        self.open = 0
        self.bytes = 0
        self.failures: Counter[str] = Counter()
        self.remarks: Counter[str] = Counter()

    def connected(self) -> None:
        self.open += 1

    def disconnected(self) -> None:
        self.open -= 1

    def received(self, audio_bytes: int) -> None:
        self.bytes += audio_bytes

    def failed(self, code: str) -> None:
        self.failures[code] += 1

    def remarked(self, source: str, code: str) -> None:
        self.remarks[code] += 1
