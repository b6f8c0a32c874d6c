"""A lane with both parties on it: whose voice its utterances are, and what happens when nobody has time to say."""

from __future__ import annotations

from collections.abc import Hashable, Sequence
from dataclasses import dataclass, field, replace

import numpy as np
import pytest

from asr.audio.samples import Float32Array
from asr.lane import LaneSettings, RecogniserTranscriber
from asr.pressure import Band
from asr.speakers.hearing import HearingSettings
from asr.speakers.model import WIDTH, Voiceprint
from asr.speech import Hypothesis, SpeechRequest
from assist.errors import ModelFilesError
from assist.messages import AudioFrame, Leg, Party, SpeakerReading, Utterance
from assist.ports import Pace
from models.engine import Engine
from tests.support.speech import (
    NEVER,
    UNHURRIED,
    CheckingSink,
    FakeRunner,
    LevelDetector,
    filled,
    frames,
    hypothesis,
    sound,
)

TURNS_MS = (1_500, 3_000, 1_700, 3_200, 400)
"""Long ones are one voice's, shorter ones the other's; the last is too short."""


@dataclass
class VoicesByLength:
    """Takes what is longer than two seconds for one voice."""

    fault: Exception | None = None
    name: str = "voices@1"
    batch_limit: int = 1
    heard: list[int] = field(default_factory=list[int])

    def load(self) -> None:
        if isinstance(self.fault, ModelFilesError):
            raise self.fault

    def batch_key(self, request: Float32Array) -> Hashable:
        return None

    def run(self, batch: Sequence[Float32Array]) -> Sequence[Voiceprint | Exception]:
        self.heard += [len(samples) // 16 for samples in batch]
        return [self.fault or self._print(samples) for samples in batch]

    def _print(self, samples: Float32Array) -> Voiceprint:
        return Voiceprint(np.eye(2, WIDTH, dtype=np.float32)[int(len(samples) > 32_000)][None], is_narrow=True)


def call(party: Party) -> list[AudioFrame]:
    pcm = b"".join(sound(False, 1_500) + sound(True, ms) for ms in TURNS_MS) + sound(False, 1_500)
    return frames(pcm, party=party)


def tell(request: SpeechRequest) -> Hypothesis:
    return hypothesis("听听听听", length_ms=len(request.samples) // 16)


PATIENT = replace(
    UNHURRIED, pressure=replace(UNHURRIED.pressure, thinned_ms=NEVER), speakers=HearingSettings(answer_within_s=60.0)
)


async def heard_of(
    voices: VoicesByLength, *, party: Party = "mixed", pace: Pace = "replay", lanes: LaneSettings = PATIENT
) -> CheckingSink:
    engine, sink = Engine(), CheckingSink()
    transcriber = RecogniserTranscriber(engine, FakeRunner(tell), LevelDetector, settings=lanes, speakers=voices)
    leg = Leg(party=party, codec="pcm_s16le", rate_hz=8_000)
    await transcriber.open_lane("call", leg, pace=pace).run(filled(call(party)), sink)
    await engine.close()
    sink.assert_complete()
    return sink


def speakers_in(sink: CheckingSink) -> list[SpeakerReading | None]:
    return [final.speaker for final in sink.finals if isinstance(final, Utterance)]


async def test_utterances_say_whose_voice_they_are_and_put_earlier_ones_right() -> None:
    readings = speakers_in(await heard_of(VoicesByLength()))
    assert [reading and reading.speaker for reading in readings] == ["unsure", "b", "a", "b", "unsure"]
    assert readings[1] is not None
    assert [(one.utterance_id, one.speaker) for one in readings[1].earlier] == [("mixed-1", "a")]


async def test_live_and_recorded_give_the_same() -> None:
    live, recorded = [speakers_in(await heard_of(VoicesByLength(), pace=pace)) for pace in ("live", "replay")]
    assert live == recorded
    assert len(live) == len(TURNS_MS)


async def test_a_leg_of_one_party_is_not_asked() -> None:
    voices = VoicesByLength()
    assert speakers_in(await heard_of(voices, party="agent")) == [None] * len(TURNS_MS)
    assert not voices.heard


async def test_voices_give_way_before_running_words_do_and_the_agent_is_told() -> None:
    voices = VoicesByLength()
    busy = replace(PATIENT, pressure=replace(PATIENT.pressure, thinned_ms=Band(0.0, 0.0)))
    sink = await heard_of(voices, pace="live", lanes=busy)
    assert [one and one.speaker for one in speakers_in(sink)] == ["unsure"] * len(TURNS_MS)
    assert [told for told in sink.health if told[0] == "voices-shed"] == [("voices-shed", False)]
    assert not voices.heard


@pytest.mark.parametrize("fault", [ValueError("no sound"), ModelFilesError("gone")])
async def test_broken_model_costs_the_voices_alone(fault: Exception) -> None:
    sink = await heard_of(VoicesByLength(fault))
    assert [one and one.speaker for one in speakers_in(sink)] == ["unsure"] * len(TURNS_MS)
    assert sink.health == [("voices-shed", False)]
