"""Drives one desk websocket: what a person sees of the calls, as it happens, and what the person does with prompts."""

from __future__ import annotations

import asyncio
from collections.abc import Coroutine, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any, Protocol, assert_never

from starlette.websockets import WebSocket

from assist.errors import LivecueError, OverloadedError, SlowSubscriberError, UnavailableError
from assist.messages import CallClosed, CallOpened, CallUpdated, Envelope, Flag, Prompt, Utterance
from assist.pipe import Pipe
from assist.ports import EventBus
from assist.supervisor import Supervisor
from assist.view import CallView
from gateway.call_feed import CallFeed
from gateway.desk_messages import (
    DESK_ERRORS,
    DESK_REQUESTS,
    Calls,
    Error,
    Events,
    Hello,
    HelloServer,
    HelloUser,
    Outcome,
    OutcomeStored,
    Ping,
    Pong,
    Snapshot,
    Subscribe,
    Unsubscribe,
)
from gateway.frames import Correlation, read_request
from gateway.outbox import Outbox, OutboxLimits, coalescing
from gateway.person_socket import PersonSocket, SocketLimits
from gateway.seen_calls import SeenCalls
from gateway.sessions import WatchedSession

Outgoing = Hello | Calls | Snapshot | Envelope | OutcomeStored | Pong | Error

CHANGES_THE_LIST = (CallOpened, CallUpdated, CallClosed, Utterance, Prompt, Flag)
"""Events after which a row of the call list looks different."""


class DeskMetrics(Protocol):
    """Hears what happens on desk sockets."""

    def connected(self) -> None: ...

    def disconnected(self) -> None: ...

    def failed(self, code: str) -> None:
        """An error was sent."""
        ...

    def superseded(self, count: int) -> None:
        """Messages that were left out because newer ones replaced them."""
        ...


@dataclass(frozen=True, slots=True)
class DeskLimits:
    """Bounds of one desk socket; each with its unit."""

    outbox: OutboxLimits = field(default_factory=OutboxLimits)
    socket: SocketLimits = field(default_factory=SocketLimits)
    waiting_outcomes: int = 64
    calls_every_s: float = 1.0
    """Shortest time between two lists of calls."""
    catch_up_envelopes: int = 1_000
    """A client that missed more gets a snapshot."""


@dataclass(frozen=True, slots=True)
class ServerInfo:
    """Who is speaking."""

    name: str
    version: str


async def serve_desk(
    socket: WebSocket,
    *,
    session: WatchedSession,
    seen: SeenCalls,
    bus: EventBus,
    server: ServerInfo,
    metrics: DeskMetrics | None = None,
    limits: DeskLimits | None = None,
) -> None:
    """Serve one connection, origin and session already checked, until it ends."""
    limits = limits or DeskLimits()
    feed = CallFeed(
        user=lambda: session.user,
        seen=seen,
        bus=bus,
        catch_up_limit=limits.catch_up_envelopes,
    )
    await socket.accept()
    connection = _Connection(socket, session, seen.supervisor, bus, feed, metrics, limits)
    if metrics is not None:
        metrics.connected()
    try:
        await connection.serve(server)
    finally:
        if metrics is not None:
            metrics.superseded(connection.superseded)
            metrics.disconnected()


class _Connection:
    """One socket: a reader that never waits, a writer, the call list, one followed call, outcomes on their way."""

    def __init__(
        self,
        socket: WebSocket,
        session: WatchedSession,
        supervisor: Supervisor,
        bus: EventBus,
        feed: CallFeed,
        metrics: DeskMetrics | None,
        limits: DeskLimits,
    ) -> None:
        self._supervisor = supervisor
        self._bus = bus
        self._feed = feed
        self._metrics = metrics
        self._limits = limits
        self._outbox: Outbox[Outgoing] = Outbox(limits.outbox, clock=asyncio.get_running_loop().time)
        self._socket = PersonSocket(socket, session, self._outbox, _encode, fail=self._fail, limits=limits.socket)
        self._outcomes: Pipe[Outcome] = Pipe(limits.waiting_outcomes)
        self._calls_changed = asyncio.Event()
        self._following: asyncio.Task[None] | None = None
        self._group = asyncio.TaskGroup()
        self._tasks: set[asyncio.Task[None]] = set()

    @property
    def superseded(self) -> int:
        return self._outbox.superseded

    async def serve(self, server: ServerInfo) -> None:
        user = self._socket.user
        self._outbox.put_reply(
            Hello(
                user=HelloUser(user_id=user.user_id, name=user.display_name, role=user.role, agent_id=user.agent_id),
                server=HelloServer(name=server.name, version=server.version),
            )
        )
        async with self._group:
            reader = self._start(self._socket.read(self._act), "reader")
            self._start(self._socket.watch_session(), "session")
            self._start(self._watch_calls(), "watcher")
            self._start(self._send_calls(), "calls")
            outcomes = self._start(self._store_outcomes(), "outcomes")
            await self._socket.send()
            if not self._socket.is_finishing:
                await reader  # the client is gone; what it sent before that still counts
            self._outcomes.close()
            await asyncio.wait({outcomes}, timeout=self._limits.socket.close_timeout_s)
            for task in self._tasks:
                task.cancel()

    def _start(self, work: Coroutine[Any, Any, None], what: str) -> asyncio.Task[None]:
        task = self._group.create_task(work, name=f"desk {what}")
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)
        return task

    # --- from the client ---------------------------------------------------------------------------------------

    def _act(self, fields: Mapping[str, Any]) -> None:
        request = read_request(fields, DESK_REQUESTS)
        match request:
            case Subscribe():
                self._unfollow()
                self._following = self._start(self._follow(request), "call")
            case Unsubscribe():
                self._unfollow()
            case Outcome():
                if not self._outcomes.is_closed and not self._outcomes.send_now(request):
                    self._fail(OverloadedError("Too many outcomes wait to be stored."), answers=request.id)
            case Ping():
                self._outbox.put_reply(Pong(id=request.id))
            case _:
                assert_never(request)

    def _unfollow(self) -> None:
        if self._following is not None:
            self._following.cancel()
            self._following = None
        self._outbox.drop_events()

    def _fail(self, error: LivecueError, answers: Correlation | None = None) -> None:
        """Tell the client; ends the connection if the error is fatal."""
        code, text = error.code, error.message
        if code not in DESK_ERRORS:
            code, text = "internal-error", "The server failed; try again."
        if self._metrics is not None:
            self._metrics.failed(code)
        with suppress(SlowSubscriberError):
            self._outbox.put_reply(Error(code=code, message=text, id=answers))
        close_code = DESK_ERRORS[code].close_code
        if close_code is not None:
            self._socket.finish(close_code)

    # --- the followed call -------------------------------------------------------------------------------------

    async def _follow(self, request: Subscribe) -> None:
        try:
            await self._feed.follow(request.call_id, request.after, snapshot=self._snapshot, event=self._event)
        except LivecueError as error:
            self._outbox.drop_events()
            self._fail(error)

    def _snapshot(self, view: CallView) -> None:
        self._outbox.put_reply(Snapshot(call_id=view.call_id, view=view), key="snapshot")

    async def _event(self, envelope: Envelope) -> None:
        replaces, key = coalescing(envelope.event)
        await self._outbox.put_event(envelope, replaces=replaces, key=key)

    # --- the list of calls -------------------------------------------------------------------------------------

    async def _watch_calls(self) -> None:
        """Notice what changes the list; falling behind costs nothing, because the list is sent whole."""
        while True:
            try:
                async with self._bus.subscribe(None) as subscription:
                    self._calls_changed.set()
                    async for envelope in subscription:
                        if isinstance(envelope.event, CHANGES_THE_LIST):
                            self._calls_changed.set()
                return
            except SlowSubscriberError:
                await asyncio.sleep(self._limits.calls_every_s)
            except UnavailableError as error:
                self._fail(error)
                return

    async def _send_calls(self) -> None:
        sent: Calls | None = None
        while True:
            await self._calls_changed.wait()
            self._calls_changed.clear()
            message = Calls(calls=tuple(self._feed.listed()))
            if message == sent:
                continue
            sent = message
            try:
                self._outbox.put_reply(message, key="calls")
            except SlowSubscriberError as error:
                self._fail(error)
                return
            await asyncio.sleep(self._limits.calls_every_s)

    # --- outcomes ----------------------------------------------------------------------------------------------

    async def _store_outcomes(self) -> None:
        async for request in self._outcomes:
            try:
                await self._feed.summary(request.call_id)
                envelope = await self._supervisor.record_outcome(
                    request.call_id,
                    request.prompt_id,
                    request.outcome,
                    by=self._socket.user.user_id,
                    shown_after_ms=request.shown_after_ms,
                )
                self._outbox.put_reply(OutcomeStored(id=request.id, seq=envelope.seq))
            except LivecueError as error:
                self._fail(error, answers=request.id)


def _encode(messages: Sequence[Outgoing]) -> Iterator[str]:
    """One text per message; neighbouring envelopes of a call share one."""
    run: list[Envelope] = []
    for message in messages:
        if isinstance(message, Envelope) and (not run or run[0].call_id == message.call_id):
            run.append(message)
            continue
        if run:
            yield _events(run)
            run = []
        if isinstance(message, Envelope):
            run = [message]
        else:
            yield message.model_dump_json()
    if run:
        yield _events(run)


def _events(run: Sequence[Envelope]) -> str:
    return Events(call_id=run[0].call_id, envelopes=tuple(run)).model_dump_json()
