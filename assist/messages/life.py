"""Life of a call: how it opens, changes, goes without a part of the service, and closes."""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from assist.messages.common import Message, Party

GapCause = Literal["lost", "shed", "paused", "failed"]
CloseCause = Literal[
    "hangup", "source-lost", "server-stopped", "server-restarted", "max-length", "superseded", "internal-error"
]
CallDirection = Literal["inbound", "outbound"]
DegradedPart = Literal[
    "recognition",
    "endpoint",
    "partials",
    "analysis",
    "playbook",
    "customers",
    "history",
    "agent-hour",
    "store",
    "audio-store",
    "bus",
    "wrap-up",
    "legs",
]


class Leg(Message):
    """One media stream of a call and who speaks on it."""

    party: Party
    codec: Literal["pcm_s16le", "mulaw", "alaw"]
    """As received; inside Livecue all audio is pcm_s16le."""
    rate_hz: int


class Agent(Message):
    """Who works the call on our side."""

    agent_id: str
    name: str = ""
    attributes: dict[str, str] = Field(default_factory=dict)
    """What the phone platform knows of them; ``mode`` is novice or expert."""


class Customer(Message):
    """Reference to who is calling; ``attributes`` are shown on the customer card."""

    customer_id: str
    name: str = ""
    attributes: dict[str, str] = Field(default_factory=dict)


class LegLedger(Message):
    """Where every millisecond of a leg went: ``received_ms == transcribed_ms + silence_ms + gaps_ms``."""

    party: Party
    received_ms: int
    """End position of the leg: audio received plus declared gaps."""
    transcribed_ms: int
    """Audio inside segments that were recognised."""
    silence_ms: int
    """Audio outside segments: no speech found."""
    gaps_ms: int
    """Sum of the four causes below."""
    lost_ms: int = 0
    shed_ms: int = 0
    paused_ms: int = 0
    failed_ms: int = 0
    """Audio that was received and stored but that the recogniser failed on."""


class PartyMeasures(Message):
    """How one party took part in a conversation."""

    party: Party
    utterances: int
    speech_ms: int
    """Sum over its utterances."""
    talk_ratio: float
    """Of the speech of all parties, 0 to 1."""
    chars_per_min: float | None
    """Spoken characters by the time from first to last word; of utterances long enough to tell, None without any."""
    level_dbfs: float | None
    """Mean power of those utterances whose voice was judged; None without any."""
    responses: int
    """How often it took the turn after the other had ended; acknowledgements (嗯、好的) take no turn."""
    response_p50_ms: int | None
    """From the end of the other's words to its own onset; None without a response."""
    response_max_ms: int | None
    overtalks: int
    """How often it began while the other was speaking."""
    overtalk_ms: int
    longest_monologue_ms: int
    """Most speech without a contribution of the other, pauses left out."""
    longest_monologue_start_ms: int | None
    """Where that begins; None where it contributed nothing."""


class ConversationMeasures(Message):
    """How a whole conversation went; every figure can be recomputed from the log."""

    parties: tuple[PartyMeasures, ...]
    """In the order in which they were first heard."""
    silences: int
    """As many as there are ``silence-signal``s."""
    silence_ms: int
    """Sum of them."""
    longest_silence_ms: int


class CallOpened(Message):
    type: Literal["call-opened"] = "call-opened"
    source: str
    """Protocol that brought the call: "native/1", "file" …"""
    legs: tuple[Leg, ...]
    agent: Agent | None = None
    customer: Customer | None = None
    direction: CallDirection = "inbound"
    """outbound: the hotline called the customer."""
    external_id: str | None = None
    """The phone platform's own id of the call; a look-up key."""
    playbook: str = ""
    """name@version the call runs under."""
    recogniser: str = ""
    """model@version"""
    meanings: tuple[str, ...] = ()
    """Sets of sentences of the playbook that utterances are compared with, as ``meaning-signal`` labels them."""


class CallUpdated(Message):
    type: Literal["call-updated"] = "call-updated"
    at_ms: int
    agent: Agent | None = None
    customer: Customer | None = None
    connection: Literal["attached", "detached", "paused", "resumed"] | None = None
    """State of the phone platform's connection."""


class CallDegraded(Message):
    """A part of the service is missing for this call; shown to the agent until the same code is ``restored``."""

    type: Literal["call-degraded"] = "call-degraded"
    at_ms: int
    part: DegradedPart
    code: str
    """Stable error code."""
    reason: str
    party: Party | None = None
    restored: bool = False


class LegsExchanged(Message):
    """A person says that the legs are the wrong way round: from here on what came as the agent is the customer.

    What was said before stays with the party as which it was heard.
    """

    type: Literal["legs-exchanged"] = "legs-exchanged"
    at_ms: int
    by: str
    """User id."""
    by_name: str
    """The user's name at that time."""


class CallClosed(Message):
    type: Literal["call-closed"] = "call-closed"
    at_ms: int
    cause: CloseCause
    ledger: tuple[LegLedger, ...]
    conversation: ConversationMeasures | None = None
    """None where it was not measured."""


class AudioGap(Message):
    type: Literal["audio-gap"] = "audio-gap"
    party: Party
    start_ms: int
    end_ms: int
    cause: GapCause
    inferred: bool = False
    """Measured by when sound came, where the phone platform does not say what is missing."""
