"""AudioSocket: one leg of a call on a TCP connection of Asterisk.

    new ──UUID that was announced──▶ known ──first sound──▶ joining, live … (``Joining``) ──0x00, EOF──▶ ended
     └──anything else, or nothing in time──▶ ended

The UUID is all that the protocol says of the call: a ticket of ``gateway.expected_calls``, good once. Nothing is sent
but 0x00, and that only to end the leg. The leg's rate is that of its first sound, or as announced; sound of another
rate is not resampled but declared lost for as long as it lasts.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Final
from uuid import UUID

from asr.audio.samples import MAX_RATE_HZ, MIN_RATE_HZ
from assist.errors import InputError, LivecueError
from assist.messages import Envelope, Leg, LegLedger
from gateway.expected_calls import Claim
from gateway.sources.audiosocket.frames import (
    ERROR_MEANINGS,
    RATES_HZ,
    UUID_BYTES,
    Frame,
    FrameReader,
    Kind,
    encode_frame,
)
from gateway.sources.codec import Action, Hang, Introduction, JoinedCall, Remark, Send
from gateway.sources.joining import Joining, JoiningLimits

SOURCE: Final = "audiosocket/1"

G711_FRAME_BYTES: Final = 160
"""20 ms of µ-law or A-law; of linear samples at 8 kHz it would be 10 ms, which Asterisk does not send by itself."""


@dataclass(frozen=True, slots=True)
class AudioSocketLimits:
    """Bounds of one connection; each with its unit."""

    first_frame_s: float = 5.0
    """From the connection to its UUID, however the bytes trickle."""
    probed_frames: int = 50
    """Frames of sound after which a steady length tells the coding."""
    leg: JoiningLimits = field(default_factory=JoiningLimits)


class AudioSocketCodec:
    """One connection; ``claim`` uses a ticket up and raises InputError for one that is not good."""

    has_timeline = False
    wants_events = False

    def __init__(self, claim: Callable[[UUID], Claim], limits: AudioSocketLimits | None = None) -> None:
        self._claim = claim
        self._limits = limits or AudioSocketLimits()
        self._frames = FrameReader()
        self._leg = Joining(self._limits.leg)
        self._claimed: Claim | None = None
        self._rate_hz: int | None = None
        self._has_ended = False
        self._probed = 0
        self._now_s = 0.0

    @property
    def deadline_s(self) -> float | None:
        if self._has_ended:
            return None
        return self._limits.first_frame_s if self._claimed is None else self._leg.deadline_s

    def begin(self) -> Sequence[Action]:
        return ()

    def receive(self, message: str | bytes, elapsed_s: float) -> Sequence[Action]:
        if self._has_ended or isinstance(message, str):
            return ()
        self._now_s = elapsed_s
        actions: list[Action] = []
        for frame in self._frames.push(message):
            actions += self._take(frame)
            if self._has_ended:
                return actions
        if self._claimed is None and not _can_begin(self._frames.beginning):
            actions += self._no_uuid()
        return actions

    def expire(self, elapsed_s: float) -> Sequence[Action]:
        self._now_s = elapsed_s
        if self._claimed is not None:
            return self._leg.retry(elapsed_s)
        if self._has_ended:
            return ()
        return self._refuse("uuid-timeout", "A connection did not say its UUID in time.")

    def end(self, is_clean: bool) -> Sequence[Action]:
        """EOF is how Asterisk ends a leg; a reset ends it too, for its UUID is used up."""
        if self._has_ended:
            return ()
        actions: list[Action] = []
        cut = self._frames.cut()
        if cut is not None and self._claimed is not None:
            actions.append(Remark("frame-cut", "A connection ended inside a frame."))
            actions += self._take_sound(cut) if cut.kind in RATES_HZ else ()
        self._has_ended = True
        return [*actions, *self._leg.leave()]

    def joined(self, call: JoinedCall) -> Sequence[Action]:
        return self._leg.joined()

    def failed(self, error: LivecueError) -> Sequence[Action]:
        return self._leg.failed(error)

    def hear(self, envelope: Envelope) -> Sequence[Action]:
        return ()

    def closed(self, ledger: Sequence[LegLedger]) -> Sequence[Action]:
        self._leg.give_up()
        return ()

    def stop(self) -> Sequence[Action]:
        """0x00 returns to the dialplan, where a broken connection might not."""
        return () if self._has_ended else self._terminate()

    # --- frames ------------------------------------------------------------------------------------------------

    def _take(self, frame: Frame) -> Sequence[Action]:
        if self._claimed is None:
            is_uuid = frame.kind == Kind.UUID and len(frame.payload) == UUID_BYTES
            return self._enter(UUID(bytes=frame.payload)) if is_uuid else self._no_uuid()
        if frame.kind in RATES_HZ:
            return self._take_sound(frame)
        match frame.kind:
            case Kind.TERMINATE:
                self._has_ended = True
                return (*self._leg.leave(), Hang())
            case Kind.UUID:
                return (Remark("uuid-again", "A second UUID on a connection is ignored."),)
            case Kind.SILENCE | Kind.DTMF:
                return ()
            case Kind.ERROR:
                meaning = ERROR_MEANINGS.get(frame.payload[0], "no known code") if frame.payload else "no code"
                return (Remark("platform-error", f"Asterisk reports an error: {meaning}."),)
            case _:
                return (Remark("unknown-kind", "A frame of an unknown kind is ignored."),)

    def _enter(self, ticket: UUID) -> Sequence[Action]:
        try:
            self._claimed = self._claim(ticket)
        except InputError as error:
            return self._refuse(error.code, error.message)
        self._rate_hz = self._claimed.announcement.rate_hz
        return ()

    def _take_sound(self, frame: Frame) -> Sequence[Action]:
        if not frame.payload:
            return (Remark("empty-frame", "A frame of sound without any sound is ignored."),)
        rate_hz = RATES_HZ[frame.kind]
        actions: list[Action] = []
        if self._leg.state == "idle":
            actions += self._join(rate_hz)
        if frame.is_whole:
            actions += self._probe(frame)
        if rate_hz == self._rate_hz:
            return [*actions, *self._leg.push(frame.payload, self._now_s)]
        why = Remark("other-rate", "Sound of another rate than its leg's was left out.")
        return [*actions, *self._leg.lose(len(frame.payload) // 2, rate_hz, self._now_s, why)]

    def _join(self, rate_hz: int) -> Sequence[Action]:
        """Bring the leg into its call at its first sound, which is when its rate is known."""
        claimed = self._claimed
        if claimed is None:
            return ()
        self._rate_hz = self._rate_hz or rate_hz
        if not MIN_RATE_HZ <= self._rate_hz <= MAX_RATE_HZ:
            self._leg.give_up()
            return (Remark("unsupported-rate", "Sound of more than 48 kHz is not heard; use c(slin) or c(slin16)."),)
        said = claimed.announcement
        introduction = Introduction(
            source=SOURCE,
            legs=(Leg(party=claimed.role, codec="pcm_s16le", rate_hz=self._rate_hz),),
            key=said.key,
            others=tuple(
                Leg(party=role, codec="pcm_s16le", rate_hz=self._rate_hz) for role in said.roles if role != claimed.role
            ),
            agent=said.agent,
            customer=said.customer,
            direction=said.direction,
            playbook=said.playbook,
            terms=said.terms,
        )
        return self._leg.join(introduction, self._now_s)

    def _probe(self, frame: Frame) -> Sequence[Action]:
        """Judge by their length whether frames labelled as linear are G.711: the label is no proof."""
        if self._probed >= self._limits.probed_frames:
            return ()
        if frame.kind != 0x10 or len(frame.payload) != G711_FRAME_BYTES:
            self._probed = self._limits.probed_frames
            return ()
        self._probed += 1
        if self._probed < self._limits.probed_frames:
            return ()
        message = "The sound looks like µ-law or A-law under the label of linear samples: say c(slin) in the dialplan."
        return (Remark("probable-g711", message),)

    # --- ends --------------------------------------------------------------------------------------------------

    def _no_uuid(self) -> Sequence[Action]:
        return self._refuse("uuid-expected", "A connection did not begin with a UUID: it is not Asterisk's.")

    def _refuse(self, code: str, message: str) -> Sequence[Action]:
        return (Remark(code, message), *self._terminate())

    def _terminate(self) -> Sequence[Action]:
        self._has_ended = True
        return (*self._leg.leave(), Send(encode_frame(Kind.TERMINATE)), Hang())


def _can_begin(beginning: bytes) -> bool:
    """Whether a stream that begins like this may bring a UUID."""
    return encode_frame(Kind.UUID, bytes(UUID_BYTES)).startswith(beginning)
