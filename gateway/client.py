"""Plays a call into Livecue as a live phone call: the client of the native ingest protocol."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import assert_never

from pydantic import ValidationError
from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed, InvalidHandshake, InvalidMessage

from assist.errors import (
    AuthenticationError,
    LivecueError,
    OverloadedError,
    ProtocolError,
    UnavailableError,
)
from assist.messages import CloseCause, Envelope, LegLedger, Party
from assist.notice import Notice
from gateway.call_audio import CallSound, Portion, read_call_audio
from gateway.sidecar import read_parties, read_playbook
from gateway.sources.native_messages import (
    Ack,
    AnyServerMessage,
    CallEvent,
    Close,
    Closed,
    Error,
    MediaResumed,
    Open,
    Opened,
    Paused,
    Pong,
    Resume,
    Resumed,
    server_message_adapter,
)

RETRY_CODES = frozenset({"already-attached", "internal-error", "idle-timeout", "text-flood"})
"""Errors after which ``resume`` is worth another try: the server may not have noticed the drop yet, or have read late
and at once what was sent in its time."""

MIN_WINDOW_BYTES = 65_536
"""Twice what a server may leave unacknowledged."""


@dataclass(frozen=True, slots=True)
class ClientLimits:
    """Bounds of a client; each with its unit."""

    window_bytes: int = 262_144
    """Sent but not acknowledged. Keeps pings from queueing behind megabytes of audio while a replay is pushed back."""
    texts_per_s: float = 40.0
    """Fewer than a server takes (50)."""
    connect_timeout_s: float = 10.0
    retry_first_s: float = 0.2
    retry_most_s: float = 3.0
    max_message_bytes: int = 16 * 2**20

    def __post_init__(self) -> None:
        if self.window_bytes < MIN_WINDOW_BYTES:
            raise ValueError(f"window_bytes must be at least {MIN_WINDOW_BYTES}")


@dataclass(frozen=True, slots=True)
class CallResult:
    """How a played call ended."""

    call_id: str
    cause: CloseCause | None
    """None: the connection was lost between ``close`` and ``closed``; the server completes the call alone."""
    ledger: tuple[LegLedger, ...]
    sent_bytes: int
    """Audio over all sockets, what was sent again included."""
    resumes: int
    last_seq: int
    errors: tuple[Error, ...]
    """Errors that did not end the call."""


@dataclass(slots=True)
class _Progress:
    """What is known of the call over all its sockets."""

    opened: Opened | None = None
    closed: Closed | None = None
    failure: Error | None = None
    acked_bytes: int = 0
    gaps_ms: Mapping[Party, int] = field(default_factory=dict[Party, int])
    """That the server knew of when the call was resumed."""
    last_seq: int = 0
    sent_bytes: int = 0
    resumes: int = 0
    close_sent: bool = False
    errors: list[Error] = field(default_factory=list[Error])


class CallClient:
    """One call, over as many sockets as it takes."""

    def __init__(
        self,
        url: str,
        key: str,
        opening: Open,
        audio: CallSound,
        *,
        speed: float = 1.0,
        chunk_ms: int = 20,
        on_envelope: Callable[[Envelope], None] = lambda _: None,
        drop_after_ms: Sequence[int] = (),
        limits: ClientLimits | None = None,
    ) -> None:
        """``speed`` 0 sends as fast as the server takes; ``drop_after_ms`` are positions at which the socket is cut.

        ``opening`` names the media and the framing of ``audio``.
        """
        if speed < 0 or chunk_ms < 1:
            raise ValueError("speed must not be negative, chunk_ms at least 1")
        self._url = url
        self._key = key
        self._opening = opening
        self._audio = audio
        self._speed = speed
        self._chunk_ms = chunk_ms
        self._on_envelope = on_envelope
        self._drops_ms = sorted(drop_after_ms)
        self._limits = limits or ClientLimits()
        self._progress = _Progress()
        self._changed = Notice()
        self._began_s: float | None = None
        self._told_s = 0.0
        """When the last gap was declared."""

    @property
    def began_s(self) -> float | None:
        """``loop.time()`` at which the first byte of audio was due; None before the call is open."""
        return self._began_s

    @property
    def acknowledged_bytes(self) -> int:
        """Audio bytes that the server has on disk, as far as it said so."""
        return self._progress.acked_bytes

    async def run(self) -> CallResult:
        """Play the call to its end.

        Raises AuthenticationError, OverloadedError or ProtocolError with the server's code, and UnavailableError
        "unreachable" or "call-lost" when no connection can be made (in time to resume).
        """
        loop = asyncio.get_running_loop()
        retry_s, lost_s = self._limits.retry_first_s, loop.time()
        while True:
            heard = await self._serve_connection()
            done = self._result()
            if done is not None:
                return done
            now_s = loop.time()
            if heard:
                retry_s, lost_s = self._limits.retry_first_s, now_s
            grace_s = self._progress.opened.grace_ms / 1000 if self._progress.opened else 0.0
            if now_s + retry_s - lost_s > grace_s:
                raise self._given_up()
            await asyncio.sleep(retry_s)
            retry_s = min(retry_s * 2, self._limits.retry_most_s)

    def _given_up(self) -> LivecueError:
        if self._progress.opened is None:
            return UnavailableError(f"Livecue cannot be reached at {self._url}.", code="unreachable")
        return UnavailableError("The connection was lost and could not be resumed in time.", code="call-lost")

    def _result(self) -> CallResult | None:
        """The end, if this is it. Raises what the server said if it cannot go on."""
        progress = self._progress
        failure, progress.failure = progress.failure, None
        if failure is not None and progress.closed is None:
            if progress.opened is None or failure.code not in RETRY_CODES | {"unknown-call"}:
                raise _error(failure)
            if failure.code == "unknown-call" and not progress.close_sent:
                raise _error(failure)
        is_over = failure is not None and failure.code == "unknown-call"
        if progress.opened is None or (progress.closed is None and not is_over):
            return None
        return CallResult(
            call_id=progress.opened.call_id,
            cause=progress.closed.cause if progress.closed else None,
            ledger=progress.closed.ledger if progress.closed else (),
            sent_bytes=progress.sent_bytes,
            resumes=progress.resumes,
            last_seq=progress.last_seq,
            errors=tuple(progress.errors),
        )

    # --- one socket --------------------------------------------------------------------------------------------

    async def _serve_connection(self) -> bool:
        """Use one socket until it ends; whether the server took us in on it."""
        connecting = connect(
            self._url,
            additional_headers={"Authorization": f"Bearer {self._key}"},
            open_timeout=self._limits.connect_timeout_s,
            max_size=self._limits.max_message_bytes,
            proxy=None,
        )
        admitted = asyncio.Event()
        try:
            async with connecting as socket, asyncio.TaskGroup() as group:
                sender = group.create_task(self._send(socket, admitted), name="call client sender")
                await self._receive(socket, admitted)
                sender.cancel()
        except (OSError, InvalidHandshake, InvalidMessage, TimeoutError):
            return False
        return admitted.is_set()

    async def _receive(self, socket: ClientConnection, admitted: asyncio.Event) -> None:
        """Take messages until the socket ends."""
        try:
            async for text in socket:
                message = server_message_adapter.validate_json(text)
                self._take(message)
                self._changed.notify()
                if isinstance(message, Opened | Resumed):
                    if (message.framing or "interleaved") != self._opening.framing:
                        old = "The server does not take channels by themselves; it is older than this client."
                        self._progress.failure = Error(code="unsupported-media", message=old, fatal=True)
                        return
                    admitted.set()
        except ConnectionClosed:
            return
        except ValidationError:
            foreign = "The server does not speak this protocol."
            self._progress.failure = Error(code="bad-message", message=foreign, fatal=True)

    def _take(self, message: AnyServerMessage) -> None:
        progress = self._progress
        match message:
            case Opened():
                progress.opened = message
                self._began_s = asyncio.get_running_loop().time()
            case Resumed():
                progress.acked_bytes = message.received_bytes
                progress.gaps_ms = message.gaps_ms or {}
                progress.resumes += 1
            case Ack():
                progress.acked_bytes = message.received_bytes
            case CallEvent(envelope=envelope):
                if envelope.seq > progress.last_seq:
                    progress.last_seq = envelope.seq
                    self._on_envelope(envelope)
            case Error(fatal=True):
                progress.failure = message
            case Error():
                progress.errors.append(message)
            case Closed():
                progress.closed = message
            case Paused() | MediaResumed() | Pong():
                pass
            case _:
                assert_never(message)

    async def _send(self, socket: ClientConnection, admitted: asyncio.Event) -> None:
        """Greet, send the rest of the audio at its pace, say that the call is over."""
        try:
            await socket.send(self._greeting())
            await admitted.wait()
            offset = self._progress.acked_bytes
            for portion in self._audio.portions(self._chunk_ms, offset, self._progress.gaps_ms):
                await self._turn(portion, offset)
                await socket.send(portion.wire)
                offset += portion.audio_bytes
                self._progress.sent_bytes += portion.audio_bytes
                if self._drops_ms and portion.end_s >= self._drops_ms[0] / 1000:
                    del self._drops_ms[0]
                    socket.transport.abort()
                    return
            await socket.send(Close().model_dump_json())
            self._progress.close_sent = True
        except ConnectionClosed:
            return

    def _greeting(self) -> str:
        opened = self._progress.opened
        if opened is None:
            return self._opening.model_dump_json(exclude_none=True)
        resume = Resume(
            call_id=opened.call_id,
            resume_token=opened.resume_token,
            events=self._opening.events,
            after=self._progress.last_seq,
            framing=self._opening.framing,
        )
        return resume.model_dump_json()

    async def _turn(self, portion: Portion, offset: int) -> None:
        """Wait until the portion is due and the server has room for it; ``offset`` bytes of sound were before it."""
        loop = asyncio.get_running_loop()
        due_s = self._due_s(portion)
        if isinstance(portion.wire, str):
            due_s = self._told_s = max(due_s, loop.time(), self._told_s + 1 / self._limits.texts_per_s)
        await asyncio.sleep(max(0.0, due_s - loop.time()))
        while offset - self._progress.acked_bytes >= self._limits.window_bytes:
            await self._changed.wait()

    def _due_s(self, portion: Portion) -> float:
        """When the portion may be sent: at the wanted speed, but never farther ahead than is allowed."""
        if self._began_s is None or self._progress.opened is None:
            return 0.0
        wanted_s = portion.due_s / self._speed if self._speed else 0.0
        if self._opening.pace == "replay":
            return self._began_s + wanted_s
        return self._began_s + max(wanted_s, portion.sound_s - self._progress.opened.max_ahead_ms / 1000)


def _error(error: Error) -> LivecueError:
    """What the server refused with, as the error of our own tree."""
    if error.code == "not-authenticated":
        return AuthenticationError(error.message, code=error.code)
    if error.retry_after_s is not None:
        return OverloadedError(error.message, code=error.code, retry_after_s=error.retry_after_s)
    return ProtocolError(error.message, code=error.code)


async def play_call(
    url: str,
    key: str,
    recording: Path,
    *,
    speed: float = 1.0,
    chunk_ms: int = 20,
    events: bool = True,
    on_envelope: Callable[[Envelope], None] = lambda _: None,
    call_id: str | None = None,
    external_id: str | None = None,
    playbook: str | None = None,
    channels: tuple[Party, ...] | None = None,
    drop_after_ms: Sequence[int] = (),
    limits: ClientLimits | None = None,
) -> CallResult:
    """Play a recording as one call. See ``CallClient``.

    Agent and customer, and the playbook unless given, come from the JSON file next to it.
    """
    audio = await asyncio.to_thread(read_call_audio, recording, channels)
    agent, customer = await asyncio.to_thread(read_parties, recording)
    opening = Open(
        call_id=call_id,
        media=audio.media,
        agent=agent,
        customer=customer,
        external_id=external_id,
        playbook=playbook or read_playbook(recording),
        events="all" if events else "none",
        pace="live" if speed else "replay",
    )
    client = CallClient(
        url,
        key,
        opening,
        audio,
        speed=speed,
        chunk_ms=chunk_ms,
        on_envelope=on_envelope,
        drop_after_ms=drop_after_ms,
        limits=limits,
    )
    return await client.run()
