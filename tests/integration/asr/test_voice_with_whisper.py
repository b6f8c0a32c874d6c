"""How a recording sounded, by the shipped recogniser and the shipped voice model."""

from __future__ import annotations

from collections.abc import AsyncGenerator, Callable

import numpy as np
import pytest

from asr.audio.samples import Int16Array
from asr.backends.whisper import WhisperRunner
from asr.lane import RecogniserTranscriber
from asr.vad import SileroVad
from asr.voice.judge import VoiceJudge, load_voice_judge
from assist.messages import Leg, Utterance
from assist.ports import Pace
from models.engine import Engine
from tests.support.speech import UNHURRIED, CheckingSink, filled, frames

LEG = Leg(party="customer", codec="pcm_s16le", rate_hz=8_000)
Open = Callable[[VoiceJudge | None], RecogniserTranscriber]


@pytest.fixture
async def open_transcriber(whisper: WhisperRunner, silero: SileroVad) -> AsyncGenerator[Open]:
    engine = Engine()
    yield lambda judge: RecogniserTranscriber(engine, whisper, silero.open, settings=UNHURRIED, judge=judge)
    await engine.close()


async def utterances(transcriber: RecogniserTranscriber, pcm: Int16Array, pace: Pace = "replay") -> list[Utterance]:
    quiet = np.zeros(8_000, np.int16)
    sink = CheckingSink()
    audio = filled(frames(np.concatenate([quiet, pcm, quiet]).astype("<i2").tobytes()))
    await transcriber.open_lane("call", LEG, pace=pace).run(audio, sink)
    return [final for final in sink.finals if isinstance(final, Utterance)]


async def test_every_utterance_says_how_it_sounded(open_transcriber: Open, speech_8k: list[Int16Array]) -> None:
    transcriber = open_transcriber(load_voice_judge())
    for pcm in speech_8k:
        (heard,) = await utterances(transcriber, pcm)
        assert heard.voice is not None
        assert heard.voice.negative + heard.voice.neutral + heard.voice.positive == pytest.approx(1, abs=1e-6)
        assert heard.voice.source.startswith("voice-emotion@")
        assert heard.voice.pitch_hz is not None
        assert 80 <= heard.voice.pitch_hz <= 350
        assert -40 <= heard.voice.level_dbfs <= -3
        assert 100 <= heard.voice.chars_per_min <= 500


async def test_judging_the_voice_changes_nothing_else(open_transcriber: Open, speech_8k: list[Int16Array]) -> None:
    judged, plain = open_transcriber(load_voice_judge()), open_transcriber(None)
    for pcm in speech_8k:
        with_voice, without = await utterances(judged, pcm), await utterances(plain, pcm)
        assert [heard.model_copy(update={"voice": None}) for heard in with_voice] == without


async def test_a_live_call_sounds_as_its_recording(open_transcriber: Open, speech_8k: list[Int16Array]) -> None:
    transcriber = open_transcriber(load_voice_judge())
    assert await utterances(transcriber, speech_8k[0], "live") == await utterances(transcriber, speech_8k[0])


async def test_a_raised_voice_is_louder_and_otherwise_the_same(
    open_transcriber: Open, speech_8k: list[Int16Array]
) -> None:
    transcriber = open_transcriber(load_voice_judge())
    (plain,) = await utterances(transcriber, speech_8k[0] // 2)
    (raised,) = await utterances(transcriber, speech_8k[0] // 2 * 2)
    assert plain.voice is not None
    assert raised.voice is not None
    assert raised.voice.level_dbfs - plain.voice.level_dbfs == pytest.approx(6, abs=0.2)
    assert raised.voice.pitch_hz == pytest.approx(plain.voice.pitch_hz, rel=0.02)
