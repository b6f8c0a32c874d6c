"""Drives one native ingest websocket: frames to the codec, the codec's actions to the supervisor, answers back."""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Awaitable, Callable, Coroutine, Iterable, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any, Protocol, assert_never

from starlette.websockets import WebSocket

from assist.ended import EndedCall
from assist.errors import AuthenticationError, LivecueError, SlowSubscriberError, UnavailableError
from assist.handle import CallHandle
from assist.messages import AudioFrame, AudioGap, Envelope
from assist.ports import CallStore, EventBus
from assist.session import CallRequest
from assist.supervisor import Supervisor
from gateway.call_events import follow_call
from gateway.call_ids import require_unused
from gateway.keys import presented_key
from gateway.outbox import Outbox, OutboxLimits, Sender, coalescing
from gateway.sources.native import (
    Action,
    AttachCall,
    CloseCall,
    Fail,
    Feed,
    MarkMedia,
    NativeCodec,
    NativeLimits,
    OpenCall,
    Reply,
    UpdateCall,
)
from gateway.sources.native_messages import (
    Ack,
    CallEvent,
    Closed,
    Error,
    Media,
    MediaResumed,
    Opened,
    Paused,
    Pong,
    Resumed,
)
from gateway.wire import PeerLeft, WebsocketWire

Authenticate = Callable[[str | None], Awaitable[bool]]
Turn = Callable[[], Awaitable[None]]

Outgoing = Opened | Resumed | Ack | Paused | MediaResumed | Pong | Error | Closed | CallEvent

NORMAL_CLOSE = 1000
STOPPING_CLOSE = 1012


class IngestMetrics(Protocol):
    """Hears what happens on ingest sockets."""

    def connected(self) -> None: ...

    def disconnected(self) -> None: ...

    def received(self, audio_bytes: int) -> None: ...

    def failed(self, code: str) -> None:
        """An error was sent."""
        ...


class Person(Protocol):
    """Somebody who brings calls in place of a phone platform: whose they are, and until when."""

    @property
    def ended(self) -> asyncio.Event:
        """The session that opened the door is over."""
        ...

    def sign(self, request: CallRequest) -> CallRequest:
        """The call as it may be opened now, whatever the connection says of it. Raises InputError."""
        ...


@dataclass(frozen=True, slots=True)
class IngestLimits:
    """Bounds of one ingest socket; each with its unit."""

    native: NativeLimits = field(default_factory=NativeLimits)
    outbox: OutboxLimits = field(default_factory=OutboxLimits)
    grace_s: float = 30.0
    """How long the supervisor keeps a dropped call, as told to the client."""
    close_timeout_s: float = 5.0
    """How long a client may take to accept the last messages."""


async def serve_ingest(
    socket: WebSocket,
    *,
    supervisor: Supervisor,
    authenticate: Authenticate,
    store: CallStore,
    bus: EventBus,
    turn: Turn,
    metrics: IngestMetrics | None = None,
    limits: IngestLimits | None = None,
    person: Person | None = None,
) -> None:
    """Serve one connection until it ends; the call may go on without it.

    ``turn``: waits until a call may be opened. ``person``: of one who came with a session.
    """
    await socket.accept()
    if metrics is not None:
        metrics.connected()
    try:
        connection = _Connection(socket, supervisor, store, bus, turn, metrics, limits or IngestLimits(), person)
        await connection.serve(authenticate)
    finally:
        if metrics is not None:
            metrics.disconnected()


class _Connection:
    """One socket: a reader that never waits for the writer, the writer, and what the call itself has to say."""

    def __init__(
        self,
        socket: WebSocket,
        supervisor: Supervisor,
        store: CallStore,
        bus: EventBus,
        turn: Turn,
        metrics: IngestMetrics | None,
        limits: IngestLimits,
        person: Person | None,
    ) -> None:
        self._socket = socket
        self._supervisor = supervisor
        self._store = store
        self._bus = bus
        self._turn = turn
        self._metrics = metrics
        self._limits = limits
        self._person = person
        self._loop = asyncio.get_running_loop()
        self._began_s = self._loop.time()
        self._codec = NativeCodec(limits.native)
        self._outbox: Outbox[Outgoing] = Outbox(limits.outbox, clock=self._loop.time)
        self._wire = WebsocketWire(socket)
        self._sender = Sender(self._wire, self._outbox, _encode, close_timeout_s=limits.close_timeout_s)
        self._handle: CallHandle | None = None
        self._group = asyncio.TaskGroup()
        self._tasks: list[asyncio.Task[None]] = []

    async def serve(self, authenticate: Authenticate) -> None:
        try:
            async with self._group:
                reader = self._start(self._read(authenticate), "reader")
                if self._person is not None:
                    self._start(self._await_log_out(self._person.ended), "log-out")
                await self._sender.run()
                if not self._sender.is_finishing:
                    await reader  # the client is gone; what it sent before that still counts
                for task in self._tasks:
                    task.cancel()
        finally:
            self._let_go()

    def _start(self, work: Coroutine[Any, Any, None], what: str) -> asyncio.Task[None]:
        task = self._group.create_task(work, name=f"ingest {what}")
        self._tasks.append(task)
        return task

    def _let_go(self) -> None:
        """The call waits for another socket, if it is still ours. Idempotent."""
        handle, self._handle = self._handle, None
        if handle is not None:
            handle.detach()

    def _elapsed_s(self) -> float:
        return self._loop.time() - self._began_s

    # --- from the client ---------------------------------------------------------------------------------------

    async def _read(self, authenticate: Authenticate) -> None:
        """Take frames until the client is gone or the codec has ended."""
        try:
            if not await authenticate(presented_key(dict(self._socket.headers), dict(self._socket.query_params))):
                raise AuthenticationError("Give a valid API key.")
        except LivecueError as error:
            await self._perform(self._codec.failed(error))
        while self._codec.state != "ended":
            try:
                async with asyncio.timeout_at(self._began_s + self._codec.deadline_s):
                    frame = await self._wire.receive()
            except TimeoutError:
                await self._perform(self._codec.expire())
                continue
            if isinstance(frame, PeerLeft):
                self._let_go()
                self._outbox.abort()
                return
            await self._perform(self._codec.receive(frame, self._elapsed_s()))
            await asyncio.sleep(0)  # a burst that is already here must not keep other calls waiting

    async def _await_log_out(self, ended: asyncio.Event) -> None:
        """Send whoever has logged out away; the call waits for its resumption as after any drop."""
        await ended.wait()
        await self._perform(self._codec.failed(AuthenticationError("The session is over; log in again.")))

    async def _perform(self, actions: Sequence[Action]) -> None:
        """Carry out what the codec asks for; after a failure, what the codec makes of the failure."""
        waiting = deque(actions)
        while waiting:
            try:
                waiting.extendleft(reversed(await self._act(waiting.popleft())))
            except LivecueError as error:
                waiting = deque(self._codec.failed(error))

    async def _act(self, action: Action) -> Sequence[Action]:
        """Carry out one action; the actions that the codec wants next."""
        match action:
            case Reply(message):
                self._reply(message)
            case Fail(error, close_code):
                with suppress(SlowSubscriberError):
                    self._reply(error)
                self._let_go()
                self._sender.finish(close_code)
            case OpenCall():
                return await self._open(action)
            case AttachCall():
                return self._attach(action)
            case Feed(items, wire_bytes):
                return await self._feed(items, wire_bytes)
            case UpdateCall(agent, customer):
                if self._handle is not None and self._person is None:
                    self._handle.update(agent=agent, customer=customer)
            case MarkMedia(connection):
                if self._handle is not None:
                    self._handle.mark(connection)
            case CloseCall():
                handle, self._handle = self._handle, None
                if handle is not None:
                    handle.close()
            case _:
                assert_never(action)
        return ()

    async def _open(self, action: OpenCall) -> Sequence[Action]:
        request = action.request
        if self._person is None and request.call_id is not None:
            await require_unused(request.call_id, self._store)
        await self._turn()
        if self._person is not None:
            request = self._person.sign(request)
        handle = self._supervisor.open(request)
        self._hold(handle, after=0 if action.wants_events else None)
        return (self._codec.opened(handle.call_id, handle.resume_token, grace_ms=self._grace_ms),)

    def _attach(self, action: AttachCall) -> Sequence[Action]:
        ended = self._supervisor.ended(action.call_id, action.resume_token)
        if ended is not None:
            self._codec.ended()
            is_told = not action.wants_events or (ended.last_seq is not None and ended.last_seq <= action.after)
            self._tell_end(ended, after=None if is_told else action.after)
            return ()
        handle = self._supervisor.attach(action.call_id, action.resume_token)
        self._hold(handle, after=action.after if action.wants_events else None)
        legs = handle.legs
        return (
            self._codec.resumed(
                handle.call_id,
                Media.of(legs),
                pace=handle.pace,
                age_s=handle.age_s,
                taken=handle.taken,
                positions_ms=[handle.position_ms(index) for index in range(len(legs))],
                grace_ms=self._grace_ms,
            ),
        )

    async def _feed(self, items: Sequence[AudioFrame | AudioGap], wire_bytes: int) -> Sequence[Action]:
        if self._handle is None:
            return ()
        if self._metrics is not None:
            self._metrics.received(wire_bytes)
        await self._handle.feed(items)
        return self._codec.stored(self._elapsed_s())

    def _hold(self, handle: CallHandle, *, after: int | None) -> None:
        self._handle = handle
        self._tell_end(handle, after=after)

    def _tell_end(self, call: CallHandle | EndedCall, *, after: int | None) -> None:
        """Send the events after a seq, if they are wanted, and then how the call ended."""
        is_complete = isinstance(call, EndedCall) and call.last_seq is not None
        events = None
        if after is not None:
            events = self._start(self._send_events(call.call_id, after, is_complete=is_complete), "events")
        self._start(self._await_end(call, events), "end")

    @property
    def _grace_ms(self) -> int:
        return round(self._limits.grace_s * 1000)

    # --- to the client -----------------------------------------------------------------------------------------

    def _reply(self, message: Outgoing) -> None:
        """Queue an answer. Raises SlowSubscriberError when the client does not read its answers."""
        if isinstance(message, Error) and self._metrics is not None:
            self._metrics.failed(message.code)
        self._outbox.put_reply(message, key="ack" if isinstance(message, Ack) else None)

    async def _send_events(self, call_id: str, after: int, *, is_complete: bool) -> None:
        """Send the call's envelopes up to its last; a client that reads too slowly loses them, never its audio."""
        try:
            await follow_call(self._bus, call_id, self._send_event, after=after, is_complete=is_complete)
        except UnavailableError as error:
            self._outbox.drop_events()
            text = f"{error.message} No more events on this socket; read them at /api/v1/calls/{call_id}/events."
            await self._perform(self._codec.failed(LivecueError(text, code="events-dropped")))

    async def _send_event(self, envelope: Envelope) -> None:
        replaces, key = coalescing(envelope.event)
        await self._outbox.put_event(CallEvent(envelope=envelope), replaces=replaces, key=key)

    async def _await_end(self, call: CallHandle | EndedCall, events: asyncio.Task[None] | None) -> None:
        """Answer ``closed`` once the call is complete and its events are sent."""
        try:
            closed = await call.closed()
        except LivecueError as error:
            await self._perform(self._codec.failed(error))
            return
        self._handle = None
        if events is not None:
            await asyncio.wait({events}, timeout=self._limits.close_timeout_s)
        with suppress(SlowSubscriberError):
            self._reply(Closed(call_id=call.call_id, cause=closed.cause, ledger=closed.ledger))
        self._sender.finish(STOPPING_CLOSE if closed.cause == "server-stopped" else NORMAL_CLOSE)


def _encode(messages: Sequence[Outgoing]) -> Iterable[str]:
    return (message.model_dump_json(exclude_none=isinstance(message, Error | Opened | Resumed)) for message in messages)
