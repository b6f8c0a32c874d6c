"""What is asked of a recogniser backend, and what it answers."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from asr.audio.samples import Float32Array
from asr.text import Character

Effort = Literal["partial", "final", "careful", "full"]
"""partial: quickest, text only. final: with times and scores. careful: a doubted final again, otherwise.
full: once more, with all the context there is. None of them samples, so the same request gives the same answer."""


@dataclass(frozen=True, slots=True)
class SpeechRequest:
    """Recognise one utterance, or the part of it heard so far."""

    samples: Float32Array
    """16 kHz mono in [-1, 1]."""
    effort: Effort


@dataclass(frozen=True, slots=True)
class Hypothesis:
    """What a backend heard, as it wrote it."""

    text: str
    characters: tuple[Character, ...] = ()
    """One per character of ``text``, in milliseconds since the first sample; empty for partials."""
    no_speech_probability: float = 0.0
    log_probability: float = 0.0
    """Mean over tokens."""
    is_capped: bool = False
    """The decoder had to be stopped: it wrote more than can be said in this time."""
