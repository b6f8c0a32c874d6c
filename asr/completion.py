"""Makes up for what a recogniser does not give, as far as that is honest; pure.

No times: the characters are spread evenly over the loud part of the samples, good enough to find the place again.
No probabilities: every character and the whole text carry ``UNSCORED_CONFIDENCE``, and the utterance the code
``UNSCORED``, so that nobody takes the number for a measurement. No punctuation: none is invented.
"""

from __future__ import annotations

import math
from dataclasses import replace

import numpy as np

from asr.audio.samples import RECOGNITION_RATE_HZ, Float32Array
from asr.speech import Hypothesis
from asr.text import Character

UNSCORED = "unscored"
"""Guard code of a text whose confidence says nothing either way."""

UNSCORED_CONFIDENCE = 0.5
"""Even odds: rules with their usual threshold (0.35) take the words, rules that ask for more abstain."""

_BLOCK_MS = 32
_BLOCK_SAMPLES = _BLOCK_MS * RECOGNITION_RATE_HZ // 1000
_LOUD_FRACTION = 0.01
"""Power of a block that may be speech, as a share of the loudest one's: 20 dB below it."""


def complete(heard: Hypothesis, samples: Float32Array) -> Hypothesis:
    """The hypothesis with a time and a confidence for every character."""
    characters = heard.characters
    if heard.text and not characters:
        characters = spread(heard.text, *loud_span_ms(samples), 1.0)
    if heard.is_scored:
        return heard if characters is heard.characters else replace(heard, characters=characters)
    return replace(
        heard,
        characters=tuple(replace(character, confidence=UNSCORED_CONFIDENCE) for character in characters),
        log_probability=math.log(UNSCORED_CONFIDENCE),
    )


def spread(text: str, start_ms: int, end_ms: int, confidence: float) -> tuple[Character, ...]:
    """The characters at even distances."""
    bounds = [start_ms + (end_ms - start_ms) * place // max(1, len(text)) for place in range(len(text) + 1)]
    return tuple(
        Character(character, bounds[place], bounds[place + 1], confidence) for place, character in enumerate(text)
    )


def loud_span_ms(samples: Float32Array) -> tuple[int, int]:
    """From the first to the end of the last block that is loud enough for speech; all of silence or of a blink."""
    duration_ms = len(samples) * 1000 // RECOGNITION_RATE_HZ
    blocks = samples[: len(samples) - len(samples) % _BLOCK_SAMPLES].reshape(-1, _BLOCK_SAMPLES)
    power = np.square(blocks).mean(axis=1) if len(blocks) else np.zeros(0, np.float32)
    loud = np.flatnonzero(power > _LOUD_FRACTION * power.max(initial=0.0))
    if not len(loud):
        return 0, duration_ms
    return int(loud[0]) * _BLOCK_MS, (int(loud[-1]) + 1) * _BLOCK_MS
