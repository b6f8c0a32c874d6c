"""The vocabulary: everything that can happen in a call, as frozen typed messages.

``Event`` is the tagged union (discriminated by ``type``); ``Envelope`` is the only thing that is logged, bussed,
stored or sent. Positions are integer milliseconds on the call clock: samples received plus declared gaps, never a
wall clock. Wall time is an aware UTC ``datetime`` called ``at``.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, TypeAdapter

Party = Literal["agent", "customer", "mixed"]
GapCause = Literal["lost", "shed", "paused", "failed"]
PromptKind = Literal["offer", "say", "soothe", "close", "answer", "step"]
Severity = Literal["critical", "major", "minor"]
Verdict = Literal["breach", "at_risk", "met", "abstained"]
CloseCause = Literal[
    "hangup", "source-lost", "server-stopped", "server-restarted", "max-length", "superseded", "internal-error"
]
TermSource = Literal["playbook", "call"]
RewriteKind = Literal["number", "amount", "percent", "date", "time", "phone", "digits"]
DegradedPart = Literal["recognition", "endpoint", "partials", "analysis", "playbook", "store", "audio-store", "bus"]


class Message(BaseModel):
    """Base of all messages: immutable, unknown fields refused."""

    model_config = ConfigDict(frozen=True, extra="forbid")


@dataclass(frozen=True, slots=True)
class AudioFrame:
    """Sound of one party; never enters the log.

    ``pcm`` is signed 16-bit little-endian mono at ``rate_hz``; ``start_ms`` is the call-clock position of its first
    sample.
    """

    party: Party
    start_ms: int
    rate_hz: int
    pcm: bytes


@dataclass(frozen=True, slots=True)
class Term:
    """A name the recogniser should know: a plan or product of the playbook, or a person or plan of the call."""

    text: str
    """As it is to be written."""
    source: TermSource
    heard_as: tuple[str, ...] = ()
    """What recognisers are known to make of it: replaced wherever it stands."""


# --- parts of events -----------------------------------------------------------------------------------------------


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


class Customer(Message):
    """Reference to who is calling; ``attributes`` are shown on the customer card."""

    customer_id: str
    name: str = ""
    attributes: dict[str, str] = Field(default_factory=dict)


class Word(Message):
    """One recognised word (for Chinese: usually one character) of an utterance."""

    text: str
    start_ms: int
    end_ms: int
    confidence: float
    """0 to 1."""
    doubtful: bool = False
    """Too uncertain to rest a verdict on; shown to people as such."""


class Correction(Message):
    """A known name written in place of what was heard."""

    start: int
    """Characters [start, end) of the utterance's text."""
    end: int
    heard: str
    """What the recogniser made of it."""
    written: str
    """What stands in the text."""
    term: str
    """The name as the playbook or the call has it."""
    source: TermSource
    score: float
    """Likeness of sound, 0 to 1; 1: they sound the same."""


class Rewrite(Message):
    """Words shown to people in another form than they were said, such as 一百二十八元 as 128元."""

    start: int
    """Characters [start, end) of the utterance's text."""
    end: int
    written: str
    """What stands in ``display_text`` instead."""
    kind: RewriteKind


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


class Evidence(Message):
    """What a prompt or flag rests on; at least one piece is an utterance, a signal or a span of time."""

    kind: Literal["utterance", "signal", "absence", "silence", "overtalk"]
    party: Party | None = None
    utterance_id: str | None = None
    start_ms: int
    end_ms: int
    quote: str = ""
    """The words relied on, as recognised."""
    confidence: float | None = None
    """Lowest word confidence among the words relied on, 0 to 1."""


class Because(Message):
    """Why a prompt or flag exists; shown as "why?"."""

    rule: str
    """rule id@playbook version"""
    reason: str
    """One sentence for people, in the playbook's language."""
    evidence: tuple[Evidence, ...]


# --- life of a call ------------------------------------------------------------------------------------------------


class CallOpened(Message):
    type: Literal["call-opened"] = "call-opened"
    source: str
    """Protocol that brought the call: "native/1", "file" …"""
    legs: tuple[Leg, ...]
    agent: Agent | None = None
    customer: Customer | None = None
    external_id: str | None = None
    """The phone platform's own id of the call; a look-up key."""
    playbook: str = ""
    """name@version the call runs under."""
    recogniser: str = ""
    """model@version"""


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


# --- what was said -------------------------------------------------------------------------------------------------


class SpeechStarted(Message):
    """A party began to speak: the segment that will become ``utterance_id`` is open."""

    type: Literal["speech-started"] = "speech-started"
    utterance_id: str
    party: Party
    start_ms: int
    decided_ms: int
    """Position at which the onset was certain; orders the log."""


class PartialTranscript(Message):
    """What is heard so far of an open utterance; later revisions replace earlier ones."""

    type: Literal["partial-transcript"] = "partial-transcript"
    utterance_id: str
    party: Party
    revision: int
    """1, 2, 3 … within the utterance"""
    text: str
    stable_chars: int
    """The first ``stable_chars`` characters are not expected to change before the final."""
    start_ms: int
    end_ms: int
    """Position up to which audio was heard for this revision."""


class VoiceReading(Message):
    """How an utterance sounded."""

    level_dbfs: float
    """Of its speech."""
    pitch_hz: float | None
    """Median of the voiced part; None where too little is voiced."""
    pitch_range: float | None
    """Semitones between the 10th and the 90th percentile."""
    chars_per_min: float
    """Spoken characters by the time of the speech itself."""
    negative: float
    """Probability, 0 to 1, by the sound alone; the three add up to 1."""
    neutral: float
    positive: float
    source: str
    """name@version of the model"""


class Utterance(Message):
    """What one party said between two pauses; final."""

    type: Literal["utterance"] = "utterance"
    utterance_id: str
    party: Party
    text: str
    """What was said, in simplified Chinese with punctuation: numbers as they are spoken (一百二十八元)."""
    words: tuple[Word, ...]
    """Of ``text``, in its order."""
    start_ms: int
    end_ms: int
    decided_ms: int
    """Position at which the end was certain (end of speech plus hangover); orders the log."""
    confidence: float
    """0 to 1"""
    model: str
    """name@version"""
    guards: tuple[str, ...] = ()
    """Hallucination guards that changed or doubted the text: "repetition-trimmed", "row-cap", "redecoded" …"""
    raw_text: str | None = None
    """What the recogniser wrote at first, where it is not ``text``."""
    display_text: str | None = None
    """``text`` as people write it, with numbers in digits; None: just the same."""
    rewrites: tuple[Rewrite, ...] = ()
    """What ``display_text`` writes differently, in text order without overlap."""
    corrections: tuple[Correction, ...] = ()
    """Names put right in ``text``, in text order without overlap."""
    voice: VoiceReading | None = None
    """None where the voice is not judged."""


class UtteranceDropped(Message):
    """A segment that turned out to hold no words; takes its partials back."""

    type: Literal["utterance-dropped"] = "utterance-dropped"
    utterance_id: str
    party: Party
    start_ms: int
    end_ms: int
    decided_ms: int
    reason: str
    """Guard or error code: "no-speech", "too-short", "junk-phrase", "recogniser-failed" …"""


# --- what it means -------------------------------------------------------------------------------------------------


Trend = Literal["rising", "steady", "falling"]


class EmotionEvidence(Message):
    """One thing that speaks for an emotion."""

    kind: Literal["louder", "quieter", "faster", "slower", "higher", "lower", "words"]
    """Against the party's own voice so far; "words": what was said."""
    amount: float = 0.0
    """Decibels (louder, quieter), percent (faster, slower, higher, lower); 0 for words."""
    quote: str = ""
    """The words."""


class TextSignal(Message):
    """Common fields of what an analyser found in one utterance."""

    utterance_id: str
    party: Party
    label: str
    score: float
    """0 to 1"""
    start_ms: int
    end_ms: int
    span: tuple[int, int] | None = None
    """Characters [from, to) of the utterance's text."""
    quote: str = ""
    source: str
    """analyser name@version"""
    from_partial: bool = False
    """Of an utterance that goes on: its final, or its drop, takes all early signals back and tells what holds."""


class PhraseSignal(TextSignal):
    """A phrase of the playbook was said; ``label`` is the phrase."""

    type: Literal["phrase-signal"] = "phrase-signal"
    match: Literal["exact", "pinyin"]


class IntentSignal(TextSignal):
    """What the speaker wants; ``label`` is a code of the model's label set."""

    type: Literal["intent-signal"] = "intent-signal"
    is_primary: bool = True
    """False: mentioned beside what is wanted."""


class EmotionSignal(TextSignal):
    """How a party feels as of this utterance, smoothed over the ones before; neutral too."""

    type: Literal["emotion-signal"] = "emotion-signal"
    intensity: int = 0
    """0 for neutral, else 1 slight to 3 strong."""
    valence: float = 0.0
    """-1 unpleasant to 1 pleasant."""
    arousal: float = 0.0
    """0 calm to 1 excited."""
    trend: Trend = "steady"
    """Of unpleasant feelings over the party's last utterances."""
    heard_in: tuple[Literal["words", "voice"], ...] = ("words",)
    """What it rests on."""
    evidence: tuple[EmotionEvidence, ...] = ()
    """Why, the strongest first."""


class ActSignal(TextSignal):
    type: Literal["act-signal"] = "act-signal"


class EntitySignal(TextSignal):
    type: Literal["entity-signal"] = "entity-signal"
    value: str
    """Normal form."""


class SilenceSignal(Message):
    """Nobody spoke for ``end_ms - start_ms``; published when it ends."""

    type: Literal["silence-signal"] = "silence-signal"
    start_ms: int
    end_ms: int


class OvertalkSignal(Message):
    """Both parties spoke at once; ``party`` began while the other was speaking."""

    type: Literal["overtalk-signal"] = "overtalk-signal"
    party: Party
    start_ms: int
    end_ms: int


class SpeechRateSignal(Message):
    """How fast a party speaks in an utterance; published where it is a different speed from the one told last."""

    type: Literal["speech-rate-signal"] = "speech-rate-signal"
    party: Party
    start_ms: int
    end_ms: int
    chars_per_min: float


class EnergySignal(Message):
    """How loud a party speaks in an utterance; published where it is a different level from the one told last."""

    type: Literal["energy-signal"] = "energy-signal"
    party: Party
    start_ms: int
    end_ms: int
    level_dbfs: float


# --- what the agent is told, and QA --------------------------------------------------------------------------------


class Prompt(Message):
    """Something shown to the agent."""

    type: Literal["prompt"] = "prompt"
    prompt_id: str
    kind: PromptKind
    title: str
    body: str
    because: Because
    at_ms: int
    """Call-clock position of the decision."""
    said_ms: int
    """End of the words that caused it: the card shows "said → shown"."""
    expires_ms: int
    """Call-clock position from which it is no longer useful."""
    arm: Literal["shown", "held-out"] = "shown"


class PromptUpdated(Message):
    type: Literal["prompt-updated"] = "prompt-updated"
    prompt_id: str
    at_ms: int
    state: Literal["expired", "withdrawn"]
    reason: str = ""


class PromptOutcome(Message):
    """What became of a prompt."""

    type: Literal["prompt-outcome"] = "prompt-outcome"
    prompt_id: str
    at_ms: int
    outcome: Literal["shown", "accepted", "dismissed", "copied", "spoken", "sold"]
    by: str = ""
    """User id of who acted; empty for Livecue itself."""
    shown_after_ms: int | None = None
    """With "shown": wall-clock milliseconds from the end of the words to the screen."""


class Flag(Message):
    """A QA rule's verdict with its evidence; the same ``flag_id`` again replaces the verdict."""

    type: Literal["flag"] = "flag"
    flag_id: str
    rule: str
    """rule id@playbook version"""
    title: str
    party: Party | None = None
    severity: Severity
    verdict: Verdict
    because: Because
    at_ms: int


Event = Annotated[
    CallOpened
    | CallUpdated
    | CallDegraded
    | CallClosed
    | AudioGap
    | SpeechStarted
    | PartialTranscript
    | Utterance
    | UtteranceDropped
    | PhraseSignal
    | IntentSignal
    | EmotionSignal
    | ActSignal
    | EntitySignal
    | SilenceSignal
    | OvertalkSignal
    | SpeechRateSignal
    | EnergySignal
    | Prompt
    | PromptUpdated
    | PromptOutcome
    | Flag,
    Field(discriminator="type"),
]
"""Everything that can be logged."""

Signal = (
    PhraseSignal
    | IntentSignal
    | EmotionSignal
    | ActSignal
    | EntitySignal
    | SilenceSignal
    | OvertalkSignal
    | SpeechRateSignal
    | EnergySignal
)


Decided = SpeechStarted | Utterance | UtteranceDropped
"""What a lane decides; ordered by ``decided_ms``."""


class Envelope(Message):
    """One entry of a call's log."""

    call_id: str
    seq: int
    """1, 2, 3 … without gaps within a call"""
    at: datetime
    """Aware UTC wall time of logging."""
    event: Event


envelope_adapter: TypeAdapter[Envelope] = TypeAdapter(Envelope)
