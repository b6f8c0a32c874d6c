"""The feeling in a voice: a linear model over what the recogniser's encoder made of the sound, and prosody.

It costs no second pass through a network: some thousand multiplications per utterance, on the event loop.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path
from zipfile import BadZipFile

import numpy as np

from asr.audio.samples import Float32Array
from asr.voice.sound import Sound
from assist.errors import ModelFilesError
from assist.messages import Party, VoiceReading

EVERYBODY: frozenset[Party] = frozenset({"agent", "customer", "mixed"})
FEELINGS = ("negative", "neutral", "positive")
"""In the order of the model's outputs."""
_PARTS = ("centre", "scale", "weights", "bias", "name", "recogniser")
PROSODY_FEATURES = 5
_PITCH_HZ = 160.0
"""What pitches are compared with, between the voices of men and women."""


def features_of(sound: Sound) -> Float32Array:
    """What the model sees: shape (2 * width + 5,), NaN where there is no pitch.

    The level is left out: it says how the telephone was held.
    """
    prosody = sound.prosody
    measured = [
        np.nan if prosody.pitch_hz is None else np.log2(prosody.pitch_hz / _PITCH_HZ),
        np.nan if prosody.pitch_range is None else prosody.pitch_range,
        prosody.voiced_share,
        prosody.level_spread_db,
        prosody.brightness_db,
    ]
    return np.concatenate([sound.pooled, np.array(measured, np.float32)])


@dataclass(frozen=True, slots=True, eq=False)
class VoiceModel:
    """Weights over ``n`` features, as they are on disk."""

    centre: Float32Array
    """Shape (n,)."""
    scale: Float32Array
    """Shape (n,)."""
    weights: Float32Array
    """Shape (3, n)."""
    bias: Float32Array
    """Shape (3,)."""
    name: str
    """name@version"""
    recogniser: str
    """Whose encoder it was taught with: the model's name without its version."""

    def __post_init__(self) -> None:
        """Raises ValueError when the shapes do not fit together."""
        size = self.centre.shape
        shapes = (self.scale.shape, self.weights.shape, self.bias.shape)
        if len(size) != 1 or shapes != (size, (len(FEELINGS), *size), (len(FEELINGS),)):
            raise ValueError(f"weights of shapes {size}, {shapes} do not fit together")

    def probabilities(self, features: Float32Array) -> Float32Array:
        """Of ``FEELINGS``; shape (…, n) in, (…, 3) out."""
        standard = np.nan_to_num((features - self.centre) / self.scale, nan=0.0)
        scores = standard @ self.weights.T + self.bias
        shares = np.exp(scores - scores.max(axis=-1, keepdims=True))
        return shares / shares.sum(axis=-1, keepdims=True)

    def save(self, path: Path) -> None:
        """The same model gives the same bytes."""
        with path.open("wb") as file:
            np.savez(file, allow_pickle=False, **{part: np.asarray(getattr(self, part)) for part in _PARTS})


class VoiceJudge:
    """Reads the voices of all calls of a process; stateless."""

    def __init__(self, model: VoiceModel, parties: Collection[Party] = EVERYBODY) -> None:
        self._model = model
        self._parties = frozenset(parties)

    def listens_to(self, party: Party) -> bool:
        """Whether the voices of that party are to be read at all."""
        return party in self._parties

    def read(self, sound: Sound, *, recogniser: str, characters: int, speech_ms: int) -> VoiceReading | None:
        """How an utterance of that many characters in that much speech sounded.

        None for the encoder of another recogniser (name@version) than the model was taught with.
        """
        features = features_of(sound)
        if recogniser.partition("@")[0] != self._model.recogniser or features.shape != self._model.centre.shape:
            return None
        prosody = sound.prosody
        negative, _, positive = (round(float(share), 3) for share in self._model.probabilities(features))
        return VoiceReading(
            level_dbfs=round(prosody.level_dbfs, 1),
            pitch_hz=None if prosody.pitch_hz is None else round(prosody.pitch_hz, 1),
            pitch_range=None if prosody.pitch_range is None else round(prosody.pitch_range, 1),
            chars_per_min=round(characters * 60_000 / max(1, speech_ms), 1),
            negative=negative,
            neutral=round(max(0.0, 1 - negative - positive), 3),
            positive=positive,
            source=self._model.name,
        )


def load_voice_judge(path: Path | None = None, *, parties: Collection[Party] = EVERYBODY) -> VoiceJudge:
    """With the model that ships with Livecue by default. Raises ModelFilesError."""
    path = path or Path(__file__).parent.parent / "assets" / "voice_emotion.npz"
    try:
        with np.load(BytesIO(path.read_bytes()), allow_pickle=False) as parts:
            arrays = {part: parts[part] for part in _PARTS}
        name, recogniser = str(arrays.pop("name")), str(arrays.pop("recogniser"))
        return VoiceJudge(VoiceModel(**arrays, name=name, recogniser=recogniser), parties)
    except (OSError, EOFError, KeyError, ValueError, BadZipFile) as error:
        raise ModelFilesError(f"The voice model {path.name} cannot be used: {error}; reinstall Livecue.") from error
