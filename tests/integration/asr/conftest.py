"""The real recogniser, the real voice detector and real telephone speech."""

from __future__ import annotations

import os
from pathlib import Path

import numpy as np
import pytest

from asr.audio.files import Recording
from asr.audio.resample import Resampler
from asr.audio.samples import Float32Array, Int16Array
from asr.backends.whisper import WhisperRunner
from asr.vad import SileroVad
from models.directory import locate
from models.verification import verify

ROOT = Path(__file__).parents[3]
MODELS_DIR = Path(os.environ.get("LIVECUE_MODELS_DIR", ROOT / "var" / "models"))
SPEECH_DIR = ROOT / "tests" / "fixtures" / "audio"
TEXTS = {
    "aishell1_S0150W0042.flac": "想听歌曲爱不可及",
    "aishell1_S0150W0137.flac": "中国现在处于绝对安全位置",
    "aishell1_S0252W0182.flac": "北京楼市反应究竟如何",
}


@pytest.fixture(scope="session")
def whisper() -> WhisperRunner:
    if verify(MODELS_DIR, "whisper-base", quick=True).is_absent:
        pytest.fail("whisper-base is not in the models directory; get it with `livecue models fetch whisper-base`")
    found = locate(MODELS_DIR, "whisper-base")
    return WhisperRunner(found.path, found.label)


@pytest.fixture(scope="session")
def silero() -> SileroVad:
    return SileroVad()


@pytest.fixture(scope="session")
def speech_8k() -> list[Int16Array]:
    """The fixtures in the order of TEXTS."""
    return [read(SPEECH_DIR / name) for name in TEXTS]


@pytest.fixture(scope="session")
def speech_16k(speech_8k: list[Int16Array]) -> list[Float32Array]:
    return [to_16k(pcm) for pcm in speech_8k]


def read(path: Path) -> Int16Array:
    with Recording(path) as recording:
        return np.concatenate(list(recording.blocks()))[:, 0]


def to_16k(pcm: Int16Array) -> Float32Array:
    resampler = Resampler(8_000)
    return np.concatenate([resampler.resample(pcm), resampler.finish()])
