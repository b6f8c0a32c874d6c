"""A call store with a listener, so that what follows from an event follows once it is on record."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from assist.messages import Envelope
from assist.ports import CallStore
from assist.wrapped_store import WrappedCallStore


class HeardStore(WrappedCallStore):
    """Tells a listener of envelopes that the store has taken; otherwise the store it wraps.

    A call that is completed after a crash is told again from its beginning.
    """

    def __init__(self, store: CallStore, listener: Callable[[Sequence[Envelope]], None]) -> None:
        super().__init__(store)
        self._listener = listener

    async def append(self, envelopes: Sequence[Envelope]) -> None:
        await self._wrapped.append(envelopes)
        self._listener(envelopes)
