"""Reading recordings, sound and broken."""

from __future__ import annotations

from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, cast

import numpy as np
import pytest
import soundfile
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from asr.audio.files import Recording
from asr.audio.samples import Int16Array
from assist.errors import AudioFormatError


def write(path: Path, pcm: Int16Array, rate_hz: int = 8_000) -> Path:
    cast("Any", soundfile).write(path, pcm, rate_hz, subtype="PCM_16")
    return path


def noise(samples: int, channels: int) -> Int16Array:
    return np.random.default_rng(7).integers(-9_000, 9_000, (samples, channels)).astype(np.int16)


@pytest.mark.parametrize("suffix", [".wav", ".flac"])
@pytest.mark.parametrize("channels", [1, 2])
def test_blocks_join_to_the_recording(tmp_path: Path, suffix: str, channels: int) -> None:
    pcm = noise(1_234, channels)
    with Recording(write(tmp_path / f"call{suffix}", pcm)) as recording:
        assert (recording.rate_hz, recording.channels, recording.duration_ms) == (8_000, channels, 154)
        assert np.array_equal(np.concatenate(list(recording.blocks(block_ms=50))), pcm)


def refusal(path: Path) -> str:
    with pytest.raises(AudioFormatError) as caught, Recording(path) as recording:
        list(recording.blocks())
    return caught.value.code


def test_a_missing_file_is_named_as_such(tmp_path: Path) -> None:
    assert refusal(tmp_path / "absent.wav") == "missing-audio-file"


def test_text_is_no_recording(tmp_path: Path) -> None:
    path = tmp_path / "call.wav"
    path.write_text("not sound")
    assert refusal(path) == "unsupported-audio-file"


def test_three_channels_are_refused(tmp_path: Path) -> None:
    assert refusal(write(tmp_path / "call.wav", noise(100, 3))) == "unsupported-audio-file"


def test_a_rate_below_telephone_quality_is_refused(tmp_path: Path) -> None:
    assert refusal(write(tmp_path / "call.wav", noise(100, 1), rate_hz=4_000)) == "unsupported-audio-file"


def test_a_flac_file_cut_short_is_broken(tmp_path: Path) -> None:
    path = write(tmp_path / "call.flac", noise(80_000, 2))
    path.write_bytes(path.read_bytes()[:100_000])
    assert refusal(path) == "broken-audio-file"


@contextmanager
def suppress_codes(codes: set[str]) -> Generator[None]:
    """Lets an AudioFormatError pass if it has one of the codes."""
    try:
        yield
    except AudioFormatError as error:
        if error.code not in codes:
            raise


@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.sampled_from([".wav", ".flac"]), st.lists(st.tuples(st.integers(0, 400), st.integers(0, 255)), max_size=12))
def test_damaged_bytes_give_audio_or_an_audio_error(tmp_path: Path, suffix: str, damage: list[tuple[int, int]]) -> None:
    path = write(tmp_path / f"damaged{suffix}", noise(400, 2))
    content = bytearray(path.read_bytes())
    for place, value in damage:
        content[place % len(content)] = value
    path.write_bytes(content)
    codes = {"unsupported-audio-file", "broken-audio-file"}
    with suppress_codes(codes), Recording(path) as recording:
        for block in recording.blocks():
            assert block.dtype == np.int16
