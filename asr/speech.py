"""What is asked of a recogniser backend, and what it answers."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal, Protocol

from asr.audio.samples import Float32Array
from asr.confidence import Calibration
from asr.text import Character
from asr.voice.sound import Sound
from assist.messages import Party
from models.backlog import Runner

Effort = Literal["partial", "final", "careful", "full"]
"""partial: quickest. final: with more care. careful: a doubted final again, otherwise.
full: once more, with all the context there is. None of them samples, so the same request gives the same answer."""


@dataclass(frozen=True, slots=True)
class Voice:
    """One party of one call: the lane of its requests.

    A streaming recogniser goes on where the last request of a voice ended, if this one begins with the same samples.
    """

    call_id: str
    party: Party
    terms: tuple[str, ...] = ()
    """Names that may come up, for recognisers that take hotwords."""


@dataclass(frozen=True, slots=True)
class SpeechRequest:
    """Recognise one utterance, or the part of it heard so far."""

    samples: Float32Array
    """16 kHz mono in [-1, 1], from the beginning of the utterance or of a window of it."""
    effort: Effort
    voice: Voice | None = None
    """Whose speech it is, if that is known."""
    wants_sound: bool = False
    """Whether the hypothesis shall hold the sound, from recognisers that can tell it at no cost."""


@dataclass(frozen=True, slots=True)
class Hypothesis:
    """What a backend heard, as it wrote it."""

    text: str
    characters: tuple[Character, ...] = ()
    """One per character of ``text``, in milliseconds since the first sample."""
    no_speech_probability: float = 0.0
    log_probability: float = 0.0
    """Mean over tokens."""
    is_capped: bool = False
    """The decoder had to be stopped: it wrote more than can be said in this time."""
    is_scored: bool = True
    """Whether the confidences and probabilities are the recogniser's own; otherwise they say nothing either way."""
    tags: tuple[str, ...] = ()
    """What else was heard, as the recogniser calls it: language, emotion, sounds."""
    model: str | None = None
    """name@version of who wrote it, where that need not be the recogniser that was asked first."""
    sound: Sound | None = field(default=None, compare=False)
    """Where it was wanted; None from recognisers that don't know it, or with too little speech."""


@dataclass(frozen=True, slots=True)
class Capabilities:
    """What a recogniser can do; ``asr.completion`` makes up for the rest as far as that is honest."""

    kind: Literal["utterance", "streaming"]
    """utterance: every request decodes all its samples. streaming: only what is new since the last of its voice."""
    words: bool
    """Gives the time of each character."""
    confidence: bool
    """Gives probabilities."""
    punctuation: bool
    hotwords: bool
    """Makes use of the terms of a voice."""
    redecodes: bool
    """The efforts "careful" and "full" decode otherwise than "final"; without it they are not worth asking for."""
    max_utterance_ms: int = 30_000
    calibration: Calibration | None = None
    """What its probabilities mean; None: they are taken as they are, and no word is marked as doubtful."""


class SpeechRunner(Runner[SpeechRequest, Hypothesis], Protocol):
    """A recogniser backend."""

    @property
    def capabilities(self) -> Capabilities:
        """The same for as long as it is loaded."""
        ...
