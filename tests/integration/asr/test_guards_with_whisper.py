"""What the guards keep and drop, with the shipped models."""

from __future__ import annotations

import numpy as np
import pytest

from asr.audio.samples import Int16Array
from asr.backends.whisper import WhisperRunner
from asr.evaluation import CharacterErrors, count_errors, normalise
from asr.lane import RecogniserTranscriber
from asr.text import Scribe
from asr.vad import SileroVad
from assist.messages import Leg, Utterance
from bench.signals import make
from models.engine import Engine
from tests.integration.asr.conftest import TEXTS
from tests.support.speech import CheckingSink, filled, frames

LEG = Leg(party="customer", codec="alaw", rate_hz=8_000)


async def utterances(whisper: WhisperRunner, silero: SileroVad, pcm: Int16Array) -> list[Utterance]:
    engine, sink = Engine(), CheckingSink()
    transcriber = RecogniserTranscriber(engine, whisper, silero.open)
    audio = filled(frames(pcm.astype("<i2").tobytes()))
    await transcriber.open_lane("call", LEG, pace="replay").run(audio, sink)
    await engine.close()
    return [event for event in sink.finals if isinstance(event, Utterance)]


@pytest.mark.parametrize("name", ["music: strings", "ringback", "fax", "pink noise -25"])
async def test_speech_beside_a_loud_sound_is_kept_and_the_sound_adds_nothing(
    whisper: WhisperRunner, silero: SileroVad, speech_8k: list[Int16Array], name: str
) -> None:
    heard = await utterances(whisper, silero, np.concatenate([speech_8k[1], make(name, 6.0), speech_8k[2]]))
    texts, scribe = list(TEXTS.values()), Scribe()
    errors = count_errors(texts[1] + texts[2], normalise("".join(utterance.text for utterance in heard), scribe))
    assert errors.rate <= 0.3
    assert errors.insertions <= 1


async def test_a_quiet_voice_is_heard(whisper: WhisperRunner, silero: SileroVad, speech_8k: list[Int16Array]) -> None:
    scribe, errors = Scribe(), CharacterErrors()
    for pcm, text in zip(speech_8k, TEXTS.values(), strict=True):
        heard = await utterances(whisper, silero, (pcm * 0.03).astype(np.int16))
        errors += count_errors(text, normalise("".join(utterance.text for utterance in heard), scribe))
    assert errors.rate <= 0.4


async def test_words_carry_calibrated_confidence(
    whisper: WhisperRunner, silero: SileroVad, speech_8k: list[Int16Array]
) -> None:
    (heard,) = await utterances(whisper, silero, speech_8k[2])
    assert all(word.doubtful == (word.confidence < 0.6) for word in heard.words)
    assert 0.5 < heard.confidence < 1.0
