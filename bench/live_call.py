"""One call at the pace of speech, and what arrived when."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence

from assist.messages import Envelope, Event
from bench.child_server import ChildServer
from bench.programme import Recorded
from bench.timing import Arrival
from gateway.client import CallClient, CallResult
from gateway.sources.native_messages import Open


class LiveCall:
    """Plays a recording into a server; what has arrived can be asked for however the call ended."""

    def __init__(
        self,
        server: ChildServer,
        recorded: Recorded,
        *,
        chunk_ms: int,
        is_kept: Callable[[Event], bool] = lambda _: True,
        on_open: Callable[[str], None] = lambda _: None,
    ) -> None:
        """``is_kept`` tells which events are looked at later; the others would only take memory.

        ``on_open`` hears the call's id with its first event.
        """
        self._loop = asyncio.get_running_loop()
        self._made_s = self._loop.time()
        self._chunk_ms = chunk_ms
        self._is_kept = is_kept
        self._on_open: Callable[[str], None] | None = on_open
        self._heard: list[tuple[float, Envelope]] = []
        opening = Open(
            media=recorded.audio.media, agent=recorded.agent, customer=recorded.customer, events="all", pace="live"
        )
        self._client = CallClient(
            server.ingest_url, server.key, opening, recorded.audio, chunk_ms=chunk_ms, on_envelope=self._hear
        )

    async def run(self) -> CallResult:
        """Play to the end; raises as CallClient does."""
        return await self._client.run()

    @property
    def zero_s(self) -> float:
        """``loop.time()`` at the zero of the paced clock: one chunk before the first was sent."""
        return (self._client.began_s or self._made_s) - self._chunk_ms / 1000

    @property
    def arrivals(self) -> Sequence[Arrival]:
        """In order, on the paced clock."""
        return [Arrival((at_s - self.zero_s) * 1000, envelope) for at_s, envelope in self._heard]

    def _hear(self, envelope: Envelope) -> None:
        if self._on_open is not None:
            self._on_open(envelope.call_id)
            self._on_open = None
        if self._is_kept(envelope.event):
            self._heard.append((self._loop.time(), envelope))
