"""The shipped voice detector."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from asr.audio.samples import Float32Array
from asr.vad import BLOCK_SAMPLES, SileroVad
from assist.errors import ModelFilesError


def probabilities(silero: SileroVad, samples: Float32Array) -> list[float]:
    stream = silero.open()
    whole = len(samples) - len(samples) % BLOCK_SAMPLES
    return [stream.probability(block) for block in samples[:whole].reshape(-1, BLOCK_SAMPLES)]


def test_speech_on_a_noisy_line_is_heard_also_after_a_minute(silero: SileroVad, speech_16k: list[Float32Array]) -> None:
    noise = (0.0007 * np.random.default_rng(1).standard_normal(60 * 16_000)).astype(np.float32)
    line = np.concatenate([noise, speech_16k[2] + noise[: len(speech_16k[2])]])
    found = probabilities(silero, line)
    blocks = len(speech_16k[2]) // BLOCK_SAMPLES
    assert max(found[:-blocks]) < 0.2
    assert sum(probability > 0.5 for probability in found[-blocks:]) > 0.5 * blocks


def test_streams_do_not_share_state(silero: SileroVad, speech_16k: list[Float32Array]) -> None:
    alone = probabilities(silero, speech_16k[0])
    first, second = silero.open(), silero.open()
    blocks = speech_16k[0][: len(alone) * BLOCK_SAMPLES].reshape(-1, BLOCK_SAMPLES)
    together = [(first.probability(block), second.probability(block * 0))[0] for block in blocks]
    assert together == alone


def test_a_missing_model_is_named(tmp_path: Path) -> None:
    with pytest.raises(ModelFilesError, match=r"absent\.onnx"):
        SileroVad(tmp_path / "absent.onnx")
