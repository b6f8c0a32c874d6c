"""A call that one or several connections bring together: who brings which leg, and where its sound belongs.

Each leg is brought by one connection at a time. Sound is placed by samples and declared gaps; the call itself declares
what only it can know: how much later a connection began, and, where a platform does not say what is missing, how long
nothing came. Whoever is silent for a while, or is not there, holds nobody's words up.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass
from typing import Literal

from asr.audio.resample import RateConverter
from assist.errors import InputError, LivecueError, ProtocolError
from assist.handle import CallHandle
from assist.messages import Agent, AudioFrame, CallClosed, Customer, GapCause, Leg, Party
from gateway.phone.arrivals import SAMPLE_BYTES, Arrivals, Placed
from gateway.phone.limits import CallLimits
from gateway.sources.codec import Introduction


@dataclass(slots=True)
class _Line:
    """A leg and who brings it now."""

    index: int
    leg: Leg
    arrivals: Arrivals
    seat: Seat | None = None
    converter: RateConverter | None = None
    was_brought: bool = False
    heard_s: float | None = None
    """When sound came last."""
    ahead_ms: int = 0
    """How much more was declared missing than was; the next gaps are shorter."""
    look: asyncio.TimerHandle | None = None


class Seat:
    """A connection's place in a call. Made by PhoneCall; used until ``leave`` or ``drop``."""

    def __init__(
        self,
        call: PhoneCall,
        parties: tuple[Party, ...],
        *,
        has_timeline: bool,
        evicted: Callable[[LivecueError], None],
    ) -> None:
        self.call_id = call.call_id
        self.last_seq = call.last_seq
        """Of the call's log when the connection came."""
        self.parties = parties
        self.positions_ms: Mapping[Party, int] = {party: call.position_ms(party) for party in parties}
        self.has_timeline = has_timeline
        self.joined_s = asyncio.get_running_loop().time()
        self.has_begun = False
        self.evicted = evicted
        self._call = call

    def sound(self, party: Party, pcm: bytes, arrived_s: float) -> None:
        """What came next on a leg, and when: the same moment for all legs of a message, on the loop's clock.

        Raises ProtocolError "too-fast" or "call-too-long".
        """
        self._call.sound(self, party, pcm, arrived_s)

    def missing(self, party: Party | None, duration_ms: int, cause: GapCause, arrived_s: float) -> None:
        """What will never come, told at this moment; None: on all legs of the connection."""
        for one in self.parties if party is None else (party,):
            self._call.missing(self, one, duration_ms, cause, arrived_s)

    def mark(self, connection: Literal["paused", "resumed"]) -> None:
        """The platform paused or resumed its media."""
        self._call.mark(self, connection)

    def describe(self, agent: Agent | None, customer: Customer | None) -> None:
        """Who the parties are."""
        self._call.describe(agent, customer)

    def leave(self, linger_s: float = 0.0) -> None:
        """The legs have ended as they should. Idempotent."""
        self._call.release(self, linger_s)

    def drop(self) -> None:
        """The connection is lost; another may come in its place. Idempotent."""
        self._call.release(self, None)

    async def room(self) -> None:
        """Wait until a recording's next sound is welcome; never where a call is live."""
        await self._call.room(self)

    async def closed(self) -> CallClosed:
        """Wait until the call is complete. Raises StoreError."""
        return await self._call.closed()


class PhoneCall:
    """A call and the seats in it."""

    def __init__(
        self,
        handle: CallHandle,
        attach: Callable[[CallHandle], CallHandle],
        introduction: Introduction,
        *,
        can_come_back: bool,
        limits: CallLimits,
    ) -> None:
        """``attach`` takes up a call that was let go; ``can_come_back``: other connections can find it."""
        self._handle = handle
        self._attach = attach
        self._agent, self._customer = introduction.agent, introduction.customer
        self._is_live = handle.pace == "live"
        self._can_come_back = can_come_back
        self._limits = limits
        self._loop = asyncio.get_running_loop()
        self._lines: dict[Party, _Line] = {
            leg.party: _Line(index, leg, Arrivals(leg.rate_hz, stall_s=limits.stall_s, settle_s=limits.settle_s))
            for index, leg in enumerate(handle.legs)
        }
        self._seats: set[Seat] = set()
        self._origin_s: float | None = None
        """When the first sound of the call began."""
        self._was_joined = False
        self._is_detached = False
        self._ending: asyncio.TimerHandle | None = None
        self.has_ended = False
        """Nobody can join any more."""
        expected: list[Party] = [leg.party for leg in introduction.others]
        if self._is_live:
            self._leave_all(expected)
        elif expected:
            self._loop.call_later(limits.expect_s, self._leave_all, expected)

    @property
    def call_id(self) -> str:
        return self._handle.call_id

    @property
    def last_seq(self) -> int:
        """Of its log so far; 0 for the connection that opened it, whose first events are not on the bus yet."""
        return self._handle.last_seq if self._was_joined else 0

    @property
    def is_open(self) -> bool:
        """Whether another connection can join."""
        return not self.has_ended and not self._handle.is_closing

    def position_ms(self, party: Party) -> int:
        """Where a leg has got to."""
        return self._handle.position_ms(self._lines[party].index)

    # --- who brings what ---------------------------------------------------------------------------------------

    def join(self, introduction: Introduction, *, has_timeline: bool, evicted: Callable[[LivecueError], None]) -> Seat:
        """A connection that brings legs; ``evicted`` is told when another one takes them over.

        Raises InputError "leg-unexpected" or "leg-taken", AudioFormatError.
        """
        for leg in introduction.legs:
            self._require_free(leg.party)
        converters: dict[Party, RateConverter | None] = {leg.party: self._converter(leg) for leg in introduction.legs}
        for seat in {seat for party in converters if (seat := self._lines[party].seat) is not None}:
            self._vacate(seat)
            seat.evicted(InputError("Another connection brings these legs now.", code="leg-taken"))
        self._hold()
        parties: tuple[Party, ...] = tuple(leg.party for leg in introduction.legs)
        seat = Seat(self, parties, has_timeline=has_timeline, evicted=evicted)
        self._was_joined = True
        self._seats.add(seat)
        for party in parties:
            line = self._lines[party]
            line.seat, line.converter, line.was_brought = seat, converters[party], True
            self._watch(line)
        self.describe(
            introduction.agent if introduction.agent != self._agent else None,
            introduction.customer if introduction.customer != self._customer else None,
        )
        return seat

    def _require_free(self, party: Party) -> None:
        line = self._lines.get(party)
        if line is None:
            raise InputError("The call was opened without this party; check the channels.", code="leg-unexpected")
        if line.seat is not None and not self._is_quiet(line.seat):
            raise InputError("Another connection brings this leg; check the channels.", code="leg-taken")

    def _is_quiet(self, seat: Seat) -> bool:
        """Whether nothing has come on any leg of a connection for a while: it gives all of them away at once."""
        heard_s = [heard_s for party in seat.parties if (heard_s := self._lines[party].heard_s) is not None]
        return self._loop.time() - max([seat.joined_s, *heard_s]) > self._limits.takeover_s

    def _converter(self, leg: Leg) -> RateConverter | None:
        rate_hz = self._lines[leg.party].leg.rate_hz
        return None if leg.rate_hz == rate_hz else RateConverter(leg.rate_hz, rate_hz)

    def _hold(self) -> None:
        """Somebody has come: the call does not end for now."""
        if self._ending is not None:
            self._ending.cancel()
            self._ending = None
        if self._is_detached:
            self._handle = self._attach(self._handle)
            self._is_detached = False

    def release(self, seat: Seat, linger_s: float | None) -> None:
        """A connection has left, or was lost (None); the last one decides what becomes of the call."""
        if seat not in self._seats:
            return
        self._vacate(seat)
        if self._seats or self._handle.is_closing:
            return
        if linger_s is None and self._can_come_back:
            self._is_detached = True
            self._handle.detach()
        elif linger_s is not None and self._can_come_back and (linger_s := max(linger_s, self._unmet_s())):
            self._ending = self._loop.call_later(linger_s, self._end)
        else:
            self._end("hangup" if linger_s is not None else "source-lost")

    def _unmet_s(self) -> float:
        """How long to wait for legs that were announced and never came."""
        return 0.0 if all(line.was_brought for line in self._lines.values()) else self._limits.linger_s

    def _vacate(self, seat: Seat) -> None:
        self._seats.discard(seat)
        for party in seat.parties:
            line = self._lines[party]
            self._settle(line)
            line.seat = None
            self._handle.leave(party)

    def _end(self, cause: Literal["hangup", "source-lost"] = "hangup") -> None:
        self.has_ended = True
        self._handle.close(cause)

    async def closed(self) -> CallClosed:
        """Wait until the call is complete. Raises StoreError."""
        return await self._handle.closed()

    # --- what they bring ---------------------------------------------------------------------------------------

    def sound(self, seat: Seat, party: Party, pcm: bytes, arrived_s: float) -> None:
        """See Seat."""
        line = self._lines.get(party)
        if line is None or line.seat is not seat:
            return
        if line.converter is not None:
            pcm = line.converter.convert(pcm)
        self._begin(seat, arrived_s - len(pcm) / SAMPLE_BYTES / line.leg.rate_hz)
        line.heard_s = arrived_s
        placed = line.arrivals.push(pcm, arrived_s) if self._infers(seat) else Placed(0.0, (pcm,))
        if placed is not None:
            self._place(line, placed)
        else:
            self._handle.come_back(party)  # whoever is heard again must not be left behind while its gap is measured
        self._watch(line)

    def missing(self, seat: Seat, party: Party, duration_ms: int, cause: GapCause, arrived_s: float) -> None:
        """See Seat."""
        line = self._lines.get(party)
        if line is None or line.seat is not seat:
            return
        self._begin(seat, arrived_s)
        self._settle(line)
        # A clock that jumps by hours is broken: no sound can lie behind a gap that is longer than the call.
        self._miss(line, min(duration_ms, self._limit_ms() - self.position_ms(party)), cause, inferred=False)

    def mark(self, seat: Seat, connection: Literal["paused", "resumed"]) -> None:
        """See Seat; what was being said when the media were paused has ended there."""
        if seat not in self._seats:
            return
        self._handle.mark(connection)
        if connection == "paused":
            for party in seat.parties:
                self._settle(self._lines[party])
                self._handle.leave(party)

    def describe(self, agent: Agent | None, customer: Customer | None) -> None:
        """See Seat."""
        if agent is not None or customer is not None:
            self._agent, self._customer = agent or self._agent, customer or self._customer
            self._handle.update(agent=agent, customer=customer)

    async def room(self, seat: Seat) -> None:
        """See Seat. Who brings one leg whole before the other would otherwise never get to that."""
        others: list[Party] = [
            party for party in self._lines if party not in seat.parties and not self._handle.is_away(party)
        ]
        own_ms = max(self.position_ms(party) for party in seat.parties)
        if any(own_ms - self.position_ms(party) > self._limits.abreast_ms for party in others):
            return
        with suppress(TimeoutError):
            async with asyncio.timeout(self._limits.expect_s):
                await self._handle.room(seat.parties)

    def _infers(self, seat: Seat) -> bool:
        """Whether arrival tells what is missing."""
        return self._is_live and not seat.has_timeline

    def _begin(self, seat: Seat, since_s: float) -> None:
        """The first that a connection brings, begun at ``since_s``: its legs start together, later than the call."""
        if seat.has_begun:
            return
        seat.has_begun = True
        if self._origin_s is None:
            self._origin_s = since_s
        elif self._is_live:
            for line in (self._lines[party] for party in seat.parties):
                if seat.has_timeline:
                    late_s = since_s - (self._origin_s if line.heard_s is None else line.heard_s)
                    self._miss(line, round(late_s * 1000), "lost", inferred=True)
                else:
                    line.arrivals.expect(self._origin_s)

    def _place(self, line: _Line, placed: Placed) -> None:
        self._miss(line, round(placed.missed_s * 1000), "lost", inferred=True)
        for pcm in placed.pieces:
            for piece in _pieces(pcm, self._limits.piece_ms * line.leg.rate_hz // 1000):
                start_ms = self._handle.position_ms(line.index)
                self._check_position(start_ms)
                self._handle.take([AudioFrame(line.leg.party, start_ms, line.leg.rate_hz, piece)])

    def _check_position(self, position_ms: int) -> None:
        """Raises ProtocolError when so much cannot have been said yet, or is more than a call may last."""
        if position_ms <= self._limit_ms():
            return
        if position_ms > self._limits.max_position_ms:
            hours = self._limits.max_position_ms / 3_600_000
            raise ProtocolError(f"A call may last {hours:g} h of sound and gaps.", code="call-too-long")
        raise ProtocolError("Live sound is far ahead of the clock; check its sample rate.", code="too-fast")

    def _limit_ms(self) -> int:
        """The furthest position that can be."""
        if not self._is_live:
            return self._limits.max_position_ms
        return min(self._limits.max_position_ms, round((self._handle.age_s + self._limits.max_ahead_s) * 1000))

    def _miss(self, line: _Line, duration_ms: int, cause: GapCause, *, inferred: bool) -> None:
        """Declare a gap, less what was declared too much before; a leg that was away is back with it."""
        duration_ms = max(0, duration_ms)
        repaid_ms = min(line.ahead_ms, duration_ms)
        duration_ms -= repaid_ms
        declared_ms = self._handle.miss(line.leg.party, duration_ms, cause, inferred=inferred)
        line.ahead_ms += declared_ms - duration_ms - repaid_ms

    def _settle(self, line: _Line) -> None:
        """Place what is held back."""
        if line.arrivals.is_holding:
            with suppress(ProtocolError):  # the next sound says so, too
                self._place(line, line.arrivals.settle())

    # --- who brings nothing ------------------------------------------------------------------------------------

    def _leave_all(self, parties: Iterable[Party]) -> None:
        """Nobody waits for those of these parties that no connection brings."""
        for party in parties:
            if self._lines[party].seat is None:
                self._handle.leave(party)

    def _watch(self, line: _Line) -> None:
        """Look after a while whether sound still comes."""
        if self._is_live and line.look is None:
            line.look = self._loop.call_later(self._limits.stall_s, self._look, line, self._loop.time())

    def _look(self, line: _Line, since_s: float) -> None:
        line.look = None
        if line.seat is None or self._handle.is_closing:
            return
        left_s = max(since_s, line.heard_s or 0.0) + self._limits.stall_s - self._loop.time()
        if left_s > 0:
            line.look = self._loop.call_later(left_s, self._look, line, since_s)
            return
        self._settle(line)
        self._handle.leave(line.leg.party)


def _pieces(pcm: bytes, samples: int) -> Iterator[bytes]:
    """Consecutive parts of at most so many samples."""
    size = max(1, samples) * SAMPLE_BYTES
    for offset in range(0, len(pcm), size):
        yield pcm[offset : offset + size]
