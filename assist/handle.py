"""A live call as the supervisor keeps it, and the grip its source has on it."""

from __future__ import annotations

import asyncio
import secrets
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass, replace
from typing import Literal

from assist.ended import EndedCall
from assist.journal import Journal
from assist.messages import (
    Agent,
    AudioFrame,
    AudioGap,
    CallClosed,
    CallUpdated,
    CloseCause,
    Customer,
    GapCause,
    Leg,
    Party,
)
from assist.ports import Pace
from assist.session import CallSession
from assist.spool import SAMPLE_BYTES, CallSpool


@dataclass(slots=True)
class Taken:
    """What a source has handed over of one leg, over all its connections."""

    samples: int = 0
    gaps_ms: int = 0
    """Declared by the source."""

    def count(self, item: AudioFrame | AudioGap) -> None:
        if isinstance(item, AudioFrame):
            self.samples += len(item.pcm) // SAMPLE_BYTES
        else:
            self.gaps_ms += item.end_ms - item.start_ms


class LiveCall:
    """A session with what the supervisor needs to keep it."""

    def __init__(self, session: CallSession, journal: Journal, spool: CallSpool) -> None:
        self.session = session
        self.journal = journal
        self.spool = spool
        self.resume_token = secrets.token_urlsafe(24)
        self.taken: dict[Party, Taken] = {leg.party: Taken() for leg in session.request.legs}
        self.handle: CallHandle | None = None
        self.grace: asyncio.TimerHandle | None = None
        self.began_s = asyncio.get_running_loop().time()
        self.closed: asyncio.Future[CallClosed] = asyncio.get_running_loop().create_future()

    @property
    def is_on_record(self) -> bool:
        """Whether it is closed and its whole log stored; only its sound may still be on the way."""
        return self.closed.done() and self.journal.is_stored

    def ended(self) -> EndedCall:
        """What a source that comes back too late is told."""
        last_seq = self.journal.view.seq if self.closed.done() else None
        return EndedCall(self.session.call_id, self.resume_token, last_seq, self.closed)


class CallHandle:
    """A source's grip on its call while attached. Obtained from Supervisor.open or attach."""

    def __init__(self, live: LiveCall, release: Callable[[LiveCall], None]) -> None:
        self._live = live
        self._release = release

    @property
    def call_id(self) -> str:
        return self._live.session.call_id

    @property
    def resume_token(self) -> str:
        return self._live.resume_token

    @property
    def legs(self) -> tuple[Leg, ...]:
        """As the call was opened with."""
        return self._live.session.request.legs

    @property
    def pace(self) -> Pace:
        """As the call was opened with."""
        return self._live.session.request.pace

    @property
    def age_s(self) -> float:
        """Time since the call was opened."""
        return asyncio.get_running_loop().time() - self._live.began_s

    @property
    def taken(self) -> tuple[Taken, ...]:
        """What was fed of each leg over all sockets, in the order of the request's legs: all of it is on disk."""
        return tuple(replace(taken) for taken in self._live.taken.values())

    async def feed(self, items: Sequence[AudioFrame | AudioGap]) -> None:
        """Take sound in position order per party; it is on disk when this returns.

        Live: never waits for recognition. Replay: waits for room. After ``detach`` or ``close`` nothing is taken.
        """
        if self._live.handle is not self:
            return
        self.take(items)
        for item in items:
            self._live.taken[item.party].count(item)
        await self.room([leg.party for leg in self.legs])

    def take(self, items: Sequence[AudioFrame | AudioGap]) -> None:
        """Take sound in position order per party without waiting for anything; it is on disk when this returns."""
        if self._live.handle is self:
            for item in items:
                self._live.session.streams.push(item)

    async def room(self, parties: Collection[Party]) -> None:
        """Replay: wait until these legs have room. Live: never waits."""
        if self._live.session.request.pace == "replay":
            await self._live.session.streams.room(parties)

    def leave(self, party: Party) -> None:
        """No sound of the party comes for now; the others' words do not wait for it. ``miss`` before it goes on."""
        if self._live.handle is self:
            self._live.session.streams.leave(party)

    def come_back(self, party: Party) -> None:
        """Sound of the party is on its way again; ``miss`` says later what is missing before it."""
        if self._live.handle is self:
            self._live.session.streams.come_back(party)

    def is_away(self, party: Party) -> bool:
        """Whether the party has left and not come back."""
        return self._live.session.streams.is_away(party)

    def miss(self, party: Party, duration_ms: int, cause: GapCause, *, inferred: bool) -> int:
        """Declare sound that will never come; how long, because who comes back does so no earlier than the log."""
        if self._live.handle is not self:
            return 0
        return self._live.session.streams.miss(party, duration_ms, cause, inferred=inferred)

    def position_ms(self, leg: int) -> int:
        """End position of a leg (index into the request's legs), to continue after a reconnect."""
        return self._live.session.streams.position_ms(leg)

    def update(self, *, agent: Agent | None = None, customer: Customer | None = None) -> None:
        """Log who the parties are, learnt while the call runs."""
        self._log_update(CallUpdated(at_ms=self._live.session.end_ms, agent=agent, customer=customer))

    def mark(self, connection: Literal["paused", "resumed"]) -> None:
        """Log that the source paused or resumed its media."""
        self._log_update(CallUpdated(at_ms=self._live.session.end_ms, connection=connection))

    def detach(self) -> None:
        """The socket is gone; the call waits ``grace_s`` for attach, then closes with "source-lost"."""
        if self._live.handle is self:
            self._release(self._live)

    def close(self, cause: CloseCause = "hangup") -> None:
        """No more audio; recognition finishes what it has."""
        self._live.session.close(cause)

    @property
    def last_seq(self) -> int:
        """Of the call's log so far."""
        return self._live.journal.view.seq

    @property
    def is_closing(self) -> bool:
        """Whether it takes no more sound."""
        return self._live.session.is_closing

    def when_closed(self, do: Callable[[], None]) -> None:
        """Do something once the call is complete, whoever holds it then."""
        self._live.closed.add_done_callback(lambda _: do())

    async def closed(self) -> CallClosed:
        """Wait until the call is complete and its log stored (or safely spooled)."""
        return await asyncio.shield(self._live.closed)

    def _log_update(self, change: CallUpdated) -> None:
        if self._live.handle is self:
            self._live.session.update(change)
