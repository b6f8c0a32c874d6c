"""Vectors of real voices, against what others' software makes of the same sound."""

from __future__ import annotations

from itertools import combinations
from pathlib import Path

import numpy as np
import pytest

from asr.audio.samples import Float32Array
from asr.speakers.fbank import speaker_features
from asr.speakers.model import WIDTH, SpeakerRunner
from assist.errors import ModelFilesError
from tests.integration.asr.conftest import SPEECH_DIR, TEXTS

PIECE = 40_000
"""Samples: what the reference heard."""


@pytest.fixture(scope="module")
def speakers() -> SpeakerRunner:
    return SpeakerRunner()


@pytest.fixture(scope="module")
def reference() -> dict[str, Float32Array]:
    with np.load(SPEECH_DIR / "speakers.npz") as arrays:
        return dict(arrays)


def test_features_are_those_of_kaldi(speech_16k: list[Float32Array], reference: dict[str, Float32Array]) -> None:
    for name, samples in zip(TEXTS, speech_16k, strict=True):
        features = speaker_features(samples[:PIECE])
        np.testing.assert_allclose(features[::25], reference[f"{Path(name).stem}.bands"], atol=0.02)


def test_vectors_are_those_of_the_published_network(
    speakers: SpeakerRunner, speech_16k: list[Float32Array], reference: dict[str, Float32Array]
) -> None:
    for name, samples in zip(TEXTS, speech_16k, strict=True):
        (vectors,) = speakers.run([samples[:PIECE]])
        assert not isinstance(vectors, Exception)
        assert vectors.pieces.shape == (1, WIDTH)
        assert vectors.is_narrow
        assert float(vectors.pieces[0] @ reference[Path(name).stem]) > 0.995


def test_two_sentences_of_one_voice_are_nearer_than_those_of_two(
    speakers: SpeakerRunner, speech_16k: list[Float32Array]
) -> None:
    vectors = [found.pieces.mean(axis=0) for found in speakers.run(speech_16k) if not isinstance(found, Exception)]
    same, *other = (float(one @ two) for one, two in combinations(vectors, 2))
    assert same > 0.7 > 0.6 > max(other)


def test_one_sound_that_is_too_short_spoils_only_itself(speakers: SpeakerRunner) -> None:
    silence = np.zeros(16_000, np.float32)
    found, failed = speakers.run([silence, silence[:100]])
    assert not isinstance(found, Exception)
    assert np.isfinite(found.pieces).all()
    assert str(found) == "Voiceprint()"
    assert isinstance(failed, ValueError)


def test_damaged_model_says_so(tmp_path: Path) -> None:
    path = tmp_path / "speaker_vectors.onnx"
    path.write_bytes(b"no graph")
    with pytest.raises(ModelFilesError, match="reinstall Livecue") as caught:
        SpeakerRunner(path).load()
    assert caught.value.code == "model-files-damaged"
