"""What every bus shares: the bounded inbox of a subscriber, and which partials are superseded."""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from assist.errors import SlowSubscriberError
from assist.messages import Envelope, PartialTranscript, Utterance, UtteranceDropped

FAIR_SHARE = 256
"""Envelopes given in a row before other tasks get a turn."""


@dataclass(slots=True)
class BusCounts:
    """What a bus gave up since it was opened."""

    partials_coalesced: int = 0
    """Partials that no subscriber needs any more, left out of an inbox that was full."""
    slow_subscribers: int = 0
    interrupted_subscribers: int = 0
    """Subscriptions ended because envelopes went missing on the way."""


@dataclass(frozen=True, slots=True)
class Replay:
    """What a bus still holds of a call: ``first`` to ``last`` without a hole, superseded partials left out."""

    first: int
    last: int
    envelopes: Iterable[Envelope]
    """Those the subscriber asked for."""


class Inbox:
    """A subscription: replayed envelopes first, then live ones, at most ``limit`` of them waiting.

    When full, partials that a waiting envelope supersedes go first; if that is not enough the subscription ends with
    SlowSubscriberError "subscriber-too-slow". A hole in the call's seq ends it with "bus-interrupted".
    ``after`` is the last seq the subscriber knows; None takes envelopes of all calls as they come. Until ``replay`` is
    called the subscriber cannot take anything, so ``early_limit`` holds if it is more. One task may iterate.
    """

    def __init__(self, *, after: int | None, limit: int, counts: BusCounts, early_limit: int = 0) -> None:
        if limit < 1:
            raise ValueError("limit must be at least 1")
        self._after = after
        self._limit = limit
        self._early_limit = max(limit, early_limit)
        self._is_ready = False
        self._counts = counts
        self._first_replayed: int | None = None
        self._replay: Iterator[Envelope] = iter(())
        self._live: deque[Envelope] = deque()
        self._first_live: int | None = None
        self._next_seq: int | None = None
        self._failure: SlowSubscriberError | None = None
        self._closed = False
        self._given = 0
        self._changed = asyncio.Event()

    @property
    def first_replayed(self) -> int | None:
        return self._first_replayed

    def replay(self, held: Replay | None) -> None:
        """Put what the bus holds before the live envelopes delivered so far; called once."""
        self._is_ready = True
        if held is not None:
            if self._first_live is not None and self._first_live > held.last + 1:
                self.interrupt()
                return
            self._first_replayed = held.first
            self._replay = iter(held.envelopes)
            self._live = deque(envelope for envelope in self._live if envelope.seq > held.last)
            self._next_seq = max(self._next_seq or 0, held.last + 1)
        self._keep_bound()

    def deliver(self, envelope: Envelope) -> None:
        """Take a live envelope. Never blocks."""
        if self._closed or self._failure is not None:
            return
        if self._after is not None and not self._continues(envelope.seq, self._after):
            return
        self._live.append(envelope)
        self._keep_bound()
        self._changed.set()

    def interrupt(self) -> None:
        """End the subscription: envelopes went missing on their way here."""
        if not self._closed and self._failure is None:
            self._counts.interrupted_subscribers += 1
            message = "Live events were interrupted; resume from the last seq."
            self._fail(SlowSubscriberError(message, code="bus-interrupted"))

    def close(self) -> None:
        """No more envelopes will come; what waits is still given. Idempotent."""
        self._closed = True
        self._changed.set()

    def __aiter__(self) -> Inbox:
        return self

    async def __anext__(self) -> Envelope:
        self._given += 1
        if self._given % FAIR_SHARE == 0:
            await asyncio.sleep(0)
        while True:
            if self._failure is not None:
                raise self._failure
            if (replayed := next(self._replay, None)) is not None:
                return replayed
            if self._live:
                return self._live.popleft()
            if self._closed:
                raise StopAsyncIteration
            self._changed.clear()
            await self._changed.wait()

    def _continues(self, seq: int, after: int) -> bool:
        """Whether the subscriber of one call lacks this envelope; ends the subscription at a hole."""
        if self._next_seq is not None and seq != self._next_seq:
            if seq > self._next_seq:
                self.interrupt()
            return False
        self._next_seq = seq + 1
        self._first_live = self._first_live or seq
        return seq > after

    def _keep_bound(self) -> None:
        limit = self._limit if self._is_ready else self._early_limit
        if len(self._live) <= limit:
            return
        kept = without_superseded(self._live)
        self._counts.partials_coalesced += len(self._live) - len(kept)
        self._live = kept
        if len(kept) > limit:
            self._counts.slow_subscribers += 1
            self._fail(SlowSubscriberError("Events came faster than they were taken; resume from the last seq."))

    def _fail(self, failure: SlowSubscriberError) -> None:
        self._failure = failure
        self._replay = iter(())
        self._live.clear()
        self._changed.set()


class OpenPartials:
    """Remembers, for one call, the newest partial of each utterance that is still open."""

    def __init__(self) -> None:
        self._seqs: dict[str, int] = {}

    def superseded_by(self, envelope: Envelope) -> int | None:
        """The seq of the partial that nobody needs once this envelope is known."""
        match envelope.event:
            case PartialTranscript(utterance_id=utterance_id):
                older = self._seqs.get(utterance_id)
                self._seqs[utterance_id] = envelope.seq
                return older
            case Utterance(utterance_id=utterance_id) | UtteranceDropped(utterance_id=utterance_id):
                return self._seqs.pop(utterance_id, None)
            case _:
                return None


def without_superseded(envelopes: Iterable[Envelope]) -> deque[Envelope]:
    """The same envelopes without partials that a later one of the same utterance supersedes."""
    kept: deque[Envelope] = deque()
    said: set[tuple[str, str]] = set()
    for envelope in reversed(list(envelopes)):
        match envelope.event:
            case PartialTranscript(utterance_id=utterance_id):
                if (envelope.call_id, utterance_id) in said:
                    continue
                said.add((envelope.call_id, utterance_id))
            case Utterance(utterance_id=utterance_id) | UtteranceDropped(utterance_id=utterance_id):
                said.add((envelope.call_id, utterance_id))
            case _:
                pass
        kept.appendleft(envelope)
    return kept
