"""The words of the native ingest protocol, both directions; docs/protocol.md is their description."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Annotated, Literal, TypeVar

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, StrictInt, StringConstraints, TypeAdapter

from assist.messages import Agent, CallDirection, CloseCause, Customer, Envelope, Leg, LegLedger, Party
from assist.ports import Pace
from gateway.channels import Channels
from gateway.frames import PRINTABLE_PATTERN, CallId, ClientMessage, Correlation, ErrorRule, Name, Seq, ServerMessage

VERSION = 1
SOURCE = "native/1"

Encoding = Literal["pcm_s16le", "mulaw", "alaw"]
Framing = Literal["interleaved", "by-channel"]
"""How binary frames hold the channels: sample by sample in turn; or one channel each, whose number comes first."""
SAMPLE_BYTES: Mapping[Encoding, int] = {"pcm_s16le": 2, "mulaw": 1, "alaw": 1}
MAX_ATTRIBUTES = 64
MAX_TEXT_CHARS = 500
MAX_TERMS = 100
MAX_TERM_CHARS = 64
MAX_GAP_MS = 3_600_000

INGEST_ERRORS: Mapping[str, ErrorRule] = {
    "bad-json": ErrorRule(4400, only_before_open=True),
    "bad-message": ErrorRule(4400, only_before_open=True),
    "unknown-message": ErrorRule(None),
    "unexpected-message": ErrorRule(None),
    "media-paused": ErrorRule(None),
    "bad-audio": ErrorRule(None),
    "events-dropped": ErrorRule(None),
    "open-expected": ErrorRule(4400),
    "unsupported-version": ErrorRule(4400),
    "unsupported-media": ErrorRule(4400),
    "unknown-playbook": ErrorRule(4400),
    "call-too-long": ErrorRule(4400),
    "not-authenticated": ErrorRule(4401),
    "unknown-call": ErrorRule(4404),
    "bad-resume-token": ErrorRule(4404),
    "open-timeout": ErrorRule(4408),
    "idle-timeout": ErrorRule(4408),
    "subscriber-too-slow": ErrorRule(4408),
    "call-exists": ErrorRule(4409),
    "already-attached": ErrorRule(4409),
    "too-many-calls": ErrorRule(4409),
    "text-flood": ErrorRule(4429),
    "too-fast": ErrorRule(4429),
    "frame-too-large": ErrorRule(1009),
    "store-unavailable": ErrorRule(1011),
    "internal-error": ErrorRule(1011),
    "overloaded": ErrorRule(1013),
    "not-serving": ErrorRule(1013),
    "spool-unavailable": ErrorRule(1013),
}
"""Every error of this door. Adding one here and in docs/protocol.md go together (tested)."""

B = TypeVar("B", Agent, Customer)


def bounded(who: B) -> B:
    """Refuse texts that are too long, hold control characters, or come in too great a number."""
    texts = [value for value in who.model_dump().values() if isinstance(value, str)]
    if len(who.attributes) > MAX_ATTRIBUTES:
        raise ValueError(f"at most {MAX_ATTRIBUTES} attributes")
    texts += [*who.attributes.keys(), *who.attributes.values()]
    for text in texts:
        if len(text) > MAX_TEXT_CHARS or not re.fullmatch(PRINTABLE_PATTERN, text):
            raise ValueError(f"texts must be printable and at most {MAX_TEXT_CHARS} characters")
    return who


Terms = Annotated[
    tuple[Annotated[str, StringConstraints(min_length=1, max_length=MAX_TERM_CHARS, pattern=PRINTABLE_PATTERN)], ...],
    Field(max_length=MAX_TERMS),
]
BoundedAgent = Annotated[Agent, AfterValidator(bounded)]
BoundedCustomer = Annotated[Customer, AfterValidator(bounded)]


# --- client → server -------------------------------------------------------------------------------------------------


class Media(BaseModel):
    """Form of the audio on the wire."""

    model_config = ConfigDict(frozen=True, extra="ignore")

    encoding: Encoding
    rate_hz: Annotated[StrictInt, Field(ge=8_000, le=48_000)]
    channels: Channels
    """Who speaks on each channel, in the order in which samples are interleaved."""

    @property
    def frame_bytes(self) -> int:
        """Bytes of one sample of every channel."""
        return SAMPLE_BYTES[self.encoding] * len(self.channels)

    @property
    def legs(self) -> tuple[Leg, ...]:
        return tuple(Leg(party=party, codec=self.encoding, rate_hz=self.rate_hz) for party in self.channels)

    @classmethod
    def of(cls, legs: tuple[Leg, ...]) -> Media:
        """The media that a call with these legs was opened with."""
        return cls(encoding=legs[0].codec, rate_hz=legs[0].rate_hz, channels=tuple(leg.party for leg in legs))


class Open(ClientMessage):
    type: Literal["open"] = "open"
    version: StrictInt = VERSION
    call_id: CallId | None = None
    media: Media
    agent: BoundedAgent | None = None
    customer: BoundedCustomer | None = None
    direction: CallDirection = "inbound"
    external_id: Name | None = None
    playbook: Name | None = None
    events: Literal["all", "none"] = "none"
    pace: Pace = "live"
    terms: Terms = ()
    framing: Framing = "interleaved"
    """Of this socket."""


class Resume(ClientMessage):
    type: Literal["resume"] = "resume"
    version: StrictInt = VERSION
    call_id: CallId
    resume_token: Name
    events: Literal["all", "none"] = "none"
    after: Seq = 0
    """Seq of the last envelope already seen."""
    framing: Framing = "interleaved"
    """Of this socket, whatever that of an earlier one was."""


class Gap(ClientMessage):
    type: Literal["gap"] = "gap"
    duration_ms: Annotated[StrictInt, Field(ge=1, le=MAX_GAP_MS)]
    cause: Literal["lost", "paused"]
    channel: Party | None = None
    """One party; None: all channels."""


class Pause(ClientMessage):
    type: Literal["pause"] = "pause"


class ResumeMedia(ClientMessage):
    type: Literal["resume-media"] = "resume-media"
    duration_ms: Annotated[StrictInt, Field(ge=0, le=MAX_GAP_MS)] = 0
    """Declared length of the pause; 0: the call clock stood still."""


class Update(ClientMessage):
    type: Literal["update"] = "update"
    agent: BoundedAgent | None = None
    customer: BoundedCustomer | None = None


class Ping(ClientMessage):
    type: Literal["ping"] = "ping"
    id: Correlation


class Close(ClientMessage):
    type: Literal["close"] = "close"


AnyClientMessage = Open | Resume | Gap | Pause | ResumeMedia | Update | Ping | Close
CLIENT_MESSAGES: Mapping[str, type[AnyClientMessage]] = {
    "open": Open,
    "resume": Resume,
    "gap": Gap,
    "pause": Pause,
    "resume-media": ResumeMedia,
    "update": Update,
    "ping": Ping,
    "close": Close,
}


Amount = Annotated[int, Field(ge=0)]
"""Clients calculate with it."""

# --- server → client -------------------------------------------------------------------------------------------------


class Opened(ServerMessage):
    type: Literal["opened"] = "opened"
    version: int = VERSION
    call_id: str
    resume_token: str
    grace_ms: Amount
    """How long a dropped call waits for ``resume``."""
    max_frame_bytes: Amount
    max_ahead_ms: Amount
    """How much longer than the call its sound may be with pace "live"."""
    framing: Framing | None = None
    """None, and not sent: interleaved."""


class Resumed(ServerMessage):
    type: Literal["resumed"] = "resumed"
    call_id: str
    received_bytes: Amount
    gaps_ms: Mapping[Party, Amount] | None = None
    """Declared so far, by channel; None, and not sent, while nothing was."""
    grace_ms: Amount
    framing: Framing | None = None
    """None, and not sent: interleaved."""


class Ack(ServerMessage):
    type: Literal["ack"] = "ack"
    received_bytes: Amount
    """Whole sample frames of this call on disk, over all its sockets."""


class Paused(ServerMessage):
    type: Literal["paused"] = "paused"


class MediaResumed(ServerMessage):
    type: Literal["media-resumed"] = "media-resumed"


class CallEvent(ServerMessage):
    type: Literal["event"] = "event"
    envelope: Envelope


class Pong(ServerMessage):
    type: Literal["pong"] = "pong"
    id: Correlation


class Error(ServerMessage):
    type: Literal["error"] = "error"
    code: str
    message: str
    fatal: bool
    retry_after_s: float | None = None
    """With "overloaded": when to try again."""


class Closed(ServerMessage):
    type: Literal["closed"] = "closed"
    call_id: str
    cause: CloseCause
    ledger: tuple[LegLedger, ...]


AnyServerMessage = Annotated[
    Opened | Resumed | Ack | Paused | MediaResumed | CallEvent | Pong | Error | Closed, Field(discriminator="type")
]
server_message_adapter: TypeAdapter[AnyServerMessage] = TypeAdapter(AnyServerMessage)
