"""A call store with a listener, so that what follows from an event follows once it is on record."""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence

from assist.messages import Envelope
from assist.ports import CallQuery, CallStore, CallSummary


class HeardStore:
    """Tells a listener of envelopes that the store has taken; otherwise the store it wraps.

    A call that is completed after a crash is told again from its beginning.
    """

    def __init__(self, store: CallStore, listener: Callable[[Sequence[Envelope]], None]) -> None:
        self._store = store
        self._listener = listener

    async def append(self, envelopes: Sequence[Envelope]) -> None:
        await self._store.append(envelopes)
        self._listener(envelopes)

    async def envelopes(
        self, call_id: str, *, after: int = 0, limit: int = 10_000, types: Collection[str] | None = None
    ) -> Sequence[Envelope]:
        return await self._store.envelopes(call_id, after=after, limit=limit, types=types)

    async def is_whole(self, call_id: str) -> bool:
        return await self._store.is_whole(call_id)

    async def summary(self, call_id: str) -> CallSummary | None:
        return await self._store.summary(call_id)

    async def calls(self, query: CallQuery) -> Sequence[CallSummary]:
        return await self._store.calls(query)

    async def mark_audio(self, call_id: str) -> None:
        await self._store.mark_audio(call_id)

    async def check(self) -> None:
        await self._store.check()

    async def close(self) -> None:
        await self._store.close()
