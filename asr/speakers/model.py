"""Vectors of voices: CAM++ over pieces of an utterance, by ONNX Runtime.

What comes out tells people apart by their voices, so it is biometric: it stays in the memory of its call and goes
nowhere else, neither into logs nor into stores.
"""

from __future__ import annotations

import threading
from collections.abc import Hashable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol

import numpy as np

from asr.audio.samples import RECOGNITION_RATE_HZ, Float32Array
from asr.speakers.fbank import speaker_features
from assist.errors import ModelFilesError
from models.backlog import Runner
from models.sessions import open_session

FILE = "speaker_vectors.onnx"
VERSION = "1.0.0"
NAME = f"speaker-vectors@{VERSION}"
WIDTH = 192
MIN_SPEECH_MS = 800
"""Less speech has no vector worth having."""
_PIECE_MS = 2_500
_MAX_PIECES = 4
"""Of an utterance; of longer ones parts are left out, so that none costs more than ten seconds of sound."""


_NARROW_DB = -50.0
"""Sound above 4.2 kHz against all of it, below which the line carried none: speech at 16 kHz has -9 to -39 dB."""
_NARROW_HZ = 4_200


@dataclass(frozen=True, slots=True, eq=False)
class Voiceprint:
    """Of one utterance. Biometric: it has no text form, so that it gets into no log."""

    pieces: Float32Array
    """Unit vectors of its pieces in their order; shape (pieces, 192)."""
    is_narrow: bool
    """Nothing is heard above the band of a telephone."""

    def __repr__(self) -> str:
        return "Voiceprint()"


class VoiceprintRunner(Runner[Float32Array, Voiceprint], Protocol):
    """Speech at 16 kHz in."""

    def load(self) -> None:
        """Get ready, unless it is. Blocks. Raises ModelFilesError."""
        ...


class SpeakerRunner:
    """Utterances in, what their voices are like out; several threads may use it.

    The network takes 100 MB and a second, which a service spends when the first mixed leg comes.
    """

    batch_limit = 1
    """Lengths differ, and one utterance fills a core."""

    def __init__(self, path: Path | None = None) -> None:
        """``path`` defaults to the model that ships with Livecue."""
        self._path = path or Path(__file__).parent.parent / "assets" / FILE
        self._lock = threading.Lock()
        self._session: Any = None

    def load(self) -> None:
        """Get ready, unless it is. Blocks. Raises ModelFilesError "model-files-damaged"."""
        with self._lock:
            if self._session is not None:
                return
            try:
                self._session = open_session(self._path)
            except Exception as error:  # the library has errors of its own
                raise ModelFilesError(
                    f"The model of voices {self._path.name} cannot be used: {error}; reinstall Livecue.",
                    code="model-files-damaged",
                ) from error

    @property
    def name(self) -> str:
        return NAME

    def batch_key(self, request: Float32Array) -> Hashable:
        return None

    def run(self, batch: Sequence[Float32Array]) -> Sequence[Voiceprint | Exception]:
        """ValueError for less than 25 ms of sound. Raises ModelFilesError."""
        self.load()
        return [self._hear(samples) for samples in batch]

    def _hear(self, samples: Float32Array) -> Voiceprint | Exception:
        try:
            features = np.stack([speaker_features(piece) for piece in pieces_of(samples)])
        except ValueError as error:
            return error
        vectors: Float32Array = self._session.run(None, {"features": features})[0]
        return Voiceprint(vectors / np.linalg.norm(vectors, axis=1, keepdims=True), is_narrow(samples))


def is_narrow(samples: Float32Array) -> bool:
    """Whether the sound came through a telephone's band."""
    power = np.square(np.abs(np.fft.rfft(samples)))
    high = power[len(power) * 2 * _NARROW_HZ // RECOGNITION_RATE_HZ :].sum()
    return bool(high < power.sum() * 10 ** (_NARROW_DB / 10))


def pieces_of(samples: Float32Array) -> list[Float32Array]:
    """Pieces of one length, two and a half seconds or as near as that divides the sound, spread over all of it."""
    whole_ms = len(samples) * 1000 // RECOGNITION_RATE_HZ
    count = max(1, round(whole_ms / _PIECE_MS))
    length = len(samples) // count
    kept = np.linspace(0, count - 1, min(count, _MAX_PIECES)).round().astype(int)
    return [samples[at * length : (at + 1) * length] for at in kept]
