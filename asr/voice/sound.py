"""What of an utterance's sound is kept beside its words: prosody, and what the recogniser's encoder made of it."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from asr.audio.samples import Float32Array
from asr.voice.prosody import Prosody, measure, speech_steps


@dataclass(frozen=True, slots=True, eq=False)
class Sound:
    """Of one utterance."""

    pooled: Float32Array
    """Mean, then standard deviation, of the encoder's positions with speech; shape (2 * width,)."""
    prosody: Prosody


def hear_sound(samples: Float32Array, positions: Float32Array) -> Sound | None:
    """The sound of 16 kHz samples; None with too little speech in them.

    ``positions`` are the encoder's, one for every 20 ms, shape (n, width); those behind the samples are padding.
    """
    speech = speech_steps(samples)
    prosody = measure(samples, speech)
    if prosody is None:
        return None
    spoken = positions[: len(speech)][speech]
    return Sound(np.concatenate([spoken.mean(axis=0), spoken.std(axis=0)]), prosody)
