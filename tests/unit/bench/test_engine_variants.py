"""What the engine benchmark compares, and on which sound."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest
import soundfile

from asr.backends.whisper import COARSE_FRAMES, DECODES, FINE_FRAMES
from bench.engine import variants
from bench.utterances import AFTER_MS, BEFORE_MS, read_utterances


def test_every_axis_varies_one_thing_only() -> None:
    shipped, *others = variants(2, 1)
    assert shipped.decode == DECODES["final"]
    for variant in others:
        assert (variant.decode != shipped.decode) <= (variant.axis in ("tail", "beam", "prompt", "repetition"))
        assert ((variant.workers, variant.threads) != (2, 1)) <= (variant.axis == "threads")
        assert (variant.batch_size > 1) <= (variant.axis == "batch")
        assert variant.full_vocabulary is (variant.axis == "vocabulary")


def test_names_on_an_axis_differ() -> None:
    found = [(variant.axis, variant.name) for variant in variants(2, 1)]
    assert len(set(found)) == len(found)


def test_a_gpu_is_measured_in_batches_of_few_lengths() -> None:
    assert {variant.lengths for variant in variants(1, 1, device="cuda")} == {COARSE_FRAMES}
    assert variants(1, 1)[0].lengths == FINE_FRAMES


@pytest.fixture
def call(tmp_path: Path) -> Path:
    """Two seconds of silence with a burst of the customer, who is also heard faintly with the agent."""
    path = tmp_path / "call.wav"
    sound = np.zeros((16_000, 2), np.int16)
    burst = (8_000 * np.sin(np.arange(4_000))).astype(np.int16)
    sound[8_000:12_000] = np.stack([burst // 20, burst], axis=1)
    soundfile.write(path, sound, 8_000)
    turn = {"party": "customer", "start_ms": 1_000, "end_ms": 1_500, "text": "喂"}
    path.with_suffix(".json").write_text(json.dumps([turn]))
    return path


def test_a_turn_of_a_call_comes_from_the_louder_channel_with_some_silence_around(call: Path) -> None:
    (utterance,) = read_utterances([call])
    assert utterance.text == "喂"
    assert utterance.duration_s == pytest.approx((500 + BEFORE_MS + AFTER_MS) / 1000)
    assert np.abs(utterance.samples).max() > 0.2


def test_a_manifest_gives_an_utterance_per_recording(call: Path, tmp_path: Path) -> None:
    manifest = tmp_path / "all.jsonl"
    manifest.write_text(json.dumps({"path": call.name, "text": "喂"}))
    (utterance,) = read_utterances([manifest])
    assert utterance.duration_s == 2.0
