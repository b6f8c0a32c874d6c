"""From the samples of one uninterrupted stream to segments worth recognising; no clock, no tasks."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass
from typing import assert_never

import numpy as np

from asr.audio.samples import RECOGNITION_RATE_HZ, Float32Array, level_dbfs
from asr.guards import Acoustics
from asr.segmenter import BLOCK_MS, Decision, Ending, Onset, Pause, Segment, Segmenter, SegmenterSettings
from asr.vad import BLOCK_SAMPLES, VoiceDetector

_NOISE_MEMORY_MS = 10_000
_NOISE_PERCENTILE = 10
_NOISE_PROBABILITY = 0.1
"""A block less likely to be speech tells the level of the line."""
_SILENCE_DBFS = -100.0


@dataclass(frozen=True, slots=True)
class HeardSegment:
    """A segment with its sound."""

    segment: Segment
    samples: Float32Array
    """16 kHz, from ``segment.start`` to ``segment.end``."""
    acoustics: Acoustics


@dataclass(frozen=True, slots=True)
class HeardPause:
    """The open segment has ended, if that is its sentence's ending."""

    ending: Ending
    ended: HeardSegment
    """As it is in that case."""


@dataclass(frozen=True, slots=True)
class Resumption:
    """A pause is over, as the next block will show: if it was the end, now is the time to ``conclude``."""


Heard = Onset | HeardPause | Resumption | HeardSegment


class Listener:
    """Detector, segmenter and the audio that the next decision may need.

    Keeps at most one segment of audio (15 s by default). Any cutting of the same samples gives the same results.
    """

    def __init__(self, detector: VoiceDetector, settings: SegmenterSettings | None = None) -> None:
        self._detector = detector
        self._segmenter = Segmenter(settings)
        self._rest = np.zeros(0, np.float32)
        """Less than a block."""
        self._blocks: deque[Float32Array] = deque()
        self._blocks_start = 0
        self._noise_levels: deque[float] = deque(maxlen=_NOISE_MEMORY_MS // BLOCK_MS)

    @property
    def position(self) -> int:
        """Samples judged so far."""
        return self._segmenter.position

    @property
    def open_speech_end(self) -> int | None:
        """Where the latest speech of the open segment ended so far; None between segments."""
        return self._segmenter.open_speech_end

    def hear(self, samples: Float32Array) -> Iterator[Heard]:
        """Judge samples at 16 kHz; decisions in order.

        Judged as far as the results are asked for, so that a ``Resumption`` can be answered; ask for all of them.
        """
        samples = np.concatenate([self._rest, samples])
        whole = len(samples) - len(samples) % BLOCK_SAMPLES
        self._rest = samples[whole:]
        for block in samples[:whole].reshape(-1, BLOCK_SAMPLES):
            yield from self._hear_block(block)

    def conclude(self) -> None:
        """A pause was the end of its segment, about which nothing more is decided."""
        self._segmenter.conclude()

    def finish(self) -> Iterator[Heard]:
        """The stream has ended: close what is open."""
        self._blocks.append(self._rest)
        for decision in self._segmenter.finish(self.position + len(self._rest)):
            yield self._complete(decision)

    def foresee(self) -> HeardSegment | None:
        """The open segment as it will be if no more speech comes; None before its samples are complete."""
        segment = self._segmenter.foreseen
        return None if segment is None else self._with_sound(segment)

    def open_audio(self, window_ms: int, *, since: int | None = None) -> tuple[Float32Array, bool]:
        """The open segment so far, or what came ``since``; its last ``window_ms``, and True, if it is longer."""
        start = self._segmenter.open_start
        if start is None:
            raise ValueError("no segment is open")
        start = start if since is None else max(start, since)
        from_sample = max(start, self.position - window_ms * RECOGNITION_RATE_HZ // 1000)
        return self._cut(from_sample, self.position), from_sample > start

    def _hear_block(self, block: Float32Array) -> Iterator[Heard]:
        level = level_dbfs(block)
        probability = self._detector.probability(block)
        if self._segmenter.is_resumed_by(probability):
            yield Resumption()
        self._blocks.append(block)
        decisions = self._segmenter.push(probability, level)
        if self._segmenter.open_start is None and probability < _NOISE_PROBABILITY:
            self._noise_levels.append(level)
        for decision in decisions:
            yield self._complete(decision)
        while self._blocks_start + BLOCK_SAMPLES <= self._segmenter.earliest_start:
            self._blocks.popleft()
            self._blocks_start += BLOCK_SAMPLES

    def _complete(self, decision: Decision) -> Heard:
        match decision:
            case Onset():
                return decision
            case Pause():
                return HeardPause(decision.ending, self._with_sound(decision.segment))
            case Segment():
                return self._with_sound(decision)
            case _:
                assert_never(decision)

    def _with_sound(self, segment: Segment) -> HeardSegment:
        span = segment.speech_end - segment.speech_start
        speech = self._cut(segment.speech_start, segment.speech_end)
        noise = float(np.percentile(self._noise_levels, _NOISE_PERCENTILE)) if self._noise_levels else _SILENCE_DBFS
        acoustics = Acoustics(
            speech_ms=segment.speech_samples * 1000 // RECOGNITION_RATE_HZ,
            speech_share=segment.speech_samples / span,
            level_dbfs=level_dbfs(speech),
            noise_dbfs=noise,
        )
        return HeardSegment(segment, self._cut(segment.start, segment.end), acoustics)

    def _cut(self, start: int, end: int) -> Float32Array:
        kept = np.concatenate(self._blocks)
        return kept[start - self._blocks_start : end - self._blocks_start]
