"""How loud the parties of a stored call are over its time."""

from __future__ import annotations

from pathlib import Path
from typing import Any, cast

import numpy as np
import numpy.typing as npt
import pytest
import soundfile

from assist.errors import StoreError
from assist.stores.peaks import peaks_of

RATE_HZ = 8_000

Samples = npt.NDArray[np.int16]


def written(file: Path, samples: Samples) -> Path:
    """A FLAC file; shape (frames,) or (frames, channels)."""
    cast(Any, soundfile).write(file, samples, RATE_HZ, subtype="PCM_16")
    return file


def test_each_step_tells_the_loudest_sample_of_each_party(tmp_path: Path) -> None:
    samples = np.zeros((240, 2), dtype=np.int16)
    samples[79, 0] = -32_768
    samples[80, 0] = 16_384
    samples[239, 1] = 129
    peaks = peaks_of(written(tmp_path / "c1.flac", samples))
    assert (peaks.duration_ms, peaks.step_ms) == (30, 10)
    assert {party: list(loudest) for party, loudest in peaks.parties.items()} == {
        "agent": [255, 128, 0],
        "customer": [0, 0, 1],
    }


def test_one_channel_is_both_parties(tmp_path: Path) -> None:
    peaks = peaks_of(written(tmp_path / "c1.flac", np.full(80, 32_767, dtype=np.int16)))
    assert {party: list(loudest) for party, loudest in peaks.parties.items()} == {"mixed": [255]}


def test_a_long_call_has_no_more_steps_than_asked_for_and_none_is_cut_by_a_block(tmp_path: Path) -> None:
    rng = np.random.default_rng(7)
    samples = rng.integers(-32_768, 32_767, (200_003, 2), dtype=np.int16)
    peaks = peaks_of(written(tmp_path / "c1.flac", samples), most=50)
    step_frames = 4_001
    assert peaks.step_ms == step_frames / 8
    expected = [
        int(np.rint(np.abs(samples[start : start + step_frames, 1].astype(np.int32)).max() * 255 / 32_768))
        for start in range(0, len(samples), step_frames)
    ]
    assert list(peaks.parties["customer"]) == expected
    assert len(expected) == 50


def test_a_file_that_is_no_sound_is_refused(tmp_path: Path) -> None:
    file = tmp_path / "c1.flac"
    file.write_bytes(b"no sound")
    with pytest.raises(StoreError) as caught:
        peaks_of(file)
    assert caught.value.code == "audio-store-unavailable"
