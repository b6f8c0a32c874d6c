"""What the core needs from the world, as protocols; ``asr``, ``nlp``, stores and buses implement them."""

from __future__ import annotations

from collections.abc import AsyncIterator, Collection, Mapping, Sequence
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Literal, Protocol

from assist.messages import (
    AudioFrame,
    AudioGap,
    CloseCause,
    DegradedPart,
    Envelope,
    Leg,
    LegLedger,
    PartialTranscript,
    Party,
    PastCall,
    PastOffer,
    PrivateKind,
    PrivateSpan,
    ProfileField,
    Promise,
    Signal,
    SpeechStarted,
    Term,
    Utterance,
    UtteranceDropped,
)
from assist.playbook import Playbook
from assist.scope import EVERY_CALL, CallScope

Pace = Literal["live", "replay"]
"""live: partials, deadlines, never stop reading. replay: no partials, push back on the source."""

LanePart = Literal["recognition", "endpoint", "partials", "legs"]
Rates = int | Mapping[Party, int]
"""Sample rate in Hz of all legs, or of each."""

Sureness = Sequence[float | None]
"""Probability of each character of a text, 0 to 1; None where the recogniser tells none."""
"""What of a lane can be impaired: the words, how soon a finished sentence is told, the words while it is spoken."""


class AudioSource(Protocol):
    """The receiving end of a leg's audio pipe, in position order without overlap."""

    @property
    def waiting_ms(self) -> int:
        """Audio that is there and was not received yet."""
        ...

    async def receive(self) -> AudioFrame | AudioGap | None:
        """The next piece; None when the leg has ended."""
        ...


class LaneSink(Protocol):
    """Where a lane delivers; implemented by the session."""

    def speech_started(self, event: SpeechStarted) -> None: ...

    def partial(self, event: PartialTranscript, sureness: Sureness = ()) -> None:
        """Best effort, never blocks. None follows the final of the same utterance.

        ``sureness``: of each character of its text, as far as it is known.
        """
        ...

    async def final(self, event: Utterance | UtteranceDropped) -> None:
        """Never lost; blocks when the session is full."""
        ...

    def progress(self, position_ms: int) -> None:
        """Promise: every event with ``decided_ms <= position_ms`` has been delivered. Never decreases."""
        ...

    def degraded(self, code: str, reason: str, *, part: LanePart = "recognition", restored: bool = False) -> None:
        """A part of this leg's recognition is impaired (or whole again)."""
        ...


class Lane(Protocol):
    """Turns the audio of one leg into transcripts."""

    async def run(self, audio: AudioSource, sink: LaneSink) -> LegLedger:
        """Work until the audio ends and every final is delivered.

        Results depend only on the samples and gaps, never on timing. A recogniser failure on one segment becomes an
        UtteranceDropped ("recogniser-failed") whose span counts as ``failed_ms``; anything raised is a bug and ends
        this leg only.
        """
        ...


class Transcriber(Protocol):
    """A recogniser ready to open lanes."""

    @property
    def name(self) -> str:
        """model@version, for the record."""
        ...

    def open_lane(self, call_id: str, leg: Leg, *, pace: Pace, terms: Sequence[Term] = ()) -> Lane:
        """``terms`` are names that may come up; a recogniser may use them or not."""
        ...


class CallAnalyser(Protocol):
    """Finds signals in the utterances of one call, and may remember what came before."""

    async def analyse(self, utterance: Utterance) -> Sequence[Signal]:
        """Signals of the call's next utterance, in text order; the same utterances give the same signals.

        And of earlier ones that it puts in another light.
        """
        ...

    async def foresee(self, heard: Utterance) -> Sequence[Signal]:
        """Signals of what is certain so far of an utterance that goes on; nothing of it is remembered.

        Raises LivecueError where they would come late: nobody waits for them.
        """
        ...


class Analyser(Protocol):
    """Finds signals in what is said."""

    @property
    def name(self) -> str:
        """name@version, the ``source`` of its signals."""
        ...

    @property
    def kind(self) -> str:
        """What it finds: "phrases", "understanding"; names its error code."""
        ...

    def open_call(self, playbook: Playbook) -> CallAnalyser:
        """For one call under that playbook."""
        ...


class CallRedactor(Protocol):
    """Finds what is private in one call, and remembers what was told in it."""

    def hear(self, utterance_id: str, party: Party, text: str) -> Mapping[str, tuple[PrivateSpan, ...]]:
        """The spans of the call's next utterance by its id, and of earlier ones that have more of them now.

        Spans are in text order without overlap. What is said over several turns is known by the last of them only.
        """
        ...

    def find(self, text: str, *, is_open: bool = False) -> tuple[PrivateSpan, ...]:
        """The spans of other words of the call: quotes, titles, notes. They are not remembered.

        ``is_open``: the text ends where nobody has ended yet, so that digits at its end may go on.
        """
        ...

    def learn(self, kind: PrivateKind, value: str) -> None:
        """Something private that is known without being heard, such as the customer's name."""
        ...


class Redactor(Protocol):
    """Knows what private words look like."""

    @property
    def name(self) -> str:
        """name@version, for the record."""
        ...

    def open_call(self) -> CallRedactor: ...


@dataclass(frozen=True, slots=True)
class CallSummary:
    """One row of the call list."""

    call_id: str
    source: str
    opened_at: datetime
    closed_at: datetime | None
    cause: CloseCause | None
    duration_ms: int
    agent_id: str | None
    agent_name: str
    customer_id: str | None
    customer_name: str
    external_id: str | None
    playbook: str
    utterances: int
    prompts: int
    flags: int
    """Flags whose latest verdict is breach or at_risk."""
    last_seq: int
    has_audio: bool
    standing_flags: tuple[str, ...] = ()
    """Ids of the flags counted in ``flags``: a later verdict can take one back."""


@dataclass(frozen=True, slots=True)
class CallQuery:
    """Filter and page of the call list, newest first."""

    agent_id: str | None = None
    scope: CallScope = EVERY_CALL
    is_open: bool | None = None
    is_corrected: bool = False
    """Only calls in which a person put a line right."""
    with_practice: bool = True
    """Calls of practice among them."""
    since: datetime | None = None
    """Only calls opened then or later."""
    before: datetime | None = None
    """Only calls opened earlier: the page cursor."""
    limit: int = 50


class CallList(Protocol):
    """Which calls there are. Raises StoreError when the database cannot serve."""

    async def calls(self, query: CallQuery) -> Sequence[CallSummary]:
        """Newest first, those that go on among them."""
        ...


class CallStore(CallList, Protocol):
    """Durable record of calls. Every method raises StoreError when the database cannot serve."""

    async def append(self, envelopes: Sequence[Envelope]) -> None:
        """Store envelopes, of any calls, each call's in ``seq`` order, in one transaction.

        Idempotent by (call_id, seq). Keeps the CallSummary of each call up to date from the events.
        """
        ...

    async def envelopes(
        self, call_id: str, *, after: int = 0, limit: int = 10_000, types: Collection[str] | None = None
    ) -> Sequence[Envelope]:
        """Envelopes with ``seq > after`` in order, of these types (None: all); empty for an unknown call."""
        ...

    async def is_whole(self, call_id: str) -> bool:
        """Whether each ``seq`` from 1 to the last one stored is there; also of an unknown call."""
        ...

    async def summary(self, call_id: str) -> CallSummary | None: ...

    async def mark_audio(self, call_id: str) -> None:
        """Remember that the audio store holds this call."""
        ...

    async def check(self) -> None:
        """Raises StoreError while calls cannot be read."""
        ...

    async def close(self) -> None: ...


class AudioStore(Protocol):
    """Durable sound of closed calls, one stereo FLAC each (left agent, right customer; mono if mixed)."""

    async def save(self, call_id: str, legs: Mapping[Party, Path], rate_hz: Rates) -> None:
        """Encode raw pcm_s16le files, gaps already filled with silence so that positions match. Overwrites.

        Of different rates the recording has the highest.
        """
        ...

    async def path(self, call_id: str) -> Path | None:
        """Local FLAC file; None when the call has none."""
        ...

    async def remove(self, call_id: str) -> bool:
        """Forget the sound of a call; whether there was any."""
        ...


@dataclass(frozen=True, slots=True)
class CustomerRecord:
    """What a directory says of one customer."""

    source: str
    """directory@version"""
    is_known: bool
    name: str = ""
    fields: tuple[ProfileField, ...] = ()


class CustomerDirectory(Protocol):
    """Who the customers are: a file, a table, a CRM."""

    async def look_up(self, customer_id: str) -> CustomerRecord:
        """What is known of a customer, in bounded time. Raises CustomersError when it cannot answer."""
        ...


@dataclass(frozen=True, slots=True)
class CallRecord:
    """What a closed call leaves behind for the next calls of its customer."""

    customer_id: str
    call: PastCall
    is_reached: bool
    """The customer was heard to speak."""
    offers: tuple[PastOffer, ...] = ()
    promises: tuple[Promise, ...] = ()
    settled: tuple[tuple[str, str], ...] = ()
    """Promises of earlier calls that were marked as kept: call id and promise id."""
    has_opted_out: bool = False
    """The customer said that they want no offers."""


class CallHistory(Protocol):
    """Closed calls by customer. Every method raises StoreError when the database cannot serve."""

    async def calls_of(
        self, customer_id: str, *, since: datetime, before: datetime, limit: int
    ) -> Sequence[CallRecord]:
        """Records of the customer's calls opened in [since, before), newest first."""
        ...

    async def rebuild(self, call_ids: Sequence[str]) -> None:
        """Make the records of these calls anew from their logs. Idempotent; unknown calls are passed over."""
        ...


class Degrade(Protocol):
    """Logs that a part of the service is missing, or that it is there again."""

    def __call__(self, part: DegradedPart, code: str, reason: str, *, restored: bool = False) -> None: ...


class EventBus(Protocol):
    """Live envelopes of calls, with replay of the recent ones."""

    async def publish(self, envelopes: Sequence[Envelope]) -> None:
        """Deliver to subscribers of each call and of all calls, in order. Never blocks on a slow subscriber."""
        ...

    def subscribe(self, call_id: str | None, *, after: int = 0) -> AbstractAsyncContextManager[Subscription]:
        """Envelopes of one call with ``seq > after``, recent ones replayed first; None: all calls, no replay."""
        ...

    async def close(self) -> None: ...


class Subscription(Protocol):
    """An open ear on the bus, bounded; partials are coalesced before anything else is given up."""

    @property
    def first_replayed(self) -> int | None:
        """Lowest seq that replay can give; None when nothing is held. If > after + 1 the caller must use the store."""
        ...

    def __aiter__(self) -> AsyncIterator[Envelope]: ...

    async def __anext__(self) -> Envelope:
        """The next envelope. Raises SlowSubscriberError when the bound was exceeded, StopAsyncIteration on close."""
        ...
