"""Drives one connection of a phone platform: what arrives to its codec, the codec's actions to the call, answers back.

The reader waits for nobody while a call is live: not for the writer, not for recognition, not for the store. An API key
is looked up beside the codec, so that no handshake waits for a database; what would touch the call waits for it.
"""

from __future__ import annotations

import asyncio
import logging
from collections import deque
from collections.abc import Awaitable, Callable, Coroutine, Sequence
from typing import Any, Protocol, assert_never

from assist.errors import AuthenticationError, LivecueError, SlowSubscriberError, UnavailableError
from assist.messages import Envelope
from assist.ports import EventBus
from gateway.call_events import follow_call
from gateway.frames import TextMeter
from gateway.outbox import Outbox, Sender
from gateway.phone.call import Seat
from gateway.phone.limits import ConnectionLimits
from gateway.phone.switchboard import Switchboard
from gateway.sources.codec import (
    Action,
    Describe,
    Hang,
    Join,
    JoinedCall,
    Leave,
    Mark,
    Missing,
    Remark,
    Send,
    Sound,
    SourceCodec,
)
from gateway.wire import PeerLeft, Wire

log = logging.getLogger(__name__)

NORMAL_CLOSE = 1000
GOING_AWAY_CLOSE = 1001
TOO_LARGE_CLOSE = 1009
NOT_AUTHENTICATED_CLOSE = 4401
TIMEOUT_CLOSE = 4408
FLOOD_CLOSE = 4429

KeyCheck = Callable[[], Awaitable[None]]
"""Raises AuthenticationError, or StoreError when nobody can tell."""


class SourceMetrics(Protocol):
    """Hears what happens on the connections of phone platforms."""

    def connected(self) -> None: ...

    def disconnected(self) -> None: ...

    def received(self, audio_bytes: int) -> None: ...

    def failed(self, code: str) -> None:
        """A codec was told of an error."""
        ...

    def remarked(self, source: str, code: str) -> None:
        """Something odd came from a platform."""
        ...


class SourceConnection:
    """One connection, from its acceptance to its end."""

    def __init__(
        self,
        wire: Wire,
        codec: SourceCodec,
        *,
        source: str,
        switchboard: Switchboard,
        bus: EventBus,
        metrics: SourceMetrics,
        check: KeyCheck | None = None,
        limits: ConnectionLimits | None = None,
    ) -> None:
        """``source``: name of the door. ``check``: whether the connection may touch a call; None: it may."""
        self._wire = wire
        self._codec = codec
        self._source = source
        self._switchboard = switchboard
        self._bus = bus
        self._metrics = metrics
        self._check = check
        self._limits = limits or ConnectionLimits()
        self._loop = asyncio.get_running_loop()
        self._began_s = self._loop.time()
        self._heard_s = 0.0
        self._meter = TextMeter(self._limits.texts_per_s)
        self._outbox: Outbox[str | bytes] = Outbox(self._limits.outbox, clock=self._loop.time)
        self._sender = Sender(wire, self._outbox, iter, close_timeout_s=self._limits.close_timeout_s)
        self._seat: Seat | None = None
        self._is_admitted = False
        self._waiting: deque[tuple[Action, float]] = deque()
        """What is to be done for the call once we are admitted, and when it arrived."""
        self._waiting_bytes = 0
        self._admission: asyncio.Task[None] | None = None
        self._has_asked = False
        """A call was asked for."""
        self._is_over = False
        """A call has ended on this connection, and no other was asked for since."""
        self._is_stopping = False
        self._expired_s: float | None = None
        """The deadline that was told last; it is not told again."""
        self._patience: asyncio.Timeout | None = None
        """Of the reader, while it waits."""
        self._remarks: set[str] = set()
        self._group = asyncio.TaskGroup()
        self._tasks: set[asyncio.Task[None]] = set()

    async def serve(self) -> None:
        """Serve until the peer has gone or is sent away; the call may go on without it."""
        self._metrics.connected()
        self._switchboard.enter(self)
        try:
            async with self._group:
                reader = self._start(self._read(), "reader")
                self._admission = self._start(self._admit(), "admission")
                await self._sender.run()
                if not self._sender.is_finishing:
                    await reader  # the peer has gone; what it sent before that still counts
                for task in self._tasks:
                    task.cancel()
        finally:
            self._let_go()
            self._switchboard.exit(self)
            self._metrics.disconnected()

    def stop(self) -> None:
        """The service is going down: the codec says so as its protocol can; calls are closed by their supervisor."""
        self._is_stopping = True
        self._perform(self._codec.stop())
        if self._seat is None:
            self._sender.finish(GOING_AWAY_CLOSE)

    def _start(self, work: Coroutine[Any, Any, None], what: str) -> asyncio.Task[None]:
        task = self._group.create_task(work, name=f"{self._source} {what}")
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)
        return task

    def _let_go(self) -> None:
        """The call waits for another connection, unless the codec has left it. Idempotent."""
        seat, self._seat = self._seat, None
        if seat is not None:
            seat.drop()

    def _elapsed_s(self) -> float:
        return self._loop.time() - self._began_s

    # --- from the peer -----------------------------------------------------------------------------------------

    async def _read(self) -> None:
        """Take messages until the peer has gone or is sent away."""
        self._perform(self._codec.begin())
        while not self._sender.is_finishing:
            try:
                async with asyncio.timeout_at(self._due()[0]) as self._patience:
                    message = await self._wire.receive()
            except TimeoutError:
                if self._due()[1]:
                    self._expired_s = self._codec.deadline_s
                    self._perform(self._codec.expire(self._elapsed_s()))
                else:
                    self._sender.finish(NORMAL_CLOSE if self._is_over else TIMEOUT_CLOSE)
                continue
            finally:
                self._patience = None
            self._heard_s = self._elapsed_s()
            if isinstance(message, PeerLeft):
                if self._admission is not None:
                    await asyncio.wait({self._admission})  # what the peer has sent counts if its key is good
                self._perform(self._codec.end(message.is_clean))
                self._let_go()
                self._outbox.abort()
                return
            self._take(message)
            if self._admission is not None and self._waiting_bytes > self._limits.waiting_bytes // 2:
                await asyncio.wait({self._admission})  # nothing live brings so much before its key is looked up
            if self._seat is not None:
                await self._seat.room()
            await asyncio.sleep(0)  # a burst that is already here must not keep other calls waiting

    def _due(self) -> tuple[float | None, bool]:
        """When to stop waiting for a message, on the loop's clock, and whether the codec wants to know; None: never."""
        due_s: float | None = None
        if self._is_over:
            due_s = self._heard_s + self._limits.over_idle_s
        elif not self._has_asked:
            due_s = self._heard_s + self._limits.join_timeout_s
        codecs_s = self._codec.deadline_s
        if codecs_s is not None and codecs_s != self._expired_s and (due_s is None or codecs_s <= due_s):
            return self._began_s + codecs_s, True
        return (None if due_s is None else self._began_s + due_s), False

    def _take(self, message: str | bytes) -> None:
        if len(message) > self._limits.message_bytes:
            self._sender.finish(TOO_LARGE_CLOSE)
        elif isinstance(message, str) and not self._meter.admit(self._heard_s):
            self._remark("text-flood", "The platform sends more texts in a second than any protocol has.")
            self._sender.finish(FLOOD_CLOSE)
        else:
            self._metrics.received(len(message))
            self._perform(self._codec.receive(message, self._heard_s))

    async def _admit(self) -> None:
        """Find out whether the key is good, while the codec goes on; once a call is asked for, do what waits for it."""
        try:
            if self._check is not None:
                async with asyncio.timeout(self._limits.key_check_s):
                    await self._check()
        except AuthenticationError as error:
            self._metrics.failed(error.code)
            self._sender.finish(NOT_AUTHENTICATED_CLOSE, error.code)
            return
        except TimeoutError:
            self._unknown(UnavailableError("The API key cannot be looked up now.", code="store-unavailable"))
            return
        except LivecueError as error:
            self._unknown(error)
            return
        self._check = None
        if not self._waiting:
            return
        await self._switchboard.turn()
        self._is_admitted = True
        waiting, self._waiting, self._waiting_bytes = self._waiting, deque(), 0
        self._do(waiting)

    def _unknown(self, error: LivecueError) -> None:
        """Nobody can tell whether the key is good: whoever has asked for a call may ask again, and then so do we."""
        if self._waiting:
            self._fail(error)
        else:
            self._metrics.failed(error.code)

    # --- what the codec wants ----------------------------------------------------------------------------------

    def _perform(self, actions: Sequence[Action], *, are_events: bool = False) -> None:
        """Carry out what the codec asks for; what it sends goes first, in the order in which it said so."""
        arrived_s = self._began_s + self._heard_s  # one moment for all that a message brings
        self._do(deque((action, arrived_s) for action in self._send_of(actions, are_events=are_events)))

    def _send_of(self, actions: Sequence[Action], *, are_events: bool = False) -> Sequence[Action]:
        """Queue the messages among these actions; the others."""
        for action in actions:
            if isinstance(action, Send):
                self._send(action.message, is_event=are_events)
        return [action for action in actions if not isinstance(action, Send)]

    def _do(self, waiting: deque[tuple[Action, float]]) -> None:
        """Carry out actions, each with the moment at which what it brings arrived."""
        while waiting:
            action, arrived_s = waiting.popleft()
            if not self._is_admitted and (self._waiting or isinstance(action, Join)):
                self._put_off(action, arrived_s)
                continue
            try:
                more = self._act(action, arrived_s)
            except LivecueError as error:
                self._fail(error)
                return
            now_s = self._loop.time()  # what a codec has kept for its call ends now
            waiting.extendleft((one, now_s) for one in reversed(self._send_of(more)))
        if self._patience is not None and not self._patience.expired():
            self._patience.reschedule(self._due()[0])  # the codec may have a deadline now, or its call an end

    def _put_off(self, action: Action, arrived_s: float) -> None:
        if isinstance(action, Sound):
            self._waiting_bytes += len(action.pcm)
            if self._waiting_bytes > self._limits.waiting_bytes:
                self._remark("key-check-slow", "Sound was lost because an API key could not be looked up in time.")
                return
        self._waiting.append((action, arrived_s))
        if isinstance(action, Join) and self._admission and self._admission.done() and not self._sender.is_finishing:
            self._admission = self._start(self._admit(), "admission")

    def _act(self, action: Action, arrived_s: float) -> Sequence[Action]:
        """Carry out one action; the actions that the codec wants next."""
        match action:
            case Join(introduction):
                if self._seat is not None:
                    return ()
                self._has_asked, self._is_over = True, False
                seat = self._switchboard.join(
                    self._source,
                    introduction,
                    has_timeline=self._codec.has_timeline,
                    evicted=self._evicted,
                    remarked=self._remark,
                )
                self._seat = seat
                self._tell_call(seat)
                return self._codec.joined(JoinedCall(call_id=seat.call_id, positions_ms=seat.positions_ms))
            case Hang(code, reason):
                self._sender.finish(code, reason)
            case Remark(code, message):
                self._remark(code, message)
            case Send(message):
                self._send(message, is_event=False)
            case Sound() | Missing() | Mark() | Describe() | Leave():
                if self._seat is not None:
                    _bring(self._seat, action, arrived_s)
            case _:
                assert_never(action)
        return ()

    def _fail(self, error: LivecueError) -> None:
        """The call could not be joined, or takes no more from here: what was to be done for it is void."""
        self._metrics.failed(error.code)
        self._waiting.clear()
        self._waiting_bytes = 0
        self._let_go()
        self._perform(self._codec.failed(error))

    def _evicted(self, error: LivecueError) -> None:
        self._seat = None
        self._fail(error)

    def _remark(self, code: str, message: str) -> None:
        self._metrics.remarked(self._source, code)
        if code not in self._remarks:
            self._remarks.add(code)
            call_id = self._seat.call_id if self._seat is not None else None
            log.warning(
                "a phone platform does something odd",
                extra={"source": self._source, "code": code, "reason": message, "call_id": call_id},
            )

    # --- to the peer -------------------------------------------------------------------------------------------

    def _send(self, message: str | bytes, *, is_event: bool) -> None:
        if is_event:
            self._outbox.add_event(message)
            return
        try:
            self._outbox.put_reply(message)
        except SlowSubscriberError:
            # Closing would end more than it mends: the call is what counts.
            self._remark("answers-unread", "The platform does not read its answers.")

    def _tell_call(self, seat: Seat) -> None:
        """Tell the codec of the call's events, if it wants them, and how the call ended."""
        events = self._start(self._tell_events(seat), "events") if self._codec.wants_events else None
        self._start(self._tell_end(seat, events), "end")

    async def _tell_events(self, seat: Seat) -> None:
        """A peer that reads too slowly hears no more of the words; its sound is taken as before."""

        async def tell(envelope: Envelope) -> None:
            await self._outbox.room()
            if self._seat is seat:
                self._perform(self._codec.hear(envelope), are_events=True)

        try:
            await follow_call(self._bus, seat.call_id, tell, after=seat.last_seq, is_current=True)
        except UnavailableError:
            self._outbox.drop_events()
            self._remark("results-unread", "The platform does not read its results; it gets no more of them.")

    async def _tell_end(self, seat: Seat, events: asyncio.Task[None] | None) -> None:
        try:
            closed = await seat.closed()
        except LivecueError as error:
            if self._seat is seat:
                self._fail(error)
            return
        if events is not None:
            await asyncio.wait({events}, timeout=self._limits.close_timeout_s)
        if self._seat is not seat:
            return
        self._seat = None
        self._is_over = True
        self._perform(self._codec.closed(closed.ledger))
        if self._is_stopping:
            self._sender.finish(GOING_AWAY_CLOSE)


def _bring(seat: Seat, action: Sound | Missing | Mark | Describe | Leave, arrived_s: float) -> None:
    """Hand on what a connection brings of its call. Raises ProtocolError."""
    match action:
        case Sound(party, pcm):
            seat.sound(party, pcm, arrived_s)
        case Missing(party, duration_ms, cause):
            seat.missing(party, duration_ms, cause, arrived_s)
        case Mark(connection):
            seat.mark(connection)
        case Describe(agent, customer):
            seat.describe(agent, customer)
        case Leave(linger_s):
            seat.leave(linger_s)
