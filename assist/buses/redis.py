"""``EventBus`` over Redis Streams: any node serves any browser.

Two kinds of streams. ``<prefix>call:<call_id>`` holds the recent envelopes of one call under the id ``<seq>-0`` and is
only read for replay. ``<prefix>all`` carries every envelope once and is what each process follows, with one blocking
XREAD on a fixed key; subscribing therefore never has to interrupt the reader. Both are written in one MULTI, so what
is not in a replay is still to come from the reader.
"""

from __future__ import annotations

import asyncio
from collections import OrderedDict
from collections.abc import AsyncGenerator, Generator, Iterator, Sequence
from contextlib import AbstractAsyncContextManager, asynccontextmanager, contextmanager
from dataclasses import dataclass, field
from typing import Any, cast

import structlog
from pydantic import ValidationError
from redis.asyncio import Redis
from redis.asyncio.retry import Retry
from redis.backoff import NoBackoff
from redis.exceptions import RedisError

from assist.buses.inbox import FAIR_SHARE, BusCounts, Inbox, OpenPartials, Replay
from assist.errors import ConfigurationError, UnavailableError
from assist.messages import CallClosed, Envelope, envelope_adapter
from assist.ports import Subscription

Entry = tuple[bytes, dict[bytes, bytes]]
"""Id and fields, as Redis gives them."""

_log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class RedisBusLimits:
    """Bounds of a Redis bus; each with its unit."""

    replay_envelopes: int = 4_096
    """Held per call; Redis trims in blocks, so somewhat more."""
    shared_envelopes: int = 16_384
    """Held in the stream of all calls: how far a process may fall behind."""
    expiry_s: int = 900
    """How long a call's stream outlives its last envelope."""
    inbox_envelopes: int = 256
    """Waiting per subscriber."""
    known_calls: int = 1_024
    """Calls whose last published seq is remembered instead of asked for."""
    block_ms: int = 1_000
    """Longest single wait of the reader."""
    answer_timeout_s: float = 5.0
    retry_s: float = 1.0
    """Pause before the reader connects again."""


@asynccontextmanager
async def open_redis_bus(url: str) -> AsyncGenerator[RedisBus]:
    async with RedisBus.opened(url) as bus:
        yield bus


class RedisBus:
    """Delivers between processes; obtained from ``opened``.

    Publishing an envelope again does nothing. When the connection is lost every subscription ends with
    SlowSubscriberError "bus-interrupted", and the reader connects again. Other failures of Redis are UnavailableError
    "bus-unavailable".
    """

    def __init__(self, client: Redis, *, prefix: str, limits: RedisBusLimits) -> None:
        self._client = client
        self._prefix = prefix
        self._limits = limits
        self._shared_key = f"{prefix}all"
        self._inboxes: dict[str | None, set[Inbox]] = {}
        self._since: dict[Inbox, tuple[int, int]] = {}
        """Where in the stream of all calls its subscribers began: the reader may still be behind."""
        self._outgoing: OrderedDict[str, _Outgoing] = OrderedDict()
        self._publish_turn = asyncio.Lock()
        self._closing = asyncio.Event()
        self.counts = BusCounts()

    @classmethod
    @asynccontextmanager
    async def opened(
        cls, url: str, *, prefix: str = "livecue:", limits: RedisBusLimits | None = None
    ) -> AsyncGenerator[RedisBus]:
        """A bus with its reader running. Raises UnavailableError when Redis does not answer."""
        limits = limits or RedisBusLimits()
        client = _connect(url, limits)
        bus = cls(client, prefix=prefix, limits=limits)
        try:
            with _bus_errors():
                position = await bus._newest_shared_id()
            async with asyncio.TaskGroup() as tasks:
                reader = tasks.create_task(bus._follow(position), name="redis-bus-reader")
                try:
                    yield bus
                finally:
                    # asyncio.wait_for, which redis-py sends with, loses a cancellation that meets its result
                    # (cpython issue 86296, Python < 3.12); then the reader sees the closed bus within block_ms.
                    await bus.close()
                    reader.cancel()
        finally:
            await client.aclose()

    async def publish(self, envelopes: Sequence[Envelope]) -> None:
        """Deliver; see ``EventBus``. Raises UnavailableError "bus-closed" or "bus-unavailable"."""
        self._ensure_open()
        async with self._publish_turn:
            call_ids = {envelope.call_id for envelope in envelopes}
            try:
                with _bus_errors():
                    await self._publish(envelopes, call_ids)
            except BaseException:
                # Whether the transaction took place is unknown: ask before the next one.
                for call_id in call_ids:
                    self._outgoing.pop(call_id, None)
                raise

    def subscribe(self, call_id: str | None, *, after: int = 0) -> AbstractAsyncContextManager[Subscription]:
        return self._subscribed(call_id, after)

    async def close(self) -> None:
        """End every subscription after what waits in it. Idempotent; the reader ends with ``opened``."""
        self._closing.set()
        for inbox in self._every_inbox():
            inbox.close()

    @asynccontextmanager
    async def _subscribed(self, call_id: str | None, after: int) -> AsyncGenerator[Subscription]:
        self._ensure_open()
        inbox = Inbox(
            after=None if call_id is None else after,
            limit=self._limits.inbox_envelopes,
            early_limit=self._limits.shared_envelopes,
            counts=self.counts,
        )
        if call_id is None:
            with _bus_errors():
                self._since[inbox] = _position(await self._newest_shared_id())
        self._inboxes.setdefault(call_id, set()).add(inbox)
        try:
            with _bus_errors():
                held = None if call_id is None else await self._replay(call_id, after)
            inbox.replay(held)
            yield inbox
        finally:
            self._since.pop(inbox, None)
            self._inboxes[call_id].remove(inbox)
            if not self._inboxes[call_id]:
                del self._inboxes[call_id]

    async def _publish(self, envelopes: Sequence[Envelope], call_ids: set[str]) -> None:
        for call_id in call_ids:
            await self._recall(call_id, next(e.seq for e in envelopes if e.call_id == call_id))
        pipeline: Any = self._client.pipeline(transaction=True)
        for envelope in envelopes:
            self._enqueue(pipeline, envelope)
        if not len(pipeline):
            return
        for call_id in call_ids:
            pipeline.expire(self._call_key(call_id), self._limits.expiry_s)
        await pipeline.execute()
        for envelope in envelopes:
            if isinstance(envelope.event, CallClosed):
                self._outgoing.pop(envelope.call_id, None)
        while len(self._outgoing) > self._limits.known_calls:
            self._outgoing.popitem(last=False)

    def _enqueue(self, pipeline: Any, envelope: Envelope) -> None:
        """Add the commands that publish one envelope, unless it was published before."""
        call = self._outgoing[envelope.call_id]
        key = self._call_key(envelope.call_id)
        if call.last_seq is not None:
            if envelope.seq <= call.last_seq:
                return
            if envelope.seq > call.last_seq + 1:
                pipeline.delete(key)
        call.last_seq = envelope.seq
        fields = {"call": envelope.call_id, "envelope": envelope.model_dump_json()}
        if (superseded := call.partials.superseded_by(envelope)) is not None:
            pipeline.xdel(key, f"{superseded}-0")
        pipeline.xadd(key, fields, id=f"{envelope.seq}-0", maxlen=self._limits.replay_envelopes, approximate=True)
        pipeline.xadd(self._shared_key, fields, maxlen=self._limits.shared_envelopes, approximate=True)

    async def _recall(self, call_id: str, next_seq: int) -> None:
        """Know the last published seq of the call; ask when ``next_seq`` does not simply follow it."""
        call = self._outgoing.setdefault(call_id, _Outgoing())
        self._outgoing.move_to_end(call_id)
        if call.last_seq is None or next_seq != call.last_seq + 1:
            newest: list[Entry] = await cast(Any, self._client).xrevrange(self._call_key(call_id), count=1)
            call.last_seq = _seq(newest[0]) if newest else None

    async def _replay(self, call_id: str, after: int) -> Replay | None:
        pipeline: Any = self._client.pipeline(transaction=True)
        key = self._call_key(call_id)
        pipeline.xrange(key, count=1)
        pipeline.xrevrange(key, count=1)
        pipeline.xrange(key, min=f"{after + 1}-0")
        oldest, newest, entries = await pipeline.execute()
        if not oldest:
            return None
        return Replay(first=_seq(oldest[0]), last=_seq(newest[0]), envelopes=_decoded(entries))

    async def _follow(self, position: bytes) -> None:
        """Deliver what is published after ``position``, until the bus is closed."""
        while not self._closed:
            try:
                position = await self._deliver_after(position)
            except RedisError as error:
                if not self._closed:
                    _log.warning("bus-interrupted", error=type(error).__name__)
                    position = await self._reconnect(position)

    async def _deliver_after(self, position: bytes) -> bytes:
        """Wait for envelopes after ``position`` and deliver them; the position after them."""
        answer: Any = await cast(Any, self._client).xread(
            {self._shared_key: position}, count=FAIR_SHARE, block=self._limits.block_ms
        )
        if not answer:
            return position
        [(_, entries)] = cast("list[tuple[bytes, list[Entry]]]", answer)
        for entry in entries:
            self._deliver(entry)
        return entries[-1][0]

    def _deliver(self, entry: Entry) -> None:
        entry_id, fields = entry
        call_id = fields[b"call"].decode()
        inboxes = list(self._inboxes.get(call_id, ()))
        inboxes += (inbox for inbox in self._inboxes.get(None, ()) if _position(entry_id) > self._since[inbox])
        if not inboxes:
            return
        try:
            envelope = envelope_adapter.validate_json(fields[b"envelope"])
        except ValidationError:
            # Written by another version of Livecue: whoever waits for this call must look into the store.
            _log.warning("bus-entry-unreadable", call_id=call_id)
            for inbox in inboxes:
                inbox.interrupt()
            return
        for inbox in inboxes:
            inbox.deliver(envelope)

    async def _reconnect(self, position: bytes) -> bytes:
        """A new position to follow from; subscriptions that may have missed something are ended."""
        while not self._closed:
            # Again after every pause: who came meanwhile may have asked for a replay before the position was known.
            for inbox in self._every_inbox():
                inbox.interrupt()
            try:
                position = await self._newest_shared_id()
            except RedisError:
                await self._pause()
                continue
            for inbox in self._every_inbox():
                inbox.interrupt()
            break
        return position

    async def _pause(self) -> None:
        """Wait ``retry_s``, or until the bus is closed."""
        try:
            async with asyncio.timeout(self._limits.retry_s):
                await self._closing.wait()
        except TimeoutError:
            pass

    async def _newest_shared_id(self) -> bytes:
        newest: list[Entry] = await cast(Any, self._client).xrevrange(self._shared_key, count=1)
        return newest[0][0] if newest else b"0-0"

    @property
    def _closed(self) -> bool:
        return self._closing.is_set()

    def _every_inbox(self) -> list[Inbox]:
        return [inbox for inboxes in self._inboxes.values() for inbox in inboxes]

    def _call_key(self, call_id: str) -> str:
        return f"{self._prefix}call:{call_id}"

    def _ensure_open(self) -> None:
        if self._closed:
            raise UnavailableError("The event bus is closed.", code="bus-closed")


@dataclass(slots=True)
class _Outgoing:
    """What this process knows of a call's stream."""

    last_seq: int | None = None
    partials: OpenPartials = field(default_factory=OpenPartials)


def _connect(url: str, limits: RedisBusLimits) -> Redis:
    try:
        return cast(Any, Redis).from_url(
            url,
            protocol=2,
            socket_connect_timeout=limits.answer_timeout_s,
            socket_timeout=limits.answer_timeout_s + limits.block_ms / 1000,
            # A repeated MULTI would publish twice; the caller decides what to do.
            retry=Retry(NoBackoff(), 0),
        )
    except ValueError as error:
        message = "The bus must be a URL such as redis://localhost:6379/0."
        raise ConfigurationError(message, code="bad-bus-url") from error


def _position(entry_id: bytes) -> tuple[int, int]:
    first, _, second = entry_id.partition(b"-")
    return int(first), int(second)


def _seq(entry: Entry) -> int:
    return _position(entry[0])[0]


def _decoded(entries: Sequence[Entry]) -> Iterator[Envelope]:
    """One at a time: a replay is too long to be decoded between two turns of the event loop."""
    for _, fields in entries:
        try:
            yield envelope_adapter.validate_json(fields[b"envelope"])
        except ValidationError as error:
            message = "The bus holds events of another version; use the store."
            raise UnavailableError(message, code="bus-unreadable") from error


@contextmanager
def _bus_errors() -> Generator[None]:
    try:
        yield
    except RedisError as error:
        raise UnavailableError("The event bus cannot be reached now.", code="bus-unavailable") from error
