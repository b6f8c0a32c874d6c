"""Vectors of real voices, against what others' software makes of the same sound."""

from __future__ import annotations

from dataclasses import replace
from itertools import combinations
from pathlib import Path

import numpy as np
import pytest

from asr.audio.samples import Float32Array, Int16Array
from asr.backends.whisper import WhisperRunner
from asr.lane import RecogniserTranscriber
from asr.speakers.fbank import speaker_features
from asr.speakers.hearing import HearingSettings
from asr.speakers.model import WIDTH, SpeakerRunner
from asr.vad import SileroVad
from assist.errors import ModelFilesError
from assist.messages import Leg, SpeakerReading, Utterance
from assist.ports import Pace
from models.engine import Engine
from tests.integration.asr.conftest import SPEECH_DIR, TEXTS
from tests.support.speech import NEVER, UNHURRIED, CheckingSink, filled, frames

LEG = Leg(party="mixed", codec="pcm_s16le", rate_hz=8_000)
PATIENT = replace(
    UNHURRIED, pressure=replace(UNHURRIED.pressure, thinned_ms=NEVER), speakers=HearingSettings(answer_within_s=60.0)
)

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


async def test_utterances_of_a_mixed_leg_are_told_apart_live_as_recorded(
    whisper: WhisperRunner, silero: SileroVad, speakers: SpeakerRunner, speech_8k: list[Int16Array]
) -> None:
    first, again, other = speech_8k
    noise = np.random.default_rng(5).integers(-20, 20, 8_000).astype(np.int16)
    pcm = np.concatenate([noise, *(part for one in (first, other, again) for part in (one, noise))]).astype("<i2")
    told: list[list[SpeakerReading | None]] = []
    paces: tuple[tuple[Pace, int], ...] = (("live", 20), ("replay", 730))
    for pace, frame_ms in paces:
        engine, sink = Engine(), CheckingSink()
        transcriber = RecogniserTranscriber(engine, whisper, silero.open, settings=PATIENT, speakers=speakers)
        audio = filled(frames(pcm.tobytes(), frame_ms=frame_ms, party="mixed"))
        await transcriber.open_lane("call", LEG, pace=pace).run(audio, sink)
        await engine.close()
        told.append([final.speaker for final in sink.finals if isinstance(final, Utterance)])
    live, recorded = told
    assert live == recorded
    assert [reading and reading.speaker for reading in live] == ["unsure", "b", "a"]
    assert live[1] is not None
    assert [(one.utterance_id, one.speaker) for one in live[1].earlier] == [("mixed-1", "a")]
