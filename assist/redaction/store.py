"""A call store that is told everything and keeps the masked form: the edge at which private words stay back."""

from __future__ import annotations

import asyncio
import logging
from collections import OrderedDict
from collections.abc import Iterable, Sequence
from contextlib import AsyncExitStack
from dataclasses import dataclass, field
from typing import Protocol

from assist.errors import StoreError
from assist.messages import CallClosed, Envelope
from assist.ports import CallStore, Redactor
from assist.redaction.log import LogRedactor, MaskedEnvelope
from assist.redaction.sealing import Seal, SealStore, Vault, sealed, unsealed
from assist.wrapped_store import WrappedCallStore

log = logging.getLogger(__name__)

LONGEST_LOG = 1_000_000


class MaskedLogStore(CallStore, Protocol):
    """A call store that can store masks with what they hide."""

    async def append_masked(
        self, envelopes: Sequence[Envelope], *, amended: Sequence[Envelope], seals: Sequence[Seal]
    ) -> None:
        """``append``; and in the same transaction, stored envelopes in another form, and seals."""
        ...

    async def rewrite(self, call_id: str, envelopes: Sequence[Envelope], *, seals: Sequence[Seal]) -> None:
        """Put envelopes of a closed call in place of those with their numbers, with seals, in one transaction.

        All that is made from the log is made anew. Raises StoreError.
        """
        ...

    async def purge(self) -> None:
        """Let nothing that was overwritten be readable in the files of the database. Raises StoreError."""
        ...


@dataclass(slots=True)
class _Call:
    """What is known of the private words of one call."""

    log: LogRedactor
    is_over: bool = False
    heard_seq: int = 0
    stored_seq: int = 0
    again_until: int = 0
    """Up to here the log comes again: the store may have it or lack it."""
    waiting: dict[int, MaskedEnvelope] = field(default_factory=dict[int, MaskedEnvelope])
    """Not stored yet, or to be stored in another form."""
    has_overwritten: bool = False
    """What was stored before it was known to be private may still be in a file of the database."""
    turn: asyncio.Lock = field(default_factory=asyncio.Lock)

    def hear(self, envelopes: Iterable[Envelope]) -> None:
        """Blocks for about a third of a millisecond for each utterance, and for more where earlier ones are amended."""
        for envelope in envelopes:
            if envelope.seq > self.heard_seq:
                self.heard_seq = envelope.seq
                self.is_over = self.is_over or isinstance(envelope.event, CallClosed)
                self.waiting |= {result.envelope.seq: result for result in self.log.mask(envelope)}


class RedactedCallStore(WrappedCallStore):
    """``CallStore`` whose readers get masked logs; see ``MaskedLogStore`` for where originals go.

    Masking works in a thread. What it has to remember of a call, its words among it, is kept while the call goes on,
    for the ``kept_calls`` that were written to last, and made anew from the stored log and its seals for others.
    """

    def __init__(
        self, store: MaskedLogStore, *, seals: SealStore, redactor: Redactor, vault: Vault, kept_calls: int = 256
    ) -> None:
        if kept_calls < 1:
            raise ValueError("kept_calls must be at least 1")
        super().__init__(store)
        self._store = store
        self._seals = seals
        self._redactor = redactor
        self._vault = vault
        self._kept_calls = kept_calls
        self._calls: OrderedDict[str, _Call] = OrderedDict()

    async def append(self, envelopes: Sequence[Envelope]) -> None:
        """Store envelopes masked; see ``CallStore``. After a StoreError the same ones may come again."""
        by_call: dict[str, list[Envelope]] = {}
        for envelope in envelopes:
            by_call.setdefault(envelope.call_id, []).append(envelope)
        async with AsyncExitStack() as turns:
            calls: list[_Call] = []
            for call_id in sorted(by_call):
                call = self._call(call_id)
                await turns.enter_async_context(call.turn)
                if call.heard_seq == 0:
                    await self._recall(call_id, call, before=by_call[call_id][0].seq)
                await asyncio.to_thread(call.hear, by_call[call_id])
                calls.append(call)
            await self._store_waiting(calls)
            await self._purge([call for call in calls if call.is_over and call.has_overwritten])
        self._forget()

    def _call(self, call_id: str) -> _Call:
        call = self._calls.pop(call_id, None) or _Call(LogRedactor(self._redactor.open_call()))
        self._calls[call_id] = call
        return call

    async def _recall(self, call_id: str, call: _Call, *, before: int) -> None:
        """Hear again what is stored, as it was said; a log that comes again from its beginning is heard as it comes."""
        if before == 1:
            summary = await self._store.summary(call_id)
            call.stored_seq = call.again_until = summary.last_seq if summary else 0
            return
        stored = [e for e in await self._store.envelopes(call_id, limit=LONGEST_LOG) if e.seq < before]
        by_seq = {seal.seq: seal for seal in await self._seals.seals(call_id)}
        originals = [self._original(e, by_seq[e.seq]) if e.seq in by_seq else e for e in stored]
        await asyncio.to_thread(call.hear, [original for original in originals if original])
        call.heard_seq = call.stored_seq = before - 1
        call.waiting.clear()

    def _original(self, envelope: Envelope, seal: Seal) -> Envelope | None:
        """As it was said. None where its key is gone: it stays as it is stored, and nothing is learnt of it."""
        try:
            return unsealed(envelope, seal, self._vault)
        except StoreError:
            log.warning("a seal cannot be opened", extra={"call_id": envelope.call_id, "seq": envelope.seq})
            return None

    async def _store_waiting(self, calls: Sequence[_Call]) -> None:
        fresh: list[Envelope] = []
        amended: list[Envelope] = []
        seals: list[Seal] = []
        for call in calls:
            for seq, result in sorted(call.waiting.items()):
                if seq <= call.stored_seq:
                    amended.append(result.envelope)
                    call.has_overwritten = True
                if seq > call.stored_seq or seq <= call.again_until:
                    fresh.append(result.envelope)
                if seal := sealed(result, self._vault):
                    seals.append(seal)
        await self._store.append_masked(fresh, amended=amended, seals=seals)
        for call in calls:
            call.waiting.clear()
            call.stored_seq = max(call.stored_seq, call.heard_seq)

    async def _purge(self, calls: Sequence[_Call]) -> None:
        """Once a call is over, not for each number in it."""
        if not calls:
            return
        try:
            await self._store.purge()
        except StoreError as error:
            log.warning("overwritten words may be in the database's files", extra={"code": error.code})
            return
        for call in calls:
            call.has_overwritten = False

    def _forget(self) -> None:
        """Calls that are over, and those that were written to longest ago; none that waits for the store."""
        idle = [call_id for call_id, call in self._calls.items() if not call.waiting and not call.turn.locked()]
        over = [call_id for call_id in idle if self._calls[call_id].is_over]
        going_on = [call_id for call_id in idle if not self._calls[call_id].is_over]
        for call_id in (*over, *going_on[: max(0, len(self._calls) - len(over) - self._kept_calls)]):
            del self._calls[call_id]
