"""The native ingest protocol as a state machine: frames in, actions out; no socket, no clock.

    new ──open/resume──▶ opening ──opened/resumed──▶ live ⇄ paused ──close──▶ closing
     any ──fail──▶ ended

The driver carries out the actions in order and reports back with ``opened``, ``resumed``, ``ended``, ``stored``
and ``failed``.
Positions come from samples received plus declared gaps, so any split of the audio into frames gives the same call.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final, Literal, assert_never

from assist.errors import LivecueError, OverloadedError, ProtocolError
from assist.handle import Taken
from assist.messages import Agent, AudioFrame, AudioGap, Customer, Party
from assist.ports import Pace
from assist.session import CallRequest
from gateway.frames import TextMeter, read_message, read_object
from gateway.sources.native_audio import AudioTrack
from gateway.sources.native_messages import (
    CLIENT_MESSAGES,
    INGEST_ERRORS,
    SOURCE,
    VERSION,
    Ack,
    AnyClientMessage,
    Close,
    Error,
    Framing,
    Gap,
    Media,
    MediaResumed,
    Open,
    Opened,
    Pause,
    Paused,
    Ping,
    Pong,
    Resume,
    Resumed,
    ResumeMedia,
    Update,
)

State = Literal["new", "opening", "live", "paused", "closing", "ended"]

ALLOWED: Final[Mapping[State, frozenset[str]]] = {
    "new": frozenset({"open", "resume", "ping"}),
    "opening": frozenset({"ping"}),
    "live": frozenset({"audio", "gap", "pause", "update", "ping", "close"}),
    "paused": frozenset({"gap", "resume-media", "update", "ping", "close"}),
    "closing": frozenset({"ping"}),
    "ended": frozenset(),
}
"""What a client may send in each state."""


@dataclass(frozen=True, slots=True)
class NativeLimits:
    """Bounds of one connection; each with its unit."""

    max_frame_bytes: int = 1 << 20
    texts_per_s: int = 50
    open_timeout_s: float = 10.0
    """From the connection to ``open`` or ``resume``, whatever else is sent."""
    idle_timeout_s: float = 300.0
    """Without any frame; a client on hold sends pings."""
    ack_every_s: float = 0.5
    ack_every_bytes: int = 32_768
    piece_ms: int = 200
    """Longest AudioFrame handed on, whatever the size of the wire's frames."""
    max_ahead_s: float = 120.0
    """How much longer than the call the sound of a live call may be: nobody can have said it yet."""
    max_position_ms: int = 12 * 3_600_000
    """Longest call clock: sound plus declared gaps."""


# --- what the driver is to do ----------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Reply:
    """Send this message."""

    message: Opened | Resumed | Ack | Paused | MediaResumed | Pong | Error


@dataclass(frozen=True, slots=True)
class Fail:
    """Send the error, let go of the call and close the socket with the code."""

    error: Error
    close_code: int


@dataclass(frozen=True, slots=True)
class OpenCall:
    """Open the call, then report with ``opened`` or ``failed``."""

    request: CallRequest
    wants_events: bool


@dataclass(frozen=True, slots=True)
class AttachCall:
    """Take up the dropped call, then report with ``resumed``, ``ended`` or ``failed``."""

    call_id: str
    resume_token: str
    wants_events: bool
    after: int


@dataclass(frozen=True, slots=True)
class Feed:
    """Hand the sound on, then report with ``stored`` once it is on disk."""

    items: tuple[AudioFrame | AudioGap, ...]
    wire_bytes: int


@dataclass(frozen=True, slots=True)
class UpdateCall:
    agent: Agent | None
    customer: Customer | None


@dataclass(frozen=True, slots=True)
class MarkMedia:
    connection: Literal["paused", "resumed"]


@dataclass(frozen=True, slots=True)
class CloseCall:
    """No more sound; send ``closed`` when the call is complete."""


Action = Reply | Fail | OpenCall | AttachCall | Feed | UpdateCall | MarkMedia | CloseCall


class NativeCodec:
    """The server's side of one native ingest connection; ``elapsed_s`` counts from its beginning."""

    def __init__(self, limits: NativeLimits | None = None) -> None:
        self._limits = limits or NativeLimits()
        self._meter = TextMeter(self._limits.texts_per_s)
        self._state: State = "new"
        self._heard_s = 0.0
        self._audio: AudioTrack | None = None
        self._framing: Framing = "interleaved"
        self._pace: Pace = "live"
        self._began_s = 0.0
        """When the call was opened, on this connection's clock; negative after a resume."""
        self._acked_bytes = 0
        self._acked_s = 0.0
        self._stray_reported = False

    @property
    def state(self) -> State:
        return self._state

    @property
    def deadline_s(self) -> float:
        """When to call ``expire`` unless a frame arrives first."""
        if self._state == "new":
            return self._limits.open_timeout_s
        return self._heard_s + self._limits.idle_timeout_s

    # --- frames from the client --------------------------------------------------------------------------------

    def receive(self, frame: str | bytes, elapsed_s: float) -> Sequence[Action]:
        """What one websocket message asks for."""
        if self._state == "ended":
            return ()
        self._heard_s = elapsed_s
        if len(frame) > self._limits.max_frame_bytes:
            return self._error("frame-too-large", f"Frames may hold {self._limits.max_frame_bytes} bytes.")
        try:
            return (
                self._receive_text(frame, elapsed_s)
                if isinstance(frame, str)
                else self._receive_audio(frame, elapsed_s)
            )
        except ProtocolError as error:
            return self._error(error.code, error.message)

    def expire(self) -> Sequence[Action]:
        """The deadline has passed without a frame."""
        if self._state == "new":
            return self._error("open-timeout", f"Send open within {self._limits.open_timeout_s:g} s.")
        return self._error("idle-timeout", f"No frame for {self._limits.idle_timeout_s:g} s; send pings.")

    def _receive_text(self, text: str, elapsed_s: float) -> Sequence[Action]:
        if not self._meter.admit(elapsed_s):
            raise ProtocolError(f"More than {self._limits.texts_per_s} texts in a second.", code="text-flood")
        fields = read_object(text)
        kind = fields["type"]
        model = CLIENT_MESSAGES.get(kind)
        if model is None:
            raise ProtocolError("This message type is not known.", code="unknown-message")
        if kind not in ALLOWED[self._state]:
            raise self._out_of_place(kind)
        return self._act(_read(fields, model), elapsed_s)

    def _act(self, message: AnyClientMessage, elapsed_s: float) -> Sequence[Action]:
        match message:
            case Open() | Resume():
                return self._open(message)
            case Gap():
                return self._gap(message.duration_ms, message.cause, message.channel)
            case Pause():
                self._enter("paused")
                return (MarkMedia("paused"), *self._ack(elapsed_s), Reply(Paused()))
            case ResumeMedia():
                gap = self._gap(message.duration_ms, "paused", None) if message.duration_ms else ()
                self._enter("live")
                return (*gap, MarkMedia("resumed"), Reply(MediaResumed()))
            case Update():
                return (UpdateCall(message.agent, message.customer),)
            case Ping():
                return (Reply(Pong(id=message.id)),)
            case Close():
                return self._close()
            case _:
                assert_never(message)

    def _open(self, message: Open | Resume) -> Sequence[Action]:
        self._enter("opening")
        wants_events = message.events == "all"
        self._framing = message.framing
        if isinstance(message, Resume):
            return (AttachCall(message.call_id, message.resume_token, wants_events, message.after),)
        self._audio = self._new_track(message.media)
        self._pace = message.pace
        self._began_s = self._heard_s
        request = CallRequest(
            source=SOURCE,
            legs=message.media.legs,
            call_id=message.call_id,
            agent=message.agent,
            customer=message.customer,
            direction=message.direction,
            external_id=message.external_id,
            playbook=message.playbook,
            pace=message.pace,
            terms=message.terms,
        )
        return (OpenCall(request, wants_events),)

    def _receive_audio(self, payload: bytes, elapsed_s: float) -> Sequence[Action]:
        if "audio" not in ALLOWED[self._state]:
            if self._stray_reported:
                return ()
            self._stray_reported = True
            raise self._out_of_place("audio")
        self._check_pace(payload, elapsed_s)
        items, wire_bytes = self._track.push(payload)
        return (Feed(items, wire_bytes),) if items else ()

    def _check_pace(self, frame: bytes, elapsed_s: float) -> None:
        """Refuse sound that cannot be live, so that a broken source fills no disk. Raises ProtocolError "too-fast"."""
        ahead_s = self._track.sound_s(frame) - (elapsed_s - self._began_s)
        if self._pace == "live" and ahead_s > self._limits.max_ahead_s:
            limit = f"{self._limits.max_ahead_s:g} s"
            message = f"Live sound is more than {limit} ahead of the clock; check rate_hz, or open with pace replay."
            raise ProtocolError(message, code="too-fast")

    def _gap(self, duration_ms: int, cause: Literal["lost", "paused"], channel: Party | None) -> Sequence[Action]:
        return (Feed(self._track.skip(duration_ms, cause, channel), 0),)

    def _close(self) -> Sequence[Action]:
        self._enter("closing")
        rest = self._track.unfinished_bytes
        if not rest:
            return (CloseCall(),)
        return (*self._error("bad-audio", f"The audio ended with {rest} bytes of an unfinished sample."), CloseCall())

    # --- reports from the driver -------------------------------------------------------------------------------

    def opened(self, call_id: str, resume_token: str, *, grace_ms: int) -> Reply:
        """The call asked for with OpenCall is open."""
        self._enter("live")
        return Reply(
            Opened(
                call_id=call_id,
                resume_token=resume_token,
                grace_ms=grace_ms,
                max_frame_bytes=self._limits.max_frame_bytes,
                max_ahead_ms=round(self._limits.max_ahead_s * 1000),
                framing=self._told_framing,
            )
        )

    def resumed(
        self,
        call_id: str,
        media: Media,
        *,
        pace: Pace,
        age_s: float,
        taken: Sequence[Taken],
        positions_ms: Sequence[int],
        grace_ms: int,
    ) -> Reply:
        """The call asked for with AttachCall is taken up; what was taken is in the order of the channels."""
        self._enter("live")
        self._audio = self._new_track(media, taken, positions_ms)
        self._pace = pace
        self._began_s = self._heard_s - age_s
        self._acked_bytes = self._audio.received_bytes
        gaps_ms: dict[Party, int] = {party: leg.gaps_ms for party, leg in zip(media.channels, taken, strict=True)}
        return Reply(
            Resumed(
                call_id=call_id,
                received_bytes=self._acked_bytes,
                gaps_ms=gaps_ms if any(gaps_ms.values()) else None,
                grace_ms=grace_ms,
                framing=self._told_framing,
            )
        )

    def ended(self) -> None:
        """The call asked for with AttachCall takes no more sound; the driver sends ``closed``."""
        self._enter("closing")

    def stored(self, elapsed_s: float) -> Sequence[Action]:
        """Everything fed so far is on disk: acknowledge it if it is time."""
        self._heard_s = elapsed_s
        waiting = self._track.received_bytes - self._acked_bytes
        if elapsed_s - self._acked_s < self._limits.ack_every_s and waiting < self._limits.ack_every_bytes:
            return ()
        return self._ack(elapsed_s)

    def failed(self, error: LivecueError) -> Sequence[Action]:
        """The driver could not do what was asked."""
        if error.code not in INGEST_ERRORS:
            return self._error("internal-error", "The server failed; the call can be resumed.")
        retry_after_s = error.retry_after_s if isinstance(error, OverloadedError) else None
        return self._error(error.code, error.message, retry_after_s=retry_after_s)

    # --- inside ------------------------------------------------------------------------------------------------

    def _new_track(self, media: Media, taken: Sequence[Taken] = (), positions_ms: Sequence[int] = ()) -> AudioTrack:
        return AudioTrack(
            media,
            framing=self._framing,
            piece_ms=self._limits.piece_ms,
            max_position_ms=self._limits.max_position_ms,
            samples=[leg.samples for leg in taken],
            positions_ms=positions_ms,
        )

    @property
    def _told_framing(self) -> Framing | None:
        """As a client is told it: those that know nothing of framing are told nothing."""
        return None if self._framing == "interleaved" else self._framing

    @property
    def _track(self) -> AudioTrack:
        if self._audio is None:
            raise AssertionError("no media before the call is open")
        return self._audio

    def _enter(self, state: State) -> None:
        self._state = state
        self._stray_reported = False

    def _ack(self, elapsed_s: float) -> Sequence[Action]:
        if self._track.received_bytes == self._acked_bytes:
            return ()
        self._acked_bytes = self._track.received_bytes
        self._acked_s = elapsed_s
        return (Reply(Ack(received_bytes=self._acked_bytes)),)

    def _out_of_place(self, kind: str) -> ProtocolError:
        if self._state == "new":
            return ProtocolError("The first message must be open or resume.", code="open-expected")
        if self._state == "paused" and kind == "audio":
            return ProtocolError("Audio while paused is discarded; send resume-media first.", code="media-paused")
        return ProtocolError(f"{kind} is not expected while the call is {self._state}.", code="unexpected-message")

    def _error(self, code: str, message: str, *, retry_after_s: float | None = None) -> Sequence[Action]:
        rule = INGEST_ERRORS[code]
        is_fatal = rule.close_code is not None and not (rule.only_before_open and self._state not in ("new", "opening"))
        error = Error(code=code, message=message, fatal=is_fatal, retry_after_s=retry_after_s)
        if rule.close_code is None or not is_fatal:
            return (Reply(error),)
        self._enter("ended")
        return (Fail(error, rule.close_code),)


def _read(fields: dict[str, Any], model: type[AnyClientMessage]) -> AnyClientMessage:
    """The typed message; the version is judged before fields that another version may shape differently."""
    if model in (Open, Resume) and fields.get("version") != VERSION:
        raise ProtocolError(f"This server speaks version {VERSION}.", code="unsupported-version")
    return read_message(fields, model, codes={"media": "unsupported-media"})
