"""A call store around another one: whoever adds something to storing says only that."""

from __future__ import annotations

from collections.abc import Collection, Sequence

from assist.messages import Envelope
from assist.ports import CallQuery, CallStore, CallSummary


class WrappedCallStore:
    """Hands everything on to the store it wraps but ``append``, which each kind defines."""

    def __init__(self, wrapped: CallStore) -> None:
        self._wrapped = wrapped

    async def envelopes(
        self, call_id: str, *, after: int = 0, limit: int = 10_000, types: Collection[str] | None = None
    ) -> Sequence[Envelope]:
        return await self._wrapped.envelopes(call_id, after=after, limit=limit, types=types)

    async def is_whole(self, call_id: str) -> bool:
        return await self._wrapped.is_whole(call_id)

    async def summary(self, call_id: str) -> CallSummary | None:
        return await self._wrapped.summary(call_id)

    async def calls(self, query: CallQuery) -> Sequence[CallSummary]:
        return await self._wrapped.calls(query)

    async def mark_audio(self, call_id: str) -> None:
        await self._wrapped.mark_audio(call_id)

    async def check(self) -> None:
        await self._wrapped.check()

    async def close(self) -> None:
        await self._wrapped.close()
