"""Telephone speech that a client sends without saying that it is at 8 kHz."""

from __future__ import annotations

from pathlib import Path
from typing import Any, cast

import numpy as np
import pytest
from scipy import signal

from asr.audio.files import Recording
from asr.audio.samples import Int16Array
from gateway.sources.funasr.rate_check import RateCheck

CALLS = sorted((Path(__file__).parents[4] / "examples" / "calls").glob("*.flac"))


def speech(path: Path, channel: int) -> Int16Array:
    """30 s at 8 kHz."""
    with Recording(path) as recording:
        assert recording.rate_hz == 8000
        return np.concatenate([block[:, channel] for _, block in zip(range(300), recording.blocks(), strict=False)])


def warnings(pcm: bytes, piece: int = 1920) -> int:
    check = RateCheck()
    return sum(check.push(pcm[at : at + piece]) for at in range(0, len(pcm), piece))


@pytest.mark.parametrize("channel", [0, 1])
@pytest.mark.parametrize("path", CALLS, ids=lambda path: path.stem)
def test_speech_at_half_the_rate_is_noticed_once(path: Path, channel: int) -> None:
    assert warnings(speech(path, channel).tobytes()) == 1


@pytest.mark.parametrize("channel", [0, 1])
@pytest.mark.parametrize("path", CALLS, ids=lambda path: path.stem)
def test_speech_at_the_right_rate_is_not(path: Path, channel: int) -> None:
    doubled: Any = cast("Any", signal).resample_poly(speech(path, channel).astype(np.float64), 2, 1)
    assert warnings(np.clip(doubled, -32_768, 32_767).astype("<i2").tobytes()) == 0


@pytest.mark.parametrize("piece", [66, 960, 204_800])
def test_pieces_may_be_of_any_length(piece: int) -> None:
    assert warnings(speech(CALLS[0], 0).tobytes(), piece) == 1


@pytest.mark.parametrize("pcm", [b"", bytes(400_000), b"\xff\x7f\x01\x80" * 100_000])
def test_what_is_no_speech_says_nothing(pcm: bytes) -> None:
    assert warnings(pcm) == 0
