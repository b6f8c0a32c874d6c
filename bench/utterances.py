"""Single utterances with their words, cut out by the ground truth: what a recogniser is measured on alone."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from asr.audio.files import Recording
from asr.audio.resample import Resampler
from asr.audio.samples import RECOGNITION_RATE_HZ, Float32Array, Int16Array
from asr.evaluation import read_manifest
from bench.truth import read_turns

BEFORE_MS = 300
AFTER_MS = 200
"""What a lane leaves of the silence around speech."""


@dataclass(frozen=True, slots=True)
class SpokenUtterance:
    """What somebody said."""

    samples: Float32Array
    """16 kHz mono."""
    text: str

    @property
    def duration_s(self) -> float:
        return len(self.samples) / RECOGNITION_RATE_HZ


def read_utterances(files: Sequence[Path]) -> list[SpokenUtterance]:
    """Of manifests (``.jsonl``; a recording each) and of calls with ground truth beside them (a turn each).

    Raises InputError "bad-manifest", "bad-ground-truth"; AudioFormatError.
    """
    return [
        utterance for file in files for utterance in (_of_manifest(file) if file.suffix == ".jsonl" else _of_call(file))
    ]


def _of_manifest(manifest: Path) -> list[SpokenUtterance]:
    rows = read_manifest(manifest)
    return [SpokenUtterance(_at_16k(*_first_channel(row.path)), row.text) for row in rows]


def _of_call(recording: Path) -> list[SpokenUtterance]:
    """Each turn from the channel that is louder while it lasts: the other party's may leak."""
    pcm, rate_hz = _read(recording)
    found: list[SpokenUtterance] = []
    for turn in read_turns(recording):
        begin_ms, end_ms = max(0, turn.start_ms - BEFORE_MS), turn.end_ms + AFTER_MS
        part = pcm[begin_ms * rate_hz // 1000 : end_ms * rate_hz // 1000]
        loudest = int(np.argmax(np.square(part.astype(np.float64)).mean(axis=0)))
        found.append(SpokenUtterance(_at_16k(part[:, loudest], rate_hz), turn.text))
    return found


def _first_channel(path: Path) -> tuple[Int16Array, int]:
    pcm, rate_hz = _read(path)
    return pcm[:, 0], rate_hz


def _read(path: Path) -> tuple[Int16Array, int]:
    with Recording(path) as recording:
        return np.concatenate(list(recording.blocks(10_000))), recording.rate_hz


def _at_16k(pcm: Int16Array, rate_hz: int) -> Float32Array:
    resampler = Resampler(rate_hz)
    return np.concatenate([resampler.resample(np.ascontiguousarray(pcm)), resampler.finish()])
