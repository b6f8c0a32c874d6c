"""What the recogniser hears in clips: their words, and the features of their sound."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any, cast

import numpy as np
import soundfile

from asr.audio.resample import Resampler
from asr.audio.samples import RECOGNITION_RATE_HZ, Float32Array
from asr.confidence import calibrated, expected_share
from asr.speech import SpeechRequest, SpeechRunner
from asr.text import Scribe
from asr.voice.judge import features_of
from models.train.voice.clips import Clip
from models.train.voice.telephone import RATE_HZ, through_telephone

LEAD_MS = 300
TAIL_MS = 200
"""Silence around a clip, as around the speech of a segment."""


@dataclass(frozen=True, slots=True, eq=False)
class HeardClip:
    """A clip with enough speech to be judged."""

    clip: Clip
    text: str
    confidence: float
    """Of the text, as an utterance's."""
    features: Float32Array
    """Shape (n,)."""


def listen(clips: Sequence[Clip], runner: SpeechRunner, speed: float = 1.0) -> Iterator[HeardClip]:
    """Each clip through the telephone and the recogniser; those with too little speech are left out."""
    scribe = Scribe()
    for clip in clips:
        wave, rate_hz = cast("Any", soundfile).read(clip.path, dtype="float64", always_2d=True)
        samples = _as_a_segment(through_telephone(wave.mean(axis=1), round(rate_hz * speed)))
        (heard,) = runner.run([SpeechRequest(samples, "final", wants_sound=True)])
        if isinstance(heard, Exception):
            raise heard
        if heard.sound is not None:
            simple = scribe.simplified(heard.characters)
            calibration = runner.capabilities.calibration
            characters = calibrated(simple, heard.log_probability, calibration) if calibration else simple
            yield HeardClip(clip, scribe.write(heard.text), expected_share(characters), features_of(heard.sound))


def _as_a_segment(pcm: np.ndarray[Any, np.dtype[np.int16]]) -> Float32Array:
    """At 16 kHz as in a live call."""
    lead, tail = (np.zeros(RATE_HZ * ms // 1_000, np.int16) for ms in (LEAD_MS, TAIL_MS))
    resampler = Resampler(RATE_HZ)
    samples = np.concatenate([resampler.resample(np.concatenate([lead, pcm, tail])), resampler.finish()])
    return samples[: 29 * RECOGNITION_RATE_HZ]
