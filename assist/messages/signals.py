"""What it means: signals of words, voices and silences."""

from __future__ import annotations

from typing import Literal

from assist.messages.common import Message, Party

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


class MeaningSignal(TextSignal):
    """An utterance means what a set of sentences of the playbook means; ``label`` is name@content of the set."""

    type: Literal["meaning-signal"] = "meaning-signal"


class RoleSignal(TextSignal):
    """Who seems to say this; ``label`` is agent or customer, ``score`` from 0.5 on.

    Of every utterance where both parties are on one leg, otherwise of the beginning of a call, to check its legs. What
    is said later on one leg may change it: the latest of an utterance holds.
    """

    type: Literal["role-signal"] = "role-signal"
    heard_in: tuple[Literal["words", "voice"], ...] = ("words",)
    """What it rests on; with the voice: on the words of all its turns."""


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


Signal = (
    PhraseSignal
    | IntentSignal
    | EmotionSignal
    | ActSignal
    | EntitySignal
    | MeaningSignal
    | RoleSignal
    | SilenceSignal
    | OvertalkSignal
    | SpeechRateSignal
    | EnergySignal
)
