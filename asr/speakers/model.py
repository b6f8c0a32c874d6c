"""Vectors of voices: CAM++ over pieces of an utterance, by ONNX Runtime.

What comes out tells people apart by their voices, so it is biometric: it stays in the memory of its call and goes
nowhere else, neither into logs nor into stores.
"""

from __future__ import annotations

from collections.abc import Hashable, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from asr.audio.samples import RECOGNITION_RATE_HZ, Float32Array
from asr.speakers.fbank import speaker_features
from assist.errors import ModelFilesError
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


class SpeakerRunner:
    """Utterances in (16 kHz), unit vectors of their pieces out; several threads may use it."""

    batch_limit = 1
    """Lengths differ, and one utterance fills a core."""

    def __init__(self, path: Path | None = None) -> None:
        """``path`` defaults to the model that ships with Livecue. Raises ModelFilesError."""
        path = path or Path(__file__).parent.parent / "assets" / FILE
        try:
            self._session: Any = open_session(path)
        except Exception as error:  # the library has errors of its own
            raise ModelFilesError(
                f"The model of voices {path.name} cannot be used: {error}; reinstall Livecue.",
                code="model-files-damaged",
            ) from error

    @property
    def name(self) -> str:
        return NAME

    def batch_key(self, request: Float32Array) -> Hashable:
        return None

    def run(self, batch: Sequence[Float32Array]) -> Sequence[Float32Array | Exception]:
        """Each of shape (pieces, 192), in the order of the sound; ValueError for less than 25 ms of it."""
        return [self._vectors(samples) for samples in batch]

    def _vectors(self, samples: Float32Array) -> Float32Array | Exception:
        try:
            features = np.stack([speaker_features(piece) for piece in pieces_of(samples)])
        except ValueError as error:
            return error
        vectors: Float32Array = self._session.run(None, {"features": features})[0]
        return vectors / np.linalg.norm(vectors, axis=1, keepdims=True)


def pieces_of(samples: Float32Array) -> list[Float32Array]:
    """Pieces of one length, two and a half seconds or as near as that divides the sound, spread over all of it."""
    whole_ms = len(samples) * 1000 // RECOGNITION_RATE_HZ
    count = max(1, round(whole_ms / _PIECE_MS))
    length = len(samples) // count
    kept = np.linspace(0, count - 1, min(count, _MAX_PIECES)).round().astype(int)
    return [samples[at * length : (at + 1) * length] for at in kept]
