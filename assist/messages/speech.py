"""What was said: onsets, what is heard so far, utterances."""

from __future__ import annotations

from typing import Literal

from assist.messages.common import Message, Party, TermSource

RewriteKind = Literal["number", "amount", "percent", "date", "time", "phone", "digits"]


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


SpeakerLabel = Literal["a", "b", "both", "unsure"]
"""a: the voice that was heard first."""


class SpeakerChange(Message):
    """An earlier utterance that seems to be another voice's by what was heard since."""

    utterance_id: str
    speaker: SpeakerLabel


class SpeakerReading(Message):
    """Which of the two voices of a mixed leg says an utterance."""

    speaker: SpeakerLabel
    """both: parts of it are one's, others the other's; unsure: too short, hardly nearer to one voice than to the other,
    or only one voice was heard so far."""
    earlier: tuple[SpeakerChange, ...] = ()
    """What that puts right of earlier ones."""
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
    speaker: SpeakerReading | None = None
    """None where each party has a leg, and where voices are not told apart at all."""


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


Decided = SpeechStarted | Utterance | UtteranceDropped
"""What a lane decides; ordered by ``decided_ms``."""
