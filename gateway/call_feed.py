"""Follows one call for one viewer: a snapshot or what was missed, then every later event, each exactly once."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Sequence

from assist.errors import PermissionDeniedError, SlowSubscriberError, StoreError
from assist.messages import CallUpdated, Envelope
from assist.ports import CallSummary, EventBus
from assist.quality.review import without_reviews
from assist.stores.accounts import User
from assist.view import CallView, fold_all
from gateway.permissions import hears_live, scope_of
from gateway.seen_calls import SeenCalls

PAGE = 10_000


class CallFeed:
    """Joins the live view, the bus and the store into one sequence without holes or repeats.

    The bus is joined first and the rest taken after, so nothing can fall between. A client that missed more than
    ``catch_up_limit`` envelopes gets a snapshot instead.
    """

    def __init__(
        self,
        *,
        user: Callable[[], User],
        seen: SeenCalls,
        bus: EventBus,
        catch_up_limit: int = 1_000,
    ) -> None:
        """``user``: who looks, as known now; teams change while a call is followed."""
        if catch_up_limit < 0:
            raise ValueError("catch_up_limit must not be negative")
        self._user = user
        self._seen = seen
        self._supervisor = seen.supervisor
        self._store = seen.store
        self._bus = bus
        self._catch_up_limit = catch_up_limit

    async def summary(self, call_id: str) -> CallSummary:
        """The call, if this user may see it.

        Raises NotFoundError "unknown-call", PermissionDeniedError, SlowSubscriberError, StoreError.
        """
        return await self._seen.call(self._user(), call_id)

    def listed(self) -> list[CallSummary]:
        """The live calls that this user may follow, newest first."""
        user = self._user()
        scope = scope_of(user)
        calls = (call for call in self._supervisor.calls() if call.closed_at is None)
        return [call for call in calls if scope.covers(call.agent_id) and hears_live(user, call)]

    async def follow(
        self,
        call_id: str,
        after: int | None,
        *,
        snapshot: Callable[[CallView], None],
        event: Callable[[Envelope], Awaitable[None]],
    ) -> None:
        """Deliver until cancelled or until the bus closes.

        A burst that outruns the bus is caught up with; only ``event`` decides who is too slow. Raises what ``summary``
        raises, also later when the call is handed to another agent, and what ``event`` raises.
        """
        while True:
            reached = await self._follow_once(call_id, after, snapshot, event)
            if reached is None:
                return
            if reached == after:
                raise SlowSubscriberError("Live events are interrupted; come back with the last seq.")
            after = reached

    async def _follow_once(
        self,
        call_id: str,
        after: int | None,
        snapshot: Callable[[CallView], None],
        event: Callable[[Envelope], Awaitable[None]],
    ) -> int | None:
        """Deliver over one subscription; the last seq delivered when it fell behind, None when the bus has closed."""
        summary = await self.summary(call_id)
        last_seq, agent_id = summary.last_seq, summary.agent_id
        is_over = summary.closed_at is not None and self._supervisor.journal(call_id) is None
        if not is_over and not hears_live(self._user(), summary):
            raise PermissionDeniedError("The words of this call are not masked yet; wait until it is over.")
        known_seq = after if after is not None and after <= last_seq else None
        # Of a call that is over the bus may still replay the words as they were said.
        replayed_after = last_seq if known_seq is None or is_over else known_seq
        async with self._bus.subscribe(call_id, after=replayed_after) as subscription:
            missed = None
            if known_seq is not None:
                replayed = None if is_over else subscription.first_replayed
                missed = await self._missed(call_id, known_seq, last_seq, replayed)
            if missed is None:
                view = await self._view(call_id, last_seq)
                snapshot(view)
                seen_seq = view.seq
            else:
                seen_seq = known_seq or 0
                for envelope in missed:
                    await event(envelope)
                    seen_seq = envelope.seq
            while True:
                try:
                    envelope = await anext(subscription)
                except SlowSubscriberError:
                    return seen_seq
                except StopAsyncIteration:
                    return None
                if envelope.seq <= seen_seq:
                    continue
                update = envelope.event
                if envelope.seq > last_seq and isinstance(update, CallUpdated) and update.agent:
                    agent_id = update.agent.agent_id
                if not await self._seen.sees(self._user(), call_id, agent_id):
                    raise PermissionDeniedError("This call was handed to another agent.")
                await event(envelope)
                seen_seq = envelope.seq

    async def _missed(
        self, call_id: str, known_seq: int, last_seq: int, first_replayed: int | None
    ) -> Sequence[Envelope] | None:
        """What the store must add between the client and the bus; None: a snapshot is needed."""
        needed_seq = last_seq if first_replayed is None else first_replayed - 1
        if known_seq >= needed_seq:
            return ()
        if needed_seq - known_seq > self._catch_up_limit:
            return None
        # Of a live call the store has the masked form; its journal has it as it was said.
        journal = self._supervisor.journal(call_id)
        if journal is None:
            stored = await self._store.envelopes(call_id, after=known_seq, limit=self._catch_up_limit)
        else:
            stored = await journal.logged(after=known_seq, limit=self._catch_up_limit)
        return without_reviews(stored) if stored and stored[-1].seq >= needed_seq else None

    async def _view(self, call_id: str, last_seq: int) -> CallView:
        """The call as it is now, at least up to ``last_seq``: live from memory, else folded from the store."""
        live = self._supervisor.view(call_id)
        if live is not None:
            return live
        log: list[Envelope] = []
        while page := await self._store.envelopes(call_id, after=log[-1].seq if log else 0, limit=PAGE):
            log.extend(page)
        if not log or log[-1].seq < last_seq:
            raise StoreError("The call's record is not complete in the store yet; try again shortly.")
        return await asyncio.to_thread(fold_all, call_id, log)
